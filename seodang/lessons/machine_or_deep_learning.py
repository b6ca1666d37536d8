"""Question 1 of lab L64."""

# N pictures · F features
from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from seodang.core.language import tr
from seodang.explanations import painting
from seodang.explanations.explanation import Drawing, Picture, Pictures, Table
from seodang.lessons.drawn import Line, curves
from seodang.lessons.in_memory import Trained, inputs_of, prepare, train
from seodang.lessons.lesson import Lesson, Try

Array = NDArray[np.float64]
COUNTS = (50, 150, 400)  # training pictures, before all of them
STEPS = 800  # of the network, however many pictures there are
NEIGHBOURS = 3


def machine_or_deep_learning(seed: int = 0) -> Lesson:
    """What is the difference between machine learning and deep learning?

    The bundled digits told apart in four ways, with ever more training pictures: features that a person made up, bare pixels,
    the most similar pictures, and a network that learns its own features.
    """
    recipe, data = prepare("cnn-basic", {"split.validation": 0})
    every = len(data.train)
    accuracy: dict[str, dict[str, float]] = {name: {} for name in ("by_hand", "pixels", "neighbours", "network")}
    last: Trained | None = None
    for count in (*COUNTS, every):
        settings = {"split.validation": 0, "examples": count, "training.seed": seed, "training.steps": STEPS}
        recipe, data = prepare("cnn-basic", {**settings, "training.epochs": STEPS})
        last = train(recipe, data)
        rows, labels = inputs_of(data.train), data.train.labels.numpy()
        new, true = inputs_of(data.test), data.test.labels.numpy()
        accuracy["by_hand"][str(count)] = _linear(by_hand(rows), labels, by_hand(new), true)
        accuracy["pixels"][str(count)] = _linear(_flat(rows), labels, _flat(new), true)
        accuracy["neighbours"][str(count)] = _nearest(_flat(rows), labels, _flat(new), true)
        accuracy["network"][str(count)] = last.accuracy(data.test)
    assert last is not None, "there are pictures"
    numbers: dict[str, Any] = {
        "accuracy": accuracy,
        "features_by_hand": 16,
        "pixels": 64,
        "test_pictures": len(data.test),
        "training_pictures": every,
        "fewest": COUNTS[0],
    }
    parts = (
        Pictures(
            (_person(inputs_of(data.test)[0], int(data.test.labels[0])), _filters(last)),
            title=tr("Features: made up by a person, and learnt"),
        ),
        Drawing(
            _learning(accuracy),
            tr("The same {n} test digits, judged after learning from ever more pictures.", n=numbers["test_pictures"]),
            620,
        ),
        _table(accuracy),
    )
    return Lesson(_answer(), _measured(numbers), _limits(), numbers, parts, _tries(), seed)


def by_hand(pictures: torch.Tensor) -> Array:
    """What a person might measure of a digit: how much ink is in each row and in each column. (N, 1, H, W) → (N, H + W).

    >>> by_hand(torch.full((1, 1, 2, 2), 255, dtype=torch.uint8)).tolist()
    [[2.0, 2.0, 2.0, 2.0]]
    """
    ink = pictures[:, 0].double().numpy() / 255
    return np.concatenate([ink.sum(2), ink.sum(1)], 1)


def _flat(pictures: torch.Tensor) -> Array:
    return pictures.flatten(1).double().numpy() / 255


def _linear(rows: Array, labels: NDArray[np.int64], new: Array, true: NDArray[np.int64]) -> float:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2_000, C=0.1))
    return float(model.fit(rows, labels).score(new, true))


def _nearest(rows: Array, labels: NDArray[np.int64], new: Array, true: NDArray[np.int64]) -> float:
    from sklearn.neighbors import KNeighborsClassifier

    return float(KNeighborsClassifier(NEIGHBOURS).fit(rows, labels).score(new, true))


def _answer() -> tuple[str, ...]:
    return (
        tr(
            "In machine learning a person decides what is measured of each example (the features), and the machine finds out how much "
            "each counts. In deep learning the machine finds the features too: layer upon layer, from the raw numbers to the answer, "
            "all weights trained together."
        ),
        tr(
            "Deep learning is machine learning with the part that needed an expert learnt as well. It pays where nobody knows what to "
            "measure (pictures, sound, language) and where examples are many. On tables of good measurements the older methods are "
            "often as good, and faster."
        ),
    )


def _measured(found: dict[str, Any]) -> tuple[str, ...]:
    accuracy, every, few = found["accuracy"], str(found["training_pictures"]), str(found["fewest"])
    network, neighbours = accuracy["network"][every], accuracy["neighbours"][every]
    sentences = [
        tr(
            "By hand: a person says “measure how much ink is in each row and each column”. From these {features} features a linear "
            "model learns from {count:,} pictures to tell {accuracy:.1f} % of {judged} new digits. From all {pixels} pixels: "
            "{bare:.1f} %.",
            features=found["features_by_hand"],
            count=found["training_pictures"],
            accuracy=100 * accuracy["by_hand"][every],
            judged=found["test_pictures"],
            pixels=found["pixels"],
            bare=100 * accuracy["pixels"][every],
        ),
        tr(
            "Learnt: a small convolutional network sees only pixels and makes its own features: {network:.1f} %.",
            network=100 * network,
        ),
        tr(
            "With only {few} pictures to learn from: by hand {by_hand:.1f} %, pixels {pixels:.1f} %, network {network:.1f} %.",
            few=int(few),
            by_hand=100 * accuracy["by_hand"][few],
            pixels=100 * accuracy["pixels"][few],
            network=100 * accuracy["network"][few],
        ),
    ]
    how = {
        True: tr(
            "And a method that learns nothing at all, but answers as the {k} most similar training pictures do, gets {share:.1f} %: "
            "on digits this plain deep learning is not needed.",
            k=NEIGHBOURS,
            share=100 * neighbours,
        ),
        False: tr(
            "A method that learns nothing at all, but answers as the {k} most similar training pictures do, gets {share:.1f} %.",
            k=NEIGHBOURS,
            share=100 * neighbours,
        ),
    }
    return (*sentences, how[neighbours > network - 0.01])


def _limits() -> tuple[str, ...]:
    return (
        tr(
            "These digits are 8×8 pixels, centred and clean. On photographs the distance between the two ways is far larger: there "
            "nobody has found features by hand that come near to learnt ones."
        ),
        tr(
            "A cleverer person would make up better features, and another network would learn others. The point is who does the work, "
            "not these percentages."
        ),
    )


def _person(picture: torch.Tensor, label: int) -> Picture:
    """A digit with its ink by row at the right and by column below, as a person measured it."""
    ink = picture[0].double().numpy() / 255
    high, wide = ink.shape
    canvas = np.zeros((high + 2, wide + 2))
    canvas[:high, :wide] = ink
    canvas[:high, wide + 1] = ink.sum(1) / max(ink.sum(1).max(), 1e-9)
    canvas[high + 1, :wide] = ink.sum(0) / max(ink.sum(0).max(), 1e-9)
    words = tr(
        "A {label}. Right: the ink of each row; below: of each column. These 16 numbers are all that is measured.",
        label=label,
    )
    return painting.tiled(painting.glow(canvas)[None], words, 1)


def _filters(done: Trained) -> Picture:
    weights = next(part for part in done.model.modules() if isinstance(part, nn.Conv2d)).weight.detach()
    values = weights[:, 0].double().numpy()
    words = tr("What the network looks for in its first layer: {n} filters that nobody made up.", n=len(values))
    return painting.tiled(painting.two_sided(values / np.abs(values).max()), words, 5)


def _names() -> dict[str, str]:
    return {
        "network": tr("network, its own features"),
        "pixels": tr("linear model, pixels"),
        "by_hand": tr("linear model, features by hand"),
        "neighbours": tr("most similar pictures"),
    }


def _learning(accuracy: dict[str, dict[str, float]]) -> str:
    lines = [
        Line(words, [int(count) for count in accuracy[name]], [100 * share for share in accuracy[name].values()], True)
        for name, words in _names().items()
    ]
    words = tr("Accuracy by the number of training pictures")
    return curves(
        words, lines, tr("training pictures"), tr("test digits told right, %"), log_x=True, width=5.6, height=3.6
    )


def _table(accuracy: dict[str, dict[str, float]]) -> Table:
    counts = list(accuracy["network"])
    heads = (tr("training pictures"), *(f"{int(count):,}" for count in counts))
    rows = tuple(
        (words, *(f"{100 * accuracy[name][count]:.1f} %" for count in counts)) for name, words in _names().items()
    )
    return Table(tr("Test digits told right"), heads, rows)


def _tries() -> tuple[Try, ...]:
    return (
        Try(
            "seodang train digits training.epochs=5 --name digits",
            tr("A network, and beside it in the verdict what a linear model gets."),
        ),
        Try(
            "seodang train breast-cancer table-quick --name table",
            tr("A table of good measurements: the linear model and the trees are hard to beat."),
        ),
    )
