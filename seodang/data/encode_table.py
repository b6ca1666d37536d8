"""Rows of a table as numbers: fitted on the training rows, saved with the run, used for every row that comes later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seodang.core.errors import DataError, did_you_mean
from seodang.core.language import tr
from seodang.core.later import pandas as pd
from seodang.core.spec import Spec
from seodang.data.facts import Facts
from seodang.data.frame import Frame, refuse_missing
from seodang.data.reading import Columns

# A category has at most so many values of its own; rarer ones, and those that come later, share the code 0.
MOST_VALUES = 256
# Of one value so many training rows: one row teaches nothing that would hold for another.
LEAST_ROWS = 2
QUANTILES = 256
# Of a date, what pandas calls each part, by the name that is shown.
PARTS = {"year": "year", "month": "month", "day": "day", "weekday": "day_of_week", "hour": "hour"}
# Farther from zero than this float32 has no numbers; half of it leaves room to add.
LARGEST = 1.7e38
# A scaled number is brought this near: a network multiplies it, and infinity has no answer. No real value is so many deviations off.
FARTHEST = 1e12


@dataclass(frozen=True)
class Number:
    """A column of numbers. A missing value becomes `fill` (the median), and where training rows miss some, `marks` adds a column
    that is 1 there. Then (x - centre) / scale; with `quantiles`, first the rank among them brought to a bell curve.

    low, high: the least and the largest of the training rows.
    """

    name: str
    fill: float
    centre: float
    scale: float
    marks: bool = False
    quantiles: tuple[float, ...] = ()
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True)
class Category:
    """A column of names: code 1 is values[0]; 0 is missing, rare or never seen."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class TableEncoding:
    """How rows of a table go into a network: (F,) float32, first the numbers, then marks of missing ones, then codes."""

    numbers: tuple[Number, ...]
    categories: tuple[Category, ...]
    target: str | None
    facts: Facts
    kinds: dict[str, str]
    left: dict[str, str]
    one_hot: bool = False
    form: str = "table"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the network sees, as they are called in the table."""
        return tuple(
            dict.fromkeys([_whole(each.name) for each in self.numbers] + [each.name for each in self.categories])
        )

    @property
    def features(self) -> tuple[str, ...]:
        """What each of the F numbers is."""
        marks = tuple(f"{each.name} missing" for each in self.numbers if each.marks)
        names = tuple(each.name for each in self.categories)
        if self.one_hot:
            names = tuple(f"{each.name} = {value}" for each in self.categories for value in each.values)
        return tuple(each.name for each in self.numbers) + marks + names

    @property
    def groups(self) -> dict[str, list[int]]:
        """Which of the F numbers come from each of `columns`; every number is in one group."""
        origins = [_whole(each.name) for each in self.numbers]
        origins += [_whole(each.name) for each in self.numbers if each.marks]
        origins += [each.name for each in self.categories for _ in (each.values if self.one_hot else [None])]
        return {name: [place for place, one in enumerate(origins) if one == name] for name in self.columns}

    def inputs(self, frame: Frame) -> Tensor:
        """Rows (N) to (N, F) float32. Raises DataError where a column is missing."""
        refuse_missing(frame, self.columns)
        table = with_parts(frame.table)
        found: list[np.ndarray] = []
        raw = [numbers_in(table, each.name) for each in self.numbers]
        found += [_scaled(values, each) for values, each in zip(raw, self.numbers, strict=True)]
        found += [np.isnan(values) for values, each in zip(raw, self.numbers, strict=True) if each.marks]
        for each in self.categories:
            codes = _codes(table[each.name], each.values)
            found += [codes == code for code in range(1, len(each.values) + 1)] if self.one_hot else [codes]
        rows = np.stack([np.asarray(values, np.float32) for values in found], 1) if found else np.zeros((len(table), 0))
        return torch.from_numpy(np.ascontiguousarray(rows, np.float32))

    def targets(self, frame: Frame) -> Tensor:
        """What is to be foretold: (N,) int64 class indices, or (N, 1) float32 amounts."""
        return targets_of(frame, self.target, self.facts)

    def as_plain(self) -> dict[str, Any]:
        """Fit for JSON."""
        return asdict(self)

    @staticmethod
    def from_plain(plain: dict[str, Any]) -> TableEncoding:
        """Back from `as_plain`."""
        return TableEncoding(
            numbers=tuple(Number(**{**each, "quantiles": tuple(each["quantiles"])}) for each in plain["numbers"]),
            categories=tuple(Category(each["name"], tuple(each["values"])) for each in plain["categories"]),
            target=plain["target"],
            facts=Facts.from_plain(plain["facts"]),
            kinds=plain["kinds"],
            left=plain["left"],
            one_hot=plain["one_hot"],
        )


def fit_table(
    frame: Frame,
    train: np.ndarray,
    features: Sequence[str],
    target: str | None,
    settings: Columns,
    left: dict[str, str],
    classes: tuple[str, ...],
) -> TableEncoding:
    """Learn from the training rows alone how each column is scaled and which categories there are.

    Args:
        train: Indices of the training rows.
        features: The columns that the network sees.
        target: The column that is foretold; None where the rows are to be put out again.
        left: Columns that it does not, and why.
        classes: In the order of their indices; empty where an amount is foretold.
    """
    table = with_parts(frame.table.iloc[train], features)
    numbers, categories, dates = [], [], []
    for name in features:
        kind = frame.column(name).kind
        if kind == "number":
            numbers.append(_fit_number(name, numbers_in(table, name), settings.numbers))
        elif kind == "date":
            dates += [_fit_number(part, numbers_in(table, part), settings.numbers) for part in _parts(name)]
        else:
            counts = table[name].value_counts().to_dict()
            values = [str(value) for value, count in counts.items() if count >= LEAST_ROWS][:MOST_VALUES]
            categories.append(Category(name, tuple(sorted(values))))
    numbers += [each for each in dates if each.scale > 0]  # the hour of days, the year of one year: nothing
    marks = sum(each.marks for each in numbers)
    sizes, one_hot = [len(each.values) for each in categories], settings.categories == "one_hot"
    codes = () if one_hot else tuple(size + 1 for size in sizes)
    inputs = Spec((len(numbers) + marks + (sum(sizes) if one_hot else len(sizes)),), codes)
    facts = Facts(classes=classes, inputs=inputs)
    if target is not None and not classes:
        facts = amounts(frame, train, (target,), settings, inputs)
    kinds: dict[str, str] = {name: frame.column(name).kind for name in (*features, *([target] if target else []))}
    return TableEncoding(tuple(numbers), tuple(categories), target, facts, kinds, left, one_hot)


def amounts(
    frame: Frame, train: np.ndarray, targets: tuple[str, ...], settings: Columns, inputs: Spec, **more: Any
) -> Facts:
    """Facts of columns that are foretold as amounts: what is taken off and divided by, from the training rows."""
    values = np.concatenate([_amounts(frame, target)[train] for target in targets], 1)
    if settings.scale_target == "standard":
        centre, scale = values.mean(0), values.std(0)
    elif settings.scale_target == "minmax":
        centre, scale = values.min(0), np.ptp(values, axis=0)
    else:
        centre, scale = np.zeros(len(targets)), np.ones(len(targets))
    scale = np.where(scale > 0, scale, 1.0)
    return Facts(targets=targets, centre=tuple(centre.tolist()), scale=tuple(scale.tolist()), inputs=inputs, **more)


def targets_of(frame: Frame, target: str | None, facts: Facts) -> Tensor:
    """The target column as class indices (N,) int64 (by the names in `facts.classes`), or as amounts (N, 1) float32."""
    if target is None or target not in frame.table.columns:
        raise DataError(
            tr(
                "{where} has no column {target!r}, which is what the network foretells. {hint}",
                where=frame.where,
                target=target,
                hint=did_you_mean(str(target), map(str, frame.table.columns)),
            )
        )
    if not facts.classes:
        return torch.from_numpy(_amounts(frame, target).astype(np.float32))
    names = class_names(frame.table[target])
    index = {name: position for position, name in enumerate(facts.classes)}
    strange = sorted({name for name in names if name not in index})
    if strange:
        raise DataError(
            tr(
                "{where} has {target} {values}, which the network was not trained on. It knows {classes}.",
                where=frame.where,
                target=target,
                values=", ".join(map(repr, strange[:10])),
                classes=", ".join(facts.classes[:20]),
            )
        )
    return torch.tensor([index[name] for name in names], dtype=torch.int64)


def _amounts(frame: Frame, target: str) -> np.ndarray:
    values = np.asarray(frame.table[target], np.float64).reshape(-1, 1)
    if len(values) and not np.abs(values).max() < LARGEST:
        raise DataError(
            tr(
                "{target} has values such as {value:g}, too large to compute with ({most:g} at most). "
                "Divide the column, or foretell its logarithm.",
                target=target,
                value=values[np.abs(values).argmax(), 0],
                most=LARGEST,
            )
        )
    return values


def class_names(values: Any) -> list[str]:
    """A target column's values as names of classes; whole numbers without a decimal point.

    >>> class_names(pd.Series([1.0, 0.0])), class_names(pd.Series([0.5, "x"]))
    (['1', '0'], ['0.5', 'x'])
    """
    return [str(int(v)) if isinstance(v, float) and v.is_integer() else str(v) for v in values.tolist()]


def with_parts(table: pd.DataFrame, names: Sequence[str] | None = None) -> pd.DataFrame:
    """The table with columns for year, month, day, weekday and hour beside every column of dates."""
    dates = [name for name in (names or table.columns) if pd.api.types.is_datetime64_any_dtype(table[name])]
    if not dates:
        return table
    found = {
        label: getattr(table[name].dt, part).astype("float64")
        for name in dates
        for label, part in zip(_parts(name), PARTS.values(), strict=True)
    }
    return pd.concat([table, pd.DataFrame(found, index=table.index)], axis=1)


def _parts(name: str) -> list[str]:
    return [f"{name} · {part}" for part in PARTS]


def _whole(name: str) -> str:
    """The column that a part of a date comes from; any other column is itself."""
    start, _, end = name.rpartition(" · ")
    return start if end in PARTS and start else name


def numbers_in(table: pd.DataFrame, name: str) -> np.ndarray:
    """A column as (N,) float64, NaN where there is no finite number."""
    values = np.asarray(pd.to_numeric(table[name], errors="coerce"), np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def _fit_number(name: str, values: np.ndarray, how: str) -> Number:
    known = values[~np.isnan(values)]
    if not len(known):
        return Number(name, 0.0, 0.0, 0.0)
    fill, low, high = float(np.median(known)), float(known.min()), float(known.max())
    filled = np.where(np.isnan(values), fill, values)
    centre, scale, points = 0.0, 1.0, np.zeros(0)
    if how == "minmax":
        centre, scale = low, high - low
    elif how != "none":
        if how == "quantile" and low < high:
            points = np.unique(np.quantile(known, np.linspace(0, 1, QUANTILES)))
            filled = _bell(filled, points)
        unit = float(np.abs(filled).max()) or 1.0  # the square of 1e300 is no number
        centre, scale = float((filled / unit).mean() * unit), float((filled / unit).std() * unit)
    marks = len(known) < len(values)
    return Number(name, fill, centre, scale, marks, tuple(points.tolist()), low, high)


def _scaled(values: np.ndarray, column: Number) -> np.ndarray:
    filled = np.where(np.isnan(values), column.fill, values)
    if column.quantiles:
        filled = _bell(filled, np.array(column.quantiles))
    if column.scale <= 0:
        return np.zeros(len(values))
    with np.errstate(over="ignore"):
        return ((filled - column.centre) / column.scale).clip(-FARTHEST, FARTHEST)


def _bell(values: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Values to the bell curve by their rank among `points`: the inverse of the normal distribution, cut at ±3."""
    from statistics import NormalDist

    share = np.interp(values, points, np.linspace(0, 1, len(points)))
    grid = np.linspace(0.00135, 0.99865, 1025)  # the normal curve between -3 and 3
    bell = np.array([NormalDist().inv_cdf(each) for each in grid])
    return np.interp(share, np.linspace(0, 1, 1025), bell)


def _codes(values: Any, known: tuple[str, ...]) -> np.ndarray:
    index = {name: code for code, name in enumerate(known, start=1)}
    plain = Counter(name.casefold() for name in known)
    spelt = {name.casefold(): code for name, code in index.items() if plain[name.casefold()] == 1}

    def code_of(value: Any) -> int:  # OSLO is Oslo where there is but one
        word = str(value)
        return index[word] if word in index else spelt.get(word.casefold(), 0)

    return np.array([0 if value is None else code_of(value) for value in values.tolist()], np.float32)
