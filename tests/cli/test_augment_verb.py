"""`seodang augment` as a person and as a program see it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from seodang.core.errors import SeodangError


@pytest.fixture(autouse=True)
def photos(tmp_path: Path, monkeypatch) -> None:
    for split in ("train", "test"):
        for name in ("cats", "dogs"):
            (tmp_path / "photos" / split / name).mkdir(parents=True)
            array = np.random.default_rng(len(split) + len(name)).integers(0, 255, (20, 20, 3)).astype(np.uint8)
            Image.fromarray(array).save(tmp_path / "photos" / split / name / f"{name}.png")
    monkeypatch.chdir(tmp_path)


def test_words_for_a_person(command):
    assert command("augment", "photos", "out", "--copies", "2", "rotation=20", "zoom=0.8,1.2").stdout.splitlines() == [
        "Only training pictures are varied; test pictures stay as they are.",
        "4 pictures written to out (2 of each, seed 0).",
    ]
    assert sorted(path.as_posix() for path in Path("out").rglob("*.png")) == [
        "out/train/cats/aug_cats_1.png",
        "out/train/cats/aug_cats_2.png",
        "out/train/dogs/aug_dogs_1.png",
        "out/train/dogs/aug_dogs_2.png",
    ]


def test_what_is_no_picture_is_told(command):
    Path("photos/train/cats/broken.png").write_bytes(b"")
    Path("photos/train/cats/Thumbs.db").write_bytes(b"no picture")
    lines = command("augment", "photos", "out", "rotation=20").stdout.splitlines()
    assert lines[1:] == [
        "2 pictures written to out (1 of each, seed 0).",
        "",
        "Left out: 2",
        "  train/cats/Thumbs.db: a file that Windows keeps in folders, not a picture",
        "  train/cats/broken.png: empty file",
    ]
    told = json.loads(command("augment", "photos", "out2", "rotation=20", "--json").stdout)
    assert [one["reason"] for one in told["left_out"]] == [
        "a file that Windows keeps in folders, not a picture",
        "empty file",
    ]


def test_json_and_other_splits(command):
    told = json.loads(
        command("augment", "photos", "out", "--json", "--split", "test", "--prefix", "turned", "rotation=20").stdout
    )
    assert told["written"] == 2
    assert told["classes"] == {"cats": 1, "dogs": 1}
    assert Path("out/test/cats/turned_cats_1.png").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["photos"], "`seodang augment` takes the data and the folder to write to, got 1: photos."),
        (["photos", "out"], "Nothing to vary: give settings such as rotation=10 zoom=0.1 flip_horizontal=true."),
        (
            ["photos", "photos", "rotation=1"],
            "photos is not an empty folder. Give a new one; nothing is ever written over.",
        ),
        (["photos", "out", "--split", "tset", "rotation=1"], "--split tset: 'tset' is not a split. Did you mean test?"),
    ],
)
def test_mistakes_are_told_in_a_sentence(command, words, sentence):
    with pytest.raises(SeodangError) as error:
        command("augment", *words)
    assert str(error.value) == sentence
