"""Which layer of a Keras file belongs to which layer of a network, and its numbers in PyTorch's order of axes."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torch import Tensor

from seodang.core.errors import RunError
from seodang.core.language import tr
from seodang.runs.foreign.row import Place, Row, Shape, names_of

KINDS = ("conv", "depthwise", "dense", "batch_norm", "norm", "other")


@dataclass(frozen=True)
class Layer:
    """A layer with weights of a Keras file: its name, where its first array lies, and the shapes of its arrays."""

    name: str
    path: str
    shapes: tuple[Shape, ...]

    @property
    def kind(self) -> str:
        """One of KINDS, from shapes and name: a file of weights does not say it. norm: layer or group norm.

        >>> Layer("dense_1", "layers/dense_1/vars/0", ((784, 10), (10,))).kind
        'dense'
        """
        name, dimensions = self.path.lower(), tuple(len(shape) for shape in self.shapes)
        if dimensions in ((4,), (4, 1)) and "transpose" not in name:
            return "depthwise" if "depthwise" in name else "conv"
        if dimensions in ((2,), (2, 1)) and "embedding" not in name:
            return "dense"
        if set(dimensions) == {1} and len(set(self.shapes)) == 1:
            return {4: "batch_norm", 2: "norm"}.get(len(self.shapes), "other")
        return "other"


def match(layers: Sequence[Layer], row: Row, what: str, recipe: str, *, is_ordered: bool) -> list[tuple[int, Place]]:
    """For each of a network's layers the index of its layer in the file.

    Where the file lists its layers in order, in that order. Else kind by kind: in the order of the numbers in the names
    (`conv2d`, `conv2d_1`, …, `conv2d_10`), and where names are of other make, by shapes that no other layer has.

    Args:
        layers: Of the file.
        row: Of the network.
        what: How messages name the file.
        recipe: How they name the network.
        is_ordered: Whether `layers` come in the network's order.

    RunError says what differs, with the shapes of both sides, or why it cannot be told.
    """
    if row.unread:
        raise RunError(
            tr(
                "The network of {recipe} has weights that no layer of Keras stands for ({names}{more}), so {what} cannot fill it.",
                recipe=recipe,
                names=", ".join(row.unread[:5]),
                more=tr(" and more") if len(row.unread) > 5 else "",
                what=what,
            )
        )
    if row.unclear:
        raise RunError(
            tr(
                "The network of {recipe} turns a picture into features before {layer} in an order that could not be made out. Use a "
                "flatten layer, so that Keras' order (rows, columns, channels) can be brought to it.",
                recipe=recipe,
                layer=row.unclear[0],
            )
        )
    ours, theirs = Counter(place.kind for place in row.places), Counter(layer.kind for layer in layers)
    misfit = Misfit(what, recipe, layers, row.places)
    if ours != theirs:
        raise misfit(_uneven(layers, row.places, ours, theirs))
    pairs: list[tuple[int, Place]] = []
    for some in [KINDS] if is_ordered else [(kind,) for kind in KINDS]:
        indices = [i for i, layer in enumerate(layers) if layer.kind in some]
        places = [place for place in row.places if place.kind in some]
        pairs += _pair(layers, indices, places, row, misfit, is_ordered=is_ordered)
    return pairs


@dataclass(frozen=True)
class Misfit:
    """Makes the error that a file does not fit a network, from the reason."""

    what: str
    recipe: str
    layers: Sequence[Layer]
    places: Sequence[Place]

    def __call__(self, reason: str) -> RunError:
        """Something differs."""
        return RunError(
            tr(
                "{what} does not fit {recipe}: {reason}. The file has {theirs}; the network has {ours}. Choose the recipe it was "
                "trained as (`seodang list recipes`), or describe its layers in one (`seodang new recipe`).",
                what=self.what,
                recipe=self.recipe,
                reason=reason,
                theirs=_counts(self.layers),
                ours=_counts(self.places),
            )
        )

    def unclear(self, why: str, which: str) -> RunError:
        """Nothing differs, and yet it cannot be told what belongs where."""
        return RunError(
            tr(
                "{what} could be put into {recipe} in more than one way: {why}, and {which}. Save the whole model with Keras as "
                "`model.save('NAME.h5')`, which keeps the order, into a network that is one layer after another.",
                what=self.what,
                recipe=self.recipe,
                why=why,
                which=which,
            )
        )


def _pair(
    layers: Sequence[Layer], indices: list[int], places: list[Place], row: Row, misfit: Misfit, *, is_ordered: bool
) -> list[tuple[int, Place]]:
    """The same for layers of one kind, as many on both sides."""
    order = indices if is_ordered else _numbered(layers, indices)
    known = order is not None and not row.branches
    wrong = next(((i, p) for i, p in zip(order or (), places, strict=False) if layers[i].shapes != p.shapes), None)
    if known and wrong is None:
        return list(zip(order or (), places, strict=True))
    if known and is_ordered and wrong is not None:
        raise misfit(_differs(layers[wrong[0]], wrong[1], row.places[-1]))
    fitting = [[i for i in indices if layers[i].shapes == place.shapes] for place in places]
    if all(len(found) == 1 for found in fitting) and len({found[0] for found in fitting}) == len(places):
        return [(found[0], place) for found, place in zip(fitting, places, strict=True)]
    if known and wrong is not None:
        raise misfit(_differs(layers[wrong[0]], wrong[1], row.places[-1]))
    for place, found in zip(places, fitting, strict=True):
        if not found:
            raise misfit(_missing(place))
    twice, found = next((p, found) for p, found in zip(places, fitting, strict=True) if len(found) > 1)
    raise misfit.unclear(
        tr("the network has branches") if row.branches else tr("the names of the file's layers do not say their order"),
        tr(
            "{names} all have the shapes of {name} ({shapes})",
            names=", ".join(layers[i].name for i in found[:5]),
            name=twice.name,
            shapes=_shapes(twice.shapes),
        ),
    )


def _numbered(layers: Sequence[Layer], indices: list[int]) -> list[int] | None:
    """The indices in the order of the numbers in the layers' names, or None where names differ in more than numbers.

    >>> named = [Layer(name, "", ()) for name in ("conv2d_10", "conv2d", "conv2d_9")]
    >>> _numbered(named, [0, 1, 2]), _numbered([*named, Layer("last", "", ())], [0, 1, 2, 3])
    ([1, 2, 0], None)
    """
    names = {i: name if re.search(r"_\d+$", name := layers[i].name) else f"{name}_0" for i in indices}
    if len({re.sub(r"\d+", "#", name) for name in names.values()}) > 1:
        return None
    return sorted(indices, key=lambda i: [int(number) for number in re.findall(r"\d+", names[i])])


def _uneven(layers: Sequence[Layer], places: Sequence[Place], ours: Counter[str], theirs: Counter[str]) -> str:
    """The first layer that has no counterpart, on whichever side it is."""
    kind = next(kind for kind in KINDS if ours[kind] != theirs[kind])
    if theirs[kind] > ours[kind]:
        extra = [layer for layer in layers if layer.kind == kind][ours[kind]]
        return tr(
            "its {name} ({shapes}) has no counterpart in the network", name=extra.name, shapes=_shapes(extra.shapes)
        )
    return _missing([place for place in places if place.kind == kind][theirs[kind]])


def _missing(place: Place) -> str:
    shapes = _shapes(place.shapes)
    return tr("{name} of the network ({shapes}) has no counterpart in the file", name=place.name, shapes=shapes)


def _differs(layer: Layer, place: Place, last: Place) -> str:
    reason = tr(
        "its {layer} has {theirs} where {place} of the network has {ours}",
        layer=layer.name,
        theirs=_shapes(layer.shapes),
        place=place.name,
        ours=_shapes(place.shapes),
    )
    if place is not last or layer.kind != "dense" or layer.shapes[0][0] != place.shapes[0][0]:
        return reason
    outputs = layer.shapes[0][1]
    todo = (
        tr("add loss=binary_cross_entropy")
        if outputs == 1
        else tr("name its {outputs} classes in their order with --classes", outputs=outputs)
    )
    return f"{reason}: {todo}"


def _counts(some: Iterable[Layer | Place]) -> str:
    some = list(some)
    counts = Counter(each.kind for each in some)
    numbers = sum(math.prod(shape) for each in some for shape in each.shapes)
    listed = ", ".join(f"{counts[kind]} {kind}" for kind in KINDS if counts[kind])
    return tr("{layers} ({numbers:,} numbers)", layers=listed, numbers=numbers)


def _shapes(shapes: Iterable[Shape]) -> str:
    return " + ".join("×".join(map(str, shape)) or "1" for shape in shapes)


def converted(arrays: Sequence[Tensor], place: Place) -> dict[str, Tensor]:
    """A layer's arrays as Keras has them, as the tensors of its place by their names in the network's state.

    conv: (height, width, in, out) → (out, in, height, width).   depthwise: (height, width, in, times) → (in·times, 1,
    height, width).   dense: (in, out) → (out, in), its inputs in the order of the network's flatten.
    """
    inputs = arrays[:1] if place.kind == "dense" else arrays  # a dense layer's bias belongs to its outputs
    if place.picture is not None:
        arrays = [*(_turned(each, place.picture) for each in inputs), *arrays[len(inputs) :]]
    first, *others = arrays
    if place.kind == "conv":
        first = first.permute(3, 2, 0, 1)
    elif place.kind == "depthwise":
        first = first.permute(2, 3, 0, 1).flatten(0, 1).unsqueeze(1)
    elif place.kind == "dense":
        first = first.T
    return {name: tensor.contiguous() for name, tensor in zip(names_of(place), (first, *others), strict=True)}


def _turned(features: Tensor, picture: Shape) -> Tensor:
    """(height·width·channels, …) → (channels·height·width, …).

    >>> import torch
    >>> _turned(torch.tensor([10, 20, 11, 21]), (2, 2, 1))  # channel 1 and 2 of the upper pixel, then of the lower
    tensor([10, 11, 20, 21])
    """
    channels, height, width = picture
    return features.unflatten(0, (height, width, channels)).movedim(2, 0).flatten(0, 2)
