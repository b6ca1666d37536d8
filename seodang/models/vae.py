"""Variational autoencoder: codes are drawn from bell curves, so that any code makes an example."""

# B batch · K numbers of the code
from __future__ import annotations

from typing import Annotated, Any

import torch
from pydantic import Field
from torch import Tensor, nn

from seodang.core.penalised import Penalised
from seodang.core.spec import Spec
from seodang.models._initial import Initial
from seodang.models._inputs import must_be
from seodang.models._pictures import making, reading
from seodang.models.sequential import part


class _Vae(nn.Module):
    def __init__(self, encoder: nn.Module, width: int, code: int, decoder: nn.Module, beta: float, size: int) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.mean, self.log_variance = nn.Linear(width, code), nn.Linear(width, code)
        for head in (self.mean, self.log_variance):
            nn.init.xavier_uniform_(head.weight)
            nn.init.zeros_(head.bias)
        self.noise = code
        self.price = beta / size  # of nats an example, where the loss is a mean over the example's numbers

    def encode(self, x: Tensor) -> Tensor:
        """(B, *inputs) → codes (B, K), the means of their bell curves."""
        return self.mean(self.encoder(x))

    def decode(self, code: Tensor) -> Tensor:
        """Codes (B, K) → (B, *inputs) raw outputs."""
        return self.decoder(code)

    def make(self, noise: Tensor) -> Tensor:
        """Noise (B, K), standard normal, → new examples (B, *inputs), raw outputs."""
        return self.decoder(noise)

    def forward(self, x: Tensor) -> Tensor | Penalised:
        """(B, *inputs) → the same shape; while training the code is drawn, and its distance from a standard bell curve is paid."""
        features = self.encoder(x)
        mean = self.mean(features)
        if not self.training:
            return self.decoder(mean)
        log_variance = self.log_variance(features)
        code = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        distance = divergence(mean, log_variance).mean()
        return Penalised((self.decoder(code), self.price * distance))


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Kullback–Leibler divergence of normal codes (B, K) from standard normal ones, in nats, (B,). Kingma & Welling, appendix B.

    >>> divergence(torch.tensor([[1.0, 0.0]]), torch.zeros(1, 2))
    tensor([0.5000])
    """
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=1)


def vae(
    inputs: Spec,
    outputs: Spec,
    *,
    code: Annotated[int, Field(ge=1, le=4096)] = 16,
    encoder: list[Any] | None = None,
    decoder: list[Any] | None = None,
    width: Annotated[int, Field(ge=1, le=4096)] = 32,
    beta: Annotated[float, Field(ge=0)] = 1.0,
    init: Initial = "he_uniform",
) -> nn.Module:
    """Variational autoencoder: codes drawn from bell curves, so that any code makes an example.

    Args:
        inputs: pictures (with sides that are multiples of 4, where no lists are given) or vectors.
        outputs: The same shape.
        code: Numbers of the code.
        encoder: Layers up to the features that mean and variance of the code are read from, one row of numbers. None: two
            convolutions with stride 2 and a dense layer, or for vectors one dense layer.
        decoder: Layers from the code; no sigmoid at the end. None: the encoder's mirror image.
        width: Filters of the first convolution where no lists are given.
        beta: How much the codes' distance from a standard bell curve counts; 1: the bound of the likelihood.
        init: As of `sequential`.

    Kingma & Welling, 2013, https://arxiv.org/abs/1312.6114; beta: Higgins et al., 2017.
    """
    must_be("vae", inputs, ["pictures", "vectors"])
    reads, found = part("encoder", inputs, encoder or [*reading(inputs, width)], init)
    if len(found) != 1:
        reads, found = part("encoder", inputs, [*(encoder or []), "flatten"], init)
    writes, _ = part(
        "decoder", Spec((code,)), decoder or making("vae", outputs, width, norm=False), init, outputs.shape
    )
    return _Vae(reads, found[0], code, writes, beta, inputs.size)
