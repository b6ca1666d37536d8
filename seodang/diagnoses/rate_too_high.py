"""The steps were too large: the loss blew up, or ended above where it had been."""

from __future__ import annotations

from collections.abc import Iterator

from seodang.core.language import tr, trn
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
    why = tr("Steps that are longer than the valley is wide climb out of it; what was learnt is lost again.")
    numbers = {"learning_rate": training.learning_rate}
    if failed := case.failed:
        yield Diagnosis(
            tr("The loss stopped being a number."),
            tr(
                "In epoch {epoch}, at a rate of {learning_rate:g} with {optimizer}.",
                epoch=failed["epoch"],
                learning_rate=training.learning_rate,
                optimizer=training.optimizer,
            ),
            why,
            tr("Train again with {smaller}, or with training.max_gradient_norm=1.", smaller=smaller),
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
            tr("Training ended worse than it would have by always answering the same."),
            trn(
                "Training loss {last:.3g} after {count} epoch at a rate of {learning_rate:g}; a constant answer has "
                "{naive:.3g}.",
                "Training loss {last:.3g} after {count} epochs at a rate of {learning_rate:g}; a constant answer has "
                "{naive:.3g}.",
                len(losses),
                last=last,
                learning_rate=training.learning_rate,
                naive=naive,
            ),
            why,
            tr("Train again with {smaller}.", smaller=smaller),
            grade(USELESS, 0.9),
            numbers,
        )
    elif last > ABOVE_BEST * best and last - best > SHARE * naive:
        epoch = losses.index(best) + 1
        yield Diagnosis(
            tr("The training loss ended well above its lowest."),
            tr(
                "{last:.3g} after {count} epochs, {best:.3g} after epoch {epoch}, at a rate of {learning_rate:g} "
                "({schedule}).",
                last=last,
                count=len(losses),
                best=best,
                epoch=epoch,
                learning_rate=training.learning_rate,
                schedule=training.schedule,
            ),
            why,
            tr("Train again with {smaller}, or let the rate come down: training.schedule=one_cycle.", smaller=smaller),
            grade(WORSE, (last - best) / naive),
            {**numbers, "best_epoch": epoch},
        )
