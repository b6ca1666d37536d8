"""What data is for: which column is foretold, from which others, and whether the rows are a table, texts or a series."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Literal, cast

import numpy as np
import pandas as pd

from seodang.core.errors import DataError, did_you_mean
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
        raise DataError(f"Column {target} cannot be foretold: {column.reason}. Say another with target=COLUMN.")
    if target is not None and target in leave_out:
        raise DataError(f"Column {target} cannot be both the target and left out.")
    usable = [c for c in frame.columns if c.kind not in ("id", "constant", "empty") and c.name not in leave_out]
    said = _Said(target, time, text, key)
    if forecast:
        found = _series(frame, said, usable) or _as_it_lies(frame, said, usable)
    else:
        found = _pairs(frame, said, usable) or _texts(frame, said, usable)
        found = found or (None if forecast is False else _series(frame, said, usable)) or _table(frame, said, usable)
        if found.form == "table" and forecast is None and (why := _why_no_series(frame, said, usable)):
            found = replace(found, reasons=(*found.reasons, why))
    asked = dict.fromkeys((name for name in leave_out if name in found.left), "left out as asked")
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
                f"{frame.where} has no column {name!r}. "
                + (f"Did you mean {same}?" if same else did_you_mean(name, there))
            )


def _left(frame: Frame, used: Collection[str | None], why: str = "not used") -> dict[str, str]:
    """Every other column and why it is not used: what its kind says, else `why`."""
    kinds = {
        "id": "an id: it tells rows apart and says nothing of new ones",
        "constant": "the same in every row",
        "empty": "no values",
    }
    return {column.name: kinds.get(column.kind, why) for column in frame.columns if column.name not in used}


# Texts ----------------------------------------------------------------------------------------------------------------


def _pairs(frame: Frame, said: _Said, usable: list[Column]) -> Purpose | None:
    """Two columns of words that are named like languages, or two columns of text and nothing else."""
    if said.time or said.key:
        return None
    words = [c.name for c in frame.columns if c.kind in ("text", "category", "id") and plain(c.name) in LANGUAGES]
    if said.text and said.target and frame.column(said.text).kind == frame.column(said.target).kind == "text":
        first, second = said.text, said.target
        reason = f"{first} and {second} are texts: what stands in {first} is translated into {second}."
    elif len(words) == 2 and any(frame.column(name).kind == "text" for name in words):
        first, second = words
        if said.text == second or said.target == first:
            first, second = second, first
        if {said.text, said.target} - {None, first, second}:
            return None
        reason = (
            f"The columns {first} and {second} are named like languages: {first} is translated into {second}. "
            f"Say text={second} target={first} for the other way."
        )
    else:
        return None
    return Purpose("pairs", "translate", second, None, first, None, _left(frame, (first, second)), (first,), (reason,))


def _texts(frame: Frame, said: _Said, usable: list[Column]) -> Purpose | None:
    """A column of text with a label beside it, or alone; more columns than that are a table."""
    texts = [c.name for c in usable if c.kind == "text"]
    if said.time or said.key or not (texts or said.text):
        return None
    if said.text is not None and frame.column(said.text).kind not in ("text", "category", "id"):
        kind = frame.column(said.text).kind
        also = f" Texts here are: {', '.join(texts)}." if texts else ""
        raise DataError(f"Column {said.text} holds no text: it is of the kind {kind}.{also}")
    others = [c.name for c in usable if c.kind in ("category", "number") and c.name != said.text]
    if said.text is None and (len(texts) > 1 or len(others) > 1 or said.target in texts):
        return None
    text = said.text or texts[0]
    target, reason = named(others) if said.target is None else (said.target, "")
    if said.target is None and target is None and len(others) == 1 and said.text is None:
        target, reason = others[0], f"The target is {others[0]}: the only other column."
    if target is None:
        left = _left(frame, (text,), f"only {text} is read")
        reasons = (f"{text} is text and nothing is to be said of it: its next words are learnt.",)
        return Purpose("prose", "next_token", None, None, text, None, left, (text,), reasons)
    task, why = task_of(frame, target)
    reasons = (f"{text} is the column that is read: {frame.column(text).reason}.", *([reason] if reason else []), why)
    return Purpose(
        "texts", task, target, None, text, None, _left(frame, (text, target), f"only {text} is read"), (text,), reasons
    )


# Series ---------------------------------------------------------------------------------------------------------------


def _series(frame: Frame, said: _Said, usable: list[Column]) -> Purpose | None:
    """Rows that follow one another in time by regular steps, once, or once a key."""
    there = {column.name for column in usable} | {column.name for column in frame.columns if column.kind == "constant"}
    times = [said.time] if said.time else [t for t in candidates(frame) if there.issuperset(_parts(frame, t))]
    for time in times:
        when = _moments(frame, time, said.time is not None)
        if when is None:
            continue
        parts = _parts(frame, time)
        numbers = [c.name for c in usable if c.kind == "number" and c.name not in (*parts, said.key)]
        key = said.key or _key(frame, usable, when, parts, said.target)
        if key is not None and key in numbers:
            numbers.remove(key)
        problem = _problem(frame, when, key, numbers, said)
        if problem is None:
            return _as_series(frame, said, time, parts, key, when, numbers)
        if said.time or said.key:
            raise DataError(f"The rows are no time series by {time}: {problem}")
    if said.key:
        raise DataError("key=COLUMN tells several series apart, but no column says when. Say it with time=COLUMN.")
    return None


def _why_no_series(frame: Frame, said: _Said, usable: list[Column]) -> str:
    """Why rows with dates are a table all the same, in a sentence; "" where there are no dates."""
    for time in candidates(frame):
        if "," in time or time not in {column.name for column in usable if column.kind == "date"}:
            continue
        if (when := _moments(frame, time, said=False)) is None:
            continue
        numbers = [column.name for column in usable if column.kind == "number"]
        if problem := _problem(frame, when, _key(frame, usable, when, [time], said.target), numbers, said):
            return f"{time} holds dates, but the rows are no time series: {problem}"
    return ""


def _moments(frame: Frame, time: str, said: bool) -> np.ndarray | None:
    when = moments(frame, time)
    unknown = int(np.isnat(when).sum())
    if unknown > 0.01 * len(when):
        if said:
            raise DataError(f"Column {time} does not say when: {unknown:,} of {len(when):,} rows have no date there.")
        return None
    return when


def _key(frame: Frame, usable: list[Column], when: np.ndarray, parts: list[str], target: str | None) -> str | None:
    known = when[~np.isnat(when)]
    if len(np.unique(known)) == len(known):
        return None
    names = [c.name for kind in ("category", "number") for c in usable if c.kind == kind]
    return key_of(frame, when, [name for name in names if name not in (*parts, target)])


def _problem(frame: Frame, when: np.ndarray, key: str | None, numbers: list[str], said: _Said) -> str | None:
    """Why the rows are no series, or None."""
    if problem := _problem_of_target(frame, numbers, said):
        return problem
    known = when[~np.isnat(when)]
    found = steps(known)
    if found.repeated and key is None and found.repeated > MOST_REPEATED * len(known):
        return f"{_share_times(found.repeated)} with another, and no column tells several series apart (key=COLUMN)."
    if key is not None and (twice := _twice(frame, when, key)):
        return f"{twice:,} rows share their time and their {key} with another."
    if not found.regular and said.time is None:
        return "the steps are not regular."
    return None


def _share_times(rows: int) -> str:
    return "1 row shares its time" if rows == 1 else f"{rows:,} rows share their time"


def _problem_of_target(frame: Frame, numbers: list[str], said: _Said) -> str | None:
    if said.target is not None and said.target not in numbers:
        return f"{said.target} is of the kind {frame.column(said.target).kind}, and only numbers are forecast."
    return None if numbers else "there is no column of numbers to forecast."


def _twice(frame: Frame, when: np.ndarray, key: str) -> int:
    return int(frame.table[[key]].assign(_when=when).duplicated().sum())


def _as_series(
    frame: Frame, said: _Said, time: str, parts: list[str], key: str | None, when: np.ndarray, numbers: list[str]
) -> Purpose:
    target, reason = (said.target, "") if said.target else _series_target(_known(frame, numbers))
    known = when[~np.isnat(when)]
    found = steps(known)
    first, last = (str(moment.astype("datetime64[D]")) for moment in (known.min(), known.max()))
    of_several = f", once for each {key}" if key else ""
    reasons = [f"A series: the usual step of {time} is {in_words(found.step)}, from {first} to {last}{of_several}."]
    if not key and found.order != "rising":
        order = "from the newest to the oldest" if found.order == "falling" else "not in the order of time"
        reasons.append(f"The rows stand {order}; they are to be sorted by {time}.")
    if len(known) < len(when):
        reasons.append(f"{len(when) - len(known):,} rows have no {time}.")
    if not key and found.repeated:
        reasons.append(f"{_share_times(found.repeated)} with another.")
    if found.gaps:
        steps_are = "step is" if found.gaps == 1 else "steps are"
        reasons.append(f"{found.gaps:,} {steps_are} longer than usual: there are gaps.")
    if not found.regular:
        reasons.append("The steps are not regular; it is a series because time was said.")
    reasons += [reason] if reason else []
    if len(numbers) > 1:
        reasons.append(
            f"To foretell {target} from the other columns of its row: `seodang train {frame.where} table-regressor`."
        )
    others = tuple(name for name in numbers if name != target)
    left = _left(frame, (target, key, *parts, *others), "no number: a series is of numbers")
    return Purpose("series", "forecast", target, time, None, key, left, others, tuple(reasons))


def _as_it_lies(frame: Frame, said: _Said, usable: list[Column]) -> Purpose:
    """Rows without a time, taken as equal steps in the order of the file."""
    numbers = [column.name for column in usable if column.kind == "number"]
    if problem := _problem_of_target(frame, numbers, said):
        raise DataError(f"{frame.where} cannot be forecast: {problem}")
    target, reason = (said.target, "") if said.target else _series_target(_known(frame, numbers))
    others = tuple(name for name in numbers if name != target)
    reasons = ("A series: no column says when, so the rows are equal steps in the order in which they lie.", reason)
    left = _left(frame, (target, *others), "no number: a series is of numbers")
    return Purpose("series", "forecast", target, None, None, None, left, others, tuple(filter(None, reasons)))


def _known(frame: Frame, numbers: list[str]) -> list[str]:
    """The columns that have a value in most rows, where there are any."""
    return [name for name in numbers if 2 * frame.column(name).missing <= len(frame)] or numbers


def _series_target(numbers: list[str]) -> tuple[str, str]:
    for wanted in SERIES_NAMES:
        for name in numbers:
            if plain(name) == wanted:
                return name, f"The target is {name}, by its name. Say another with target=COLUMN."
    if len(numbers) == 1:
        return numbers[0], f"The target is {numbers[0]}: the only column of numbers."
    return numbers[-1], f"The target is {numbers[-1]}: the last column of numbers. Say another with target=COLUMN."


# Tables ---------------------------------------------------------------------------------------------------------------


def _table(frame: Frame, said: _Said, usable: list[Column]) -> Purpose:
    target, reason = (said.target, "") if said.target else guessed(frame, usable)
    if frame.column(target).kind in ("date", "picture", "text", "id"):
        raise DataError(
            f"Column {target} cannot be foretold: it is of the kind {frame.column(target).kind}. "
            f"Numbers and categories can. Say another with target=COLUMN, or its kind with kinds.{target}=category."
        )
    task, why = task_of(frame, target)
    features, left, told = _features(frame, usable, target, task == "classify")
    if not features:
        alone = not left and frame.column(target).kind == "number"
        todo = f" If its rows follow one another in time: `seodang train {frame.where} forecaster`." if alone else ""
        raise DataError(f"{frame.where} has no column to foretell {target} from: {_told(left)}.{todo}")
    return Purpose(
        "table", task, target, None, None, None, left, features, tuple(each for each in (reason, why, *told) if each)
    )


def _told(left: dict[str, str]) -> str:
    return "; ".join(f"{name} is {why}" for name, why in left.items()) or "it is the only one"


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
            left[column.name] = f"text among other columns; say text={column.name} to learn from it alone"
        elif column.kind == "picture":
            left[column.name] = "paths of pictures"
        elif nearly_names(column, len(frame)) and not column.given:
            left[column.name] = f"{column.distinct:,} different values in {len(frame):,} rows: hardly one comes again"
        elif column.kind != "date" and not column.given and _leaks(frame, column.name, target, classes):
            leaks[column.name] = f"it gives {target} away: the one follows from the other"
        else:
            features.append(column.name)
    if leaks and not features:
        told = f"{', '.join(leaks)} follows {target} nearly exactly, and is used, for there is nothing else."
        return tuple(leaks), left, [told]
    told = [
        f"{name} is not used, for {why}. Say kinds.{name}={frame.column(name).kind} to use it all the same."
        for name, why in leaks.items()
    ]
    order = [column.name for column in frame.columns]
    left = {**left, **leaks}
    return tuple(features), {name: left[name] for name in order if name in left}, told


def _leaks(frame: Frame, name: str, target: str, classes: bool) -> bool:
    values, answers = cast(pd.Series, frame.table[name]), cast(pd.Series, frame.table[target])
    return gives_away(values, answers, classes=classes)
