"""What comes out of every layer for one example: a microscope on the network."""

# K channels · H height · W width · L tokens or steps
from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from seodang.core.language import tr, trn
from seodang.explanations import painting
from seodang.explanations.example import Example
from seodang.explanations.explanation import DoesNotApply, Explanation, Pictures
from seodang.explanations.layers_of import called, layer_called, outputs_of_layers
from seodang.models.summary import kind_of
from seodang.runs.folder import Run

MOST_LAYERS = 16
MOST_MAPS, MOST_SIDE = 24, 80  # of a convolution, and the pixels that a map is shown with
MOST_UNITS = 512  # of a dense layer
MOST_LINES, MOST_PLACES = 32, 200  # of a layer on a text or a series


def feature_maps(run: Run, example: Example, *, layer: str | None = None) -> Explanation:
    """The outputs of every layer for one example: what is still seen of it from layer to layer."""
    if example.given is None:
        raise DoesNotApply(tr("it looks at one picture, row or text"))
    if layer is not None:
        layer_called(run, layer)
    there = _in_lines(example, outputs_of_layers(run, example.given, example.noise))
    seen = [each for each in _told_apart(there) if layer in (None, each[0])]
    if not seen:
        raise DoesNotApply(
            tr("nothing comes out of {layer} for one example", layer=layer)
            if layer
            else tr("nothing comes out of its layers for one example")
        )
    drawn = [each for each in seen if each[2][0].numel() > 1]  # one number has neither bright nor dark
    if not drawn and layer is None:
        raise DoesNotApply(tr("its layers give one number each, which are neither bright nor dark"))
    drawn = drawn or seen
    shown = drawn if len(drawn) <= MOST_LAYERS else _some(drawn)
    pictures = tuple(_drawn(*each) for each in shown)
    left = (
        tr("{count} of {total} layers are shown; --layer NAME shows another.", count=len(shown), total=len(seen))
        if len(shown) < len(drawn)
        else ""
    )
    kind = "made" if run.recipe.makes_examples and example.kind == "picture" else example.kind
    sentences = (f"{_how_to_read(kind)} {left}".strip(), _nothing(example.kind))
    numbers = {"layers": [_numbers(name, module, output) for name, module, output in seen]}
    title = tr("What every layer makes of it") if layer is None else tr("What {layer} makes of it", layer=called(layer))
    return Explanation(title, "inside", sentences, numbers, (Pictures(pictures, size="large"),))


def _how_to_read(kind: str) -> str:
    if kind == "made":
        return tr(
            "Each block is a layer, each tile one of its channels, each square of a row one of its units: bright where it answers "
            "strongly. Layers that read a picture keep less and less of it; layers that write one begin with a few numbers and "
            "end with every pixel."
        )
    if kind == "picture":
        return tr(
            "Each block is a layer, each tile one of its channels: bright where it answers strongly to this picture. Early "
            "layers still show the picture; later ones are coarser and say what is where, until only numbers are left."
        )
    if kind == "row":
        return tr(
            "Each block is a layer, each square one of its units: bright where it answers strongly to this row. Where several "
            "networks answer together, each has a line of its own."
        )
    if kind == "series":
        return tr(
            "Each block is a layer, each line one of its channels, from the oldest step on the left to the newest: bright where "
            "it answers strongly. Once a layer has read the whole window, each square is a unit."
        )
    return tr(
        "Each block is a layer, each line one of its channels, from the first word on the left to the last: bright where it "
        "answers strongly. Once a layer has read the whole text, each square is a unit."
    )


def _nothing(kind: str) -> str:
    return (
        tr(
            "A channel that is dark everywhere found nothing of its kind here. One that is dark for every "
            "picture is dead."
        )
        if kind == "picture"
        else tr(
            "Each block goes from its least number to its largest. A unit that never answers, whatever comes, is dead."
        )
    )


def _in_lines(example: Example, there: list[tuple[str, nn.Module, Tensor]]) -> list[tuple[str, nn.Module, Tensor]]:
    """What lies in two directions as lines (1, K, L): of a text or series a channel a line, without the padding around a text."""
    if example.kind == "row" or example.given is None:
        return there
    read, found = example.given[0] != 0, []
    for name, module, output in there:
        if output.dim() == 3:
            output = output if isinstance(module, nn.Conv1d) else output.mT
            if example.kind == "text" and output.shape[2] == len(read):
                output = output[:, :, read]
        found.append((name, module, output))
    return found


def _told_apart(there: list[tuple[str, nn.Module, Tensor]]) -> list[tuple[str, nn.Module, Tensor]]:
    """Layers with an output of pictures, sequences or numbers, those that only change its form left out."""
    return [
        each
        for each in there
        if each[2].dim() in (2, 3, 4)
        and each[2].is_floating_point()
        and kind_of(each[1]) not in ("flatten", "zero_pad2d", "reshape")
    ]


def _some(seen: list[tuple[str, nn.Module, Tensor]]) -> list[tuple[str, nn.Module, Tensor]]:
    """The first, the last, and evenly between them those behind which the picture gets smaller."""
    ends = [
        place
        for place, (one, other) in enumerate(zip(seen, seen[1:], strict=False))
        if one[2].shape[2:] != other[2].shape[2:]
    ]
    chosen = {0, len(seen) - 1, *ends}
    for place in np.linspace(0, len(seen) - 1, MOST_LAYERS).round().astype(int).tolist():
        if len(chosen) < MOST_LAYERS:
            chosen.add(place)
    order = sorted(chosen)
    kept = np.unique(np.linspace(0, len(order) - 1, MOST_LAYERS).round().astype(int))
    return [seen[order[place]] for place in kept]


def _drawn(name: str, module: nn.Module, output: Tensor) -> Any:
    values = output[0].float().numpy()
    if values.ndim == 1:
        row = painting.unit(values[None, :MOST_UNITS])[0]
        wide = min(len(row), 32)
        grid = np.zeros(-(-len(row) // wide) * wide)
        grid[: len(row)] = row
        caption = trn(
            "{name}: {count} number", "{name}: {count:,} numbers", len(values), name=called(name, begins=True)
        )
        return painting.glowing(grid.reshape(1, -1, wide), caption, 1)
    if values.ndim == 2:
        return _lines(name, values)
    if values.shape[1:] == (1, 1):
        return _drawn(name, module, output.flatten(1))
    order = np.sort(np.argsort(-values.reshape(len(values), -1).std(1), kind="stable")[:MOST_MAPS])
    told = {"name": called(name, begins=True), "size": f"{values.shape[2]}×{values.shape[1]}"}
    caption = (
        trn("{name}: {count} channel of {size}", "{name}: {count:,} channels of {size}", len(values), **told)
        if len(values) <= MOST_MAPS
        else tr("{name}: {count:,} channels of {size}, the {most} liveliest", count=len(values), most=MOST_MAPS, **told)
    )
    small = np.stack([painting.gathered(each, MOST_SIDE) for each in values[order].astype(np.float64)])
    return painting.glowing(painting.unit(small), caption, 6 if len(order) > 6 else 0)


def _lines(name: str, values: np.ndarray) -> Any:
    """A line a channel (K, L), the liveliest of many, in the order in which they are."""
    channels, places = values.shape
    order = np.sort(np.argsort(-values.std(1), kind="stable")[:MOST_LINES])
    caption = (
        tr(
            "{name}: {channels:,} × {places:,} numbers",
            name=called(name, begins=True),
            channels=channels,
            places=places,
        )
        if channels <= MOST_LINES
        else tr(
            "{name}: {channels:,} × {places:,} numbers, the {most} liveliest lines",
            name=called(name, begins=True),
            channels=channels,
            places=places,
            most=MOST_LINES,
        )
    )
    shown = painting.unit(values[order][None, :, :MOST_PLACES])
    wide = -(-2 * shown.shape[1] // shown.shape[2])  # a few words are not a tower
    return painting.glowing(shown.repeat(wide, axis=2), caption, 1)


def _numbers(name: str, module: nn.Module, output: Tensor) -> dict[str, Any]:
    values = output[0]
    return {
        "layer": name,
        "kind": kind_of(module),
        "shape": list(values.shape),
        "mean": round(float(values.mean(dtype=torch.float64)), 6),
        "largest": round(float(values.max()), 6),
        "share_zero": round(1 - int(values.count_nonzero()) / values.numel(), 6),
    }
