"""`seodang look` as a person and as a program see it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from seodang.core.errors import SeodangError


@pytest.fixture
def photos(tmp_path: Path, monkeypatch) -> Path:
    """Two classes of 12 pictures; one stands under both labels, one file is none."""
    random = np.random.default_rng(0)
    for name in ("cats", "dogs"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for index in range(12):
            array = random.integers(0, 255, (9, 12, 3)).astype(np.uint8).repeat(4, 0).repeat(4, 1)
            Image.fromarray(array).save(tmp_path / "photos" / name / f"{index}.png")
    (tmp_path / "photos/dogs/0.png").write_bytes((tmp_path / "photos/cats/0.png").read_bytes())
    (tmp_path / "photos/dogs/broken.jpg").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "photos"


def test_words_for_a_person_and_a_page(command, photos):
    text = command("look", "photos").stdout
    assert "24 pictures in 2 classes (class folders)" in text
    assert "! 2 pictures stand under two labels (the same picture in 1 group)." in text
    assert "cats/0.png (cats) and dogs/0.png (dogs)" in text
    assert "dogs/broken.jpg: empty file" in text
    assert "Next: seodang train photos image-classifier" in text
    assert text.rstrip().endswith("Page: seodang-look-photos.html")
    assert Path("seodang-look-photos.html").read_text().startswith("<!doctype html>")


def test_json_is_one_object_and_writes_nothing_unasked(command, photos, tmp_path):
    told = json.loads(command("look", "photos", "--json").stdout)
    assert told["kind"] == "pictures"
    assert told["counts"] == {"all": {"cats": 12, "dogs": 12}}
    assert told["left_out"] == [{"path": "dogs/broken.jpg", "reason": "empty file"}]
    assert set(told["findings"][0]) == {"kind", "level", "what", "evidence", "why", "todo"}
    assert told["suggested_recipe"]["name"] == "image-classifier"
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]
    assert json.loads(command("look", "photos", "--json", "--page", "mine.html").stdout)["page"] == "mine.html"
    assert Path("mine.html").exists()


def test_what_train_would_refuse_is_said_before(command, tmp_path, photos):
    """One picture a class."""
    for path in [*photos.glob("*/*.png")]:
        if path.name != "1.png":
            path.unlink()
    text = command("look", "photos", "--no-page").stdout
    assert "Next:" not in text
    refusal = text[text.index("It cannot be trained on as it is") :].split(": ", 1)[1]
    with pytest.raises(SeodangError) as refused:
        command("train", "photos")
    assert refusal.split() == str(refused.value).split()


def test_a_pattern_on_names_is_looked_at_and_trained_with(command, photos):
    for number, path in enumerate(sorted(photos.glob("*/*.png"))):
        path.rename(photos / f"{number}-{'ab'[number % 2]}.png")
    text = command("look", "photos", "--no-page", "columns.target=-(.)").stdout
    assert "24 pictures in 2 classes (class in the files' names)" in text
    assert "Next: seodang train photos image-classifier 'columns.target=-(.)'" in text
    assert "0-a.png is 'a'" in text


def test_splits_are_shown_as_they_would_be_drawn(command, photos):
    """`split.by` is tried before a training: 24 pictures of 6 people, each in one split."""
    for number, path in enumerate(sorted(photos.glob("*/*.png"))):
        path.rename(path.with_name(f"p{number % 6}_{number}.png"))
    told = json.loads(command("look", "photos", "--json", "split.by=^([^_]*)_", "test=0.3").stdout)
    assert {name: sum(split.values()) % 4 for name, split in told["counts"].items()} == {
        "train": 0,
        "validation": 0,
        "test": 0,
    }
    assert any("stay together (6 groups)" in note for note in told["notes"])
    with pytest.raises(SeodangError, match="leaves 1 of the 2 classes"):
        command("look", "photos", "without=dogs")


def test_no_page(command, photos, tmp_path):
    assert "Page" not in command("look", "photos", "--no-page").stdout
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


def test_preview_of_augmentation_is_a_picture(command, photos):
    assert command("look", "photos", "--augment", "rotation=30", "flip_horizontal=true").stdout.startswith(
        "Preview: seodang-augment-photos.png"
    )
    with Image.open("seodang-augment-photos.png") as sheet:
        assert sheet.size == (8 * 146 + 6, 3 * 146 + 6)  # 8 originals above two variants of each
        first = np.asarray(sheet)
    command("look", "photos", "--augment", "rotation=30", "flip_horizontal=true")
    with Image.open("seodang-augment-photos.png") as sheet:
        assert np.array_equal(np.asarray(sheet), first)  # the same seed


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["photos", "rotation=3"], "rotation: settings go with --augment, such as `--augment rotation=10`."),
        (
            ["photos", "--augment"],
            "--augment needs settings, such as --augment rotation=10 zoom=0.1 flip_horizontal=true.",
        ),
        (["photos", "--augment", "rotate=3"], "rotate is not a setting of Augmentation. Did you mean rotation?"),
        (["photos", "more"], "`seodang look` takes one path or data set, got 2: photos more."),
        (
            ["photos", "--page", "nowhere/x.html"],
            "The folder nowhere does not exist: make it, or write elsewhere.",
        ),
    ],
)
def test_mistakes_are_told_in_a_sentence(command, photos, words, sentence):
    with pytest.raises(SeodangError) as error:
        command("look", *words)
    assert str(error.value) == sentence


def test_class_names_are_not_taken_for_markup(command, photos):
    (photos / "cats").rename(photos / "[bold]cats[red]")
    assert "[bold]cats[red]" in command("look", "photos", "--no-page").stdout
