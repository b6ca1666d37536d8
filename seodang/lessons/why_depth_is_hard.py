"""Question 5 of lab L64."""

from __future__ import annotations

from typing import Any

import numpy as np

from seodang.core.language import tr
from seodang.explanations.explanation import Drawing, Table
from seodang.foundations.explore import explore
from seodang.lessons.drawn import Line, curves
from seodang.lessons.in_memory import Trained, prepare, train, with_layers
from seodang.lessons.lesson import Lesson, Try
from seodang.recipes.recipe import Recipe

DEPTH, SHALLOW, WIDTH = 12, 2, 64
# How each network is made: its hidden layers, what stands between two, and the rule its weights start by.
NETWORKS: dict[str, tuple[int, list[Any], str]] = {
    "shallow_sigmoid": (SHALLOW, ["sigmoid"], "glorot_normal"),
    "deep_sigmoid": (DEPTH, ["sigmoid"], "glorot_normal"),
    "deep_relu": (DEPTH, ["relu"], "he_normal"),
    "deep_sigmoid_norm": (DEPTH, ["batch_norm", "sigmoid"], "glorot_normal"),
}


def why_depth_is_hard(seed: int = 0) -> Lesson:
    """Why were deep networks hard to train?

    The size of the gradient at each of twelve layers before the first step, and four networks trained on the bundled digits.
    """
    sizes = explore("gradients", {"depth": DEPTH, "width": WIDTH, "seed": seed}).numbers
    recipe, data = prepare("cnn-basic", {"training.epochs": 25, "training.seed": seed})
    runs = {name: train(_network(recipe, *made), data) for name, made in NETWORKS.items()}
    gradients = {"sigmoid": sizes["sigmoid_xavier"], "relu": sizes["relu_he"]}
    numbers: dict[str, Any] = {
        "depth": DEPTH,
        "gradients": gradients,
        "lost": {name: found[-1] / found[0] for name, found in gradients.items()},
        "a_layer": {name: (found[0] / found[-1]) ** (1 / (DEPTH - 1)) for name, found in gradients.items()},
        "accuracy": {name: done.accuracy(data.test) for name, done in runs.items()},
        "test_pictures": len(data.test),
        "chance": float(np.bincount(data.test.labels.numpy()).max() / len(data.test)),
    }
    parts = (
        Drawing(
            _gradients(gradients),
            tr(
                "Before any training: the size of the gradient that reaches each layer. The upright axis goes in powers of ten."
            ),
            560,
        ),
        Drawing(
            _learning(runs),
            tr("The four networks while they train: how many of the validation digits are told right."),
            560,
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


def _network(recipe: Recipe, depth: int, between: list[Any], init: str) -> Recipe:
    layers: list[Any] = ["flatten"]
    for _ in range(depth):
        layers += [{"dense": WIDTH}, *between]
    return with_layers(recipe, [*layers, {"dense": "outputs"}], init)


def _answer() -> tuple[str, ...]:
    return (
        tr(
            "The gradient of the first layer comes from the last, backwards through all between. Each layer multiplies it by its "
            "weights and by the slope of its activation. A sigmoid's slope is a quarter at most: layer by layer the gradient fades, "
            "and the first layers are told almost nothing."
        ),
        tr(
            "It may blow up just as well, where the factors are larger than 1. What helped: an activation with slope 1 (relu), "
            "starting weights of the right size, batch normalisation, and ways round the layers."
        ),
    )


def _measured(found: dict[str, Any]) -> tuple[str, ...]:
    accuracy, lost = found["accuracy"], found["lost"]
    return (
        tr(
            "In a network of {depth} sigmoid layers the first layer's gradient is about {lost:,.0f} times smaller than the last one's: a "
            "factor of {factor:.2f} a layer.",
            depth=found["depth"],
            lost=float(f"{lost['sigmoid']:.2g}"),
            factor=found["a_layer"]["sigmoid"],
        ),
        tr(
            "With relu and He's start the factor is {factor:.2f} a layer: first and last layer learn at the same speed, more or less.",
            factor=found["a_layer"]["relu"],
        ),
        tr(
            "Trained for the same number of epochs, {depth} sigmoid layers tell {deep:.1f} % of {count} test digits, {shallow} sigmoid "
            "layers {few:.1f} %. Always naming one class gets {chance:.1f} %.",
            depth=found["depth"],
            deep=100 * accuracy["deep_sigmoid"],
            shallow=SHALLOW,
            few=100 * accuracy["shallow_sigmoid"],
            count=found["test_pictures"],
            chance=100 * found["chance"],
        ),
        tr(
            "The same depth with relu and He's start: {relu:.1f} %. Sigmoids again, but with batch normalisation before each: "
            "{norm:.1f} %.",
            relu=100 * accuracy["deep_relu"],
            norm=100 * accuracy["deep_sigmoid_norm"],
        ),
    )


def _limits() -> tuple[str, ...]:
    return (
        tr(
            "That depth can be trained does not mean that it is needed: these digits are small, and {few} layers do for them. Depth "
            "pays on large pictures and texts.",
            few=SHALLOW,
        ),
        tr(
            "One start each. With far more epochs the sigmoids may find their way out of the flat land; nobody promises it."
        ),
    )


def _gradients(sizes: dict[str, list[float]]) -> str:
    names = {"sigmoid": tr("sigmoid, Xavier's start"), "relu": tr("relu, He's start")}
    places = range(1, DEPTH + 1)
    lines = [Line(names[name], places, sizes[name], marks=True) for name in ("relu", "sigmoid")]
    words = tr("Size of the gradient at each layer")
    return curves(words, lines, tr("layer, from the input"), tr("size of the gradient"), log_y=True)


def _names() -> dict[str, str]:
    return {
        "deep_relu": tr("{n} layers, relu and He's start", n=DEPTH),
        "deep_sigmoid_norm": tr("{n} layers, batch normalisation and sigmoid", n=DEPTH),
        "shallow_sigmoid": tr("{n} layers, sigmoid", n=SHALLOW),
        "deep_sigmoid": tr("{n} layers, sigmoid", n=DEPTH),
    }


def _learning(runs: dict[str, Trained]) -> str:
    lines = [
        Line(
            words,
            [line["epoch"] for line in runs[name].history],
            [100 * line["validation_accuracy"] for line in runs[name].history],
        )
        for name, words in _names().items()
    ]
    words = tr("Accuracy on validation over the epochs")
    return curves(words, lines, tr("epoch"), tr("validation accuracy, %"), limits=(0, 103))


def _table(found: dict[str, Any]) -> Table:
    rows = tuple((words, f"{100 * found['accuracy'][name]:.1f} %") for name, words in _names().items())
    return Table(tr("Test digits told right"), (tr("network"), tr("told right")), rows)


def _tries() -> tuple[Try, ...]:
    return (
        Try(
            "seodang explore gradients depth=30",
            tr("Thirty layers: the same curves, and what Xavier's start does to relu."),
        ),
        Try(
            "seodang explore gradients depth=30 width=256 seed=3",
            tr("Wider layers, other random weights: the slope of the curves stays."),
        ),
    )
