"""What a lesson is made of: a short answer, what was measured just now, pictures, commands to try, words that are explained."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from seodang.explanations.explanation import Drawing, Pictures, Table

MOST_DECIMALS = 15  # of a float64 near 1
Part = Drawing | Pictures | Table


@dataclass(frozen=True)
class Try:
    """A command to try, as it is typed, and what to look for in what it prints or writes."""

    command: str
    words: str


@dataclass(frozen=True)
class Lesson:
    """One question of the notes, answered by a small experiment.

    answer: two or three sentences that hold without the experiment.   measured: sentences whose every number comes from it.
    limits: what the experiment does not show.   numbers: fit for JSON, the same for the same seed.
    parts: what the page shows, in this order.   tries: commands that work as they stand, one after the other.
    """

    answer: tuple[str, ...]
    measured: tuple[str, ...]
    limits: tuple[str, ...]
    numbers: dict[str, Any]
    parts: tuple[Part, ...]
    tries: tuple[Try, ...]
    seed: int = 0


def decimals(gap: float) -> int:
    """To how many decimals two numbers agree that differ by `gap`.

    >>> decimals(2e-7), decimals(0.0), decimals(3.0)
    (6, 15, 0)
    """
    return MOST_DECIMALS if gap <= 0 else min(MOST_DECIMALS, max(0, math.floor(-math.log10(gap))))
