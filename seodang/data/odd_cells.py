"""Findings on single cells: one word spelt several ways, numbers that stand for "not known", a column that is there twice."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from seodang.core.sentences import said, saidn
from seodang.data.finding import Finding, listed
from seodang.data.frame import Frame
from seodang.data.purposes import Purpose

# Numbers that people and programs write where nothing is known: -1 and 9s, alone or with a sign.
_SENTINEL = re.compile(r"-1|-?9{2,6}|-[1-9]0{2,4}|-?9{3,5}[.]9{1,3}|-32768|-2147483648")
LEAST_TIMES = 2  # rows
FAR = 1.0  # such a number lies so many times the spread of all the others away from the nearest of them
MOST_WORDS = 2_000  # different words of a column that are compared


def spelt_differently(frame: Frame, found: Purpose) -> Iterator[Finding]:
    """Words of one column that differ in capital letters and spaces only: Yes, yes and YES."""
    columns: list[tuple[str, list[str]]] = []
    for name in (*found.features, found.target):
        if name is None or frame.column(name).kind != "category" or frame.column(name).distinct > MOST_WORDS:
            continue
        alike: dict[str, list[str]] = defaultdict(list)
        for word in frame.table[name].dropna().unique().tolist():
            alike[re.sub(r"[\s_]+|[.]$", "", str(word)).casefold()].append(str(word))
        if several := [words for plain, words in alike.items() if plain and len(words) > 1]:
            columns.append((name, max(several, key=len)))
    if not columns:
        return
    names = [name for name, _ in columns]
    is_target = found.target in names
    name, words = next(((n, w) for n, w in columns if n == found.target), columns[0])
    yield {
        "kind": "spelt_differently",
        "level": "serious" if is_target else "notice",
        "what": said("{name} has words that are spelt in several ways.", name=name)
        if len(names) == 1
        else said("{names} have words that are spelt in several ways.", names=listed(names, 5)),
        "evidence": said("Such as {words}.", words=listed([repr(word) for word in words], 5)),
        "why": said("Each spelling is a class of its own, and one is taken for another.")
        if is_target
        else said("Each spelling is learnt by itself, from fewer rows."),
        "todo": said("Write them one way in the file."),
    }


def stand_for_nothing(frame: Frame, found: Purpose) -> Iterator[Finding]:
    """Numbers such as -999 that come again and lie far from all others: they may stand for a value that is not known."""
    seen: list[tuple[str, str, int]] = []
    names = [*found.features, *([found.target] if found.target else [])]
    for name in dict.fromkeys(names):
        if frame.column(name).kind == "number" and (one := _sentinel(np.asarray(frame.table[name], np.float64))):
            seen.append((name, *one))
    if not seen:
        return
    name, value, times = seen[0]
    values = list(dict.fromkeys(value for _, value, _ in seen))
    yield {
        "kind": "sentinel",
        "level": "serious" if name == found.target else "notice",
        "what": saidn(
            "{name} is {value} in 1 row, far from all its other values.",
            "{name} is {value} in {count:,} rows, far from all its other values.",
            times,
            name=name,
            value=value,
        )
        if len(seen) == 1
        else said(
            "{names} have values far from all others, such as {value}.",
            names=listed([n for n, _, _ in seen], 5),
            value=value,
        ),
        "evidence": said("{count:,} rows of {rows:,}.", count=times, rows=len(frame)),
        "why": said(
            "Such numbers often stand for 'not known'; as amounts they pull everything that is computed towards them."
        ),
        "todo": said("If they do, say columns.missing={values}.", values=",".join(values)),
    }


def _sentinel(values: np.ndarray) -> tuple[str, int] | None:
    """The number at one end that looks like a mark, and how often it is there."""
    values = values[np.isfinite(values)]
    for end in (values.min(initial=0), values.max(initial=0)):
        word, times = f"{end:.10g}", int((values == end).sum())
        if times < LEAST_TIMES or not _SENTINEL.fullmatch(word):
            continue
        others = values[values != end]
        if len(others) < LEAST_TIMES or len(np.unique(others)) < 5:
            continue
        nearest = float(np.abs(others - end).min())
        if nearest > FAR * max(float(np.ptp(others)), 1.0) or (word.startswith("-99") and others.min() >= 0):
            return word, times
    return None


def _same_columns(frame: Frame, found: Purpose) -> Iterator[Finding]:
    """Two columns that the network would see with the same value in every row."""
    first: dict[Any, str] = {}
    pairs: list[tuple[str, str]] = []
    for name in found.features:
        column = frame.table[name]
        values = (
            np.asarray(column, np.float64).tobytes() if frame.column(name).kind == "number" else tuple(column.tolist())
        )
        if name != first.setdefault(hash((frame.column(name).kind, values)), name):
            pairs.append((first[hash((frame.column(name).kind, values))], name))
    if not pairs:
        return
    one, other = pairs[0]
    yield {
        "kind": "same_columns",
        "level": "notice",
        "what": said("{first} and {second} are the same in every row.", first=one, second=other)
        if len(pairs) == 1
        else said("{count:,} columns are the same as another in every row.", count=len(pairs)),
        "evidence": said("Such as {first} and {second}.", first=one, second=other)
        if len(pairs) > 1
        else said("{count:,} rows of {rows:,}.", count=len(frame), rows=len(frame)),
        "why": said(
            "The second says nothing that the first does not say, and what is explained is divided between them."
        ),
        "todo": said("Leave them out: columns.leave_out={columns}.", columns=",".join(name for _, name in pairs[:5])),
    }


ODD_CELLS = (spelt_differently, stand_for_nothing, _same_columns)
