"""The paper's own drawings: how many examples each class has, how it learnt, what goes from layer to layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from seodang.core.language import tr
from seodang.evaluation import figures, generative_figures, row_figures
from seodang.evaluation.figures import INK, TRAIN, VALIDATION
from seodang.models.drawing import picture
from seodang.models.summary import summary
from seodang.papers.blocks import Drawing, Gallery
from seodang.papers.evidence import Evidence
from seodang.papers.trace import Place
from seodang.papers.words import split_title
from seodang.runs.folder import input_spec

# Of a network with more blocks than these the drawing says no more than its table.
BLOCKS = 40
FEW = 3  # up to which the drawing is no wider than others
LONGEST = 24  # letters of a class's name
COLOURS = {"train": TRAIN, "validation": VALIDATION, "test": INK}


def counts(found: Place, classes: list[str]) -> Drawing:
    """How many examples each class has in each split, as bars."""
    splits = [name for name in ("train", "validation", "test") if name in found.value]
    upright = len(classes) > 12 or max(map(len, classes)) > 8
    size = (5.2, 0.5 + 0.19 * len(classes)) if upright else (6.4, 2.6)
    figure, axes = figures._figure(*size)
    at, before = np.arange(len(classes)), np.zeros(len(classes))
    for name in splits:
        values = np.array([found.value[name].get(one, 0) for one in classes])
        look: dict[str, Any] = {
            "color": COLOURS[name],
            "alpha": 0.45 if name == "test" else 0.9,
            "label": split_title(name),
        }
        if upright:
            axes.barh(at, values, 0.72, left=before, **look)
        else:
            axes.bar(at, values, 0.72, bottom=before, **look)
        before += values
    names = [one if len(one) <= LONGEST else one[: LONGEST - 1] + "…" for one in classes]
    if upright:
        axes.set_yticks(at, names)
        axes.invert_yaxis()
        axes.set_ylim(len(classes) - 0.4, -0.6)
    else:
        axes.set_xticks(at, names)
    axes.legend(frameon=False, labelcolor=INK, ncols=3, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    words = tr("Examples of each class, by split.")
    return Drawing(figures._svg(figure, words), words, found.file)


def learning(evidence: Evidence) -> Iterator[Gallery]:
    """How it learnt: losses and scores over the epochs."""
    history = evidence.history.value
    if not history:
        return
    if evidence.run.recipe.makes_examples:
        drawn = generative_figures.curves(evidence.report.value)
    else:
        names = {"loss": tr("loss"), "accuracy": tr("accuracy"), "mae": tr("mean distance")}
        drawn = [
            (figures.curve(history, name, title), tr("How it learnt: {what}.", what=title))
            for name, title in names.items()
            if name in history[0]
        ]
    if found := [Drawing(svg, words, evidence.history.file) for svg, words in drawn if svg]:
        yield Gallery(found)  # pyright: ignore[reportArgumentType]


def network(evidence: Evidence) -> Iterator[Drawing]:
    """What goes from layer to layer, drawn to scale; nothing of networks of very many blocks."""
    model, inputs = [*evidence.run.network().children()][-1], input_spec(evidence.run.recipe, evidence.run.facts)
    blocks = len(summary(model, inputs, inside=False))
    if blocks > BLOCKS:
        return
    words = tr("The network, drawn to scale: what goes from layer to layer, and the numbers that each layer holds.")
    yield Drawing(
        figures._svg(picture(model, inputs), tr("The network")),
        words,
        "model.safetensors",
        is_wide=blocks > FEW,
        is_light=True,
    )


def judged(evidence: Evidence) -> Iterator[Gallery]:
    """What was drawn of the judged examples, by the task."""
    report = evidence.report.value
    if evidence.run.recipe.makes_examples:
        return
    if evidence.noun == "picture":
        drawn = [
            (figures.reliability(report["calibration"]["bins"]), tr("How often answers of each confidence are right."))
        ]
        wide = []
    else:
        drawn, wide = row_figures.drawings(report), row_figures.wide_drawings(report)
    for svg, words in wide:
        yield Gallery([Drawing(svg, words, evidence.report.file, is_wide=True)])
    if drawn:
        yield Gallery([Drawing(svg, words, evidence.report.file) for svg, words in drawn])
