"""The same example stands in training and in what judges it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from seodang.core.language import tr
from seodang.data.finding import share
from seodang.data.frame import Frame
from seodang.data.seen import Seen
from seodang.data.source import SPLITS, Source
from seodang.diagnoses.case import Case
from seodang.diagnoses.diagnosis import CARE, UNTRUE, WORSE, Diagnosis, grade
from seodang.evaluation.naming import counted, split_name
from seodang.evaluation.naming import example as named

# Of a data set without splits, the share of copies from which splits that are drawn will share them noticeably.
NOTICED = 0.01
# Rows and columns of a table that are looked at for whether copies are natural.
MOST_ROWS = 20_000


def exact_duplicates(case: Case) -> Iterator[Diagnosis]:
    """The same example stands in training and in what judges it: pixels, texts or rows, whatever their names."""
    if isinstance(case.opened, Source):
        yield from across(case, case.same, tr("the same, pixel for pixel"))
    elif case.purpose.text is not None:
        yield from _texts(case)
    elif case.purpose.form == "table":
        yield from _rows(case)


def across(case: Case, seen: Seen, how: str) -> Iterator[Diagnosis]:
    """Pictures of a group that stands in training and in another split, and groups that a drawn split will tear apart."""
    groups, noun = [*seen.same, *seen.alike], "picture"
    for judged in SPLITS[:0:-1]:
        inside = seen.splits == judged
        leaked, example = set(), None
        for group in groups:
            members = np.array(group.members)
            if (seen.splits[members] == "train").any() and inside[members].any():
                leaked.update(members[inside[members]].tolist())
                example = example or (members[inside[members]][0], members[seen.splits[members] == "train"][0])
        if example:
            ids = [seen.looked.source.ids[place] for place in example]
            yield leak(
                judged,
                len(leaked),
                int(inside.sum()),
                noun,
                how,
                twins(ids[0], ids[1]),
            )
    present = {name for name in SPLITS if (seen.splits == name).any()}
    if {"validation", "test"} <= present or case.run is not None:
        return
    # A split that is still to be drawn from these will share them.
    pool = "train" if "train" in present else "all"
    inside = [[m for m in group.members if seen.splits[m] == pool] for group in groups]
    inside = [members for members in inside if len(members) > 1]
    number, total = sum(len(members) for members in inside), int((seen.splits == pool).sum())
    if number >= NOTICED * total and number:
        ids = [seen.looked.source.ids[place] for place in inside[0][:2]]
        told = {"examples": counted(number, noun), "share": share(number, total), "how": how}
        yield Diagnosis(
            tr("{examples} of train ({share}) have a twin there ({how}).", **told)
            if pool == "train"
            else tr("{examples} of the data ({share}) have a twin there ({how}).", **told),
            tr(
                "{groups} of {size:.1f} on average; {first} and {second}, for example.",
                groups=counted(len(inside), "group"),
                size=number / len(inside),
                first=named(ids[0]),
                second=named(ids[1]),
            ),
            tr(
                "A validation split drawn from them has twins in training: choices are made by a score that is too "
                "good."
            )
            if pool == "train"
            else tr(
                "Seodang keeps them in one part where it draws the split; other tools do not, and they count double "
                "in any case."
            ),
            tr(
                "Keep what belongs together in one split: split.by='(pattern of the file name)' or a column; else "
                "keep one of each."
            ),
            grade(WORSE if pool == "train" else CARE, number / total),
            {"pictures": number, "groups": len(inside), "of": total},
        )


def leak(
    judged: str, number: int, total: int, noun: str, how: str, example: str, *, dropped: bool = False
) -> Diagnosis:
    """Examples of a judging split that stand in training too. dropped: whether Seodang does not train on them."""
    told = {"examples": counted(number, noun), "split": split_name(judged), "share": share(number, total), "how": how}
    return Diagnosis(
        tr("{examples} of {split} ({share}) stands in train too ({how}).", **told)
        if number == 1
        else tr("{examples} of {split} ({share}) stand in train too ({how}).", **told),
        tr("{number:,} of {total:,}; {example}.", number=number, total=total, example=example),
        tr("What was trained on is recognised, not judged anew: the score is better than it would be on new data."),
        tr("Seodang leaves the training copies out; do the same wherever else these splits are used.")
        if dropped
        else tr(
            "Take them out of train or of {split}, or divide anew with what belongs together in one split (split.by).",
            split=split_name(judged),
        ),
        grade(CARE if dropped else UNTRUE if number >= NOTICED * total else WORSE, 0.5 + 5 * number / total),
        {judged: number, "of": total},
    )


def twins(first: str, second: str) -> str:
    """That two examples are one."""
    return f"{named(first)}{tr(' is ')}{named(second)}"


def _texts(case: Case) -> Iterator[Diagnosis]:
    frame, groups = case.frame, case.texts_twice
    splits = np.asarray(frame.splits)
    for judged in SPLITS[:0:-1]:
        shared = [rows for rows in groups if {judged, "train"} <= set(splits[rows].tolist())]
        again = [row for rows in shared for row in rows if splits[row] == judged]
        if again:
            twin = next(row for row in shared[0] if splits[row] == "train")
            first = next(row for row in shared[0] if splits[row] == judged)
            example = twins(frame.ids[first], frame.ids[twin])
            total = int((splits == judged).sum())
            yield leak(judged, len(again), total, "text", tr("the same words"), example, dropped=True)


def _rows(case: Case) -> Iterator[Diagnosis]:
    case.costs()
    frame, found = case.frame, case.purpose
    names = [*found.features, *([found.target] if found.target else [])]
    hashes, without = row_hashes(frame, names)
    _, which, numbers = np.unique(hashes, return_inverse=True, return_counts=True)
    again = numbers[which] > 1
    if not again.any() or natural(hashes, without):
        return
    splits = np.asarray(frame.splits)
    ids, place = frame.ids, int(np.flatnonzero(again)[0])
    for judged in SPLITS[:0:-1]:
        inside = np.isin(hashes, hashes[splits == "train"]) & (splits == judged)
        if number := int(inside.sum()):
            first = int(np.flatnonzero(inside)[0])
            twin = int(np.flatnonzero((hashes == hashes[first]) & (splits == "train"))[0])
            yield leak(
                judged,
                number,
                int((splits == judged).sum()),
                "row",
                tr("the same in every column used"),
                twins(ids[first], ids[twin]),
            )
    number = int(again.sum())
    if case.run is None and not (splits == "test").any() and number >= NOTICED * len(frame):
        other = int(np.flatnonzero((hashes == hashes[place]) & (np.arange(len(hashes)) > place))[0])
        yield Diagnosis(
            tr(
                "{rows} ({share}) have a twin, the same in every column used.",
                rows=counted(number, "row"),
                share=share(number, len(frame)),
            ),
            tr(
                "{first} and {second}, for example; rows that differ in one column only are rarer.",
                first=named(ids[place]),
                second=named(ids[other]),
            ),
            tr("Splits drawn from the data will share them, and the score will be better than on new rows."),
            tr("Take copies out, or keep them together with split.by=COLUMN."),
            grade(WORSE, number / len(frame)),
            {"rows": number, "of": len(frame)},
        )


def row_hashes(frame: Frame, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """(N,) a number a row, equal where all columns are; and (N, columns) the same without each column in turn."""
    import pandas as pd

    generator, parts = np.random.default_rng(0), []
    for name in names:
        codes = pd.factorize(frame.table[name])[0] + 1
        parts.append(generator.integers(1, 2**62, int(codes.max()) + 1, dtype=np.uint64)[codes])
    columns = np.stack(parts, 1)
    whole = columns.sum(1, dtype=np.uint64)
    return whole, whole[:, None] - columns


def natural(whole: np.ndarray, without: np.ndarray) -> bool:
    """Whether rows are the same because there are few values: then as many pairs differ in a single column.

    Of copies among amounts none do; of iris (one pair the same, a dozen that differ in one column) many.
    """
    rows = slice(None, MOST_ROWS)
    same = _pairs(whole[rows])
    nearly = sum(_pairs(without[rows, place]) - same for place in range(without.shape[1]))
    return nearly >= same


def _pairs(hashes: np.ndarray) -> int:
    numbers = np.unique(hashes, return_counts=True)[1]
    return int((numbers * (numbers - 1) // 2).sum())
