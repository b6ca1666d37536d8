"""The kinds of layer a list of layers can name: typed settings, the shape that comes out, and the module itself.

The list of kinds is closed: no name is ever looked up in a module. The words are Keras' (filters, units, valid, same),
because the labs are; a weight starts as in Keras unless `init` says otherwise.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field
from torch import nn

from seodang.core.language import tr
from seodang.models import _activations, _sequence_layers  # noqa: F401 (enter their kinds into KINDS)
from seodang.models import _modules as modules
from seodang.models._initial import Initial, start
from seodang.models._layer import (
    KINDS,
    Edges,
    Layer,
    Misfit,
    Padding,
    Pair,
    Shape,
    Tokens,
    edges_of,
    kind,
    like,
    picture,
    times,
    windows,
)

__all__ = ["KINDS", "Layer", "Misfit", "ResidualLayer", "Shape", "Tokens", "join", "times"]


@kind("dense")
class Dense(Layer):
    """Every output is a weighted sum of all inputs; of a sequence, at each place by itself."""

    units: int = Field(ge=1, description="Number of outputs; the word outputs stands for as many as the task needs.")
    bias: bool = Field(True, description="Add a learnt constant to each output.")
    init: Initial | None = Field(None, description="How the weights start. Null: as the network's `init` says.")

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        if len(shape) == 3:
            raise Misfit(
                tr(
                    "dense needs a vector, but a picture of {shape} comes in. Put flatten or global_average_pool before it",
                    shape=times(shape),
                )
            )
        module = nn.Linear(shape[-1], self.units, bias=self.bias)
        start(module, self.init or init)
        return module, like(shape, (*shape[:-1], self.units))


def _convolution(shape: Shape, settings: Conv | Depthwise, filters: int, groups: int, dilation: int, init: str) -> Any:
    edges = edges_of(shape, settings.kernel, settings.stride, settings.padding, dilation)
    sides = windows(shape, settings.kernel, settings.stride, edges, dilation)
    options: dict[str, Any] = {"stride": settings.stride, "dilation": dilation, "groups": groups, "bias": settings.bias}
    left, right, top, bottom = edges
    if left == right and top == bottom:
        module = nn.Conv2d(shape[0], filters, settings.kernel, padding=(top, left), **options)
    else:
        module = modules.PaddedConv(shape[0], filters, settings.kernel, edges=edges, **options)  # type: ignore[arg-type]
    start(module, settings.init or init)
    return module, (filters, *sides)


@kind("conv")
class Conv(Layer):
    """Filters that slide over the picture."""

    filters: int = Field(ge=1, description="Number of filters, which is the number of channels that come out.")
    kernel: Pair = Field((3, 3), description="Height and width of a filter, in pixels.")
    stride: Pair = Field((1, 1), description="Pixels from one place of the filter to the next.")
    padding: Padding = Field(
        "valid", description="valid: none. same: the output is as large as the input over the stride."
    )
    dilation: int = Field(1, ge=1, description="Pixels from one weight of the filter to the next.")
    groups: int = Field(1, ge=1, description="Channels are divided into so many groups that do not see each other.")
    bias: bool = Field(True, description="Add a learnt constant to each filter's output.")
    init: Initial | None = Field(None, description="How the weights start. Null: as the network's `init` says.")

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        channels, _, _ = picture(shape, "conv")
        if channels % self.groups or self.filters % self.groups:
            raise Misfit(
                tr(
                    "groups {groups} must divide both the {channels} channels and the {filters} filters",
                    groups=self.groups,
                    channels=channels,
                    filters=self.filters,
                )
            )
        return _convolution(shape, self, self.filters, self.groups, self.dilation, init)


@kind("depthwise")
class Depthwise(Layer):
    """One filter for each channel, which sees only that channel."""

    kernel: Pair = Field((3, 3), description="Height and width of a filter, in pixels.")
    stride: Pair = Field((1, 1), description="Pixels from one place of the filter to the next.")
    padding: Padding = Field(
        "valid", description="valid: none. same: the output is as large as the input over the stride."
    )
    bias: bool = Field(True, description="Add a learnt constant to each filter's output.")
    init: Initial | None = Field(None, description="How the weights start. Null: as the network's `init` says.")

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        channels, _, _ = picture(shape, "depthwise")
        return _convolution(shape, self, channels, channels, 1, init)


class Pool(Layer):
    """Settings of the two pools with windows."""

    size: Pair = Field((2, 2), description="Height and width of the window, in pixels.")
    stride: Pair | None = Field(None, description="Pixels from one window to the next. Null: the window's size.")
    padding: Padding = Field(
        "valid", description="valid: what does not fill a window is cut off. same: it counts, as in Keras."
    )

    def place(self, shape: Shape) -> tuple[Edges, Shape, tuple[int, int]]:
        """Added edges, output's shape and stride."""
        channels, _, _ = picture(shape, self.name)
        stride = self.stride or self.size
        edges = edges_of(shape, self.size, stride, self.padding)
        if isinstance(self.padding, tuple) and (
            self.padding[0] > self.size[0] // 2 or self.padding[1] > self.size[1] // 2
        ):
            raise Misfit(
                tr(
                    "padding {padding} is more than half the window of {window}",
                    padding=self.padding[0],
                    window=self.size[0],
                )
            )
        return edges, (channels, *windows(shape, self.size, stride, edges)), stride


@kind("max_pool")
class MaxPool(Pool):
    """The largest value of each window."""

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        edges, out, stride = self.place(shape)
        left, right, top, bottom = edges
        if left == right and top == bottom:
            return nn.MaxPool2d(self.size, stride, padding=(top, left)), out
        # PyTorch's ceil_mode lets the last window reach over the far edge: "same" without a copy of the picture.
        if left == top == 0 and right < stride[1] and bottom < stride[0]:
            return nn.MaxPool2d(self.size, stride, ceil_mode=True), out
        return modules.PaddedMaxPool(self.size, stride, edges), out


@kind("average_pool")
class AveragePool(Pool):
    """The mean of each window; an added edge does not count."""

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        edges, out, stride = self.place(shape)
        left, right, top, bottom = edges
        if left == right and top == bottom:
            return nn.AvgPool2d(self.size, stride, padding=(top, left), count_include_pad=False), out
        return modules.PaddedAveragePool(self.size, stride, edges), out


@kind("global_average_pool")
class GlobalAveragePool(Layer):
    """The mean of each channel over the whole picture or sequence."""

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        return modules.GlobalPool(largest=False), _channels(shape, "global_average_pool")


@kind("global_max_pool")
class GlobalMaxPool(Layer):
    """The largest value of each channel over the whole picture or sequence."""

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        return modules.GlobalPool(largest=True), _channels(shape, "global_max_pool")


def _channels(shape: Shape, what: str) -> Shape:
    return shape[1:] if len(shape) == 2 else picture(shape, what)[:1]


@kind("batch_norm")
class BatchNorm(Layer):
    """Each channel brought to mean 0 and deviation 1 over the batch; then a learnt scale and shift.

    The defaults are PyTorch's, whose running mean settles in some 30 steps. Keras' own (momentum 0.99, eps 0.001) need
    some 500, which small data does not have: the faithful recipes write them out.
    """

    momentum: float = Field(
        0.9,
        ge=0,
        lt=1,
        description="Share of the running mean that stays at each step (Keras' word; PyTorch counts 1 − it).",
    )
    eps: float = Field(1e-5, gt=0, description="Added to the variance.")

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        if len(shape) == 2:
            raise Misfit(tr("batch_norm would mix the places of a sequence and its padding; write layer_norm"))
        norm = modules.BatchNorm2d if len(shape) == 3 else modules.BatchNorm1d
        return norm(shape[0], eps=self.eps, momentum=round(1 - self.momentum, 12)), shape


@kind("layer_norm")
class LayerNorm(Layer):
    """Each example (picture: each pixel; sequence: each place) brought to mean 0 and deviation 1 over its channels."""

    eps: float = Field(1e-5, gt=0, description="Added to the variance.")

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        norm = modules.ChannelNorm if len(shape) == 3 else nn.LayerNorm
        return norm(shape[0] if len(shape) == 3 else shape[-1], eps=self.eps), shape


@kind("group_norm")
class GroupNorm(Layer):
    """Groups of channels brought to mean 0 and deviation 1 in each example. https://arxiv.org/abs/1803.08494"""

    groups: int = Field(8, ge=1, description="Number of groups; divides the number of channels.")
    eps: float = Field(1e-5, gt=0, description="Added to the variance.")

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        if len(shape) == 2:
            raise Misfit(tr("group_norm would mix the places of a sequence; write layer_norm"))
        if shape[0] % self.groups:
            raise Misfit(
                tr("groups {groups} must divide the {channels} channels", groups=self.groups, channels=shape[0])
            )
        return nn.GroupNorm(self.groups, shape[0], eps=self.eps), shape


@kind("dropout")
class Dropout(Layer):
    """While training, numbers are set to 0 at random and the rest scaled up. Srivastava et al., 2014."""

    rate: float = Field(0.5, ge=0, lt=1, description="Share that is set to 0.")

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        return modules.Dropout(self.rate), shape


@kind("flatten")
class Flatten(Layer):
    """A picture as one long vector, in Keras' order: rows, columns, channels; a sequence place after place."""

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        if 0 in shape:
            raise Misfit(
                tr(
                    "flatten needs a fixed length, but a sequence of {shape} comes in. Put global_average_pool there",
                    shape=times(shape),
                )
            )
        size = 1
        for length in shape:
            size *= length
        return modules.Flatten(), (size,)


@kind("reshape")
class Reshape(Layer):
    """The same numbers in another shape, as they lie: [channels, height, width], [length, channels] or [features]."""

    shape: tuple[int, ...] = Field(min_length=1, max_length=3, description="The new shape, without the batch.")

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        count, wanted = 1, 1
        for length in shape:
            count *= length
        for length in self.shape:
            wanted *= length
        if count != wanted or count == 0:
            raise Misfit(
                tr(
                    "{shape} is {count} numbers, reshape asks for {wanted}",
                    shape=times(shape),
                    count=count or tr("any number of"),
                    wanted=times(self.shape),
                )
            )
        return modules.Reshape(self.shape), self.shape


@kind("upsample")
class Upsample(Layer):
    """A larger picture."""

    size: int = Field(2, ge=2, le=16, description="How many times larger each side becomes.")
    mode: Literal["nearest", "bilinear"] = Field(
        "nearest", description="nearest: pixels are repeated. bilinear: blended."
    )

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        channels, height, width = picture(shape, "upsample")
        module = nn.Upsample(scale_factor=self.size, mode=self.mode)
        return module, (channels, height * self.size, width * self.size)


@kind("residual")
class ResidualLayer(Layer):
    """What the inner layers make is added to what came in. Built by `sequential`, which knows the inner layers."""

    layers: list[Any] = Field(min_length=1, description="The inner layers, written as in a network.")
    shortcut: Literal["auto", "identity", "projection"] = Field(
        "auto",
        description="identity: what came in, as it is. projection: through a 1×1 convolution (of a vector: a dense "
        "layer) and batch norm (of a sequence: a dense layer and layer norm). auto: identity where the shapes agree, else projection.",
    )


def join(shape: Shape, out: Shape, shortcut: str, init: str) -> nn.Module:
    """The shortcut of a residual layer from `shape` to `out`."""
    if shortcut == "identity" or (shortcut == "auto" and shape == out):
        if shape != out:
            raise Misfit(
                tr(
                    "{shape} comes in and {out} comes out of the inner layers, which cannot be added. Write shortcut: auto, or padding: "
                    "same inside",
                    shape=times(shape),
                    out=times(out),
                )
            )
        return nn.Identity()
    if len(shape) != len(out):
        raise Misfit(
            tr(
                "{shape} comes in and {out} comes out of the inner layers, which cannot be added. Put flatten and the dense layers "
                "after the residual",
                shape=times(shape),
                out=times(out),
            )
        )
    if len(shape) == 1:
        projection: nn.Module = nn.Linear(shape[0], out[0], bias=False)
        norm: nn.Module = modules.BatchNorm1d(out[0])
    elif len(shape) == 2:
        if shape[0] != out[0]:
            raise Misfit(
                tr(
                    "{shape} comes in and {out} comes out of the inner layers, which cannot be added. Write padding: same inside",
                    shape=times(shape),
                    out=times(out),
                )
            )
        projection, norm = nn.Linear(shape[1], out[1], bias=False), nn.LayerNorm(out[1])
    else:
        stride = tuple(-(-before // after) for before, after in zip(shape[1:], out[1:], strict=True))
        if any(-(-before // step) != after for before, after, step in zip(shape[1:], out[1:], stride, strict=True)):
            raise Misfit(
                tr(
                    "a 1×1 convolution cannot bring {shape} to {out}. Write padding: same inside",
                    shape=times(shape),
                    out=times(out),
                )
            )
        projection = nn.Conv2d(shape[0], out[0], 1, stride=(stride[0], stride[1]), bias=False)
        norm = modules.BatchNorm2d(out[0])
    start(projection, init)
    return nn.Sequential(projection, norm)
