"""What a table, texts or a series are and what is wrong with them, before anything is trained."""

from __future__ import annotations

from typing import Any

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import in_english, later
from seodang.core.sentences import said
from seodang.data.cut_series import names_of_times
from seodang.data.encode_series import filled, numbers, ordered, series_of
from seodang.data.encode_table import class_names
from seodang.data.frame import Frame
from seodang.data.purpose import purpose
from seodang.data.purposes import Purpose
from seodang.data.row_findings import repetitions, row_findings
from seodang.data.seasons import USUAL, calendar, find_season
from seodang.data.source import SPLITS
from seodang.data.times import in_words, moments, steps

MOST_CLASSES = 1_000  # that are counted one by one
# What was looked for, where nothing was found wrong.
NOTHING = {
    "table": later("no column that gives the answer away, no rows twice, no class too small"),
    "texts": later("no text twice, none empty, no class too small"),
    "pairs": later("no sentence twice, none empty"),
    "prose": later("every passage could be read"),
    "series": later("no gaps, no value missing, no time twice"),
}
_UNUSED = said("not used")


def look_rows(frame: Frame, found: Purpose | None = None) -> dict[str, Any]:
    """What the rows are and what is wrong with them, as plain values that JSON can hold.

    Args:
        found: What they are for, where a person said it; None: it is guessed.

    Returns: kind (table, texts, pairs, prose, series), name, where, form, examples, columns [{name, kind, reason, missing, distinct,
        use}], purpose {task, target, …} or None, problem (why nothing can be foretold, or None), classes, counts, amount (of a
        target that is no class), series (of a time series), left_out, notes, findings [{what, evidence, why, todo}].
    """
    problem = None
    if found is None:
        try:
            with in_english():  # what is wrong is told like everything else here
                found = purpose(frame)
        except DataError as error:
            problem = str(error)
    told_already = set() if found is None else set(repetitions(frame, found))
    return {
        "kind": "table" if found is None else found.form,
        "name": frame.name,
        "where": frame.where,
        "form": frame.form,
        "examples": len(frame),
        "columns": [
            {"name": c.name, "kind": c.kind, "reason": c.reason, "missing": c.missing, "distinct": c.distinct}
            | {"use": _use(c.name, found)}
            for c in frame.columns
        ],
        "purpose": None if found is None else _plain(found),
        "problem": problem,
        "classes": [] if found is None else _classes(frame, found),
        "counts": _counts(frame, found),
        "amount": None if found is None else _amount(frame, found),
        "series": _series(frame, found) if found is not None and found.form == "series" else None,
        "left_out": [{"path": one.path, "reason": one.reason} for one in frame.left_out],
        "notes": [note for note in frame.notes if note not in told_already],
        "findings": [] if found is None else row_findings(frame, found),
    }


def _plain(found: Purpose) -> dict[str, Any]:
    plain = {name: getattr(found, name) for name in ("form", "task", "target", "time", "text", "key")}
    return {**plain, "features": list(found.features), "left": dict(found.left), "reasons": list(found.reasons)}


def _use(name: str, found: Purpose | None) -> str:
    """What a column is used as, in a word or two; or why it is not used."""
    if found is None:
        return ""
    parts = [] if found.time is None else [found.time, *(part.strip() for part in found.time.split(","))]
    keys = [] if found.key is None else [found.key, *(part.strip() for part in found.key.split(","))]
    for use, names in (("target", [found.target]), ("text", [found.text]), ("time", parts), ("key", keys)):
        if name in names:
            return use
    if name in found.left:
        return _UNUSED if found.left[name] == _UNUSED else said("not used: {reason}", reason=found.left[name])
    if found.form == "series":
        return said("seen with series.seen=all") if name in found.features else _UNUSED
    return said("seen") if name in found.features else _UNUSED


def _classes(frame: Frame, found: Purpose) -> list[str]:
    if found.task != "classify" or found.target is None:
        return []
    known = frame.table[found.target].dropna()
    names = class_names(known)
    order = sorted(dict.fromkeys(names), key=_natural)
    return order if len(order) <= MOST_CLASSES else []


def _natural(name: str) -> tuple[float, str]:
    try:
        return float(name), name
    except ValueError:
        return np.inf, name


def _counts(frame: Frame, found: Purpose | None) -> dict[str, dict[str, int]]:
    """Rows of each split, by class where there are classes."""
    splits = np.where(np.asarray(frame.splits) == "", "all", frame.splits)
    present = [name for name in (*SPLITS, "all") if (splits == name).any()]
    classes = [] if found is None else _classes(frame, found)
    if not classes or found is None:
        return {name: {"examples": int((splits == name).sum())} for name in present}
    known = np.asarray(frame.table[found.target].notna())
    names = np.array(class_names(frame.table[found.target][known]), object)
    return {split: {one: int((names[splits[known] == split] == one).sum()) for one in classes} for split in present}


def _amount(frame: Frame, found: Purpose) -> dict[str, float] | None:
    """How a target that is an amount is spread."""
    if found.task not in ("regress", "forecast") or found.target is None:
        return None
    values = numbers(frame, (found.target,))[:, 0]
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    names = ("least", "quarter", "median", "three_quarters", "largest")
    quantiles = np.percentile(values, [0, 25, 50, 75, 100])
    return dict(zip(names, quantiles.tolist(), strict=True)) | {"mean": float(values.mean())}


def _series(frame: Frame, found: Purpose) -> dict[str, Any]:
    """From when to when, by which step, with how many gaps, repeating after how many steps; of several series the longest."""
    assert found.target is not None, "a series has a target"
    frame = ordered(frame, found.time, found.key)
    whose = series_of(frame, found.key)
    longest = frame.select(np.flatnonzero(whose == np.bincount(whose).argmax()))
    values = filled(numbers(longest, (found.target,)), series_of(longest, None))[0][:, 0]
    told: dict[str, Any] = {"series": int(whose.max()) + 1, "steps": len(longest)}
    candidates = USUAL
    if found.time is not None:
        when = moments(longest, found.time)
        names, usual = names_of_times(longest, found.time), steps(when)
        told |= {"first": names[0], "last": names[-1], "step": in_words(usual.step), "gaps": usual.gaps}
        told |= {"is_regular": usual.regular}
        candidates = calendar(when)
    return told | {"season": find_season(values[np.isfinite(values)], candidates)}
