"""A series divided by time: how far the network looks back and ahead, and which windows train, choose and judge."""

# N windows
from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from seodang.core.errors import DataError, did_you_mean
from seodang.core.language import tr
from seodang.core.later import pandas as pd
from seodang.core.sentences import said
from seodang.data.encode_series import (
    SeriesEncoding,
    filled,
    fit_series,
    numbers,
    ordered,
    series_of,
    starts,
)
from seodang.data.frame import Frame
from seodang.data.purposes import Purpose, columns_of
from seodang.data.reading import Columns, Series
from seodang.data.seasons import USUAL, calendar, find_season
from seodang.data.split import Division, Split
from seodang.data.times import moments

LEAST_ROWS = 10
# A window sees so many seasons, of long ones a single one; without a season so many steps; at most so many, and never more than
# this share of the series. Chosen on the validation splits of ETTh1, daily temperatures, flights and AAPL; see LOG.md.
WINDOW_SEASONS, LONG_SEASON, NO_SEASON, MOST_WINDOW, WINDOW_SHARE = 4, 168, 28, 512, 0.2
# It foretells one season, of longer ones a shorter turn of the calendar (of a year of days: a week).
MOST_HORIZON, USUAL_HORIZON = 96, 7


def cut_series(
    frame: Frame, purpose: Purpose, columns: Columns, series: Series, split: Split, examples: int | None = None
) -> tuple[Frame, SeriesEncoding, Division, list[str]]:
    """The rows in order, how they become numbers, which windows train, choose and judge, and what to say of it.

    No value that is foretold in training comes after one that is foretold in validation or test, and scale, season and window
    follow from the training part alone.

    Args:
        examples: Only so many training windows, the latest. None: all.

    Raises:
        DataError: The series is too short for what is asked, or has no column to see.
    """
    target = purpose.target
    assert target is not None, "a series has a target"
    frame, notes = _between(frame, purpose.time, purpose.key, series)
    channels = _channels(frame, purpose, columns, series)
    clock = clock_of(frame, purpose.time, purpose.key)
    cut = _cut(frame, purpose, series, split, clock)
    division = _divide(cut, clock[cut.begins], frame.where)
    if examples is not None and examples < len(division.train):
        latest = division.train[np.argsort(clock[division.train], kind="stable")][-examples:]
        division.train = np.sort(latest)
        notes.append(said("Only the latest {count:,} training windows are used, as asked.", count=examples))
    known = np.flatnonzero(clock <= clock[division.train].max() + cut.horizon - 1)
    sizes = (cut.window, cut.horizon, cut.season)
    encoding = fit_series(frame, known, target, channels, *sizes, series, purpose.time, purpose.key)
    if encoding.filled:
        notes.append(
            said(
                "{count:,} missing values are taken over from the step before; none of them is foretold.",
                count=encoding.filled,
            )
        )
    again = said("repeats after {season} steps", season=cut.season) if cut.season > 1 else said("no season was found")
    if series.season:
        again = said("season={season}, as the recipe says", season=cut.season)
    notes.append(
        said(
            "Sees {window} steps, foretells {horizon}; {clause}. {note}",
            window=cut.window,
            horizon=cut.horizon,
            clause=again,
            note=division.note,
        )
    )
    return frame, encoding, division, notes


@dataclass(frozen=True)
class _Cut:
    """How far windows reach, and when validation and test begin, on the clock of `clock_of`.

    begins: (N,) rising rows at which what is foretold may begin.   middle, late: infinity where there is no such split.
    """

    season: int
    horizon: int
    window: int
    begins: np.ndarray
    middle: float
    late: float


def _cut(frame: Frame, purpose: Purpose, series: Series, split: Split, clock: np.ndarray) -> _Cut:
    """The season is looked for before validation and test begin. These begin later the longer the window is, and the window follows
    from the season: so it is looked for before they begin with the shortest window and the longest horizon that may come out."""
    target, time, key = purpose.target, purpose.time, purpose.key
    assert target is not None, "a series has a target"
    candidates, length = _candidates(frame, time, key), _length(frame, key)
    most = series.horizon or longest_horizon(candidates)
    until = min(_bounds(clock[starts(frame, 1, most, key, target)], most, series, split)) - 1
    while True:  # once, but where windows are few and lie unevenly over the time
        season = series.season or _season_of(frame, target, key, clock, candidates, until)
        horizon = series.horizon or horizon_for(season, candidates)
        window = series.window or window_for(season, length)
        if series.known and window < horizon:  # what is known of the steps ahead stands in the window's last steps
            window, horizon = (window, window) if series.horizon is None else (horizon, horizon)
        begins = starts(frame, window, horizon, key, target)
        middle, late = _bounds(clock[begins], horizon, series, split)
        if until <= min(middle, late):
            return _Cut(season, horizon, window, begins, middle, late)
        until = min(middle, late)


def window_for(season: int, length: int) -> int:
    """How many steps are seen of a series of a length.

    >>> window_for(24, 17_420), window_for(365, 3_650), window_for(12, 144), window_for(1, 1_000)
    (96, 365, 24, 28)
    """
    most = max(1, min(MOST_WINDOW, int(length * WINDOW_SHARE)))
    if season == 1:
        return min(most, NO_SEASON)
    wanted = season if season > LONG_SEASON else WINDOW_SEASONS * season
    return wanted if wanted <= most else max(1, most // season) * season if season <= most else most


def horizon_for(season: int, candidates: tuple[int, ...]) -> int:
    """How many steps are foretold: one season, of a long one or one that is not of the calendar a shorter turn of the calendar.

    >>> horizon_for(24, (24, 168)), horizon_for(168, (24, 168)), horizon_for(365, (7, 365)), horizon_for(1, (7, 365))
    (24, 24, 7, 1)
    """
    fitting = [each for each in candidates if each <= min(season, MOST_HORIZON)]
    return max(fitting, default=min(season, USUAL_HORIZON))


def longest_horizon(candidates: tuple[int, ...]) -> int:
    """What `horizon_for` gives at most, whatever the season.

    >>> longest_horizon((24, 168)), longest_horizon(())
    (24, 7)
    """
    return max(USUAL_HORIZON, *(each for each in candidates if each <= MOST_HORIZON), 1)


def clock_of(frame: Frame, time: str | None, key: str | None) -> np.ndarray:
    """How late each row is, counted in steps; rows of several series at one time are equally late."""
    if key is None or time is None:
        return np.arange(len(frame))
    return np.unique(moments(frame, time), return_inverse=True)[1]


def names_of_times(frame: Frame, time: str | None) -> list[str]:
    """When each row was, for a person: days where all are at midnight, minutes where all are whole."""
    if time is None:
        return [f"row {row + 1}" for row in range(len(frame))]
    when = moments(frame, time)
    for unit in ("D", "m"):
        if (when == when.astype(f"datetime64[{unit}]")).all():
            return [each.replace("T", " ") for each in np.datetime_as_string(when, unit=unit).tolist()]
    return [each.replace("T", " ") for each in np.datetime_as_string(when, unit="s").tolist()]


def _channels(frame: Frame, purpose: Purpose, columns: Columns, series: Series) -> tuple[str, ...]:
    """The columns whose past is seen. What is left out for being a part of the time, an id or as asked stays out."""
    target = purpose.target
    assert target is not None, "a series has a target"
    aside = {target, *columns_of(frame, purpose.key), *columns.leave_out, *_parts(purpose.time)}
    others = [c.name for c in frame.columns if c.kind == "number" and c.name not in aside]
    _check_known(frame, target, series, [c.name for c in frame.columns if c.kind == "number"])
    others = [name for name in others if name not in series.known]
    channels = {"target": [target], "all": [target, *others], "others": others}[series.seen] + [*series.known]
    if not channels:
        raise DataError(
            tr(
                "series.seen=others, but {where} has no number column beside {target}.",
                where=frame.where,
                target=target,
            )
        )
    return tuple(channels)


def _check_known(frame: Frame, target: str, series: Series, possible: list[str]) -> None:
    """Refuse what cannot be known of the steps ahead, in a sentence."""
    for name in series.known:
        if name == target:
            raise DataError(tr("series.known names {name}, which is what is foretold.", name=name))
        if name not in possible:
            raise DataError(
                tr(
                    "series.known must name number columns, got {name!r}. {where} has {columns}. {hint}",
                    name=name,
                    where=frame.where,
                    columns=", ".join(each for each in possible[:12] if each != target),
                    hint=did_you_mean(name, possible),
                ).strip()
            )
    if series.known and series.window and series.horizon and series.window < series.horizon:
        raise DataError(
            tr(
                "With series.known the window must be at least the horizon, got series.window={window} and series.horizon={horizon}.",
                window=series.window,
                horizon=series.horizon,
            )
        )


def _parts(time: str | None) -> list[str]:
    return [] if time is None else [time, *(part.strip() for part in time.split(","))]


def _length(frame: Frame, key: str | None) -> int:
    """Rows of the longest series."""
    return int(np.bincount(series_of(frame, key)).max())


def _longest(frame: Frame, key: str | None) -> np.ndarray:
    """The rows of the longest series."""
    whose = series_of(frame, key)
    return np.flatnonzero(whose == np.bincount(whose).argmax())


def _candidates(frame: Frame, time: str | None, key: str | None) -> tuple[int, ...]:
    return USUAL if time is None else calendar(moments(frame, time)[_longest(frame, key)])


def _season_of(
    frame: Frame, target: str, key: str | None, clock: np.ndarray, candidates: tuple[int, ...], until: float
) -> int:
    """The season of the longest series, seen in its part before `until`."""
    rows = _longest(frame, key)
    values = filled(numbers(frame, (target,)), series_of(frame, key))[0][rows[clock[rows] < until], 0]
    return find_season(values[np.isfinite(values)], candidates)


def _between(frame: Frame, time: str | None, key: str | None, series: Series) -> tuple[Frame, list[str]]:
    """The rows from `first` to `last`, series after series, each in time order; and what was left out."""
    if time is None:
        asked = "first" if series.first else "last" if series.last else ""
        if asked:
            raise DataError(
                tr(
                    "series.{setting} needs a column that says when; {where} has none. Say time=COLUMN.",
                    setting=asked,
                    where=frame.where,
                )
            )
        return frame, []
    when, notes = moments(frame, time), []
    stay = ~np.isnat(when)
    if unknown := int((~stay).sum()):
        notes.append(said("{count:,} rows do not say when and are left out.", count=unknown))
    for name, words, holds in (
        ("first", said("Only rows from {date} are used."), np.greater_equal),
        ("last", said("Only rows to {date} are used."), np.less_equal),
    ):
        if (bound := getattr(series, name)) is not None:
            stay &= holds(when, _bound(bound, name))
            notes.append(said(words, date=bound))
    if stay.sum() < LEAST_ROWS:
        raise DataError(
            tr(
                "{where} has {count} rows in the time asked for; a series needs {least} or more.",
                where=frame.where,
                count=int(stay.sum()),
                least=LEAST_ROWS,
            )
        )
    return ordered(frame if stay.all() else frame.select(np.flatnonzero(stay)), time, key), notes


def _bound(given: str, name: str) -> np.datetime64:
    """A first or last moment; a last day or month without an hour means all of it."""
    try:
        moment = pd.Timestamp(given)
        if name == "last":
            moment = cast(pd.Period, pd.Period(given)).end_time if len(given) <= 10 else moment
    except ValueError:
        raise DataError(
            tr("series.{name} must be a date such as 2015-01-01, got {value!r}.", name=name, value=given)
        ) from None
    return np.datetime64(moment.to_datetime64())


def _bounds(clock: np.ndarray, horizon: int, series: Series, split: Split) -> tuple[float, float]:
    """When what is foretold in validation begins, and in the test; infinity where there is none, the same where nothing validates.

    Args:
        clock: (N,) how late the first foretold step of each window is.
    """
    count, clock = len(clock), np.sort(clock)
    if not count:
        return np.inf, np.inf
    test = min(count, series.test_windows or int(round(count * split.test)))
    rest = count - test
    late = float(clock[rest]) if test else np.inf
    choose = int(round(rest * split.validation))
    # The last windows before the test begin reach into it and are left out: so many more are set aside for choosing.
    train = max(0, rest - choose - (horizon - 1 if choose and test else 0))
    return (float(clock[train]) if choose and rest else late), late


# What is said of how windows were divided, by whether some choose and some judge.
_TOLD = {
    (False, False): said("In time order: {train:,} windows train; scales are learnt from the training part alone."),
    (True, False): said(
        "In time order: {train:,} windows train, {validation:,} choose; scales are learnt from the training part alone."
    ),
    (False, True): said(
        "In time order: {train:,} windows train, the last {test:,} judge; scales are learnt from the training part alone."
    ),
    (True, True): said(
        "In time order: {train:,} windows train, {validation:,} choose, the last {test:,} judge; "
        "scales are learnt from the training part alone."
    ),
}


def _divide(cut: _Cut, clock: np.ndarray, where: str) -> Division:
    """Which windows train, choose and judge, by time; windows whose last step reaches into the next split are left out.

    Args:
        clock: (N,) how late each of `cut.begins` is; equal for several series at one time.
    """
    ends, first = clock + cut.horizon - 1, min(cut.middle, cut.late)
    which = ends < first, (clock >= cut.middle) & (ends < cut.late), clock >= cut.late
    learn, choosing, judging = (cut.begins[each] for each in which)
    if len(learn) < 2:
        raise DataError(
            tr(
                "{where} is too short: of {count:,} windows {judging:,} are for judging, {choosing:,} for "
                "choosing and {learn:,} to learn from. Ask for a shorter series.window or series.horizon, or "
                "smaller shares: split.test, split.validation, series.test_windows.",
                where=where,
                count=len(cut.begins),
                judging=len(judging),
                choosing=len(choosing),
                learn=len(learn),
            )
        )
    note = said(
        _TOLD[len(choosing) > 0, len(judging) > 0], train=len(learn), validation=len(choosing), test=len(judging)
    )
    return Division(learn, choosing, judging, (), note)
