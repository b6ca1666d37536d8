"""Layer lists for networks that make pictures, or read them into a code, where the recipe gives none."""

from __future__ import annotations

from typing import Any

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.core.spec import Spec

# Two halvings and two doublings: sides must be multiples of this.
HALVED = 4


def reading(inputs: Spec, width: int) -> list[Any]:
    """From a picture or vector to features; convolutions with stride 2, or for vectors one dense layer."""
    if len(inputs.shape) == 1:
        return [{"dense": 4 * width}, "relu"]
    return [
        *_conv(width, stride=2),
        "relu",
        *_conv(2 * width, stride=2),
        "relu",
        "flatten",
        {"dense": 4 * width},
        "relu",
    ]


def judging(inputs: Spec, width: int) -> list[Any]:
    """From a picture or vector to a score of how real it is; dropout, so that a few made ones do not suffice to see through it."""
    leaky: list[Any] = [{"leaky_relu": 0.2}, {"dropout": 0.3}]
    if len(inputs.shape) == 1:
        return [{"dense": 4 * width}, *leaky, {"dense": 1}]
    return [*_conv(width, stride=2), *leaky, *_conv(2 * width, stride=2), *leaky, "flatten", {"dense": 1}]


def making(model: str, outputs: Spec, width: int, norm: bool) -> list[Any]:
    """From a code or noise to raw scores of a picture or vector; pixels are doubled and then convolved, so that no chequers show
    (Odena et al., 2016, https://distill.pub/2016/deconv-checkerboard).

    norm: with batch norm, as generators want it (Radford et al., 2015, https://arxiv.org/abs/1511.06434).
    """
    between: list[Any] = ["batch_norm", "relu"] if norm else ["relu"]
    if len(outputs.shape) == 1:
        return [{"dense": 4 * width}, *between, {"dense": "outputs"}]
    channels, height, width_ = outputs.shape
    if height % HALVED or width_ % HALVED:
        raise RecipeError(
            tr(
                "{model} without a list of layers makes pictures whose sides are multiples of {side}, got {width}×{height}. Write "
                "preparation.height={fit_height} preparation.width={fit_width}.",
                model=model,
                side=HALVED,
                width=width_,
                height=height,
                fit_height=-(-height // HALVED) * HALVED,
                fit_width=-(-width_ // HALVED) * HALVED,
            )
        )
    small = [2 * width, height // HALVED, width_ // HALVED]
    return [
        *[{"dense": small[0] * small[1] * small[2]}, {"reshape": small}, *between],
        *[{"upsample": 2}, *_conv(width), *between],
        *[{"upsample": 2}, *_conv("outputs")],
    ]


def _conv(filters: int | str, stride: int = 1) -> list[Any]:
    return [{"conv": {"filters": filters, "kernel": 3, "stride": stride, "padding": "same"}}]
