"""What is wrong with pictures that stand more than once: under two labels, in two splits, or in one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from seodang.core.sentences import said, saidn
from seodang.data.counting import count
from seodang.data.duplicates import Group
from seodang.data.finding import Finding, finding, share
from seodang.data.seen import Seen
from seodang.data.source import SPLITS


def _example(seen: Seen, group: Group, *, labels: bool = False) -> dict[str, str]:
    """Two members of a group that differ in split or label, by name: first and second."""
    source = seen.looked.source
    first = group.members[0]
    key = source.labels if labels else seen.splits
    other = next((i for i in group.members if key[i] != key[first]), group.members[1])
    shown = [
        f"{source.ids[i]} ({source.classes[source.labels[i]]})" if labels else source.ids[i] for i in (first, other)
    ]
    return {"first": shown[0], "second": shown[1]}


def two_labels(seen: Seen) -> Iterator[Finding]:
    """The same picture, or nearly the same, in two classes."""
    for groups, kind in ((seen.same, "two_labels"), (seen.alike, "two_labels_near")):
        if wrong := [group for group in groups if seen.has_two_labels(group)]:
            number = sum(len(group.members) for group in wrong)
            yield finding(
                kind,
                "serious" if kind == "two_labels" else "notice",
                said(
                    "{count:,} pictures stand under two labels (the same picture in {groups})."
                    if kind == "two_labels"
                    else "{count:,} pictures stand under two labels (nearly the same picture in {groups}).",
                    count=number,
                    groups=count(len(wrong), "group"),
                ),
                said("For example {first} and {second}.", **_example(seen, wrong[0], labels=True)),
                said("One of the labels is wrong, or the classes overlap; no network can get both right."),
                said("Decide which label is right and remove the other picture."),
            )


def across(seen: Seen) -> Iterator[Finding]:
    """Leaks: pictures of validation or test that training has seen, the same or nearly so."""
    for name, why in (
        ("test", said("The score on the test split is too good: it partly measures memory.")),
        ("validation", said("The score that choices are made by is too good: it partly measures memory.")),
    ):
        judged = seen.splits == name
        leaked = np.zeros(len(judged), bool)
        examples: list[Group] = []
        is_near = False
        for group, near in [*((group, False) for group in seen.same), *((group, True) for group in seen.alike)]:
            members = np.array(group.members)
            if judged[members].any() and (seen.splits[members] == "train").any():
                leaked[members[judged[members]]] = True
                examples.append(group)
                is_near |= near
        if number := int(leaked.sum()):
            told = {"split": name, "share": share(number, int(judged.sum()))}
            yield finding(
                f"leak_{name}",
                "serious",
                saidn(
                    "1 {split} picture ({share}) is in train too (the same or nearly the same picture).",
                    "{count:,} {split} pictures ({share}) are in train too (the same or nearly the same picture).",
                    number,
                    **told,
                )
                if is_near
                else saidn(
                    "1 {split} picture ({share}) is in train too (the same picture).",
                    "{count:,} {split} pictures ({share}) are in train too (the same picture).",
                    number,
                    **told,
                ),
                said(
                    "{groups}, for example {first} and {second}.",
                    groups=count(len(examples), "group"),
                    **_example(seen, examples[0]),
                ),
                why,
                said(
                    "Remove these pictures from train or {split}, or keep what belongs together with split.by.",
                    split=name,
                ),
            )


# What is said of copies, of one and of many, by their kind and whether the splits are settled.
_REPEATED = {
    ("duplicates", True): (
        said("1 picture repeats another one of the same split (the same picture, {groups})."),
        said("{count:,} pictures repeat another one of the same split (the same picture, {groups})."),
    ),
    ("duplicates", False): (
        said("1 picture repeats another one of the data (the same picture, {groups})."),
        said("{count:,} pictures repeat another one of the data (the same picture, {groups})."),
    ),
    ("near_duplicates", True): (
        said("1 picture repeats another one of the same split (nearly the same picture, {groups})."),
        said("{count:,} pictures repeat another one of the same split (nearly the same picture, {groups})."),
    ),
    ("near_duplicates", False): (
        said("1 picture repeats another one of the data (nearly the same picture, {groups})."),
        said("{count:,} pictures repeat another one of the data (nearly the same picture, {groups})."),
    ),
}


def inside(seen: Seen) -> Iterator[Finding]:
    """Copies that stay inside one split, or in data that is not divided yet."""
    for groups, kind in ((seen.same, "duplicates"), (seen.alike, "near_duplicates")):
        inside = [group for group in groups if not seen.crosses(group)]
        number = sum(len(group.members) - 1 for group in inside)
        if not number:
            continue
        settled = seen.is_divided or bool(set(seen.splits.tolist()) & set(SPLITS[1:]))
        yield finding(
            kind,
            "notice",
            saidn(*_REPEATED[kind, settled], number, groups=count(len(inside), "group")),
            said("For example {first} and {second}.", **_example(seen, inside[0])),
            said("They count double in training and in every score.")
            if settled
            else said("Splits drawn from this data will share them, and the score will be too good."),
            said("Keep one of each."),
        )
