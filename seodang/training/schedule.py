"""The learning rate as a function of the step: nothing to save, nothing to restore."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from seodang.recipes.settings import Training

# One-cycle starts and ends this far below its peak, and rises for this share of the steps (Smith & Topin, 2018,
# https://arxiv.org/abs/1708.07120; the numbers are those of PyTorch's OneCycleLR except the end, which is lower there).
START_SHARE = 1 / 25
RISING_SHARE = 0.3


def rate(settings: Training, step: float, total_steps: int, steps_per_epoch: int) -> float:
    """The learning rate at a step, 0 ≤ step < total_steps.

    >>> round(rate(Training(schedule="cosine", learning_rate=1.0), 50, 101, 10), 6)
    0.5
    """
    peak, progress = settings.learning_rate, step / max(1, total_steps - 1)
    if settings.schedule == "one_cycle":
        rising = settings.warmup or RISING_SHARE
        if progress < rising:
            return peak * _between(START_SHARE, 1.0, progress / rising)
        return peak * _between(1.0, 1e-3, (progress - rising) / (1 - rising))
    warm = min(1.0, (step + 1) / (settings.warmup * total_steps)) if settings.warmup else 1.0
    if settings.schedule == "cosine":
        return peak * warm * _between(1.0, 0.0, progress)
    if settings.schedule == "step":
        drops = (step // max(1, steps_per_epoch)) // settings.step_every
        return peak * warm * settings.step_factor**drops
    return peak * warm


def stretched(step: int, replanned: Sequence[tuple[int, int]], total_steps: int) -> float:
    """Where on the schedule of `total_steps` a step stands whose run was planned anew on the way.

    Each plan (step, steps) goes on from where the one before had come to and reaches the end with its last step, so the
    rate never jumps. `replanned` begins with the first plan (0, steps).

    >>> [stretched(step, [(0, 11), (5, 8)], 8) for step in (0, 5, 7)]
    [0.0, 3.5, 7.0]
    """
    done = 0.0
    for (start, steps), (end, _) in pairwise([*replanned, (step, 0)]):
        if step <= start:
            break
        done += (1 - done) * (min(end, step) - start) / max(1, steps - 1 - start)
    return min(1.0, done) * (total_steps - 1)


def _between(start: float, end: float, progress: float) -> float:
    """From start to end along half a cosine."""
    return end + (start - end) * (1 + math.cos(math.pi * min(1.0, progress))) / 2
