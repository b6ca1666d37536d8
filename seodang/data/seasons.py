"""Steps after which a series repeats: days, weeks and years by the calendar, or whatever the values show."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

# What things repeat after, in seconds; and, where nothing says when, so many steps are tried.
HOUR, DAY, WEEK, YEAR = 3600.0, 86400.0, 604800.0, 365.2425 * 86400.0
USUAL = (4, 5, 7, 12, 24, 48, 52, 60, 96, 144, 168, 288, 365)
LEAST, MOST = 4, 10_000  # steps of a season
# A season of the calendar must be seen so often, and be so plain; any other one more often and plainer. Of 1,000 random walks of
# 40 to 5,000 steps 1 in 100 is taken for a series with a season.
CALENDAR_TIMES, CALENDAR_BAR = 4, 0.3
OTHER_TIMES, OTHER_BAR, OTHER_MOST = 10, 0.5, 400
RECENT = 20_000  # values that are looked at for a season of the calendar; for any other a quarter of them
ALIKE = 1.1  # a season of half the length or less is taken where its error is not larger than so many times the best


def calendar(when: np.ndarray) -> tuple[int, ...]:
    """How many steps an hour, a day, a week and a year have, where that is a sensible season.

    Args:
        when: (N,) datetime64 in order. Steps longer than five usual ones are gaps and do not count.

    >>> calendar(np.arange("2021-01-01", "2022-01-01", dtype="datetime64[D]"))
    (7, 365)
    >>> days = np.arange("2021-01-01", "2022-01-01", dtype="datetime64[D]")
    >>> calendar(days[np.is_busday(days)])
    (5, 261)
    """
    steps = np.diff(when).astype("timedelta64[ns]").astype(np.float64) / 1e9
    steps = steps[steps > 0]
    if not len(steps):
        return USUAL
    spacing = float(steps[steps <= 5 * np.median(steps)].mean())
    found = (round(period / spacing) for period in (HOUR, DAY, WEEK, YEAR))
    return tuple(dict.fromkeys(each for each in found if LEAST <= each <= MOST))


def find_season(values: np.ndarray, candidates: tuple[int, ...] = USUAL) -> int:
    """The number of steps after which a series repeats; 1 where none is seen.

    A season is a lag at which the series, its moving average over that lag taken away, is like itself, is so again at twice the
    lag, and is not at half and one and a half of it. A random walk, whose values also resemble the last ones, has none. Of several
    the one whose value a season ago errs least. Box, Jenkins & Reinsel, Time Series Analysis, chapter 9.

    Args:
        values: (N,) without NaN, the training part alone.   candidates: lags to be tried first.

    >>> trend = np.arange(200) / 10
    >>> find_season(trend + np.sin(np.arange(200) * 2 * np.pi / 12), (7, 12, 24)), find_season(trend)
    (12, 1)
    """
    recent = values[-RECENT:]
    season = _plainest(recent, candidates, CALENDAR_TIMES, CALENDAR_BAR)
    if season > 1:
        return season
    recent = values[-RECENT // 4 :]
    return _plainest(recent, range(LEAST, OTHER_MOST + 1), OTHER_TIMES, OTHER_BAR)


def _plainest(values: np.ndarray, candidates: Iterable[int], times: int, bar: float) -> int:
    errors = {
        lag: float(np.mean((values[lag:] - values[:-lag]) ** 2))
        for lag in candidates
        if lag > 1 and times * lag <= len(values) and _repeats(values, lag, bar)
    }
    best = min(errors, key=lambda lag: errors[lag], default=1)
    while shorter := [lag for lag in errors if 2 * lag <= best + 1 and errors[lag] <= ALIKE * errors[best]]:
        best = min(shorter, key=lambda lag: errors[lag])
    return best


def _repeats(values: np.ndarray, lag: int, bar: float) -> bool:
    rest = _without_trend(values, lag)
    if float(rest.std()) <= 1e-9 * float(np.abs(values).max()):
        return False
    once = _correlation(rest, lag)
    if once <= bar:
        return False
    between = [lag // 2, (lag + 1) // 2, 3 * lag // 2, (3 * lag + 1) // 2]
    return once > bar + max(_correlation(rest, each) for each in between) and _correlation(rest, 2 * lag) > bar


def _without_trend(values: np.ndarray, lag: int) -> np.ndarray:
    """Values less their centred moving average over `lag` places; half a lag is lost at each end."""
    sums, half = np.concatenate([[0.0], np.cumsum(values - values.mean())]), lag // 2
    middle = np.arange(half, len(values) - half)
    first = sums[middle + lag - half] - sums[middle - half]
    second = sums[middle + half + 1] - sums[middle + half + 1 - lag]  # the same where the lag is odd
    return (values - values.mean())[middle] - (first + second) / (2 * lag)


def _correlation(values: np.ndarray, lag: int) -> float:
    if len(values) < lag + 3:
        return 0.0
    one, other = values[lag:], values[:-lag]
    one, other = one - one.mean(), other - other.mean()
    length = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / length if length else 0.0
