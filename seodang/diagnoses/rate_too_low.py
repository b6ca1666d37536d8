"""The steps were too small: the loss fell to the end, and the weights are nearly where they began."""

from __future__ import annotations

from collections.abc import Iterator

from seodang.core.language import tr
from seodang.diagnoses.case import Case
from seodang.diagnoses.diagnosis import USELESS, Diagnosis, grade
from seodang.diagnoses.probe import probe

# How far the weights of the layer that moved most are from where they began, over their size then. In the runs on twelve small sets
# it moved 0.4 to 2.6, and 0.001 where the rate was 1,000 times too small (LOG.md).
MOVED = 0.1
# And the training loss keeps so much of the naive one.
LEFT = 0.5
# Fewer losses show no course: the network has hardly begun.
LEAST = 3


def rate_too_low(case: Case) -> Iterator[Diagnosis]:
    """The steps were too small: the loss fell to the end, and the weights are nearly where they began."""
    losses, training = [line["loss"] for line in case.history], case.trained.recipe.training
    if not case.learnt_little or case.failed or len(losses) < LEAST:
        return
    naive = case.naive_loss
    if losses[-1] < LEFT * naive or losses[-1] > 1.1 * naive and losses[-1] >= losses[0]:
        return
    layers = probe(case).layers
    moved = max((layer.moved for layer in layers), default=0.0)
    if moved == 0:  # nothing is known of where they began
        return
    steady = sum(later <= earlier for earlier, later in zip(losses, losses[1:], strict=False)) >= 0.8 * (
        len(losses) - 1
    )
    if moved >= MOVED or not steady:
        return
    yield Diagnosis(
        tr("The steps were too small for the network to get anywhere."),
        tr(
            "At a rate of {learning_rate:g} with {optimizer} no layer moved more than {moved:.2g} % from where "
            "it began; the training loss went from {first:.3g} to {last:.3g}, a constant answer has "
            "{naive:.3g}.",
            learning_rate=training.learning_rate,
            optimizer=training.optimizer,
            moved=100 * moved,
            first=losses[0],
            last=losses[-1],
            naive=naive,
        ),
        tr("The loss falls steadily and would go on falling: only the length of the steps is wrong."),
        tr(
            "Train again with training.learning_rate={learning_rate:g}, then with ten times that; or with "
            "training.optimizer=adamw training.learning_rate=0.001.",
            learning_rate=training.learning_rate * 10,
        ),
        grade(USELESS, 0.8),
        {"learning_rate": training.learning_rate, "moved": moved, "loss": losses[-1], "naive_loss": naive},
    )
