"""Forecasts beside what came: the piece of a report that is drawn."""

# N windows · H steps ahead
from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seodang.data.cut_series import names_of_times
from seodang.data.encode_series import SeriesEncoding, series_of
from seodang.data.frame import Frame
from seodang.evaluation.metrics import Numbers
from seodang.evaluation.row_baselines import Guess

POINTS = 250  # steps that are drawn
NAIVE = ("last value", "a season ago")


def drawn(
    encoding: SeriesEncoding,
    frame: Frame,
    rows: NDArray[np.int64],
    targets: Numbers,
    predicted: Numbers,
    guesses: dict[str, Guess],
) -> dict[str, Any]:
    """Whole forecasts one after another up to the end of the judged time, the truth, and the better of the naive forecasts.

    Args:
        rows: (N,) rising rows of the frame at which what is foretold begins.   targets, predicted: (N, H).

    Returns: step (H), at (rows, counted from the first one drawn), when, true, forecast, naive (or None), naive_name: all of as many
        points; of several series the last one's.
    """
    chosen = _one_after_another(rows, series_of(frame, encoding.key), encoding.facts.horizon)
    steps = (rows[chosen][:, None] + np.arange(encoding.facts.horizon)).ravel()
    when = names_of_times(frame, encoding.time)
    naive = min(
        (name for name in NAIVE if name in guesses),
        key=lambda name: float(np.abs(guesses[name].answers - targets).mean()),
        default=None,
    )
    return {
        "step": encoding.facts.horizon,
        "at": (steps - steps[0]).tolist(),
        "when": [when[row] for row in steps],
        "true": targets[chosen].ravel().tolist(),
        "forecast": predicted[chosen].ravel().tolist(),
        "naive": None if naive is None else guesses[naive].answers[chosen].ravel().tolist(),
        "naive_name": naive,
    }


def _one_after_another(rows: NDArray[np.int64], whose: NDArray[np.int64], horizon: int) -> NDArray[np.int64]:
    """Windows, from the last one back, whose forecasts do not overlap, of one series, in order."""
    chosen = [len(rows) - 1]
    for window in range(len(rows) - 2, -1, -1):
        if len(chosen) * horizon >= POINTS or whose[rows[window]] != whose[rows[-1]]:
            break
        if rows[window] + horizon <= rows[chosen[-1]]:
            chosen.append(window)
    return np.array(chosen[::-1])
