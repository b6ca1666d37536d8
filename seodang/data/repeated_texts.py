"""Texts that stand more than once: in two splits, or with two labels. Both make a score say less than it seems to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seodang.core.sentences import said, saidn


def repeats(texts: Sequence[str | None]) -> list[list[int]]:
    """The rows of each text that stands more than once, white space aside, in the order of their first.

    >>> repeats(["good film", None, "good  film", "bad"])
    [[0, 2]]
    """
    places: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        if text and (key := " ".join(text.split())):
            places.setdefault(key, []).append(row)
    return [rows for rows in places.values() if len(rows) > 1]


def repeated_texts(
    texts: Sequence[str | None], ids: Sequence[str], splits: Sequence[str] | np.ndarray, labels: Sequence | None = None
) -> tuple[str, ...]:
    """What a person should know of texts that are the same but for white space: a sentence for each kind, each with an example.

    Args:
        texts: (N,) texts; None and empty ones are passed over.   ids: (N,) where each stands.
        splits: (N,) "train", "validation", "test" or "".   labels: (N,) what each is labelled, or None.

    >>> repeated_texts(["good film", "good  film", "bad"], ["a", "b", "c"], ["train", "test", "test"], [1, 0, 0])
    ('1 of the 2 texts of test stands in train too, such as b.',
     '1 text stands with different labels: a has 1, b has 0.')
    """
    repeated = repeats(texts)
    splits = [str(split) for split in splits]
    notes = []
    for late, early in (("validation", "train"), ("test", "train"), ("test", "validation")):
        shared = [rows for rows in repeated if {late, early} <= {splits[row] for row in rows}]
        again = sorted(row for rows in shared for row in rows if splits[row] == late)
        if again:
            what = saidn(
                "{count:,} of the {texts:,} texts of {late} stands in {early} too",
                "{count:,} of the {texts:,} texts of {late} stand in {early} too",
                len(again),
                texts=splits.count(late),
                late=late,
                early=early,
            )
            notes.append(said("{clause}, such as {example}.", clause=what, example=ids[again[0]]))
    again = sum(len(rows) - len({splits[row] for row in rows}) for rows in repeated)
    if again:
        one = next(rows for rows in repeated if len(rows) > len({splits[row] for row in rows}))
        first, second = next((a, b) for a in one for b in one if a < b and splits[a] == splits[b])
        what = (
            saidn(
                "1 text repeats another within their split", "{count:,} texts repeat another within their split", again
            )
            if len(set(splits)) > 1
            else saidn("1 text repeats another", "{count:,} texts repeat another", again)
        )
        notes.append(
            said("{clause}, such as {example}, which is {other}.", clause=what, example=ids[second], other=ids[first])
        )
    if labels is not None:
        notes += _contradictions(repeated, ids, labels)
    return tuple(notes)


def _contradictions(repeated: list[list[int]], ids: Sequence[str], labels: Sequence) -> list[str]:
    against = [rows for rows in repeated if len({labels[row] for row in rows}) > 1]
    if not against:
        return []
    first = against[0][0]
    second = next(row for row in against[0] if labels[row] != labels[first])
    what = saidn("1 text stands with different labels", "{count:,} texts stand with different labels", len(against))
    example = said(
        "{first} has {label}, {second} has {other}",
        first=ids[first],
        label=labels[first],
        second=ids[second],
        other=labels[second],
    )
    return [f"{what}: {example}."]
