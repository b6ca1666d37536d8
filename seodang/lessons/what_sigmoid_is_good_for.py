"""Question 7 of lab L64."""

# N tumours
from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from seodang.core.language import tr
from seodang.data.frame import Frame
from seodang.data.open import open_any
from seodang.data.reading import Columns
from seodang.data.split import Split
from seodang.evaluation.intervals import wilson
from seodang.explanations.explanation import Drawing, Table
from seodang.lessons.drawn import Line, curves
from seodang.lessons.in_memory import Trained, inputs_of, prepare, train
from seodang.lessons.lesson import Lesson, Try
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training

Array = NDArray[np.float64]
MEASURED = "mean radius"
BINS, DEEP, SURELY_WRONG = 8, 10, -6.0


def what_sigmoid_is_good_for(seed: int = 0) -> Lesson:
    """What is a sigmoid good for?

    One weight, one bias and a sigmoid on one measurement of the bundled tumours: its probabilities beside what is true of tumours
    it has not seen; and the gradients of two losses behind a sigmoid.
    """
    recipe, data = prepare(*one_measurement(seed))
    done = train(recipe, data)
    second = data.classes[1]
    radius, said, true = _on_new(done)
    bins = in_bins(radius, said, true)
    slope, height = np.polyfit(*_learnt_from(done), 1)
    straight = slope * radius + height
    numbers: dict[str, Any] = {
        "measured": MEASURED,
        "class": second,
        "accuracy": done.accuracy(data.test),
        "test_rows": len(data.test),
        "bins": bins,
        "calibration_gap": float(sum(each["count"] * abs(each["said"] - each["true"]) for each in bins) / len(true)),
        "straight_line": {"least": float(straight.min()), "most": float(straight.max())},
        "steepest": float(sigmoid_slope(np.linspace(-8, 8, 1601)).max()),
        "through_ten": float(sigmoid_slope(np.zeros(1))[0] ** DEEP),
        "pull_when_surely_wrong": {
            "score": SURELY_WRONG,
            "cross_entropy": float(pulls(np.array([SURELY_WRONG]), "cross_entropy")[0]),
            "squared_error": float(pulls(np.array([SURELY_WRONG]), "squared_error")[0]),
        },
    }
    parts = (
        Drawing(
            _curve(done, bins, (float(slope), float(height))),
            tr(
                "Dots: of tumours that were not learnt from, the share that is {name}, in eight groups by size (bars: 95 % "
                "intervals). The sigmoid is what the network says; the straight line leaves 0 to 1.",
                name=second,
            ),
            560,
        ),
        Drawing(
            _pulled(),
            tr(
                "How hard an example that should be 1 pulls at the score: cross-entropy pulls hardest where it is most wrong."
            ),
            560,
        ),
        _table(bins, second),
    )
    return Lesson(_answer(), _measured(numbers), _limits(), numbers, parts, _tries(), seed)


def sigmoid_slope(x: Array) -> Array:
    """The derivative of the sigmoid: s(1 - s), a quarter at 0 and less everywhere else.

    >>> float(sigmoid_slope(np.zeros(1))[0])
    0.25
    """
    s = 1 / (1 + np.exp(-x))
    return s * (1 - s)


def pulls(scores: Array, loss: str) -> Array:
    """The gradient of a loss with respect to each score (N,), where the right answer is 1; by PyTorch's own differentiation.

    Args:
        loss: "cross_entropy" or "squared_error", both of the sigmoid of the score.
    """
    given = torch.tensor(scores, dtype=torch.float64, requires_grad=True)
    if loss == "cross_entropy":
        total = torch.nn.functional.binary_cross_entropy_with_logits(given, torch.ones_like(given), reduction="sum")
    else:
        total = (given.sigmoid() - 1).square().sum()
    return torch.autograd.grad(total, given)[0].numpy()


def in_bins(radius: Array, said: Array, true: Array) -> list[dict[str, float]]:
    """Groups of equal number by size: mean size, mean probability said, share that is true with its interval, and how many."""
    found = []
    for rows in np.array_split(np.argsort(radius, kind="stable"), BINS):
        low, high = wilson(float(true[rows].sum()), len(rows))
        found.append(
            {
                "size": float(radius[rows].mean()),
                "said": float(said[rows].mean()),
                "true": float(true[rows].mean()),
                "low": low,
                "high": high,
                "count": len(rows),
            }
        )
    return found


def one_measurement(seed: int) -> tuple[Recipe, dict[str, Any], Frame]:
    """A recipe of one dense unit on the mean radius of the bundled tumours, no settings, and the tumours; half of them judge."""
    frame = open_any("breast-cancer")
    assert isinstance(frame, Frame), "breast-cancer is a table"
    others = tuple(each.name for each in frame.columns if each.name not in (MEASURED, "target"))
    recipe = Recipe(
        name="one-measurement",
        data="breast-cancer",
        loss="binary_cross_entropy",
        model=Part(settings={"layers": [{"dense": "outputs"}]}),
        columns=Columns(target="target", leave_out=others),
        split=Split(validation=0, test=0.5),
        training=Training(epochs=150, batch_size=32, optimizer="adam", learning_rate=0.03, seed=seed),
    )
    return recipe, {}, frame


def _on_new(done: Trained) -> tuple[Array, Array, Array]:
    """Of each test row: the measurement in its own unit, the probability of the second class, whether it is."""
    test = done.data.test
    said = done.scores(inputs_of(test)).sigmoid().double().numpy()[:, 0]
    return _unscaled(done, inputs_of(test)), said, test.labels.double().numpy()


def _learnt_from(done: Trained) -> tuple[Array, Array]:
    train_rows = done.data.train
    return _unscaled(done, inputs_of(train_rows)), train_rows.labels.double().numpy()


def _unscaled(done: Trained, rows: torch.Tensor) -> Array:
    number = done.encoding.numbers[0]
    return rows[:, 0].double().numpy() * number.scale + number.centre


def _answer() -> tuple[str, ...]:
    return (
        tr(
            "It turns any sum into a number between 0 and 1 that can be read as a probability. At the end of a network that answers "
            "yes or no it is just right: with cross-entropy as the loss, the pull on each score is simply what was said minus what is true."
        ),
        tr(
            "It is also a valve: inside LSTM and GRU cells sigmoids decide how much passes, 0 is shut and 1 is open. Between the layers "
            "of a deep network it is a poor choice, for its slope is a quarter at most; there relu took its place."
        ),
    )


def _measured(found: dict[str, Any]) -> tuple[str, ...]:
    pull, line = found["pull_when_surely_wrong"], found["straight_line"]
    return (
        tr(
            "From one measurement of a tumour (its mean radius) one weight, one bias and a sigmoid tell {accuracy:.1f} % of {count} "
            "tumours that they have not seen. In eight groups by size, what is said is on average {gap:.1f} points from what is true.",
            accuracy=100 * found["accuracy"],
            count=found["test_rows"],
            gap=100 * found["calibration_gap"],
        ),
        tr(
            "A straight line fitted to the same answers says everything from {least:.2f} to {most:.2f} on them: no probability is "
            "below 0 or above 1.",
            least=line["least"],
            most=line["most"],
        ),
        tr(
            "Where a score is {score:.0f} and should say yes, cross-entropy pulls with {strong:.3f}, the squared error with {weak:.4f}: "
            "behind the sigmoid its pull has faded just where it is needed.",
            score=pull["score"],
            strong=abs(pull["cross_entropy"]),
            weak=abs(pull["squared_error"]),
        ),
        tr(
            "The steepest slope found is {slope:.2f}. Through {layers} sigmoids in a row a gradient keeps at most one part in "
            "{parts:,.0f} of itself, if no weight makes up for it.",
            slope=found["steepest"],
            layers=DEEP,
            parts=1 / found["through_ten"],
        ),
    )


def _limits() -> tuple[str, ...]:
    return (
        tr(
            "That these probabilities can be believed is no merit of the sigmoid alone: the model is small. Large networks end in a "
            "sigmoid too, and are often surer than they are right; the calibration in a run's report tells."
        ),
        tr("For more than two classes softmax takes its place; of two classes it is the same thing."),
    )


def _curve(done: Trained, bins: list[dict[str, float]], line: tuple[float, float]) -> str:
    from seodang.evaluation.figures import INK, TRAIN, VALIDATION, _figure, _svg

    sizes = np.array([each["size"] for each in bins])
    true, low, high = (np.array([each[name] for each in bins]) for name in ("true", "low", "high"))
    radius, _, _ = _on_new(done)
    along = np.linspace(radius.min(), radius.max(), 200)
    number = done.encoding.numbers[0]
    rows = torch.from_numpy(((along - number.centre) / number.scale).astype(np.float32)).unsqueeze(1)
    figure, axes = _figure(5.2, 3.4)
    for level in (0, 1):
        axes.axhline(level, color=INK, alpha=0.25, linewidth=0.7)
    axes.plot(
        along,
        line[0] * along + line[1],
        color=VALIDATION,
        linestyle=(0, (4, 2)),
        linewidth=1.4,
        label=tr("straight line"),
    )
    axes.plot(along, done.scores(rows).sigmoid().numpy()[:, 0], color=TRAIN, linewidth=1.8, label="sigmoid(w·x + b)")
    axes.errorbar(
        sizes, true, yerr=np.maximum([true - low, high - true], 0), fmt="o", color=INK, markersize=4, elinewidth=0.8
    )
    axes.set_xlabel(tr("mean radius of the cell nuclei"))
    axes.set_ylabel(tr("probability of {name}", name=done.data.classes[1]))
    axes.set_ylim(-0.5, 1.5)
    axes.legend(frameon=False, labelcolor=INK)
    return _svg(figure, tr("Probability by size"))


def _pulled() -> str:
    x = np.linspace(-8, 8, 161)
    lines = [
        Line(tr("cross-entropy"), x, np.abs(pulls(x, "cross_entropy"))),
        Line(tr("squared error"), x, np.abs(pulls(x, "squared_error"))),
    ]
    return curves(tr("Pull on the score"), lines, tr("score (the right answer is far right)"), tr("pull"), height=2.8)


def _table(bins: list[dict[str, float]], name: str) -> Table:
    heads = (tr("mean radius"), tr("what is said"), tr("what is true"), tr("tumours"))
    rows = tuple(
        (f"{each['size']:.1f}", f"{100 * each['said']:.0f} %", f"{100 * each['true']:.0f} %", str(each["count"]))
        for each in bins
    )
    return Table(tr("Probability of {name}: what is said, and what is true", name=name), heads, rows)


def _tries() -> tuple[Try, ...]:
    return (
        Try(
            "seodang train breast-cancer table-binary training.epochs=20 --name tumours",
            tr("All thirty measurements and a sigmoid at the end; see the calibration in the report."),
        ),
        Try(
            "seodang diagnose last",
            tr("Whether its probabilities can be believed is one of the things that are checked."),
        ),
        Try(
            "seodang explore gradients depth=10",
            tr("Ten sigmoids in a row, and what is left of the gradient."),
        ),
    )
