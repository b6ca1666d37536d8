"""Series that lie down: a row a series, a column a time (1990, 1991, …); as rows below one another."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.later import pandas as pd
from seodang.core.sentences import said
from seodang.data.columns_made import LEAST_OF_A_CODE, named_like_code
from seodang.data.dates import MONTHS, dates
from seodang.data.frame import Column, Frame
from seodang.data.targets import SURE_NAMES, plain
from seodang.data.times import steps

LEAST = 12  # columns named by times that make one think of series
# Unasked a row is a series where so many columns are times by equal steps, and few are anything else.
LEAST_UNASKED, MOST_OTHERS = 20, 0.5
# Names of four digits may be anything, wavelengths too: unasked they are years where they lie between these.
_FIRST_YEAR, _YEARS_AHEAD = 1800, 30
_NEARLY_ALL = 0.9  # of the rows have the same value in a column that says next to nothing
_YEAR = "(1[6-9]|20|21)[0-9]{2}"
_HOUR = re.compile(r"(?:h|he|hr|hour)?[ _]?([01]?[0-9]|2[0-4])(?::00|시|h)?", re.I)
TIME, VALUE = "time", "value"
NO_NAME = "(none)"  # a series of a whole country beside those of provinces


def named_by_times(names: Sequence[str]) -> dict[str, np.datetime64]:
    """The columns whose names are times that rise or fall from each to the next, and the times; none where they are few.

    >>> found = named_by_times(["town", *(str(year) for year in range(1990, 2003))])
    >>> [*found][-1], str(found["1990"])[:10]
    ('2002', '1990-01-01')
    """
    years = [name for name in names if re.fullmatch(_YEAR, name.strip())]
    if len(years) >= LEAST:
        when = np.array([f"{name.strip()}-01-01" for name in years], "datetime64[ns]")
        return _if_in_order(years, when)
    some = [name for name in names if re.search("[0-9]", name) and len(name) <= 30]
    found = dates(np.array(some, object)) if len(some) >= LEAST else None
    if found is None:
        return {}
    known = ~np.isnat(found.values)
    return _if_in_order([name for name, is_time in zip(some, known, strict=True) if is_time], found.values[known])


def _if_in_order(names: list[str], when: np.ndarray) -> dict[str, np.datetime64]:
    steps = np.diff(when).astype(np.int64)
    if len(names) < LEAST or not ((steps > 0).all() or (steps < 0).all()):
        return {}
    return dict(zip(names, when, strict=True))


def months_across(frame: Frame) -> tuple[str, list[str]] | None:
    """The column of years and the twelve of months, where a table has a row a year and a column a month; None where it has not."""
    names = [column.name for column in frame.columns]
    order = [MONTHS.get(name.strip().lower().rstrip("."), 0) for name in names]
    months = [name for name, month in zip(names, order, strict=True) if month]
    if [month for month in order if month] != list(range(1, 13)) or names.index(months[0]) == 0:
        return None
    year = names[names.index(months[0]) - 1]
    values = _years(frame, year)
    if not np.isfinite(values).all() or (values % 1).any() or values.min() < 1600 or values.max() > 2261:
        return None
    if frame.table.duplicated([name for name in names if name not in months]).any():
        return None
    return (
        (year, months) if all(frame.column(name).kind in ("number", "constant", "empty") for name in months) else None
    )


def hours_across(frame: Frame) -> tuple[str, list[str]] | None:
    """The column of days and the 24 of hours (0 to 23, or 1 to 24), where a table has a row a day and a column an hour; else None."""
    days = [column.name for column in frame.columns if column.kind == "date" and not column.missing]
    hours = [column.name for column in frame.columns if _HOUR.fullmatch(column.name.strip())]
    count = [int(found[1]) for name in hours if (found := _HOUR.fullmatch(name.strip()))]
    if len(days) != 1 or count not in (list(range(24)), list(range(1, 25))):
        return None
    others = [name for name in frame.table.columns if name not in hours]
    if frame.table.duplicated(others).any() or (frame.table[days[0]] != frame.table[days[0]].dt.normalize()).any():
        return None
    return (
        (days[0], hours) if all(frame.column(name).kind in ("number", "constant", "empty") for name in hours) else None
    )


def lies_down(frame: Frame) -> bool:
    """Whether each row can hardly be anything but a series: a number a time, by equal steps, and a few words that name it; or a year,
    with a column a month."""
    for parts in (months_across(frame), hours_across(frame)):
        if parts is not None and len(frame.columns) <= len(parts[1]) + 3:
            return True
    times = named_by_times([column.name for column in frame.columns])
    if len(times) < LEAST_UNASKED or not steps(np.array([*times.values()], "datetime64[ns]")).regular:
        return False
    others = [
        column for column in frame.columns if column.name not in times and column.kind not in ("constant", "empty")
    ]
    if len(others) > MOST_OTHERS * len(times) or any(plain(column.name) in SURE_NAMES for column in others):
        return False
    if re.fullmatch(_YEAR, next(iter(times)).strip()):
        last = datetime.date.today().year + _YEARS_AHEAD
        if not all(_FIRST_YEAR <= int(name) <= last for name in times) or any(
            _measures(frame, each) for each in others
        ):
            return False
    return all(frame.column(name).kind in ("number", "constant", "empty") for name in times)


def _measures(frame: Frame, column: Column) -> bool:
    """Whether a column has amounts that vary, neither codes nor one value nearly everywhere: what could be foretold from the others."""
    if column.kind != "number":
        return False
    values = frame.table[column.name].dropna()
    whole = bool((values % 1 == 0).all())
    if whole and (named_like_code(column.name) or len(values) >= LEAST_OF_A_CODE * column.distinct):
        return False
    return int(values.value_counts().iloc[0]) < _NEARLY_ALL * len(values)


def below_one_another(frame: Frame) -> Frame:
    """A row for each time of each series: the columns that are no times as they are, `time` and `value`. What is missing before a
    series begins and after it ends is left out.

    Raises:
        DataError: No columns are named by times.
    """
    if (found := months_across(frame)) is not None:
        return _months_below(frame, *found)
    if (found := hours_across(frame)) is not None:
        return _hours_below(frame, *found)
    times = named_by_times([column.name for column in frame.columns])
    times = {name: when for name, when in times.items() if frame.column(name).kind in ("number", "constant", "empty")}
    if len(times) < LEAST:
        raise DataError(
            tr(
                "{where} has no {least} columns that are named by times such as 1990 or 2021-03, one after another: "
                "columns.across=true is for such tables.",
                where=frame.where,
                least=LEAST,
            )
        )
    order = sorted(times, key=lambda name: times[name])
    values = _values(frame, order)
    known = np.isfinite(values)
    inside = np.maximum.accumulate(known, 1) & np.maximum.accumulate(known[:, ::-1], 1)[:, ::-1]
    rows, places = np.nonzero(inside)
    when = np.array([times[name] for name in order], "datetime64[ns]")[places]
    note = said(
        "The columns {first} to {last} are times: each row is a series, and its values are put below one another. If they are "
        "columns like others: columns.across=false.",
        first=order[0],
        last=order[-1],
    )
    return _upright(frame, order, values, rows, places, when, note)


def _months_below(frame: Frame, year: str, months: list[str]) -> Frame:
    """A row a month; the months before the first value and after the last one are left out."""
    values = _values(frame, months)
    years = _years(frame, year).astype(np.int64)
    rows, places = (each.ravel() for each in np.indices(values.shape))
    when = ((years[rows] - 1970) * 12 + places).astype("datetime64[M]").astype("datetime64[ns]")
    known = np.flatnonzero(np.isfinite(values.ravel()))
    inside = (when >= when[known].min()) & (when <= when[known].max()) if len(known) else np.zeros(len(when), bool)
    note = said(
        "Each row is a year of {year} and has a column a month: they are put below one another. If they are columns like others: "
        "columns.across=false.",
        year=year,
    )
    return _upright(frame, months, values, rows[inside], places[inside], when[inside], note, year)


def _hours_below(frame: Frame, day: str, hours: list[str]) -> Frame:
    """A row an hour."""
    values = _values(frame, hours)
    rows, places = (each.ravel() for each in np.indices(values.shape))
    found = _HOUR.fullmatch(hours[0].strip())
    assert found, "hours_across found them"
    first = int(found[1])
    when = frame.table[day].to_numpy("datetime64[ns]")[rows] + (places + first).astype("timedelta64[h]")
    note = said(
        "Each row is a day of {day} and has a column an hour: they are put below one another. If they are columns like others: "
        "columns.across=false.",
        day=day,
    )
    return _upright(frame, hours, values, rows, places, when, note, day)


def _years(frame: Frame, name: str) -> np.ndarray:
    values = frame.table[name]
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.dt.year.to_numpy(np.float64)
    return np.asarray(pd.to_numeric(values, errors="coerce"), np.float64)


def _values(frame: Frame, names: list[str]) -> np.ndarray:
    return np.stack([np.asarray(pd.to_numeric(frame.table[name], errors="coerce"), np.float64) for name in names], 1)


def _upright(
    frame: Frame,
    order: list[str],
    values: np.ndarray,
    rows: np.ndarray,
    places: np.ndarray,
    when: np.ndarray,
    note: str,
    year: str = "",
) -> Frame:
    """The frame with a row for each of the values at `rows` and `places`, at these times."""
    times = {*order, year}
    others = [column for column in frame.columns if column.name not in times]
    names = [column.name for column in others]
    time, value = (_free(name, names) for name in (TIME, VALUE))
    lying, others = _named_apart(cast(pd.DataFrame, frame.table[names]), others)
    table = lying.iloc[rows].reset_index(drop=True)
    table[time] = when
    table[value] = values[rows, places]
    columns = [replace(column, kind="category") if column.kind == "id" else column for column in others]
    columns.append(
        Column(time, "date", said("the names of {count:,} columns", count=len(order)), 0, len(np.unique(when)))
    )
    missing, different = int((~np.isfinite(table[value])).sum()), int(table[value].nunique())
    columns.append(Column(value, "number", said("what stands in these columns"), missing, different))
    return replace(
        frame,
        table=table,
        columns=tuple(columns),
        ids=[f"{frame.ids[row]}, {order[step]}" for row, step in zip(rows.tolist(), places.tolist(), strict=True)],
        splits=frame.splits[rows],
        notes=(*frame.notes, note),
        across=True,
    )


def _named_apart(table: pd.DataFrame, others: list[Column]) -> tuple[pd.DataFrame, list[Column]]:
    """The columns that name the series, with a word where some have none (no province), if only so each series has a name of its own."""
    words = [column.name for column in others if column.kind in ("category", "id")]
    gaps = [column.name for column in others if column.name in words and column.missing]
    alone = any(table[name].notna().all() and table[name].is_unique for name in words)
    if not gaps or alone or table[words].duplicated().any():
        return table, others
    table = table.assign(**{name: table[name].astype(object).where(table[name].notna(), NO_NAME) for name in gaps})
    return table, [
        replace(column, missing=0, distinct=column.distinct + 1) if column.name in gaps else column for column in others
    ]


def _free(name: str, taken: Sequence[str]) -> str:
    while name in taken:
        name += "_"
    return name
