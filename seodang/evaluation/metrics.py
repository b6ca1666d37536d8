"""How good predictions are: one number each, computed from the saved probabilities of every judged example.

N examples, C classes. `labels` (N,) true classes, 0 to C - 1; `probabilities` (N, C), rows sum to 1. scikit-learn does the
arithmetic where it has it; what is ours is tested against it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Equal-width bins of confidence, as in Guo et al., 2017.
BINS = 15

Labels = NDArray[np.int64]
Numbers = NDArray[np.floating]


def accuracy(labels: Labels, predicted: Labels) -> float:
    """Share of examples whose predicted class is the true one, 0 to 1.

    >>> accuracy(np.array([0, 1, 2, 2]), np.array([0, 1, 2, 0]))
    0.75
    """
    return float(np.mean(labels == predicted))


def top_accuracy(labels: Labels, probabilities: Numbers, top: int) -> float:
    """Share of examples whose true class is among the `top` most probable ones, 0 to 1.

    A class that ties with the true one counts as before it, so a network that says the same of every class is not
    rewarded.

    >>> top_accuracy(np.array([2, 0]), np.array([[0.5, 0.2, 0.3], [0.1, 0.2, 0.7]]), top=2)
    0.5
    """
    own = np.take_along_axis(probabilities, labels[:, None], axis=1)
    ahead = (probabilities >= own).sum(axis=1) - 1
    return float(np.mean(ahead < top))


def confusion(labels: Labels, predicted: Labels, classes: int) -> NDArray[np.int64]:
    """How often each true class (row) was taken for each class (column): (classes, classes).

    >>> confusion(np.array([0, 0, 1]), np.array([0, 1, 1]), classes=2).tolist()
    [[1, 1], [0, 1]]
    """
    return np.bincount(labels * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def class_scores(labels: Labels, predicted: Labels, classes: int) -> list[dict[str, Any]]:
    """Precision, recall and F1 of every class, with the number of its examples (support) and of its predictions.

    precision: of the pictures called this, how many are. recall: of the pictures that are this, how many were found.
    f1: their harmonic mean. All 0 to 1; a share of nothing counts as 0.

    >>> class_scores(np.array([0, 0, 1]), np.array([0, 1, 1]), classes=2)[0]
    {'precision': 1.0, 'recall': 0.5, 'f1': 0.6667, 'support': 2, 'predicted': 1}
    """
    from sklearn.metrics import precision_recall_fscore_support

    precision, recall, f1, support = precision_recall_fscore_support(
        labels,
        predicted,
        labels=np.arange(classes),
        zero_division=0,  # pyright: ignore[reportArgumentType]
    )
    calls = np.bincount(predicted, minlength=classes)
    columns = zip(precision, recall, f1, support, calls, strict=True)  # pyright: ignore[reportArgumentType]
    return [
        {
            "precision": round(float(p), 4),
            "recall": round(float(r), 4),
            "f1": round(float(f), 4),
            "support": int(s),
            "predicted": int(c),
        }
        for p, r, f, s, c in columns
    ]


def macro_f1(table: NDArray[np.int64]) -> float:
    """Mean F1 over the classes that have examples, each class weighing the same; from a confusion matrix (C, C).

    >>> round(macro_f1(np.array([[1, 1], [0, 1]])), 4)
    0.6667
    """
    return float(macro_f1s(table[None])[0])


def macro_f1s(tables: NDArray[np.int64]) -> Numbers:
    """`macro_f1` of many confusion matrices at once: (M, C, C) → (M,)."""
    right = np.diagonal(tables, axis1=1, axis2=2)
    support, calls = tables.sum(axis=2), tables.sum(axis=1)
    f1 = 2 * right / np.maximum(support + calls, 1)  # F1 = 2 TP / (2 TP + FP + FN)
    present = support > 0
    return (f1 * present).sum(axis=1) / np.maximum(present.sum(axis=1), 1)


def balanced_accuracy(table: NDArray[np.int64]) -> float:
    """Mean recall over the classes that have examples; from a confusion matrix (C, C). Guessing one class: 1 / C.

    >>> balanced_accuracy(np.array([[90, 0], [10, 0]]))
    0.5
    """
    support = table.sum(axis=1)
    present = support > 0
    return float(np.mean(np.diagonal(table)[present] / support[present]))


def example_losses(labels: Labels, probabilities: Numbers) -> Numbers:
    """Minus the natural logarithm of the probability given to the true class, for each example (N,).

    A probability of 0 counts as the smallest step of its type (1.2e-7 for float32, hence at most 15.9), as in
    scikit-learn's `log_loss`.

    >>> example_losses(np.array([0]), np.array([[0.25, 0.75]])).round(4).tolist()
    [1.3863]
    """
    own = np.take_along_axis(probabilities, labels[:, None], axis=1)[:, 0]
    return -np.log(np.clip(own, np.finfo(probabilities.dtype).eps, 1.0)).astype(np.float64)


def reliability(labels: Labels, probabilities: Numbers, bins: int = BINS) -> list[dict[str, float]]:
    """Bins of equal width over the confidence 0 to 1: bounds, number, mean confidence and accuracy of each.

    Confidence is the probability of the predicted class; a bin holds low < confidence <= high. Empty bins are left out.

    Guo et al., 2017, section 2. https://arxiv.org/abs/1706.04599
    """
    confidence, right, index = confidence_bins(labels, probabilities, bins)
    count = np.bincount(index, minlength=bins)
    mean_confidence = np.bincount(index, weights=confidence, minlength=bins) / np.maximum(count, 1)
    mean_right = np.bincount(index, weights=right, minlength=bins) / np.maximum(count, 1)
    return [
        {
            "low": round(b / bins, 4),
            "high": round((b + 1) / bins, 4),
            "count": int(count[b]),
            "confidence": round(float(mean_confidence[b]), 4),
            "accuracy": round(float(mean_right[b]), 4),
        }
        for b in range(bins)
        if count[b]
    ]


def confidence_bins(labels: Labels, probabilities: Numbers, bins: int = BINS) -> tuple[Numbers, Numbers, Labels]:
    """For each example the confidence of its prediction, whether it is right (0. or 1.), and its bin, all (N,)."""
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = (probabilities.argmax(axis=1) == labels).astype(np.float64)
    index = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    return confidence, right, index


def calibration_error(labels: Labels, probabilities: Numbers, bins: int = BINS) -> float:
    """How far confidence is from accuracy, 0 (perfect) to 1: expected calibration error.

    Guo et al., 2017, section 2. https://arxiv.org/abs/1706.04599

    >>> # sure at 0.9, right half the time
    >>> round(calibration_error(np.array([0, 1]), np.array([[0.9, 0.1], [0.9, 0.1]])), 4)
    0.4
    """
    confidence, right, index = confidence_bins(labels, probabilities, bins)
    gaps = np.bincount(index, weights=confidence - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(labels))


def roc_auc(labels: Labels, probabilities: Numbers) -> float | None:
    """Two classes: how often a picture of the second gets a higher score than one of the first, 0.5 (chance) to 1.

    None where only one of the two classes has examples.

    >>> roc_auc(np.array([0, 1, 1]), np.array([[0.8, 0.2], [0.6, 0.4], [0.9, 0.1]]))
    0.5
    """
    from sklearn.metrics import roc_auc_score

    if len(np.unique(labels)) < 2:
        return None
    return float(roc_auc_score(labels, probabilities[:, 1]))


def all_metrics(labels: Labels, probabilities: Numbers) -> dict[str, float]:
    """Every metric by its name. Names that end in accuracy, f1 or auc: higher is better; loss or error: lower.

    top_3_accuracy is there from 5 classes on, top_5_accuracy from 10, roc_auc for two.
    """
    classes = probabilities.shape[1]
    predicted = probabilities.argmax(axis=1)
    table = confusion(labels, predicted, classes)
    metrics = {
        "accuracy": accuracy(labels, predicted),
        "balanced_accuracy": balanced_accuracy(table),
        "macro_f1": macro_f1(table),
        "log_loss": float(example_losses(labels, probabilities).mean()),
        "calibration_error": calibration_error(labels, probabilities),
    }
    for top, least in ((3, 5), (5, 10)):
        if classes >= least:
            metrics[f"top_{top}_accuracy"] = top_accuracy(labels, probabilities, top)
    if classes == 2 and (area := roc_auc(labels, probabilities)) is not None:
        metrics["roc_auc"] = area
    return {name: round(value, 6) for name, value in metrics.items()}
