"""The weights of a layer as pictures: what each filter looks for."""

# F filters · C channels · H height · W width
from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from seodang.core.language import tr
from seodang.explanations import painting
from seodang.explanations.example import Example, kind_of
from seodang.explanations.explanation import DoesNotApply, Explanation, Picture, Pictures
from seodang.explanations.layers_of import called, layer_called, layers, model_of
from seodang.runs.folder import Run

MOST = 64  # filters that are shown


def filters(run: Run, example: Example, *, layer: str | None = None) -> Explanation:
    """The filters of a layer as pictures, the first convolution's by default: the first thing a network looks for."""
    if kind_of(run) != "picture":
        raise DoesNotApply(tr("only networks for pictures have filters that can be seen"))
    name, module = (layer, layer_called(run, layer)) if layer else _first(run)
    weights, words = _as_pictures(run, name, module)
    count, channels, height, width = weights.shape
    shown = weights[:MOST]
    spread = weights.flatten(1).std(1)
    title = called(name, begins=True)
    colours, how = _coloured(shown)
    picture = painting.tiled(
        colours,
        tr("{name}: {count} of {total} filters", name=title, count=len(shown), total=count) if count > MOST else title,
    )
    tile = tr(
        "Each tile is one filter of {width}×{height}: it answers strongly where the picture looks like it.",
        width=width,
        height=height,
    )
    sentences = (
        f"{words} {tile} {how}",
        tr(
            "Filters of a first layer that has learnt are edges, blobs and colours; one that looks like noise "
            "has learnt little, or had no need to."
        ),
    )
    pictures = [picture]
    if not layer and (drawn := _drawn_by(run)):
        sentences = (*sentences, drawn[0])
        pictures.append(drawn[1])
    numbers = {
        "layer": name,
        "filters": count,
        "shape": [channels, height, width],
        "spread": [round(float(each), 6) for each in spread[:MOST]],
    }
    return Explanation(
        tr("Filters of {name}", name=called(name)),
        "inside",
        sentences,
        numbers,
        (Pictures(tuple(pictures), size="wide"),),
    )


def _first(run: Run) -> tuple[str, nn.Module]:
    there = [
        each for each in layers(model_of(run)) if not each[0].startswith("generator.")
    ]  # it sees noise, not pictures
    convolutions = [each for each in there if isinstance(each[1], nn.Conv2d)]
    dense = [each for each in there if isinstance(each[1], nn.Linear)]
    if not convolutions and not dense:
        raise DoesNotApply(tr("{run} has neither a convolution nor a dense layer", run=run.name))
    return (convolutions or dense)[0]


def _drawn_by(run: Run) -> tuple[str, Picture] | None:
    """Of a network that puts out pictures by a dense layer: what each unit before it draws, and a sentence on that."""
    if not run.recipe.makes_examples:
        return None
    channels, height, width = (getattr(run.recipe.preparation, side) or 1 for side in ("channels", "height", "width"))
    writes: list[Any] = [each for each in layers(model_of(run)) if not each[0].startswith("discriminator.")]
    pixels = channels * height * width
    dense = [each for each in writes if isinstance(each[1], nn.Linear) and each[1].out_features == pixels]
    if not dense or channels not in (1, 3):
        return None
    name, module = dense[-1]
    weights: Any = module.weight.detach()
    as_drawn = weights.T[:MOST].reshape(-1, channels, height, width)
    words = tr(
        "{name} draws: each of its tiles is what one unit of the layer before adds to the picture, red where it makes it "
        "brighter, blue where darker.",
        name=called(name, begins=True),
    )
    values = as_drawn.double().mean(1).numpy()
    most = np.abs(values).reshape(len(values), -1).max(1)[:, None, None]
    caption = tr(
        "{name}: what {count} units of the layer before draw", name=called(name, begins=True), count=len(values)
    )
    return words, painting.tiled(painting.two_sided(values / np.where(most > 0, most, 1)), caption)


def _as_pictures(run: Run, name: str, module: Any) -> tuple[Tensor, str]:
    """Weights (F, C, H, W), C 1 or 3 where they can be seen as colours; and a sentence on them."""
    preparation = run.recipe.preparation
    channels, height, width = preparation.channels or 1, preparation.height or 1, preparation.width or 1
    if isinstance(module, nn.Linear) and module.in_features == channels * height * width:
        weights = module.weight.detach().view(-1, height, width, channels).permute(0, 3, 1, 2)
        return weights, tr("{name} is a dense layer on the pixels: a weight for each.", name=called(name, begins=True))
    if not isinstance(module, nn.Conv2d):
        raise DoesNotApply(
            tr("{name} has no weights that lie like a picture; name a convolution with --layer", name=name)
        )
    weights = module.weight.detach()
    if (side := _patches(run, name)) and weights.shape[1] == channels * side * side:
        weights = functional.pixel_shuffle(weights, side)
        return weights, tr(
            "{name} sees {side}×{side} pixels at once, which its filters are shown as.",
            name=called(name, begins=True),
            side=side,
        )
    if weights.shape[1] == channels and channels in (1, 3):
        return weights, tr("{name} sees the pixels themselves.", name=called(name, begins=True))
    strongest = weights.flatten(2).norm(dim=2).argmax(1)
    picked = weights[torch.arange(len(weights)), strongest].unsqueeze(1)
    return picked, (
        tr(
            "{name} sees {count} channels of the layer before; of each filter the channel is shown that it "
            "weighs most.",
            name=called(name, begins=True),
            count=weights.shape[1],
        )
    )


def _patches(run: Run, name: str) -> int:
    """How many pixels a side became channels right before this layer; 0: none did."""
    side = 0
    for each, module in layers(model_of(run)):
        if each == name:
            return side
        if isinstance(module, nn.PixelUnshuffle):
            side = module.downscale_factor
        elif isinstance(module, nn.Conv2d):
            side = 0
    return side


def _coloured(weights: Tensor) -> tuple[np.ndarray, str]:
    """(N, H, W, 3) colours, and how to read them."""
    values = weights.double().numpy()
    if values.shape[1] == 3:
        how = tr("Colours are the colours it looks for, each filter by itself from its least to its largest weight.")
        return (painting.unit(values).transpose(0, 2, 3, 1) * 255).astype(np.uint8), how
    values = values.mean(1)
    most = np.abs(values).reshape(len(values), -1).max(1)[:, None, None]
    how = tr("Red: bright is looked for there; blue: dark; white: whatever. Each filter by itself.")
    return painting.two_sided(values / np.where(most > 0, most, 1)), how
