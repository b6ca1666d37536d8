"""Mixup and CutMix: training on blends of two examples."""

# B batch · C channels · H height · W width
from __future__ import annotations

import torch
from torch import Tensor

from seodang.recipes.settings import Training


def mix_examples(inputs: Tensor, settings: Training, generator: torch.Generator) -> tuple[Tensor, Tensor, float]:
    """Blend each example of a batch with another one of it.

    Returns the blended inputs (B, C, H, W), the partner of each (B,), and the share (0 to 1) that the first keeps.
    Mixup blends pixels (Zhang et al., 2018, https://arxiv.org/abs/1710.09412); CutMix pastes a rectangle (Yun et al.,
    2019, https://arxiv.org/abs/1905.04899). With both on, each batch takes one of them at random.
    """
    count, _, height, width = inputs.shape
    partner = torch.randperm(count, generator=generator, device=generator.device).to(inputs.device)
    use_cutmix = bool(settings.cutmix) and (not settings.mixup or _uniform(generator) < 0.5)
    share = _beta(settings.cutmix if use_cutmix else settings.mixup, generator)
    if not use_cutmix:
        return inputs.lerp(inputs[partner], 1 - share), partner, share
    cut = (1 - share) ** 0.5
    rows, columns = int(height * cut), int(width * cut)
    top, left = int(_uniform(generator) * (height - rows + 1)), int(_uniform(generator) * (width - columns + 1))
    mixed = inputs.clone()
    patch = (slice(None), slice(None), slice(top, top + rows), slice(left, left + columns))
    mixed[patch] = inputs[partner][patch]
    return mixed, partner, 1 - rows * columns / (height * width)


def _uniform(generator: torch.Generator) -> float:
    return float(torch.rand((), generator=generator, device=generator.device))


def _beta(alpha: float, generator: torch.Generator) -> float:
    """A draw of Beta(alpha, alpha) from two gamma draws."""
    wanted = torch.full((2,), alpha, device=generator.device)
    both = torch._standard_gamma(wanted, generator=generator)  # pyright: ignore[reportPrivateImportUsage]
    return float(both[0] / both.sum().clamp_min(1e-12))
