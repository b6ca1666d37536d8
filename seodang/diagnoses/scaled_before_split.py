"""Columns were scaled before the split: the scale was learnt from what is to judge, too."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from seodang.core.language import tr
from seodang.data.encode_series import SeriesEncoding
from seodang.diagnoses.case import Case
from seodang.diagnoses.diagnosis import CARE, WORSE, Diagnosis, NotChecked, grade

# How far mean and deviation may be from 0 and 1, in deviations, to be called scaled: values in a file are rounded. Of N rows that
# nobody scaled, the mean is about 1 / sqrt(N) from any number that was meant.
EXACT = 1e-3
# A share of something lies between 0 and 1 by nature, and reaches both often; a scaled column reaches each once or twice.
ENDS = 2
LEAST_ROWS, LEAST_VALUES = 50, 20
# Of a table so many columns must be scaled, and at least half of those that hold broken numbers: one alone may be so by nature.
LEAST_COLUMNS = 2


def scaled_before_split(case: Case) -> Iterator[Diagnosis]:
    """Columns were scaled before the split: over all rows they are exactly 0 to 1, or of mean 0 and deviation 1; over training not."""
    case.costs()
    if case.purpose.form not in ("table", "series"):
        return
    values, train = _series(case) if case.purpose.form == "series" else _table(case)
    broken = {name: each for name, each in values.items() if _is_broken(each)}
    scaled = [name for name, each in broken.items() if _is_scaled(each)]
    # Scaled by training alone, training is exact and all rows are not: the other way about the scaler saw the rest.
    seen = [name for name in scaled if not _is_scaled(broken[name][train])]
    least = 1 if case.purpose.form == "series" else LEAST_COLUMNS
    if len(seen) < least or 2 * len(scaled) < len(broken):
        return
    name = seen[0]
    told = {"name": name, "count": len(seen), "of": len(broken)}
    low, high = (float(end(broken[name])) for end in (np.min, np.max))
    is_range = (low, high) == (0.0, 1.0)
    evidence = (
        tr(
            "{count} of {of} columns of broken numbers reach exactly 0 and 1 over all rows, but not over training alone; {name}, for "
            "example, is {least:.3f} to {most:.3f} there.",
            least=float(broken[name][train].min()),
            most=float(broken[name][train].max()),
            **told,
        )
        if is_range
        else tr(
            "{count} of {of} columns of broken numbers have mean 0 and one deviation over all rows, but not over training alone; the "
            "mean of {name}, for example, is {mean:.3f} deviations there.",
            mean=float(broken[name][train].mean() / broken[name].std()),
            **told,
        )
    )
    yield Diagnosis(
        tr("The columns were scaled before the split."),
        evidence,
        tr("Their scale was learnt from the rows that judge, too: of a series it tells how high the future goes.")
        if case.purpose.form == "series"
        else tr(
            "Their scale was learnt from the rows that judge, too; among many rows that is little, among few it is not."
        ),
        tr("Give the numbers as they were measured: Seodang learns its scales from the training rows alone."),
        grade(WORSE if case.purpose.form == "series" and is_range else CARE, len(seen) / max(1, len(broken))),
        {"columns": seen, "of": len(broken)},
    )


def _table(case: Case) -> tuple[dict[str, np.ndarray], np.ndarray]:
    splits = np.asarray(case.frame.splits)
    train = splits == "train"
    if not train.any() or train.all():
        raise NotChecked
    table = case.frame.table
    names = [name for name in case.purpose.features if case.frame.column(name).kind == "number"]
    found = {name: np.asarray(table[name], np.float64) for name in names}
    return {name: each for name, each in found.items() if np.isfinite(each).all()}, train


def _series(case: Case) -> tuple[dict[str, np.ndarray], np.ndarray]:
    data = case.encoded
    encoding = data.encoding
    assert isinstance(encoding, SeriesEncoding), "a series"
    names = (encoding.target,)
    values = encoding.values(data.source, names)
    train = np.zeros(len(values), bool)
    train[: int(data.division.train.max(initial=-1)) + 1] = True
    if train.all() or not train.any():
        raise NotChecked
    known = np.isfinite(values).all(1)
    return {name: values[known, at].astype(np.float64) for at, name in enumerate(names)}, train[known]


def _is_broken(values: np.ndarray) -> bool:
    """Whether a column holds enough numbers, with parts after the point: codes and counts are scaled by nobody."""
    return len(values) >= LEAST_ROWS and len(np.unique(values)) >= LEAST_VALUES and bool((values % 1 != 0).any())


def _is_scaled(values: np.ndarray) -> bool:
    """Whether numbers are exactly 0 to 1, or of mean 0 and deviation (or length) 1.

    >>> numbers = np.random.default_rng(0).normal(3, 2, 200)
    >>> _is_scaled(numbers), _is_scaled((numbers - numbers.mean()) / numbers.std())
    (False, True)
    """
    if len(values) < 2:
        return False
    low, high, spread = values.min(), values.max(), values.std()
    if (low, high) == (0.0, 1.0):
        return (values == 0).sum() <= ENDS and (values == 1).sum() <= ENDS
    if not spread or abs(values.mean()) > EXACT * spread:
        return False
    units = (spread, values.std(ddof=1), np.sqrt((values**2).sum()))
    return any(abs(unit - 1) <= EXACT for unit in units)
