"""What a diagnosis is: what, the evidence as numbers, why it matters, what to do next, and how much it matters."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from seodang.core.language import tr

# Where a severity begins. Within a tenth above it the larger fault comes first.
UNTRUE = 0.9  # the score cannot be believed
USELESS = 0.7  # something simpler does as well
WORSE = 0.5  # the network, or the data, could be better
CARE = 0.3  # worth knowing before something is decided by the score


class NotChecked(Exception):
    """A check cannot be made, and why, in a sentence; without one it has nothing to say on such data."""


@dataclass(frozen=True)
class Diagnosis:
    """One thing that is wrong.

    what: a sentence.   evidence: the numbers in a sentence or two.   numbers: the same for programs.
    why: why it matters.   todo: what to do next.   severity: 0 to 1, see above.
    name: the check's, filled in by whoever runs it.
    """

    what: str
    evidence: str
    why: str
    todo: str
    severity: float
    numbers: dict[str, Any] = field(default_factory=dict)
    name: str = ""

    @property
    def title(self) -> str:
        """The check's name in words: "dead units"."""
        return title_of(self.name)

    def as_plain(self) -> dict[str, Any]:
        """Fit for JSON, with "serious" or "notice" as `look` has it."""
        return {**asdict(self), "level": "serious" if self.severity >= USELESS else "notice"}


def title_of(name: str) -> str:
    """A check's name in words.

    >>> title_of("dead-units")
    'dead units'
    """
    known = {
        "chosen-on-test": tr("chosen on test"),
        "dead-units": tr("dead units"),
        "exact-duplicates": tr("exact duplicates"),
        "exploding-gradients": tr("exploding gradients"),
        "gives-away": tr("gives away"),
        "group-split": tr("group split"),
        "harmful-augmentation": tr("harmful augmentation"),
        "head-and-loss": tr("head and loss"),
        "imbalance": tr("imbalance"),
        "label-noise": tr("label noise"),
        "miscalibration": tr("miscalibration"),
        "naive-baseline": tr("naive baseline"),
        "near-duplicates": tr("near duplicates"),
        "overfitting": tr("overfitting"),
        "rate-too-high": tr("rate too high"),
        "rate-too-low": tr("rate too low"),
        "same-pictures": tr("same pictures"),
        "saturated-outputs": tr("saturated outputs"),
        "scaled-before-split": tr("scaled before the split"),
        "seed-noise": tr("seed noise"),
        "shift": tr("shift"),
        "too-few-examples": tr("too few examples"),
        "two-labels": tr("two labels"),
        "underfitting": tr("underfitting"),
        "vanishing-gradients": tr("vanishing gradients"),
    }
    return known.get(name, name.replace("-", " "))


def grade(base: float, size: float) -> float:
    """A severity: where its kind begins, and how large it is, 0 to 1, within that.

    >>> grade(WORSE, 0.2), grade(WORSE, 7)
    (0.52, 0.6)
    """
    return round(base + 0.1 * min(max(size, 0.0), 1.0), 4)
