"""How a series goes on after its last row, with dates."""

# T steps of the past · H steps ahead
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch

from seodang.core.errors import DataError
from seodang.core.language import tr, trn
from seodang.core.later import pandas as pd
from seodang.data.encode_series import SeriesEncoding, names_of_series, numbers, series_of
from seodang.data.frame import refuse_missing
from seodang.data.load import Subset
from seodang.data.purposes import columns_of
from seodang.data.times import in_words, moments, steps
from seodang.evaluation.margins import Margins, margins
from seodang.evaluation.naming import split_name
from seodang.evaluation.row_examples import outputs_of, read_rows
from seodang.runs.folder import trained_on

if TYPE_CHECKING:
    from seodang.data.frame import Frame
    from seodang.runs.folder import Run

# Steps that are no fixed number of days, by what `times.in_words` calls them.
CALENDAR: dict[str, dict[str, Any]] = {"a month": {"months": 1}, "a quarter": {"months": 3}, "a year": {"years": 1}}
RECENT = 60  # the last so many times say whether weekends are left out


def ahead(
    run: Run, asked: Sequence[str], doubt: Sequence[str] = ()
) -> tuple[list[dict[str, Any]], list[str], pd.DataFrame]:
    """The next steps after the last row of one file, or of the run's own data: answers, remarks, and a table of them.

    Raises:
        DataError: More than one file, a file that lacks a column, or one shorter than what the network sees.
    """
    if len(asked) > 1:
        raise DataError(
            tr(
                "{run} foretells how one series goes on: give one file, or none; got {count}.",
                run=run.name,
                count=len(asked),
            )
        )
    encoding: SeriesEncoding = run.encoding
    where = asked[0] if asked else trained_on(run.folder, run.data)
    frame, every, unknown = pasts(run, where)
    answers, remarks = [], []
    if unknown:
        remarks.append(
            trn(
                "The last row has no {target}: it is foretold too.",
                "The last {count:,} rows have no {target}: what is foretold begins there.",
                unknown,
                target=encoding.target,
            )
        )
    short = [(one.name, len(one.rows)) for one in every if one.name is not None and len(one.rows) < encoding.window]
    if 0 < len(short) < len(every):
        name, count = short[0]
        told = {"count": len(short), "window": encoding.window, "name": name, "rows": count}
        remarks.append(
            trn(
                "1 series is shorter than the last {window:,} rows that the network needs: {name} ({rows:,}).",
                "{count:,} series are shorter than the last {window:,} rows that the network needs, such as {name} ({rows:,}).",
                len(short),
                **{key: value for key, value in told.items() if key != "count"},
            )
        )
        every = [one for one in every if len(one.rows) >= encoding.window]
    known = margins(run)
    for one in every:
        answers += _after(run, frame, one, where, known)
    if len(answers) and "when" in answers[0]:
        remarks.append(_told(np.concatenate([one.when for one in every if one.when is not None]), frame.where))
    if known is not None and any("low" in answer for answer in answers):
        remarks.append(
            tr(
                "low to high: within that distance lay 95 % of what it foretold of its {count:,} {split} windows, step by step.",
                count=known.windows,
                split=split_name(known.split),
            )
        )
    table = pd.DataFrame(answers).drop(columns=["prediction", "low", "high"], errors="ignore")
    return answers, [*remarks, *doubt], table


def pasts(run: Run, where: str) -> tuple[Frame, list[Past], int]:
    """A file's rows, its series up to the last value of each, and how many rows at an end have none at most.

    Raises:
        DataError: The file lacks a column.
    """
    encoding: SeriesEncoding = run.encoding
    frame = read_rows(run, where)
    refuse_missing(frame, [*_parts(encoding, frame), *columns_of(frame, encoding.key)])
    return frame, *_up_to_the_last_value(encoding, frame, _each(encoding, frame))


def _parts(encoding: SeriesEncoding, frame: Frame) -> list[str]:
    if encoding.time is None or encoding.time in frame.table.columns:
        return []
    return [part.strip() for part in encoding.time.split(",")]


@dataclass(frozen=True, eq=False)
class Past:
    """One series of a file: its name, where there are several; its rows in time order, and their times, where those are known.

    later: the rows after the last value of the target, which say no more than what is known beforehand, and their times.
    """

    name: str | None
    rows: np.ndarray
    when: np.ndarray | None
    later: np.ndarray
    later_when: np.ndarray | None = None


def _each(encoding: SeriesEncoding, frame: Frame) -> list[Past]:
    """Each series, all its rows."""
    none = np.zeros(0, np.int64)
    if encoding.time is None:
        return [Past(None, np.arange(len(frame)), None, none)]
    when = moments(frame, encoding.time)
    rows = np.flatnonzero(~np.isnat(when))
    whose = series_of(frame, encoding.key)
    rows = rows[np.lexsort((whose[rows], when[rows]))]
    last = np.append((when[rows][1:] != when[rows][:-1]) | (whose[rows][1:] != whose[rows][:-1]), True)
    rows = rows[last]  # of rows at one time, as in training
    if encoding.key is None:
        return [Past(None, rows, when[rows], none)]
    names = names_of_series(frame, encoding.key)[rows]
    return [Past(name, rows[names == name], when[rows[names == name]], none) for name in dict.fromkeys(names.tolist())]


def _up_to_the_last_value(encoding: SeriesEncoding, frame: Frame, every: list[Past]) -> tuple[list[Past], int]:
    """Each series without the rows at its end whose target is not known yet, and how many those are at most."""
    if encoding.target not in frame.table.columns:
        return every, 0
    known = np.isfinite(numbers(frame, (encoding.target,))[:, 0])
    found = []
    for one in every:
        last = np.flatnonzero(known[one.rows])
        stay = int(last[-1]) + 1 if len(last) else len(one.rows)
        when, after = (None, None) if one.when is None else (one.when[:stay], one.when[stay:])
        found.append(Past(one.name, one.rows[:stay], when, one.rows[stay:], after))
    return found, max((len(one.later) for one in found), default=0)


def _after(run: Run, frame: Frame, one: Past, where: str, known: Margins | None) -> list[dict[str, Any]]:
    window = last_window(run, frame, one, where)
    (values,) = outputs_of(run, Subset("asked", torch.zeros(1), ["next"], window, None, None))  # pyright: ignore[reportArgumentType]
    dates = _dates(one, len(values))
    distances = None if known is None else known.of(one.name)
    return [
        {
            **({} if one.name is None else {"series": one.name}),
            **({} if date is None else {"when": date}),
            "step": step,
            "prediction": readable(value),
            **({} if distances is None else _between(value, float(distances[step - 1]))),
        }
        for step, (date, value) in enumerate(zip(dates, values, strict=True), start=1)
    ]


def _dates(one: Past, count: int) -> list[str] | list[None]:
    """The times of the steps ahead: those that the file has already, then on by the usual step."""
    if one.when is None:
        return [None] * count
    there = one.when[:0] if one.later_when is None else one.later_when[:count]
    so_far = np.concatenate([one.when, there])
    return [*np.datetime_as_string(there, unit=_unit(so_far)).tolist(), *following(so_far, count - len(there))]


def last_window(run: Run, frame: Frame, one: Past, where: str) -> torch.Tensor:
    """(1, T, D) what the network sees before it says how a series goes on.

    Raises:
        DataError: The series is too short, or a column that is known beforehand is not, for a step ahead.
    """
    encoding: SeriesEncoding = run.encoding
    if len(one.rows) < encoding.window:
        told = {"where": where, "count": len(one.rows), "window": encoding.window}
        raise DataError(
            tr("{where} has {count:,} rows; the network needs the last {window:,}.", **told)
            if one.name is None
            else tr(
                "{where} has {count:,} rows of {name}; the network needs the last {window:,}.", name=one.name, **told
            )
        )
    _check_what_is_known(encoding, frame, one, where)
    seen = encoding.seen(frame.select(np.concatenate([one.rows, one.later])))
    return seen[len(one.rows) - encoding.window : len(one.rows)].unsqueeze(0)


def _between(value: np.float32, distance: float) -> dict[str, float]:
    return {"low": readable(np.float32(value - distance)), "high": readable(np.float32(value + distance))}


def _check_what_is_known(encoding: SeriesEncoding, frame: Frame, one: Past, where: str) -> None:
    """Refuse where a column that is known beforehand is not, for a step that is foretold."""
    horizon = encoding.facts.horizon
    for name in encoding.beforehand:
        given = numbers(frame, (name,))[one.later[:horizon], 0]
        if len(given) == horizon and np.isfinite(given).all():
            continue
        raise DataError(
            tr(
                "{where} must say {name} for the {count} steps that are foretold: add rows after the last {target} with {name} and "
                "without {target}.",
                where=where if one.name is None else f"{where}, {one.name},",
                name=name,
                count=horizon,
                target=encoding.target,
            )
        )


def readable(value: np.float32) -> float:
    """A float32 as the shortest decimal that is still it, for JSON and CSV.

    >>> float(np.float32(12.34)), readable(np.float32(12.34))
    (12.34000015258789, 12.34)
    """
    return float(str(np.float32(value)))


def following(when: np.ndarray, count: int) -> list[str]:
    """The `count` times after the last, by the usual step; days on which the weekend is left out stay so.

    >>> following(np.arange("2021-01", "2023-03", dtype="datetime64[M]").astype("datetime64[ns]"), 2)
    ['2023-03-01', '2023-04-01']
    """
    found = steps(when)
    last: Any = pd.Timestamp(when.max())
    words = in_words(found.step)
    recent = pd.DatetimeIndex(when[-RECENT:])
    step: Any = pd.Timedelta(found.step)
    if words in CALENDAR:
        step = pd.DateOffset(**CALENDAR[words])
        if (recent.day == recent.days_in_month).all():
            step = pd.offsets.MonthEnd() * CALENDAR[words].get("months", 12)
    elif words == "a day" and len(recent) > 10 and (recent.day_of_week < 5).all():
        step = pd.offsets.BDay(1)
    times = [last + step * (number + 1) for number in range(count)]
    return np.datetime_as_string(np.array(times, "datetime64[ns]"), unit=_unit(when)).tolist()


def _unit(when: np.ndarray) -> Literal["D", "s"]:
    """Days where all times are at midnight."""
    return "D" if (when == when.astype("datetime64[D]")).all() else "s"


def _told(when: np.ndarray, where: str) -> str:
    return tr(
        "After {when}, the last row of {where}.",
        when=np.datetime_as_string(when.max(), unit=_unit(when)),
        where=where,
    )
