"""Two lists of layers: one makes a code of an example, the other makes the example of the code."""

# B batch · … the shape of an example or a code
from __future__ import annotations

from typing import Annotated, Any

import torch
from pydantic import Field
from torch import Tensor, nn

from seodang.core.penalised import Penalised
from seodang.core.spec import Spec
from seodang.models._initial import Initial
from seodang.models._inputs import must_be
from seodang.models.sequential import part

Noise = Annotated[
    float,
    Field(ge=0, description="Deviation of the normal noise on training inputs, in their own unit (pictures: 0 to 1)."),
]
Drop = Annotated[float, Field(ge=0, lt=1, description="Share of a training input's numbers that are set to 0, 0 to 1.")]
Sparsity = Annotated[
    float, Field(ge=0, description="What the mean absolute number of the code costs beside the loss; 0: nothing.")
]


class _Autoencoder(nn.Module):
    def __init__(self, encoder: nn.Module, decoder: nn.Module, noise: float, drop: float, sparsity: float) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.disturbance = noise, drop
        self.sparsity = sparsity

    def encode(self, x: Tensor) -> Tensor:
        """(B, *inputs) → codes (B, …), without noise."""
        return self.encoder(x)

    def decode(self, code: Tensor) -> Tensor:
        """Codes (B, …) → (B, *inputs) raw outputs."""
        return self.decoder(code)

    def disturbed(self, x: Tensor) -> Tensor:
        """The inputs with the noise of training on them, drawn from PyTorch's default generator."""
        noise, drop = self.disturbance
        if noise:
            x = x + noise * torch.randn_like(x)
        return x * (torch.rand_like(x) >= drop) if drop else x

    def forward(self, x: Tensor) -> Tensor | Penalised:
        """(B, *inputs) → the same shape; while training with noise on what goes in, and Penalised where the code is to be sparse."""
        code = self.encoder(self.disturbed(x) if self.training else x)
        outputs = self.decoder(code)
        if self.training and self.sparsity:
            return Penalised((outputs, self.sparsity * code.abs().mean()))
        return outputs


def autoencoder(
    inputs: Spec,
    outputs: Spec,
    *,
    encoder: list[Any],
    decoder: list[Any],
    init: Initial = "glorot_uniform",
    noise: Noise = 0.0,
    drop: Drop = 0.0,
    sparsity: Sparsity = 0.0,
) -> nn.Module:
    """Two lists of layers, encoder and decoder: an example through a narrow code and back.

    Args:
        inputs: pictures or vectors.
        outputs: The same shape.
        encoder: What comes out of it is the code.
        decoder: What goes in is the code; `{dense: outputs}` ends it, and numbers in a row become a picture again. With the loss
            binary_cross_entropy no sigmoid stands at the end: the loss and every reconstruction apply it.
        init: As of `sequential`.
        noise: Normal noise on what goes in while training, its deviation in the unit of the inputs (pictures with scale=unit: 0
            to 1); what is wanted stays clean (denoising: Vincent et al., 2010, https://jmlr.org/papers/v11/vincent10a.html).
        drop: Share of the inputs' numbers that are set to 0 while training, 0 to 1.
        sparsity: How much the code's mean absolute value costs while training, so that few of its numbers are not 0.

    >>> both = dict(encoder=[{"dense": 2}], decoder=[{"dense": "outputs"}])
    >>> sum(p.numel() for p in autoencoder(Spec((3,)), Spec((3,)), **both).parameters())  # 3·2 + 2, 2·3 + 3
    17
    """
    must_be("autoencoder", inputs, ["pictures", "vectors"])
    reads, code = part("encoder", inputs, encoder, init)
    writes, _ = part("decoder", Spec(code), decoder, init, outputs.shape)
    return _Autoencoder(reads, writes, noise, drop, sparsity)
