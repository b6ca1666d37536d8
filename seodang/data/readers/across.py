"""Series that lie down: a row a series, a column a time (1990, 1991, …); as rows below one another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.later import pandas as pd
from seodang.core.sentences import said
from seodang.data.dates import dates
from seodang.data.frame import Column, Frame

LEAST = 12  # columns named by times that make one think of series
TIME, VALUE = "time", "value"


def named_by_times(names: Sequence[str]) -> dict[str, np.datetime64]:
    """The columns whose names are times that rise or fall from each to the next, and the times; none where they are few.

    >>> found = named_by_times(["town", *(str(year) for year in range(1990, 2003))])
    >>> [*found][-1], str(found["1990"])[:10]
    ('2002', '1990-01-01')
    """
    years = [name for name in names if re.fullmatch("(1[6-9]|20|21)[0-9]{2}", name.strip())]
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


def below_one_another(frame: Frame) -> Frame:
    """A row for each time of each series: the columns that are no times as they are, `time` and `value`. What is missing before a
    series begins and after it ends is left out.

    Raises:
        DataError: No columns are named by times.
    """
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
    values = np.stack([np.asarray(pd.to_numeric(frame.table[name], errors="coerce"), np.float64) for name in order], 1)
    known = np.isfinite(values)
    inside = np.maximum.accumulate(known, 1) & np.maximum.accumulate(known[:, ::-1], 1)[:, ::-1]
    rows, steps = np.nonzero(inside)
    others = [column for column in frame.columns if column.name not in times]
    names = [column.name for column in others]
    time, value = (_free(name, names) for name in (TIME, VALUE))
    table = frame.table[names].iloc[rows].reset_index(drop=True)
    table[time] = np.array([times[name] for name in order], "datetime64[ns]")[steps]
    table[value] = values[rows, steps]
    columns = [replace(column, kind="category") if column.kind == "id" else column for column in others]
    columns.append(Column(time, "date", said("the names of {count:,} columns", count=len(order)), 0, len(order)))
    missing, different = int((~np.isfinite(table[value])).sum()), int(table[value].nunique())
    columns.append(Column(value, "number", said("what stands in these columns"), missing, different))
    note = said(
        "The columns {first} to {last} are times: each row is a series, and its values are put below one another.",
        first=order[0],
        last=order[-1],
    )
    return replace(
        frame,
        table=table,
        columns=tuple(columns),
        ids=[f"{frame.ids[row]}, {order[step]}" for row, step in zip(rows.tolist(), steps.tolist(), strict=True)],
        splits=frame.splits[rows],
        notes=(*frame.notes, note),
    )


def _free(name: str, taken: Sequence[str]) -> str:
    while name in taken:
        name += "_"
    return name
