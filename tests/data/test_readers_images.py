"""Folders of pictures: layouts, odd files, and the exact words for what cannot be used."""

import io
import json
import os
import sys
import unicodedata

import numpy as np
import pytest
from PIL import Image

from seodang.core.errors import DataError
from seodang.data.open import open_source
from seodang.data.readers.images import read_images
from seodang.data.readers.naming import split_of
from seodang.data.reading import Columns


def picture(path, value=0, size=(8, 8), mode="L", **settings):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, value).save(path, **settings)


def folder(root, *paths):
    for number, path in enumerate(paths):
        picture(root / path, number)
    return root


def left_out(source):
    return {one.path: one.reason for one in source.left_out}


def message(path):
    with pytest.raises(DataError) as caught:
        open_source(path)
    return str(caught.value)


def test_classes_without_splits(tmp_path):
    source = open_source(folder(tmp_path, "dogs/2.png", "cats/1.png", "cats/0.png"))
    assert source.classes == source.label_values == ("cats", "dogs")
    assert source.ids == ["cats/0.png", "cats/1.png", "dogs/2.png"]
    assert source.labels.tolist() == [0, 0, 1]
    assert source.splits.tolist() == ["", "", ""]
    assert source.form == "class folders"
    assert source.where == str(tmp_path)
    assert source.left_out == ()


@pytest.mark.parametrize(
    "words", [("train", "valid", "test"), ("Train", "VALIDATION", "Test"), ("training", "val", "testing")]
)
def test_given_splits_in_any_words(tmp_path, words):
    root = folder(tmp_path, *(f"{word}/{name}/1.png" for word in words for name in ("a", "b")))
    source = open_source(root)
    assert source.classes == ("a", "b")
    assert source.splits.tolist() == ["train", "train", "validation", "validation", "test", "test"]
    assert source.labels.tolist() == [0, 1] * 3


def test_validation_that_lacks_a_class_is_aligned_by_name(tmp_path):
    source = open_source(folder(tmp_path, "train/a/1.png", "train/b/1.png", "valid/b/1.png"))
    assert source.labels[source.splits == "validation"].tolist() == [1]


def test_a_class_may_be_a_path_and_numbers_sort_by_size(tmp_path):
    assert open_source(folder(tmp_path / "x", "birds/heron/1.png", "birds/ibis/1.png", "fish/1.png")).classes == (
        "birds/heron",
        "birds/ibis",
        "fish",
    )
    assert open_source(folder(tmp_path / "y", "10/1.png", "9/1.png")).classes == ("9", "10")


def test_an_unpacked_archive_s_outer_folder_is_passed_through(tmp_path):
    source = open_source(folder(tmp_path, "PetImages/Cat/1.png", "PetImages/Dog/1.png"))
    assert source.classes == ("Cat", "Dog")
    assert source.notes == ("The pictures lie in PetImages/.",)


def test_what_systems_leave_behind_is_listed_and_is_no_class(tmp_path):
    folder(tmp_path, "a/1.png", "b/1.png", ".ipynb_checkpoints/1.png", "__MACOSX/a/1.png", "a/.ipynb_checkpoints/1.png")
    for name in ("Thumbs.db", "a/.DS_Store", "a/._1.png", "b/desktop.ini", "b/.hidden"):
        (tmp_path / name).write_bytes(b"\0\1\2")
    source = open_source(tmp_path)
    assert source.classes == ("a", "b")
    assert left_out(source) == {
        ".ipynb_checkpoints/": "a hidden folder",
        "__MACOSX/": "a folder of the system",
        "a/.ipynb_checkpoints/": "a hidden folder",
        "Thumbs.db": "a file that Windows keeps in folders, not a picture",
        "a/.DS_Store": "a file that macOS keeps in folders, not a picture",
        "a/._1.png": "a file that macOS keeps in folders, not a picture",
        "b/desktop.ini": "a file that Windows keeps in folders, not a picture",
        "b/.hidden": "a hidden file",
    }


def test_files_that_say_by_their_name_that_they_are_no_picture(tmp_path):
    folder(tmp_path, "a/1.png", "b/1.png")
    (tmp_path / "README.md").write_text("# Pictures")
    (tmp_path / "a" / "notes.txt").write_text("seen at noon")
    (tmp_path / "a" / "empty.jpg").write_bytes(b"")
    picture(tmp_path / "b" / "really.gif")
    (tmp_path / "b" / "really.gif").rename(tmp_path / "b" / "picture.txt")
    source = open_source(tmp_path)
    assert "b/picture.txt" in source.ids  # a wrong name is no problem
    assert left_out(source) == {
        "README.md": "text, not a picture; JPEG, PNG, WebP, BMP, GIF and TIFF can be read",
        "a/empty.jpg": "empty file",
        "a/notes.txt": "text, not a picture; JPEG, PNG, WebP, BMP, GIF and TIFF can be read",
    }


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_links_are_followed_loops_and_dead_ones_are_not(tmp_path):
    root = folder(tmp_path / "photos", "a/1.png", "b/1.png")
    picture(tmp_path / "elsewhere" / "2.png", 9)
    (root / "c").symlink_to(tmp_path / "elsewhere")
    (root / "a" / "up").symlink_to(root)
    (root / "a" / "gone.png").symlink_to(root / "nothing")
    os.mkfifo(root / "b" / "pipe")
    source = open_source(root)
    assert source.ids == ["a/1.png", "b/1.png", "c/2.png"]
    assert left_out(source) == {
        "a/gone.png": "a link that leads nowhere",
        "a/up/": "a link back to a folder above it",
        "b/pipe": "a device or pipe, not a file",
    }


def test_an_empty_class_is_listed_and_is_no_class(tmp_path):
    root = folder(tmp_path, "a/1.png", "b/1.png")
    (root / "c").mkdir()
    source = open_source(root)
    assert source.classes == ("a", "b")
    assert left_out(source) == {"c/": "an empty class folder: no pictures in it, so it is no class"}


def test_a_folder_beside_the_splits_is_left_out(tmp_path):
    source = open_source(folder(tmp_path, "train/a/1.png", "train/b/1.png", "test/a/1.png", "extra/1.png"))
    assert source.classes == ("a", "b")
    assert left_out(source) == {"extra/1.png": "extra/ is none of train, validation and test"}


def test_pictures_beside_class_folders_have_no_class(tmp_path):
    source = open_source(folder(tmp_path, "a/1.png", "b/1.png", "cover.png"))
    assert left_out(source) == {"cover.png": "lies beside the class folders, so has no class"}


def test_a_test_folder_without_labels_is_left_aside(tmp_path):
    source = open_source(folder(tmp_path, "train/a/1.png", "train/b/1.png", "test/1.png", "test/2.png"))
    assert set(source.splits.tolist()) == {"train"}
    assert source.notes == ("test/ has 2 files but no class folders: without labels they are left aside.",)
    assert left_out(source) == {"test/": "without labels they are left aside"}


def test_pictures_without_classes(tmp_path):
    folder(tmp_path, "1.png", "2.png")
    assert message(tmp_path) == (
        f"{tmp_path}/ has 2 files but no class folders. Put the pictures of each class into a folder of its own, such as "
        f"{tmp_path}/cats/ and {tmp_path}/dogs/, or say it in a table beside them: labels.csv with the columns file and label."
    )


def test_training_pictures_without_classes(tmp_path):
    folder(tmp_path, "train/1.png", "test/a/2.png")
    assert message(tmp_path) == (
        f"{tmp_path}/train/ has 1 file but no class folders. Put the pictures of each class into a folder of its own, such as "
        f"{tmp_path}/train/cats/ and {tmp_path}/train/dogs/, or say it in a table beside them: labels.csv with the columns file "
        "and label."
    )


@pytest.mark.parametrize(
    ("names", "classes"),
    [
        (("cat.0.jpg", "cat.1.jpg", "dog.0.jpg", "dog.1.jpg"), ("cat", "dog")),
        (("basset_hound_1.jpg", "basset_hound_22.jpg", "pug_1.jpg", "pug_10.jpg"), ("basset_hound", "pug")),
        (("고양이-1.png", "고양이-2.png", "개-1.png", "개-2.png"), ("개", "고양이")),
        (("cat (1).jpg", "cat (2).jpg", "dog (1).jpg", "dog (2).jpg"), ("cat", "dog")),
        (("cat1.png", "cat2.png", "dog1.png", "dog2.png"), ("cat", "dog")),
    ],
)
def test_the_class_may_stand_in_the_files_names(tmp_path, names, classes):
    source = open_source(folder(tmp_path, *names))
    assert source.form == "class in the files' names"
    assert source.classes == classes
    for index, name in enumerate(source.ids):
        assert name.startswith(source.classes[source.labels[index]])
        assert Image.open(io.BytesIO(source.read(index))).getpixel((0, 0)) == names.index(name)
    assert source.notes == (
        f"The class of each picture is read from its file's name: {source.ids[0]} is '{classes[0]}'. To read it otherwise, give "
        "columns.target a regular expression whose first group is the class.",
    )


@pytest.mark.parametrize(
    "names",
    [
        ("IMG_1.jpg", "IMG_2.jpg", "DSC_1.jpg", "DSC_2.jpg"),  # cameras
        ("IMG_20240101_1.jpg", "IMG_20240101_2.jpg", "IMG_20240102_1.jpg", "IMG_20240102_2.jpg"),  # days
        ("anna.jpg", "bo.jpg", "carl.jpg", "dan.jpg"),  # nothing repeats
        ("cat.0.jpg", "cat.1.jpg", "x.jpg", "y.jpg", "dog.0.jpg", "dog.1.jpg"),  # too many say nothing
        ("cat.0.jpg", "cat.1.jpg"),  # one class
    ],
)
def test_other_names_say_no_class(tmp_path, names):
    assert "but no class folders" in message(folder(tmp_path, *names))


def test_names_in_splits_and_files_that_say_none(tmp_path):
    names = [f"train/{kind}.{number}.png" for kind in ("cat", "dog") for number in range(6)]
    source = open_source(
        folder(tmp_path, *names, "train/cover.png", "valid/dog.9.png", "valid/cat.9.png", "test/1.png")
    )
    assert dict(zip(source.ids, source.splits.tolist(), strict=True))["valid/dog.9.png"] == "validation"
    assert len(source) == 14
    assert left_out(source) == {
        "train/cover.png": "its name says no class, as cat.0.png does",
        "test/": "without labels they are left aside",
    }


def test_one_folder_of_named_pictures_is_no_class(tmp_path):
    """As in Oxford's pets: images/ beside annotations/."""
    root = folder(tmp_path, *[f"images/{kind}_{number}.jpg" for kind in ("pug", "Bombay") for number in range(3)])
    assert open_source(root).classes == ("Bombay", "pug")


def test_a_pattern_says_which_part_of_a_name_is_the_class(tmp_path):
    root = folder(tmp_path, "a/01_cat_x.png", "a/02_dog_x.png", "b/03_cat_y.png", "b/04_.png")
    assert open_source(root).classes == ("a", "b")
    source = open_source(root, Columns(target=r"_([a-z]+)_"))
    assert source.classes == ("cat", "dog")
    assert source.ids == ["a/01_cat_x.png", "b/03_cat_y.png", "a/02_dog_x.png"]
    assert left_out(source) == {"b/04_.png": "its name says no class, as 01_cat_x.png does"}
    assert source.stamp != open_source(root).stamp != open_source(root, Columns(target=r"([xy])\.")).stamp
    with pytest.raises(DataError) as caught:
        open_source(root, Columns(target="(bird)"))
    assert str(caught.value) == (
        f"columns.target=(bird) matches none of the 4 names of files in {tmp_path}/, the first: 01_cat_x.png."
    )


def test_a_folder_without_pictures(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "notes.txt").write_text("seen at noon")
    assert message(tmp_path) == (
        f"{tmp_path} holds no pictures but prose with 1 column. Give a folder of pictures, a folder a class."
    )
    with pytest.raises(DataError) as caught:
        read_images(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}/ has no pictures (1 file left out, the first: a/notes.txt, text, not a picture). "
        "JPEG, PNG, WebP, BMP, GIF and TIFF can be read, in one folder a class."
    )


def test_names_of_any_alphabet_are_one_class_however_they_are_written(tmp_path):
    folder(tmp_path, "train/caf\u00e9/1.png", "valid/cafe\u0301/1.png", "train/강아지/1.png")
    assert open_source(tmp_path).classes == ("caf\u00e9", "강아지")


def test_the_stamp_changes_with_the_content(tmp_path):
    root = folder(tmp_path, "a/1.png", "b/1.png")
    before = open_source(root).stamp
    assert open_source(root).stamp == before
    os.utime(root / "a" / "1.png", ns=(1, 1))
    assert open_source(root).stamp != before


def test_a_folder_that_may_not_be_opened_is_listed(tmp_path, monkeypatch):
    root = folder(tmp_path, "a/1.png", "b/1.png", "c/1.png")
    scandir = os.scandir

    def guarded(path):
        if str(path).endswith("/c"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    source = open_source(root)
    assert source.classes == ("a", "b")
    assert left_out(source)["c/"] == "cannot be opened (Permission denied)"


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "classes", "counts"),
    [
        ("cats-dogs-small", 2, {"train": 2000, "validation": 1000, "test": 1000}),
        ("presidential-doggy-door", 2, {"train": 138, "validation": 30}),
        ("hand-drawn-shapes", 4, {"train": 2245, "validation": 428}),
        ("fruits", 6, {"train": 1182, "validation": 329}),
    ],
)
def test_real_folders(real_data, name, classes, counts):
    source = open_source(real_data(name))
    assert len(source.classes) == classes
    assert {split: int((source.splits == split).sum()) for split in np.unique(source.splits)} == counts
    assert source.left_out == ()


def test_an_archive_is_to_be_unpacked_first(tmp_path):
    (tmp_path / "photos.tar.gz").write_bytes(b"\x1f\x8b\x08")
    assert message(tmp_path / "photos.tar.gz").endswith(" Unpack the archive first, and give the folder.")


@pytest.mark.parametrize(
    "words",
    [
        ("training_set", "test_set"),  # Kaggle's cats and dogs
        ("1.Training", "2.Validation"),  # AI Hub
        ("TrainData", "TestData_2024"),
        ("my-train-photos", "my-val-photos", "my-test-photos"),
    ],
)
def test_folders_whose_longer_names_say_their_split(tmp_path, words):
    source = open_source(folder(tmp_path, *(f"{word}/{name}/1.png" for word in words for name in ("Cat", "dog"))))
    assert source.classes == ("Cat", "dog")
    told = {name.split("/")[0]: split for name, split in zip(source.ids, source.splits.tolist(), strict=True)}
    assert told == {word: split_of(word) for word in words}
    assert source.notes[0] == f"{min(words)}/ is taken for the {split_of(min(words))} split."


def test_splits_in_korean(tmp_path):
    written = ("훈련", unicodedata.normalize("NFD", "검증"), "시험")
    source = open_source(folder(tmp_path, *(f"{word}/{name}/1.png" for word in written for name in ("개", "새"))))
    assert source.classes == ("개", "새")
    assert source.splits.tolist() == ["train"] * 2 + ["validation"] * 2 + ["test"] * 2


def test_a_class_may_be_called_train_or_test(tmp_path):
    trains = open_source(folder(tmp_path / "1", "bus/1.png", "car/1.png", "train/1.png"))
    assert trains.classes == ("bus", "car", "train")
    assert trains.notes == ("train/ is taken for a class, for it lies among class folders.",)
    words = [f"{split}/{name}/1.png" for split in ("train", "test") for name in ("bus", "train")]
    split = open_source(folder(tmp_path / "2", *words))
    assert split.classes == ("bus", "train")
    assert split.splits.tolist() == ["train", "train", "test", "test"]
    stations = open_source(folder(tmp_path / "3", "train_station/1.png", "test_site/1.png", "shop/1.png"))
    assert stations.classes == ("shop", "test_site", "train_station")


def test_a_class_written_with_and_without_capitals_in_two_splits_is_one(tmp_path):
    source = open_source(
        folder(tmp_path / "1", "train/Cats/1.png", "train/dogs/1.png", "test/cats/2.png", "test/Dogs/2.png")
    )
    assert source.classes == ("Cats", "dogs")
    assert source.labels.tolist() == [0, 1, 0, 1]
    assert source.left_out == ()
    assert source.notes[0] == (
        "The folders Cats, cats differ in capital letters only and lie in different splits: one class, Cats."
    )
    letters = folder(tmp_path / "2", *(f"{split}/{name}/1.png" for split in ("train", "test") for name in "Aa"))
    assert open_source(letters).classes == ("A", "a")  # beside each other they are two
    assert open_source(folder(tmp_path / "3", "A/1.png", "a/1.png")).classes == ("A", "a")


def test_a_file_that_may_not_be_opened_is_listed(tmp_path, monkeypatch):
    root = folder(tmp_path, "a/1.png", "b/1.png")
    (root / "a" / "notes.txt").write_text("hello")
    opened = open

    def guarded(file, *rest, **more):
        if str(file).endswith("notes.txt"):
            raise PermissionError(13, "Permission denied", str(file))
        return opened(file, *rest, **more)

    monkeypatch.setattr("builtins.open", guarded)
    assert left_out(open_source(root)) == {"a/notes.txt": "cannot be read (Permission denied)"}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are always text")
def test_names_that_are_no_text_can_be_printed_saved_and_read(tmp_path):
    odd = os.fsdecode(b"caf\xe9")
    root = folder(tmp_path, f"{odd}/1.png", "a\nb/2.png")
    (root / "a\nb" / f"{odd}.txt").write_text("hello")
    source = open_source(root)
    assert source.classes == ("a\\nb", "caf\\xe9")
    assert [Image.open(io.BytesIO(source.read(index))).getpixel((0, 0)) for index in range(2)] == [1, 0]
    json.dumps([source.ids, source.classes, left_out(source)], ensure_ascii=False).encode()


def test_a_class_inside_another_is_told(tmp_path):
    source = open_source(folder(tmp_path, "cats/1.png", "cats/2021/2.png", "dogs/old/3.png"))
    assert source.classes == ("cats", "cats/2021", "dogs/old")
    assert source.notes == ("cats/2021 lies inside another class and is a class of its own.",)
