"""Augmentation makes another class of what it varies: a mirrored hand is another hand."""

from __future__ import annotations

from collections.abc import Iterator

from seodang.core.language import tr
from seodang.core.sentences import shown
from seodang.data.load import Prepared
from seodang.diagnoses.case import Case
from seodang.diagnoses.diagnosis import WORSE, Diagnosis, NotChecked, grade
from seodang.recipes.lint import lint
from seodang.recipes.soundings import mirrored


def harmful_augmentation(case: Case) -> Iterator[Diagnosis]:
    """Augmentation makes another class of what it varies: a mirrored hand is another hand.

    The data are asked (`recipes/soundings.py`): a linear model fitted to pictures as they are reads held-out ones mirrored,
    and reads them worse by more than two standard errors. What a name alone says ("left", single letters) is told beside it.
    """
    run = case.trained
    if case.prepared is None or not isinstance(case.prepared, Prepared):
        raise NotChecked(
            tr("The training data cannot be opened: {problem}", problem=case.problem) if case.prepared is None else ""
        )
    augmentation = run.recipe.augmentation
    if not augmentation.flip_horizontal:
        return
    plain, turned, error = mirrored(case.prepared)
    if plain - turned <= 2 * error:
        return
    named = [finding for finding in lint(run.recipe, run.classes) if finding.kind == "mirrored"]
    yield Diagnosis(
        tr("Mirrored pictures are other pictures here, and augmentation mirrors them."),
        tr(
            "A linear model reads {plain:.0f} % of held-out pictures rightly as they are and {turned:.0f} % mirrored.",
            plain=100 * plain,
            turned=100 * turned,
        )
        + (f" {shown(named[0].why)}" if named else ""),
        tr("Half of what the network is shown carries a label that is not its own, or shows what never comes."),
        tr("Train with augmentation.flip_horizontal=false."),
        grade(WORSE, plain - turned),
        {"plain": plain, "mirrored": turned, "standard_error": error},
    )
