"""How far off forecasts were, step by step, where a run was judged: what a new forecast is given as its margin."""

# N windows · H steps ahead
from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from seodang.core.errors import RunError
from seodang.evaluation.metrics import Numbers
from seodang.evaluation.predictions import Amounts, read
from seodang.runs.folder import Run

SHARE = 0.95
# Of fewer windows no error is as rare as one in twenty: the rank asked for below would be beyond the largest.
LEAST = 19


@dataclass(frozen=True, eq=False)
class Margins:
    """Distances within which 95 % of the judged forecasts were, (H,) in the target's unit.

    of_all: over every judged window.   of_each: by the name of a series, where enough windows are of it: others may be of another size.
    windows, split: of how many judged windows, and of which split.
    """

    of_all: Numbers
    of_each: dict[str, Numbers]
    windows: int
    split: str

    def of(self, series: str | None) -> Numbers | None:
        """The distances for a series, or for the only one there is (None); None for a series that too few judged windows are of."""
        return self.of_all if series is None else self.of_each.get(series)


def margins(run: Run) -> Margins | None:
    """The margins of a run's forecasts; None where it has not been judged on new windows, or on too few."""
    try:
        judged = read(run.folder)
    except RunError:
        return None
    if not isinstance(judged, Amounts) or judged.split == "train" or len(judged.targets) < LEAST:
        return None
    off = np.abs(judged.predicted - judged.targets)
    return Margins(rank_of(off), _of_each(off, judged.series), len(off), judged.split)


def _of_each(off: Numbers, series: list[str] | None) -> dict[str, Numbers]:
    """The margins of each series of which there are enough windows; none where there is only one series."""
    if series is None:
        return {}
    names, which, counts = np.unique(np.array(series, str), return_inverse=True, return_counts=True)
    parts = np.split(off[np.argsort(which, kind="stable")], np.cumsum(counts)[:-1])
    return {name: rank_of(part) for name, part in zip(names.tolist(), parts, strict=True) if len(part) >= LEAST}


def rank_of(off: Numbers, share: float = SHARE) -> Numbers:
    """Of distances (N, H), at each step the smallest within which a new one is with at least this probability, if it is as the old
    ones are: that of rank ⌈(N + 1) · share⌉ (split conformal prediction; Lei et al., 2018, https://arxiv.org/abs/1604.04173).

    >>> rank_of(np.arange(1.0, 40.0)[:, None]).tolist()  # of 39 the 38th
    [38.0]
    """
    rank = math.ceil((len(off) + 1) * share)
    return np.sort(off, axis=0)[rank - 1]
