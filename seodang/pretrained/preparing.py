"""How a picture is prepared for pretrained weights: as their own configuration says, never by a setting of ours."""

from __future__ import annotations

import math

from seodang.core.errors import SeodangError
from seodang.core.language import tr
from seodang.data.prepare import Preparation
from seodang.pretrained.weights import Weights


def preparation_for(weights: Weights) -> Preparation:
    """Size, crop, interpolation, mean and standard deviation as the weights were judged with by timm.

    timm brings the short side to floor(size / crop_pct) pixels and keeps the middle; so what is kept of the short side is
    size / floor(size / crop_pct), which is crop_pct itself only where nothing is rounded. Raises SeodangError for the few
    networks whose pictures are brought to size in a way that `Preparation` has no word for.

    Source: timm, `data/transforms_factory.py`, `transforms_imagenet_eval`.

    >>> from pathlib import Path
    >>> half = (0.5, 0.5, 0.5)
    >>> wanted = preparation_for(Weights("resnet50", Path(), (224, 224), False, half, half, 0.95, "bicubic", 1000))
    >>> wanted.fit, round(224 / wanted.crop_share)  # 224 / 0.95 = 235.8
    ('crop', 235)
    """
    squash = weights.crop_mode == "squash"
    if weights.crop_mode not in ("center", "squash") or (squash and weights.crop_share < 1):
        raise SeodangError(
            tr(
                "The weights of {name} want pictures cropped in the way timm calls {crop_mode} {crop_share:g}, which Seodang does not "
                "do. Take another network, such as mobilenetv2_100 or resnet50.",
                name=weights.name,
                crop_mode=weights.crop_mode,
                crop_share=weights.crop_share,
            )
        )
    height, width = weights.size
    side = min(height, width)
    return Preparation(
        height=height,
        width=width,
        channels=3,
        fit="squash" if squash else "crop",
        crop_share=1.0 if squash else min(1.0, side / math.floor(side / weights.crop_share)),
        interpolation="bilinear" if weights.interpolation == "bilinear" else "bicubic",
        scale="standard",
        mean=weights.mean,
        std=weights.std,
    )
