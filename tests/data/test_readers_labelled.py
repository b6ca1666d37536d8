"""Pictures whose labels stand in a table beside them: what is found, what is left out, and the exact words."""

import unicodedata

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from seodang.core.errors import DataError
from seodang.data.frame import Frame
from seodang.data.open import open_any, open_source
from seodang.data.reading import Columns


def pictures(root, *paths):
    for number, path in enumerate(paths):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), number).save(root / path)
    return root


def shown(source):
    """Each picture's class and split, by its path."""
    return {
        name: (source.classes[label], split)
        for name, label, split in zip(source.ids, source.labels, source.splits.tolist(), strict=True)
    }


def left_out(source):
    return {one.path: one.reason for one in source.left_out}


@pytest.mark.parametrize(
    ("names", "place"),
    [
        (["1.png", "2.png", "3.png", "4.png"], "photos/{}"),  # bare names
        (["photos/1.png", "./photos/2.png", "photos\\3.png", "photos/4.png"], "photos/{}"),  # paths from the table
        (["1", "2", "3", "4"], "photos/{}"),  # Kaggle's: names without their ending
        (["/old/place/1.png", "/old/place/2.png", "/old/place/3.png", "/old/place/4.png"], "photos/{}"),
        (["1.PNG", "2.png", "3.png", "4.png"], "{}"),  # beside the table
    ],
)
def test_a_table_says_what_each_picture_shows(tmp_path, names, place):
    pictures(tmp_path, *(place.format(f"{number}.png") for number in range(1, 5)))
    (tmp_path / "labels.csv").write_text(
        "file,label\n" + "".join(f"{name},{'새 집' if number % 2 else 'b'}\n" for number, name in enumerate(names))
    )
    for where in (tmp_path, tmp_path / "labels.csv"):
        if where.suffix and names[0] == "1":
            continue  # no name in it ends as a picture's does: a table like any other
        source = open_source(where)
        assert {name.rsplit("/")[-1]: told for name, told in shown(source).items()} == {
            "1.png": ("b", ""),
            "2.png": ("새 집", ""),
            "3.png": ("b", ""),
            "4.png": ("새 집", ""),
        }
        assert source.form == "pictures with labels.csv"
        assert source.notes == ("Which picture shows what stands in labels.csv.",)
        assert np.asarray(Image.open(tmp_path / source.ids[1]))[0, 0] == int(source.ids[1][-5]) - 1
        assert source.read(1) == (tmp_path / source.ids[1]).read_bytes()


def test_metadata_beside_the_pictures_of_each_split_as_on_the_hub(tmp_path):
    for split in ("train", "test"):
        pictures(tmp_path / split, "1.png", "2.png")
        (tmp_path / split / "metadata.csv").write_text("file_name,label\n1.png,a\n2.png,b\n")
    assert shown(open_source(tmp_path)) == {
        "train/1.png": ("a", "train"),
        "train/2.png": ("b", "train"),
        "test/1.png": ("a", "test"),
        "test/2.png": ("b", "test"),
    }


def test_the_split_stands_in_a_column_and_others_may_keep_people_together(tmp_path):
    pictures(tmp_path, *(f"img/{number}.png" for number in range(6)))
    rows = [(f"{n}.png", "ab"[n % 2], ("train", "val", "test")[n // 2], f"p{n}") for n in range(6)]
    pd.DataFrame(rows, columns=["image", "diagnosis", "split", "patient"]).to_csv(tmp_path / "all.csv", index=False)
    source = open_source(tmp_path)
    assert source.splits.tolist() == ["train", "train", "validation", "validation", "test", "test"]
    assert source.columns["patient"].tolist() == [f"p{n}" for n in range(6)]


def test_a_column_a_class(tmp_path):
    """As Roboflow writes it: train/_classes.csv."""
    pictures(tmp_path / "train", "1.jpg", "2.jpg", "3.jpg")
    (tmp_path / "train/_classes.csv").write_text("filename, cat, dog\n1.jpg, 1, 0\n2.jpg, 0, 1\n3.jpg, 0, 1\n")
    assert [told for told, _ in shown(open_source(tmp_path)).values()] == ["cat", "dog", "dog"]


def test_what_does_not_fit_is_left_out_and_listed(tmp_path):
    pictures(tmp_path, *(f"img/{number}.png" for number in range(1, 7)), "test/8.png", "test/9.png")
    (tmp_path / "labels.csv").write_text(
        "file,label\n1.png,a\n2.png,b\n3.png,\n7.png,a\n4.png,a\n4.png,b\n6.png,a\n6.png,a\n"
    )
    source = open_source(tmp_path)
    assert [name.rsplit("/")[-1] for name in source.ids] == ["1.png", "6.png", "2.png"]
    assert left_out(source) == {
        "labels.csv row 3": "no label for img/3.png",
        "labels.csv row 4": "the picture 7.png is not there",
        "img/3.png": "no label in labels.csv",
        "img/4.png": "has several labels: a, b",
        "img/5.png": "no label in labels.csv",
        "test/": "none of its 2 files has a label in labels.csv",
    }


def test_class_folders_that_say_the_same_are_taken(tmp_path):
    """Kaggle's birds: filepaths,labels,data set beside train/, valid/ and test/ with a folder a class."""
    pictures(tmp_path, "train/A/1.png", "train/B/1.png", "test/A/1.png")
    (tmp_path / "birds.csv").write_text(
        "class id,filepaths,labels,data set\n0,train/A/1.png,A,train\n1,train/B/1.png,B,train\n0,test/A/1.png,A,test\n"
    )
    assert open_source(tmp_path).form == "class folders"


def test_which_column_is_the_label_is_asked_where_it_is_not_to_be_seen(tmp_path):
    pictures(tmp_path, *(f"img/{number}.png" for number in range(4)))
    (tmp_path / "t.csv").write_text("file,colour,shape\n0.png,red,o\n1.png,red,x\n2.png,blue,o\n3.png,blue,x\n")
    with pytest.raises(DataError) as caught:
        open_source(tmp_path)
    assert str(caught.value) == (
        "t.csv names pictures in its column file, but which column is the label is not to be seen: colour, shape. "
        "Say it with columns.target=NAME, or call the column label."
    )
    assert open_any(tmp_path, Columns(target="shape")).classes == ("o", "x")
    with pytest.raises(DataError, match=r"^t\.csv has no column size\. Its columns beside file: colour, shape\.$"):
        open_any(tmp_path, Columns(target="size"))


def test_amounts_are_refused(tmp_path):
    pictures(tmp_path, *(f"img/{number}.png" for number in range(60)))
    (tmp_path / "ages.csv").write_text("file,label\n" + "".join(f"{n}.png,{n + 0.5}\n" for n in range(60)))
    with pytest.raises(
        DataError, match=r"^The labels of ages\.csv are 60 different numbers for 60 pictures: amounts, "
    ):
        open_source(tmp_path)


def test_a_table_that_names_no_pictures_stays_a_table(tmp_path):
    pictures(tmp_path, "a.png")
    (tmp_path / "people.csv").write_text("name,photo,age\n" + "".join(f"n{n},gone{n}.jpg,{n}\n" for n in range(30)))
    assert isinstance(open_any(tmp_path / "people.csv"), Frame)


def test_names_that_macos_writes_in_parts_are_those_of_the_table(tmp_path):
    for number in range(4):
        pictures(tmp_path, unicodedata.normalize("NFD", f"사진/새{number}.png"))
    (tmp_path / "labels.csv").write_text("file,label\n" + "".join(f"사진/새{n}.png,{'ab'[n % 2]}\n" for n in range(4)))
    source = open_source(tmp_path)
    assert [label for _, (label, _) in sorted(shown(source).items())] == ["a", "b", "a", "b"]
    assert source.left_out == ()
