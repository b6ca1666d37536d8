"""Mistakes in recipes that put examples out again or make new ones; told by `lint`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seodang.core.sentences import said
from seodang.recipes._network import entries
from seodang.recipes.recipe import Recipe

# Tasks whose answer is an example, and the losses for them.
LOSSES = {"reconstruct": ("mse", "binary_cross_entropy"), "imitate": ("binary_cross_entropy",)}

Mistake = tuple[str, str, str]  # what, why, what to do


def mistakes(recipe: Recipe, classes: tuple[str, ...] | None) -> Iterator[Mistake]:
    """What keeps such a recipe from learning anything. `classes`: empty for tables, None where the data is not known."""
    task, loss, training = recipe.task, recipe.loss, recipe.training
    if loss not in LOSSES[task]:
        yield (
            said("The task {task} has examples as its answers, and the loss is {loss}.", task=task, loss=loss),
            said("It compares numbers of an example with each other."),
            said("Write loss: {first} or {second}.", first=LOSSES[task][0], second=LOSSES[task][1])
            if len(LOSSES[task]) > 1
            else said("Write loss: {loss}.", loss=LOSSES[task][0]),
        )
    if task == "reconstruct" and loss == "binary_cross_entropy" and not _is_unit(recipe, classes):
        yield (
            said("The loss is binary_cross_entropy, and the numbers that go in are not from 0 to 1."),
            said("That loss takes what is wanted for a probability."),
            said("Write preparation.scale=unit (tables: columns.numbers=minmax), or loss: mse."),
        )
    for name in ("decoder", "discriminator"):
        if loss == "binary_cross_entropy" and _last(recipe.model.settings.get(name)) == "sigmoid":
            yield (
                said("The {name} ends with a sigmoid, and the loss is binary_cross_entropy.", name=name),
                said("The loss applies the sigmoid, in a numerically safe form; twice it never comes near 0 or 1."),
                said("Leave the sigmoid at the end of the {name} out.", name=name),
            )
    if training.mixup or training.cutmix:
        yield (
            said(
                "training.{name} blends examples, and the task is {task}.",
                name="mixup" if training.mixup else "cutmix",
                task=task,
            ),
            said("What comes out would be compared with blends that are no examples."),
            said("Leave mixup and cutmix out."),
        )
    if task == "imitate" and (training.keep == "best" or training.patience):
        yield (
            said("training.keep=best or training.patience chooses an epoch by a loss, and the task is imitate."),
            said("A loss here says how the two networks stand to each other, not how good the examples are."),
            said("Write training.keep=last, and look at the samples of each epoch in the run's folder."),
        )
    if recipe.preparation.scale == "samplewise":
        yield (
            said("preparation.scale is samplewise."),
            said(
                "Each picture's own brightness is taken away, so what the network makes cannot be turned back "
                "into a picture."
            ),
            said("Write preparation.scale=unit."),
        )


def _is_unit(recipe: Recipe, classes: tuple[str, ...] | None) -> bool:
    return recipe.columns.numbers == "minmax" if classes == () else recipe.preparation.scale == "unit"


def _last(layers: Any) -> str | None:
    return entries(layers)[-1].kind if isinstance(layers, list) and layers else None
