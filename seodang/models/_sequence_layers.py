"""The kinds of layer for sequences: tokens (length,) become vectors (length, channels), and those become one vector."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from seodang.core.language import tr
from seodang.models import _modules as modules
from seodang.models._initial import Initial, initialise
from seodang.models._layer import Layer, Masked, Misfit, Shape, Tokens, kind, like, sequence
from seodang.models._recurrent import Cell, recurrent_layer


@kind("embedding")
class Embedding(Layer):
    """A learnt vector for each word or token."""

    size: int = Field(ge=1, description="Numbers in each vector.")
    mask: bool = Field(
        False, description="Whether the layers after it leave padding (token 0) out. Keras' mask_zero; false as there."
    )

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        if not isinstance(shape, Tokens):
            raise Misfit(
                tr("embedding needs tokens, but numbers come in. It stands first, and only where the data is text")
            )
        module = modules.Embedding(shape.vocabulary, self.size, self.mask)
        sides = (shape[0], self.size)
        return module, Masked(sides) if self.mask else sides


class RecurrentLayer(Layer):
    """Settings of the three recurrent kinds."""

    cell: ClassVar[Cell]
    units: int = Field(ge=1, description="Numbers in the state; with bidirectional, of each direction.")
    each_step: bool = Field(
        False, description="Whether the state at every place comes out, or only the last. Keras' return_sequences."
    )
    return_sequences: bool | None = Field(None, description="Keras' word for each_step.")
    bidirectional: bool = Field(False, description="Whether a second layer reads from the end; both come out.")
    dropout: float = Field(
        0.0, ge=0, lt=1, description="Share of the input's channels that is dropped, the same ones at every place."
    )
    init: Initial | None = Field(None, description="How the input's weights start. Null: as the network's `init` says.")

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        length, channels = sequence(shape, self.name)
        each_step = self.each_step if self.return_sequences is None else self.return_sequences
        module, width = recurrent_layer(
            self.cell,
            channels,
            self.units,
            bidirectional=self.bidirectional,
            each_step=each_step,
            dropout=self.dropout,
            init=self.init or init,
        )
        return module, like(shape, (length, width)) if each_step else (width,)


@kind("lstm")
class Lstm(RecurrentLayer):
    """Long short-term memory. Hochreiter & Schmidhuber, 1997."""

    cell = "lstm"


@kind("gru")
class Gru(RecurrentLayer):
    """Gated recurrent unit, with Keras' reset_after. https://arxiv.org/abs/1406.1078"""

    cell = "gru"


@kind("simple_rnn")
class SimpleRnn(RecurrentLayer):
    """The plain recurrent layer, tanh(W·x + U·h + b). Elman, 1990."""

    cell = "simple_rnn"


@kind("conv1d")
class Conv1d(Layer):
    """Filters that slide along a sequence."""

    filters: int = Field(ge=1, description="Number of filters, which is the number of channels that come out.")
    kernel: int = Field(3, ge=1, description="Places that a filter sees.")
    stride: int = Field(1, ge=1, description="Places from one position of the filter to the next.")
    padding: Literal["same", "valid", "causal"] = Field(
        "valid",
        description="valid: none. same: the output is as long as the input over the stride. causal: no place sees a later one.",
    )
    dilation: int = Field(1, ge=1, description="Places from one weight of the filter to the next.")
    bias: bool = Field(True, description="Add a learnt constant to each filter's output.")
    init: Initial | None = Field(None, description="How the weights start. Null: as the network's `init` says.")

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        length, channels = sequence(shape, "conv1d")
        if isinstance(shape, Masked) and (self.stride > 1 or self.padding == "valid"):
            raise Misfit(tr("after an embedding with mask, conv1d needs padding: same (or causal) and stride 1"))
        reach = self.dilation * (self.kernel - 1)
        edges = {
            "valid": (0, 0),
            "same": modules.same_padding(length, self.kernel, self.stride, self.dilation)
            if length
            else (reach // 2, reach - reach // 2),
            "causal": (reach, 0),
        }[self.padding]
        out = _places(length, reach + 1, self.stride, sum(edges))
        module = modules.Conv1d(
            *(channels, self.filters, self.kernel),
            edges=edges,
            stride=self.stride,
            dilation=self.dilation,
            bias=self.bias,
        )
        initialise(module.weight, self.init or init)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
        return module, like(shape, (out, self.filters))


@kind("max_pool1d")
class MaxPool1d(Layer):
    """The largest value of each window along a sequence."""

    size: int = Field(2, ge=1, description="Places in a window.")
    stride: int | None = Field(None, ge=1, description="Places from one window to the next. Null: the window's size.")

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        length, channels = sequence(shape, "max_pool1d")
        if isinstance(shape, Masked):
            raise Misfit(tr("max_pool1d would mix padding in; leave out mask: true of the embedding"))
        stride = self.stride or self.size
        return modules.MaxPool1d(self.size, stride), (_places(length, self.size, stride, 0), channels)


def _places(length: int, reach: int, stride: int, added: int) -> int:
    """How many windows of `reach` places there are; of a sequence of any length, any."""
    if not length:
        return 0
    if length + added < reach:
        raise Misfit(
            tr("the sequence has {length} places here, a window of {reach} does not fit", length=length, reach=reach)
        )
    return (length + added - reach) // stride + 1
