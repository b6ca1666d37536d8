"""Another seed of the same recipe gives another result."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from seodang.core.errors import SeodangError
from seodang.core.files import read_json
from seodang.core.language import tr
from seodang.diagnoses.case import LEVEL, Case
from seodang.diagnoses.diagnosis import CARE, Diagnosis, NotChecked, grade
from seodang.evaluation import predictions
from seodang.evaluation.intervals import holm, paired
from seodang.evaluation.predictions import Predictions
from seodang.recipes.recipe import Recipe
from seodang.runs.folder import list_runs, read_recipe


def seed_noise(case: Case) -> Iterator[Diagnosis]:
    """Another seed of the same recipe gives another result: by the runs beside it that differ in training.seed alone."""
    report = case.own_report
    run = case.trained
    if report.get("main", "accuracy") != "accuracy":
        raise NotChecked
    others = siblings(run.folder)
    judged = [
        (folder, each)
        for folder in others
        if (each := _report(folder)) and each["judged"]["sha256"] == report["judged"]["sha256"]
    ]
    if not judged:
        raise NotChecked(
            tr(
                "Whether another seed gives the same is not known: no other run of this recipe stands beside it. "
                "Train one with `seodang train {data} {recipe} training.seed={seed}`.",
                data=run.data.get("opened") or "DATA",
                recipe=run.folder / "recipe.yaml",
                seed=run.recipe.training.seed + 1,
            )
        )
    try:
        own = predictions.read(run.folder)
        answers = [(folder, predictions.read(folder)) for folder, _ in judged]
    except SeodangError:
        return
    if not isinstance(own, Predictions):
        return
    tests = [
        (folder, paired(own.right, each.right))
        for folder, each in answers
        if isinstance(each, Predictions) and len(each.right) == len(own.right)
    ]
    if not tests:
        return
    adjusted = holm([test["p_value"] for _, test in tests])
    apart = [(folder, test) for (folder, test), p in zip(tests, adjusted, strict=True) if p < LEVEL]
    if not apart:
        return
    scores = np.array(
        [float(own.right.mean()), *(float(each.right.mean()) for _, each in answers if isinstance(each, Predictions))]
    )
    worst = max(apart, key=lambda each: abs(each[1]["difference"]))
    yield Diagnosis(
        tr("Another seed of the same recipe gives another result."),
        tr(
            "{count} runs that differ in the seed alone are right on {least:.1f} to {most:.1f} % (this one "
            "{own:.1f} %); {run} differs by {difference:+.1f} points, which the choice of test examples "
            "does not explain.",
            count=len(scores),
            least=100 * scores.min(),
            most=100 * scores.max(),
            own=100 * scores[0],
            run=worst[0].name,
            difference=100 * worst[1]["difference"],
        ),
        tr("The interval of the score is of this network; of the recipe it says too little."),
        tr(
            "Tell the mean and spread over seeds, not the best; a lower rate, or training.ema=0.99, makes them "
            "more alike."
        ),
        grade(CARE, 5 * float(scores.std())),
        {"runs": len(scores), "scores": [round(float(score), 6) for score in scores], "p_values": adjusted},
    )


def siblings(folder: Path) -> list[Path]:
    """The judged runs beside this one whose recipe differs in the seed alone."""
    own = _recipe(folder)
    if own is None:
        return []
    beside = (other for other in list_runs(folder.parent) if other.name != folder.name)
    judged = ((other, _recipe(other)) for other in beside if (other / "report.json").exists())
    return [
        other
        for other, recipe in judged
        if recipe is not None
        and recipe.training.seed != own.training.seed
        and recipe.model_copy(update={"training": recipe.training.model_copy(update={"seed": own.training.seed})})
        == own
    ]


def _recipe(folder: Path) -> Recipe | None:
    try:
        return read_recipe(folder)
    except SeodangError:
        return None


def _report(folder: Path) -> dict[str, Any] | None:
    try:
        return read_json(folder / "report.json")
    except (OSError, ValueError):
        return None
