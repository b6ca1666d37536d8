"""Question 4 of lab L64."""

# N points · U units
from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from seodang.core.language import tr, trn
from seodang.data.encoded import Encoded
from seodang.explanations.explanation import Drawing, Table
from seodang.lessons.drawn import plane
from seodang.lessons.in_memory import Trained, inputs_of, prepare, train, with_layers
from seodang.lessons.lesson import Lesson, Try

Array = NDArray[np.float64]
FAST = {"training.epochs": 150, "training.learning_rate": 0.01}
WIDTHS = (1, 2, 3, 5, 10)  # relu units of the hidden layer, on the moons
DRAWN = 5


def what_layers_add(seed: int = 0) -> Lesson:
    """How do several layers solve what one cannot?

    Exclusive or and the two moons, with one layer and with two; and how many hidden units it takes.
    """
    alone = train(*prepare("xor-one-layer", {"training.seed": seed}))
    pair = train(*prepare("xor", {"training.seed": seed}))
    recipe, moons = prepare("moons", {**FAST, "training.seed": seed})
    line = train(with_layers(recipe, [{"dense": "outputs"}]), moons)
    bent = {
        width: train(with_layers(recipe, [{"dense": width}, "relu", {"dense": "outputs"}], "he_normal"), moons)
        for width in WIDTHS
    }
    numbers: dict[str, Any] = {
        "xor_one_layer": {"right": round(4 * alone.accuracy(alone.data.train)), "loss": alone.history[-1]["loss"]},
        "xor_two_layers": {"right": round(4 * pair.accuracy(pair.data.train)), "loss": pair.history[-1]["loss"]},
        "ln2": float(np.log(2)),
        "moons_one_layer": line.accuracy(moons.test),
        "moons_two_layers": {str(width): done.accuracy(moons.test) for width, done in bent.items()},
        "test_points": len(moons.test),
    }
    parts = (
        Drawing(_drawn(alone, tr("Exclusive or, one layer")), tr("Exclusive or, one layer: nowhere sure."), 400),
        Drawing(
            _drawn(pair, tr("Exclusive or, two layers"), folds=True),
            tr("Two layers: each dashed line is one hidden unit; together they cut the plane into the right pieces."),
            400,
        ),
        Drawing(_drawn(line, tr("Two moons, one layer")), tr("Two moons, one layer: one straight cut."), 400),
        Drawing(
            _drawn(bent[DRAWN], tr("Two moons, two layers"), folds=True),
            tr(
                "{units} hidden units, {units} dashed lines: the boundary bends only where it crosses one.", units=DRAWN
            ),
            400,
        ),
        _table(numbers),
    )
    return Lesson(
        _answer(),
        _measured(numbers),
        _limits(),
        numbers,
        parts,
        _tries(),
        seed,
    )


def folds_of(done: Trained) -> list[tuple[float, float, float]]:
    """The line a·x + b·y + c = 0 on which each hidden unit is 0, in the columns' own units."""
    first = next(part for part in done.model.modules() if isinstance(part, nn.Linear))
    centre, scale = _scaling(done)
    weights = first.weight.detach().numpy().astype(np.float64) / scale
    constants = first.bias.detach().numpy() - weights @ centre
    return [(float(a), float(b), float(c)) for (a, b), c in zip(weights, constants, strict=True)]


def probability(done: Trained, places: Array) -> Array:
    """Places (N, 2) in the columns' own units → the probability of the second class (N,)."""
    centre, scale = _scaling(done)
    rows = torch.from_numpy(((places - centre) / scale).astype(np.float32))
    return done.scores(rows).sigmoid().numpy()[:, 0].astype(np.float64)


def _scaling(done: Trained) -> tuple[Array, Array]:
    assert isinstance(done.data, Encoded), "points are rows of a table"
    numbers: Any = done.encoding
    return (
        np.array([each.centre for each in numbers.numbers], np.float64),
        np.array([each.scale for each in numbers.numbers], np.float64),
    )


def _drawn(done: Trained, words: str, folds: bool = False) -> str:
    part = done.data.test if len(done.data.test) else done.data.train
    centre, scale = _scaling(done)
    points = inputs_of(part).numpy().astype(np.float64) * scale + centre
    names = [each.name for each in done.encoding.numbers]
    lines = folds_of(done) if folds else []
    margin = 0.3 if len(points) < 10 else 0.12
    labels = part.labels.numpy()
    return plane(
        words,
        lambda places: probability(done, places),
        points,
        labels,
        [tr("class {name}", name=name) for name in done.data.classes],
        (names[0], names[1]),
        folds=lines,
        margin=margin,
    )


def _answer() -> tuple[str, ...]:
    return (
        tr(
            "One layer is one weighted sum, and a weighted sum can only draw one straight line: everything on this side, everything "
            "on that. Some questions have no such line."
        ),
        tr(
            "With a hidden layer every hidden unit draws a line of its own. The last layer does not see the points any more but on "
            "which side of each line they lie, and from these answers it puts the regions together. Bent regions are made of "
            "straight cuts."
        ),
    )


def _measured(found: dict[str, Any]) -> tuple[str, ...]:
    one, two = found["xor_one_layer"], found["xor_two_layers"]
    return (
        tr(
            "Exclusive or (yes where exactly one of two inputs is 1) has four rows. One layer got {one} of 4 right and ended at a "
            "loss of {loss:.3f}; {ln2:.3f} is that of answering “half and half” to everything. Two layers got {two} of 4 right, at a "
            "loss of {lower:.4f}.",
            one=one["right"],
            loss=one["loss"],
            ln2=found["ln2"],
            two=two["right"],
            lower=two["loss"],
        ),
        tr(
            "Of {count} test points of the two moons one layer tells {line:.1f} % right; with {units} hidden units it is {bent:.1f} %, "
            "with {most} it is {best:.1f} %.",
            count=found["test_points"],
            line=100 * found["moons_one_layer"],
            units=DRAWN,
            bent=100 * found["moons_two_layers"][str(DRAWN)],
            most=WIDTHS[-1],
            best=100 * found["moons_two_layers"][str(WIDTHS[-1])],
        ),
    )


def _limits() -> tuple[str, ...]:
    return (
        tr(
            "That two layers can draw a boundary does not say that training finds it: from another start (another seed) some of these "
            "small networks stay stuck at a straight line. Wider ones do so less often."
        ),
        tr("On two inputs one can look. With 784 pixels the same happens in 784 dimensions, and nobody can draw that."),
    )


def _table(found: dict[str, Any]) -> Table:
    rows = [(tr("one layer"), f"{100 * found['moons_one_layer']:.1f} %")]
    rows += [
        (trn("{count} hidden unit, then one", "{count} hidden units, then one", int(width)), f"{100 * share:.1f} %")
        for width, share in found["moons_two_layers"].items()
    ]
    return Table(tr("The two moons: test points told right"), (tr("network"), tr("told right")), tuple(rows))


def _tries() -> tuple[Try, ...]:
    return (
        Try("seodang train xor-one-layer", tr("It ends at {ln2:.3f}, whatever the seed.", ln2=float(np.log(2)))),
        Try("seodang train xor", tr("Four hidden units and one output. The report draws the surface.")),
        Try(
            "seodang train moons training.epochs=100 training.learning_rate=0.01",
            tr("The moons of this page, as a run with a report."),
        ),
    )
