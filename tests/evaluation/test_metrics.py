import numpy as np
import pytest
from sklearn import metrics as reference

from seodang.evaluation import metrics


def drawn(num_examples, num_classes, seed=0, sure=2.0):
    """Random labels, and probabilities that lean towards them."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, num_classes, num_examples)
    scores = generator.normal(size=(num_examples, num_classes))
    scores[np.arange(num_examples), labels] += sure
    probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return labels, probabilities


@pytest.mark.parametrize(("num_examples", "num_classes"), [(50, 2), (200, 3), (1000, 10), (300, 40)])
def test_all_metrics_agree_with_scikit_learn(num_examples, num_classes):
    labels, probabilities = drawn(num_examples, num_classes, seed=num_classes)
    predicted = probabilities.argmax(axis=1)
    found = metrics.all_metrics(labels, probabilities)
    present = np.unique(labels)
    every = np.arange(num_classes)
    assert found["accuracy"] == pytest.approx(reference.accuracy_score(labels, predicted), abs=1e-6)
    balanced = reference.recall_score(labels, predicted, labels=present, average="macro")
    assert found["balanced_accuracy"] == pytest.approx(balanced, abs=1e-6)
    f1 = reference.f1_score(labels, predicted, labels=present, average="macro", zero_division=0)
    assert found["macro_f1"] == pytest.approx(f1, abs=1e-6)
    assert found["log_loss"] == pytest.approx(reference.log_loss(labels, probabilities, labels=every), abs=1e-6)
    for top in (3, 5):
        if f"top_{top}_accuracy" in found:
            expected = reference.top_k_accuracy_score(labels, probabilities, k=top, labels=every)
            assert found[f"top_{top}_accuracy"] == pytest.approx(expected, abs=1e-6)
    if num_classes == 2:
        assert found["roc_auc"] == pytest.approx(reference.roc_auc_score(labels, probabilities[:, 1]), abs=1e-6)
    expected = reference.confusion_matrix(labels, predicted, labels=every)
    assert (metrics.confusion(labels, predicted, num_classes) == expected).all()


def test_metrics_are_named_by_the_number_of_classes():
    plain = ["accuracy", "balanced_accuracy", "macro_f1", "log_loss", "calibration_error"]
    assert list(metrics.all_metrics(*drawn(100, 2))) == [*plain, "roc_auc"]
    assert list(metrics.all_metrics(*drawn(100, 4))) == plain
    assert list(metrics.all_metrics(*drawn(100, 5))) == [*plain, "top_3_accuracy"]
    assert list(metrics.all_metrics(*drawn(100, 10))) == [*plain, "top_3_accuracy", "top_5_accuracy"]


def test_binary_metrics_without_one_of_the_classes_have_no_roc_auc():
    labels, probabilities = np.zeros(5, dtype=np.int64), np.tile([0.8, 0.2], (5, 1))
    assert "roc_auc" not in metrics.all_metrics(labels, probabilities)


def test_a_network_that_says_the_same_of_every_class_is_not_rewarded():
    labels = np.array([0, 1, 2, 3])
    assert metrics.top_accuracy(labels, np.full((4, 5), 0.2), top=3) == 0.0


def test_a_class_without_examples_does_not_count_in_the_means():
    table = np.array([[5, 0, 5], [0, 10, 0], [0, 0, 0]])
    assert metrics.balanced_accuracy(table) == pytest.approx((0.5 + 1) / 2)
    assert metrics.macro_f1(table) == pytest.approx((2 / 3 + 1) / 2)


def test_a_probability_of_nought_for_the_truth_has_a_finite_loss():
    loss = metrics.example_losses(np.array([0]), np.array([[0.0, 1.0]], dtype=np.float32))
    assert loss[0] == pytest.approx(-np.log(np.finfo(np.float32).eps))


def test_calibration_error_is_the_weighted_gap_of_the_bins():
    labels, probabilities = drawn(2000, 4, sure=1.0)
    bins = metrics.reliability(labels, probabilities)
    assert sum(each["count"] for each in bins) == 2000
    by_hand = sum(each["count"] * abs(each["confidence"] - each["accuracy"]) for each in bins) / 2000
    assert metrics.calibration_error(labels, probabilities) == pytest.approx(by_hand, abs=1e-4)


def test_calibration_error_of_honest_probabilities_is_near_nought_and_of_sharpened_ones_is_not():
    generator = np.random.default_rng(1)
    probabilities = generator.dirichlet(np.ones(3), size=20_000)
    labels = (probabilities.cumsum(axis=1) > generator.random((20_000, 1))).argmax(axis=1)
    sharpened = probabilities**4 / (probabilities**4).sum(axis=1, keepdims=True)
    assert metrics.calibration_error(labels, probabilities) < 0.015
    assert metrics.calibration_error(labels, sharpened) > 0.15


@pytest.mark.parametrize("confidence", [0.5, 1 / 15 * 8, 1.0])
def test_the_edges_of_the_bins_hold_every_confidence(confidence):
    probabilities = np.array([[confidence, 1 - confidence]])
    (only,) = metrics.reliability(np.array([0]), probabilities)
    assert only["low"] - 1e-4 <= confidence <= only["high"] + 1e-4
