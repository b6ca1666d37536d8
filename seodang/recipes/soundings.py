"""Cheap questions asked of the training thumbnails before anything is trained, so that nobody else has to answer them."""

from __future__ import annotations

import math

import numpy as np

from seodang.core.sentences import said
from seodang.data.load import Prepared

# More examples make the answers no surer; both take some tenths of a second for these.
MOST = 8_000
AT_ONCE = 100  # pictures whose distances to all others stay in a CPU's cache
RIDGE = 30.0  # penalty on the weights of standardised 16×16 thumbnails; the answer is the same from 3 to 300 (LOG.md)


def may_mirror(data: Prepared) -> tuple[bool, str]:
    """Whether left and right may be exchanged in training, and why.

    A linear model is fitted to four fifths of the training thumbnails and reads the last fifth as they are and mirrored.
    Where it reads the mirrored ones clearly worse (by more than two standard errors of the difference), a mirrored
    picture is another thing, as with letters and digits, and flipping would teach what is wrong.
    """
    plain, turned, error = mirrored(data)
    if error == math.inf:
        return False, said(
            "augmentation.flip_horizontal=false: too few pictures to see whether mirrored ones are the same"
        )
    safe = plain - turned <= 2 * error
    if safe:
        return True, said(
            "augmentation.flip_horizontal=true: a linear model reads mirrored pictures as well ({turned:.0%} right, "
            "{plain:.0%} as they are)",
            turned=turned,
            plain=plain,
        )
    return False, said(
        "augmentation.flip_horizontal=false: a linear model reads mirrored pictures worse ({turned:.0%} right, "
        "{plain:.0%} as they are)",
        turned=turned,
        plain=plain,
    )


def mirrored(data: Prepared) -> tuple[float, float, float]:
    """How often (0 to 1) a linear model reads held-out thumbnails rightly as they are, and mirrored; the difference's standard error.

    The error is infinite where there are fewer than 20 pictures to ask.
    """
    pictures, labels, judged = _sample(data)
    if judged.sum() < 20:
        return 0.0, 0.0, math.inf
    plain, turned = _right(pictures, labels, judged)
    difference = plain.astype(float) - turned
    return float(plain.mean()), float(turned.mean()), math.sqrt(max(difference.var(), 1e-6) / len(difference))


def nearest_neighbour(data: Prepared) -> float:
    """How often (0 to 1) the most similar of four fifths of the training thumbnails names one of the last fifth rightly.

    It tells how hard the pictures are: 95 % on MNIST, 80 % on Fashion-MNIST, 7 % on CIFAR-100 (LOG.md).
    """
    pictures, labels, judged = _sample(data)
    if not judged.any():
        return 0.0
    flat = pictures.reshape(len(pictures), -1)
    known, asked = flat[~judged], flat[judged]
    lengths, twice, nearest = (known * known).sum(1), 2 * known.T, []
    for some in np.array_split(asked, max(1, len(asked) // AT_ONCE)):
        nearest.append((lengths - some @ twice).argmin(1))  # squared distances, less what is the same for a row
    return float((labels[~judged][np.concatenate(nearest)] == labels[judged]).mean())


def _sample(data: Prepared) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Thumbnails (N, 16, 16) and labels of at most `MOST` training pictures, and which fifth of them is judged."""
    chosen = data.division.train
    if len(chosen) > MOST:
        chosen = chosen[np.linspace(0, len(chosen) - 1, MOST).astype(int)]
    pictures = data.scan.thumbnail[chosen].astype(np.float32)
    return pictures, data.source.labels[chosen], np.arange(len(chosen)) % 5 == 4


def _right(pictures: np.ndarray, labels: np.ndarray, judged: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which of the judged pictures a ridge classifier names rightly, as they are and mirrored."""
    train = pictures[~judged].reshape((~judged).sum(), -1)
    mean, std = train.mean(0), train.std(0) + 8.0

    def features(some: np.ndarray) -> np.ndarray:
        flat = (some.reshape(len(some), -1) - mean) / std
        return np.concatenate([flat, np.ones((len(flat), 1), np.float32)], axis=1)

    classes = np.unique(labels)
    wanted = (labels[~judged][:, None] == classes).astype(np.float32)
    known = features(pictures[~judged])
    weights = np.linalg.solve(known.T @ known + RIDGE * np.eye(known.shape[1], dtype=np.float32), known.T @ wanted)

    def guess(some: np.ndarray) -> np.ndarray:
        return classes[(features(some) @ weights).argmax(1)]

    return guess(pictures[judged]) == labels[judged], guess(pictures[judged][:, :, ::-1]) == labels[judged]
