"""Numbers of amounts against their references: scikit-learn's scores, scipy's paired t-test, intervals that cover."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_rel
from sklearn.metrics import mean_absolute_error, median_absolute_error, r2_score, root_mean_squared_error

from seodang.evaluation.amounts import amount_intervals, amount_metrics, as_baseline, losses, nearer, skill


@pytest.fixture
def draw():
    return np.random.default_rng(0)


def test_the_unit_of_an_amount_changes_nothing_but_the_unit(draw):
    """A report of moles per litre has the figures of one of picomoles."""
    targets = draw.lognormal(0, 1, (100, 1))
    predicted = targets + draw.normal(0, 0.4, (100, 1))
    large, tiny = (amount_intervals(targets * unit, predicted * unit) for unit in (1, 1e-13))
    for name in ("mae", "rmse", "median_error"):
        np.testing.assert_allclose(np.array(tiny[name]) * 1e13, large[name], rtol=1e-5)
    found = as_baseline(targets * 1e-13, predicted * 1e-13, targets * 1e-13, "mse", "how", 0.0, 0)
    assert found["rmse"] * 1e13 == pytest.approx(root_mean_squared_error(targets, predicted), rel=1e-5)


def test_scores_are_those_of_scikit_learn(draw):
    targets = draw.lognormal(0, 1, (200, 1))
    predicted = targets + draw.normal(0, 0.4, (200, 1))
    found = amount_metrics(targets, predicted)
    assert found["mae"] == pytest.approx(mean_absolute_error(targets, predicted))
    assert found["rmse"] == pytest.approx(root_mean_squared_error(targets, predicted))
    assert found["median_error"] == pytest.approx(median_absolute_error(targets, predicted))
    assert found["r2"] == pytest.approx(r2_score(targets, predicted))


@pytest.mark.parametrize("shift", [0.0, 0.05, 0.3])
def test_of_independent_examples_nearer_is_the_paired_t_test(draw, shift):
    first, second = draw.exponential(1, 300) + shift, draw.exponential(1, 300)
    expected = ttest_rel(first, second)
    found = nearer(first, second)
    assert found["difference"] == pytest.approx(np.mean(first - second))
    assert found["p_value"] == pytest.approx(expected.pvalue, rel=1e-9)


def test_neighbours_that_err_alike_count_as_fewer(draw):
    """Errors of overlapping forecasts: with their lag the test is right in 5 % of draws of no difference, without far too sure."""
    wrong = {0: 0, 20: 0}
    for _ in range(200):
        gains = np.convolve(draw.normal(0, 1, 609), np.ones(10) / 10, "valid")
        for lag in wrong:
            wrong[lag] += nearer(gains, np.zeros(600), lag)["p_value"] < 0.05
    assert wrong[0] > 80
    assert wrong[20] < 32


def test_intervals_cover_the_truth_as_often_as_they_say():
    """Of 100 samples of known errors about 95 intervals have the true mean distance: normal errors, sqrt(2 / pi)."""
    covered = {"mae": 0, "rmse": 0}
    truth = {"mae": np.sqrt(2 / np.pi), "rmse": 1.0}
    for seed in range(100):
        draw = np.random.default_rng(seed)
        targets = draw.normal(0, 3, (120, 1))
        found = amount_intervals(targets, targets + draw.normal(0, 1, (120, 1)), seed=seed)
        for name, value in truth.items():
            low, high = found[name]
            covered[name] += low <= value <= high
    assert 88 <= covered["mae"] <= 99
    assert 86 <= covered["rmse"] <= 99


def test_blocks_of_neighbours_widen_the_interval(draw):
    errors = np.convolve(draw.normal(0, 1, 419), np.ones(20) / 20, "valid")[:, None]
    narrow, wide = (amount_intervals(np.zeros((400, 1)), errors, block=block)["mae"] for block in (1, 40))
    assert wide[1] - wide[0] > 1.5 * (narrow[1] - narrow[0])


def test_losses_follow_what_is_trained():
    targets, predicted = np.array([[0.0, 0.0]]), np.array([[1.0, 3.0]])
    assert losses(targets, predicted, "mse").tolist() == [5.0]
    assert losses(targets, predicted, "mae").tolist() == losses(targets, predicted, "huber").tolist() == [2.0]


def test_skill_is_0_of_oneself_1_of_perfection_and_below_0_of_the_worse():
    one, worse, perfect = ({"rmse": value, "mae": value} for value in (2.0, 3.0, 0.0))
    assert (skill(one, one, "mse"), skill(perfect, one, "mse"), skill(worse, one, "mae")) == (0.0, 1.0, -0.5)


def test_a_baseline_says_the_same_by_difference_and_skill(draw):
    targets = draw.normal(0, 1, (100, 1))
    near, far = targets + draw.normal(0, 0.1, (100, 1)), targets + draw.normal(0, 0.5, (100, 1))
    better = as_baseline(targets, far, near, "mse", "far", 0.0, 0)
    assert better["skill"] > 0
    assert better["network_against_it"]["difference"] > 0
    assert better["network_against_it"]["p_value"] < 1e-6
    worse = as_baseline(targets, near, far, "mse", "near", 0.0, 0)
    assert worse["skill"] < 0
    assert worse["network_against_it"]["difference"] < 0
