"""The numbers 0 to 104 and twice each of them: the simplest series there is; made here, no download."""

from __future__ import annotations

import numpy as np

from seodang.core.sentences import said
from seodang.data.datasets._bundled_tables import made
from seodang.data.frame import Frame
from seodang.data.source import Card

ROWS = 105


def number_series() -> Card:
    """The numbers 0 to 104 and twice each of them: the simplest series there is; made here, no download."""
    return Card(
        title="Counting",
        homepage="https://en.wikipedia.org/wiki/Counting",
        licence=said("none needed"),
        hub=None,
        counts={"": ROWS},
        classes=(),
        note=said("Nothing says when: the rows are steps in the order in which they lie."),
    )


def read() -> Frame:
    """Columns n and double."""
    n = np.arange(ROWS, dtype=np.float64)
    return made(
        "number-series",
        {"n": n, "double": 2 * n},
        stamp=f"number-series {ROWS}",
        kinds=dict.fromkeys(("n", "double"), "number"),
    )
