"""The network is surer of its answers than it is right."""

from __future__ import annotations

from collections.abc import Iterator

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
        "The network is surer than it is right.",
        f"It gives its answers {100 * confidence:.0f} % on average and is right on {100 * accuracy:.1f} %; calibration error "
        f"{found['error']:.3f}, of an honest network at most {found['by_chance']:.3f}.",
        "Whoever acts where it says 90 % will be wrong more often than one time in ten.",
        "Train shorter or with training.label_smoothing=0.1; until then do not use its probabilities as such.",
        grade(CARE, gap / 30),
        {"mean_confidence": confidence, "accuracy": accuracy, "error": found["error"], "by_chance": found["by_chance"]},
    )
