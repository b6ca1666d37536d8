"""Mistakes that can be seen in a recipe before anything is trained: what, why it matters, what to do."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace

from seodang.core.sentences import said
from seodang.recipes import _generative
from seodang.recipes._lint_layers import (
    AMOUNTS,
    Facts,
    Finding,
    bent_amounts,
    final_activation,
    high_dropout,
    middle_softmax,
    number_of_outputs,
    stays_linear,
    tiny_batches,
)
from seodang.recipes._network import entries, without_final
from seodang.recipes.recipe import Recipe

# Rates beyond these have, for the rule in question, no use known to us: below nothing moves, above it diverges.
# Adam's update is about the rate itself for every weight, whatever the gradient; plain descent scales with the gradient.
RATES = {"sgd": (1e-6, 10.0), "rmsprop": (1e-7, 0.1), "adam": (1e-7, 0.1), "adamw": (1e-7, 0.1), "muon": (1e-7, 0.1)}

# Tasks that foretell amounts, and the losses for them.
AMOUNT_LOSSES = ("mse", "mae", "huber")

# What each task measures beside the loss: the `tallied` of its file (tests/contracts/test_tasks.py holds them together).
MEASURED = {
    "classify": "accuracy",
    "next_token": "accuracy",
    "translate": "accuracy",
    "regress": "mae",
    "forecast": "mae",
    "reconstruct": "mse",
}

# Settings of Training that only some update rules read.
READ_BY = {"momentum": ("sgd", "muon"), "nesterov": ("sgd", "muon")}


def lint(
    recipe: Recipe,
    classes: tuple[str, ...] | None = None,
    *,
    label_values: tuple[str, ...] = (),
    training_examples: int | None = None,
    validation_examples: int | None = None,
) -> list[Finding]:
    """What is wrong or doubtful in a recipe, the worst first. Reads settings only; nothing is built.

    Args:
        recipe: As given or resolved.
        classes: The data's classes where they are known.
        label_values: The labels as they stand in the data ("0", "1", … "24" without "9").
        training_examples: How many there are, where known.
        validation_examples: How many there are, where known; the recipe's share decides otherwise.
    """
    facts = _facts(recipe, classes, label_values, training_examples, validation_examples)
    found = [replace(finding, kind=check.__name__.strip("_")) for check in CHECKS for finding in check(facts)]
    return sorted(found, key=lambda finding: ("error", "warning", "note").index(finding.level))


def _facts(
    recipe: Recipe,
    classes: tuple[str, ...] | None = None,
    label_values: tuple[str, ...] = (),
    training_examples: int | None = None,
    validation_examples: int | None = None,
) -> Facts:
    given = recipe.model.settings.get("layers") if recipe.model.name == "sequential" else None
    outputs = 1 if recipe.loss == "binary_cross_entropy" else len(classes) if classes else None
    layers, last = without_final(given, outputs) if isinstance(given, list) else ([], None)
    if isinstance(given, list) and recipe.task in AMOUNTS:
        layers, last = given, None  # no softmax or sigmoid belongs to a loss of amounts
    return Facts(
        recipe, classes, label_values, training_examples, validation_examples, entries(layers) if layers else [], last
    )


def _loss_of_task(facts: Facts) -> Iterator[Finding]:
    task, loss = facts.recipe.task, facts.recipe.loss
    if (task in AMOUNTS) == (loss in AMOUNT_LOSSES) or task in _generative.LOSSES:
        return
    if task in AMOUNTS:
        yield Finding(
            "error",
            said("The task {task} foretells amounts, and the loss is {loss}.", task=task, loss=loss),
            said("{loss} compares scores of classes, and an amount has none.", loss=loss),
            said("Write loss: mse, mae or huber; for classes write task: classify."),
        )
        return
    yield Finding(
        "error",
        said("The task {task} foretells classes, and the loss is {loss}.", task=task, loss=loss),
        said("{loss} takes class 2 for twice as much as class 1.", loss=loss),
        said("Write loss: cross_entropy; for amounts write task: regress."),
    )


def _binary_loss(facts: Facts) -> Iterator[Finding]:
    told_apart = facts.recipe.task not in _generative.LOSSES
    if told_apart and facts.recipe.loss == "binary_cross_entropy" and facts.classes and len(facts.classes) != 2:
        yield Finding(
            "error",
            said("The loss is binary_cross_entropy, the data has {count} classes.", count=len(facts.classes)),
            said("That loss tells two classes apart."),
            said("Write loss: cross_entropy."),
        )


def _generative_mistakes(facts: Facts) -> Iterator[Finding]:
    if facts.recipe.task in _generative.LOSSES:
        for what, why, todo in _generative.mistakes(facts.recipe, facts.classes):
            yield Finding("error", what, why, todo)


def _learning_rate(facts: Facts) -> Iterator[Finding]:
    training = facts.recipe.training
    low, high = RATES.get(training.optimizer or "", (0.0, math.inf))
    if not low <= training.learning_rate <= high:
        named = {"rate": training.learning_rate, "optimizer": training.optimizer, "low": low, "high": high}
        if training.learning_rate > high:
            what = said("training.learning_rate is {rate:g}, which is very high for {optimizer}.", **named)
            why = said("Training with it diverges; what is in use lies between {low:g} and {high:g}.", **named)
        else:
            what = said("training.learning_rate is {rate:g}, which is very low for {optimizer}.", **named)
            why = said("Training with it hardly moves; what is in use lies between {low:g} and {high:g}.", **named)
        usual = "0.1" if training.optimizer == "sgd" else "0.001"
        yield Finding("warning", what, why, said("Try training.learning_rate={usual}.", usual=usual))


def _unread_settings(facts: Facts) -> Iterator[Finding]:
    training = facts.recipe.training
    for name, readers in READ_BY.items():
        if getattr(training, name) and training.optimizer not in (*readers, None):
            named = {"optimizer": training.optimizer, "first": readers[0], "second": readers[-1]}
            why = (
                said("{optimizer} does not use it; it is for {first}.", **named)
                if len(readers) == 1
                else said("{optimizer} does not use it; it is for {first} and {second}.", **named)
            )
            yield Finding(
                "warning",
                said(
                    "training.{name} is set, and the optimizer is {optimizer}.", name=name, optimizer=training.optimizer
                ),
                why,
                said("Leave training.{name} out, or write training.optimizer={reader}.", name=name, reader=readers[0]),
            )
    if training.nesterov and not training.momentum and training.optimizer in READ_BY["nesterov"]:
        yield Finding(
            "error",
            said("training.nesterov is set, and training.momentum is 0."),
            said("Nesterov's form looks ahead along the momentum, of which there is none."),
            said("Write training.momentum=0.9."),
        )


def _foreign_preparation(facts: Facts) -> Iterator[Finding]:
    model = facts.recipe.model
    if (
        model.name != "backbone"
        or facts.recipe.transfer.strategy != "none"
        or not model.settings.get("pretrained", True)
    ):
        return
    yield Finding(
        "error",
        said("The network is pretrained, and transfer.strategy is none."),
        said("Only with a strategy are pictures prepared as the weights want them; others they do not understand."),
        said("Write transfer.strategy=features (or last, everything) and transfer.backbone=NAME, and leave model out."),
    )


def _choosing(facts: Facts) -> Iterator[Finding]:
    training = facts.recipe.training
    what = "training.patience" if training.patience else "training.keep=best" if training.keep == "best" else ""
    if not what:
        return
    absent = facts.validation_examples == 0 or (
        facts.validation_examples is None and facts.recipe.split.validation == 0
    )
    if training.monitor.startswith("validation") and facts.validation_examples == 0 and facts.recipe.split.validation:
        yield Finding(
            "error",
            said(
                "{what} looks at {monitor}, and no example is left for validation.", what=what, monitor=training.monitor
            ),
            said(
                "The data has too few examples to keep {share:.0%} of them apart.", share=facts.recipe.split.validation
            ),
            said("Give more data, or write training.keep=last."),
        )
    elif training.monitor.startswith("validation") and absent:
        # The data may bring a validation split of its own, as long as its number is not known.
        yield Finding(
            "error" if facts.validation_examples == 0 else "warning",
            said("{what} looks at {monitor}, and split.validation is 0.", what=what, monitor=training.monitor),
            said("Without a validation split there is nothing to choose by; the test split is only for judging."),
            said("Write split.validation=0.1."),
        )
    elif not training.monitor.startswith("validation"):
        yield Finding(
            "warning",
            said("{what} looks at {monitor} of the training examples.", what=what, monitor=training.monitor),
            said("That goes on improving while a network learns them by heart."),
            said("Write training.monitor=validation_{monitor}.", monitor=training.monitor),
        )
    if training.patience and training.schedule in ("one_cycle", "cosine"):
        yield Finding(
            "warning",
            said("training.patience may stop a run whose schedule is {schedule}.", schedule=training.schedule),
            said("Such a schedule does most of its good in its last steps, where the rate comes down to 0."),
            said("Leave training.patience out, or write training.schedule=constant."),
        )


def _monitored(facts: Facts) -> Iterator[Finding]:
    training, task = facts.recipe.training, facts.recipe.task
    asked, measured = training.monitor.removeprefix("validation_"), MEASURED.get(task, "loss")
    if asked in ("loss", measured) or task == "imitate" or not (training.patience or training.keep == "best"):
        return
    yield Finding(
        "error",
        said(
            "training.monitor is {monitor}, and the task {task} measures the loss and {measured}.",
            monitor=training.monitor,
            task=task,
            measured=measured,
        ),
        said("An amount is never exactly right, so that a share of right answers says nothing.")
        if asked == "accuracy"
        else said("There is no distance between classes."),
        said("Write training.monitor=validation_{measured}.", measured=measured),
    )


def _schedule(facts: Facts) -> Iterator[Finding]:
    training = facts.recipe.training
    if training.schedule == "step" and training.epochs is not None and training.step_every >= training.epochs:
        yield Finding(
            "warning",
            said(
                "training.step_every is {step_every}, and there are {epochs} epochs.",
                step_every=training.step_every,
                epochs=training.epochs,
            ),
            said("The rate never drops: the schedule is constant."),
            said("Write training.step_every={epochs} or so.", epochs=max(training.epochs // 3, 1)),
        )


def _one_step(facts: Facts) -> Iterator[Finding]:
    batch, count = facts.recipe.training.batch_size, facts.training_examples
    if facts.recipe.solves_head and not facts.recipe.transfer.fine_tune:
        return  # a head that is solved for takes no steps
    if batch is not None and count is not None and batch > count:
        yield Finding(
            "warning",
            said(
                "training.batch_size is {batch:,}, and there are {count:,} training examples.", batch=batch, count=count
            ),
            said("Each epoch is a single step."),
            said("Write training.batch_size={batch} or so.", batch=max(2 ** int(math.log2(max(count // 16, 2))), 2)),
        )


def _slow_precision(facts: Facts) -> Iterator[Finding]:
    training = facts.recipe.training
    if training.device == "cpu" and training.precision in ("bfloat16", "float16"):
        yield Finding(
            "warning",
            said("training.precision is {precision} on a CPU.", precision=training.precision),
            said("Most CPUs emulate it: 9 to 51 times slower than float32, measured on AVX2."),
            said("Write training.precision=auto."),
        )


def _mirrored(facts: Facts) -> Iterator[Finding]:
    augmentation, classes = facts.recipe.augmentation, facts.classes
    flips = [name for name in ("flip_horizontal", "flip_vertical") if getattr(augmentation, name)]
    if not classes:
        return
    sided = sorted(name for name in classes if re.search(r"(^|[^a-z])(left|right)([^a-z]|$)", name.lower()))
    if augmentation.flip_horizontal and sided:
        yield Finding(
            "error" if len(sided) == len(classes) else "warning",
            said(
                "augmentation.flip_horizontal mirrors pictures of classes called {sided}.", sided=", ".join(sided[:3])
            ),
            said("Mirrored, left is right: half of these pictures would carry the wrong label."),
            said("Write augmentation.flip_horizontal=false."),
        )
    characters = all(len(name) == 1 and name.isalnum() for name in classes)
    if flips and characters:
        settings = [f"augmentation.{name}" for name in flips]
        yield Finding(
            "warning",
            said("{first} and {second} mirror pictures of single characters.", first=settings[0], second=settings[1])
            if len(flips) == 2
            else said("{setting} mirrors pictures of single characters.", setting=settings[0]),
            said("A mirrored letter, digit or hand sign is another one or none."),
            said(
                "Write {settings}, unless it is meant.",
                settings=" ".join(f"augmentation.{name}=false" for name in flips),
            ),
        )
    if augmentation.rotation > 90 and characters:
        yield Finding(
            "warning",
            said(
                "augmentation.rotation turns pictures of single characters by up to {rotation:g}°.",
                rotation=augmentation.rotation,
            ),
            said("Upside down, a 6 is a 9."),
            said("Write augmentation.rotation=15 or so."),
        )


CHECKS = (
    _loss_of_task,
    _generative_mistakes,
    bent_amounts,
    final_activation,
    number_of_outputs,
    _binary_loss,
    middle_softmax,
    stays_linear,
    high_dropout,
    tiny_batches,
    _learning_rate,
    _unread_settings,
    _foreign_preparation,
    _choosing,
    _monitored,
    _schedule,
    _one_step,
    _slow_precision,
    _mirrored,
)
