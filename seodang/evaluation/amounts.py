"""Numbers of amounts that were foretold: distances, their intervals, and whether one method is nearer than another."""

# N examples · K amounts each
from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seodang.evaluation.metrics import Numbers

RESAMPLES = 1000
SMALL = 1e-3  # amounts below keep more decimals


def amount_metrics(targets: Numbers, predicted: Numbers) -> dict[str, float]:
    """mae (mean distance), rmse (root of the mean squared distance), median_error, error_90 (nine of ten distances are no larger),
    r2, of amounts (N, K) in their own unit.

    r2 is 1 - squared distances / squared distances from the mean of what is judged; 0 is no better than that mean, below 0 worse.

    >>> amount_metrics(np.array([[1.0], [3.0]]), np.array([[1.0], [2.0]]))
    {'mae': 0.5, 'rmse': 0.7071067811865476, 'median_error': 0.5, 'error_90': 1.0, 'r2': 0.5}
    """
    errors = predicted - targets
    off = np.abs(errors)
    # Of these methods the one by which at least nine of ten are no larger, and half of an even number is their middle.
    half, most = np.quantile(off, [0.5, 0.9], method="averaged_inverted_cdf")
    spread = float(((targets - targets.mean(0)) ** 2).sum())
    return {
        "mae": float(off.mean()),
        "rmse": float(np.sqrt((errors**2).mean())),
        "median_error": float(half),
        "error_90": float(most),
        "r2": 1 - float((errors**2).sum()) / spread if spread else 0.0,
    }


def rounded(value: float) -> float:
    """A value with six decimals, and where it is small with seven figures: an amount's unit may be anything.

    >>> rounded(17.33456789), rounded(2.42612345678e-13)
    (17.334568, 2.426123e-13)
    """
    return round(value, 6) if abs(value) >= SMALL or not np.isfinite(value) else float(f"{value:.7g}")


def amount_intervals(targets: Numbers, predicted: Numbers, block: int = 1, seed: int = 0) -> dict[str, list[float]]:
    """95 % intervals of `amount_metrics` by a bootstrap over examples; of series over blocks of neighbours.

    Args:
        block: Neighbours that are drawn together, because their errors are alike (Künsch, 1989,
            https://doi.org/10.1214/aos/1176347265). 1: examples are independent. At most a quarter of all, so that draws differ.
    """
    generator, count = np.random.default_rng(seed), len(targets)
    block = min(block, max(1, count // 4))
    draws: list[dict[str, float]] = []
    for _ in range(RESAMPLES if count <= 20_000 else RESAMPLES // 5):
        starts = generator.integers(0, count, -(-count // block))
        chosen = ((starts[:, None] + np.arange(block)) % count).ravel()[:count]
        draws.append(amount_metrics(targets[chosen], predicted[chosen]))
    low, high = np.percentile([list(each.values()) for each in draws], [2.5, 97.5], axis=0)
    return {name: [rounded(float(a)), rounded(float(b))] for name, a, b in zip(draws[0], low, high, strict=True)}


def nearer(first: NDArray[np.float64], second: NDArray[np.float64], lag: int = 0) -> dict[str, float]:
    """Whether the second method's losses (N,) are lower than the first's on the same examples: the Diebold–Mariano test.

    Diebold and Mariano, 1995, https://doi.org/10.1080/07350015.1995.10524599, with the variance of Newey and West, 1987, over
    `lag` neighbours; of independent examples (lag 0) it is the paired t-test.

    Returns difference (mean of first - second; above 0 the second is better) and p_value, two-sided.

    >>> nearer(np.array([1.0, 2.0, 3.0, 2.0]), np.array([1.0, 2.0, 3.0, 2.0]))
    {'difference': 0.0, 'p_value': 1.0}
    """
    from scipy.special import stdtr

    gains = first - second
    count, mean = len(gains), float(gains.mean()) if len(gains) else 0.0
    centred = gains - mean
    variance = float((centred**2).mean()) if count else 0.0
    for step in range(1, min(lag, count - 1) + 1):
        variance += 2 * (1 - step / (lag + 1)) * float((centred[step:] * centred[:-step]).sum()) / count
    if variance <= 0 or count < 2:
        return {"difference": mean, "p_value": 1.0 if mean == 0 or count < 2 else 0.0}
    statistic = mean / np.sqrt(variance / (count - 1))
    return {"difference": mean, "p_value": float(2 * stdtr(count - 1, -abs(statistic)))}


def losses(targets: Numbers, predicted: Numbers, loss: str) -> NDArray[np.float64]:
    """Each example's loss, (N,): squared distance where `loss` is mse, else plain; mean over its amounts."""
    errors = predicted - targets
    return ((errors**2) if loss == "mse" else np.abs(errors)).mean(axis=1)


def skill(own: dict[str, float], other: dict[str, float], loss: str) -> float:
    """How much smaller the error is than another method's: 1 perfect, 0 alike, below 0 worse; by rmse for mse, else by mae.

    >>> skill({"rmse": 1.0, "mae": 9.0}, {"rmse": 2.0, "mae": 1.0}, "mse")
    0.5
    """
    name = "rmse" if loss == "mse" else "mae"
    return 1 - own[name] / other[name] if other[name] else 0.0


def by_step(targets: Numbers, predicted: Numbers) -> list[float]:
    """The mean distance at each step ahead, (H,)."""
    return [rounded(float(value)) for value in np.abs(predicted - targets).mean(axis=0)]


def as_baseline(
    targets: Numbers, predicted: Numbers, own: Numbers, loss: str, how: str, seconds: float, lag: int
) -> dict[str, Any]:
    """What a report says of a simple method: its errors, the network's skill over it, and the paired test."""
    found, mine = amount_metrics(targets, predicted), amount_metrics(targets, own)
    return {
        **{name: rounded(value) for name, value in found.items()},
        "skill": round(skill(mine, found, loss), 4),
        "how": how,
        "seconds": round(seconds, 3),
        "network_against_it": nearer(losses(targets, predicted, loss), losses(targets, own, loss), lag),
    }
