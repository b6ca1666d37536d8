"""Forecasts judged series by series: small series are not drowned by large ones."""

import numpy as np
import pytest

from seodang.evaluation.by_series import TOLD, by_series
from seodang.evaluation.row_verdict import _by_series as sentences


def told(own: dict[str, float], last: dict[str, float], season: dict[str, float], loss: str = "huber"):
    """What is said where each series' forecasts are off by so much, at each of two steps of three windows."""
    series = [name for name in own for _ in range(3)]
    truth = np.random.default_rng(0).normal(size=(len(series), 2))
    answers = {
        method: truth + np.array([[off[name]] for name in series])
        for method, off in (("own", own), ("last value", last), ("a season ago", season))
    }
    return by_series(series, truth, answers.pop("own"), answers, loss)


def test_each_series_has_the_errors_of_its_own_windows_and_the_worst_stands_first():
    found = told({"a": 1, "b": 10, "c": 3}, {"a": 2, "b": 5, "c": 4}, {"a": 9, "b": 9, "c": 9})
    assert (found["method"], found["count"], found["better"]) == ("last value", 3, 2)
    rows = [(row["series"], row["windows"], row["error"], row["simple_error"], row["skill"]) for row in found["rows"]]
    assert rows == [("b", 3, 10.0, 5.0, -1.0), ("c", 3, 3.0, 4.0, 0.25), ("a", 3, 1.0, 2.0, 0.5)]


def test_the_simple_forecast_is_the_one_that_is_nearer_on_most_series_not_in_the_mean():
    found = told({"a": 1, "b": 1, "c": 1}, {"a": 2, "b": 2, "c": 900}, {"a": 3, "b": 3, "c": 3})
    assert found["method"] == "last value"


def test_errors_are_roots_of_squares_where_the_network_was_trained_by_them():
    truth = np.zeros((4, 1))
    off = np.array([[3.0], [4.0], [1.0], [1.0]])
    found = by_series(["a", "a", "b", "b"], truth, off, {"last value": 2 * off}, "mse")
    assert [row["error"] for row in found["rows"]] == [pytest.approx(np.sqrt(12.5)), 1.0]
    assert {row["skill"] for row in found["rows"]} == {0.5}


def test_one_series_and_none_to_compare_with_say_nothing():
    truth = np.zeros((2, 1))
    assert by_series(["a", "a"], truth, truth, {"last value": truth}, "huber") is None
    assert by_series(["a", "b"], truth, truth, {}, "huber") is None


def test_of_many_series_those_with_the_least_skill_are_told():
    own = {f"s{place:02}": 1.0 + place for place in range(30)}
    found = told(own, dict.fromkeys(own, 10.0), dict.fromkeys(own, 20.0))
    assert (found["count"], found["better"], len(found["rows"])) == (30, 9, TOLD)
    assert [row["series"] for row in found["rows"]] == sorted(own, reverse=True)[:TOLD]


@pytest.mark.parametrize(
    ("own", "good", "bad"),
    [
        ({"a": 1, "b": 1, "c": 1}, ["Series by series: nearer than the last value on each of 3."], []),
        (
            {"a": 1, "b": 1, "c": 4},
            [
                "Series by series: nearer than the last value on 2 of 3; least on c, off by 4 where the last value is by 2."
            ],
            [],
        ),
        (
            {"a": 1, "b": 3, "c": 4},
            [],
            [
                "Series by series NOT nearer than the last value on most: on 1 of 3; least on c, off by 4 where the last value is by 2."
            ],
        ),
    ],
)
def test_the_verdict_says_on_how_many_series_it_is_nearer(own, good, bad):
    found = told(own, dict.fromkeys(own, 2), dict.fromkeys(own, 5))
    assert sentences({"by_series": found}) == (good, bad)
    assert sentences({}) == ([], [])
