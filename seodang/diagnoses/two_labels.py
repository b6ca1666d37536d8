"""The same example stands under two labels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from seodang.core.language import tr
from seodang.data.duplicates import Group
from seodang.data.finding import share
from seodang.data.source import Source
from seodang.diagnoses.case import Case
from seodang.diagnoses.cheap import labels_of
from seodang.diagnoses.diagnosis import WORSE, Diagnosis, grade
from seodang.diagnoses.exact_duplicates import natural, row_hashes
from seodang.evaluation.naming import counted, example, one


def two_labels(case: Case) -> Iterator[Diagnosis]:
    """The same example stands under two labels: one of them is wrong. Short texts and rows of few values are not asked."""
    if case.run is not None and not case.run.classes:
        return
    labels, classes = labels_of(case)
    if not isinstance(case.opened, Source):
        yield from _against(_groups(case), labels, classes, case.frame.ids, case.noun)
        return
    ids, twice = case.looked.source.ids, [{one.name, one.other} for one in case.twice]

    def others(groups: list[Group]) -> list[list[int]]:  # of classes that are the same pictures that is said elsewhere
        named = [(list(group.members), {classes[labels[i]] for i in group.members}) for group in groups]
        return [members for members, names in named if not any(names <= pair for pair in twice)]

    yield from _against(others(case.same.same), labels, classes, ids, "picture")
    nearly = others(case.alike.alike)
    yield from _against(nearly, labels, classes, ids, "picture", nearly=True)


def _against(
    groups: list[list[int]],
    labels: np.ndarray,
    classes: tuple[str, ...],
    ids: list[str],
    noun: str,
    *,
    nearly: bool = False,
) -> Iterator[Diagnosis]:
    """Groups of examples that are the same, or nearly, and have two labels or more."""
    wrong = [rows for rows in groups if len(set(labels[rows].tolist()) - {-1}) > 1]
    if not wrong:
        return
    number = sum(map(len, wrong))
    first = wrong[0][0]
    other = next(row for row in wrong[0] if labels[row] != labels[first])
    told = {"examples": counted(number, noun), "groups": counted(len(wrong), "group"), "noun": one(noun)}
    yield Diagnosis(
        tr("{examples} stand under two labels ({groups} of nearly the same {noun}).", **told)
        if nearly
        else tr("{examples} stand under two labels ({groups} of the same {noun}).", **told),
        tr(
            "{first} is {label}, {second} is {other_label}; {share} of all.",
            first=example(ids[first]),
            label=classes[labels[first]],
            second=example(ids[other]),
            other_label=classes[labels[other]],
            share=share(number, len(labels)),
        ),
        tr("One of the labels is wrong, or the classes overlap; no network can get both right."),
        tr("Decide which label is right, and take the others out."),
        grade(WORSE, (0.1 if nearly else 0.3) + 10 * number / len(labels)),
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
