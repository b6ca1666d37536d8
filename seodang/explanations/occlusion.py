"""What the network says when a part of the picture is covered (Zeiler & Fergus, 2014)."""

# S windows · G windows on a side
from __future__ import annotations

from math import isqrt

import numpy as np
import torch
from torch import Tensor

from seodang.core.language import tr
from seodang.explanations import painting
from seodang.explanations._makers import must_answer
from seodang.explanations.example import Example
from seodang.explanations.explanation import DoesNotApply, Explanation, Pictures
from seodang.explanations.integrated_gradients import empty
from seodang.explanations.scores import affordable, at_once, score_of, without_gradient
from seodang.runs.folder import Run

# Windows on a side, half over each other: fewer where the network is large.
FEWEST, WINDOWS = 5, 15


def occlusion(run: Run, example: Example, *, layer: str | None = None) -> Explanation:
    """Cover one part of the picture after the other: where it is missed, it was needed. https://arxiv.org/abs/1311.2901"""
    if example.kind != "picture" or example.given is None:
        raise DoesNotApply(tr("it looks at one picture"))
    must_answer(run)
    places = affordable(run, 1, FEWEST**2, WINDOWS**2, by_name="occlusion" in example.asked)
    lost, window = missed(run, example.given, example.target, isqrt(places))
    most = float(np.abs(lost).max())
    row, column = divmod(int(lost.argmax()), lost.shape[1])
    where = _place(_third(row, lost.shape[0]), _third(column, lost.shape[1]))
    said = run.classes[example.target]
    words = (
        tr(
            "A window of {size} pixels in the colour of the picture's edge goes over it. Red: "
            "covered, the evidence for {said!r} falls; blue: it rises, so what is there speaks against.",
            size=f"{window[1]}×{window[0]}",
            said=said,
        ),
        tr(
            "The most is lost at the {place}: {most:.2f} of evidence (log-odds).",
            place=where,
            most=lost.max(),
        )
        if lost.max() > 0
        else tr("Covering any one part changes nothing for the worse: it says the same from what is left."),
    )
    pictures = (
        painting.heated(
            example.pixels, lost / most if most > 0 else lost, tr("what is lost where it is covered"), smooth=True
        ),
    )
    numbers = {"window": list(window), "lost": [[round(float(value), 6) for value in line] for line in lost]}
    return Explanation(tr("What it cannot do without"), "answer", words, numbers, (Pictures(pictures),))


def _third(place: int, count: int) -> int:
    """0, 1 or 2: in which third of so many a place lies."""
    return 0 if place < count / 3 else 2 if place >= 2 * count / 3 else 1


def _place(row: int, column: int) -> str:
    """A ninth of the picture in words."""
    return (
        (tr("top left"), tr("top middle"), tr("top right")),
        (tr("middle left"), tr("middle"), tr("middle right")),
        (tr("bottom left"), tr("bottom middle"), tr("bottom right")),
    )[row][column]


def missed(run: Run, given: Tensor, target: int, windows: int) -> tuple[np.ndarray, tuple[int, int]]:
    """Evidence that is lost under each of windows × windows places, (G, G), and the window's height and width.

    Windows lie half over each other; of a picture with fewer pixels than that there is one at every pixel.
    """
    height, width = given.shape[2:]
    rows, high = _starts(height, windows)
    columns, wide = _starts(width, windows)
    fill = empty(given.float()).to(given.dtype)
    covered = given.repeat(len(rows) * len(columns), 1, 1, 1)
    for place, (row, column) in enumerate((row, column) for row in rows for column in columns):
        part = (place, slice(None), slice(row, row + high), slice(column, column + wide))
        covered[part] = fill[0, :, row : row + high, column : column + wide]
    scores = without_gradient(score_of(run, target), torch.cat([given, covered]), 2 * at_once(run))
    return (scores[0] - scores[1:]).reshape(len(rows), len(columns)), (high, wide)


def _starts(length: int, windows: int) -> tuple[list[int], int]:
    """Where windows begin, at most so many, and how long each is.

    >>> _starts(8, 15), _starts(28, 7)
    (([0, 1, 2, 3, 4, 5, 6], 2), ([0, 4, 7, 10, 14, 18, 21], 7))
    """
    size = max(1, min(length, round(2 * length / (windows + 1)))) if length > windows else min(2, length)
    count = min(windows, length - size + 1)
    return [round(each) for each in np.linspace(0, length - size, count)], size
