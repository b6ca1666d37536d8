"""Pictures as strangers have them, of 111 inputs that were written before the readers were looked at: what was misread at first sight."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from PIL import Image

from seodang.core.errors import DataError
from seodang.data.open import open_source
from seodang.data.readers.no_class import say_no_class
from seodang.data.reading import Columns

DRAWN = np.random.default_rng(3)
ASK = (
    "To tell classes apart, put the pictures of each class into a folder of its own, or say in a table beside them what each "
    "shows: labels.csv with the columns file and label."
)


def pictures(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(DRAWN.integers(0, 256, (8, 8), dtype=np.uint8)).save(root / name)
    return root


def write(root, name, text):
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text) if isinstance(text, str) else (root / name).write_bytes(text)


def refusal(path, **columns):
    with pytest.raises(DataError) as caught:
        open_source(path, Columns(**columns))
    return str(caught.value)


def classes_by_split(source):
    return sorted(
        {(str(split), source.classes[label]) for split, label in zip(source.splits, source.labels, strict=True)}
    )


# Folders --------------------------------------------------------------------------------------------------------------


def test_splits_may_lie_inside_the_class_folders(tmp_path):
    pictures(tmp_path, "cat/train/1.png", "cat/Test/2.png", "dog/train/1.png", "dog/Test/2.png")
    source = open_source(tmp_path)
    assert classes_by_split(source) == [("test", "cat"), ("test", "dog"), ("train", "cat"), ("train", "dog")]
    assert source.notes == ("The folders train, test and the like lie inside the class folders: they are the splits.",)
    assert not source.left_out


def test_classes_that_hold_years_have_no_splits_inside(tmp_path):
    source = open_source(pictures(tmp_path, "cat/2021/1.png", "cat/train/1.png", "dog/2021/1.png", "dog/train/1.png"))
    assert source.classes == ("cat/2021", "cat/train", "dog/2021", "dog/train")


def test_a_readme_or_labels_beside_the_one_folder_with_pictures_change_nothing(tmp_path):
    pictures(tmp_path, *(f"archive/{split}/{name}/1.png" for split in ("train", "test") for name in ("cat", "dog")))
    write(tmp_path, "README.md", "# Pets")
    write(tmp_path, "LICENSE", "free")
    write(tmp_path, "boxes/1.txt", "x")
    source = open_source(tmp_path)
    assert classes_by_split(source) == [("test", "cat"), ("test", "dog"), ("train", "cat"), ("train", "dog")]
    assert source.ids[0] == "train/cat/1.png"
    assert source.read(0) == (tmp_path / "archive/train/cat/1.png").read_bytes()
    assert {one.path for one in source.left_out} == {"README.md", "LICENSE", "boxes/1.txt"}
    assert source.notes == ("The pictures lie in archive/.",)


def test_an_empty_folder_beside_a_class_stays_an_empty_class(tmp_path):
    pictures(tmp_path, "cat/indoors/1.png", "cat/outdoors/1.png")
    (tmp_path / "dog").mkdir()
    assert open_source(tmp_path).classes == ("cat/indoors", "cat/outdoors")


@pytest.mark.parametrize(
    ("files", "annotation", "text"),
    [
        (("images/train/1.png", "images/val/2.png"), "labels/train/1.txt", "0 0.5 0.5 0.25 0.1\n3 0.1 0.2 0.3 0.4\n"),
        (("train2017/1.png", "val2017/2.png"), "annotations/instances.json", '{"images": [{"file_name": "1.png"}]}'),
        (("JPEGImages/1.png", "JPEGImages/2.png"), "Annotations/1.xml", "<annotation><object/></annotation>"),
    ],
)
def test_boxes_are_no_classes(tmp_path, files, annotation, text):
    """YOLO, COCO and Pascal VOC: two classes "train" and "val" would have been learnt."""
    write(pictures(tmp_path, *files), annotation, text)
    assert refusal(tmp_path) == (
        f"{tmp_path}/ says where things are in its pictures ({annotation}), not what each picture is: finding things in pictures "
        "is not learnt here. To tell classes apart, cut the things out, the pictures of each class in a folder of its own."
    )


@pytest.mark.parametrize(
    "files", [("images/1.png", "masks/1.png"), ("train/images/1.png", "train/masks/1.png", "val/images/2.png")]
)
def test_masks_are_no_class(tmp_path, files):
    assert refusal(pictures(tmp_path, *files)) == (
        f"{tmp_path}/ holds pictures and masks of them (masks/): marking parts of pictures is not learnt here. {ASK}"
    )


def test_folders_of_splits_by_year_say_no_class(tmp_path):
    assert refusal(pictures(tmp_path, "train2017/1.png", "val2017/2.png")) == (
        f"The folders of {tmp_path}/ say no class: train2017, val2017. {ASK}"
    )


def test_class_folders_beside_annotations_are_classes(tmp_path):
    """As in Stanford Dogs."""
    pictures(tmp_path, "Images/beagle/1.png", "Images/pug/2.png")
    write(tmp_path, "Annotation/beagle/1.xml", "<annotation></annotation>")
    assert open_source(tmp_path).classes == ("beagle", "pug")


def test_words_that_could_be_classes_are_left_alone():
    assert not say_no_class(["trains", "buses"])
    assert not say_no_class(["class1", "class2"])
    assert not say_no_class(["images/cats", "images/dogs"])
    assert not say_no_class(["mask", "no_mask", "with_mask"])


def test_an_archive_in_a_folder_is_to_be_unpacked(tmp_path):
    write(tmp_path, "pets.zip", b"PK\3\4" + b"\0" * 50)
    assert refusal(tmp_path).endswith("in one folder a class. Unpack pets.zip first.")


def test_pickles_in_a_folder_are_told(tmp_path):
    """CIFAR-10 as its authors give it: it was asked for class folders of its two files."""
    write(tmp_path, "data_batch_1", b"\x80\x02}q\x01.")
    write(tmp_path, "test_batch", b"\x80\x02}q\x01.")
    assert refusal(tmp_path).startswith(
        f"{tmp_path}/ has no pictures (2 files left out, the first: data_batch_1, a pickle of Python, which may run code when it is "
        "opened; it is not)."
    )


def test_hdf5_is_told(tmp_path):
    write(tmp_path, "train.h5", b"\x89HDF\r\n\x1a\n")
    assert refusal(tmp_path / "train.h5") == (
        f"{tmp_path}/train.h5 is HDF5, which is not read. Save its arrays with NumPy, np.savez(file, x=pictures, y=labels), or its "
        "pictures as files, a folder a class."
    )


# Labels ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("between", [" ", "\t", ",", " ; "])
def test_a_text_may_say_what_each_picture_shows(tmp_path, between):
    names = [f"pictures/{number}.png" for number in range(6)]
    pictures(tmp_path, *names)
    lines = [f"{name}{between}{'cat' if number % 2 else 'old dog'}" for number, name in enumerate(names)]
    write(tmp_path, "labels.txt", "\n".join(lines))
    source = open_source(tmp_path)
    assert (source.classes, len(source)) == (("cat", "old dog"), 6)
    assert source.classes[source.labels[source.ids.index("pictures/3.png")]] == "cat"


def test_the_number_may_stand_before_the_class(tmp_path):
    source = open_source(pictures(tmp_path, "001-cat.png", "002-cat.png", "003-dog.png", "004-dog.png"))
    assert [source.classes[label] for label in source.labels] == ["cat", "cat", "dog", "dog"]


def test_several_labels_a_picture_are_told(tmp_path):
    words = ["cat", "dog", "cat dog", "cat"]
    pictures(tmp_path, *(f"{number}.png" for number in range(8)))
    write(tmp_path, "labels.csv", "file,tags\n" + "".join(f"{n}.png,{words[n % 4]}\n" for n in range(8)))
    assert open_source(tmp_path).notes[1] == (
        "labels.csv gives pictures several labels at once ('cat dog'): each combination is a class of its own. Several answers a "
        "picture are not learnt here."
    )


def test_another_label_column_is_told_and_may_be_asked_for(tmp_path):
    """columns.target was passed over in silence."""
    png = pictures(tmp_path, "1.png").joinpath("1.png").read_bytes()
    file = tmp_path / "a.parquet"
    columns = {"img": [{"bytes": png, "path": None}] * 6, "fine_label": [0, 1, 2] * 2, "coarse_label": [0, 0, 1] * 2}
    pyarrow.parquet.write_table(pa.table(columns), file)
    assert open_source(file).notes[1] == (
        "The column coarse_label could be the label too; fine_label is taken. Another is taken with columns.target=coarse_label."
    )
    assert open_source(file, Columns(target="coarse_label")).labels.tolist() == columns["coarse_label"]
    assert refusal(file, target="x") == "a.parquet has no column x. Its columns: fine_label, coarse_label."


# Values ---------------------------------------------------------------------------------------------------------------


def test_arrays_from_minus_one_to_one(tmp_path):
    whole = DRAWN.integers(0, 256, (6, 8, 8), dtype=np.uint8)
    whole[0, 0, :2] = 0, 255
    np.savez(tmp_path / "a.npz", x=(whole / 127.5 - 1).astype(np.float32), y=[0, 1, 2] * 2)
    source = open_source(tmp_path / "a.npz")
    assert source.pixels is not None
    assert (source.pixels[..., 0] == whole).all()
    assert source.notes[0] == "Pixel values from -1 to 1 are brought to 0 to 1."


@pytest.mark.parametrize("is_last", [True, False])
def test_which_column_without_a_name_counts_classes(tmp_path, is_last):
    """With noise in the first pixel the first column was the label, and every value a class."""
    labels = np.arange(60) % 3
    rows = DRAWN.integers(0, 256, (60, 64)).tolist()
    cells = [[*row, label] if is_last else [label, *row] for row, label in zip(rows, labels.tolist(), strict=True)]
    write(tmp_path, "p.csv", "\n".join(",".join(map(str, row)) for row in cells))
    assert open_source(tmp_path / "p.csv").labels.tolist() == labels.tolist()


def test_a_table_without_names_that_is_sorted_by_its_first_column(tmp_path):
    """Its first rows have one label, and the last pixel comes again: what UCI's optdigits looks like, whose label is last."""
    labels = np.sort(np.arange(600) % 3)
    rows = DRAWN.integers(0, 4, (600, 64)).tolist()
    write(
        tmp_path,
        "p.csv",
        "\n".join(",".join(map(str, [label, *row])) for row, label in zip(rows, labels.tolist(), strict=True)),
    )
    assert open_source(tmp_path / "p.csv").labels.tolist() == labels.tolist()


def test_coco_of_several_hundred_files_is_looked_at_in_part_only(tmp_path, monkeypatch):
    """Of each ending some files tell; the others are not opened."""
    pictures(tmp_path, "images/train/1.png", "images/val/2.png")
    for number in range(60):
        write(tmp_path, f"labels/{number}.json", json.dumps({"number": number}))
    seen = []
    from seodang.data.readers import no_class

    monkeypatch.setattr(no_class, "_is_annotation", lambda path, ending: seen.append(path) or False)
    assert "has 1 file but no class folders" in refusal(tmp_path)
    assert len(seen) == 20


def test_a_label_column_that_cannot_be_there_is_not_passed_over_in_silence(tmp_path):
    folder = pictures(tmp_path / "pets", "cat/1.png", "dog/2.png")
    assert refusal(folder, target="breed") == (
        f"columns.target=breed names a column, and {folder} has no table: the class folders say the classes. A regular expression with "
        "a group in parentheses reads them from the files' names."
    )
    np.savez(tmp_path / "a.npz", x=DRAWN.integers(0, 256, (4, 8, 8), dtype=np.uint8), y=[0, 1, 0, 1])
    source = open_source(tmp_path / "a.npz", Columns(target="breed"))
    assert source.notes == ("columns.target=breed is passed over: the label is found by its name.",)
