"""Mistakes that can be seen in a recipe before anything is trained: what, why it matters, what to do."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from seodang.core.sentences import said, saidn, shown
from seodang.recipes import _generative
from seodang.recipes._network import ACTIVATIONS, LINEAR, OUTPUTS, Entry, entries, without_final
from seodang.recipes.recipe import Recipe

# Rates beyond these have, for the rule in question, no use known to us: below nothing moves, above it diverges.
# Adam's update is about the rate itself for every weight, whatever the gradient; plain descent scales with the gradient.
RATES = {"sgd": (1e-6, 10.0), "rmsprop": (1e-7, 0.1), "adam": (1e-7, 0.1), "adamw": (1e-7, 0.1)}

# Tasks that foretell amounts, and the losses for them.
AMOUNTS, AMOUNT_LOSSES = ("regress", "forecast"), ("mse", "mae", "huber")

# Settings of Training that only some update rules read.
READ_BY = {"momentum": ("sgd", "rmsprop"), "nesterov": ("sgd",)}


@dataclass(frozen=True)
class Finding:
    """One thing about a recipe.

    level: error: training would give nothing of worth. warning: it may be meant, but rarely is. note: what was changed.
    what: what there is. why: why it matters. todo: what to do; empty for a note.   kind: which check found it.
    The sentences are English, to be kept; `shown` says them in the person's language, and so does `words`.
    """

    level: Literal["error", "warning", "note"]
    what: str
    why: str
    todo: str = ""
    kind: str = ""

    @property
    def words(self) -> str:
        """The whole in a few sentences, in the person's language."""
        return " ".join(shown(part) for part in (self.what, self.why, self.todo) if part)

    @property
    def kept(self) -> str:
        """The whole in a few sentences, in English."""
        return " ".join(part for part in (self.what, self.why, self.todo) if part)


@dataclass(frozen=True)
class _Facts:
    recipe: Recipe
    classes: tuple[str, ...] | None
    label_values: tuple[str, ...]
    training_examples: int | None
    validation_examples: int | None
    layers: list[Entry]  # of the list as it will be built; empty where the model is no list of layers
    last: str | None  # the softmax or sigmoid that was taken off the end


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
) -> _Facts:
    given = recipe.model.settings.get("layers") if recipe.model.name == "sequential" else None
    outputs = 1 if recipe.loss == "binary_cross_entropy" else len(classes) if classes else None
    layers, last = without_final(given, outputs) if isinstance(given, list) else ([], None)
    if isinstance(given, list) and recipe.task in AMOUNTS:
        layers, last = given, None  # no softmax or sigmoid belongs to a loss of amounts
    return _Facts(
        recipe, classes, label_values, training_examples, validation_examples, entries(layers) if layers else [], last
    )


def simplify(recipe: Recipe, classes: tuple[str, ...] | None = None) -> tuple[Recipe, list[str]]:
    """The recipe without a last softmax or sigmoid that the loss applies anyway, and a sentence on each change.

    `sequential` leaves it out by itself; this is for showing the recipe as it is trained.
    """
    given = recipe.model.settings.get("layers")
    outputs = 1 if recipe.loss == "binary_cross_entropy" else len(classes) if classes else None
    if recipe.model.name != "sequential" or not isinstance(given, list):
        return recipe, []
    layers, last = without_final(given, outputs)
    if last is None:
        return recipe, []
    model = recipe.model.model_copy(update={"settings": {**recipe.model.settings, "layers": layers}})
    return recipe.model_copy(update={"model": model}), [_left_out(last)]


def _left_out(last: str) -> str:
    return said(
        "The {last} at the end of the network is left out: the loss and every prediction apply it, exactly once.",
        last=last,
    )


def _flat(layers: list[Entry]) -> Iterator[Entry]:
    """Every layer, those inside residual ones too."""
    for entry in layers:
        yield entry
        if entry.kind == "residual" and isinstance(entry.settings.get("layers"), list):
            yield from _flat(entries(entry.settings["layers"], f"{entry.number}."))


def _head(facts: _Facts) -> Entry | None:
    """The last dense layer, which decides the number of outputs."""
    return next((entry for entry in reversed(facts.layers) if entry.kind == "dense"), None)


def _tail(facts: _Facts) -> list[Entry]:
    """What comes after the last layer with weights."""
    tail: list[Entry] = []
    for entry in reversed(facts.layers):
        if entry.kind in (*LINEAR, "residual"):
            return tail[::-1]
        tail.append(entry)
    return []


def _units(entry: Entry | None) -> Any:
    return None if entry is None else entry.settings.get("units")


def _loss_of_task(facts: _Facts) -> Iterator[Finding]:
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


def _bent_amounts(facts: _Facts) -> Iterator[Finding]:
    if facts.recipe.task not in AMOUNTS:
        return
    for entry in _tail(facts):
        if entry.kind in (*ACTIVATIONS, "softmax"):
            yield Finding(
                "error",
                said(
                    "Layer {number} puts {kind} on the amounts that are foretold.", number=entry.number, kind=entry.kind
                ),
                said(
                    "They can then not be whatever they are: relu never puts out less than 0, which is the mean of a "
                    "scaled target; sigmoid, softmax and tanh never more than 1."
                ),
                said("Leave the {kind} out; the last layer is {{dense: outputs}}.", kind=entry.kind),
            )


def _final_activation(facts: _Facts) -> Iterator[Finding]:
    head, loss = _head(facts), facts.recipe.loss
    if facts.recipe.task in AMOUNTS:
        return
    if facts.last == "softmax" and (_units(head) == 1 or loss == "binary_cross_entropy"):
        yield Finding(
            "error",
            said("The network ends in a single output with softmax."),
            said("Softmax over one number is always 1, whatever the picture: nothing can be learnt."),
            said(
                "End with {dense: outputs}; for two classes and one output write loss: binary_cross_entropy and "
                "no softmax."
            ),
        )
        return
    if facts.last:
        yield Finding("note", _left_out(facts.last), "")
    for entry in _tail(facts):
        if entry.kind == "sigmoid" and loss == "cross_entropy":
            count = len(facts.classes) if facts.classes else 10
            highest = math.e / (math.e + count - 1)
            yield Finding(
                "error",
                said(
                    "Layer {number} puts a sigmoid on the outputs, and the loss is cross_entropy.", number=entry.number
                ),
                said(
                    "The loss takes the softmax of them; between 0 and 1 they can never say more than {highest:.0%} "
                    "for one of {count} classes.",
                    highest=highest,
                    count=count,
                ),
                said("Leave the sigmoid out; cross_entropy wants raw scores."),
            )
        elif entry.kind == "softmax":
            continue  # told by _middle_softmax
        elif entry.kind in ACTIVATIONS:
            yield Finding(
                "error",
                said("Layer {number} puts {kind} on the outputs.", number=entry.number, kind=entry.kind),
                said(
                    "Scores below zero, with which a network says that it is not this class, are cut off or squeezed."
                ),
                said("Leave the {kind} out; the last layer is {{dense: outputs}}.", kind=entry.kind),
            )
        elif entry.kind in ("dropout", "batch_norm"):
            yield Finding(
                "warning",
                said("Layer {number} puts {kind} on the outputs.", number=entry.number, kind=entry.kind),
                said("It disturbs the scores themselves, which the loss compares."),
                said("Put the {kind} before the last dense layer.", kind=entry.kind),
            )


def _number_of_outputs(facts: _Facts) -> Iterator[Finding]:
    units, loss, classes = _units(_head(facts)), facts.recipe.loss, facts.classes
    if not isinstance(units, int):
        return
    if units == 1 and loss == "cross_entropy" and facts.last != "softmax":
        yield Finding(
            "error",
            said("The network has one output, and the loss is cross_entropy."),
            said("That loss compares one score a class with each other; with a single one it is always 0."),
            said("End with {dense: outputs}, or write loss: binary_cross_entropy for two classes."),
        )
    elif units != 1 and loss == "binary_cross_entropy":
        yield Finding(
            "error",
            said("The network has {units} outputs, and the loss is binary_cross_entropy.", units=units),
            said("That loss takes a single score: how much it is the second class."),
            said("End with {dense: outputs}, or write loss: cross_entropy."),
        )
    elif classes and loss == "cross_entropy" and units not in (1, len(classes)):
        why = said("Every class needs one output, and every output a class.")
        numbers = [int(value) for value in facts.label_values if value.isdigit()]
        if numbers and len(numbers) == len(facts.label_values) == len(classes) and max(numbers) + 1 != len(classes):
            missing = [str(value) for value in range(min(numbers), max(numbers)) if value not in numbers]
            if missing:
                why = saidn(
                    "The labels run from {low} to {high}, {missing} is missing: that makes {classes} classes, numbered without "
                    "gaps, and one output for each.",
                    "The labels run from {low} to {high}, {missing} are missing: that makes {classes} classes, numbered "
                    "without gaps, and one output for each.",
                    len(missing),
                    low=min(numbers),
                    high=max(numbers),
                    missing=", ".join(missing),
                    classes=len(classes),
                )
            else:
                why = said(
                    "The labels run from {low} to {high}: that makes {classes} classes, numbered without gaps, and one output "
                    "for each.",
                    low=min(numbers),
                    high=max(numbers),
                    classes=len(classes),
                )
        yield Finding(
            "error",
            said("The network has {units} outputs, the data has {count} classes.", units=units, count=len(classes)),
            why,
            said("Write {{dense: {outputs}}} for the last layer.", outputs=OUTPUTS),
        )


def _binary_loss(facts: _Facts) -> Iterator[Finding]:
    told_apart = facts.recipe.task not in _generative.LOSSES
    if told_apart and facts.recipe.loss == "binary_cross_entropy" and facts.classes and len(facts.classes) != 2:
        yield Finding(
            "error",
            said("The loss is binary_cross_entropy, the data has {count} classes.", count=len(facts.classes)),
            said("That loss tells two classes apart."),
            said("Write loss: cross_entropy."),
        )


def _middle_softmax(facts: _Facts) -> Iterator[Finding]:
    for entry in _flat(facts.layers):
        if entry.kind == "softmax":
            yield Finding(
                "warning",
                said("Layer {number} is a softmax inside the network.", number=entry.number),
                said("It makes the features compete and its gradient is close to 0 where one of them wins."),
                said("Use relu between layers; the softmax at the end is applied by the loss."),
            )


def _stays_linear(facts: _Facts) -> Iterator[Finding]:
    before: Entry | None = None
    for entry in facts.layers:
        if entry.kind in (*ACTIVATIONS, "max_pool", "global_max_pool", "residual"):
            before = None
        elif entry.kind in LINEAR:
            # A depthwise convolution and the one after it are one layer in two parts, on purpose.
            if before is not None and before.kind != "depthwise":
                yield Finding(
                    "warning",
                    said(
                        "Between layer {first} ({before}) and layer {second} ({after}) there is no activation.",
                        first=before.number,
                        before=before.kind,
                        second=entry.number,
                        after=entry.kind,
                    ),
                    said("Two linear layers in a row stay linear: together they can do no more than one."),
                    said("Put relu between them."),
                )
            before = entry


def _high_dropout(facts: _Facts) -> Iterator[Finding]:
    for entry in _flat(facts.layers):
        rate = entry.settings.get("rate", 0.5) if entry.kind == "dropout" else 0
        if isinstance(rate, int | float) and 0.9 <= rate < 1:
            yield Finding(
                "warning",
                said("Layer {number} drops {rate:.0%} of its inputs.", number=entry.number, rate=rate),
                said("While training, the layers after it see {left:.0%} of what is there.", left=1 - rate),
                said("If {left:.2g} was meant to be dropped, write {{dropout: {left:.2g}}}.", left=1 - rate),
            )


def _generative_mistakes(facts: _Facts) -> Iterator[Finding]:
    if facts.recipe.task in _generative.LOSSES:
        for what, why, todo in _generative.mistakes(facts.recipe, facts.classes):
            yield Finding("error", what, why, todo)


def _tiny_batches(facts: _Facts) -> Iterator[Finding]:
    batch = facts.recipe.training.batch_size
    norms = [entry for entry in _flat(facts.layers) if entry.kind == "batch_norm"]
    if not norms or batch is None:
        return
    if batch == 1:
        yield Finding(
            "error",
            said("The network has batch norm, and training.batch_size is 1."),
            said("Batch norm compares the examples of a batch with each other; there must be at least two."),
            said("Write training.batch_size=16 or more, or use group_norm or layer_norm."),
        )
    elif batch == 2:
        yield Finding(
            "warning",
            said("The network has batch norm, and training.batch_size is 2."),
            said("A mean over two examples is mostly noise."),
            said("Write training.batch_size=16 or more, or use group_norm or layer_norm."),
        )


def _learning_rate(facts: _Facts) -> Iterator[Finding]:
    training = facts.recipe.training
    low, high = RATES.get(training.optimizer, (0.0, math.inf))
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


def _unread_settings(facts: _Facts) -> Iterator[Finding]:
    training = facts.recipe.training
    for name, readers in READ_BY.items():
        if getattr(training, name) and training.optimizer not in readers:
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


def _foreign_preparation(facts: _Facts) -> Iterator[Finding]:
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


def _choosing(facts: _Facts) -> Iterator[Finding]:
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


def _schedule(facts: _Facts) -> Iterator[Finding]:
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


def _one_step(facts: _Facts) -> Iterator[Finding]:
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


def _slow_precision(facts: _Facts) -> Iterator[Finding]:
    training = facts.recipe.training
    if training.device == "cpu" and training.precision in ("bfloat16", "float16"):
        yield Finding(
            "warning",
            said("training.precision is {precision} on a CPU.", precision=training.precision),
            said("Most CPUs emulate it: 9 to 51 times slower than float32, measured on AVX2."),
            said("Write training.precision=auto."),
        )


def _mirrored(facts: _Facts) -> Iterator[Finding]:
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
    _bent_amounts,
    _final_activation,
    _number_of_outputs,
    _binary_loss,
    _middle_softmax,
    _stays_linear,
    _high_dropout,
    _tiny_batches,
    _learning_rate,
    _unread_settings,
    _foreign_preparation,
    _choosing,
    _schedule,
    _one_step,
    _slow_precision,
    _mirrored,
)
