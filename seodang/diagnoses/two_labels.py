"""The same example stands under two labels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from seodang.data.findings import count, share
from seodang.data.source import Source
from seodang.diagnoses.case import Case
from seodang.diagnoses.cheap import labels_of
from seodang.diagnoses.diagnosis import WORSE, Diagnosis, grade
from seodang.diagnoses.exact_duplicates import natural, row_hashes


def two_labels(case: Case) -> Iterator[Diagnosis]:
    """The same example stands under two labels: one of them is wrong. Short texts and rows of few values are not asked."""
    if case.run is not None and not case.run.classes:
        return
    if isinstance(case.opened, Source):
        groups = [list(group.members) for group in case.same.same]
        ids, noun = case.looked.source.ids, "picture"
        labels, classes = labels_of(case)
    else:
        labels, classes = labels_of(case)
        ids, noun = case.frame.ids, case.noun
        groups = _groups(case)
    wrong = [rows for rows in groups if len(set(labels[rows].tolist()) - {-1}) > 1]
    if not wrong:
        return
    number = sum(map(len, wrong))
    first = wrong[0][0]
    other = next(row for row in wrong[0] if labels[row] != labels[first])
    yield Diagnosis(
        f"{count(number, noun)} stand under two labels ({count(len(wrong), 'group')} of the same {noun}).",
        f"{ids[first]} is {classes[labels[first]]}, {ids[other]} is {classes[labels[other]]}; {share(number, len(labels))} of all.",
        "One of the labels is wrong, or the classes overlap; no network can get both right.",
        "Decide which label is right, and take the others out.",
        grade(WORSE, 0.3 + 10 * number / len(labels)),
        {
            f"{noun}s": number,
            "groups": len(wrong),
            "of": len(labels),
            "examples": [[ids[row] for row in rows] for rows in wrong[:20]],
        },
    )


def _groups(case: Case) -> list[list[int]]:
    frame, found = case.frame, case.purpose
    if found.text is not None:
        return case.texts_twice
    if found.form != "table" or not found.features:
        return []
    case.costs()
    hashes, without = row_hashes(frame, list(found.features))
    if natural(hashes, without):
        return []
    order = np.argsort(hashes, kind="stable")
    cuts = np.flatnonzero(np.diff(hashes[order])) + 1
    return [part.tolist() for part in np.split(order, cuts) if len(part) > 1]
