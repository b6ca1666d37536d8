"""The kinds of layer that bend: activations, and the softmax."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field
from torch import nn

from seodang.core.language import tr
from seodang.models import _modules as modules
from seodang.models._layer import Layer, Misfit, Shape, kind


@kind("leaky_relu")
class LeakyRelu(Layer):
    """x where positive, slope·x where not."""

    slope: float = Field(0.01, ge=0, lt=1, description="Slope below 0.")

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        return nn.LeakyReLU(self.slope), shape


@kind("elu")
class Elu(Layer):
    """x where positive, alpha·(exp(x) − 1) where not. https://arxiv.org/abs/1511.07289"""

    alpha: float = Field(1.0, gt=0, description="What very negative inputs go to, with a minus.")

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        return nn.ELU(self.alpha), shape


class Plain(Layer):
    """An activation without settings."""

    module: ClassVar[Any]

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        return self.module(), shape


@kind("relu")
class Relu(Plain):
    """max(x, 0)."""

    module = modules.Relu


@kind("selu")
class Selu(Plain):
    """A scaled ELU that keeps mean 0 and variance 1, with lecun_normal weights. https://arxiv.org/abs/1706.02515"""

    module = nn.SELU


@kind("gelu")
class Gelu(Plain):
    """x times the normal distribution at x. https://arxiv.org/abs/1606.08415"""

    module = nn.GELU


@kind("silu")
class Silu(Plain):
    """x·sigmoid(x), also called swish. https://arxiv.org/abs/1702.03118"""

    module = nn.SiLU


@kind("sigmoid")
class Sigmoid(Plain):
    """1 / (1 + exp(−x)), 0 to 1."""

    module = nn.Sigmoid


@kind("tanh")
class Tanh(Plain):
    """Hyperbolic tangent, −1 to 1."""

    module = nn.Tanh


@kind("softmax")
class Softmax(Layer):
    """Positive numbers that sum to 1, over features or channels. As the last layer it is left out: see `sequential`."""

    def build(self, shape: Shape, init: str) -> tuple[nn.Module, Shape]:
        if (shape[-1] if len(shape) == 2 else shape[0]) == 1:
            raise Misfit(tr("softmax over a single number is always 1"))
        return nn.Softmax(dim=-1 if len(shape) == 2 else 1), shape
