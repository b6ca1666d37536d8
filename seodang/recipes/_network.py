"""A network written as a list of layers, read without building it: shared by `lint` and by the model `sequential`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from seodang.core.language import tr

# The setting that `{kind: number}` stands for, of every kind of layer that has one.
SHORT = {
    "dense": "units",
    "conv": "filters",
    "depthwise": "kernel",
    "max_pool": "size",
    "average_pool": "size",
    "batch_norm": "momentum",
    "layer_norm": "eps",
    "group_norm": "groups",
    "dropout": "rate",
    "embedding": "size",
    "lstm": "units",
    "gru": "units",
    "simple_rnn": "units",
    "conv1d": "filters",
    "max_pool1d": "size",
    "leaky_relu": "slope",
    "elu": "alpha",
    "upsample": "size",
    "reshape": "shape",
    "residual": "layers",
}

# Activations: what keeps a stack of weighted layers from being one linear map.
ACTIVATIONS = ("relu", "leaky_relu", "elu", "selu", "gelu", "silu", "sigmoid", "tanh", "softmax")

# Layers that are linear in their input while predicting, so that stacking them adds nothing.
LINEAR = ("dense", "conv", "depthwise")

# What `{dense: outputs}` stands for is known only when the data is: the number of outputs of the task.
OUTPUTS = "outputs"

# The kind of an entry whose name cannot be made out.
UNREADABLE = "?"


@dataclass(frozen=True)
class Entry:
    """One layer of a list, its short form written out. `problem` is set where it cannot be read."""

    number: str  # its place, counted from 1; "5.2" is the second layer inside the fifth
    kind: str
    settings: dict[str, Any]
    problem: str | None = None


def entries(layers: Any, prefix: str = "") -> list[Entry]:
    """Write out the short forms of a list of layers: a bare name, `{name: value}` or `{name: {settings}}`.

    >>> [(entry.kind, entry.settings) for entry in entries(["relu", {"dense": 10}, {"conv": {"filters": 6}}])]
    [('relu', {}), ('dense', {'units': 10}), ('conv', {'filters': 6})]
    """
    if not isinstance(layers, list | tuple):
        return [Entry(prefix + "1", UNREADABLE, {}, tr("layers must be a list, got {layers!r}", layers=layers))]
    return [_entry(f"{prefix}{place}", given) for place, given in enumerate(layers, start=1)]


def _entry(number: str, given: Any) -> Entry:
    if isinstance(given, str):
        return Entry(number, given, {})
    if isinstance(given, dict) and len(given) == 1:
        kind, value = next(iter(given.items()))
        if not isinstance(kind, str):
            return Entry(
                number,
                UNREADABLE,
                {},
                tr("a layer is a name, or one name with its settings, got {given!r}", given=given),
            )
        if value is None:
            return Entry(number, kind, {})
        if isinstance(value, dict):
            return Entry(number, kind, value)
        if kind in SHORT:
            return Entry(number, kind, {SHORT[kind]: value})
        return Entry(number, kind, {}, tr("{kind} has no settings, got {value!r}", kind=kind, value=value))
    if isinstance(given, dict) and given:
        return Entry(
            number,
            UNREADABLE,
            {},
            tr(
                "a layer is one name with its settings, got {count} names: {given}. Indent the settings one step "
                "more, or write each layer as an item of its own",
                count=len(given),
                given=", ".join(map(str, given)),
            ),
        )
    return Entry(
        number, UNREADABLE, {}, tr("a layer is a name, or one name with its settings, got {given!r}", given=given)
    )


def without_final(layers: list[Any], outputs: int | None) -> tuple[list[Any], str | None]:
    """The list without a last softmax (or, with one output, a last sigmoid), and the name of what was taken away.

    A network gives raw scores; the loss and the prediction apply softmax or sigmoid, exactly once and in a numerically
    safe form. Notes written for Keras have it in the network: that is the same network.

    >>> without_final([{"dense": "outputs"}, "softmax"], 10)
    ([{'dense': 'outputs'}], 'softmax')
    """
    if not isinstance(layers, list | tuple) or not layers:
        return layers, None
    last = _entry("", layers[-1])
    if last.kind == "softmax" and outputs != 1 or last.kind == "sigmoid" and outputs == 1:
        return list(layers[:-1]), last.kind
    return list(layers), None
