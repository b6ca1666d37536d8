"""Columns that give the answer away: those that say the same as the target in other words."""

from __future__ import annotations

import numpy as np

from seodang.core.later import pandas as pd

# Of the rows outside the largest class so many may be said wrongly, and it still gives the answer away.
SLACK = 0.005
# Fewer rows, or fewer outside the largest class, agree by chance.
LEAST_ROWS, LEAST_OTHERS = 20, 5
# An amount follows from another where the ranks agree so far, and the gaps that remain are noise of rounding.
SAME_ORDER = 0.99995
_FEW = 200  # rows that show that two columns do not go together at all
# A class is an amount's only where each value comes so often; otherwise every column of names would tell it.
LEAST_REPEATS = 5


def gives_away(values: pd.Series, target: pd.Series, *, classes: bool) -> bool:
    """Whether a column determines the target (nearly) one to one.

    Args:
        values: (N,) numbers or strings.   target: (N,) the same rows.
        classes: whether the target is one of classes, or an amount.

    >>> survived = pd.Series([0.0, 1.0, 1.0] * 20)
    >>> gives_away(survived.map({0: "no", 1: "yes"}), survived, classes=True)
    True
    >>> gives_away(pd.Series(range(60), dtype=float), survived, classes=True)
    False
    """
    known = np.asarray(values.notna() & target.notna())
    if known.sum() < max(LEAST_ROWS, 0.5 * np.asarray(target.notna()).sum()):
        return False
    numeric = pd.api.types.is_numeric_dtype(values.dtype)
    column, answers = values[known], target[known]
    if classes:
        codes = pd.factorize(answers, sort=True)[0]
        return _tells_class(np.asarray(column, np.float64) if numeric else None, pd.factorize(column)[0], codes)
    if numeric and _same_order(np.asarray(column, np.float64), np.asarray(answers, np.float64)):
        return True
    cells, codes = pd.factorize(column)[0], pd.factorize(answers)[0]
    few = (codes.max() + 1) * LEAST_REPEATS <= len(codes)
    return bool(few) and codes.max() == cells.max() and _tells_class(None, cells, codes)


def _tells_class(numbers: np.ndarray | None, cells: np.ndarray, codes: np.ndarray) -> bool:
    """By a value for each class, or, for numbers, by a stretch for each class."""
    count = int(codes.max()) + 1
    others = len(codes) - int(np.bincount(codes).max())
    if count < 2 or others < LEAST_OTHERS:
        return False
    slack = int(SLACK * others)
    pairs, times = np.unique(cells.astype(np.int64) * count + codes, return_counts=True)
    place = np.lexsort(
        (-pairs, times, pairs // count)
    )  # by cell; in each the most frequent class last, of equal ones the first
    lasts = place[np.append(np.diff(pairs[place] // count) > 0, True)]
    if len(codes) - int(times[lasts].sum()) > slack:
        return False
    if len(lasts) <= max(2 * count, count + 2) and len(codes) >= LEAST_REPEATS * len(lasts):
        return True
    if numbers is None:
        return False
    first = np.unique(cells, return_index=True)[1]
    order = np.argsort(numbers[first], kind="stable")
    said = (pairs[lasts] % count)[order]
    return int((said[1:] != said[:-1]).sum()) <= count - 1 + 2 * slack


def _same_order(values: np.ndarray, target: np.ndarray) -> bool:
    """Whether one rises, or falls, with the other throughout; ties in one and not in the other count against it."""
    if len(values) > _FEW and abs(_rank_correlation(values[:_FEW], target[:_FEW])) < 0.9:
        return False
    if len(np.unique(values)) < LEAST_ROWS or len(np.unique(target)) < LEAST_ROWS:
        return False
    first, second = pd.Series(values).rank().to_numpy(), pd.Series(target).rank().to_numpy()
    return abs(float(np.corrcoef(first, second)[0, 1])) >= SAME_ORDER


def _rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Quick and rough: ties are broken by place."""
    ranks = (each.argsort(kind="stable").argsort().astype(np.float64) - (len(each) - 1) / 2 for each in (first, second))
    one, other = ranks
    return float(one @ other / (one @ one))
