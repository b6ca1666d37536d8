"""What a page shows of each column: how its values lie, what is missing, and how far it goes with the target."""

# N rows · K classes or groups · B bins
from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from seodang.core.language import tr
from seodang.core.numbers import short
from seodang.data.encode_table import class_names
from seodang.data.frame import Column, Frame
from seodang.data.purposes import Purpose

BINS, NAMES = 24, 6  # of a histogram; values of a column of names that are shown one by one
MOST_COLUMNS, MOST_ROWS = 60, 20_000  # that are drawn; rows that a drawing is made of
COLOURED = 3  # classes that have a colour each
MOST_GROUPS = 100  # different names beyond which nothing is said of how they go with the target
TAIL, LONG = 0.01, 3.0  # of a histogram whose range is so many times that of its middle, the ends are gathered
FEW = 10  # rows
DAY, LONG_AGO = 86_400, 100 * 86_400  # seconds; of a longer time hours are not told


def sketches(
    frame: Frame, found: Purpose | None, classes: list[str], hidden: Collection[str | None] = ()
) -> list[dict[str, Any]]:
    """Of every column (the first 60) but those hidden: name, kind, missing, distinct, and `bars` or `names`; `strength` where it can
    be said.

    Rows of a test split that the data gives are left out, and of many rows every so many-th is taken.

    Returns: a list of {column, drawing, strength (0 to 1 or None), direction (-1, 0, 1)}. A drawing is {bars: [[height of each
        class]], left, right, unit} of numbers and dates, or {names: [[name, share]], others} of names; None where there is none.
    """
    frame = frame.select(some(frame))
    table: Any = frame.table
    target = None if found is None or found.target is None or found.target not in table else found.target
    groups = coloured(labels_of(frame, target, classes), classes)
    made = []
    for column in frame.columns[:MOST_COLUMNS]:
        if column.name not in table or column.name in hidden:
            continue
        values = table[column.name]
        strength, direction = (None, 0)
        if target is not None and column.name != target and found is not None and found.form == "table":
            strength, direction = goes_with(values, column, table[target], frame.column(target), bool(classes))
        made.append(
            {"column": column, "drawing": drawing(values, column, groups), "strength": strength, "direction": direction}
        )
    return made


def some(frame: Frame) -> np.ndarray:
    """The rows that are drawn: none of a given test split, and of many every so many-th."""
    rows = np.flatnonzero(np.asarray(frame.splits) != "test")
    rows = rows if len(rows) else np.arange(len(frame))
    return rows[:: max(1, -(-len(rows) // MOST_ROWS))]


def labels_of(frame: Frame, target: str | None, classes: list[str]) -> np.ndarray:
    """(N,) int64, which of the classes each row has, -1 where it has none; 0 in every row where there are no classes."""
    if target is None or not classes:
        return np.zeros(len(frame), np.int64)
    known = np.asarray(frame.table[target].notna())
    places, labels = {name: place for place, name in enumerate(classes)}, np.full(len(frame), -1, np.int64)
    labels[known] = [places.get(name, -1) for name in class_names(frame.table[target][known])]
    return labels


def coloured(labels: np.ndarray, classes: list[str]) -> np.ndarray:
    """(N,) the labels, where there are few enough classes to have a colour each; else 0."""
    return labels if 2 <= len(classes) <= COLOURED else np.zeros_like(labels)


def drawing(values: pd.Series, column: Column, groups: np.ndarray) -> dict[str, Any] | None:
    """How a column's values lie, by class where there are few: a histogram, or the commonest names with their shares."""
    if column.kind in ("number", "date"):
        return histogram(as_numbers(values, column), groups, is_date=column.kind == "date")
    if column.kind == "category":
        counts = values.value_counts()
        total = int(counts.sum())
        if not total:
            return None
        shown = [[str(name), count / total] for name, count in counts.head(NAMES).items()]
        return {"names": shown, "others": max(0, column.distinct - len(shown))}
    return None


def as_numbers(values: pd.Series, column: Column) -> np.ndarray:
    """(N,) float64, NaN where missing; dates as seconds since 1970."""
    if column.kind == "date":
        seconds = values.to_numpy("datetime64[ns]").astype("datetime64[us]")
        found = seconds.astype(np.int64).astype(np.float64) / 1e6
        found[np.isnat(seconds)] = np.nan
        return found
    return values.to_numpy(np.float64)


def histogram(
    values: np.ndarray, groups: np.ndarray, *, is_date: bool = False, is_whole: bool = False
) -> dict[str, Any] | None:
    """Heights of bars as shares of the highest, for each class (B, K); and what stands at the two ends.

    Where a few values lie far out, the first and last bar hold them too, and their ends say so with ≤ and ≥.
    """
    known = np.isfinite(values) & (groups >= 0)
    values, groups = values[known], groups[known]
    if not len(values):
        return None
    low, high = float(values.min()), float(values.max())
    inner = [float(each) for each in np.quantile(values, [TAIL, 1 - TAIL])]
    gathered = len(values) >= FEW and high - low > LONG * (inner[1] - inner[0]) > 0
    least, most = inner if gathered else (low, high)
    whole = is_whole or bool((values == np.round(values)).all())
    count = BINS if not whole else int(min(BINS, most - least + 1))
    if whole and not gathered and most - least + 1 <= BINS:
        edges = np.arange(least - 0.5, most + 1)
    else:
        edges = np.linspace(least, most if most > least else least + 1, max(2, count + 1))
    heights = np.stack(
        [np.histogram(values[groups == group].clip(least, most), edges)[0] for group in range(int(groups.max()) + 1)], 1
    )
    most_of_all = max(1, int(heights.sum(1).max()))
    whole_days = is_date and high - low > LONG_AGO
    told = (lambda each: date_of(each // DAY * DAY if whole_days else each)) if is_date else short
    ends = [told(least), told(most)]
    return {
        "bars": (heights / most_of_all).round(4).tolist(),
        "left": f"≤ {ends[0]}" if gathered and low < least else ends[0],
        "right": f"≥ {ends[1]}" if gathered and high > most else ends[1],
        "highest": most_of_all,
        "middle": told(float(np.median(values))),
    }


def date_of(seconds: float) -> str:
    """Seconds since 1970 as a date, with its hour where that is not midnight.

    >>> date_of(86400.0), date_of(3600.0)
    ('1970-01-02', '1970-01-01 01:00')
    """
    moment: Any = pd.Timestamp(round(seconds), unit="s")
    return moment.strftime("%Y-%m-%d" if moment == moment.normalize() else "%Y-%m-%d %H:%M")


# How far a column goes with the target --------------------------------------------------------------------------------------


def goes_with(
    values: pd.Series, column: Column, target: pd.Series, target_column: Column, is_class: bool
) -> tuple[float | None, int]:
    """How far a column goes with the target, 0 not at all to 1 entirely, and in which direction where both are amounts.

    Amounts: Spearman's rank correlation. An amount and groups: the correlation ratio of ranks. Names on both sides: Cramér's V.
    The last two without what chance alone would give (https://doi.org/10.1016/j.jkss.2012.10.002).
    """
    first, second = _side(values, column, False), _side(target, target_column, is_class)
    if first is None or second is None:
        return None, 0
    known = _known(first) & _known(second)
    if known.sum() < FEW:
        return None, 0
    one, other = first[known], second[known]
    if one.dtype.kind == "f" and other.dtype.kind == "f":
        rho = _correlation(pd.Series(one).rank().to_numpy(), pd.Series(other).rank().to_numpy())
        return round(abs(rho), 4), int(np.sign(rho))
    if one.dtype.kind == "f":
        return round(ratio(one, other), 4), 0
    if other.dtype.kind == "f":
        return round(ratio(other, one), 4), 0
    return round(cramers_v(one, other), 4), 0


def _side(values: pd.Series, column: Column, is_class: bool) -> np.ndarray | None:
    """(N,) float64 of an amount; int64 group numbers, -1 where missing, of names; None of what is neither."""
    if column.kind in ("number", "date") and not is_class:
        return as_numbers(values, column)
    if column.kind == "category" or (is_class and column.kind == "number"):
        codes, names = pd.factorize(values)
        return codes.astype(np.int64) if 2 <= len(names) <= MOST_GROUPS else None
    return None


def _known(side: np.ndarray) -> np.ndarray:
    return np.isfinite(side) if side.dtype.kind == "f" else side >= 0


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    one, other = one - one.mean(), other - other.mean()
    size = math.sqrt(float((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / size if size else 0.0


def ratio(amounts: np.ndarray, groups: np.ndarray) -> float:
    """The correlation ratio of an amount's ranks (N,) and groups (N,): the root of the share of their spread that groups explain.

    >>> ratio(np.arange(20.0), np.repeat([0, 1], 10)) > 0.8
    True
    """
    ranks = pd.Series(amounts).rank().to_numpy()
    counts = np.bincount(groups)
    means = np.bincount(groups, ranks) / np.maximum(counts, 1)
    whole = float(((ranks - ranks.mean()) ** 2).sum())
    if not whole:
        return 0.0
    explained = float((counts * (means - ranks.mean()) ** 2)[counts > 0].sum()) / whole
    used, rows = int((counts > 0).sum()), len(ranks)
    return math.sqrt(max(0.0, 1 - (1 - explained) * (rows - 1) / max(1, rows - used)))


def cramers_v(one: np.ndarray, other: np.ndarray) -> float:
    """Cramér's V of two groupings (N,), with Bergsma's correction.

    >>> cramers_v(np.tile([0, 1], 50), np.tile([0, 1], 50)), cramers_v(np.tile([0, 1], 50), np.repeat([0, 1], 50))
    (1.0, 0.0)
    """
    table = np.zeros((one.max() + 1, other.max() + 1))
    np.add.at(table, (one, other), 1)
    table = table[table.sum(1) > 0][:, table.sum(0) > 0]
    rows, (high, wide) = table.sum(), table.shape
    if min(high, wide) < 2:
        return 0.0
    expected = table.sum(1, keepdims=True) * table.sum(0, keepdims=True) / rows
    spread = float(((table - expected) ** 2 / expected).sum()) / rows
    spread = max(0.0, spread - (high - 1) * (wide - 1) / (rows - 1))
    high, wide = high - (high - 1) ** 2 / (rows - 1), wide - (wide - 1) ** 2 / (rows - 1)
    return min(1.0, math.sqrt(spread / max(1e-12, min(high, wide) - 1)))


def first_rows(frame: Frame, columns: int = 12, rows: int = 8) -> dict[str, Any]:
    """The first rows as they were read, cut to what a page can hold."""
    names = [column.name for column in frame.columns if column.name in frame.table][:columns]
    shown = [[_cell(value) for value in row] for row in frame.table[names].head(rows).itertuples(index=False)]
    return {"names": names, "rows": shown, "more": len(frame.columns) - len(names)}


def _cell(value: Any, most: int = 60) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return tr("missing")
    if isinstance(value, float):
        return f"{value:,.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:.6g}"
    if isinstance(value, pd.Timestamp):
        return date_of(value.timestamp())
    text = " ".join(str(value).split())
    return text if len(text) <= most else text[: most - 1] + "…"
