"""Varied copies as files: as many as asked, the same for the same seed, full size, originals untouched."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from seodang.core.errors import DataError
from seodang.data.augment import Augmentation
from seodang.data.open import open_source
from seodang.data.write_augmented import write_augmented

TURNED = Augmentation(rotation=20, zoom=0.2)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    for split in ("train", "test"):
        for name in ("cats", "dogs"):
            folder = tmp_path / "photos" / split / name
            folder.mkdir(parents=True)
            for index in range(3):
                array = random.integers(0, 255, (30, 41, 3)).astype(np.uint8)
                Image.fromarray(array).save(folder / f"{name}.{index}.{'jpg' if index else 'png'}")
    return tmp_path / "photos"


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture)


def test_training_pictures_only_in_class_folders_at_full_size(photos, tmp_path):
    before = digests(photos)
    out = tmp_path / "out"
    written, left_out = write_augmented(open_source(photos), out, TURNED, copies=2)
    assert (written, left_out) == ({"cats": 6, "dogs": 6}, ())
    assert digests(photos) == before
    names = list(digests(out))
    assert names[:3] == ["train/cats/aug_cats.0_1.png", "train/cats/aug_cats.0_2.png", "train/cats/aug_cats.1_1.jpg"]
    assert len(names) == 12
    for name in names:
        with Image.open(out / name) as copy:
            assert copy.size == (41, 30)
    assert len(set(digests(out).values())) == 12  # every copy is another picture


def test_what_is_written_can_be_opened_again_with_the_same_classes(photos, tmp_path):
    write_augmented(open_source(photos), tmp_path / "out", TURNED, copies=1, splits=("train", "test"))
    again = open_source(tmp_path / "out")
    assert again.classes == ("cats", "dogs")
    assert sorted(set(again.splits.tolist())) == ["test", "train"]
    assert len(again) == 12


def test_same_seed_same_files_whatever_else_is_in_the_data(photos, tmp_path):
    for name in ("a", "b", "c"):
        seed = 1 if name == "c" else 0
        write_augmented(open_source(photos), tmp_path / name, TURNED, copies=1, seed=seed)
        # One picture less must not change the copies of the others.
        (photos / "train" / "cats" / "cats.1.jpg").unlink(missing_ok=True)
    first, second, other = (digests(tmp_path / name) for name in ("a", "b", "c"))
    assert second == {name: value for name, value in first.items() if "cats.1" not in name}
    assert set(other) == set(second)
    assert not set(other.values()) & set(second.values())


def test_a_flip_is_the_pictures_mirror_image(photos, tmp_path):
    flip = Augmentation(flip_horizontal=True)
    write_augmented(open_source(photos), tmp_path / "out", flip, copies=8)
    original = pixels(photos / "train/dogs/dogs.0.png")
    copies = [pixels(tmp_path / f"out/train/dogs/aug_dogs.0_{i}.png") for i in range(1, 9)]
    mirrored = [np.array_equal(one, original[:, ::-1]) for one in copies]
    kept = [np.array_equal(one, original) for one in copies]
    assert all(a != b for a, b in zip(mirrored, kept, strict=True))
    assert any(mirrored)


def test_refusals_say_what_to_do(photos, tmp_path):
    source = open_source(photos)
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    cases = {
        f"{full} is not an empty folder. Give a new one; nothing is ever written over.": {"out": full},
        f"{photos / 'more'} lies inside the data, {photos}, and would become a part of it. Give a folder elsewhere.": {
            "out": photos / "more"
        },
        "Nothing to vary: give settings such as rotation=10 zoom=0.1 flip_horizontal=true.": {
            "settings": Augmentation()
        },
        "--copies must be 1 or more, got 0.": {"copies": 0},
        "--prefix must be 1 to 64 letters, digits, ., - and _, and not begin with a dot, got '../x'.": {
            "prefix": "../x"
        },
        "There is no picture to vary: the data has none of validation.": {"splits": ("validation",)},
    }
    for sentence, given in cases.items():
        with pytest.raises(DataError) as error:
            write_augmented(source, **{"out": tmp_path / "out", "settings": TURNED, "copies": 1, **given})
        assert str(error.value) == sentence
    assert sorted(path.name for path in full.iterdir()) == ["mine.txt"]


def test_pictures_of_a_table_and_odd_class_names_get_safe_file_names(tmp_path):
    source = open_source("digits").select(np.arange(4))
    write_augmented(source, tmp_path / "out", TURNED, copies=1)
    assert len(list((tmp_path / "out").rglob("*.png"))) == 4
    evil = replace(source, classes=tuple(f"../{name}" for name in source.classes), ids=["../../x.png"] * 4)
    write_augmented(evil, tmp_path / "deep" / "out", TURNED, copies=1)
    assert len(list((tmp_path / "deep" / "out").rglob("*.png"))) == 4
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]
