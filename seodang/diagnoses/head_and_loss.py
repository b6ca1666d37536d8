"""Last layer, loss and labels do not fit each other, or a layer works against the others."""

from __future__ import annotations

from collections.abc import Iterator

from seodang.diagnoses.case import Case
from seodang.diagnoses.diagnosis import USELESS, WORSE, Diagnosis, grade
from seodang.recipes.lint import lint

# Told by other diagnoses, by what was measured.
ELSEWHERE = {"mirrored", "learning_rate"}
# So few different whole numbers are classes, not amounts (targets.py asks the same of a column that nobody named).
FEW_VALUES = 2


def head_and_loss(case: Case) -> Iterator[Diagnosis]:
    """Last layer, loss and labels do not fit each other, or a layer works against the others: what `lint` says of the recipe."""
    run = case.trained
    counts = run.data.get("split", {}).get("examples", {})
    for finding in lint(
        run.recipe,
        run.classes or None,
        label_values=tuple(run.data.get("label_values", ())),
        training_examples=counts.get("train"),
        validation_examples=counts.get("validation"),
    ):
        if finding.level == "note" or finding.kind in ELSEWHERE:
            continue
        base = grade(USELESS, 0.5) if finding.level == "error" else grade(WORSE, 0.5)
        yield Diagnosis(
            finding.what,
            f"Read in the recipe: {run.folder / 'recipe.yaml'}.",
            finding.why,
            finding.todo,
            base,
            {"rule": finding.kind},
        )
    yield from _two_values(case)


def _two_values(case: Case) -> Iterator[Diagnosis]:
    """An amount of two values is a yes or no."""
    if case.trained.recipe.task != "regress":
        return
    labels = case.train_data.labels
    values = labels[:, 0].unique()
    if len(values) > FEW_VALUES:
        return
    first, *rest = [f"{value:g}" for value in values.tolist()]
    yield Diagnosis(
        f"The target has only {len(values)} values, and is learnt as an amount.",
        f"{len(labels):,} training examples are {first}{' or ' + rest[0] if rest else ''}; the loss is {case.trained.recipe.loss}.",
        "An amount may come out anywhere between and beyond them; as classes each would get its probability.",
        "Write task=classify loss=cross_entropy.",
        grade(WORSE, 0.6),
        {"values": values.tolist()},
    )
