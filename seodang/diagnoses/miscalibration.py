"""The network is surer of its answers than it is right."""

from __future__ import annotations

from collections.abc import Iterator

from seodang.core.language import tr
from seodang.core.numbers import percent
from seodang.diagnoses.case import Case
from seodang.diagnoses.diagnosis import CARE, Diagnosis, grade
from seodang.evaluation.verdict import OVERCONFIDENT


def miscalibration(case: Case) -> Iterator[Diagnosis]:
    """The network is surer of its answers than it is right.

    As the verdict has it: mean confidence above the interval of the accuracy, by more than five points; and the calibration
    error above what an honest network would show by chance (Bröcker and Smith, 2007).
    """
    report = case.own_report
    if "calibration" not in report:
        return
    found, (_, high) = report["calibration"], report["intervals"]["accuracy"]
    confidence, accuracy = found["mean_confidence"], report["metrics"]["accuracy"]
    gap = 100 * (confidence - accuracy)
    if confidence <= high or gap <= OVERCONFIDENT or found["error"] <= found["by_chance"]:
        return
    yield Diagnosis(
        tr("The network is surer than it is right."),
        tr(
            "It gives its answers {confidence:.0f} % on average and is right on {accuracy}; calibration "
            "error {error:.3f}, of an honest network at most {by_chance:.3f}.",
            confidence=100 * confidence,
            accuracy=percent(accuracy, report["judged"]["examples"]),
            error=found["error"],
            by_chance=found["by_chance"],
        ),
        tr("Whoever acts where it says 90 % will be wrong more often than one time in ten."),
        tr("Train shorter or with training.label_smoothing=0.1; until then do not use its probabilities as such."),
        grade(CARE, gap / 30),
        {"mean_confidence": confidence, "accuracy": accuracy, "error": found["error"], "by_chance": found["by_chance"]},
    )
