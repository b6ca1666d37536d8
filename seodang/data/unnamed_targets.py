"""Which column is foretold where no line names the columns: the one that stands out at one end of the row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seodang.core.sentences import said
from seodang.data.frame import Frame

LEAST_COLUMNS = 4  # among which one without a number, or the only whole one, stands out
MOST_CLASSES, LEAST_EACH = 10, 5  # values of whole numbers that are classes, and rows of each on average
_SPREAD = 2  # whole numbers a class between the least and the largest: 1, 2, 3, 5, 6, 7 and not 800, 1000, 1250


def has_no_names(frame: Frame) -> bool:
    """Whether the columns are called column 1, column 2, … because no line names them."""
    return all(column.name == f"column {place}" for place, column in enumerate(frame.columns, start=1))


def stands_out(frame: Frame, names: Sequence[str]) -> tuple[str, str] | None:
    """The column that is the class or the amount to foretell, by what it holds, and the sentence on it; None where none stands out.

    Words among nothing but numbers; else classes at the beginning before amounts at the end; else two values at the beginning that no
    other column has, where the last column shares its own.

    Args:
        names: the columns that could be foretold, in the order of the file.
    """
    if len(names) < LEAST_COLUMNS or not has_no_names(frame):
        return None
    first, last = names[0], names[-1]
    words = [name for name in names if frame.column(name).kind == "category"]
    if len(words) == 1:
        place = names.index(words[0])
        if place == 0 and _is_only_whole(frame, last, names[1:]) and not _are_whole(frame, names[1:-1]):
            return last, _said(last, said("the only whole numbers among fractions, in the last place"))
        if place == 0 or words[0] == last:
            return words[0], _said(words[0], said("the only column of words among numbers"))
    if not words and _are_classes(frame, first) and not _are_classes(frame, last):
        return first, _said(first, said("few whole numbers in the first place, and amounts in the last"))
    if len(words) == len(names) and frame.column(first).distinct <= MOST_CLASSES:
        own, end, between = _values(frame, first), _values(frame, last), [_values(frame, name) for name in names[1:-1]]
        two = len(own) == 2 < len(end) and all(len(own & other) < 2 for other in between)
        if two or own.isdisjoint(set().union(*between, end)) and any(end <= other for other in between):
            return first, _said(
                first, said("words in the first place that stand nowhere else, and none such in the last")
            )
    return None


def _said(name: str, why: str) -> str:
    return said("The target is {name}: {reason}. Say another with target=COLUMN.", name=name, reason=why)


def _values(frame: Frame, name: str) -> set[object]:
    return set(frame.table[name].dropna().unique())


def _numbers(frame: Frame, name: str) -> np.ndarray:
    values = frame.table[name].dropna().to_numpy(np.float64)
    return np.unique(values)


def _are_classes(frame: Frame, name: str) -> bool:
    column = frame.column(name)
    if column.kind != "number":
        return column.kind == "category"
    values = _numbers(frame, name)
    whole = bool((values == np.floor(values)).all())
    counted = bool(len(values)) and values[0] >= -1 and values[-1] - values[0] <= _SPREAD * len(values)
    return whole and counted and len(values) <= MOST_CLASSES and len(frame) - column.missing >= LEAST_EACH * len(values)


def _are_whole(frame: Frame, names: Sequence[str]) -> bool:
    return any(bool((values == np.floor(values)).all()) for values in (_numbers(frame, name) for name in names))


def _is_only_whole(frame: Frame, name: str, numbers: Sequence[str]) -> bool:
    """Whether it holds whole numbers, and no other of them does."""
    values = _numbers(frame, name)
    return bool((values == np.floor(values)).all()) and not _are_whole(
        frame, [each for each in numbers if each != name]
    )
