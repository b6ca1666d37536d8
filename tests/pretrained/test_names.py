"""Which classes of ImageNet are called as a person calls a folder."""

import pytest

from seodang.pretrained.names import imagenet_classes, imagenet_names, imagenet_synonyms


def test_every_class_is_called_by_each_of_its_names():
    for index, names in enumerate(imagenet_synonyms()):
        for name in names:
            assert index in imagenet_classes(name), name
            assert index in imagenet_classes(f"{name}s".upper().replace(" ", "_")), name


def test_a_usual_name_means_one_class_but_for_the_few_that_share_it():
    shared = {name for name in imagenet_names() if len(imagenet_classes(name)) > 1}
    assert shared == {
        "crane", "maillot",  # two classes of one name
        "Cardigan", "cardigan", "sunglass", "sunglasses",  # a corgi and a jacket; one and many
        "partridge", "crayfish", "polecat", "gong", "harp", "missile", "tub",  # the synonym of another
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("daisy", "daisy"), ("Daisies", "daisy"), ("wooden-spoons", "wooden spoon"), ("GoldenRetriever", "golden retriever"),
        ("fire_trucks", "fire engine"), ("oranges", "orange"), ("churches", "church"), ("tabby_cats", "tabby"),
    ],
)  # fmt: skip
def test_one_or_many_in_any_writing(said, meant):
    assert [imagenet_names()[index] for index in imagenet_classes(said)] == [meant]


@pytest.mark.parametrize(
    "said", ["roses", "tulips", "sunflower", "cats", "dog", "lion cub", "hip replacement", "7", "", "_", "꽃"]
)
def test_what_no_class_is_called(said):
    assert imagenet_classes(said) == ()
