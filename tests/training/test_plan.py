"""The plan, and keeping to the time that was given."""

import itertools

import pytest

from seodang.training.plan import steps_that_fit


@pytest.mark.parametrize("per_epoch", [1, 7, 50])
@pytest.mark.parametrize("judging", [0.0, 0.35, 3.0])
@pytest.mark.parametrize("step", [0, 3, 49, 100])
def test_the_steps_that_fit_are_the_most_that_fit(per_epoch, judging, step):
    """Against trying every number of steps, one by one."""

    def needs(ends):
        return (ends - step) * 0.1 + (-(-ends // per_epoch) - step // per_epoch) * judging

    for seconds in (0.5, 2.0, 10.0, 33.3):
        tried = [ends for ends in range(step + 1, step + 400) if needs(ends) <= seconds + 1e-9]
        found = steps_that_fit(seconds, step, 0.1, per_epoch, judging)
        assert found == pytest.approx(max(tried, default=step + 1), abs=1)


def test_a_lab_is_not_trained_longer_than_it_says():
    assert steps_that_fit(1000.0, 0, 0.1, 10, 0.0, most=50) == 50


def test_no_time_is_one_step():
    assert all(steps_that_fit(s, n, 0.1, 10, 1.0) == n + 1 for s, n in itertools.product((-5.0, 0.0), (0, 7)))
