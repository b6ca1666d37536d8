"""Seasons that are there are found, and those that are not are not."""

import numpy as np
import pandas as pd
import pytest

from seodang.data.seasons import calendar, find_season

NOISE = np.random.default_rng(0)


def turning(length, season, noise=0.3, trend=0.0):
    steps = np.arange(length)
    return np.sin(2 * np.pi * steps / season) + trend * steps + noise * NOISE.normal(size=length)


@pytest.mark.parametrize(
    ("length", "season", "candidates"),
    [(200, 7, (7, 365)), (3000, 365, (7, 365)), (2000, 24, (24, 168)), (120, 12, (12,)), (300, 5, (5, 252))],
)
@pytest.mark.parametrize("trend", [0.0, 0.05, -0.01])
def test_a_turn_of_the_calendar_is_found_under_a_trend(length, season, candidates, trend):
    assert find_season(turning(length, season, trend=trend), candidates) == season


def test_a_year_is_found_where_differences_show_nothing():
    """Day to day the noise is larger than what the year changes: correlation of differences at 365 is near 0."""
    values = 4 * turning(3000, 365, noise=0.6)
    changes = np.diff(values)
    assert abs(np.corrcoef(changes[365:], changes[:-365])[0, 1]) < 0.1
    assert find_season(values, (7, 365)) == 365


def test_a_week_with_another_weekend_is_found_and_not_two_weeks():
    values = np.tile([0, 0, 0, 0, 0, 2.0, 3.0], 60) + 0.5 * NOISE.normal(size=420)
    assert find_season(values, (7, 14, 365)) == 7


def test_a_day_within_a_week_is_a_week_where_the_week_says_more():
    hours = np.arange(24 * 7 * 20)
    daily = np.sin(2 * np.pi * hours / 24)
    weekend = np.isin(hours // 24 % 7, (5, 6)) * 3.0
    assert find_season(daily, (24, 168)) == 24
    assert find_season(daily + weekend + 0.2 * NOISE.normal(size=len(hours)), (24, 168)) == 168


def test_any_other_season_is_found_where_it_is_plain():
    assert find_season(turning(1000, 30), (7, 365)) == 30
    assert find_season(turning(309, 11, noise=0.5), ()) == 11


@pytest.mark.parametrize("length", [40, 60, 100, 300, 1000, 5000])
def test_random_walks_have_none(length):
    """As the comment in seasons.py says: about 1 in 100 is mistaken."""
    walks = [np.cumsum(np.random.default_rng([length, seed]).normal(size=length)) for seed in range(40)]
    assert sum(find_season(walk, (7, 365)) > 1 for walk in walks) <= 2


@pytest.mark.parametrize(
    "values", [np.zeros(100), np.full(100, 1e9), np.arange(100.0), np.arange(100.0) ** 2, np.ones(3), np.zeros(0)]
)
def test_what_does_not_turn_has_none(values):
    assert find_season(values) == 1


def test_noise_has_none():
    assert find_season(np.random.default_rng(3).normal(size=2000)) == 1


@pytest.mark.parametrize(
    ("first", "count", "frequency", "expected"),
    [
        ("2020-01-01", 1000, "D", (7, 365)),
        ("2020-01-01", 1000, "h", (24, 168, 8766)),
        ("2020-01-01", 1000, "15min", (4, 96, 672)),
        ("2000-01-31", 200, "ME", (12,)),
        ("2000-01-03", 200, "W", (52,)),
        ("2000-01-31", 60, "QE", (4,)),
        ("2000-01-01", 60, "YE", ()),
        ("2020-01-01", 1000, "B", (5, 261)),
    ],
)
def test_turns_of_the_calendar(first, count, frequency, expected):
    assert calendar(pd.date_range(first, periods=count, freq=frequency).to_numpy()) == expected


def test_gaps_do_not_stretch_the_step():
    when = pd.date_range("2020-01-01", periods=500, freq="h").to_numpy()
    assert calendar(np.concatenate([when[:200], when[400:]]))[0] == 24


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "column", "candidates", "season"),
    [
        ("series/ETTh1.csv", "OT", (24, 168), 24),
        ("series/daily-min-temperatures.csv", "Temp", (7, 365), 365),
        ("series/flights.csv", "passengers", (12,), 12),
        ("aapl/AAPL.csv", "Close", (5, 252), 1),
    ],
)
@pytest.mark.parametrize("share", [0.7, 1.0])
def test_real_series(real_data, file, column, candidates, season, share):
    values = pd.read_csv(real_data(file))[column].to_numpy(np.float64)
    assert find_season(values[: int(share * len(values))], candidates) == season
