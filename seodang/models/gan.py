"""Two lists of layers that learn from each other: one makes examples of noise, the other tells them from real ones."""

# B batch · N numbers of noise
from __future__ import annotations

from typing import Annotated, Any

import torch
from pydantic import Field
from torch import Tensor, nn

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.core.spec import Spec
from seodang.models._initial import Initial
from seodang.models._inputs import must_be
from seodang.models._pictures import judging, making
from seodang.models.sequential import part


class _Gan(nn.Module):
    def __init__(self, generator: nn.Module, discriminator: nn.Module, noise: int) -> None:
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.noise = noise

    @property
    def rivals(self) -> dict[str, nn.Module]:
        """The two networks by name; each has an optimiser of its own."""
        return {"generator": self.generator, "discriminator": self.discriminator}

    def make(self, noise: Tensor) -> Tensor:
        """Noise (B, N), standard normal, → made examples (B, *inputs)."""
        return self.generator(noise)

    def forward(self, x: Tensor) -> Tensor:
        """(B, *inputs) → (B, 1), the discriminator's raw score: above 0 it takes an example for real."""
        return self.discriminator(x)

    def every_part(self, x: Tensor) -> Tensor:
        """The same, with one made example before, so that a summary sees both networks."""
        self.generator(torch.zeros(1, self.noise, device=x.device))
        return self.discriminator(x)


def gan(
    inputs: Spec,
    outputs: Spec,
    *,
    noise: Annotated[int, Field(ge=1, le=4096)] = 64,
    generator: list[Any] | None = None,
    discriminator: list[Any] | None = None,
    width: Annotated[int, Field(ge=1, le=4096)] = 32,
    init: Initial = "glorot_uniform",
) -> nn.Module:
    """Two networks that learn from each other: one makes examples of noise, the other tells them from real ones.

    Args:
        inputs: pictures (with sides that are multiples of 4, where no lists are given) or vectors.
        outputs: The same shape: what the generator makes.
        noise: Numbers that an example is made of.
        generator: Layers from the noise to an example, its last activation included: sigmoid for pictures with scale=unit, tanh
            for symmetric. None: a convolutional one that ends in sigmoid.
        discriminator: Layers from an example to one raw score, without a sigmoid: the loss applies it. None: convolutional.
        width: Filters of the widest picture's convolution where no lists are given.
        init: As of `sequential`.

    Goodfellow et al., 2014, https://arxiv.org/abs/1406.2661; convolutional: Radford et al., 2015,
    https://arxiv.org/abs/1511.06434.
    """
    must_be("gan", inputs, ["pictures", "vectors"])
    made = generator or [*making("gan", outputs, width, norm=True), "sigmoid"]
    makes, _ = part("generator", Spec((noise,)), made, init, outputs.shape)
    judges, score = part("discriminator", inputs, discriminator or judging(inputs, width), init)
    if score != (1,):
        raise RecipeError(
            tr("discriminator: it must end with one raw score, {{dense: 1}}, and ends with {score}.", score=score)
        )
    return _Gan(makes, judges, noise)
