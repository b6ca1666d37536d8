"""What a page shows of a time series: its line, its gaps, one season of it, and how far it goes from one step to the next."""

# T steps of the longest series
from __future__ import annotations

from typing import Any

import numpy as np

from seodang.core.language import tr
from seodang.core.numbers import short
from seodang.data.column_sketches import histogram
from seodang.data.cut_series import names_of_times
from seodang.data.encode_series import names_of_series, numbers, ordered, series_of
from seodang.data.frame import Frame
from seodang.data.purposes import Purpose
from seodang.data.times import long_steps, moments, steps

WIDE = 400  # places of a drawn line; of more steps the least and largest of each place are drawn
MOST_GAPS, MOST_NAMES = 200, 12
DAY, MONTH, YEAR = 86_400, 31 * 86_400, 366 * 86_400
SEEN = (0.1, 0.9)  # quantiles of the values that means are drawn between
TIMES = 2  # years, weeks or days that a mean over them is worth drawing from


def series_sketches(frame: Frame, found: Purpose, season: int) -> dict[str, Any]:
    """The longest series as lines for a page, each {lines: [[x, y], …] in 0 to 1, least, most, left, right, …}.

    Args:
        season: Steps after which it repeats; 1: it does not.

    Returns: line, gaps [x] (where steps are missing), missing (values), profiles [{title, line, labels}], changes (a histogram of
        the way from one step to the next), names [[series, steps]] of several.
    """
    frame = ordered(frame, found.time, found.key)
    whose = series_of(frame, found.key)
    sizes = np.bincount(whose)
    longest = frame.select(np.flatnonzero(whose == sizes.argmax()))
    assert found.target is not None, "a series has a target"
    values = numbers(longest, (found.target,))[:, 0]
    when = None if found.time is None else moments(longest, found.time)
    places = np.arange(len(values), dtype=np.float64) if when is None else _seconds(when)
    broken = np.flatnonzero(long_steps(np.diff(places))) if when is not None and steps(when).gaps else np.zeros(0, int)
    ends = [f"{1:,}", f"{len(values):,}"] if found.time is None else names_of_times(longest, found.time)
    told: dict[str, Any] = {
        "line": line(places, values, broken, ends[0], ends[-1]),
        "gaps": [round(float(each), 4) for each in _scaled(places)[broken][:MOST_GAPS]],
        "missing": int(np.isnan(values).sum()),
        "profiles": [*_season(values, season), *_calendar(values, when)],
        "changes": histogram(np.diff(values), np.zeros(max(0, len(values) - 1), np.int64)),
        "names": _names(frame, found, sizes, whose),
    }
    return told


def _seconds(when: np.ndarray) -> np.ndarray:
    return when.astype("datetime64[ns]").astype(np.int64).astype(np.float64) / 1e9


def _scaled(places: np.ndarray) -> np.ndarray:
    span = places[-1] - places[0] if len(places) else 0
    return (places - places[0]) / span if span > 0 else np.zeros(len(places))


def line(
    places: np.ndarray,
    values: np.ndarray,
    broken: np.ndarray,
    left: str,
    right: str,
    ends: tuple[float, float] | None = None,
) -> dict[str, Any] | None:
    """A line through points, from 0 to 1 both ways, interrupted where values or steps are missing.

    ends: Values that are in sight in any case: a small difference is not to look like a large one.
    """
    known = np.isfinite(values)
    if known.sum() < 2:
        return None
    inside = [*values[known].tolist(), *(ends or ())]
    least, most = min(inside), max(inside)
    across = _scaled(places)
    up = (values - least) / (most - least if most > least else 1)
    piece = np.zeros(len(values), np.int64)
    piece[broken + 1] += 1
    piece = np.cumsum(piece + np.concatenate([[0], (np.diff(known.astype(int)) != 0).astype(int)]))
    lines = []
    for number in np.unique(piece[known]):
        own = np.flatnonzero((piece == number) & known)
        lines.append(_thinned(across[own], up[own], len(values) > 2 * WIDE))
    return {
        "lines": lines,
        "least": short(least),
        "most": short(most),
        "left": left,
        "right": right,
    }


def _thinned(across: np.ndarray, up: np.ndarray, are_many: bool) -> list[list[float]]:
    """Of very many points the least and the largest of each place, in their order."""
    if are_many:
        place = np.minimum((across * WIDE).astype(int), WIDE - 1)
        starts = np.flatnonzero(np.diff(place, prepend=-1))
        kept = []
        for start, end in zip(starts, [*starts[1:], len(place)], strict=True):
            kept += sorted({int(start + up[start:end].argmin()), int(start + up[start:end].argmax())})
        across, up = across[kept], up[kept]
    return [[round(float(x), 4), round(float(y), 4)] for x, y in zip(across, up, strict=True)]


def _season(values: np.ndarray, season: int) -> list[dict[str, Any]]:
    """The mean of all its seasons, each less its own mean."""
    count = len(values) // season if season > 1 else 0
    if count < TIMES:
        return []
    each = values[len(values) - count * season :].reshape(count, season)
    each = each - np.nanmean(each, axis=1, keepdims=True)
    mean = np.nanmean(each, axis=0) if np.isfinite(each).any(0).all() else np.full(season, np.nan)
    drawn = line(np.arange(season, dtype=np.float64), mean, np.zeros(0, int), f"{1:,}", f"{season:,}")
    if drawn is None:
        return []
    title = tr(
        "One season of {season:,} steps: the mean of {count:,}, each less its own mean", season=season, count=count
    )
    return [{"title": title, "line": drawn, "labels": [], "across": tr("step of the season")}]


def _calendar(values: np.ndarray, when: np.ndarray | None) -> list[dict[str, Any]]:
    """Means by hour, weekday and month, where there are enough of each."""
    if when is None or len(when) < 2:
        return []
    moment = when.astype("datetime64[s]")
    span = float((moment[-1] - moment[0]).astype(int))
    usual = float(np.median(np.diff(moment).astype(int)))
    days = tr("Mon Tue Wed Thu Fri Sat Sun").split()
    found, usually = [], np.nanquantile(values, SEEN).tolist()
    seconds = moment.astype(np.int64)
    for title, which, labels, applies in (
        (
            tr("Mean by hour of the day"),
            seconds // 3600 % 24,
            [str(hour) for hour in range(24)],
            usual <= 3600 and span >= TIMES * DAY,
        ),
        (tr("Mean by weekday"), (seconds // DAY + 3) % 7, days, usual <= DAY and span >= TIMES * 7 * DAY),
        (
            tr("Mean by month"),
            moment.astype("datetime64[M]").astype(np.int64) % 12,
            [str(month) for month in range(1, 13)],
            usual <= MONTH and span >= TIMES * YEAR,
        ),
    ):
        known = np.isfinite(values)
        counts = np.bincount(which[known], minlength=len(labels))
        if not applies or (counts == 0).sum() > len(labels) - 3:
            continue
        means = np.bincount(which[known], values[known], len(labels)) / np.where(counts > 0, counts, np.nan)
        seen = np.flatnonzero(counts > 0)
        ends = labels[seen[0]], labels[seen[-1]]
        drawn = line(seen.astype(np.float64), means[seen], np.zeros(0, int), *ends, (usually[0], usually[1]))
        found.append({"title": title, "line": drawn, "labels": [labels[place] for place in seen], "across": ""})
    return [each for each in found if each["line"] is not None]


def _names(frame: Frame, found: Purpose, sizes: np.ndarray, whose: np.ndarray) -> list[list[Any]]:
    """Of several series the longest, each with its number of steps."""
    if found.key is None or len(sizes) < 2:
        return []
    told, called = [], names_of_series(frame, found.key)
    for number in np.argsort(-sizes, kind="stable")[:MOST_NAMES]:
        told.append([str(called[int(np.flatnonzero(whose == number)[0])]), int(sizes[number])])
    return told
