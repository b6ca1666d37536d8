"""Mistakes that can be seen in a list of layers; told by `lint`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from seodang.core.sentences import said, saidn, shown
from seodang.recipes._network import ACTIVATIONS, LINEAR, OUTPUTS, Entry, entries
from seodang.recipes.recipe import Recipe

# Tasks that foretell amounts.
AMOUNTS = ("regress", "forecast")


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
class Facts:
    """A recipe, and what is known of the data it is for."""

    recipe: Recipe
    classes: tuple[str, ...] | None
    label_values: tuple[str, ...]
    training_examples: int | None
    validation_examples: int | None
    layers: list[Entry]  # of the list as it will be built; empty where the model is no list of layers
    last: str | None  # the softmax or sigmoid that was taken off the end


def left_out(last: str) -> str:
    """A last softmax or sigmoid that the loss applies anyway."""
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


def _head(facts: Facts) -> Entry | None:
    """The last dense layer, which decides the number of outputs."""
    return next((entry for entry in reversed(facts.layers) if entry.kind == "dense"), None)


def _tail(facts: Facts) -> list[Entry]:
    """What comes after the last layer with weights."""
    tail: list[Entry] = []
    for entry in reversed(facts.layers):
        if entry.kind in (*LINEAR, "residual"):
            return tail[::-1]
        tail.append(entry)
    return []


def _units(entry: Entry | None) -> Any:
    return None if entry is None else entry.settings.get("units")


def bent_amounts(facts: Facts) -> Iterator[Finding]:
    """An activation on the amounts that are foretold."""
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


def final_activation(facts: Facts) -> Iterator[Finding]:
    """Softmax, sigmoid or another activation, dropout or batch norm on the scores."""
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
        yield Finding("note", left_out(facts.last), "")
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
            continue  # told by middle_softmax
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


def number_of_outputs(facts: Facts) -> Iterator[Finding]:
    """Outputs that are not as many as loss and classes ask for."""
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


def middle_softmax(facts: Facts) -> Iterator[Finding]:
    """A softmax between layers."""
    for entry in _flat(facts.layers):
        if entry.kind == "softmax":
            yield Finding(
                "warning",
                said("Layer {number} is a softmax inside the network.", number=entry.number),
                said("It makes the features compete and its gradient is close to 0 where one of them wins."),
                said("Use relu between layers; the softmax at the end is applied by the loss."),
            )


def stays_linear(facts: Facts) -> Iterator[Finding]:
    """Two linear layers with nothing between them."""
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


def high_dropout(facts: Facts) -> Iterator[Finding]:
    """Dropout that leaves a tenth or less: probably the share to keep was meant."""
    for entry in _flat(facts.layers):
        rate = entry.settings.get("rate", 0.5) if entry.kind == "dropout" else 0
        if isinstance(rate, int | float) and 0.9 <= rate < 1:
            yield Finding(
                "warning",
                said("Layer {number} drops {rate:.0%} of its inputs.", number=entry.number, rate=rate),
                said("While training, the layers after it see {left:.0%} of what is there.", left=1 - rate),
                said("If {left:.2g} was meant to be dropped, write {{dropout: {left:.2g}}}.", left=1 - rate),
            )


def tiny_batches(facts: Facts) -> Iterator[Finding]:
    """Batch norm with one or two examples in a batch."""
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
