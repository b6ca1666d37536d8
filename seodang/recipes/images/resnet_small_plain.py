"""Lab L16: what a deep stack does without skip connections."""

from __future__ import annotations

from seodang.recipes.images.resnet_small import resnet_small
from seodang.recipes.recipe import Recipe


def resnet_small_plain() -> Recipe:
    """L16: resnet-small without its skips: the same weights, harder to train.

    Measured: see README.
    """
    full = resnet_small()
    settings = {**full.model.settings, "skip": False}
    return full.model_copy(
        update={"name": "resnet-small-plain", "model": full.model.model_copy(update={"settings": settings})}
    )
