"""What the house recipe and the labs reach on real data."""

import pytest

from seodang.evaluation.evaluate import evaluate
from seodang.runs.train import train


def accuracy(data, recipe, tmp_path, **settings):
    run = train(data, recipe, settings, runs=tmp_path)
    report = evaluate(run)
    return report["metrics"]["accuracy"], report


def test_digits_reach_98(tmp_path):
    reached, report = accuracy("digits", None, tmp_path)
    assert reached >= 0.98
    assert report["split"] == "test"


@pytest.mark.real
def test_mnist_reaches_99_2(real_data, tmp_path):
    reached, report = accuracy(real_data("mnist"), None, tmp_path)
    assert reached >= 0.992
    assert sum(c["support"] for c in report["per_class"]) == 10_000


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "recipe", "least"),
    [
        ("fashion-mnist", None, 0.919),  # 92.13 to 92.19 %: the number of threads and the processor decide
        ("asl-letters", None, 0.985),
        ("mnist", "mnist-mlp", 0.975),
        ("mnist", "lenet5", 0.985),
    ],
)
def test_reaches(real_data, tmp_path, name, recipe, least):
    assert accuracy(real_data(name), recipe, tmp_path)[0] >= least


@pytest.mark.real
@pytest.mark.slow
def test_cats_and_dogs_are_learnt_by_heart_and_with_augmentation_hardly(real_data, tmp_path):
    """L12 at half the notes' size: about 7 CPU minutes instead of half an hour; README has the whole of it.

    Without augmentation the score on training photos runs away from that on new ones, and the loss on validation turns
    up again; with it both stay together. Measured: 0.15 apart, and 0.04 after 25
    epochs with it. (At this size it does not yet do better on new ones.)
    """
    apart = {}
    for recipe in ("cats-dogs-cnn", "cats-dogs-cnn-augmented"):
        half = {"preparation.height": 75, "preparation.width": 75}
        reached, report = accuracy(real_data("cats-dogs-small"), recipe, tmp_path, **half)
        assert reached >= 0.62
        apart[recipe] = report["history"][-1]["accuracy"] - reached
    assert apart["cats-dogs-cnn"] > 0.1
    assert apart["cats-dogs-cnn-augmented"] < apart["cats-dogs-cnn"] - 0.05


@pytest.mark.real
@pytest.mark.parametrize(
    ("folder", "judged"),
    [
        ("presidential-doggy-door", "validation"),
        ("hand-drawn-shapes", "validation"),
        pytest.param("fruits", "validation", marks=pytest.mark.slow),
        pytest.param("cats-dogs-small", "test", marks=pytest.mark.slow),
    ],
)
def test_a_folder_trains_from_its_path_alone(real_data, tmp_path, folder, judged):
    """One pass is enough to see that it works; the score is compared with nothing."""
    _, report = accuracy(real_data(folder), None, tmp_path, **{"training.epochs": 1})
    assert report["split"] == judged
    assert set(report["baselines"])
