"""Which examples are drawn: by a hash of seed and id, stratified by class, in whole groups where there are groups."""

from __future__ import annotations

import hashlib
import re

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import shown
from seodang.data.counting import count
from seodang.data.source import Source

# A class gives one of its pictures for judging from 2 on, for choosing where 3 are left.
LEAST_FOR = {"test": 2, "validation": 3, "examples": 1}


def _order(ids: list[str], seed: int, salt: str) -> np.ndarray:
    """A number for each id that looks random, and is the same whatever else is in the data."""
    prefix, hashed = f"{seed} {salt} ".encode(), hashlib.blake2b
    digests = [hashed(prefix + name.encode("utf-8", "surrogateescape"), digest_size=8).digest() for name in ids]
    return np.frombuffer(b"".join(digests), "<u8")


def _quotas(counts: np.ndarray, share: float, least: int = 2) -> np.ndarray:
    """How many of each class are drawn: `share` of all by largest remainder, at least 1 of each class that has `least` or more.

    >>> _quotas(np.array([10, 10, 5, 1]), 0.1).tolist()
    [1, 1, 1, 0]
    """
    exact = counts * share
    quotas = np.maximum(np.floor(exact).astype(np.int64), (counts >= least).astype(np.int64))
    missing = int(np.floor(counts.sum() * share + 0.5)) - int(quotas.sum())
    if missing > 0:
        room = np.where((quotas < counts - 1) & (counts >= least), exact - quotas, -np.inf)
        best = np.argsort(-room, kind="stable")[:missing]
        quotas[best[np.isfinite(room[best])]] += 1
    return quotas


def draw(
    source: Source, indices: np.ndarray, share: float, seed: int, salt: str, groups: np.ndarray | None
) -> np.ndarray:
    """`share` of the indices, stratified by class; with groups, whole groups only. Sorted.

    salt: what it is for, "test", "validation" or "examples": another draw with the same seed takes others.
    """
    if share == 0:
        return np.zeros(0, np.int64)
    if groups is not None:
        return _draw_groups(source, indices, share, seed, salt, groups)
    number = len(source.classes)
    labels = source.labels[indices]
    order = _order([source.ids[i] for i in indices], seed, salt)
    quotas = _quotas(np.bincount(labels, minlength=number), share, LEAST_FOR[salt])
    by_class = np.lexsort((order, labels))
    starts = np.searchsorted(labels[by_class], np.arange(number))
    chosen = [by_class[start : start + quota] for start, quota in zip(starts, quotas, strict=True)]
    return np.sort(indices[np.concatenate(chosen)])


def draw_some(source: Source, indices: np.ndarray, number: int, seed: int) -> np.ndarray:
    """`number` of the indices, stratified by class, at least one of each. Sorted."""
    share = min(1.0, number / len(indices))
    return draw(source, indices, share, seed, "examples", None)


def _draw_groups(
    source: Source, indices: np.ndarray, share: float, seed: int, salt: str, groups: np.ndarray
) -> np.ndarray:
    """Whole groups, taken in hashed order while they bring the class counts nearer to the wanted ones."""
    names, member = np.unique(groups[indices], return_inverse=True)
    if len(names) < 2:
        raise DataError(
            tr(
                "split.by gives {groups} for {things} of {where}, and a group stays in one split: "
                "nothing can be kept apart for {split}. Use another pattern, or split.{split}=0.",
                groups=shown(count(len(names), "group")),
                things=shown(count(len(indices), source.noun)),
                where=source.where,
                split=salt,
            )
        )
    counts = np.zeros((len(names), len(source.classes)))
    np.add.at(counts, (member, source.labels[indices]), 1)
    wanted = counts.sum(0) * share
    taken = np.zeros(len(source.classes))
    chosen: list[int] = []
    order = np.argsort(_order([str(name) for name in names], seed, salt), kind="stable")
    for group in order:
        nearer = np.abs(wanted - taken - counts[group]).sum() < np.abs(wanted - taken).sum()
        if nearer and len(chosen) < len(names) - 1:
            chosen.append(int(group))
            taken += counts[group]
    if not chosen:  # every group is too large: the one that comes nearest
        chosen = [int(np.argmin(np.abs(wanted - counts).sum(1)))]
    return np.sort(indices[np.isin(member, chosen)])


def _matches(pattern: re.Pattern[str], names: list[str]) -> list[re.Match[str] | None]:
    """What a pattern finds in each name: anywhere in it, folders too; one that begins with ^ in the file's own name, where all have it.

    A person's pictures lie in one folder a class: by `^([a-z]+)_` anna_1.png of cats/ and of dogs/ are one person's.
    """
    if pattern.pattern.startswith("^"):
        own = [pattern.search(name.replace("\\", "/").rsplit("/", 1)[-1]) for name in names]
        if all(match is not None and match[1] is not None for match in own):
            return own
    return [pattern.search(name) for name in names]


def groups_of(source: Source, by: str | None) -> np.ndarray | None:
    """(N,) array of str: the group of each example, from a column or a pattern on the ids; None where there are none.

    Raises:
        DataError: `by` is no column, is no pattern with a group, or does not match an id.
    """
    if by is None:
        return source.groups
    if by in source.columns:
        return source.columns[by].astype(str)
    columns = " " + tr("Its columns: {columns}.", columns=", ".join(source.columns)) if source.columns else ""
    try:
        pattern = re.compile(by)
    except re.error as error:
        raise DataError(
            tr(
                "split.by={by} is neither a column of {where} nor a regular expression ({error}).",
                by=by,
                where=source.where,
                error=error,
            )
            + columns
        ) from None
    if pattern.groups == 0:
        raise DataError(
            tr(
                "split.by={by} is neither a column of {where} nor a pattern with a group in parentheses that "
                "says what belongs together, as in split.by='(user\\d+)_'.",
                by=by,
                where=source.where,
            )
            + columns
        )
    found = _matches(pattern, source.ids)
    misses = [name for name, match in zip(source.ids, found, strict=True) if match is None or match[1] is None]
    if misses:
        raise DataError(
            tr(
                "split.by={by} does not match {count:,} of {things}, the first: {example}.",
                by=by,
                count=len(misses),
                things=shown(count(len(found), "name")),
                example=misses[0],
            )
        )
    return np.array([match[1] for match in found if match])
