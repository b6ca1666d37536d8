"""The score that a race of rows, texts or series is run to: computed here for every side, from what it says of the same examples."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

Score = Literal["rmse", "mae", "perplexity", "accuracy"]


def score(name: Score, told: Any, truths: Sequence[Any]) -> float:
    """How good the answers are.

    Args:
        name: rmse and mae in the amounts' own unit, perplexity: lower is better. accuracy: higher is.
        told: (N,) amounts or classes; for perplexity the logarithm of the probability that was given to the true word.
        truths: (N,) the true amounts or classes.

    >>> score("rmse", [1.0, 2.0], [1.0, 4.0]) == 2**0.5
    True
    >>> round(score("perplexity", np.log([0.5, 0.125]), ["so", "it"]), 6)
    4.0
    """
    said = np.asarray(told)
    assert len(said) == len(truths), f"{len(said)} answers to {len(truths)} examples"
    if name == "perplexity":
        return float(np.exp(-said.astype(np.float64).mean()))
    if name == "accuracy":
        return float((said == np.asarray(truths)).mean())
    errors = said.astype(np.float64) - np.asarray(truths, np.float64)
    return float(np.sqrt((errors**2).mean()) if name == "rmse" else np.abs(errors).mean())


def is_reached(name: Score, value: float, target: float) -> bool:
    """Whether a score is as good as another, or better.

    >>> is_reached("rmse", 1.0, 2.0), is_reached("accuracy", 0.8, 0.9)
    (True, False)
    """
    return value >= target if name == "accuracy" else value <= target


def best(name: Score, values: Sequence[float]) -> float:
    """The best of some scores."""
    return max(values) if name == "accuracy" else min(values)


def fingerprint(truths: Sequence[Any]) -> str:
    """Of the held-out truths, in order: the sides judge the same examples if theirs are equal. Amounts to six digits."""
    told = [each if isinstance(each, str) else f"{float(each):.6g}" for each in truths]
    return f"{len(told)} {hashlib.sha256(chr(0).join(told).encode()).hexdigest()[:16]}"
