"""Numbers of amounts: against scikit-learn, the paired t-test, and what a series' neighbours do to an interval."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_rel
from sklearn.metrics import mean_absolute_error, mean_squared_error, median_absolute_error, r2_score

from seodang.evaluation.amounts import (
    amount_intervals,
    amount_metrics,
    as_baseline,
    by_step,
    losses,
    nearer,
    skill,
)

RANDOM = np.random.default_rng(0)


def some(rows=200, columns=1):
    targets = RANDOM.normal(size=(rows, columns)) * 3 + 10
    return targets, targets + RANDOM.normal(size=(rows, columns))


def test_metrics_are_scikit_learns():
    targets, predicted = some()
    found = amount_metrics(targets, predicted)
    assert found["mae"] == pytest.approx(mean_absolute_error(targets, predicted))
    assert found["rmse"] == pytest.approx(mean_squared_error(targets, predicted) ** 0.5)
    assert found["median_error"] == pytest.approx(median_absolute_error(targets, predicted))
    assert found["r2"] == pytest.approx(r2_score(targets, predicted))


@given(st.lists(st.integers(0, 20), min_size=1, max_size=120))
def test_nine_of_ten_are_no_farther_off_and_no_smaller_distance_would_do(distances):
    off = np.array(distances, float)[:, None]
    most = amount_metrics(off, 0 * off)["error_90"]
    assert (off <= most).mean() >= 0.9
    assert (off < most).mean() <= 0.9


def test_r2_of_several_steps_is_that_of_all_squares_together():
    targets, predicted = some(100, 4)
    weighted = r2_score(targets, predicted, multioutput="variance_weighted")
    assert amount_metrics(targets, predicted)["r2"] == pytest.approx(weighted)


def test_targets_that_are_all_alike_have_no_r2_to_speak_of():
    assert amount_metrics(np.ones((5, 1)), np.zeros((5, 1)))["r2"] == 0.0


def test_a_test_of_independent_examples_is_the_paired_t_test():
    one, other = RANDOM.random(80), RANDOM.random(80) + 0.1
    found = nearer(one, other)
    expected = ttest_rel(one, other)
    assert found["p_value"] == pytest.approx(expected.pvalue)  # pyright: ignore[reportAttributeAccessIssue]
    assert found["difference"] == pytest.approx((one - other).mean())


def test_neighbours_that_are_alike_make_a_test_less_sure():
    """20 values, each 10 times over: 200 examples that say no more than 20."""
    gains = np.repeat(RANDOM.normal(0.5, 1, 20), 10)
    nothing = np.zeros(200)
    independent = ttest_rel(gains[::10], nothing[::10]).pvalue  # pyright: ignore[reportAttributeAccessIssue]
    assert nearer(gains, nothing, lag=0)["p_value"] < independent / 10
    assert nearer(gains, nothing, lag=9)["p_value"] == pytest.approx(independent, rel=1.0, abs=0.03)


def test_a_test_where_nothing_differs_is_right_5_times_in_100():
    """Under no difference p-values are even: with neighbours alike (AR 0.7) and a lag for them, near enough."""
    wrong, draws = 0, 300
    for seed in range(draws):
        noise = np.random.default_rng(seed).normal(size=400)
        gains = np.zeros(400)
        for step in range(1, 400):
            gains[step] = 0.7 * gains[step - 1] + noise[step]
        wrong += nearer(gains, np.zeros(400), lag=10)["p_value"] < 0.05
    assert wrong / draws < 0.12, "0.05 in theory; Newey and West's is known to be a little too sure"


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_to_tell(count):
    assert nearer(np.ones(count), np.zeros(count))["p_value"] == 1.0


def test_intervals_hold_the_score_and_are_wider_where_neighbours_are_alike():
    targets = np.zeros((400, 1))
    alike = np.repeat(RANDOM.normal(size=(20, 1)), 20, axis=0)
    narrow, wide = amount_intervals(targets, alike), amount_intervals(targets, alike, block=20)
    score = amount_metrics(targets, alike)["mae"]
    for low, high in (narrow["mae"], wide["mae"]):
        assert low <= score <= high
    assert wide["mae"][1] - wide["mae"][0] > 2 * (narrow["mae"][1] - narrow["mae"][0])
    assert amount_intervals(targets, alike) == narrow, "the same draw each time"


def test_an_interval_of_few_windows_is_not_a_point():
    """Two windows drawn as one block would always be the same two."""
    low, high = amount_intervals(np.zeros((2, 1)), np.array([[1.0], [3.0]]), block=2)["mae"]
    assert (low, high) == (1.0, 3.0)


@given(st.floats(0.1, 100), st.floats(0.1, 100))
def test_skill_is_the_share_of_the_error_that_is_gone(own, other):
    found = skill({"mae": own, "rmse": 0.0}, {"mae": other, "rmse": 0.0}, "mae")
    assert found == pytest.approx(1 - own / other)
    assert (found < 0) == (own > other)


def test_a_perfect_baseline_has_no_skill_to_lose():
    assert skill({"mae": 1.0, "rmse": 1.0}, {"mae": 0.0, "rmse": 0.0}, "mae") == 0.0


def test_each_step_ahead_has_its_own_error():
    assert by_step(np.zeros((2, 3)), np.array([[1.0, 2, 3], [1, -2, 5]])) == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(("loss", "expected"), [("mse", [2.5, 0.0]), ("mae", [1.5, 0.0]), ("huber", [1.5, 0.0])])
def test_losses_of_each_example(loss, expected):
    assert losses(np.zeros((2, 2)), np.array([[1.0, 2.0], [0.0, 0.0]]), loss).tolist() == expected


def test_a_baseline_that_is_the_network_is_neither_better_nor_worse():
    targets, predicted = some()
    found = as_baseline(targets, predicted, predicted, "mae", "itself", 0.0, 3)
    assert found["skill"] == 0.0
    assert found["network_against_it"] == {"difference": 0.0, "p_value": 1.0}
