"""Last layer, loss and labels do not fit each other, or a layer works against the others."""

from __future__ import annotations

from collections.abc import Iterator

from seodang.core.language import tr
from seodang.core.sentences import shown
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
            shown(finding.what),
            tr("Read in the recipe: {path}.", path=run.folder / "recipe.yaml"),
            shown(finding.why),
            shown(finding.todo),
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
    told = {"count": len(labels), "first": first, "loss": case.trained.recipe.loss}
    yield Diagnosis(
        tr("The target has only {count} values, and is learnt as an amount.", count=len(values)),
        tr("{count:,} training examples are {first} or {second}; the loss is {loss}.", second=rest[0], **told)
        if rest
        else tr("{count:,} training examples are {first}; the loss is {loss}.", **told),
        tr("An amount may come out anywhere between and beyond them; as classes each would get its probability."),
        tr("Write task=classify loss=cross_entropy."),
        grade(WORSE, 0.6),
        {"values": values.tolist()},
    )
