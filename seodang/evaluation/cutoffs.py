"""How many answers clear a confidence, and how right those are: what it costs to leave the doubtful ones to a person."""

# N judged examples · C classes
from __future__ import annotations

from typing import TypedDict

import numpy as np

from seodang.evaluation.intervals import wilson
from seodang.evaluation.metrics import Labels, Numbers

AT = (0.5, 0.7, 0.8, 0.9, 0.95, 0.99)


class Cutoff(TypedDict):
    """What is left where only answers of at least this confidence are taken.

    at: the confidence, 0 to 1.   answered: how many clear it.   share: of all judged.   right: how many of those are right.
    accuracy: the share of those that is right, None where none clears it.   interval: its 95 % interval (Wilson, 1927).
    """

    at: float
    answered: int
    share: float
    right: int
    accuracy: float | None
    interval: list[float] | None


def cutoffs(labels: Labels, probabilities: Numbers) -> list[Cutoff]:
    """Coverage and accuracy of the answers above each confidence of `AT`: selective classification.

    Args:
        labels: (N,) true classes.
        probabilities: (N, C), rows sum to 1; the confidence of an answer is its largest.

    Geifman & El-Yaniv, 2017. https://arxiv.org/abs/1705.08500

    >>> sure = cutoffs(np.array([0, 1]), np.array([[0.95, 0.05], [0.6, 0.4]]))[3]
    >>> sure["at"], sure["answered"], sure["share"], sure["accuracy"]
    (0.9, 1, 0.5, 1.0)
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    return [_cutoff(at, right[confidence >= at], len(labels)) for at in AT]


def _cutoff(at: float, right: np.ndarray, judged: int) -> Cutoff:
    answered, number = len(right), int(right.sum())
    return {
        "at": at,
        "answered": answered,
        "share": round(answered / judged, 6),
        "right": number,
        "accuracy": round(number / answered, 6) if answered else None,
        "interval": [round(end, 6) for end in wilson(number, answered)] if answered else None,
    }
