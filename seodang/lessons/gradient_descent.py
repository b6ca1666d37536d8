"""Question 2 of lab L64."""

# M patients · W path of two weights
from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seodang.core.language import tr
from seodang.explanations.explanation import Drawing, Table
from seodang.lessons.drawn import LINES, Line, curves
from seodang.lessons.lesson import Lesson, Try, decimals

Array = NDArray[np.float64]
STEPS = 40
COLUMNS = ("bmi", "bp")
# Of the largest rate that still goes downhill, 2 / largest curvature: a timid one, and one just beyond it. The third is the best there is.
TIMID, BEYOND = 0.02, 1.05
STYLES = {"timid": 1, "good": 0, "beyond": 4}  # places in LINES
SHOWN = 1.35  # of the way from the start to the lowest point, how far the map reaches beyond it


def gradient_descent(seed: int = 0) -> Lesson:
    """What does gradient descent look like?

    Two weights, so that the loss is a landscape that can be drawn, on the bundled diabetes data; three learning rates, and the
    formula's answer (pseudo-inverse) to hold them against. Nothing is drawn at random but where the walk starts.
    """
    matrix, wanted = _patients()
    lowest = np.linalg.pinv(matrix) @ wanted
    curvature = np.linalg.eigvalsh(matrix.T @ matrix / len(matrix))
    limit = float(2 / curvature[-1])
    start = lowest + _away(seed) * float(np.linalg.norm(lowest))
    rates = {"timid": TIMID * limit, "good": float(2 / (curvature[0] + curvature[-1])), "beyond": BEYOND * limit}
    paths = {name: walk(matrix, wanted, start, rate, STEPS) for name, rate in rates.items()}
    losses = {name: [loss(matrix, wanted, weights) for weights in path] for name, path in paths.items()}
    left = {
        name: float(np.linalg.norm(path[-1] - lowest) / np.linalg.norm(start - lowest)) for name, path in paths.items()
    }
    numbers: dict[str, Any] = {
        "pseudo_inverse": lowest.tolist(),
        "rates": rates,
        "largest_rate": limit,
        "ends": {name: path[-1].tolist() for name, path in paths.items()},
        "losses": losses,
        "way_left": left,
        "lowest_loss": loss(matrix, wanted, lowest),
        "gap": float(np.abs(paths["good"][-1] - lowest).max()),
        "steps": STEPS,
    }
    return Lesson(
        _answer(),
        _measured(numbers, len(matrix)),
        _limits(),
        numbers,
        (
            Drawing(_map(matrix, wanted, lowest, paths, rates), _map_words(), 620),
            Drawing(_falling(losses, rates), tr("The same three walks: the loss over the steps."), 560),
            _table(numbers),
        ),
        _tries(),
        seed,
    )


def walk(matrix: Array, wanted: Array, start: Array, rate: float, steps: int) -> Array:
    """The weights before each step of gradient descent on half the mean squared error, and after the last: (steps + 1, n).

    Args:
        matrix: (M, n).   wanted: (M,).   start: (n,).

    >>> walk(np.eye(2), np.array([1.0, 2.0]), np.zeros(2), 1.0, 2)[-1].round(2).tolist()
    [0.75, 1.5]
    """
    path = [start]
    for _ in range(steps):
        path.append(path[-1] - rate * matrix.T @ (matrix @ path[-1] - wanted) / len(matrix))
    return np.stack(path)


def loss(matrix: Array, wanted: Array, weights: Array) -> float:
    """Half the mean squared error."""
    return float(np.mean((matrix @ weights - wanted) ** 2) / 2)


def _patients() -> tuple[Array, Array]:
    """Two measurements of each patient (M, 2) and how the illness went on (M,), all brought to mean 0 and deviation 1."""
    from seodang.data.frame import Frame
    from seodang.data.open import open_any

    frame = open_any("diabetes")
    assert isinstance(frame, Frame), "diabetes is a table"
    values = frame.table[[*COLUMNS, "target"]].to_numpy(np.float64)
    values = (values - values.mean(0)) / values.std(0)
    return values[:, :2], values[:, 2]


def _away(seed: int) -> Array:
    """From the lowest point to the start, in units of the weights' own length: across the valley, not along it."""
    turn = np.random.default_rng(seed).uniform(-0.2, 0.2) + 0.75 * np.pi + 0.15
    return 2.2 * np.array([np.cos(turn), np.sin(turn)])


def _answer() -> tuple[str, ...]:
    return (
        tr(
            "The loss is a landscape: every choice of weights is a place, and the loss there is its height. Training starts "
            "somewhere, feels which way is down (the gradient says which way is up) and takes a step; and again, and again."
        ),
        tr(
            "How long a step is, the learning rate decides. Too small, and it never arrives; too large, and it jumps over the "
            "valley and ends higher than it was."
        ),
    )


def _measured(found: dict[str, Any], patients: int) -> tuple[str, ...]:
    losses, rates = found["losses"], found["rates"]
    return (
        tr(
            "{patients} patients, two measurements each (body mass index and blood pressure), and how their diabetes went on in a "
            "year. Two weights are sought. A formula (the pseudo-inverse) gives the best ones: {first:.4f} and {second:.4f}.",
            patients=patients,
            first=found["pseudo_inverse"][0],
            second=found["pseudo_inverse"][1],
        ),
        tr(
            "Gradient descent knows no formula. After {steps} steps with the rate {rate:.2f} it has the same two numbers, to "
            "{decimals} decimals.",
            rate=rates["good"],
            steps=found["steps"],
            decimals=decimals(found["gap"]),
        ),
        tr(
            "With the rate {rate:.3f} the same number of steps leaves {left:.0f} % of the way still to go.",
            rate=rates["timid"],
            left=100 * found["way_left"]["timid"],
        ),
        tr(
            "With the rate {rate:.2f} the loss rises, from {before:.2f} to {after:.2f}: every step jumps farther than the last. The "
            "largest rate that still goes down is {limit:.2f} here: 2 divided by the curvature of the steepest direction.",
            rate=rates["beyond"],
            before=losses["beyond"][0],
            after=losses["beyond"][-1],
            limit=found["largest_rate"],
        ),
    )


def _limits() -> tuple[str, ...]:
    return (
        tr(
            "This landscape is a kind one: a single bowl with one lowest point, and a formula that knows where it is. The loss of a "
            "network with thousands of weights has plateaus and many valleys, and nobody has a formula; only the steps are the same."
        ),
        tr(
            "Here every step looks at all patients. Networks look at a few examples a step (how many is the batch size), so their path "
            "trembles."
        ),
    )


def _map_words() -> str:
    return tr(
        "The landscape from above: on each ring the loss is the same, the cross is the formula's answer. The three walks start at "
        "the same place; the one that is too fast leaves the map."
    )


def _names(rates: dict[str, float]) -> dict[str, str]:
    return {
        "timid": tr("rate {rate:.3f}: too small", rate=rates["timid"]),
        "good": tr("rate {rate:.2f}: good", rate=rates["good"]),
        "beyond": tr("rate {rate:.2f}: too large", rate=rates["beyond"]),
    }


def _map(matrix: Array, wanted: Array, lowest: Array, paths: dict[str, Array], rates: dict[str, float]) -> str:
    from seodang.evaluation.figures import INK, _figure, _svg

    reach = SHOWN * float(np.linalg.norm(paths["good"][0] - lowest))
    across, up = (np.linspace(centre - reach, centre + reach, 121) for centre in lowest)
    places = np.stack(np.meshgrid(across, up), -1).reshape(-1, 2)
    heights = (((places @ matrix.T - wanted) ** 2).mean(1) / 2).reshape(121, 121)
    rings = np.quantile(heights, np.linspace(0, 1, 13)[1:-1] ** 2)
    figure, axes = _figure(5.0, 4.4)
    axes.contour(across, up, heights, levels=np.unique(rings), colors=[INK], linewidths=0.5, alpha=0.35)
    for name, path in paths.items():
        colour, _ = LINES[STYLES[name]]
        axes.plot(
            path[:, 0], path[:, 1], color=colour, marker="o", markersize=3, linewidth=1.3, label=_names(rates)[name]
        )
    axes.plot(*lowest, marker="+", markersize=14, markeredgewidth=2, color=INK, linestyle="none", zorder=5)
    axes.set_xlim(across[0], across[-1])
    axes.set_ylim(up[0], up[-1])
    axes.set_aspect("equal")
    axes.set_xlabel(tr("weight of the body mass index"))
    axes.set_ylabel(tr("weight of the blood pressure"))
    figure.legend(loc="outside lower center", frameon=False, labelcolor=INK)
    return _svg(figure, tr("Map of the loss with three walks"))


def _falling(losses: dict[str, list[float]], rates: dict[str, float]) -> str:
    names, steps = _names(rates), range(STEPS + 1)
    lines = [Line(names[name], steps, losses[name], style=style) for name, style in STYLES.items()]
    return curves(tr("Loss over the steps"), lines, tr("step"), tr("loss"), log_y=True)


def _table(found: dict[str, Any]) -> Table:
    heads = (
        tr("learning rate"),
        tr("loss at the start"),
        tr("after 10 steps"),
        tr("after {n} steps", n=found["steps"]),
    )
    rows = tuple(
        (_names(found["rates"])[name], *(f"{found['losses'][name][at]:.4f}" for at in (0, 10, found["steps"])))
        for name in ("timid", "good", "beyond")
    )
    return Table(tr("The three walks"), heads, rows)


def _tries() -> tuple[Try, ...]:
    return (
        Try(
            "seodang explore least-squares unknowns=2 steps=30",
            tr("Other numbers, the same meeting of formula and steps; and by how much each step shrinks the distance."),
        ),
        Try(
            "seodang train xor training.learning_rate=0.0001 --name timid",
            tr("A network this time, with steps that are far too small: four rows, and still it does not learn them."),
        ),
        Try(
            "seodang train xor --name good",
            tr("The same with its own rate: all four right."),
        ),
    )
