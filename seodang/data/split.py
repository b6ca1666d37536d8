"""Which examples are for training, which for choosing, which for judging."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydantic import Field, field_validator

from seodang.core.errors import DataError, did_you_mean
from seodang.core.language import tr, trn
from seodang.core.sentences import said, saidn, shown
from seodang.core.values import Value
from seodang.data.counting import count
from seodang.data.counting import things as things_of
from seodang.data.drawing import LEAST_FOR, draw, groups_of
from seodang.data.source import SPLITS, LeftOut, Source

# A larger share of all examples are no copies of one picture but pictures that are all alike: they are left as they were drawn.
LARGEST_GROUP = 0.02
# Fewer pictures of a class cannot be cut into training, choosing and judging with more than two left to learn from.
FEWEST = 5
# So many small classes of rows are no classes: the column holds amounts or names.
MOST_SMALL = 20


class Split(Value):
    """How examples are divided where the data does not say. Splits that the data gives are kept."""

    validation: float = Field(
        default=0.1, ge=0, lt=1, description="Share of the training examples kept apart for choosing. 0: none."
    )
    test: float = Field(default=0.15, ge=0, lt=1, description="Share of all examples kept apart for judging. 0: none.")
    seed: int = Field(default=0, ge=0, description="Another seed gives another division.")
    by: str | None = Field(
        default=None,
        description="Keeps together what belongs together (a person, a source): a column of the table, or a regular "
        "expression on the file name whose first group names it.",
    )
    without: tuple[str, ...] = Field(
        default=(), description="Classes that are left out, by name: heron,ibis. For classes with too few examples."
    )

    @field_validator("without", mode="before")
    @classmethod
    def _words(cls, given: Any) -> Any:
        if isinstance(given, str):
            return tuple(word.strip() for word in given.split(",") if word.strip())
        return given


@dataclass(eq=False)
class Division:
    """Indices of the examples of each split: sorted int64 arrays that have nothing in common.

    given: the names of the splits that the data brought itself.     note: what was done, for a person.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    given: tuple[str, ...]
    note: str


def leave_out(source: Source, without: tuple[str, ...]) -> Source:
    """The source without some classes; each is listed in left_out.

    Raises:
        DataError: A name is no class, or fewer than two classes remain.
    """
    if not without:
        return source
    problems = [
        tr(
            "without={name}: {name!r} is not a class of {where}. {hint}",
            name=name,
            where=source.where,
            hint=did_you_mean(name, source.classes),
        )
        for name in without
        if name not in source.classes
    ]
    if problems:
        raise DataError("\n".join(problems))
    stay = np.array([name not in without for name in source.classes])
    if stay.sum() < 2:
        raise DataError(
            tr(
                "without={without} leaves {left} of the {count} classes of {where}. Telling classes apart needs 2.",
                without=",".join(without),
                left=int(stay.sum()),
                count=len(stay),
                where=source.where,
            )
        )
    counts = np.bincount(source.labels, minlength=len(stay))
    gone = tuple(
        LeftOut(
            f"class {name}",
            said(
                "left out by without={without} ({things})",
                without=",".join(without),
                things=count(int(number), source.noun),
            ),
        )
        for name, number, kept in zip(source.classes, counts, stay, strict=True)
        if not kept
    )
    some = source.select(np.flatnonzero(stay[source.labels]))
    return replace(
        some,
        classes=tuple(name for name, kept in zip(source.classes, stay, strict=True) if kept),
        label_values=tuple(value for value, kept in zip(source.label_values, stay, strict=False) if kept),
        labels=(np.cumsum(stay) - 1)[some.labels],
        left_out=(*source.left_out, *gone),
    )


def divide(source: Source, settings: Split, *, classes: bool = True) -> Division:
    """Divide the examples into training, validation and test.

    Splits that the data gives are kept as they are. Without any: test and validation are drawn, stratified by class.
    Training and test given: validation is drawn from training. Training and validation given: there is no test split.
    Which examples are drawn is decided by a hash of the seed and each example's id, so the same file stays in the same
    split when others come or go. With classes=False `labels` are only strata, and there may be one.

    Raises:
        DataError: A class is too small to be cut, a group setting does not fit, or there is nothing to train on.
    """
    if classes and len(source.classes) < 2 and (settings.test or settings.validation):
        only = repr(source.classes[0]) if source.classes else tr("none")
        raise DataError(
            tr(
                "{where} has one class only, {only}. Telling classes apart needs 2 or more.",
                where=source.where,
                only=only,
            )
        )
    given = tuple(name for name in SPLITS if bool((source.splits == name).any()))
    parts = {name: np.flatnonzero(source.splits == name) for name in SPLITS}
    groups = groups_of(source, settings.by)
    notes: list[str] = []
    if given and "train" not in given:
        raise DataError(
            tr(
                "{where} has a {split} split but nothing to train on. Add a folder or file named train, "
                "or give the path of the {split} data itself.",
                where=source.where,
                split=given[0],
            )
            if len(given) == 1
            else tr(
                "{where} has a {first} and a {second} split but nothing to train on. Add a folder or file named train, "
                "or give the path of the {first} data itself.",
                where=source.where,
                first=given[0],
                second=given[1],
            )
        )
    if given in ((), ("train",)):
        given = ()
        everything = np.arange(len(source))
        if settings.test or settings.validation:
            _big_enough(source, everything, classes)
        test = draw(source, everything, settings.test, settings.seed, "test", groups)
        rest = np.setdiff1d(everything, test, assume_unique=True)
        validation = draw(source, rest, settings.validation, settings.seed, "validation", groups)
        train = np.setdiff1d(rest, validation, assume_unique=True)
        notes.append(_drawn_note(settings, classes, test=len(test), validation=len(validation)))
        notes += _small_note(source, everything, {"test": test, "validation": validation}) if classes else []
    elif "validation" in given:
        train, validation, test = parts["train"], parts["validation"], parts["test"]
        if "test" not in given:
            notes.append(
                said("The data gives training and validation but no test split: judging happens on validation.")
            )
        else:
            notes.append(said("The data gives training, validation and test: they are used as they are."))
    else:
        test = parts["test"]
        validation = draw(source, parts["train"], settings.validation, settings.seed, "validation", groups)
        train = np.setdiff1d(parts["train"], validation, assume_unique=True)
        notes.append(
            said(
                "The data gives training and test; {share:.0%} of training ({things}) are kept apart as validation (seed {seed}).",
                share=settings.validation,
                things=count(len(validation), source.noun),
                seed=settings.seed,
            )
            if settings.validation
            else said("The data gives training and test; there is no validation split (split.validation=0).")
        )
        notes += _small_note(source, parts["train"], {"test": test, "validation": validation}) if classes else []
    if settings.by and groups is not None:
        notes.append(
            said(
                "{things} with the same {column} stay together ({count:,} groups).",
                things=things_of(source.noun, capital=True),
                column=settings.by,
                count=len(set(groups.tolist())),
            )
        )
    if classes:  # of amounts labels are only strata: what is judged may be larger than all that was learnt from
        _every_class_trains(source, train, given)
    return Division(train, validation, test, given, " ".join(notes))


def keep_together(source: Source, division: Division, groups: Sequence[Sequence[int]]) -> Division:
    """A division that was drawn, with each group of copies in one split: that of its first member.

    What is judged on a copy of a training example says nothing about new ones. A group stays as it is where it is larger than 2 % of
    all examples (and 10), or where training would lose its last example of a class.
    """
    if division.given:
        return division
    where = np.full(len(source), "", dtype="<U10")
    for name in SPLITS:
        where[getattr(division, name)] = name
    left = np.bincount(source.labels[where == "train"], minlength=len(source.classes))
    moved = 0
    for group in groups:
        members = np.asarray(group)
        home = where[members[0]]
        movers = members[where[members] != home]
        if not len(movers) or len(members) > max(10, LARGEST_GROUP * len(source)):
            continue
        lost = np.bincount(source.labels[movers[where[movers] == "train"]], minlength=len(source.classes))
        if ((left - lost)[lost > 0] < 1).any():
            continue
        left -= lost
        if home == "train":
            left += np.bincount(source.labels[movers], minlength=len(source.classes))
        where[movers] = home
        moved += len(movers)
    if not moved:
        return division
    parts = {name: np.flatnonzero(where == name) for name in SPLITS}
    note = said(
        "{note} Copies and near copies stay in one split ({things} moved).",
        note=division.note,
        things=count(moved, source.noun),
    )
    return Division(**parts, given=division.given, note=note)


def _drawn_note(settings: Split, classes: bool, **counts: int) -> str:
    found = {**{name: number for name, number in counts.items() if number}, "seed": settings.seed}
    if "test" in found and "validation" in found:
        if classes:
            return said(
                "The data gives no split: test ({test:,}) and validation ({validation:,}) drawn, stratified by class (seed {seed}).",
                **found,
            )
        return said(
            "The data gives no split: test ({test:,}) and validation ({validation:,}) drawn (seed {seed}).", **found
        )
    if "test" in found:
        if classes:
            return said("The data gives no split: test ({test:,}) drawn, stratified by class (seed {seed}).", **found)
        return said("The data gives no split: test ({test:,}) drawn (seed {seed}).", **found)
    if "validation" in found:
        if classes:
            return said(
                "The data gives no split: validation ({validation:,}) drawn, stratified by class (seed {seed}).",
                **found,
            )
        return said("The data gives no split: validation ({validation:,}) drawn (seed {seed}).", **found)
    return said(
        "The data gives no split and none is drawn (split.test=0, split.validation=0): nothing is left for judging."
    )


def _big_enough(source: Source, indices: np.ndarray, classes: bool) -> None:
    """Raise DataError where fewer than two classes have a second example to judge by, and where a column is no class at all."""
    counts = np.bincount(source.labels[indices], minlength=len(source.classes))
    small = [(name, int(number)) for name, number in zip(source.classes, counts, strict=True) if number < FEWEST]
    lonely = [name for name, number in small if number < LEAST_FOR["test"]]
    are_amounts = source.noun != "picture" and len(small) > max(MOST_SMALL, len(counts) / 2)
    if (len(counts) - len(lonely) > 1 and not are_amounts) if classes else len(indices) >= FEWEST:
        return
    listed = ", ".join(f"{name!r} ({number})" for name, number in small[:20])
    more = tr(" and {count} more", count=len(small) - 20) if len(small) > 20 else ""
    things = shown(things_of(source.noun))
    if source.noun != "picture" and len(small) > MOST_SMALL:
        todo = tr(
            "Add {things}. Or is this an amount, or a name, and no class at all? Then another target or task is meant.",
            things=things,
        )
    else:
        todo = tr("Add {things}.", things=things)
    raise DataError(
        trn(
            "{where} has {count} class with fewer than {fewest} {things}: {classes}. "
            "At least two classes need 2, one to learn from and one to judge by.",
            "{where} has {count} classes with fewer than {fewest} {things}: {classes}. "
            "At least two classes need 2, one to learn from and one to judge by.",
            len(small),
            where=source.where,
            fewest=FEWEST,
            things=things,
            classes=listed + more,
        )
        + f"\n{todo}"
    )


def _small_note(source: Source, indices: np.ndarray, drawn: dict[str, np.ndarray]) -> list[str]:
    """What cannot be judged or chosen by because a class has too few examples."""
    counts = np.bincount(source.labels[indices], minlength=len(source.classes))
    small = [f"{source.classes[i]!r} ({counts[i]})" for i in np.flatnonzero((counts > 0) & (counts < FEWEST))]
    if not small or not any(map(len, drawn.values())):
        return []
    notes = [
        saidn(
            "{count} of {total} classes has fewer than {fewest} examples, too few to be learnt or judged well: {names}.",
            "{count} of {total} classes have fewer than {fewest} examples, too few to be learnt or judged well: {names}.",
            len(small),
            total=len(counts),
            fewest=FEWEST,
            names=_listed(small),
        )
    ]
    for name, part in drawn.items():
        none = np.flatnonzero((counts > 0) & (np.bincount(source.labels[part], minlength=len(counts)) == 0))
        if len(part) and len(none):
            names = _listed([repr(source.classes[i]) for i in none])
            notes.append(
                said("The test split has none of {names}, which cannot be judged.", names=names)
                if name == "test"
                else said("The validation split has none of {names}.", names=names)
            )
    return notes


def _listed(names: list[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + (f", … ({len(names)})" if len(names) > most else "")


def _every_class_trains(source: Source, train: np.ndarray, given: tuple[str, ...]) -> None:
    counts = np.bincount(source.labels[train], minlength=len(source.classes))
    if (counts == 0).any():
        missing = [name for name, number in zip(source.classes, counts, strict=True) if not number]
        things, judged = shown(things_of(source.noun)), " and ".join(name for name in given if name != "train")
        others = tr("{splits} {things}", splits=judged, things=things) if given else tr("others")
        raise DataError(
            trn(
                "{where} has no training {things} of {classes}, only {others}. Add some, or leave it out with without={names}.",
                "{where} has no training {things} of {classes}, only {others}. Add some, or leave them out with without={names}.",
                len(missing),
                where=source.where,
                things=things,
                classes=", ".join(map(repr, missing[:20])) + (tr(" and more") if len(missing) > 20 else ""),
                others=others,
                names=",".join(missing),
            )
        )
