"""What the diagnoses must find in the real data of ../shared: each is known to be there, found by other means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from seodang.core.registry import find
from seodang.data.open import open_any
from seodang.diagnoses.case import Case, case_of_data, case_of_run
from seodang.runs.folder import Run

pytestmark = pytest.mark.real


def said(check, case):
    return list(find("diagnoses", check)(case))


@pytest.fixture(scope="module")
def letters():
    """The sign-language letters: every picture of a few thousand neighbouring rows, and some of the test split."""
    source = open_any("asl-letters")
    train, test = np.flatnonzero(source.splits == "train"), np.flatnonzero(source.splits == "test")
    return source.select(np.concatenate([train[:6000], test[:1000]]))


def test_the_reviews_that_stand_in_both_splits_of_imdb(real_data):
    case = case_of_data(real_data("imdb"))
    (found,) = said("exact-duplicates", case)
    texts = [" ".join(text.split()) for text in case.frame.table["text"]]
    splits = case.frame.splits
    train = {text for text, split in zip(texts, splits, strict=True) if split == "train"}
    again = sum(text in train for text, split in zip(texts, splits, strict=True) if split == "test")
    assert found.numbers == {"test": again, "of": int((splits == "test").sum())}
    assert again > 20


def test_the_pictures_of_cifar100_that_have_two_labels(real_data):
    source = open_any(real_data("cifar100"))
    found = said("two-labels", case_of_data(source))
    assert found
    labels = dict(zip(source.ids, source.labels.tolist(), strict=True))
    assert all(len({labels[name] for name in group}) > 1 for each in found for group in each.numbers["examples"])


def test_a_flipped_hand_is_another_hand(letters, real_data):
    from seodang.data.load import load
    from seodang.recipes.resolve import resolve

    real_data("asl-letters")
    recipe = resolve("asl-cnn-augmented", {"augmentation.flip_horizontal": "true"})
    data = load(letters, recipe.preparation, recipe.split)
    run = Run(Path("runs/none"), recipe, {"classes": data.classes}, [], {})
    (found,) = said("harmful-augmentation", Case("asl-letters", letters, run, data))
    assert found.numbers["mirrored"] < 0.5 * found.numbers["plain"]


def test_the_near_duplicates_of_asl_letters(letters, real_data):
    real_data("asl-letters")
    *_, found = said("near-duplicates", case_of_data(letters))
    assert found.numbers["pictures"] > 0.01 * found.numbers["of"]


def test_a_random_split_of_asl_letters_tears_its_1704_sources_apart(letters, real_data):
    """Of 1,704 photographs the 34,627 pictures were made (RELIABILITY T34); rows drawn at random stand on both sides."""
    real_data("asl-letters")
    drawn = np.random.default_rng(0).random(len(letters)) < 0.2
    mixed = replace(letters, splits=np.where(drawn, "test", "train").astype("U10"), stamp="mixed")
    found = said("near-duplicates", case_of_data(mixed))
    assert any(each.numbers.get("test", 0) > 0.01 * drawn.sum() for each in found)


def test_nothing_beats_the_last_price_of_apple(real_data):
    real_data("aapl")
    (found,) = said("naive-baseline", case_of_data("aapl"))
    assert found.numbers["last_value_rmse"] <= found.numbers["linear_rmse"]
    assert "last value" in found.what


def test_lab_l02_overfits(real_data, tmp_path):
    from seodang.evaluation.evaluate import evaluate
    from seodang.runs.train import train

    real_data("asl-letters")
    run = train(None, "asl-mlp", {"examples": 4000, "training.epochs": 15}, runs=tmp_path)
    evaluate(run)
    (found,) = said("overfitting", case_of_run(run.folder))
    assert found.numbers["points"] > 3
