"""Two folders of the same photos are told as what they are, before training and in the verdict; a few copies are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from seodang.data.duplicates import Group
from seodang.data.look import look, short
from seodang.data.open import open_source
from seodang.data.split import leave_out
from seodang.data.twice import LEAST, NEARLY_ALL, held_twice
from seodang.diagnoses.diagnose import at_the_end
from seodang.evaluation.evaluate import evaluate
from seodang.runs.train import train


def saved(folder: Path, name: str, photos: list[Path], side: int, quality: int = 80) -> None:
    """Photos once more, their longer side so many pixels, under names of their own."""
    (folder / name).mkdir(parents=True)
    for number, photo in enumerate(photos):
        picture = Image.open(photo).convert("RGB")
        picture.thumbnail((side, side))
        picture.save(folder / name / f"{number:03}.jpg", quality=quality)


@pytest.fixture
def photos(real_data):
    """Sixty photos of cats and sixty of dogs."""
    kinds = [sorted(real_data("cats-dogs-small").glob(f"train/{kind}/*.jpg"))[:60] for kind in ("cats", "dogs")]
    assert all(len(kind) == 60 for kind in kinds)
    return kinds


def test_a_share_of_a_class_makes_it_another_one_s_and_fewer_do_not():
    many = 100
    labels = np.repeat([0, 1], many)
    enough = round(NEARLY_ALL * many)
    pairs = [Group((i, i + many)) for i in range(enough)]
    assert [(one.copies, one.both) for one in held_twice(labels, ("a", "b"), pairs)] == [(enough, True)]
    assert held_twice(labels, ("a", "b"), pairs[1:]) == []
    assert held_twice(labels[[*range(many), many]], ("a", "b"), [Group((0, many))]) == [], f"fewer than {LEAST}"


def test_a_class_that_stands_in_a_larger_one_is_told_as_that():
    labels = np.array([0] * 10 + [1] * 100)
    (one,) = held_twice(labels, ("some", "all"), [Group((i, 10 + i)) for i in range(10)])
    assert (one.name, one.other, one.copies, one.of, one.both) == ("some", "all", 10, 10, False)


def test_every_pair_of_three_sizes_is_told_once():
    labels = np.repeat([0, 1, 2], 20)
    found = held_twice(labels, ("s", "m", "l"), [Group((i, i + 20, i + 40)) for i in range(20)])
    assert [{one.name, one.other} for one in found] == [{"s", "m"}, {"s", "l"}, {"m", "l"}]


@pytest.mark.real
@pytest.mark.parametrize(("side", "quality"), [(200, 80), (96, 75), (64, 75), (200, 10)])
def test_photos_in_two_sizes_or_qualities_come_first(photos, tmp_path, side, quality):
    both = photos[0] + photos[1]
    saved(tmp_path, "originals", both, 400, 92)
    saved(tmp_path, "web", both, side, quality)
    found = look(tmp_path)
    first = found["findings"][0]
    assert (first["kind"], first["level"]) == ("same_pictures", "serious")
    assert "are the same pictures twice, not two classes: of the 120 of" in first["what"]
    assert not [one for one in found["findings"] if one["kind"].startswith("two_labels") or "duplicates" in one["kind"]]
    assert short(found)[1].startswith("! ")
    assert "the same pictures twice" in short(found)[1]


@pytest.mark.real
def test_cats_and_dogs_are_two_classes_and_a_third_folder_of_both_is_none(photos, tmp_path):
    for name, some in zip(("cat", "dog"), photos, strict=True):
        saved(tmp_path, name, some, 300)
    assert not [one for one in look(tmp_path)["findings"] if one["kind"] == "same_pictures"]
    saved(tmp_path, "all", photos[0] + photos[1], 150)
    one = look(tmp_path)["findings"][0]
    assert one["what"] == ("cat is no class of its own: of its 60 pictures 60 are in all too, the same or nearly so.")
    assert one["evidence"].endswith("Likewise dog = all.")
    assert one["todo"].startswith("Give one of the folders"), "without cat and dog one class would be left"


@pytest.mark.real
def test_two_sizes_of_every_class_are_left_out_by_name(photos, tmp_path):
    for name, some in zip(("cat", "dog"), photos, strict=True):
        for size, side in (("full", 300), ("thumbs", 64)):
            saved(tmp_path / size, name, some[:20], side)
    one = look(tmp_path)["findings"][0]
    assert one["todo"].startswith("Leave out what stands elsewhere too, split.without=full/cat,full/dog, or give one")
    left = look(leave_out(open_source(tmp_path), ("full/cat", "full/dog")))
    assert left["classes"] == ["thumbs/cat", "thumbs/dog"]
    assert not [one for one in left["findings"] if one["kind"] == "same_pictures"]


@pytest.mark.real
def test_the_verdict_praises_no_score_on_the_same_pictures(photos, tmp_path):
    both = photos[0] + photos[1]
    saved(tmp_path / "data", "low", both, 64, 60)
    saved(tmp_path / "data", "high", both, 160, 95)
    run = train(tmp_path / "data", None, {"transfer.strategy": "none", "training.epochs": 2}, runs=tmp_path / "runs")
    report = evaluate(run, examine=at_the_end)
    assert report["verdict"][0].startswith("The score says little: ")
    assert report["sobering"] == report["verdict"][:1]
    assert not [line for line in report["verdict"] if "Better than" in line]
    assert report["findings"][0]["name"] == "same-pictures"
    assert "The score says little" in (run.folder / "report.html").read_text()
