"""The learning rate over a run."""

import itertools
import math

import pytest
import torch

from seodang.recipes.settings import Training
from seodang.training.schedule import rate, stretched


def rates(total, **settings):
    training = Training(learning_rate=0.5, **settings)
    return [rate(training, step, total, 10) for step in range(total)]


def test_constant_is_constant():
    assert set(rates(7, schedule="constant")) == {0.5}


def test_cosine_is_pytorchs():
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=0.5)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=99)
    expected = []
    for _ in range(100):
        expected.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    assert rates(100, schedule="cosine") == pytest.approx(expected, abs=1e-9)


def test_one_cycle_is_pytorchs():
    """torch.optim.lr_scheduler.OneCycleLR with the same shares; its rise ends at step pct_start * total - 1."""
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=0.5)
    total, rising = 101, 0.31
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=0.5,
        total_steps=total,
        pct_start=rising,
        div_factor=25,
        final_div_factor=1000 / 25,
        cycle_momentum=False,
    )
    expected = []
    for _ in range(total):
        expected.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(expected) < total:
            schedule.step()
    # PyTorch's rise ends at step 0.31 * 101 - 1 = 30.31, ours at 0.3 * 100 = 30; compare within that third of a step.
    ours = rates(total, schedule="one_cycle")
    assert max(abs(a - b) for a, b in zip(ours, expected, strict=True)) < 0.5 * math.pi / 2 / 30 * 0.35
    assert ours[0] == pytest.approx(0.02)
    assert max(ours) == ours[30] == 0.5
    assert ours[-1] == pytest.approx(0.0005)


def test_step_drops_every_so_many_epochs():
    found = rates(40, schedule="step", step_every=2, step_factor=0.1)
    assert found[:20] == [0.5] * 20
    assert found[20:] == pytest.approx([0.05] * 20)


def test_warm_up_rises_to_the_peak():
    found = rates(100, schedule="constant", warmup=0.1)
    assert found[0] == pytest.approx(0.05)
    assert found == sorted(found)
    assert found[9:] == [0.5] * 91


def test_a_run_planned_anew_goes_on_where_it_stood_and_ends_at_its_end():
    """The rate never jumps by more than a step of either plan, and the last step has the last rate of the schedule."""
    settings = Training(learning_rate=0.5, schedule="one_cycle")
    for plans in ([(0, 100), (40, 60)], [(0, 100), (10, 160)], [(0, 100), (20, 200), (150, 160)]):
        total = plans[-1][1]
        found = [rate(settings, stretched(step, plans, total), total, 10) for step in range(total)]
        before = [rate(settings, step, 100, 10) for step in range(plans[1][0] + 1)]
        assert found[: len(before)] == pytest.approx(before)
        assert found[-1] == pytest.approx(rate(settings, total - 1, total, 10))
        assert max(abs(a - b) for a, b in itertools.pairwise(found)) < 0.5 * 0.2


def test_a_plan_that_stays_is_the_plan():
    assert [stretched(step, [(0, 30)], 30) for step in range(30)] == pytest.approx(list(range(30)))
