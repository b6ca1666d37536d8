"""Question 6 of lab L64."""

# N points
from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from seodang.core.language import tr
from seodang.data.datasets._bundled_tables import made
from seodang.data.frame import Frame
from seodang.data.reading import Columns
from seodang.data.split import Split
from seodang.explanations.explanation import Drawing, Table
from seodang.foundations.linear_stack import product
from seodang.lessons.drawn import Line, curves
from seodang.lessons.in_memory import Trained, inputs_of, prepare, train, with_layers
from seodang.lessons.lesson import Lesson, Try, decimals
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Training

Array = NDArray[np.float64]
POINTS, NOISE, REACH = 200, 0.15, np.pi
WIDTH, DEPTH = 16, 3  # units of a hidden layer, hidden layers
BENDS = (None, "relu", "tanh")


def why_activations_bend(seed: int = 0) -> Lesson:
    """Why must the activation bend?

    One network of dense layers on a wave with noise, with nothing, relu or tanh between its layers; and the one matrix that the
    straight one is.
    """
    recipe, data = prepare(_recipe(seed), source=wave(seed))
    runs = {bend: train(_with(recipe, bend), data) for bend in BENDS}
    x, y = inputs_of(data.train).double().numpy()[:, 0], _standard(data)
    slope, height = (float(each) for each in np.polyfit(x, y, 1))
    matrix, offset = product(layers_of(runs[None]))
    straight = runs[None].scores(inputs_of(data.train)).double().numpy()[:, 0]
    across, up = _scales(data)
    numbers: dict[str, Any] = {
        "layers": DEPTH + 1,
        "parameters": sum(each.numel() for each in runs[None].model.parameters()),
        "one_matrix": {
            "slope": float(matrix[0, 0]) * up[1] / across[1],
            "constant": (float(offset[0]) - float(matrix[0, 0]) * across[0] / across[1]) * up[1] + up[0],
        },
        "gap_to_one_matrix": float(np.abs(straight - (x * matrix[0, 0] + offset[0])).max()),
        "best_line": {
            "slope": slope * up[1] / across[1],
            "constant": (height - slope * across[0] / across[1]) * up[1] + up[0],
            "mse": float(np.mean((x * slope + height - y) ** 2)),
        },
        "mse": {str(bend or "none"): _error(done, y) for bend, done in runs.items()},
        "kinks": kinks(runs["relu"]),
    }
    parts = (
        Drawing(
            _fitted(runs, data),
            tr("The same layers, three ways. Without a bend between them they can only draw a line."),
            600,
        ),
        Drawing(_functions(), tr("What stands between two layers: three bent ones, and none (dotted)."), 460),
        _table(numbers),
    )
    return Lesson(_answer(), _measured(numbers), _limits(), numbers, parts, _tries(), seed)


def wave(seed: int) -> Frame:
    """One wave of a sine with noise: columns x and y, 200 rows."""
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(-REACH, REACH, POINTS))
    columns = {"x": x, "y": np.sin(x) + NOISE * rng.normal(size=POINTS)}
    return made("wave", columns, stamp=f"wave {POINTS} {seed}", kinds={"x": "number", "y": "number"})


def layers_of(done: Trained) -> list[tuple[Array, Array]]:
    """Weights (out, in) and biases (out,) of each dense layer."""
    dense = [part for part in done.model.modules() if isinstance(part, nn.Linear)]
    return [(each.weight.detach().double().numpy(), each.bias.detach().double().numpy()) for each in dense]


def kinks(done: Trained) -> int:
    """How often the slope of the curve that a network with relu draws changes within the data: its straight pieces, less one."""
    x = inputs_of(done.data.train)
    places = torch.linspace(float(x.min()), float(x.max()), 4001, dtype=torch.float64)
    rows = places.unsqueeze(1)
    states, dense = [], layers_of(done)
    for weights, bias in dense[:-1]:
        rows = rows @ torch.from_numpy(weights).T + torch.from_numpy(bias)
        states.append(rows > 0)
        rows = rows.clamp_min(0)
    which = torch.cat(states, 1)
    return int((which[1:] != which[:-1]).any(1).sum())


def _recipe(seed: int) -> Recipe:
    training = Training(epochs=200, batch_size=25, optimizer="adam", learning_rate=0.01, schedule="cosine", seed=seed)
    return Recipe(
        name="wave",
        task="regress",
        loss="mse",
        columns=Columns(target="y"),
        split=Split(validation=0, test=0),
        training=training,
    )


def _with(recipe: Recipe, bend: str | None) -> Recipe:
    layers: list[Any] = []
    for _ in range(DEPTH):
        layers += [{"dense": WIDTH}, *([bend] if bend else [])]
    return with_layers(recipe, [*layers, {"dense": "outputs"}], "he_normal" if bend == "relu" else "glorot_normal")


def _scales(data: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    """(mean, deviation) of x and of y, by which both are brought to mean 0 and deviation 1 for the network."""
    number, facts = data.encoding.numbers[0], data.facts
    return (float(number.centre), float(number.scale)), (float(facts.centre[0]), float(facts.scale[0]))


def _standard(data: Any) -> Array:
    """What is wanted, as the network sees it: mean 0, deviation 1."""
    facts = data.facts
    return (data.train.labels.double().numpy()[:, 0] - facts.centre[0]) / facts.scale[0]


def _error(done: Trained, y: Array) -> float:
    return float(np.mean((done.scores(inputs_of(done.data.train)).double().numpy()[:, 0] - y) ** 2))


def _answer() -> tuple[str, ...]:
    return (
        tr(
            "A layer without an activation multiplies by a matrix. Two in a row multiply by two matrices, and that is again one "
            "matrix. However many such layers are stacked, they are one layer: they draw straight lines and nothing else."
        ),
        tr(
            "A bend between them breaks this. A relu is straight but for one kink; many kinks at different places make any curve. "
            "Which bend it is matters less than that there is one."
        ),
    )


def _measured(found: dict[str, Any]) -> tuple[str, ...]:
    mse, line = found["mse"], found["best_line"]
    return (
        tr(
            "{layers} layers with {parameters} numbers and nothing between them: multiplied out they are y = {slope:.3f}·x "
            "{constant:+.3f}; on all points the two agree to {decimals} decimals, and the rest is rounding.",
            layers=found["layers"],
            parameters=found["parameters"],
            slope=found["one_matrix"]["slope"],
            constant=found["one_matrix"]["constant"],
            decimals=decimals(found["gap_to_one_matrix"]),
        ),
        tr(
            "Training could only find the best line: its mean squared error is {straight:.3f}, that of the line by formula "
            "{formula:.3f}.",
            straight=mse["none"],
            formula=line["mse"],
        ),
        tr(
            "The same layers with relu between them: {relu:.3f}, a curve of {pieces} straight pieces. With tanh: {tanh:.3f}.",
            relu=mse["relu"],
            tanh=mse["tanh"],
            pieces=found["kinks"] + 1,
        ),
    )


def _limits() -> tuple[str, ...]:
    return (
        tr(
            "The errors are on the points that were learnt from: this is about what a network can express, not about how well it does "
            "on new points. Beyond the points the curve goes on as it likes."
        ),
    )


def _fitted(runs: dict[str | None, Trained], data: Any) -> str:
    seen = inputs_of(data.train)
    rows = torch.linspace(float(seen.min()), float(seen.max()), 241).unsqueeze(1)
    scale = data.encoding.numbers[0]
    along = rows[:, 0].double().numpy() * scale.scale + scale.centre
    facts, names = data.facts, _names()
    lines = [
        Line(names[bend], along, runs[bend].scores(rows).double().numpy()[:, 0] * facts.scale[0] + facts.centre[0])
        for bend in ("relu", "tanh", None)
    ]
    points = (
        seen.double().numpy()[:, 0] * scale.scale + scale.centre,
        data.train.labels.double().numpy()[:, 0],
    )
    return curves(tr("A wave, fitted three ways"), lines, "x", "y", points=points)


def _names() -> dict[str | None, str]:
    return {None: tr("nothing between"), "relu": tr("relu between"), "tanh": tr("tanh between")}


def _functions() -> str:
    x = np.linspace(-3, 3, 121)
    lines = [
        Line("relu", x, np.maximum(x, 0)),
        Line("tanh", x, np.tanh(x)),
        Line(tr("no activation"), x, x),
        Line("sigmoid", x, 1 / (1 + np.exp(-x))),
    ]
    return curves(tr("Activations"), lines, tr("goes in"), tr("comes out"), limits=(-1.5, 3), width=4.2, height=2.8)


def _table(found: dict[str, Any]) -> Table:
    names = _names()
    rows = [(names[bend], f"{found['mse'][str(bend or 'none')]:.4f}") for bend in (None, "relu", "tanh")]
    rows.append((tr("the best line, by formula"), f"{found['best_line']['mse']:.4f}"))
    heads = (tr("between the layers"), tr("mean squared error"))
    return Table(tr("How far off, where 1 is that of always answering the mean"), heads, tuple(rows))


def _tries() -> tuple[Try, ...]:
    return (
        Try("seodang explore linear-stack depth=6", tr("Six layers and the one matrix that they are, written out.")),
        Try(
            "seodang explore linear-stack depth=6 inputs=1 outputs=1",
            tr("With one input it is a line; with relu it has kinks."),
        ),
        Try(
            "seodang train xor 'model.layers=[{dense: 4}, {dense: outputs}]' --name straight",
            tr("Two layers on exclusive or without the bend: as helpless as one."),
        ),
    )
