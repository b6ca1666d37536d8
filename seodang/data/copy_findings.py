"""What is wrong with pictures that stand more than once: under two labels, in two splits, or in one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from seodang.core.sentences import said, saidn
from seodang.data.counting import count
from seodang.data.duplicates import Group
from seodang.data.finding import Finding, finding, listed, share
from seodang.data.seen import Seen
from seodang.data.source import SPLITS
from seodang.data.twice import Twice


def _pairs(seen: Seen) -> list[set[int]]:
    """The two labels of each pair of classes that are the same pictures."""
    classes = seen.looked.source.classes
    return [{classes.index(one.name), classes.index(one.other)} for one in seen.twice]


def _all_of(seen: Seen, group: Group, pairs: list[set[int]]) -> bool:
    """Whether a group has two labels, and they are those of one of the pairs."""
    labels = set(seen.looked.source.labels[list(group.members)].tolist())
    return len(labels) > 1 and any(labels <= pair for pair in pairs)


def _example_of(seen: Seen, group: Group, pair: set[int]) -> dict[str, str]:
    """A member of each of two classes, by name: first and second."""
    source = seen.looked.source
    members = {int(source.labels[index]): source.ids[index] for index in reversed(group.members)}
    return dict(zip(("first", "second"), sorted(members[label] for label in pair), strict=True))


# Members of a group among which the pair is looked for that is named.
COMPARED = 100


def _example(seen: Seen, group: Group, *, labels: bool = False) -> dict[str, str]:
    """Two members of a group by name, first and second: such as differ in split or label and, of near copies, in their pixels."""
    source, content = seen.looked.source, seen.looked.content
    key = source.labels if labels else seen.splits
    unlike: dict[tuple[str, bytes], int] = {}  # the first of each kind
    for i in group.members:
        unlike.setdefault((str(key[i]), bytes(content[i])), i)
    some = [*unlike.values()][:COMPARED]
    pairs = [*combinations(some, 2)] or [group.members[:2]]
    chosen = max(pairs, key=lambda pair: [one[pair[0]] != one[pair[1]] for one in (key, content)])
    shown = [f"{source.ids[i]} ({source.classes[source.labels[i]]})" if labels else source.ids[i] for i in chosen]
    return {"first": shown[0], "second": shown[1]}


def same_pictures(seen: Seen) -> Iterator[Finding]:
    """Two classes that are the same pictures twice, as in folders of two sizes."""
    if not (found := seen.twice):
        return
    first, source = found[0], seen.looked.source
    pair = {source.classes.index(first.name), source.classes.index(first.other)}
    groups = (group for group in (*seen.same, *seen.alike) if pair <= set(source.labels[list(group.members)].tolist()))
    example = said("For example {first} and {second}.", **_example_of(seen, next(groups), pair))
    if len(found) > 1:
        others = listed([f"{one.name} = {one.other}" for one in found[1:]])
        example = f"{example} {said('Likewise {clause}.', clause=others)}"
    yield finding(
        "same_pictures",
        "serious",
        same_words(first),
        example,
        said(
            "They can be told apart only by how they were saved (size, sharpness), not by what they show: a score on them says "
            "nothing of that."
        ),
        same_todo(found, len(source.classes)),
    )


def same_words(one: Twice) -> str:
    """That a class holds another one's pictures, in a sentence."""
    told = {"name": one.name, "other": one.other, "count": one.copies, "all": one.of}
    if one.both:
        return said(
            "{name} and {other} are the same pictures twice, not two classes: of the {all:,} of {name}, {count:,} are in {other} too, "
            "the same or nearly so.",
            **told,
        )
    return said(
        "{name} is no class of its own: of its {all:,} pictures {count:,} are in {other} too, the same or nearly so.",
        **told,
    )


def same_todo(found: list[Twice], classes: int) -> str:
    """What to do about it. classes: how many there are."""
    names = list(dict.fromkeys(one.name for one in found))
    if classes - len(names) >= 2:
        return said(
            "Leave out what stands elsewhere too, split.without={names}, or give one of the folders alone.",
            names=",".join(names),
        )
    return said(
        "Give one of the folders, its pictures sorted by what is to be told apart, a folder a class; go on only if it is how they were "
        "saved."
    )


def two_labels(seen: Seen) -> Iterator[Finding]:
    """The same picture, or nearly the same, in two classes; of classes that are the same pictures that is said elsewhere."""
    twice = _pairs(seen)
    for groups, kind in ((seen.same, "two_labels"), (seen.alike, "two_labels_near")):
        if wrong := [group for group in groups if seen.has_two_labels(group) and not _all_of(seen, group, twice)]:
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
                )
                if seen.is_drawn
                else said("Remove these pictures from train or {split}.", split=name),
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
    """Copies that stay inside one split, or in data that is not divided yet; of classes that are the same pictures see above."""
    twice = _pairs(seen)
    for groups, kind in ((seen.same, "duplicates"), (seen.alike, "near_duplicates")):
        inside = [group for group in groups if not seen.crosses(group) and not _all_of(seen, group, twice)]
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
