"""How far two sets of examples are from each other: the Fréchet distance of the bell curves of their features."""

# N examples · F features
from __future__ import annotations

import numpy as np

from seodang.evaluation.metrics import Labels, Numbers


def frechet(first: Numbers, second: Numbers) -> float:
    """The squared Fréchet distance of two sets of features, (N, F) and (M, F); 0 where mean and covariance are the same.

    Heusel et al., 2017, section 3, https://arxiv.org/abs/1706.08500. The fewer the examples, the larger it comes out (Chong &
    Forsyth, 2019, https://arxiv.org/abs/1911.07023): compare only figures of equally many.

    >>> frechet(np.array([[0.0], [2.0]]), np.array([[3.0], [5.0]]))  # the same spread, means 3 apart
    9.0
    """
    moments = [(each.mean(axis=0), _covariance(each)) for each in (first, second)]
    return frechet_of(*moments[0], *moments[1])


def frechet_of(mean: Numbers, covariance: Numbers, other_mean: Numbers, other_covariance: Numbers) -> float:
    """The squared Fréchet distance of two normal distributions: |m - n|² + tr(C + D - 2 (C½ D C½)½).

    Dowson & Landau, 1982, https://doi.org/10.1016/0047-259X(82)90077-X.

    >>> round(frechet_of(np.zeros(2), np.diag([4.0, 1.0]), np.zeros(2), np.diag([1.0, 9.0])), 9)  # (2 - 1)² + (1 - 3)²
    5.0
    """
    root = _root(covariance)
    crossed = np.linalg.eigvalsh(root @ other_covariance @ root)
    both = float(np.trace(covariance) + np.trace(other_covariance))
    apart = float(((mean - other_mean) ** 2).sum())
    return max(0.0, apart + both - 2 * float(np.sqrt(np.clip(crossed, 0, None)).sum()))


def spread(features: Numbers, seed: int = 0, pairs: int = 20_000) -> float:
    """The mean distance between two of the examples, from pairs drawn at random.

    >>> spread(np.array([[0.0], [1.0]]))
    1.0
    """
    generator, count = np.random.default_rng(seed), len(features)
    one = generator.integers(0, count, pairs)
    other = (one + generator.integers(1, count, pairs)) % count  # never itself
    return float(np.sqrt(((features[one] - features[other]) ** 2).sum(axis=1)).mean())


def nearest(asked: Numbers, known: Numbers) -> tuple[Numbers, Labels]:
    """Of each asked example (N, F) the distance of the nearest known one (M, F), and which it is: (N,) and (N,).

    >>> nearest(np.array([[1.0]]), np.array([[4.0], [0.0]]))
    (array([1.]), array([1]))
    """
    squares = (known**2).sum(axis=1)
    places, distances = [], []
    for start in range(0, len(asked), 500):
        part = asked[start : start + 500]
        apart = squares - 2 * part @ known.T
        places.append(apart.argmin(axis=1))
        found = known[places[-1]]
        distances.append(np.sqrt(((part - found) ** 2).sum(axis=1)))
    return np.concatenate(distances), np.concatenate(places)


def _covariance(features: Numbers) -> Numbers:
    centred = features.astype(np.float64) - features.mean(axis=0)
    return centred.T @ centred / len(features)


def _root(covariance: Numbers) -> Numbers:
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
