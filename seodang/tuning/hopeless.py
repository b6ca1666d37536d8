"""When a trial is stopped: in the second half of its epochs it has not yet been as good as half of the trials before it are there.

The median rule of Google's Vizier (Golovin et al., 2017, section 3.4.2, https://doi.org/10.1145/3097983.3098043), as Optuna's
MedianPruner decides it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seodang.core.numbers import percent, short
from seodang.core.sentences import said
from seodang.runs.events import End
from seodang.tuning.trial import MEASURES, Trial

# Nothing is stopped before so many trials were trained to their end, nor in the first half of a trial: what is late may still be the
# best. Of three searches of 20 trials, put into 400 orders each, a third instead of the half lost the best one in up to a fifth of
# them, the half never; it saved a quarter to a third of the epochs (LOG.md).
WHOLE_TRIALS = 5
LOOKS = 10


def looks(epochs: int) -> list[int]:
    """The epochs after which a trial of so many is looked at.

    >>> looks(10), looks(2), looks(1)
    ([5, 6, 7, 8, 9], [1], [])
    """
    return list(range(-(-epochs // 2), epochs, max(1, epochs // LOOKS)))


def hopeless(epoch: int, epochs: int, course: dict[int, float], before: Sequence[Trial], by: str) -> End | None:
    """Whether a trial ends here, and why.

    Args:
        epoch: The last that it had.   epochs: That it is to have.   course: What it was judged by after each epoch.
        before: The trials before it; those count that were trained to the end, for as many epochs.
    """
    at, better = looks(epochs), max if MEASURES[by] else min
    whole = [trial for trial in before if trial.is_whole and trial.epochs == trial.planned == epochs]
    if epoch not in at or len(whole) < WHOLE_TRIALS:
        return None
    best = better(course[look] for look in at if look <= epoch and look in course)
    there = float(np.percentile([trial.course[epoch - 1] for trial in whole], 50))  # to the last bit as Optuna has it
    if better(best, there) == best:
        return None
    numbers = {"epoch": epoch, "epochs": epochs, "count": len(whole), "first": at[0]}
    if by == "validation_accuracy":
        return End(
            said(
                "stopped after epoch {epoch} of {epochs}: validation accuracy {best} at best since epoch {first}, and half of the "
                "{count} whole trials before it had {median} or more there",
                best=percent(best),
                median=percent(there),
                **numbers,
            )
        )
    return End(
        said(
            "stopped after epoch {epoch} of {epochs}: validation mae {best} at best since epoch {first}, and half of the {count} "
            "whole trials before it had {median} or less there"
            if by == "validation_mae"
            else "stopped after epoch {epoch} of {epochs}: validation loss {best} at best since epoch {first}, and half of the {count} "
            "whole trials before it had {median} or less there",
            best=short(best),
            median=short(there),
            **numbers,
        )
    )
