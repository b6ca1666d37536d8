"""What rows in the order of time are for: which column of numbers is forecast, by which time, once or once a key."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said, saidn, shown
from seodang.data.frame import Column, Frame
from seodang.data.purposes import Named, Purpose, columns_of, left_over
from seodang.data.readers.across import named_by_times
from seodang.data.series_targets import SERIES_NAMES, is_beside, named_as_series, series_target
from seodang.data.targets import TARGET_NAMES, has_two_values, is_event, plain
from seodang.data.times import LEAST_TIMES, candidates, elapsed, in_words, key_of, moments, steps

# How names of columns of labels end.
_LABELS = r"(label|class|status|state|condition|activity|fault|quality|상태|여부|판정|등급|고장|불량)$"
MOST_LABELS = 20
MOST_REPEATED = 0.01  # of the rows of a series may stand at a time that another has; the last is used


def series(frame: Frame, chosen: Named, usable: list[Column], asked_for: bool = False) -> Purpose | None:
    """Rows that follow one another in time by regular steps, once, or once a key.

    asked_for: whether they are to be forecast in any case, so that what is no number beside a column that counts the time says nothing.
    """
    there = {column.name for column in usable} | {column.name for column in frame.columns if column.kind == "constant"}
    times = [chosen.time] if chosen.time else [t for t in candidates(frame) if there.issuperset(columns_of(frame, t))]
    for time in times:
        when = _moments(frame, time, chosen.time is not None)
        if when is None:
            continue
        parts = columns_of(frame, time)
        key = chosen.key or _key(frame, usable, when, parts, chosen.target)
        aside = (*parts, *columns_of(frame, key))
        numbers = [c.name for c in usable if c.kind == "number" and c.name not in aside]
        problem = _problem(frame, when, key, numbers, chosen)
        if problem is None:
            return _as_series(frame, chosen, time, parts, key, when, numbers)
        if chosen.time or chosen.key:
            raise DataError(tr("The rows are no time series by {time}: {reason}", time=time, reason=shown(problem)))
    if chosen.key:
        raise DataError(tr("key=COLUMN tells several series apart, but no column says when. Say it with time=COLUMN."))
    return None if times else _by_equal_steps(frame, chosen, usable, asked_for)


def ends_in_a_label(frame: Frame, usable: list[Column]) -> bool:
    """Whether the last column says what was the case or came of it (RainTomorrow, machine_status), so that rows are told apart by it
    though they follow one another: words, or two values, once a time; and no number is named like what is forecast."""
    numbers = [column.name for column in usable if column.kind == "number" and not has_two_values(frame, column.name)]
    if not usable or not numbers or named_as_series(numbers) is not None:
        return False
    last = usable[-1]
    if is_beside(last.name) and not is_event(last.name):
        return False
    said_so = (
        is_event(last.name) or plain(last.name) in TARGET_NAMES or re.search(_LABELS, plain(last.name)) is not None
    )
    if last.kind == "number":
        return said_so and has_two_values(frame, last.name)
    if last.kind != "category" or not 2 <= last.distinct <= MOST_LABELS:
        return False
    if said_so:
        return True
    when = next((moments(frame, time) for time in candidates(frame)), None)
    return last.distinct == 2 and when is not None and len(np.unique(when)) == len(when)


def _by_equal_steps(frame: Frame, chosen: Named, usable: list[Column], asked_for: bool) -> Purpose | None:
    """Rows without dates in the order of time all the same: a column counts the time of nothing but numbers, or nothing but an order
    stands beside them."""
    counted = elapsed(frame)
    rest = [column for column in usable if counted is None or column.name != counted[0]]
    numbers = [column.name for column in rest if column.kind == "number"]
    if _problem_of_target(frame, numbers, chosen):
        return None
    if counted is not None and len(numbers) < len(rest) and not (asked_for or chosen.target):
        return None  # what was done while sensors were read is told from them
    if counted is None:
        if chosen.target is not None or len(usable) != 1 or not _stands_in_order(frame, usable[0]):
            return None
        why = said(
            "A series: there is nothing to foretell {name} from but what stood before it, and its rows stand in order.",
            name=numbers[0],
        )
        aside = {}
    else:
        name, step = counted
        why = said("A series: {time} rises by equal steps of {step:g}.", time=name, step=step)
        aside = {name: said("it counts the time")}
    found = as_it_lies(frame, chosen, rest)
    return replace(found, left={**found.left, **aside}, reasons=(why, *found.reasons[1:]))


def _stands_in_order(frame: Frame, number: Column) -> bool:
    """Whether the rows of one column of amounts stand alone, or beside ids that rise or fall from row to row."""
    if len(frame) < LEAST_TIMES or number.distinct < LEAST_TIMES // 2:
        return False
    if plain(number.name) in TARGET_NAMES and plain(number.name) not in SERIES_NAMES:
        return False
    ids = [column.name for column in frame.columns if column.kind == "id"]
    return not ids or any(_rises(frame.table[name].tolist()) for name in ids)


def _rises(words: list[str | None]) -> bool:
    """Whether words rise, or fall, from each to the next, numerals in them by their size."""
    keys = [
        [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", str(word))]
        for word in words
    ]
    pairs = list(zip(keys, keys[1:], strict=False))
    return all(a < b for a, b in pairs) or all(a > b for a, b in pairs)


def why_no_series(frame: Frame, chosen: Named, usable: list[Column]) -> str:
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


def why_across(usable: list[Column]) -> str:
    """That columns are named by times, where they are, in a sentence: each row may be a series."""
    times = list(named_by_times([column.name for column in usable if column.kind == "number"]))
    if not times:
        return ""
    return said(
        "The columns {first} to {last} are named by times. If each row is a series that is to go on: columns.across=true.",
        first=times[0],
        last=times[-1],
    )


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


def _problem(frame: Frame, when: np.ndarray, key: str | None, numbers: list[str], chosen: Named) -> str | None:
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
        if (times := len(np.unique(known))) < LEAST_TIMES:
            return said(
                "there are {count} times, and fewer than {least} are not taken for a series unasked (time=COLUMN).",
                count=times,
                least=LEAST_TIMES,
            )
        return said("the steps are not regular.")
    return None


def _problem_of_target(frame: Frame, numbers: list[str], chosen: Named) -> str | None:
    if chosen.target is not None and chosen.target not in numbers:
        return said(
            "{name} is of the kind {kind}, and only numbers are forecast.",
            name=chosen.target,
            kind=frame.column(chosen.target).kind,
        )
    return None if numbers else said("there is no column of numbers to forecast.")


def _twice(frame: Frame, when: np.ndarray, key: str) -> int:
    return int(frame.table[columns_of(frame, key)].assign(_when=when).duplicated().sum())


def _as_series(
    frame: Frame, chosen: Named, time: str, parts: list[str], key: str | None, when: np.ndarray, numbers: list[str]
) -> Purpose:
    apart = columns_of(frame, key)
    target, reason = (
        (chosen.target, "") if chosen.target else series_target(frame, _known(frame, numbers), apart, parts)
    )
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
    left = left_over(
        frame, (target, *columns_of(frame, key), *parts, *others), said("no number: a series is of numbers")
    )
    return Purpose("series", "forecast", target, time, None, key, left, others, tuple(reasons))


def as_it_lies(frame: Frame, chosen: Named, usable: list[Column]) -> Purpose:
    """Rows without a time, taken as equal steps in the order of the file."""
    numbers = [column.name for column in usable if column.kind == "number"]
    if problem := _problem_of_target(frame, numbers, chosen):
        raise DataError(tr("{where} cannot be forecast: {reason}", where=frame.where, reason=shown(problem)))
    target, reason = (chosen.target, "") if chosen.target else series_target(frame, _known(frame, numbers))
    others = tuple(name for name in numbers if name != target)
    reasons = (
        said("A series: no column says when, so the rows are equal steps in the order in which they lie."),
        reason,
    )
    left = left_over(frame, (target, *others), said("no number: a series is of numbers"))
    return Purpose("series", "forecast", target, None, None, None, left, others, tuple(filter(None, reasons)))


def _known(frame: Frame, numbers: list[str]) -> list[str]:
    """The columns that have a value in most rows, where there are any."""
    return [name for name in numbers if 2 * frame.column(name).missing <= len(frame)] or numbers
