"""The steps were too large: the loss blew up, or ended above where it had been."""

from __future__ import annotations

from collections.abc import Iterator

from seodang.diagnoses.case import Case
from seodang.diagnoses.diagnosis import USELESS, WORSE, Diagnosis, NotChecked, grade

# Above the loss of a constant answer by so much: a network can always put out the constant, so only the steps keep it from there.
ABOVE_NAIVE = 1.1
# A loss that ends so many times above its lowest epoch, by at least this share of the naive loss, did not converge.
ABOVE_BEST, SHARE = 1.5, 0.1


def rate_too_high(case: Case) -> Iterator[Diagnosis]:
    """The steps were too large: the loss blew up, or ended above where it had been."""
    run = case.trained
    training = run.recipe.training
    smaller = f"training.learning_rate={training.learning_rate / 10:g}"
    why = "Steps that are longer than the valley is wide climb out of it; what was learnt is lost again."
    numbers = {"learning_rate": training.learning_rate}
    if failed := case.failed:
        yield Diagnosis(
            "The loss stopped being a number.",
            f"In epoch {failed['epoch']}, at a rate of {training.learning_rate:g} with {training.optimizer}.",
            why,
            f"Train again with {smaller}, or with training.max_gradient_norm=1.",
            grade(USELESS, 1),
            {**numbers, "epoch": failed["epoch"]},
        )
        return
    losses = [line["loss"] for line in case.history]
    if training.mixup or training.cutmix or training.class_weights != "none" or not losses:
        raise NotChecked
    naive, last, best = case.naive_loss, losses[-1], min(losses)
    numbers |= {"loss": last, "naive_loss": naive, "best_loss": best}
    # Side classifiers add to the loss that is shown; a run that tells classes beyond a guess is judged by the rest.
    if last > ABOVE_NAIVE * naive and run.recipe.model.name != "googlenet-small":
        yield Diagnosis(
            "Training ended worse than it would have by always answering the same.",
            f"Training loss {last:.3g} after {len(losses)} epoch{'' if len(losses) == 1 else 's'} at a rate of "
            f"{training.learning_rate:g}; a constant answer has {naive:.3g}.",
            why,
            f"Train again with {smaller}.",
            grade(USELESS, 0.9),
            numbers,
        )
    elif last > ABOVE_BEST * best and last - best > SHARE * naive:
        epoch = losses.index(best) + 1
        yield Diagnosis(
            "The training loss ended well above its lowest.",
            f"{last:.3g} after {len(losses)} epochs, {best:.3g} after epoch {epoch}, at a rate of {training.learning_rate:g} "
            f"({training.schedule}).",
            why,
            f"Train again with {smaller}, or let the rate come down: training.schedule=one_cycle.",
            grade(WORSE, (last - best) / naive),
            {**numbers, "best_epoch": epoch},
        )
