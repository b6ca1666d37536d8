"""What data is for: which column is foretold, from which others, and whether the rows are a table, texts or a series."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Literal, cast

import numpy as np
import pandas as pd

from seodang.core.errors import DataError, did_you_mean
from seodang.core.language import tr
from seodang.core.sentences import said, saidn, shown
from seodang.data.frame import Column, Frame
from seodang.data.leaks import gives_away
from seodang.data.targets import guessed, named, nearly_names, plain, task_of
from seodang.data.times import candidates, in_words, key_of, moments, steps

Form = Literal["table", "texts", "series", "pairs", "prose"]
Task = Literal["classify", "regress", "forecast", "next_token", "translate", "reconstruct"]

# Names of what is forecast.
SERIES_NAMES = [
    "close", "target", "y", "value", "ot", "passengers", "sales", "demand", "temp", "temperature", "load", "price", "consumption",
    "count", "cases", "종가", "값", "판매량", "매출", "수요", "기온", "가격",
]  # fmt: skip
LANGUAGES = [
    "en", "ko", "de", "fr", "es", "it", "ja", "zh", "pt", "ru", "nl", "vi", "english", "korean", "german",
    "french", "spanish", "italian", "japanese", "chinese", "russian", "영어", "한국어", "일본어", "중국어", "독일어",
    "프랑스어", "원문", "번역", "번역문", "source", "target", "src", "tgt", "input", "output",
]  # fmt: skip

SENTENCE = 40  # words on average of texts that are translated without anyone having said so

MOST_REPEATED = 0.01  # of the rows of a series may stand at a time that another has; the last is used


@dataclass(frozen=True)
class Purpose:
    """What a frame is for.

    form: table (a row an example), texts (a text column and what to say of it), series, pairs (a text and its translation),
        prose (text alone).
    task: what is to be learnt.   target: the column foretold; None for prose.
    time: of a series, the column that says when, or several together: "year, month" (see `times.moments`).
    text: the column that is read; of pairs, the one translated from.   key: which of several series a row belongs to.
    left: columns that are not used, and why.   features: the columns that are; of a series, without the target's own past.
    reasons: how all this was found, a sentence each.
    """

    form: Form
    task: Task
    target: str | None = None
    time: str | None = None
    text: str | None = None
    key: str | None = None
    left: dict[str, str] = field(default_factory=dict)
    features: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def purpose(
    frame: Frame,
    *,
    target: str | None = None,
    time: str | None = None,
    text: str | None = None,
    key: str | None = None,
    leave_out: Collection[str] = (),
    forecast: bool | None = None,
) -> Purpose:
    """What the frame is for; what is not said is guessed, and each guess says how it was made.

    Args:
        target, time, text, key: columns, where the guess would be wrong.   leave_out: columns not to be used.
        forecast: whether it is to be forecast in any case: without a column that says when, in the order of the rows. False: in no
            case, though the rows follow one another in time. None: where they do.

    Raises:
        DataError: A column is not there (the nearest is named) or cannot be what it is said to be, or nothing can be foretold.
    """
    _exist(frame, target, text, key, *leave_out, *_parts(frame, time))
    if target is not None and frame.column(target).kind in ("empty", "constant"):
        column = frame.column(target)
        raise DataError(
            tr(
                "Column {name} cannot be foretold: {reason}. Say another with target=COLUMN.",
                name=target,
                reason=shown(column.reason),
            )
        )
    if target is not None and target in leave_out:
        raise DataError(tr("Column {target} cannot be both the target and left out.", target=target))
    usable = [c for c in frame.columns if c.kind not in ("id", "constant", "empty") and c.name not in leave_out]
    chosen = _Said(target, time, text, key)
    if forecast:
        found = _series(frame, chosen, usable) or _as_it_lies(frame, chosen, usable)
    else:
        found = _pairs(frame, chosen, usable) or _texts(frame, chosen, usable)
        found = (
            found or (None if forecast is False else _series(frame, chosen, usable)) or _table(frame, chosen, usable)
        )
        if found.form == "table" and forecast is None and (why := _why_no_series(frame, chosen, usable)):
            found = replace(found, reasons=(*found.reasons, why))
    asked = dict.fromkeys((name for name in leave_out if name in found.left), said("left out as asked"))
    return Purpose(**{**found.__dict__, "left": {**found.left, **asked}})


@dataclass(frozen=True)
class _Said:
    """The columns that a person named."""

    target: str | None
    time: str | None
    text: str | None
    key: str | None


def _parts(frame: Frame, time: str | None) -> list[str]:
    if time is None:
        return []
    return [time] if time in frame.table.columns else [part.strip() for part in time.split(",")]


def _exist(frame: Frame, *names: str | None) -> None:
    there = [column.name for column in frame.columns]
    for name in names:
        if name is not None and name not in there:
            same = next((other for other in there if other.lower() == name.lower()), None)
            raise DataError(
                tr(
                    "{where} has no column {name!r}. {hint}",
                    where=frame.where,
                    name=name,
                    hint=tr("Did you mean {match}?", match=same) if same else did_you_mean(name, there),
                )
            )


def _left(frame: Frame, used: Collection[str | None], why: str = said("not used")) -> dict[str, str]:
    """Every other column and why it is not used: what its kind says, else `why`."""
    kinds = {
        "id": said("an id: it tells rows apart and says nothing of new ones"),
        "constant": said("the same in every row"),
        "empty": said("no values"),
    }
    return {column.name: kinds.get(column.kind, why) for column in frame.columns if column.name not in used}


# Texts ----------------------------------------------------------------------------------------------------------------


def _pairs(frame: Frame, chosen: _Said, usable: list[Column]) -> Purpose | None:
    """Two columns of words that are named like languages, or two columns of text and nothing else."""
    if chosen.time or chosen.key:
        return None
    words = [c.name for c in frame.columns if c.kind in ("text", "category", "id") and plain(c.name) in LANGUAGES]
    if chosen.text and chosen.target and frame.column(chosen.text).kind == frame.column(chosen.target).kind == "text":
        first, second = chosen.text, chosen.target
        reason = said(
            "{first} and {second} are texts: what stands in {first} is translated into {second}.",
            first=first,
            second=second,
        )
    elif len(words) == 2 and any(frame.column(name).kind == "text" for name in words):
        first, second = words
        if chosen.text == second or chosen.target == first:
            first, second = second, first
        if {chosen.text, chosen.target} - {None, first, second}:
            return None
        reason = said(
            "The columns {first} and {second} are named like languages: {first} is translated into {second}. "
            "Say text={second} target={first} for the other way.",
            first=first,
            second=second,
        )
    elif (
        not (chosen.text or chosen.target) and [c.kind for c in frame.columns] == ["text", "text"] and _are_short(frame)
    ):
        first, second = (column.name for column in frame.columns)
        reason = said(
            "{first} and {second} are texts, and there is nothing else: {first} is translated into {second}. "
            "Say text={second} target={first} for the other way.",
            first=first,
            second=second,
        )
    else:
        return None
    return Purpose("pairs", "translate", second, None, first, None, _left(frame, (first, second)), (first,), (reason,))


def _are_short(frame: Frame) -> bool:
    """Whether the texts of all columns are sentences rather than articles, so that one may be the other in other words."""
    words = frame.table.head(1_000).astype(str).apply(lambda texts: texts.str.split().str.len().mean())
    return bool(words.max() <= SENTENCE)


def _texts(frame: Frame, chosen: _Said, usable: list[Column]) -> Purpose | None:
    """A column of text with a label beside it, or alone; more columns than that are a table."""
    texts = [c.name for c in usable if c.kind == "text"]
    if chosen.time or chosen.key or not (texts or chosen.text):
        return None
    if chosen.text is not None and frame.column(chosen.text).kind not in ("text", "category", "id"):
        kind = frame.column(chosen.text).kind
        also = " " + tr("Texts here are: {columns}.", columns=", ".join(texts)) if texts else ""
        raise DataError(
            tr("Column {name} holds no text: it is of the kind {kind}.", name=chosen.text, kind=kind) + also
        )
    others = [c.name for c in usable if c.kind in ("category", "number") and c.name != chosen.text]
    if chosen.text is None and (len(texts) > 1 or len(others) > 1 or chosen.target in texts):
        return None
    text = chosen.text or texts[0]
    target, reason = named(others) if chosen.target is None else (chosen.target, "")
    if chosen.target is None and target is None and len(others) == 1 and chosen.text is None:
        target, reason = others[0], said("The target is {name}: the only other column.", name=others[0])
    if target is None:
        left = _left(frame, (text,), said("only {text} is read", text=text))
        reasons = (said("{text} is text and nothing is to be said of it: its next words are learnt.", text=text),)
        return Purpose("prose", "next_token", None, None, text, None, left, (text,), reasons)
    task, why = task_of(frame, target)
    reasons = (
        said("{text} is the column that is read: {reason}.", text=text, reason=frame.column(text).reason),
        *([reason] if reason else []),
        why,
    )
    return Purpose(
        "texts",
        task,
        target,
        None,
        text,
        None,
        _left(frame, (text, target), said("only {text} is read", text=text)),
        (text,),
        reasons,
    )


# Series ---------------------------------------------------------------------------------------------------------------


def _series(frame: Frame, chosen: _Said, usable: list[Column]) -> Purpose | None:
    """Rows that follow one another in time by regular steps, once, or once a key."""
    there = {column.name for column in usable} | {column.name for column in frame.columns if column.kind == "constant"}
    times = [chosen.time] if chosen.time else [t for t in candidates(frame) if there.issuperset(_parts(frame, t))]
    for time in times:
        when = _moments(frame, time, chosen.time is not None)
        if when is None:
            continue
        parts = _parts(frame, time)
        numbers = [c.name for c in usable if c.kind == "number" and c.name not in (*parts, chosen.key)]
        key = chosen.key or _key(frame, usable, when, parts, chosen.target)
        if key is not None and key in numbers:
            numbers.remove(key)
        problem = _problem(frame, when, key, numbers, chosen)
        if problem is None:
            return _as_series(frame, chosen, time, parts, key, when, numbers)
        if chosen.time or chosen.key:
            raise DataError(tr("The rows are no time series by {time}: {reason}", time=time, reason=shown(problem)))
    if chosen.key:
        raise DataError(tr("key=COLUMN tells several series apart, but no column says when. Say it with time=COLUMN."))
    return None


def _why_no_series(frame: Frame, chosen: _Said, usable: list[Column]) -> str:
    """Why rows with dates are a table all the same, in a sentence; "" where there are no dates."""
    for time in candidates(frame):
        if "," in time or time not in {column.name for column in usable if column.kind == "date"}:
            continue
        if (when := _moments(frame, time, asked_for=False)) is None:
            continue
        numbers = [column.name for column in usable if column.kind == "number"]
        if problem := _problem(frame, when, _key(frame, usable, when, [time], chosen.target), numbers, chosen):
            return said("{time} holds dates, but the rows are no time series: {reason}", time=time, reason=problem)
    return ""


def _moments(frame: Frame, time: str, asked_for: bool) -> np.ndarray | None:
    when = moments(frame, time)
    unknown = int(np.isnat(when).sum())
    if unknown > 0.01 * len(when):
        if asked_for:
            raise DataError(
                tr(
                    "Column {name} does not say when: {count:,} of {rows:,} rows have no date there.",
                    name=time,
                    count=unknown,
                    rows=len(when),
                )
            )
        return None
    return when


def _key(frame: Frame, usable: list[Column], when: np.ndarray, parts: list[str], target: str | None) -> str | None:
    known = when[~np.isnat(when)]
    if len(np.unique(known)) == len(known):
        return None
    names = [c.name for kind in ("category", "number") for c in usable if c.kind == kind]
    return key_of(frame, when, [name for name in names if name not in (*parts, target)])


def _problem(frame: Frame, when: np.ndarray, key: str | None, numbers: list[str], chosen: _Said) -> str | None:
    """Why the rows are no series, or None."""
    if problem := _problem_of_target(frame, numbers, chosen):
        return problem
    known = when[~np.isnat(when)]
    found = steps(known)
    if found.repeated and key is None and found.repeated > MOST_REPEATED * len(known):
        return saidn(
            "1 row shares its time with another, and no column tells several series apart (key=COLUMN).",
            "{count:,} rows share their time with another, and no column tells several series apart (key=COLUMN).",
            found.repeated,
        )
    if key is not None and (twice := _twice(frame, when, key)):
        return said("{count:,} rows share their time and their {key} with another.", count=twice, key=key)
    if not found.regular and chosen.time is None:
        return said("the steps are not regular.")
    return None


def _problem_of_target(frame: Frame, numbers: list[str], chosen: _Said) -> str | None:
    if chosen.target is not None and chosen.target not in numbers:
        return said(
            "{name} is of the kind {kind}, and only numbers are forecast.",
            name=chosen.target,
            kind=frame.column(chosen.target).kind,
        )
    return None if numbers else said("there is no column of numbers to forecast.")


def _twice(frame: Frame, when: np.ndarray, key: str) -> int:
    return int(frame.table[[key]].assign(_when=when).duplicated().sum())


def _as_series(
    frame: Frame, chosen: _Said, time: str, parts: list[str], key: str | None, when: np.ndarray, numbers: list[str]
) -> Purpose:
    target, reason = (chosen.target, "") if chosen.target else _series_target(_known(frame, numbers))
    known = when[~np.isnat(when)]
    found = steps(known)
    first, last = (str(moment.astype("datetime64[D]")) for moment in (known.min(), known.max()))
    told = {"time": time, "step": in_words(found.step), "first": first, "last": last}
    reasons = [
        said(
            "A series: the usual step of {time} is {step}, from {first} to {last}, once for each {key}.",
            key=key,
            **told,
        )
        if key
        else said("A series: the usual step of {time} is {step}, from {first} to {last}.", **told)
    ]
    if not key and found.order != "rising":
        reasons.append(
            said("The rows stand from the newest to the oldest; they are to be sorted by {time}.", time=time)
            if found.order == "falling"
            else said("The rows stand not in the order of time; they are to be sorted by {time}.", time=time)
        )
    if len(known) < len(when):
        reasons.append(said("{count:,} rows have no {time}.", count=len(when) - len(known), time=time))
    if not key and found.repeated:
        reasons.append(
            saidn(
                "1 row shares its time with another.", "{count:,} rows share their time with another.", found.repeated
            )
        )
    if found.gaps:
        reasons.append(
            saidn(
                "1 step is longer than usual: there are gaps.",
                "{count:,} steps are longer than usual: there are gaps.",
                found.gaps,
            )
        )
    if not found.regular:
        reasons.append(said("The steps are not regular; it is a series because time was said."))
    reasons += [reason] if reason else []
    if len(numbers) > 1:
        reasons.append(
            said(
                "To foretell {target} from the other columns of its row: `seodang train {where} table-regressor`.",
                target=target,
                where=frame.where,
            )
        )
    others = tuple(name for name in numbers if name != target)
    left = _left(frame, (target, key, *parts, *others), said("no number: a series is of numbers"))
    return Purpose("series", "forecast", target, time, None, key, left, others, tuple(reasons))


def _as_it_lies(frame: Frame, chosen: _Said, usable: list[Column]) -> Purpose:
    """Rows without a time, taken as equal steps in the order of the file."""
    numbers = [column.name for column in usable if column.kind == "number"]
    if problem := _problem_of_target(frame, numbers, chosen):
        raise DataError(tr("{where} cannot be forecast: {reason}", where=frame.where, reason=shown(problem)))
    target, reason = (chosen.target, "") if chosen.target else _series_target(_known(frame, numbers))
    others = tuple(name for name in numbers if name != target)
    reasons = (
        said("A series: no column says when, so the rows are equal steps in the order in which they lie."),
        reason,
    )
    left = _left(frame, (target, *others), said("no number: a series is of numbers"))
    return Purpose("series", "forecast", target, None, None, None, left, others, tuple(filter(None, reasons)))


def _known(frame: Frame, numbers: list[str]) -> list[str]:
    """The columns that have a value in most rows, where there are any."""
    return [name for name in numbers if 2 * frame.column(name).missing <= len(frame)] or numbers


def _series_target(numbers: list[str]) -> tuple[str, str]:
    for wanted in SERIES_NAMES:
        for name in numbers:
            if plain(name) == wanted:
                return name, said("The target is {name}, by its name. Say another with target=COLUMN.", name=name)
    if len(numbers) == 1:
        return numbers[0], said("The target is {name}: the only column of numbers.", name=numbers[0])
    return numbers[-1], said(
        "The target is {name}: the last column of numbers. Say another with target=COLUMN.", name=numbers[-1]
    )


# Tables ---------------------------------------------------------------------------------------------------------------


def _table(frame: Frame, chosen: _Said, usable: list[Column]) -> Purpose:
    target, reason = (chosen.target, "") if chosen.target else guessed(frame, usable)
    if frame.column(target).kind in ("date", "picture", "text", "id"):
        raise DataError(
            tr(
                "Column {target} cannot be foretold: it is of the kind {kind}. Numbers and categories can. Say "
                "another with target=COLUMN, or its kind with kinds.{target}=category.",
                target=target,
                kind=frame.column(target).kind,
            )
        )
    task, why = task_of(frame, target)
    features, left, told = _features(frame, usable, target, task == "classify")
    if not features:
        alone = not left and frame.column(target).kind == "number"
        todo = tr("If its rows follow one another in time: `seodang train {where} forecaster`.", where=frame.where)
        what = tr(
            "{where} has no column to foretell {target} from: {reasons}.",
            where=frame.where,
            target=target,
            reasons=_told(left),
        )
        raise DataError(f"{what} {todo}" if alone else what)
    return Purpose(
        "table", task, target, None, None, None, left, features, tuple(each for each in (reason, why, *told) if each)
    )


def _told(left: dict[str, str]) -> str:
    told = [tr("{name} is {reason}", name=name, reason=shown(why)) for name, why in left.items()]
    return "; ".join(told) or tr("it is the only one")


def _features(
    frame: Frame, usable: list[Column], target: str, classes: bool
) -> tuple[tuple[str, ...], dict[str, str], list[str]]:
    """The columns that are used, those that are not and why, and what to say of columns that give the answer away."""
    left = _left(frame, [c.name for c in usable])
    left.pop(target, None)
    features, leaks = [], {}
    for column in usable:
        if column.name == target:
            continue
        if column.kind == "text":
            left[column.name] = said(
                "text among other columns; say text={name} to learn from it alone", name=column.name
            )
        elif column.kind == "picture":
            left[column.name] = said("paths of pictures")
        elif nearly_names(column, len(frame)) and not column.given:
            left[column.name] = said(
                "{count:,} different values in {rows:,} rows: hardly one comes again",
                count=column.distinct,
                rows=len(frame),
            )
        elif column.kind != "date" and not column.given and _leaks(frame, column.name, target, classes):
            leaks[column.name] = said("it gives {target} away: the one follows from the other", target=target)
        else:
            features.append(column.name)
    if leaks and not features:
        told = said(
            "{names} follows {target} nearly exactly, and is used, for there is nothing else.",
            names=", ".join(leaks),
            target=target,
        )
        return tuple(leaks), left, [told]
    told = [
        said(
            "{name} is not used, for {reason}. Say kinds.{name}={kind} to use it all the same.",
            name=name,
            reason=why,
            kind=frame.column(name).kind,
        )
        for name, why in leaks.items()
    ]
    order = [column.name for column in frame.columns]
    left = {**left, **leaks}
    return tuple(features), {name: left[name] for name in order if name in left}, told


def _leaks(frame: Frame, name: str, target: str, classes: bool) -> bool:
    values, answers = cast(pd.Series, frame.table[name]), cast(pd.Series, frame.table[target])
    return gives_away(values, answers, classes=classes)
