"""What is wrong with rows, texts or a series: each finding says what, by which evidence, why it matters and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from seodang.data.encode_series import numbers, ordered, series_of
from seodang.data.encode_table import class_names
from seodang.data.findings import Finding, count, listed, share
from seodang.data.frame import Frame
from seodang.data.purpose import Purpose
from seodang.data.repeated_texts import repeated_texts
from seodang.data.times import in_words, moments, steps

# A class this many times the size of another is worth a word; below so many rows a class can hardly be learnt or judged.
IMBALANCE, FEW, TINY = 10, 20, 5
SCARCE = 200  # rows
MOSTLY_MISSING, LEFT_OUT_SHARE = 0.5, 0.01


def row_findings(frame: Frame, found: Purpose) -> list[Finding]:
    """Everything found, the most serious first. An empty list: nothing was found wrong."""
    every = {
        "table": (_gives_away, _twice, _contradictions, _classes, _target_missing, _mostly_missing, _scarce),
        "texts": (_repeated, _classes, _target_missing, _empty_texts, _scarce),
        "pairs": (_repeated, _empty_texts, _scarce),
        "prose": (),
        "series": (_order, _gaps, _missing_steps, _mostly_missing),
    }
    checks = (*every[found.form], _left_out)
    all_found = [finding for check in checks for finding in check(frame, found)]
    return sorted(all_found, key=lambda finding: finding["level"] != "serious")


def _found(kind: str, level: str, what: str, evidence: str, why: str, todo: str) -> Finding:
    return {"kind": kind, "level": level, "what": what, "evidence": evidence, "why": why, "todo": todo}


def _are(number: int, one: str = "is", many: str = "are") -> str:
    return one if number == 1 else many


# Tables ------------------------------------------------------------------------------------------------------------------


def _gives_away(frame: Frame, found: Purpose) -> Iterator[Finding]:
    names = [name for name, why in found.left.items() if "away" in why]
    if names:
        yield _found(
            "gives_away",
            "serious",
            f"{listed(names, 5)} {_are(len(names), 'gives', 'give')} {found.target} away.",
            "The one follows from the other in nearly every row.",
            "A network that sees it copies it, scores near perfect, and is of no use where the answer is not known yet.",
            f"Not used. Where it is known beforehand, say columns.kinds.{names[0]}={frame.column(names[0]).kind} to use it.",
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
            yield _found(
                f"leak_{judged}",
                "serious",
                f"{count(number, f'{judged} row')} ({share(number, int((splits == judged).sum()))}) "
                f"{_are(number, 'stands', 'stand')} in train too.",
                f"Such as {frame.ids[int(np.flatnonzero(inside)[0])]}.",
                "What was trained on is recognised, not foretold: the score looks better than it is.",
                f"Take these rows out of train or {judged}.",
            )
    number = int(again.sum())
    yield _found(
        "repeated",
        "notice",
        f"{count(number, 'row')} ({share(number, len(frame))}) {_are(number, 'repeats', 'repeat')} another in every column used.",
        f"Such as {frame.ids[first]}, which is {frame.ids[same]}.",
        "Where copies fall into training and test, the score is too good; with few columns of few values it is natural.",
        "Take copies out, or keep them together with split.by=COLUMN.",
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
    yield _found(
        "contradictions",
        "notice",
        f"{count(int(against.sum()), 'row')} {_are(int(against.sum()), 'is', 'are')} like another in every feature and of "
        f"another {found.target}.",
        f"Such as {frame.ids[first]} ({_word(target.iloc[first])}) and {frame.ids[other]} ({_word(target.iloc[other])}).",
        f"Nothing that sees only these columns can be right on more than {share(int(most.sum()), len(frame))} of the rows.",
        "Look for wrong labels, or for a column that tells them apart.",
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
        yield _found(
            "tiny_classes",
            "serious" if fewest < TINY else "notice",
            f"{count(len(small), 'class')} of {found.target} {_are(len(small), 'has', 'have')} fewer than {FEW} rows.",
            f"The smallest: {listed([f'{name} ({numbers_of[name]:,})' for name in sorted(small, key=lambda n: numbers_of[n])])}.",
            "So few can hardly be learnt, and a score on them is chance.",
            "Collect more, join classes, or leave them out: without=CLASS.",
        )
    (most, many), (least, few) = numbers_of.most_common()[0], numbers_of.most_common()[-1]
    if many >= IMBALANCE * few:
        yield _found(
            "imbalance",
            "notice",
            f"{most} is {many / few:.0f} times as common as {least}.",
            f"{many:,} rows against {few:,}; always answering {most} is right {share(many, sum(numbers_of.values()))} of the time.",
            "Accuracy says little here, and the rare class is easily overlooked.",
            "Look at the recall of each class; training.class_weights=balanced weighs them alike.",
        )


def _target_missing(frame: Frame, found: Purpose) -> Iterator[Finding]:
    if found.target is None or not (missing := frame.column(found.target).missing):
        return
    yield _found(
        "target_missing",
        "notice",
        f"{count(missing, 'row')} {_are(missing, 'has', 'have')} no {found.target}.",
        f"{share(missing, len(frame))} of all.",
        "Without an answer there is nothing to learn or to judge by.",
        "They are left out.",
    )


def _mostly_missing(frame: Frame, found: Purpose) -> Iterator[Finding]:
    used = {*found.features, found.target}
    empty = [c for c in frame.columns if c.name in used and c.missing > MOSTLY_MISSING * len(frame)]
    if empty:
        shares = [f"{c.name} ({share(c.missing, len(frame))})" for c in empty]
        yield _found(
            "mostly_missing",
            "notice",
            f"{count(len(empty), 'column')} {_are(len(empty), 'is', 'are')} mostly empty.",
            f"Missing: {listed(shares, 5)}.",
            "What a network learns of such a column is mostly whether it is filled in.",
            f"Fine where that tells something; else columns.leave_out={','.join(c.name for c in empty[:3])}.",
        )


def _scarce(frame: Frame, found: Purpose) -> Iterator[Finding]:
    if len(frame) < SCARCE:
        yield _found(
            "scarce",
            "notice",
            f"There are few {'rows' if found.form == 'table' else 'texts'}: {len(frame):,}.",
            f"A test split of 15 % has about {round(0.15 * len(frame)):,}.",
            "A score on so few is uncertain, and simple methods often do as well as a network.",
            "Look at the interval beside the score.",
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
            why = "One of the labels is wrong, or the text does not say."
            yield _found(
                "two_labels", "serious", f"{what}.", evidence, why, "Correct the labels, or take the texts out."
            )
            continue
        what, evidence = sentence.split(", such as ", 1)
        across = " too" in what
        why = "What was trained on is recognised, not judged anew." if across else "Copies weigh more than other texts."
        todo = "They are not trained on." if across else "Copies are kept in one split; nothing need be done."
        level = "serious" if across else "notice"
        yield _found("leak" if across else "repeated", level, f"{what}.", f"Such as {evidence}", why, todo)


def _empty_texts(frame: Frame, found: Purpose) -> Iterator[Finding]:
    assert found.text is not None, "texts stand in a column"
    empty = sum(not (isinstance(text, str) and text.strip()) for text in frame.table[found.text])
    if empty:
        what = f"{count(empty, 'text')} {_are(empty)} empty."
        yield _found(
            "empty", "notice", what, f"{share(empty, len(frame))} of all.", "They say nothing.", "They are left out."
        )


# Series ------------------------------------------------------------------------------------------------------------------


def _order(frame: Frame, found: Purpose) -> Iterator[Finding]:
    if found.time is None or found.key is not None:
        return
    when = moments(frame, found.time)
    seen = steps(when[~np.isnat(when)])
    if seen.order == "none":
        what = f"The rows do not stand in the order of {found.time}."
        why = "Windows are cut in time order."
        yield _found(
            "order", "notice", what, "Later rows have earlier times.", why, "They are sorted; nothing need be done."
        )
    if seen.repeated:
        what = f"{count(seen.repeated, 'row')} {_are(seen.repeated, 'shares its', 'share their')} {found.time} with another."
        why = "Two values at one time are two series, or one is wrong."
        yield _found(
            "times_twice",
            "serious",
            what,
            "",
            why,
            "The last of each time is used. Take the others out, or say which column tells series apart: columns.key=COLUMN.",
        )


def _gaps(frame: Frame, found: Purpose) -> Iterator[Finding]:
    """Steps longer than usual, in the series that has the longest of them."""
    if found.time is None:
        return
    frame = ordered(frame, found.time, found.key)
    when, whose = moments(frame, found.time), series_of(frame, found.key)
    one_series = whose[1:] == whose[:-1]
    usual = steps(when[whose == 0])
    if not usual.gaps:
        return
    long = np.where(one_series, np.diff(when).astype("timedelta64[s]").astype(np.int64), 0)
    worst = int(long.argmax())
    name = "" if found.key is None else f" of {class_names(frame.table[found.key].iloc[[worst]])[0]}"
    yield _found(
        "gaps",
        "notice",
        f"{count(usual.gaps, 'step')} {_are(usual.gaps)} longer than usual, which is {in_words(usual.step)}.",
        f"The longest{name}: from {_moment(when[worst])} to {_moment(when[worst + 1])}.",
        "A window that reaches over a gap takes what lies far apart for neighbours.",
        "Few and short ones do no harm. Else fill in the rows that are missing, with empty values, or begin after them: series.first.",
    )


def _moment(when: np.datetime64) -> str:
    words = str(when.astype("datetime64[m]")).replace("T", " ")
    return words.removesuffix(" 00:00")


def _missing_steps(frame: Frame, found: Purpose) -> Iterator[Finding]:
    assert found.target is not None, "a series has a target"
    frame = ordered(frame, found.time, found.key)
    missing = ~np.isfinite(numbers(frame, (found.target,))[:, 0])
    if not (number := int(missing.sum())):
        return
    edges = np.flatnonzero(np.diff(np.concatenate([[0], missing.astype(int), [0]])))
    longest = int((edges[1::2] - edges[::2]).max())
    yield _found(
        "missing_steps",
        "notice",
        f"{count(number, 'value')} of {found.target} {_are(number)} missing.",
        f"{share(number, len(frame))} of all; at most {longest:,} one after another.",
        "What is missing cannot be judged, and what fills it is a guess.",
        "The value before is taken in its place; none of them is foretold or judged.",
    )


# All ---------------------------------------------------------------------------------------------------------------------


def _left_out(frame: Frame, found: Purpose) -> Iterator[Finding]:
    number = len(frame.left_out)
    if number > LEFT_OUT_SHARE * (len(frame) + number):
        first = frame.left_out[0]
        yield _found(
            "left_out",
            "notice",
            f"{count(number, 'row')} ({share(number, len(frame) + number)}) {_are(number)} left out.",
            f"Such as {first.path}: {first.reason}.",
            "What is left out is not learnt; where it is of one kind, that kind is missing.",
            "See the list, and mend the file.",
        )
