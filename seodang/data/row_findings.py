"""What is wrong with rows, texts or a series: each finding says what, by which evidence, why it matters and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from seodang.core.later import pandas as pd
from seodang.core.sentences import said, saidn
from seodang.data.finding import Finding, by_weight, finding, listed, share
from seodang.data.frame import Frame
from seodang.data.odd_cells import ODD_CELLS, spelt_differently, stand_for_nothing
from seodang.data.purposes import Purpose
from seodang.data.repeated_texts import repeated_texts
from seodang.data.series_findings import gaps, missing_steps, order

# A class this many times the size of another is worth a word; below so many rows a class can hardly be learnt or judged.
IMBALANCE, FEW, TINY = 10, 20, 5
SCARCE = 200  # rows
MOSTLY_MISSING, LEFT_OUT_SHARE = 0.5, 0.01


def row_findings(frame: Frame, found: Purpose) -> list[Finding]:
    """Everything found, the most serious first. An empty list: nothing was found wrong."""
    every = {
        "table": (
            _gives_away,
            _twice,
            _contradictions,
            _classes,
            *ODD_CELLS,
            _target_missing,
            _mostly_missing,
            _scarce,
        ),
        "texts": (_repeated, _classes, spelt_differently, _target_missing, _empty_texts, _scarce),
        "pairs": (_repeated, _empty_texts, _scarce),
        "prose": (),
        "series": (order, gaps, stand_for_nothing, missing_steps, _mostly_missing),
    }
    checks = (*every[found.form], _left_out)
    all_found = [each for check in checks for each in check(frame, found)]
    return by_weight(all_found)


# Tables ------------------------------------------------------------------------------------------------------------------


def _gives_away(frame: Frame, found: Purpose) -> Iterator[Finding]:
    names = [name for name, why in found.left.items() if "away" in why]
    if names:
        yield finding(
            "gives_away",
            "serious",
            said("{clause} gives {target} away.", clause=names[0], target=found.target)
            if len(names) == 1
            else said("{clause} give {target} away.", clause=listed(names, 5), target=found.target),
            said("The one follows from the other in nearly every row."),
            said(
                "A network that sees it copies it, scores near perfect, and is of no use where the answer is not known yet."
            ),
            said(
                "Not used. Where it is known beforehand, say columns.kinds.{name}={kind} to use it.",
                name=names[0],
                kind=frame.column(names[0]).kind,
            ),
        )


def _twice(frame: Frame, found: Purpose) -> Iterator[Finding]:
    """Rows that are the same in all that is used; across given splits they make a score say less than it seems to."""
    codes = _coded(frame, [*found.features, *([found.target] if found.target else [])])
    again = pd.Series(codes).duplicated().to_numpy()
    if not again.any():
        return
    first = int(np.flatnonzero(again)[0])
    same = int(np.flatnonzero(codes == codes[first])[0])
    splits = np.asarray(frame.splits)
    for judged in ("validation", "test"):
        inside = np.isin(codes, codes[splits == "train"]) & (splits == judged)
        if number := int(inside.sum()):
            yield finding(
                f"leak_{judged}",
                "serious",
                saidn(
                    "1 {split} row ({share}) stands in train too.",
                    "{count:,} {split} rows ({share}) stand in train too.",
                    number,
                    split=judged,
                    share=share(number, int((splits == judged).sum())),
                ),
                said("Such as {example}.", example=frame.ids[int(np.flatnonzero(inside)[0])]),
                said("What was trained on is recognised, not foretold: the score looks better than it is."),
                said("Take these rows out of train or {split}.", split=judged),
            )
    number = int(again.sum())
    yield finding(
        "repeated",
        "notice",
        saidn(
            "1 row ({share}) repeats another in every column used.",
            "{count:,} rows ({share}) repeat another in every column used.",
            number,
            share=share(number, len(frame)),
        ),
        said("Such as {example}, which is {other}.", example=frame.ids[first], other=frame.ids[same]),
        said(
            "Where copies fall into training and test, the score is too good; with few columns of few values it is natural."
        ),
        said("Take copies out, or keep them together with split.by=COLUMN."),
    )


def _contradictions(frame: Frame, found: Purpose) -> Iterator[Finding]:
    """Rows that are the same in all features and differ in class: nobody can tell them apart."""
    if found.task != "classify" or found.target is None:
        return
    frame = frame.select(np.flatnonzero(frame.table[found.target].notna()))
    rows, whole = _coded(frame, list(found.features)), _coded(frame, [*found.features, found.target])
    first_of, times = np.unique(whole, return_index=True, return_counts=True)[1:]
    kinds, most = np.bincount(rows[first_of]), np.zeros(rows.max(initial=0) + 1, np.int64)
    np.maximum.at(most, rows[first_of], times)
    against = kinds[rows] > 1
    if not against.any():
        return
    first = int(np.flatnonzero(against)[0])
    other = int(np.flatnonzero((rows == rows[first]) & (whole != whole[first]))[0])
    target = frame.table[found.target]
    yield finding(
        "contradictions",
        "notice",
        saidn(
            "1 row is like another in every feature, but not in {target}.",
            "{count:,} rows are like another in every feature, but not in {target}.",
            int(against.sum()),
            target=found.target,
        ),
        said(
            "Such as {first} ({label}) and {second} ({other}).",
            first=frame.ids[first],
            label=_word(target.iloc[first]),
            second=frame.ids[other],
            other=_word(target.iloc[other]),
        ),
        said(
            "Nothing that sees only these columns can be right on more than {share} of the rows.",
            share=share(int(most.sum()), len(frame)),
        ),
        said("Look for wrong labels, or for a column that tells them apart."),
    )


def _coded(frame: Frame, names: list[str]) -> np.ndarray:
    """(N,) a number for each row, the same where all these columns are the same; missing is a value like another."""
    codes = np.zeros(len(frame), np.int64)
    for name in names:
        one = pd.factorize(frame.table[name])[0].astype(np.int64)
        codes = np.asarray(pd.factorize(codes * (int(one.max(initial=0)) + 2) + one + 1)[0], np.int64)
    return codes


def _word(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _classes(frame: Frame, found: Purpose) -> Iterator[Finding]:
    if found.task != "classify" or found.target is None:
        return
    numbers_of = Counter(_word(value) for value in frame.table[found.target].dropna())
    if len(numbers_of) < 2:
        return
    small = [name for name, number in numbers_of.items() if number < FEW]
    if small:
        fewest = min(numbers_of.values())
        yield finding(
            "tiny_classes",
            "serious" if fewest < TINY else "notice",
            saidn(
                "1 class of {target} has fewer than {few} rows.",
                "{count:,} classes of {target} have fewer than {few} rows.",
                len(small),
                target=found.target,
                few=FEW,
            ),
            said(
                "The smallest: {clause}.",
                clause=listed(
                    [f"{name} ({numbers_of[name]:,})" for name in sorted(small, key=lambda n: numbers_of[n])]
                ),
            ),
            said("So few can hardly be learnt, and a score on them is chance."),
            said("Collect more, join classes, or leave them out: without=CLASS."),
        )
    (most, many), (least, few) = numbers_of.most_common()[0], numbers_of.most_common()[-1]
    if many >= IMBALANCE * few:
        yield finding(
            "imbalance",
            "notice",
            said("{name} is {ratio:.0f} times as common as {other}.", name=most, ratio=many / few, other=least),
            said(
                "{count:,} rows against {number:,}; always answering {name} is right {share} of the time.",
                count=many,
                number=few,
                name=most,
                share=share(many, sum(numbers_of.values())),
            ),
            said("Accuracy says little here, and the rare class is easily overlooked."),
            said("Look at the recall of each class; training.class_weights=balanced weighs them alike."),
        )


def _target_missing(frame: Frame, found: Purpose) -> Iterator[Finding]:
    if found.target is None or not (missing := frame.column(found.target).missing):
        return
    yield finding(
        "target_missing",
        "notice",
        saidn("1 row has no {target}.", "{count:,} rows have no {target}.", missing, target=found.target),
        said("{share} of all.", share=share(missing, len(frame))),
        said("Without an answer there is nothing to learn or to judge by."),
        said("They are left out."),
    )


def _mostly_missing(frame: Frame, found: Purpose) -> Iterator[Finding]:
    used = {*found.features, found.target}
    empty = [c for c in frame.columns if c.name in used and c.missing > MOSTLY_MISSING * len(frame)]
    if empty:
        shares = [f"{c.name} ({share(c.missing, len(frame))})" for c in empty]
        yield finding(
            "mostly_missing",
            "notice",
            saidn("1 column is mostly empty.", "{count:,} columns are mostly empty.", len(empty)),
            said("Missing: {clause}.", clause=listed(shares, 5)),
            said("What a network learns of such a column is mostly whether it is filled in."),
            said(
                "Fine where that tells something; else columns.leave_out={columns}.",
                columns=",".join(c.name for c in empty[:3]),
            ),
        )


def _scarce(frame: Frame, found: Purpose) -> Iterator[Finding]:
    if len(frame) < SCARCE:
        yield finding(
            "scarce",
            "notice",
            said("There are few rows: {count:,}.", count=len(frame))
            if found.form == "table"
            else said("There are few texts: {count:,}.", count=len(frame)),
            said("A test split of 15 % has about {count:,}.", count=round(0.15 * len(frame))),
            said("A score on so few is uncertain, and simple methods often do as well as a network."),
            said("Look at the interval beside the score."),
        )


# Texts -------------------------------------------------------------------------------------------------------------------


def repetitions(frame: Frame, found: Purpose) -> tuple[str, ...]:
    """The sentences on texts that stand more than once."""
    if found.text is None:
        return ()
    labels = None
    if found.target is not None and found.form == "texts":
        labels = [_word(value) for value in frame.table[found.target]]
    return repeated_texts(frame.table[found.text].tolist(), frame.ids, frame.splits, labels)


def _repeated(frame: Frame, found: Purpose) -> Iterator[Finding]:
    for sentence in repetitions(frame, found):
        if "different labels" in sentence:
            what, evidence = sentence.split(": ", 1)
            why = said("One of the labels is wrong, or the text does not say.")
            yield finding(
                "two_labels",
                "serious",
                f"{what}.",
                evidence,
                why,
                said("Correct the labels, or take the texts out."),
            )
            continue
        what, evidence = sentence.split(", such as ", 1)
        across = " too" in what
        why = (
            said("What was trained on is recognised, not judged anew.")
            if across
            else said("Copies weigh more than other texts.")
        )
        todo = (
            said("They are not trained on.") if across else said("Copies are kept in one split; nothing need be done.")
        )
        level = "serious" if across else "notice"
        yield finding(
            "leak" if across else "repeated",
            level,
            f"{what}.",
            said("Such as {example}", example=evidence),
            why,
            todo,
        )


def _empty_texts(frame: Frame, found: Purpose) -> Iterator[Finding]:
    assert found.text is not None, "texts stand in a column"
    empty = sum(not (isinstance(text, str) and text.strip()) for text in frame.table[found.text])
    if empty:
        what = saidn("1 text is empty.", "{count:,} texts are empty.", empty)
        yield finding(
            "empty",
            "notice",
            what,
            said("{share} of all.", share=share(empty, len(frame))),
            said("They say nothing."),
            said("They are left out."),
        )


# All ---------------------------------------------------------------------------------------------------------------------


def _left_out(frame: Frame, found: Purpose) -> Iterator[Finding]:
    number = len(frame.left_out)
    if number > LEFT_OUT_SHARE * (len(frame) + number):
        first = frame.left_out[0]
        yield finding(
            "left_out",
            "notice",
            saidn(
                "1 row ({share}) is left out.",
                "{count:,} rows ({share}) are left out.",
                number,
                share=share(number, len(frame) + number),
            ),
            said("Such as {path}: {reason}.", path=first.path, reason=first.reason),
            said("What is left out is not learnt; where it is of one kind, that kind is missing."),
            said("See the list, and mend the file."),
        )
