"""Lab L35: why deep networks were hard to train, and what changed."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from seodang.core.language import tr
from seodang.evaluation.figures import INK, _figure, _svg
from seodang.foundations.explore import Exploration

EXAMPLES = 512
BENDS, STARTS = ("sigmoid", "relu"), {"xavier": "glorot_normal", "he": "he_normal"}
STYLES = {("sigmoid", "xavier"): ("#d55e00", "-"), ("sigmoid", "he"): ("#d55e00", (0, (3, 2)))} | {
    ("relu", "xavier"): ("#0072b2", (0, (3, 2))),
    ("relu", "he"): ("#0072b2", "-"),
}


def gradients(
    data: str = "digits",
    depth: Annotated[int, Field(ge=2, le=50)] = 12,
    width: Annotated[int, Field(ge=2, le=1024)] = 64,
    seed: Annotated[int, Field(ge=0)] = 0,
) -> Exploration:
    """L35: the size of the gradient layer by layer in a deep network, with sigmoid or relu, started by Xavier or He.

    Args:
        data: Pictures with classes that go through the network once: a data set or a path.
        depth: Hidden layers.
        width: Units of each.
        seed: Of the starting weights.
    """
    pixels, labels, classes = _some(data)
    sizes = {
        (bend, start): layer_gradients(pixels, labels, classes, bend, start, depth, width, seed)
        for bend in BENDS
        for start in STARTS
    }
    numbers: dict[str, Any] = {f"{bend}_{start}": found for (bend, start), found in sizes.items()}
    numbers |= {"depth": depth, "width": width, "data": data}
    lost = sizes["sigmoid", "xavier"][0] / sizes["sigmoid", "xavier"][-1]
    kept = sizes["relu", "he"][0] / sizes["relu", "he"][-1]
    fades = sizes["relu", "xavier"][0] / sizes["relu", "xavier"][-1]
    words = (
        tr(
            "With sigmoids the first of {depth} layers gets a gradient {factor:,.0f} times smaller than the last gets: a sigmoid's "
            "slope is a quarter at most, and every layer multiplies by it. The first layers hardly learn.",
            depth=depth,
            factor=1 / lost,
        ),
        tr(
            "With relu and He's start it is {he}: the slope is 1 where a unit is on, and He's rule makes up for the half that is "
            "off. Xavier's does not: there it is {xavier}.",
            he=_times(kept),
            xavier=_times(fades),
        ),
        tr(
            "No rule of starting mends the sigmoid: what helped were relu, He's start, batch normalisation and ways round the "
            "layers (residual networks)."
        ),
    )
    caption = tr(
        "Size of the gradient that reaches each layer before the first step (root mean square over pictures and units)."
    )
    return Exploration(
        tr("The size of the gradient, layer by layer"), words, numbers, ((_drawn(sizes), caption),), _table(sizes)
    )


def layer_gradients(
    pixels: Any, labels: Any, classes: int, bend: str, start: str, depth: int, width: int, seed: int
) -> list[float]:
    """Root mean square of the gradient that reaches each hidden layer (of its outputs, before the bend), the first layer's first,
    before any training. The bias learns from just this, the weights from this times what came in.

    Args:
        pixels: (N, F) standardised numbers.   labels: (N,) class indices.
        bend: sigmoid or relu.   start: xavier or he.
    """
    import torch

    from seodang.core.spec import Spec
    from seodang.models.build import build
    from seodang.recipes.settings import Part

    layers: list[Any] = [layer for _ in range(depth) for layer in ({"dense": width}, bend)]
    part = Part(settings={"layers": [*layers, {"dense": "outputs"}], "init": STARTS[start]})
    network = build(part, Spec((pixels.shape[1],)), Spec((classes,)), seed)
    hidden = [part for part in network.modules() if isinstance(part, torch.nn.Linear)][:-1]
    reached: dict[Any, float] = {}

    def listen(layer: Any, _: Any, outputs: Any) -> None:
        outputs.register_hook(lambda gradient: reached.update({layer: float(gradient.square().mean().sqrt())}))

    for layer in hidden:
        layer.register_forward_hook(listen)
    torch.nn.functional.cross_entropy(network(pixels), labels, reduction="sum").backward()
    return [reached[layer] for layer in hidden]


def _some(data: str) -> tuple[Any, Any, int]:
    """Some hundred training pictures as standardised rows, and their classes."""
    import torch

    from seodang.core.errors import DataError
    from seodang.data.load import load
    from seodang.data.open import open_source
    from seodang.data.prepare import Preparation
    from seodang.data.split import Split

    source = open_source(data)
    if len(source.classes) < 2:
        raise DataError(
            tr(
                "{data} has {count} class. Gradients need 2 or more to tell apart.",
                data=data,
                count=len(source.classes),
            )
        )
    few = np.unique(np.linspace(0, len(source) - 1, EXAMPLES).astype(np.int64))
    prepared = load(source.select(few), Preparation(channels=1), Split(validation=0, test=0))
    assert prepared.train.pixels is not None, "some hundred pictures are held in memory"
    rows = prepared.train.pixels.flatten(1).float()
    rows = (rows - rows.mean()) / rows.std().clamp_min(1e-6)
    return rows, prepared.train.labels.to(torch.int64), len(prepared.classes)


def _times(share: float) -> str:
    if share >= 1:
        return tr("{factor:.1f} times as large as the last's", factor=share)
    return tr("{factor:,.1f} times smaller than the last's", factor=1 / share)


def _drawn(sizes: dict[tuple[str, str], list[float]]) -> str:
    figure, axes = _figure()
    for (bend, start), found in sizes.items():
        colour, dashes = STYLES[bend, start]
        label = f"{bend}, {start.title()}"
        axes.plot(
            range(1, len(found) + 1), found, color=colour, linestyle=dashes, marker="o", markersize=3, label=label
        )
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0e}")  # text stays text in SVG: no formulas
    axes.set_xlabel(tr("layer, from the input"))
    axes.set_ylabel(tr("size of the gradient"))
    axes.legend(frameon=False, labelcolor=INK)
    return _svg(figure, tr("Size of the gradient of each layer"))


def _table(sizes: dict[tuple[str, str], list[float]]) -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
    heads = (tr("layer"), *(f"{bend}, {start.title()}" for bend, start in sizes))
    rows = [
        (str(place + 1), *(f"{value:.2e}" for value in row))
        for place, row in enumerate(zip(*sizes.values(), strict=True))
    ]
    return ((tr("Every layer"), (heads, *rows)),)
