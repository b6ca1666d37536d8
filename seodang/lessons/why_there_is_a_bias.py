"""Question 8 of lab L64."""

# N points
from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from seodang.core.language import tr
from seodang.explanations.explanation import Drawing, Table
from seodang.lessons.drawn import Line, curves, plane
from seodang.lessons.in_memory import Trained, inputs_of, prepare, train, with_layers
from seodang.lessons.lesson import Lesson, Try, decimals
from seodang.lessons.what_sigmoid_is_good_for import MEASURED, one_measurement

Array = NDArray[np.float64]
UNITS = 10
RAW = {"columns.numbers": "none"}
FAST = {"training.epochs": 150, "training.learning_rate": 0.02}
STRETCHED = 3.0


def why_there_is_a_bias(seed: int = 0) -> Lesson:
    """Why is there a b in wx + b?

    One unit on one measurement, and a small network on the two moons, each with and without its constants.
    """
    recipe, _, tumours = one_measurement(seed)
    slow = {**RAW, "training.epochs": 400, "training.learning_rate": 0.5, "training.batch_size": 284}
    recipe, rows = prepare(recipe, slow, tumours)
    unit = {has: train(with_layers(recipe, _unit(has)), rows) for has in (True, False)}
    bent, moons = prepare("moons", {**RAW, **FAST, "training.seed": seed})
    nets = {has: train(with_layers(bent, _net(has), "he_normal"), moons) for has in (True, False)}
    scaled, middle = prepare("moons", {**FAST, "training.seed": seed})
    shifted = {has: train(with_layers(scaled, _unit(has)), middle) for has in (True, False)}
    numbers: dict[str, Any] = {
        "one_unit": {_key(has): done.accuracy(rows.test) for has, done in unit.items()},
        "changes_at": _changes_at(unit[True]),
        "smallest": float(inputs_of(rows.test).min()),
        "answers_without": sorted({int(each) for each in (unit[False].scores(inputs_of(rows.test))[:, 0] > 0)}),
        "test_rows": len(rows.test),
        "moons": {_key(has): done.accuracy(moons.test) for has, done in nets.items()},
        "test_points": len(moons.test),
        "ray_gap": ray_gap(nets[False], inputs_of(moons.test)),
        "ray_gap_with": ray_gap(nets[True], inputs_of(moons.test)),
        "scaled_one_layer": {_key(has): done.accuracy(middle.test) for has, done in shifted.items()},
    }
    parts = (
        Drawing(_drawn(nets[True], tr("With b")), tr("With b: the boundary lies where the points want it."), 400),
        Drawing(
            _drawn(nets[False], tr("Without b")),
            tr("Without b: every boundary is a ray from the origin (+), whatever is learnt."),
            400,
        ),
        Drawing(_sizes(unit, rows), tr("One unit, one measurement: without b the curve can only turn round 0."), 560),
        _table(numbers),
    )
    return Lesson(_answer(), _measured(numbers), _limits(), numbers, parts, _tries(), seed)


def ray_gap(done: Trained, rows: torch.Tensor) -> float:
    """How far f(3x) is from 3·f(x), over the size of f(x): 0 where a network of relu has no constants."""
    near, far = done.scores(rows).double(), done.scores(STRETCHED * rows).double()
    return float((far - STRETCHED * near).abs().max() / near.abs().max())


def _unit(has_bias: bool) -> list[Any]:
    return [{"dense": {"units": "outputs", "bias": has_bias}}]


def _net(has_bias: bool) -> list[Any]:
    return [{"dense": {"units": UNITS, "bias": has_bias}}, "relu", *_unit(has_bias)]


def _key(has_bias: bool) -> str:
    return "with_b" if has_bias else "without_b"


def _changes_at(done: Trained) -> float:
    """Where the one unit is undecided: -b / w."""
    layer = next(part for part in done.model.modules() if isinstance(part, nn.Linear))
    return float(-layer.bias.detach()[0] / layer.weight.detach()[0, 0])


def _answer() -> tuple[str, ...]:
    return (
        tr(
            "Because without it a unit says the same, “neither yes nor no”, wherever all inputs are 0: w·0 is 0 for every w. The weights "
            "turn the boundary and make it steep; only b can move it."
        ),
        tr("So b is the threshold: how large wx must be before the unit says yes."),
    )


def _measured(found: dict[str, Any]) -> tuple[str, ...]:
    one, moons, scaled = found["one_unit"], found["moons"], found["scaled_one_layer"]
    return (
        tr(
            "One unit is to tell tumours by their mean radius. With b it changes its mind at {place:.1f} and is right on {with_b:.1f} % "
            "of {count}. Without b it would have to change at 0, but the smallest radius is {smallest:.1f}: it gives one and the same "
            "answer to all, {without:.1f} % right.",
            place=found["changes_at"],
            with_b=100 * one["with_b"],
            without=100 * one["without_b"],
            smallest=found["smallest"],
            count=found["test_rows"],
        ),
        tr(
            "{units} relu units on the two moons: {with_b:.1f} % of {count} test points with b, {without:.1f} % without.",
            units=UNITS,
            with_b=100 * moons["with_b"],
            without=100 * moons["without_b"],
            count=found["test_points"],
        ),
        tr(
            "Without b three times the input gives three times the score, to {decimals} decimals (the rest is "
            "rounding): so the answer is the same along every ray from the origin. With b they differ by {other:.2f}.",
            decimals=decimals(found["ray_gap"]),
            other=found["ray_gap_with"],
        ),
        tr(
            "Where the inputs are first shifted so that their mean is 0, the origin lies amid the points and one layer misses its b "
            "less: {without:.1f} % without, {with_b:.1f} % with.",
            with_b=100 * scaled["with_b"],
            without=100 * scaled["without_b"],
        ),
    )


def _limits() -> tuple[str, ...]:
    return (
        tr(
            "It is not needed everywhere: batch normalisation has a shift of its own, so layers right before it often go without b."
        ),
    )


def _drawn(done: Trained, words: str) -> str:
    test = done.data.test
    names = [each.name for each in done.encoding.numbers]

    def ask(places: Array) -> Array:
        return done.scores(torch.from_numpy(places.astype(np.float32))).sigmoid().double().numpy()[:, 0]

    points = inputs_of(test).double().numpy()
    classes = [tr("class {name}", name=name) for name in done.data.classes]
    return plane(words, ask, points, test.labels.numpy(), classes, (names[0], names[1]), origin=True)


def _sizes(unit: dict[bool, Trained], rows: Any) -> str:
    most = float(inputs_of(rows.test).max())
    along = torch.linspace(-0.25 * most, most, 200).unsqueeze(1)
    names = {True: tr("with b"), False: tr("without b")}
    lines = [
        Line(names[has], along[:, 0].numpy(), unit[has].scores(along).sigmoid().double().numpy()[:, 0])
        for has in (True, False)
    ]
    points = inputs_of(rows.test).double().numpy()[:, 0], rows.test.labels.double().numpy()
    words, up = tr("One unit with and without b"), tr("probability of {name}", name=rows.classes[1])
    return curves(words, lines, tr("mean radius of the cell nuclei"), up, points=points)


def _table(found: dict[str, Any]) -> Table:
    rows = (
        (tr("tumours by {measured}, one unit", measured=tr(MEASURED)), *_both(found["one_unit"])),
        (tr("two moons, {units} relu units", units=UNITS), *_both(found["moons"])),
        (tr("two moons with mean 0, one layer"), *_both(found["scaled_one_layer"])),
    )
    return Table(tr("Told right on examples that were not learnt from"), ("", tr("with b"), tr("without b")), rows)


def _both(found: dict[str, float]) -> tuple[str, str]:
    return f"{100 * found['with_b']:.1f} %", f"{100 * found['without_b']:.1f} %"


def _tries() -> tuple[Try, ...]:
    return (
        Try(
            "seodang train moons columns.numbers=none training.epochs=100 training.learning_rate=0.02 "
            "'model.layers=[{dense: {units: 10, bias: false}}, relu, {dense: {units: outputs, bias: false}}]' --name without-b",
            tr("The moons without b, as they lie; the report draws the surface."),
        ),
        Try(
            "seodang train moons columns.numbers=none training.epochs=100 training.learning_rate=0.02 model.layers='[{dense: 10}, "
            "relu, {dense: outputs}]' --name with-b",
            tr("The same with b."),
        ),
        Try("seodang compare without-b-1 with-b-1", tr("Is the difference more than chance?")),
    )
