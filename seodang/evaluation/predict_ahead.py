"""How a series goes on after its last row, with dates."""

# T steps of the past · H steps ahead
from __future__ import annotations

from collections.abc import Sequence
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
    frame = read_rows(run, where)
    asked_for = [*_parts(encoding, frame), *columns_of(frame, encoding.key)]
    refuse_missing(frame, asked_for)
    answers, remarks = [], []
    every, unknown = _up_to_the_last_value(encoding, frame, _each(encoding, frame))
    if unknown:
        remarks.append(
            trn(
                "The last row has no {target}: it is foretold too.",
                "The last {count:,} rows have no {target}: what is foretold begins there.",
                unknown,
                target=encoding.target,
            )
        )
    short = [(name, len(rows)) for name, rows, _ in every if name is not None and len(rows) < encoding.window]
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
        every = [one for one in every if len(one[1]) >= encoding.window]
    for name, rows, when in every:
        answers += _after(run, frame.select(rows), name, when, where)
    if len(answers) and "when" in answers[0]:
        remarks.append(_told(np.concatenate([when for _, _, when in every if when is not None]), frame.where))
    return answers, [*remarks, *doubt], pd.DataFrame(answers).drop(columns="prediction")


def _parts(encoding: SeriesEncoding, frame: Frame) -> list[str]:
    if encoding.time is None or encoding.time in frame.table.columns:
        return []
    return [part.strip() for part in encoding.time.split(",")]


def _each(encoding: SeriesEncoding, frame: Frame) -> list[tuple[str | None, np.ndarray, np.ndarray | None]]:
    """Each series: its name, its rows in time order, and their times."""
    if encoding.time is None:
        return [(None, np.arange(len(frame)), None)]
    when = moments(frame, encoding.time)
    rows = np.flatnonzero(~np.isnat(when))
    whose = series_of(frame, encoding.key)
    rows = rows[np.lexsort((whose[rows], when[rows]))]
    last = np.append((when[rows][1:] != when[rows][:-1]) | (whose[rows][1:] != whose[rows][:-1]), True)
    rows = rows[last]  # of rows at one time, as in training
    if encoding.key is None:
        return [(None, rows, when[rows])]
    names = names_of_series(frame, encoding.key)[rows]
    return [(name, rows[names == name], when[rows[names == name]]) for name in dict.fromkeys(names.tolist())]


def _up_to_the_last_value(
    encoding: SeriesEncoding, frame: Frame, every: list[tuple[str | None, np.ndarray, np.ndarray | None]]
) -> tuple[list[tuple[str | None, np.ndarray, np.ndarray | None]], int]:
    """Each series without the rows at its end whose target is not known yet, and how many those are at most."""
    if encoding.target not in frame.table.columns:
        return every, 0
    known = np.isfinite(numbers(frame, (encoding.target,))[:, 0])
    found, most = [], 0
    for name, rows, when in every:
        last = np.flatnonzero(known[rows])
        stay = int(last[-1]) + 1 if len(last) else len(rows)
        most = max(most, len(rows) - stay)
        found.append((name, rows[:stay], None if when is None else when[:stay]))
    return found, most


def _after(run: Run, frame: Frame, name: str | None, when: np.ndarray | None, where: str) -> list[dict[str, Any]]:
    encoding: SeriesEncoding = run.encoding
    if len(frame) < encoding.window:
        told = {"where": where, "count": len(frame), "window": encoding.window}
        raise DataError(
            tr("{where} has {count:,} rows; the network needs the last {window:,}.", **told)
            if name is None
            else tr("{where} has {count:,} rows of {name}; the network needs the last {window:,}.", name=name, **told)
        )
    seen = encoding.scaled(encoding.values(frame, encoding.channels)[-encoding.window :]).unsqueeze(0)
    subset = Subset("asked", torch.zeros(1), ["next"], seen, None, None)  # pyright: ignore[reportArgumentType]
    (values,) = outputs_of(run, subset)
    dates = [None] * len(values) if when is None else following(when, len(values))
    return [
        {
            **({} if name is None else {"series": name}),
            **({} if date is None else {"when": date}),
            "step": step,
            "prediction": readable(value),
        }
        for step, (date, value) in enumerate(zip(dates, values, strict=True), start=1)
    ]


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
