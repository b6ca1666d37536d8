"""What transformers are made of: attention with rotary positions, and blocks that normalise first."""

# B batch · L places that ask · M places that are asked · W width · H heads · D width of a head
from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from seodang.models import _modules as modules

Kept = tuple[Tensor, Tensor]  # keys and values, (B, H, M, D) each


def turns(places: Tensor, width: int, base: float = 10_000.0) -> Tensor:
    """Angles of rotary positions: places (…, L) → (…, L, width / 2), radians. Su et al., 2021, https://arxiv.org/abs/2104.09864."""
    rates = base ** (-torch.arange(0, width, 2, device=places.device, dtype=torch.float32) / width)
    return places.unsqueeze(-1).float() * rates


def turned(x: Tensor, angles: Tensor) -> Tensor:
    """x (B, H, L, D), of which number i and i + D/2 are a point in the plane, turned by angles (L, D / 2) or (B, 1, L, D / 2)."""
    first, second = x.chunk(2, dim=-1)
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    return torch.cat([first * cos - second * sin, first * sin + second * cos], dim=-1)


class Attention(nn.Module):
    """Multi-head attention. Vaswani et al., 2017. https://arxiv.org/abs/1706.03762"""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def asked(self, x: Tensor, angles: Tensor | None = None) -> Kept:
        """Keys and values of (B, M, W), the keys turned by their places."""
        key, value = (self._split(part) for part in self.key_value(x).chunk(2, dim=-1))
        return (key if angles is None else turned(key, angles)), value

    def forward(
        self, x: Tensor, kept: Kept, angles: Tensor | None = None, allowed: Tensor | None = None, causal: bool = False
    ) -> Tensor:
        """(B, L, W) → (B, L, W). `allowed`: (B, 1, L or 1, M), true where a place may be read."""
        query = self._query(x, angles)
        attended = functional.scaled_dot_product_attention(query, *kept, attn_mask=allowed, is_causal=causal)
        return self.out(attended.transpose(1, 2).flatten(2))

    def weights(self, x: Tensor, kept: Kept, angles: Tensor | None = None, allowed: Tensor | None = None) -> Tensor:
        """How much each place reads of each other, (B, L, M), the mean over the heads. Each row sums to 1."""
        query = self._query(x, angles)
        scores = query @ kept[0].mT * query.shape[-1] ** -0.5
        if allowed is not None:
            scores = scores.masked_fill(~allowed, -torch.inf)
        return scores.softmax(-1).mean(1)

    def _query(self, x: Tensor, angles: Tensor | None) -> Tensor:
        query = self._split(self.query(x))
        return query if angles is None else turned(query, angles)

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)


class Block(nn.Module):
    """x + attention(norm(x)), then, where there is something else to read, the same on it, then a small network at each place.

    Normalising first: Xiong et al., 2020. https://arxiv.org/abs/2002.04745
    """

    def __init__(self, width: int, heads: int, dropout: float, reads_other: bool = False) -> None:
        super().__init__()
        self.norm, self.attention = nn.LayerNorm(width), Attention(width, heads)
        self.other_norm = nn.LayerNorm(width) if reads_other else None
        self.other = Attention(width, heads) if reads_other else None
        self.think = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )
        self.dropout = modules.Dropout(dropout)

    def forward(
        self,
        x: Tensor,
        angles: Tensor | None,
        *,
        allowed: Tensor | None = None,
        causal: bool = False,
        before: Kept | None = None,
        other: Kept | None = None,
        other_allowed: Tensor | None = None,
    ) -> tuple[Tensor, Kept]:
        """(B, L, W) → (B, L, W), and the keys and values of all places, those of `before` first."""
        normed = self.norm(x)
        key, value = self.attention.asked(normed, angles)
        if before is not None:
            key, value = torch.cat([before[0], key], dim=2), torch.cat([before[1], value], dim=2)
        x = x + self.dropout(self.attention(normed, (key, value), angles, allowed, causal))
        if self.other is not None and self.other_norm is not None:
            assert other is not None, "a block that reads something else must be given it"
            x = x + self.dropout(self.other(self.other_norm(x), other, angles, other_allowed))
        return x + self.dropout(self.think(x)), (key, value)


def readable(mask: Tensor, causal: bool = False) -> Tensor | None:
    """Which places (B, M) may be read, as attention wants it: (B, 1, 1 or L, M); None where all may.

    A place that may read nothing reads itself (causal) or everything: its output is not used.
    """
    if bool(mask.all()):
        return None
    allowed = mask[:, None, None, :]
    if not causal:
        return allowed | ~mask.any(1)[:, None, None, None]
    length = mask.shape[1]
    earlier = torch.ones(length, length, dtype=torch.bool, device=mask.device).tril()
    return allowed & earlier | torch.eye(length, dtype=torch.bool, device=mask.device)
