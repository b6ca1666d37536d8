"""What is wrong with the classes of pictures: one only, missing in a split, too few pictures, or far more of one."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import numpy as np

from seodang.core.sentences import said, saidn
from seodang.data.finding import Finding, finding, listed, share
from seodang.data.seen import Seen
from seodang.data.source import SPLITS

# A class this many times the size of another is worth a word; below so many pictures a class can hardly be learnt or judged.
IMBALANCE, FEW, FEW_TO_JUDGE = 10, 20, 20
# Below so many training pictures a class, a network from scratch mostly learns them by heart (cats-dogs-small: 1,000).
SCARCE = 100


def classes_missing(seen: Seen) -> Iterator[Finding]:
    """Classes that training has and a judged split has not, or the other way round."""
    classes = seen.looked.source.classes
    if not (seen.splits == "train").any():
        return
    train = seen.per_class("train")
    for name in SPLITS[1:]:
        if not (seen.splits == name).any():
            continue
        other = seen.per_class(name)
        if strange := [classes[i] for i in np.flatnonzero((train == 0) & (other > 0))]:
            yield finding(
                f"not_in_train_{name}",
                "serious",
                saidn(
                    "{split} has 1 class that train has not: {clause}.",
                    "{split} has {count:,} classes that train has not: {clause}.",
                    len(strange),
                    split=name,
                    clause=listed(strange, 5),
                ),
                said("{count:,} pictures of {split}.", count=int(other[train == 0].sum()), split=name),
                said("They can only be answered wrongly."),
                said(
                    "Add training pictures, or leave the class out with split.without={names}.",
                    names=",".join(strange[:3]),
                ),
            )
        if missing := [classes[i] for i in np.flatnonzero((train > 0) & (other == 0))]:
            yield finding(
                f"not_in_{name}",
                "notice",
                saidn(
                    "{split} has no pictures of 1 class: {clause}.",
                    "{split} has no pictures of {count:,} classes: {clause}.",
                    len(missing),
                    split=name,
                    clause=listed(missing, 5),
                ),
                said("train has {count:,} of them.", count=int(train[other == 0].sum())),
                said("The score on {split} says nothing about them.", split=name),
                said("Add pictures of them to {split}.", split=name),
            )


def one_class(seen: Seen) -> Iterator[Finding]:
    """One class alone, of which nothing can be learnt."""
    source = seen.looked.source
    if len(source.classes) == 1:
        yield finding(
            "one_class",
            "serious",
            said("There is one class only, {name}.", name=source.classes[0]),
            saidn("The only picture is of it.", "All {count:,} pictures are of it.", len(source)),
            said("A network learns to tell classes apart; of one alone nothing can be learnt."),
            said(
                "Put the pictures of each class into a folder of its own, two folders or more, or say in a table beside them which "
                "picture shows what: labels.csv with the columns file and label."
            ),
        )


def few(seen: Seen) -> Iterator[Finding]:
    """Classes with few pictures, and judged splits with too few to tell two networks apart."""
    classes, split = seen.looked.source.classes, seen.training_split
    numbers = seen.per_class(split)
    if small := [f"{classes[i]} ({numbers[i]})" for i in np.argsort(numbers, kind="stable") if 0 < numbers[i] < FEW]:
        yield finding(
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
        if 0 < total < FEW_TO_JUDGE * max(2, int((seen.per_class(name) > 0).sum())):
            yield finding(
                f"few_{name}",
                "notice",
                saidn("{split} has only 1 picture.", "{split} has only {count:,} pictures.", total, split=name),
                said("One picture more or less right is {points:.1f} points.", points=100 / total),
                said("Two networks cannot be told apart by so few."),
                said("Read the interval beside the score, and add pictures to {split} if you can.", split=name),
            )
            break


def imbalance(seen: Seen) -> Iterator[Finding]:
    """A class with many times as many pictures as another."""
    classes, split = seen.looked.source.classes, seen.training_split
    numbers = seen.per_class(split)
    present = np.flatnonzero(numbers)
    if len(present) < 2:
        return
    most, least = present[numbers[present].argmax()], present[numbers[present].argmin()]
    ratio = numbers[most] / numbers[least]
    if ratio > IMBALANCE / 2 and (ratio > IMBALANCE or len(present) == 2):
        yield finding(
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


def scarce(seen: Seen) -> Iterator[Finding]:
    """Fewer pictures a class than a network from scratch needs."""
    split = seen.training_split
    numbers = seen.per_class(split)
    each = float(np.median(numbers[numbers > 0]))
    if each < SCARCE:
        yield finding(
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
