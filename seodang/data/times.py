"""When the rows of a table were: one column of dates, or several of years, months, days; and whether they are a series."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seodang.core.later import pandas as pd
from seodang.core.sentences import said
from seodang.data.dates import MONTHS
from seodang.data.frame import Frame

# Names of the parts of a date, and the least and most that each can be.
PARTS = {
    "year": (r"year|yr|연도|년도|년", 1600, 2261),
    "month": (r"month|mon|월", 1, 12),
    "day": (r"day|일", 1, 31),
    "hour": (r"hour|hr|시", 0, 23),
}
_WEEK = (
    r"week|wk|week[ _]?(of[ _]?)?(the[ _]?)?year|week[ _]?(no|nr|num|number)|주|주차",
    1,
    53,
)  # beside a year, of ISO 8601
# Columns of hours beside a column of days, which make one time together: "date, time".
_HOURS = re.compile(r"time|hours?|hr|hh|.*[ _](time|hour)|시각?|시간|.+(시각|시간)", re.I)
_TIME_NAMES = r"(date|time|datetime|timestamp|ds|when|day|month|year|날짜|일자|일시|시각)"
LEAST_TIMES = 20
# Steps are regular where half of them are the usual one, within a fifth (months), and few are longer than so many.
USUAL, WITHIN, FEW_STEPS, MOST_LONG = 0.5, 0.2, 5, 0.05
# A series of its own has at least so many rows; the key of fewer would be a name.
LEAST_OF_A_KEY = 10
_LONG, _ALIKE = 1.5, 0.9  # usual steps beyond which one is long, where so many are alike
_JITTER = 0.002  # of a step
# A column of numbers of such a name that rises by equal steps counts the time: seconds of an experiment, hours of a day.
_ELAPSED = re.compile(r"(t|time|elapsed|clock|timestep|time ?step|시간|시각)([ _(\[].*)?", re.I)
_EQUAL = 0.01  # of a step, by which steps may differ
MOST_FOR_KEYS = 6  # columns that are tried two by two


@dataclass(frozen=True)
class Steps:
    """How times follow one another.

    regular: whether they are those of a series.   step: the usual step.   gaps: steps longer than 5 usual ones, or, where
    nearly all are alike, longer than 1.5.   repeated: rows at a time that another row has.   order: "rising", "falling" or "none".
    """

    regular: bool
    step: np.timedelta64
    gaps: int
    repeated: int
    order: str


def candidates(frame: Frame) -> list[str]:
    """What could say when: columns of dates, those named so first, one of days with the hours beside it ("date, time"); else parts of
    dates together ("year, month")."""
    dates = [column.name for column in frame.columns if column.kind == "date"]
    named = [name for name in dates if re.search(_TIME_NAMES, name, re.I)]
    found = named + [name for name in dates if name not in named]
    return [*_days_and_hours(frame, found), *found] or _parts(frame)


def _days_and_hours(frame: Frame, dates: list[str]) -> list[str]:
    hours = [c.name for c in frame.columns if c.kind == "number" and _HOURS.fullmatch(c.name) and c.distinct > 1]
    for name in dates:
        when = frame.table[name].dropna().to_numpy("datetime64[ns]")
        if not hours or len(np.unique(when)) == len(when) or (when != when.astype("datetime64[D]")).any():
            continue
        values = frame.table[hours[0]].to_numpy(np.float64)
        if not np.isnan(values).any() and values.min() >= 0 and values.max() <= 24:
            return [f"{name}, {hours[0]}"]
    return []


def _parts(frame: Frame) -> list[str]:
    together = []
    for part, within in PARTS.items():
        name = _part(frame, part, within)
        if name is None and part == "month" and together and (week := _part(frame, "week", _WEEK)):
            return [", ".join([*together, week])]
        if name is None:
            break
        together.append(name)
    return [", ".join(together)] if together else []


def _part(frame: Frame, part: str, within: tuple[str, int, int]) -> str | None:
    """The column that is named like a part of a date, where its values can be one."""
    pattern, least, most = within
    for column in frame.columns:
        if re.fullmatch(pattern, column.name, re.I) and column.kind in ("number", "category", "constant"):
            values = _numbers(part, frame.table[column.name])
            fits = not np.isnan(values).any() and values.min() >= least and values.max() <= most
            return column.name if fits and not (values % 1).any() else None
    return None


def elapsed(frame: Frame) -> tuple[str, float] | None:
    """A column of numbers that is named like time and rises by equal steps, and the step; None where there is none."""
    for column in frame.columns:
        if column.kind != "number" or column.missing or not _ELAPSED.fullmatch(column.name) or len(frame) < LEAST_TIMES:
            continue
        moves = np.diff(np.asarray(frame.table[column.name], np.float64))
        step = float(np.median(moves))
        if step > 0 and np.abs(moves - step).max() <= _EQUAL * step:
            return column.name, step
    return None


def moments(frame: Frame, time: str) -> np.ndarray:
    """When each row was, datetime64[ns], NaT where unknown.

    Args:
        time: a column of dates, or columns of their parts, "year, month" or "year, week", or one of days and one of hours, "date, time".
    """
    if time in frame.table.columns:
        values = frame.table[time]
        if pd.api.types.is_datetime64_any_dtype(values):
            return values.to_numpy("datetime64[ns]")
        return _joined({"year": _numbers("year", values)}, len(frame))
    names = [name.strip() for name in time.split(",")]
    if len(names) == 2 and pd.api.types.is_datetime64_any_dtype(frame.table[names[0]]):
        hours = np.asarray(pd.to_numeric(frame.table[names[1]], errors="coerce"), np.float64)
        seconds = np.where(np.isnan(hours), 0, np.round(hours * 3600)).astype("timedelta64[s]")
        days = frame.table[names[0]].to_numpy("datetime64[ns]")
        return np.where(np.isnan(hours), np.datetime64("NaT", "ns"), days + seconds.astype("timedelta64[ns]"))
    parts = dict(zip(PARTS, names, strict=False))
    if len(names) == 2 and re.fullmatch(_WEEK[0], names[1], re.I):
        year, week = (_numbers(part, frame.table[name]) for part, name in zip(("year", "week"), names, strict=True))
        words = [f"{y:.0f} {w:.0f} 1" for y, w in zip(year, week, strict=True)]
        return np.asarray(pd.to_datetime(pd.Series(words), format="%G %V %u", errors="coerce"), "datetime64[ns]")
    return _joined({part: _numbers(part, frame.table[name]) for part, name in parts.items()}, len(frame))


def _numbers(part: str, values: Any) -> np.ndarray:
    """A column of years, months or days as numbers; months may be names."""
    if part == "month" and not pd.api.types.is_numeric_dtype(values.dtype):
        values = values.map(lambda word: MONTHS.get(str(word).lower().rstrip("."), word))
    return np.asarray(pd.to_numeric(values, errors="coerce"), np.float64)


def _joined(parts: dict[str, np.ndarray], rows: int) -> np.ndarray:
    table = pd.DataFrame({"year": parts["year"], "month": 1.0, "day": 1.0}, index=range(rows)).assign(**parts)
    return np.asarray(pd.to_datetime(table, errors="coerce"), "datetime64[ns]")


def steps(times: np.ndarray) -> Steps:
    """How times follow one another.

    >>> steps(np.arange("2021-01-01", "2021-03-01", dtype="datetime64[D]").astype("datetime64[ns]")).regular
    True
    """
    ordered = np.unique(times)
    distances = np.diff(ordered).astype("timedelta64[ns]").astype(np.float64)
    repeated = len(times) - len(ordered)
    moves = np.diff(times).astype("timedelta64[ns]").astype(np.float64)
    order = "rising" if (moves >= 0).all() else "falling" if (moves <= 0).all() else "none"
    if not len(distances):
        return Steps(False, np.timedelta64(0, "ns"), 0, repeated, order)
    step = float(np.median(distances))
    alike = np.abs(distances - step) <= WITHIN * step
    long = long_steps(distances)
    regular = bool(len(ordered) >= LEAST_TIMES and alike.mean() >= USUAL and long.mean() <= MOST_LONG)
    return Steps(regular, np.timedelta64(int(step), "ns"), int(long.sum()), repeated, order)


def long_steps(distances: np.ndarray) -> np.ndarray:
    """(N,) bool: which of the distances from each time to the next are so long that some times are missing between them.

    >>> long_steps(np.array([1.0, 1.0, 2.0, 1.0] + 9 * [1.0])).nonzero()[0].tolist()
    [2]
    """
    step = float(np.median(distances))
    alike = (np.abs(distances - step) <= WITHIN * step).mean()
    return distances > (_LONG if alike > _ALIKE else FEW_STEPS) * step


def key_of(frame: Frame, times: np.ndarray, names: Sequence[str]) -> str | None:
    """The column, or the two together ("store, item"), by which times that repeat come once each: which of several series a row
    belongs to.

    Whole numbers may be names too, of shops 1 to 45: where each comes about as often as the others.
    """
    fitting = []
    for name in names:
        column = frame.column(name)
        if column.missing or not 2 <= column.distinct <= len(frame) // LEAST_OF_A_KEY:
            continue
        if column.kind == "number" and not _may_be_names(frame.table[name]):
            continue
        fitting.append(name)
    for together in [*((name,) for name in fitting), *itertools.combinations(fitting[:MOST_FOR_KEYS], 2)]:
        table = frame.table[list(together)].assign(_when=times)
        if not table.duplicated().any() and len(frame) >= LEAST_OF_A_KEY * len(table[list(together)].drop_duplicates()):
            return ", ".join(together)
    return None


def _may_be_names(values: Any) -> bool:
    often = np.unique(np.asarray(values, np.float64), return_counts=True)[1]
    return bool((values % 1 == 0).all()) and often.min() >= 0.5 * often.max()


def in_words(step: np.timedelta64) -> str:
    """A usual step for a person.

    >>> in_words(np.timedelta64(3600, "s")), in_words(np.timedelta64(30, "D"))
    ('an hour', 'a month')
    """
    seconds = float(step / np.timedelta64(1, "s"))
    if seconds >= 1 and abs(seconds - round(seconds)) <= _JITTER * seconds:  # clocks that are read a little late
        seconds = float(round(seconds))
    known = {
        1: said("a second"),
        60: said("a minute"),
        900: said("15 minutes"),
        3600: said("an hour"),
        86400: said("a day"),
        604800: said("a week"),
    }
    if seconds in known:
        return known[int(seconds)]
    days = seconds / 86400
    for least, most, words in (
        (28, 31, said("a month")),
        (89, 92, said("a quarter")),
        (181, 184, said("half a year")),
        (365, 366, said("a year")),
    ):
        if least <= days <= most:
            return words
    for size, words in (
        (86400, said("{number:g} days")),
        (3600, said("{number:g} hours")),
        (60, said("{number:g} minutes")),
    ):
        if seconds >= size:
            return said(words, number=seconds / size)
    return said("{number:g} seconds", number=seconds)
