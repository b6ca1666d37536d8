"""Drawings of reports on examples that were put out again or made; SVG in the page's own colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from seodang.core.language import tr
from seodang.evaluation.figures import INK, TRAIN, VALIDATION, _figure, _svg, curve, quantity
from seodang.evaluation.row_figures import CLASSES

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def curves(report: dict[str, Any]) -> list[tuple[str, str]]:
    """How it learnt, each drawing with what it shows: the loss and the squared distance, or both networks' losses, how much the
    discriminator tells, and how varied and clear the kept pictures are."""
    history = report["history"]
    if report["task"] != "imitate":
        names = ("mse",) if report["loss"] == "mse" else ("loss", "mse")
        drawn = [(curve(history, name, quantity(name)), quantity(name)) for name in names]
        return [(svg, tr("How it learnt: {what}.", what=what)) for svg, what in drawn if svg]
    losses = tr("How it learnt: the losses of the two networks, each measured by the other.")
    right = tr("How it learnt: how often the discriminator is right; on the dotted line it guesses.")
    kept = tr("How it learnt: how varied and how clear the pictures of one noise are.")
    return [(both(history), losses), (told(history), right), *((svg, kept) for svg in varied(report["over_epochs"]))]


def varied(found: list[dict[str, Any]]) -> list[str]:
    """How varied the kept pictures are over the epochs, and how sure a classifier is of them."""
    if not found:
        return []
    figure, axes = _figure()
    epochs = [each["epoch"] for each in found]
    marker = "o" if len(epochs) <= 30 else None
    for name, words, colour in (
        ("diversity", tr("diversity (1: as real ones)"), TRAIN),
        ("confidence", tr("a classifier's confidence"), VALIDATION),
    ):
        if name in found[0]:
            values = [each[name] for each in found]
            axes.plot(epochs, values, color=colour, marker=marker, markersize=3, linewidth=1.6, label=words)
    axes.axhline(1, color=INK, alpha=0.4, linewidth=1, linestyle=(0, (2, 2)))
    _epochs(axes)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, labelcolor=INK)
    return [_svg(figure, tr("How varied and how clear the kept pictures are over the epochs"))]


def both(history: list[dict[str, Any]]) -> str:
    """The losses of generator and discriminator over the epochs."""
    figure, axes = _figure()
    epochs = [line["epoch"] for line in history]
    marker = "o" if len(epochs) <= 30 else None
    for name, words, colour in (
        ("loss", tr("generator"), TRAIN),
        ("discriminator", tr("discriminator"), VALIDATION),
    ):
        axes.plot(
            epochs,
            [line[name] for line in history],
            color=colour,
            marker=marker,
            markersize=3,
            linewidth=1.6,
            label=words,
        )
    axes.axhline(np.log(2), color=INK, alpha=0.4, linewidth=1, linestyle=(0, (2, 2)))
    _epochs(axes)
    axes.set_ylabel(tr("loss"))
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, labelcolor=INK)
    return _svg(figure, tr("Losses of the two networks over the epochs"))


def told(history: list[dict[str, Any]]) -> str:
    """The share of real and made examples that the discriminator tells rightly, over the epochs."""
    figure, axes = _figure()
    epochs = [line["epoch"] for line in history]
    marker = "o" if len(epochs) <= 30 else None
    axes.plot(
        epochs, [line["accuracy"] for line in history], color=VALIDATION, marker=marker, markersize=3, linewidth=1.6
    )
    axes.axhline(0.5, color=INK, alpha=0.4, linewidth=1, linestyle=(0, (2, 2)))
    _epochs(axes)
    axes.set_ylabel(tr("discriminator right"))
    axes.set_ylim(0.4, 1.02)
    return _svg(figure, tr("How much the discriminator tells over the epochs"))


def _epochs(axes: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_xlabel(tr("epoch"))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def codes(found: dict[str, Any]) -> list[tuple[str, str]]:
    """Codes of two numbers as points, beside PCA's, and, of examples of three numbers, what went in and what came out."""
    drawn = [(_points(found["network"], found["labels"], tr("code 1"), tr("code 2")), tr("The network's codes."))]
    if found["pca"]:
        words = tr("PCA's codes of the same examples: the same picture, but for a linear map of the plane.")
        drawn.append((_points(found["pca"], found["labels"], tr("component 1"), tr("component 2")), words))
    if found["inputs"] and len(found["inputs"][0]) == 3:
        drawn.append(
            (_space(found["inputs"], found["outputs"]), tr("What went in (rings) and what came out (dots), in space."))
        )
    return drawn


def _points(points: list[list[float]], labels: list[int], along: str, up: str) -> str:
    figure, axes = _figure(width=3.9, height=3.4)
    x, y = np.array(points).T
    if labels and max(labels) < len(CLASSES):
        axes.scatter(x, y, s=8, c=[CLASSES[label] for label in labels], linewidths=0)
    else:
        axes.scatter(x, y, s=10, color=TRAIN, linewidths=0)
    axes.set_xlabel(along)
    axes.set_ylabel(up)
    axes.set_aspect("equal", "datalim")
    return _svg(figure, tr("Points by {along} and {up}", along=along, up=up))


def _space(inputs: list[list[float]], outputs: list[list[float]]) -> str:
    """Points in space seen from the side, along the plane: what lies off it shows."""
    given, made = np.array(inputs), np.array(outputs)
    middle = given.mean(axis=0)
    _, _, directions = np.linalg.svd(given - middle, full_matrices=False)
    figure, axes = _figure(width=3.9, height=3.4)
    across = (given - middle) @ directions.T
    answers = (made - middle) @ directions.T
    for one, other in zip(across, answers, strict=True):
        axes.plot([one[0], other[0]], [one[2], other[2]], color=INK, alpha=0.2, linewidth=0.6)
    axes.scatter(across[:, 0], across[:, 2], s=14, facecolors="none", edgecolors=VALIDATION, linewidths=0.8)
    axes.scatter(answers[:, 0], answers[:, 2], s=8, color=TRAIN, linewidths=0)
    axes.set_xlabel(tr("along the widest direction"))
    axes.set_ylabel(tr("off the plane"))
    return _svg(figure, tr("What went in and what came out, seen along the plane"))
