"""Exclusive or: four rows that no straight line divides; made here, no download."""

from __future__ import annotations

import numpy as np

from seodang.core.sentences import said
from seodang.data.datasets._bundled_tables import made
from seodang.data.frame import Frame
from seodang.data.source import Card


def xor() -> Card:
    """Exclusive or: four rows that no straight line divides; made here, no download."""
    return Card(
        title="Exclusive or, the truth table",
        homepage="https://en.wikipedia.org/wiki/Exclusive_or",
        licence=said("none needed: four rows of logic"),
        hub=None,
        counts={"": 4},
        classes=("0", "1"),
        note=said("Minsky and Papert, Perceptrons, 1969: one layer cannot learn it."),
    )


def read() -> Frame:
    """The four rows; what is foretold is the column xor.

    >>> read().table["xor"].tolist()
    [0.0, 1.0, 1.0, 0.0]
    """
    first, second = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    return made("xor", {"a": first, "b": second, "xor": first ^ second}, stamp="xor 1")
