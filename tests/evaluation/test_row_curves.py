"""Curves of reports on rows: those of scikit-learn, a class against the rest."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from seodang.evaluation.judge_rows import MOST_CURVES, _curves
from seodang.evaluation.metrics import reliability
from seodang.evaluation.row_figures import drawings

CLASSES = ("cat", "dog", "owl")


@pytest.fixture
def judged():
    draw = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 20)
    scores = np.eye(3)[labels] + draw.gumbel(0, 1, (60, 3))
    return labels, np.exp(scores) / np.exp(scores).sum(1, keepdims=True)


def test_the_area_under_each_curve_is_its_class_against_the_rest(judged):
    labels, probabilities = judged
    found = _curves(labels, probabilities, CLASSES)
    assert found is not None
    assert [one["class"] for one in found["each"]] == [*CLASSES]
    for index, one in enumerate(found["each"]):
        false, true = np.array(one["roc"]).T
        assert np.trapezoid(true, false) == pytest.approx(
            roc_auc_score(labels == index, probabilities[:, index]), abs=1e-4
        )
        recall, _ = np.array(one["precision_recall"]).T
        assert (recall.min(), recall.max()) == (0, 1)


def test_of_two_classes_the_second_has_the_curve(judged):
    labels, probabilities = judged
    two = labels < 2
    found = _curves(labels[two], probabilities[two, :2], CLASSES[:2])
    assert found is not None
    false, true = np.array(found["roc"]).T
    assert np.trapezoid(true, false) == pytest.approx(roc_auc_score(labels[two] == 1, probabilities[two, 1]), abs=1e-4)


def test_where_no_curve_says_anything_there_is_none(judged):
    labels, probabilities = judged
    assert _curves(np.zeros(60, int), probabilities, CLASSES) is None
    assert _curves(labels, np.tile(probabilities, 4), tuple("abcdefghijkl")[: MOST_CURVES + 2]) is None


def test_a_class_that_is_not_judged_has_no_curve_and_each_other_is_named(judged):
    labels, probabilities = judged
    found = _curves(labels[20:], probabilities[20:], CLASSES)
    assert found is not None
    assert [one["class"] for one in found["each"]] == ["dog", "owl"]
    report = {
        "task": "classify",
        "classes": [*CLASSES],
        "curves": found,
        "calibration": {"bins": reliability(labels, probabilities)},
    }
    (roc, _), (precision, words), _ = drawings(report)
    assert words == "Precision against recall of each class."
    for svg in (roc, precision):
        assert "dog" in svg
        assert "owl" in svg
        assert "cat" not in svg
