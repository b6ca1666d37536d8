"""What the kinds of layer are made of: the settings' base, the list of kinds, and where windows fall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BeforeValidator
from torch import nn

from seodang.core.language import tr
from seodang.core.values import Value
from seodang.models import _modules as modules

# Without the batch: (channels, height, width), (length, channels) or (features,). A length of 0 means any.
Shape = tuple[int, ...]


class Tokens(tuple[int, ...]):
    """The shape (length,) of token ids, of which there are `vocabulary`, padding included."""

    vocabulary: int

    def __new__(cls, length: int, vocabulary: int) -> Tokens:
        tokens = super().__new__(cls, (length,))
        tokens.vocabulary = vocabulary
        return tokens


class Masked(tuple[int, ...]):
    """The shape (length, channels) of a sequence whose padded places no layer may read."""


class Misfit(Exception):
    """A layer does not fit the shape that reaches it; the text says why, without the layer's number."""


def _pair(value: Any, lowest: int = 1) -> tuple[int, int]:
    pair = (value, value) if isinstance(value, int | str) else value
    try:
        height, width = (int(side) for side in pair)
    except (TypeError, ValueError):
        raise ValueError(tr("must be a whole number or a pair [height, width], got {value!r}", value=value)) from None
    if min(height, width) < lowest:
        raise ValueError(tr("must be at least {lowest}, got {value!r}", lowest=lowest, value=value))
    return height, width


def _padding(value: Any) -> Any:
    if value in ("same", "valid"):
        return value
    if isinstance(value, str) and not value.isdigit():
        raise ValueError(tr("must be same, valid or a number of pixels, got {value!r}", value=value))
    return _pair(value, lowest=0)


Pair = Annotated[tuple[int, int], BeforeValidator(_pair)]
Padding = Annotated[Literal["same", "valid"] | tuple[int, int], BeforeValidator(_padding)]
Edges = tuple[int, int, int, int]  # left, right, top, bottom


class Layer(Value):
    """Settings of one layer. `build` gives the module and the shape that comes out of it, or raises Misfit."""

    name: ClassVar[str]

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        """The module for an input of `shape`, started by the rule `init`, and its output's shape."""
        raise NotImplementedError


KINDS: dict[str, type[Layer]] = {}


Kind = TypeVar("Kind", bound="type[Layer]")


def kind(name: str) -> Callable[[Kind], Kind]:
    """Enter a class into KINDS under the name that a list of layers uses; messages name the class so too."""

    def enter(settings: Kind) -> Kind:
        settings.name = settings.__name__ = name
        KINDS[name] = settings
        return settings

    return enter


def times(shape: Shape) -> str:
    """A shape in words.

    >>> times((28, 10)), times((0, 10))
    ('28×10', 'any×10')
    """
    return "×".join(str(side) if side else tr("any") for side in shape)


def sequence(shape: Shape, what: str) -> tuple[int, int]:
    """(length, channels), or Misfit where something else comes to a layer for sequences."""
    if len(shape) != 2:
        picture_came = tr("a picture of {shape}", shape=times(shape))
        came = picture_came if len(shape) == 3 else tr("a vector of {count} numbers", count=shape[0])
        raise Misfit(
            tr(
                "{what} needs a sequence (length×channels), but {came} comes in. Put it right after embedding, or reshape to [length, "
                "channels] before it",
                what=what,
                came=came,
            )
        )
    return shape[0], shape[1]


def like(shape: Shape, sides: Shape) -> Shape:
    """`sides` as the shape after a layer that leaves each place where it was: padding stays masked."""
    return Masked(sides) if isinstance(shape, Masked) else sides


def picture(shape: Shape, what: str) -> tuple[int, int, int]:
    """(channels, height, width), or Misfit where a vector or a sequence comes to a layer for pictures."""
    if len(shape) == 2:
        other = {"conv": "conv1d", "max_pool": "max_pool1d"}.get(what)
        raise Misfit(
            tr(
                "{what} needs a picture (channels×height×width), but a sequence of {shape} comes in. {hint}",
                what=what,
                shape=times(shape),
                hint=tr("For sequences write {other}", other=other) if other else tr("Put reshape before it"),
            )
        )
    if len(shape) != 3:
        raise Misfit(
            tr(
                "{what} needs a picture (channels×height×width), but a vector of {count} numbers comes in. Put it before flatten or "
                "the global pool",
                what=what,
                count=shape[0],
            )
        )
    return shape[0], shape[1], shape[2]


def edges_of(shape: Shape, kernel: tuple[int, int], stride: tuple[int, int], padding: Any, dilation: int = 1) -> Edges:
    """Pixels added left, right, above and below."""
    if padding == "valid":
        return 0, 0, 0, 0
    if padding == "same":
        top, bottom = modules.same_padding(shape[1], kernel[0], stride[0], dilation)
        left, right = modules.same_padding(shape[2], kernel[1], stride[1], dilation)
        return left, right, top, bottom
    return padding[1], padding[1], padding[0], padding[0]


def windows(shape: Shape, kernel: tuple[int, int], stride: tuple[int, int], edges: Edges, dilation: int = 1) -> Shape:
    """(height, width) of what a window of `kernel` gives, or Misfit where it does not fit once."""
    sides = []
    for length, size, step, added in zip(
        shape[1:], kernel, stride, (edges[2] + edges[3], edges[0] + edges[1]), strict=True
    ):
        reach = dilation * (size - 1) + 1
        if length + added < reach:
            window = f"{kernel[0]}" if kernel[0] == kernel[1] else f"{kernel[0]}×{kernel[1]}"
            spread = tr(" spread by dilation {dilation}", dilation=dilation) if dilation > 1 else ""
            raise Misfit(
                tr(
                    "the picture is {height}×{width} here, a window of {window}{spread} does not fit",
                    height=shape[1],
                    width=shape[2],
                    window=window,
                    spread=spread,
                )
            )
        sides.append((length + added - reach) // step + 1)
    return tuple(sides)
