"""Lab L34: the best weights of a line, by a formula and by walking downhill."""

# m equations · n unknowns
from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from seodang.core.language import tr
from seodang.evaluation.figures import INK, TRAIN, VALIDATION, _figure, _svg
from seodang.foundations.explore import Exploration

Array = NDArray[np.float64]
SPREADS = (0.4, 1.6)  # deviation of the first and the last input: not all alike, as in data nobody has scaled


def least_squares(
    unknowns: Annotated[int, Field(ge=1, le=50)] = 3,
    equations: Annotated[int, Field(ge=1, le=2_000)] = 40,
    noise: Annotated[float, Field(ge=0, le=100)] = 0.3,
    steps: Annotated[int, Field(ge=1, le=100_000)] = 200,
    seed: Annotated[int, Field(ge=0)] = 0,
) -> Exploration:
    """L34: inverse, pseudo-inverse and gradient descent find the same weights; how fast, the picture shows.

    Args:
        unknowns: Weights to find.
        equations: Measurements; as many as unknowns, and the matrix has an inverse, more, and it has a pseudo-inverse only.
        noise: Deviation of what is added to each measurement.
        steps: Of gradient descent, from zero.
        seed: Of the numbers drawn.
    """
    rng = np.random.default_rng(seed)
    square = rng.normal(size=(unknowns, unknowns))
    tall = rng.normal(size=(max(equations, unknowns), unknowns)) * np.linspace(*SPREADS, unknowns)
    exact = rng.normal(size=unknowns)
    inverse_gap = float(np.abs(np.linalg.inv(square) @ (square @ exact) - exact).max())
    measured = tall @ exact + noise * rng.normal(size=len(tall))
    by_formula = np.linalg.pinv(tall) @ measured
    walked, distances, shrinks = descend(tall, measured, steps)
    gap = float(np.abs(walked - by_formula).max())
    numbers = {
        "true": exact.tolist(),
        "pseudo_inverse": by_formula.tolist(),
        "gradient_descent": walked.tolist(),
        "inverse_gap": inverse_gap,
        "gap": gap,
        "distances": distances,
        "shrinks": shrinks,
    }
    words = (
        tr(
            "With as many equations as unknowns ({unknowns}) the inverse gives the weights back, to within {gap:.0e}. With "
            "{equations} noisy equations there is no inverse, and none that fits all: the pseudo-inverse gives the weights with "
            "the least squared error.",
            unknowns=unknowns,
            gap=max(inverse_gap, 1e-16),
            equations=len(tall),
        ),
        tr(
            "Gradient descent starts from zero and knows nothing of matrices: after {steps} steps it is {gap:.1e} from the same "
            "weights. That is why networks, for which there is no formula, can be trained at all.",
            steps=steps,
            gap=gap,
        ),
        tr(
            "Every step shrinks the distance to {shrinks:.2f} of what it was or less; how small that number is, the spread of the "
            "inputs decides (the ratio of the largest to the smallest curvature). Scaled inputs learn faster.",
            shrinks=shrinks,
        ),
    )
    caption = tr("Distance to the pseudo-inverse's weights, step by step; dashed: what theory promises at least.")
    return Exploration(
        tr("Least squares, three ways"), words, numbers, ((_drawn(distances, shrinks), caption),), _table(numbers)
    )


def descend(matrix: Array, wanted: Array, steps: int) -> tuple[Array, list[float], float]:
    """Gradient descent on half the mean squared error, from zero, at the rate 2 / (smallest + largest curvature).

    Args:
        matrix: (m, n) of rank n.   wanted: (m,).

    Returns:
        The weights (n,), the distance to the least-squares solution before each step and after the last, and by how much a
        step shrinks it at least: (κ - 1) / (κ + 1), κ the ratio of the curvatures (Nesterov, Lectures on Convex Optimization,
        2018, theorem 2.1.15).

    >>> weights, distances, shrinks = descend(np.diag([1.0, 2.0]), np.array([3.0, 4.0]), 60)
    >>> weights.round(6).tolist(), round(shrinks, 3)
    ([3.0, 2.0], 0.6)
    """
    curvature = np.linalg.eigvalsh(matrix.T @ matrix / len(matrix))
    rate, solution = 2 / (curvature[0] + curvature[-1]), np.linalg.lstsq(matrix, wanted, rcond=None)[0]
    weights, distances = np.zeros(matrix.shape[1]), []
    for _ in range(steps):
        distances.append(float(np.linalg.norm(weights - solution)))
        weights = weights - rate * matrix.T @ (matrix @ weights - wanted) / len(matrix)
    distances.append(float(np.linalg.norm(weights - solution)))
    ratio = curvature[-1] / curvature[0]
    return weights, distances, float((ratio - 1) / (ratio + 1))


def _drawn(distances: list[float], shrinks: float) -> str:
    figure, axes = _figure()
    steps, promised = np.arange(len(distances)), distances[0] * shrinks ** np.arange(len(distances), dtype=np.float64)
    floor = 1e-16 * max(distances[0], 1e-300)
    axes.plot(
        steps, np.maximum(promised, floor), color=VALIDATION, linestyle=(0, (4, 2)), linewidth=1.2, label=tr("promised")
    )
    axes.plot(steps, np.maximum(distances, floor), color=TRAIN, linewidth=1.6, label=tr("gradient descent"))
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0e}")  # text stays text in SVG: no formulas
    axes.set_xlabel(tr("step"))
    axes.set_ylabel(tr("distance"))
    axes.legend(frameon=False, labelcolor=INK)
    return _svg(figure, tr("Distance to the solution over the steps"))


def _table(numbers: dict[str, list[float]]) -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
    heads = (tr("weight"), tr("true"), tr("pseudo-inverse"), tr("gradient descent"))
    columns = [numbers[name] for name in ("true", "pseudo_inverse", "gradient_descent")]
    rows = [
        (str(place + 1), *(f"{value:.6f}" for value in row)) for place, row in enumerate(zip(*columns, strict=True))
    ]
    return ((tr("The weights"), (heads, *rows)),)
