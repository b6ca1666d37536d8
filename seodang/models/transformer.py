"""Transformer for texts and series: reads the whole for one answer, or the past only for one at every place."""

# B batch · L length · W width
from __future__ import annotations

from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.core.spec import Spec
from seodang.models import _modules as modules
from seodang.models._attention import Block, readable, turns
from seodang.models._initial import start
from seodang.models._inputs import must_be


class _Transformer(nn.Module):
    def __init__(
        self,
        entrance: nn.Module,
        positions: nn.Embedding | None,
        width: int,
        depth: int,
        heads: int,
        dropout: float,
        outputs: Spec,
    ) -> None:
        super().__init__()
        self.entrance, self.positions = entrance, positions
        self.head_width, self.each_step = width // heads, outputs.each_step
        self.dropout = modules.Dropout(dropout)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, outputs.shape[-1])
        start(self.blocks, "glorot_uniform")
        start(self.head, "glorot_uniform")

    def forward(self, given: Tensor) -> Tensor:
        """(B, L) tokens or (B, L, C) → (B, outputs), or (B, L, outputs) with each_step."""
        mask = given != 0 if given.dim() == 2 else None
        x, angles = self.entrance(given), None
        if self.positions is None:
            angles = turns(torch.arange(given.shape[1], device=given.device), self.head_width)
        else:  # counted from the first real token, so that padding before it changes nothing
            real = torch.ones_like(given[:, :, 0], dtype=torch.bool) if mask is None else mask
            x = x + self.positions((real.cumsum(1) - 1).clamp_min(0))
        allowed, causal = None, self.each_step
        if mask is not None and not (causal and bool(mask[:, 0].all())):  # padding at the end is never in the past
            allowed = readable(mask, causal)
        x = self.dropout(x)
        for block in self.blocks:
            x, _ = block(x, angles, allowed=allowed, causal=causal and allowed is None)
        x = self.norm(x)
        if self.each_step:
            return self.head(x)
        return self.head(x.mean(1) if mask is None else modules.masked_mean(x, mask))


def transformer(
    inputs: Spec,
    outputs: Spec,
    *,
    width: Annotated[int, Field(ge=4, le=8192)] = 128,
    depth: Annotated[int, Field(ge=1, le=96)] = 2,
    heads: Annotated[int, Field(ge=1, le=128)] = 4,
    positions: Literal["rotary", "learned"] = "rotary",
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1,
) -> nn.Module:
    """Blocks of attention over a text or a series; with an output at every place, none sees what comes later.

    Args:
        inputs: tokens (length,) or a series (length, channels). Padding changes nothing, on either side.
        outputs: (C,): from the mean over the places (an encoder); with each_step (length, C): causal (a decoder).
        width: Numbers at each place; heads must divide it into even parts.
        depth: Blocks.
        heads: Attention heads.
        positions: rotary (Su et al., 2021, https://arxiv.org/abs/2104.09864), for texts of any length, or a learnt vector for
            each place.
        dropout: Share dropped of each block's two additions while training.

    Vaswani et al., 2017, https://arxiv.org/abs/1706.03762, with the norm first and GELU as in GPT-2.
    """
    kind = must_be("transformer", inputs, ["tokens", "series"])
    check_heads(width, heads)
    length = inputs.shape[0]
    if positions == "learned" and not length:
        raise RecipeError(tr("positions: learned needs a fixed length, but the data may have any. Take rotary."))
    entrance = (
        modules.Embedding(inputs.vocabulary, width, masks=False)
        if kind == "tokens"
        else nn.Linear(inputs.shape[1], width)
    )
    learned = nn.Embedding(length, width) if positions == "learned" else None
    if learned is not None:
        nn.init.normal_(learned.weight, std=0.02)
    return _Transformer(entrance, learned, width, depth, heads, dropout, outputs)


def check_heads(width: int, heads: int) -> None:
    """RecipeError unless each head gets an even number of the width's numbers."""
    if width % (2 * heads):
        raise RecipeError(
            tr(
                "width must be a multiple of {multiple} for {heads} heads, got {width}.",
                multiple=2 * heads,
                heads=heads,
                width=width,
            )
        )
