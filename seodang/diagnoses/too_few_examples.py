"""Too few examples were judged to say what the score says."""

from __future__ import annotations

from collections.abc import Iterator

from seodang.core.language import tr
from seodang.diagnoses.case import Case
from seodang.diagnoses.diagnosis import CARE, Diagnosis, NotChecked, grade
from seodang.evaluation.intervals import Z95
from seodang.evaluation.naming import split_name
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
        tr("{count:,} {split} examples are too few to tell more.", count=examples, split=split_name(report["split"])),
        tr(
            "The true score may be anywhere from {low:.0f} to {high:.0f} %; about {needed:,} would bring it within "
            "{points} points.",
            low=100 * low,
            high=100 * high,
            needed=max(needed, examples + 1),
            points=TOO_WIDE,
        ),
        tr("Another network would have to be about {half:.0f} points better to show it.", half=half),
        tr("Judge on more examples; until then do not choose by this score.")
        if report["split"] in case.trained.data.get("split", {}).get("given", ())
        else tr(
            "Judge on more examples; until then do not choose by this score, or cross-validate (split.seed=1, 2, 3, …)."
        ),
        grade(CARE, half / 30),
        {"examples": examples, "interval": [low, high], "needed": max(needed, examples + 1)},
    )
