"""Labs L51 to L53 on their own data: minutes each, so `slow`."""

import pytest

from seodang.evaluation import making
from seodang.evaluation.evaluate import evaluate
from seodang.runs.train import train

pytestmark = [pytest.mark.real, pytest.mark.slow]


def test_generated_digits_are_told_as_digits_by_our_classifier(real_data, tmp_path):
    """L53 with the notes' settings: on average at least 70 % sure of what it sees, and all ten digits there."""
    real_data("mnist")
    maker = train("mnist", "gan-mnist", runs=tmp_path)
    classifier = train("mnist", "image-classifier", runs=tmp_path)
    probabilities = classifier.probabilities(making.make(maker, 2_000, seed=1))
    assert float(probabilities.max(dim=1).values.mean()) > 0.7
    assert len(probabilities.argmax(dim=1).unique()) == 10
    report = evaluate(maker)
    assert (
        report["baselines"]["real"]["frechet"] < report["metrics"]["frechet"] < report["baselines"]["naive"]["frechet"]
    )


def test_the_deep_autoencoder_beats_principal_components(real_data, tmp_path):
    """L51, a fifth of its epochs."""
    real_data("fashion-mnist")
    report = evaluate(train("fashion-mnist", "deep-autoencoder", {"training.epochs": 10}, runs=tmp_path))
    test = report["baselines"]["naive"]["network_against_it"]
    assert test["p_value"] < 0.001
    assert test["difference"] > 0
    assert report["metrics"]["explained"] > 0.8
