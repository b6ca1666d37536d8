"""What a person may name: a path of any form, or a data set."""

import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from seodang.core.errors import DataError
from seodang.data.open import open_any, open_source


def message(where):
    with pytest.raises(DataError) as caught:
        open_source(where)
    return str(caught.value)


def pictures(root):
    for name in ("a", "b"):
        (root / name).mkdir(parents=True)
        Image.new("L", (4, 4)).save(root / name / "1.png")
    return root


def test_the_bundled_digits():
    source = open_source("digits")
    assert source.pixels.shape == (1797, 8, 8, 1)
    assert source.pixels.max() == 255
    assert source.notes == ("Pixel values 0 to 16 are brought to 0 to 255.",)
    assert source.where == source.name == "digits"
    assert source.card.counts == {"": 1797}


def test_a_name_is_found_in_seodang_data_first(tmp_path, monkeypatch):
    pictures(tmp_path / "cats-dogs-small")
    monkeypatch.setenv("SEODANG_DATA", str(tmp_path))
    for name in ("cats-dogs-small", "cats_dogs_small"):
        source = open_source(name)
        assert source.name == source.where == "cats-dogs-small"
        assert source.card.title.startswith("Cats and dogs")
        assert source.notes == (f"cats-dogs-small is read from {tmp_path / 'cats-dogs-small'}.",)


def test_a_path_wins_over_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pictures(tmp_path / "mnist")
    assert open_source("mnist").form == "class folders"


def test_sign_letters_get_their_letters(tmp_path, monkeypatch):
    values = [value for value in range(25) if value != 9]
    lines = ["label,p1,p2,p3,p4", *(f"{value},1,2,3,4" for value in values)]
    (tmp_path / "asl-letters").mkdir()
    (tmp_path / "asl-letters" / "train.csv").write_text("\n".join(lines))
    monkeypatch.setenv("SEODANG_DATA", str(tmp_path))
    source = open_source("asl-letters")
    assert source.classes == tuple("abcdefghiklmnopqrstuvwxy")
    assert source.label_values == tuple(map(str, values))


def test_what_is_not_there(tmp_path, monkeypatch):
    monkeypatch.delenv("SEODANG_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    pictures(tmp_path / "photos")
    assert message("mnits") == (
        "mnits is neither a file or folder nor the name of a data set. Did you mean mnist? `seodang list datasets` shows all names."
    )
    assert message("./photo") == "./photo does not exist. Did you mean photos?"
    assert message("zzz/qqq/photo") == "zzz/qqq/photo does not exist. zzz is not there either."
    assert message("train.csv") == "train.csv does not exist."
    assert message("fruits") == (
        "fruits is not on the Hugging Face hub (not stated by its authors). Give the path of your copy, or set SEODANG_DATA to the "
        "folder that holds fruits/. Its home: https://www.kaggle.com/datasets/sriramr/fruits-fresh-and-rotten-for-classification"
    )


def test_what_is_no_data(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    Image.new("L", (4, 4)).save(tmp_path / "one.png")
    forms = (
        "class folders of pictures or texts, pictures with a table of their labels, tables (CSV, TSV, Excel, JSON lines, Parquet, "
        "Arrow), CSV or TSV of pixels, texts, IDX, .npy and .npz"
    )
    assert message(tmp_path / "empty") == f"{tmp_path / 'empty'} is empty. These can be read: {forms}."
    assert message(tmp_path / "a.pdf") == f"{tmp_path / 'a.pdf'} is none of the forms that can be read: {forms}."
    assert message(tmp_path / "one.png") == (
        f"{tmp_path / 'one.png'} is one picture. Training needs a folder of pictures, a folder a class."
    )


def test_class_folders_win_over_a_table_beside_them(tmp_path):
    pictures(tmp_path)
    (tmp_path / "labels.csv").write_text("file,label\na/1.png,a\n")
    np.save(tmp_path / "features.npy", np.zeros(3))
    source = open_source(tmp_path)
    assert source.form == "class folders"
    assert [one.path for one in source.left_out] == ["features.npy", "labels.csv"]


def test_a_model_in_disguise_is_not_opened(tmp_path):
    import pickle

    class Canary:
        def __reduce__(self):
            return (open, (str(tmp_path / "canary"), "w"))

    for name in (
        "a.npy",
        "a.npz",
        "a.parquet",
        "a.csv",
        "a.bin",
        "a.pt",
        "train-images-idx3-ubyte",
        "a.arrow",
        "a.csv.gz",
    ):
        (tmp_path / name).write_bytes(pickle.dumps(Canary()))
        assert message(tmp_path / name)
    assert not (tmp_path / "canary").exists()


def test_what_is_no_path(tmp_path, monkeypatch):
    assert message("https://example.com/photos.zip") == (
        "https://example.com/photos.zip is an address, and nothing is fetched from there. Download it, then give the file."
    )
    assert message("") == "An empty name says no data. `.` is the folder you are in."
    os.mkfifo(tmp_path / "pipe.csv")
    assert message(tmp_path / "pipe.csv") == f"{tmp_path}/pipe.csv is a device or pipe, not a file."
    monkeypatch.setenv("HOME", str(tmp_path))
    pictures(tmp_path / "photos")
    assert open_source("~/photos").classes == ("a", "b")


def test_one_file_is_meant_whole_whatever_its_name_says(tmp_path):
    rows = ["label,pixel1,pixel2,pixel3,pixel4", *(f"{row % 2},1,2,3,{row}" for row in range(12))]
    (tmp_path / "mnist_test.csv").write_text("\n".join(rows))
    source = open_source(tmp_path / "mnist_test.csv")
    assert set(source.splits.tolist()) == {""}
    assert source.notes == ("mnist_test.csv is the only file given, so it is divided whatever its name says.",)
    (tmp_path / "mnist_train.csv").write_text("\n".join(rows))
    assert set(open_source(tmp_path).splits.tolist()) == {"train", "test"}


def test_what_seodang_wrote_beside_the_data_is_none_of_it(tmp_path):
    """Who trains inside the folder of their data has runs/ there from then on: its Parquet was read in place of texts and arrays."""
    pictures, texts, arrays = tmp_path / "pictures", tmp_path / "texts", tmp_path / "arrays"
    for name in ("a", "b"):
        (pictures / name).mkdir(parents=True)
        (texts / name).mkdir(parents=True)
        for number in range(3):
            Image.new("RGB", (9, 9), (number, 0, len(name))).save(pictures / name / f"{number}.png")
            (texts / name / f"{number}.txt").write_text(f"This is a whole sentence about {name}, number {number}.\n")
    arrays.mkdir()
    np.save(arrays / "x.npy", np.zeros((4, 5, 5), np.uint8))
    np.save(arrays / "y.npy", np.arange(4) % 2)
    before = {place: open_any(place) for place in (pictures, texts, arrays)}
    for place in before:
        for run in (place / "runs" / "first-1", place / "tunings" / "mine" / "trial-1", place / "elsewhere-1"):
            run.mkdir(parents=True)
            for file in ("recipe.yaml", "data.json", "README.md"):
                (run / file).write_text("name: first\n")
            pq.write_table(pa.table({"id": ["a"], "true": ["b"]}), run / "predictions.parquet")
            Image.new("L", (9, 9)).save(run / "explanation.png")
        (place / "tunings" / "mine" / "trials.jsonl").write_text("{}\n")
        (place / "seodang-look-here.html").write_text("<p>")
        Image.new("L", (9, 9)).save(place / "seodang-augment-here.png")
    for place, source in before.items():
        after = open_any(place)
        assert (after.form, list(after.ids), after.stamp) == (source.form, list(source.ids), source.stamp), place
    left = {one.path: one.is_file for one in open_any(pictures).left_out}
    assert left == dict.fromkeys(
        ["elsewhere-1/", "runs/", "tunings/", "seodang-look-here.html", "seodang-augment-here.png"], False
    )
    (pictures / "round").symlink_to(pictures / "round")
    assert "round" in {one.path for one in open_any(pictures).left_out}, "a link to itself stops nobody"
    (pictures / "runs" / "first-1" / "recipe.yaml").unlink()
    assert "runs/first-1" in open_any(pictures).classes, "a folder of that name with pictures is a class like any other"
