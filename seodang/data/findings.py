"""What is wrong with labelled pictures: each finding says what, by which evidence, why it matters and what to do."""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from seodang.core.sentences import said, saidn
from seodang.data.counting import count
from seodang.data.duplicates import Group
from seodang.data.scan import Scan
from seodang.data.source import SPLITS

Finding = dict[str, Any]

# A class this many times the size of another is worth a word; below so many pictures a class can hardly be learnt or judged.
IMBALANCE, FEW, FEW_TO_JUDGE = 10, 20, 20
# Below so many training pictures a class, a network from scratch mostly learns them by heart (cats-dogs-small: 1,000).
SCARCE = 100
LEFT_OUT_SHARE = 0.01
# Largest side over smallest.
SIZES_APART = 8


@dataclass(eq=False)
class Seen:
    """What the findings are made from. splits: (N,) the split of each picture.   is_divided: whether splits are settled.

    same, alike: groups of the same and of nearly the same pictures.
    """

    looked: Scan
    splits: np.ndarray
    is_divided: bool
    same: list[Group]
    alike: list[Group]

    def crosses(self, group: Group) -> bool:
        """Whether a group has members in two splits."""
        return len(set(self.splits[list(group.members)].tolist()) - {"unused"}) > 1

    def has_two_labels(self, group: Group) -> bool:
        """Whether a group has members of two classes."""
        return len(set(self.looked.source.labels[list(group.members)].tolist())) > 1


def findings(seen: Seen) -> list[Finding]:
    """Everything found, the most serious first. An empty list: nothing was found wrong."""
    found = [
        *_two_labels(seen),
        *_across(seen),
        *_people(seen),
        *_one_class(seen),
        *_classes_missing(seen),
        *_few(seen),
        *_left_out(seen),
        *_form_tells_class(seen),
        *_blank(seen),
        *_imbalance(seen),
        *_scarce(seen),
        *_sizes_apart(seen),
        *_inside(seen),
    ]
    return sorted(found, key=lambda finding: finding["level"] != "serious")


def _finding(kind: str, level: str, what: str, evidence: str, why: str, todo: str) -> Finding:
    return {"kind": kind, "level": level, "what": what, "evidence": evidence, "why": why, "todo": todo}


def share(part: int, whole: int) -> str:
    """A part in percent, with as many digits as it needs.

    >>> share(1, 3), share(1, 4000)
    ('33 %', '0.025 %')
    """
    percent = 100 * part / max(1, whole)
    return f"{percent:.0f} %" if percent >= 10 else f"{percent:.2g} %"


def listed(names: list[str], most: int = 3) -> str:
    """The first few names, and how many more there are."""
    some = ", ".join(names[:most])
    return said("{names} and {count:,} more", names=some, count=len(names) - most) if len(names) > most else some


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


def _two_labels(seen: Seen) -> Iterator[Finding]:
    for groups, kind in ((seen.same, "two_labels"), (seen.alike, "two_labels_near")):
        if wrong := [group for group in groups if seen.has_two_labels(group)]:
            number = sum(len(group.members) for group in wrong)
            yield _finding(
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


def _across(seen: Seen) -> Iterator[Finding]:
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
            told = {"name": name, "share": share(number, int(judged.sum()))}
            yield _finding(
                f"leak_{name}",
                "serious",
                saidn(
                    "1 {name} picture ({share}) is in train too (the same or nearly the same picture).",
                    "{count:,} {name} pictures ({share}) are in train too (the same or nearly the same picture).",
                    number,
                    **told,
                )
                if is_near
                else saidn(
                    "1 {name} picture ({share}) is in train too (the same picture).",
                    "{count:,} {name} pictures ({share}) are in train too (the same picture).",
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
                    "Remove these pictures from train or {name}, or keep what belongs together with split.by.",
                    name=name,
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


def _inside(seen: Seen) -> Iterator[Finding]:
    for groups, kind in ((seen.same, "duplicates"), (seen.alike, "near_duplicates")):
        inside = [group for group in groups if not seen.crosses(group)]
        number = sum(len(group.members) - 1 for group in inside)
        if not number:
            continue
        settled = seen.is_divided or bool(set(seen.splits.tolist()) & set(SPLITS[1:]))
        yield _finding(
            kind,
            "notice",
            saidn(*_REPEATED[kind, settled], number, groups=count(len(inside), "group")),
            said("For example {first} and {second}.", **_example(seen, inside[0])),
            said("They count double in training and in every score.")
            if settled
            else said("Splits drawn from this data will share them, and the score will be too good."),
            said("Keep one of each."),
        )


def _people(seen: Seen) -> Iterator[Finding]:
    """Names that begin with who or what a picture comes from, when that is spread over splits, or will be."""
    source = seen.looked.source
    if source.groups is not None:
        return
    found = prefixes(source.ids, source.labels)
    if found is None:
        return
    pattern, owners = found
    numbers = np.unique(owners[owners != ""])
    names = numbers.tolist()
    evidence = said(
        "File names begin with {clause} ({count} in all).",
        clause=listed([repr(name) for name in names]),
        count=len(names),
    )
    why = said(
        "Pictures of one source look alike; a network that knows the source in training seems better than it is."
    )
    present = [name for name in SPLITS if (seen.splits == name).any()]
    if len(present) < 2:
        yield _finding(
            "sources",
            "notice",
            said("The pictures seem to come from {count:,} people or sources.", count=len(names)),
            evidence,
            why,
            said("Keep each in one split: split.by='{pattern}'.", pattern=pattern),
        )
        return
    train = set(owners[seen.splits == "train"].tolist()) - {""}
    for name in present[1:]:
        both = train & set(owners[seen.splits == name].tolist())
        if both:
            yield _finding(
                f"sources_{name}",
                "serious",
                saidn(
                    "1 person or sources stand in both train and {name}.",
                    "{count:,} people or sources stand in both train and {name}.",
                    len(both),
                    name=name,
                ),
                evidence,
                why,
                said(
                    "Keep each in one split: split.by='{pattern}' (with splits of the data's own, divide the files anew).",
                    pattern=pattern,
                ),
            )


def prefixes(ids: list[str], labels: np.ndarray) -> tuple[str, np.ndarray] | None:
    """The pattern by which file names begin with a person or source, and each picture's; None where they do not.

    Told by: 3 to a quarter as many beginnings as pictures, nearly all names have one, most hold several pictures, and they
    are no class names: nearly every beginning stands in two classes or more.
    """
    stems = [name.replace("\\", "/").rsplit("/", 1)[-1] for name in ids]
    for separator in "_-":
        pattern = f"^([^{separator}]*[^{separator}0-9][^{separator}]*){separator}"
        owners = np.array([match[1] if (match := re.match(pattern, stem)) else "" for stem in stems])
        with_owner = owners != ""
        if with_owner.mean() < 0.9:
            continue
        names, which, numbers = np.unique(owners[with_owner], return_inverse=True, return_counts=True)
        if not 3 <= len(names) <= len(stems) / 4:
            continue
        classes: dict[int, set[int]] = defaultdict(set)
        for owner, label in zip(which.reshape(-1).tolist(), labels[with_owner].tolist(), strict=True):
            classes[owner].add(label)
        in_many = np.array([len(classes[i]) > 1 for i in range(len(names))])
        if numbers[in_many & (numbers >= 4)].sum() >= 0.8 * len(stems):
            return pattern, owners
    return None


def _per_class(seen: Seen, split: str) -> np.ndarray:
    source = seen.looked.source
    return np.bincount(source.labels[seen.splits == split], minlength=len(source.classes))


def _training_split(seen: Seen) -> str:
    return "train" if (seen.splits == "train").any() else "all"


def _classes_missing(seen: Seen) -> Iterator[Finding]:
    classes = seen.looked.source.classes
    if not (seen.splits == "train").any():
        return
    train = _per_class(seen, "train")
    for name in SPLITS[1:]:
        if not (seen.splits == name).any():
            continue
        other = _per_class(seen, name)
        if strange := [classes[i] for i in np.flatnonzero((train == 0) & (other > 0))]:
            yield _finding(
                f"not_in_train_{name}",
                "serious",
                saidn(
                    "{name} has 1 class that train has not: {clause}.",
                    "{name} has {count:,} classes that train has not: {clause}.",
                    len(strange),
                    name=name,
                    clause=listed(strange, 5),
                ),
                said("{count:,} pictures of {name}.", count=int(other[train == 0].sum()), name=name),
                said("They can only be answered wrongly."),
                said(
                    "Add training pictures, or leave the class out with split.without={names}.",
                    names=",".join(strange[:3]),
                ),
            )
        if missing := [classes[i] for i in np.flatnonzero((train > 0) & (other == 0))]:
            yield _finding(
                f"not_in_{name}",
                "notice",
                saidn(
                    "{name} has no pictures of 1 class: {clause}.",
                    "{name} has no pictures of {count:,} classes: {clause}.",
                    len(missing),
                    name=name,
                    clause=listed(missing, 5),
                ),
                said("train has {count:,} of them.", count=int(train[other == 0].sum())),
                said("The score on {name} says nothing about them.", name=name),
                said("Add pictures of them to {name}.", name=name),
            )


def _one_class(seen: Seen) -> Iterator[Finding]:
    source = seen.looked.source
    if len(source.classes) == 1:
        yield _finding(
            "one_class",
            "serious",
            said("There is one class only, {name}.", name=source.classes[0]),
            saidn("All 1 picture are of it.", "All {count:,} pictures are of it.", len(source)),
            said("A network learns to tell classes apart; of one alone nothing can be learnt."),
            said(
                "Put the pictures of each class into a folder of its own, two folders or more, or say in a table beside them which "
                "picture shows what: labels.csv with the columns file and label."
            ),
        )


def _few(seen: Seen) -> Iterator[Finding]:
    classes, split = seen.looked.source.classes, _training_split(seen)
    numbers = _per_class(seen, split)
    if small := [f"{classes[i]} ({numbers[i]})" for i in np.argsort(numbers, kind="stable") if 0 < numbers[i] < FEW]:
        yield _finding(
            "tiny_classes",
            "serious" if numbers[numbers > 0].min() < 5 else "notice",
            saidn(
                "1 class has fewer than {few} training pictures.",
                "{count:,} classes have fewer than {few} training pictures.",
                len(small),
                few=FEW,
            )
            if split == "train"
            else saidn(
                "1 class has fewer than {few} pictures.",
                "{count:,} classes have fewer than {few} pictures.",
                len(small),
                few=FEW,
            ),
            f"{listed(small, 5)}.",
            said("So few can hardly be learnt, and nothing sure can be said about how well."),
            said("Add pictures, or leave a class out with split.without=NAME.")
            if (numbers > 0).sum() > 2
            else said("Add pictures."),
        )
    for name in SPLITS[:0:-1]:
        total = int((seen.splits == name).sum())
        if 0 < total < FEW_TO_JUDGE * max(2, int((_per_class(seen, name) > 0).sum())):
            yield _finding(
                f"few_{name}",
                "notice",
                saidn("{name} has only 1 picture.", "{name} has only {count:,} pictures.", total, name=name),
                said("One picture more or less right is {points:.1f} points.", points=100 / total),
                said("Two networks cannot be told apart by so few."),
                said("Read the interval beside the score, and add pictures to {name} if you can.", name=name),
            )
            break


def _imbalance(seen: Seen) -> Iterator[Finding]:
    classes, split = seen.looked.source.classes, _training_split(seen)
    numbers = _per_class(seen, split)
    present = np.flatnonzero(numbers)
    if len(present) < 2:
        return
    most, least = present[numbers[present].argmax()], present[numbers[present].argmin()]
    ratio = numbers[most] / numbers[least]
    if ratio > IMBALANCE / 2 and (ratio > IMBALANCE or len(present) == 2):
        yield _finding(
            "imbalance",
            "notice",
            said(
                "{name} has {ratio:.0f} times as many pictures as {other}.",
                name=classes[most],
                ratio=ratio,
                other=classes[least],
            ),
            said(
                "{count:,} against {number:,}; always answering {name} is right in {share}.",
                count=numbers[most],
                number=numbers[least],
                name=classes[most],
                share=share(int(numbers[most]), int(numbers.sum())),
            ),
            said("A network that prefers the large class looks good by accuracy."),
            said("Try training.class_weights=balanced, and read the scores by class."),
        )


def _scarce(seen: Seen) -> Iterator[Finding]:
    split = _training_split(seen)
    numbers = _per_class(seen, split)
    each = float(np.median(numbers[numbers > 0]))
    if each < SCARCE:
        yield _finding(
            "scarce",
            "notice",
            said("There are few training pictures: {count:.0f} in the middle class.", count=each)
            if split == "train"
            else said("There are few pictures: {count:.0f} in the middle class.", count=each),
            said("{count:,} in all.", count=int(numbers.sum())),
            said("A network from scratch will mostly learn them by heart."),
            said(
                "Vary them: `seodang look {where} --augment rotation=10 zoom=0.1 flip_horizontal=true` shows what that does.",
                where=shlex.quote(seen.looked.source.where),
            ),
        )


def _left_out(seen: Seen) -> Iterator[Finding]:
    left = seen.looked.source.left_out
    total = len(left) + len(seen.looked)
    if len(left) > LEFT_OUT_SHARE * total:
        reasons: dict[str, int] = defaultdict(int)
        for one in left:
            reasons[one.reason] += 1
        common = sorted(reasons, key=lambda reason: -reasons[reason])
        rest = sum(reasons[reason] for reason in common[3:])
        told = [said("{count:,} × {reason}", count=reasons[reason], reason=reason) for reason in common[:3]]
        told += [said("{count:,} for other reasons", count=rest)] if rest else []
        yield _finding(
            "left_out",
            "notice",
            saidn(
                "1 file ({share}) is left out.",
                "{count:,} files ({share}) are left out.",
                len(left),
                share=share(len(left), total),
            ),
            f"{'; '.join(told)}.",
            said("What cannot be read cannot be learnt from."),
            said("`seodang look` lists them with the reasons: mend or remove them."),
        )


def _form_tells_class(seen: Seen) -> Iterator[Finding]:
    """A file mode (grey, palette, with transparency) that only one class has: a way to the answer past the subject."""
    source, modes = seen.looked.source, np.array(seen.looked.mode)
    for mode in np.unique(modes):
        held = source.labels[modes == mode]
        if not 20 <= len(held) <= 0.9 * len(modes):
            continue
        numbers = np.bincount(held, minlength=len(source.classes))
        own = int(numbers.argmax())
        if numbers[own] >= 0.95 * len(held) and (source.labels == own).mean() < 0.5:
            yield _finding(
                "mode_tells_class",
                "notice",
                said("Nearly all pictures of mode {mode} are of class {name}.", mode=mode, name=source.classes[own]),
                said("{count:,} of {all:,}.", count=numbers[own], all=len(held)),
                said("How a picture was saved may give its class away, which will not help with new pictures."),
                said(
                    "Save all pictures in the same way, or see in the report whether other pictures of that class fail."
                ),
            )


def _blank(seen: Seen) -> Iterator[Finding]:
    flat = seen.looked.thumbnail.reshape(len(seen.looked), -1)
    blank = np.flatnonzero(flat.max(1) == flat.min(1))
    if len(blank):
        ids = [seen.looked.source.ids[i] for i in blank[:3]]
        yield _finding(
            "blank",
            "notice",
            saidn("1 picture is of one flat colour.", "{count:,} pictures are of one flat colour.", len(blank)),
            f"{listed([*ids, *[''] * (len(blank) - len(ids))])}.",
            said("There is nothing in them to learn."),
            said("Look at them, and remove them if they are mistakes."),
        )


def _sizes_apart(seen: Seen) -> Iterator[Finding]:
    side = np.sqrt(seen.looked.width.astype(float) * seen.looked.height)
    small, large = int(side.argmin()), int(side.argmax())
    if side[large] > SIZES_APART * side[small]:
        ids, wide, high = seen.looked.source.ids, seen.looked.width, seen.looked.height
        yield _finding(
            "sizes",
            "notice",
            said(
                "Sizes are far apart: {smallest} to {largest} pixels.",
                smallest=f"{wide[small]}×{high[small]}",
                largest=f"{wide[large]}×{high[large]}",
            ),
            f"{ids[small]} and {ids[large]}.",
            said("All are brought to one size: small ones are blurred, large ones lose detail."),
            said("Choose the size with preparation.height and preparation.width, and the way with preparation.fit."),
        )
