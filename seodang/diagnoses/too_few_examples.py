"""Too few examples were judged to say what the score says."""

from __future__ import annotations

from collections.abc import Iterator

from seodang.diagnoses.case import Case
from seodang.diagnoses.diagnosis import CARE, Diagnosis, NotChecked, grade
from seodang.evaluation.intervals import Z95
from seodang.evaluation.verdict import TOO_WIDE


def too_few_examples(case: Case) -> Iterator[Diagnosis]:
    """Too few examples were judged to say what the score says: half the interval is wider than five points, as the verdict has it."""
    report = case.own_report
    if report.get("main", "accuracy") != "accuracy":
        raise NotChecked
    examples, (low, high) = report["judged"]["examples"], report["intervals"]["accuracy"]
    half, accuracy = 100 * (high - low) / 2, report["metrics"]["accuracy"]
    if half <= TOO_WIDE:
        return
    # So many are needed for an interval of the wanted width, by the normal approximation (at least a twentieth wrong).
    wrong = max(accuracy * (1 - accuracy), 0.0475)
    needed = round(wrong * (100 * Z95 / TOO_WIDE) ** 2 / 10) * 10
    yield Diagnosis(
        f"{examples:,} {report['split']} examples are too few to tell more.",
        f"The true score may be anywhere from {100 * low:.0f} to {100 * high:.0f} %; about {max(needed, examples + 1):,} would bring it "
        f"within {TOO_WIDE} points.",
        f"Another network would have to be about {half:.0f} points better to show it.",
        "Judge on more examples; until then do not choose by this score, or cross-validate (split.seed=1, 2, 3, …).",
        grade(CARE, half / 30),
        {"examples": examples, "interval": [low, high], "needed": max(needed, examples + 1)},
    )
