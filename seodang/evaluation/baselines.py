"""What a score has to beat: always the most common class, and a linear model on small pictures. Fitted on training data."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from math import isqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seodang.core.language import tr
from seodang.evaluation.metrics import Labels

if TYPE_CHECKING:
    from torch import Tensor

    from seodang.data.load import Subset

# The linear model's limits, so that nobody waits for it: measured on two cores 0.5 s for MNIST (16×16 grey, 10,000
# examples), 1.5 s for Fashion-MNIST, 2 s for CIFAR-100 (8×8 colour, 2,083 examples).
LARGEST_SIDE = 16
MOST_EXAMPLES = 10_000
MOST_WEIGHTS = 20_000  # features × classes
MOST_WORK = 40_000_000  # examples × features × classes
# Strength of the penalty (scikit-learn's C). Of 0.001, 0.01, 0.1 and 1 the ones at either side of this were best, on MNIST
# and Fashion-MNIST 0.1, on CIFAR-100 0.01; between them test accuracy changes by less than 1.5 points.
PENALTY = 0.05
STEPS = 50
AT_ONCE = 32  # pictures that are shrunk together: more would leave the processor's cache


@dataclass(frozen=True)
class Baseline:
    """A simple predictor's answers to the judged examples: predicted (N,) classes, and how it was made in one clause."""

    predicted: Labels
    how: str
    seconds: float = 0.0


def naive(train_labels: Labels, num_examples: int, classes: tuple[str, ...], where: str = "") -> Baseline:
    """Always the class that is most common in training, or `where` else the labels are from ("these pictures").

    >>> naive(np.array([0, 1, 1]), 2, ("cat", "dog")).predicted.tolist()
    [1, 1]
    """
    counts = np.bincount(train_labels, minlength=len(classes))
    common = int(counts.argmax())
    return Baseline(
        np.full(num_examples, common),
        tr("always answers {name!r}, the most common class in {where}", name=classes[common], where=where)
        if where
        else tr("always answers {name!r}, the most common class in training", name=classes[common]),
    )


def linear(train: Subset, judged: Subset, num_classes: int, seed: int = 0) -> Baseline | None:
    """Multinomial logistic regression on pictures shrunk to at most 16 pixels a side, each pixel standardised.

    Trained on at most 10,000 training examples, drawn with `seed`, for at most 50 steps of L-BFGS (scikit-learn): a
    few seconds at most. None where training has fewer than two classes.
    """
    import torch
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    begun = time.perf_counter()
    channels, height, width = train.fetch(torch.zeros(1, dtype=torch.int64)).shape[1:]
    size = small_size(int(channels), int(height), int(width), num_classes)
    work = channels * size[0] * size[1] * num_classes
    num_examples = min(len(train), MOST_EXAMPLES, max(2 * num_classes, MOST_WORK // work))
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(len(train), generator=generator)[:num_examples].sort().values
    labels = train.labels[chosen].numpy()
    if len(np.unique(labels)) < 2:
        return None
    inputs = shrunk(train, chosen, size)
    mean = inputs.mean(axis=0)
    # Pixels that hardly ever change (MNIST's corners) would be blown up by their own tiny deviation.
    deviation = np.maximum(inputs.std(axis=0), 0.05)
    model = LogisticRegression(C=PENALTY, max_iter=STEPS, tol=1e-3)
    with warnings.catch_warnings():
        # 50 steps are the budget, not a failure: the score hardly moves after 30.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit((inputs - mean) / deviation, labels)
    everything = torch.arange(len(judged))
    predicted = [
        model.predict((shrunk(judged, part, size) - mean) / deviation) for part in everything.split(10_000) if len(part)
    ]
    how = tr(
        "logistic regression on {size} {colours} pixels, trained on {some:,} of {count:,} pictures",
        size=f"{size[1]}×{size[0]}",
        colours=tr("grey") if channels == 1 else tr("colour"),
        some=num_examples,
        count=len(train),
    )
    return Baseline(np.concatenate(predicted), how, round(time.perf_counter() - begun, 3))


def small_size(channels: int, height: int, width: int, num_classes: int) -> tuple[int, int]:
    """The height and width that the linear model sees: at most 16, less where there are many classes.

    >>> small_size(1, 28, 28, 10), small_size(3, 32, 32, 100), small_size(1, 8, 8, 10)
    ((16, 16), (8, 8), (8, 8))
    """
    side = max(4, min(LARGEST_SIDE, isqrt(MOST_WEIGHTS // (channels * num_classes))))
    return min(side, height), min(side, width)


def shrunk(subset: Subset, indices: Tensor, size: tuple[int, int]) -> NDArray[np.float32]:
    """Pictures of a subset, each value the mean of its part of the picture, 0 to 1: (B, channels × height × width)."""
    import torch
    from torch.nn.functional import interpolate

    parts = []
    for some in indices.split(AT_ONCE):
        pixels = subset.fetch(some).to(torch.float32)
        if pixels.shape[2:] != size:
            pixels = interpolate(pixels, size=size, mode="area")
        parts.append(pixels.flatten(1) / 255)
    return torch.cat(parts).numpy()
