"""Lab L25: small photographs, enlarged for a pretrained network."""

from __future__ import annotations

from seodang.data.prepare import Preparation
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Transfer


def cifar100_transfer() -> Recipe:
    """L25: CIFAR-100 enlarged from 32 to 128 pixels, a frozen MobileNetV2, a new classifier.

    The notes leave the classifier's training open; here it is solved for.
    Measured: see README.
    """
    return Recipe(
        name="cifar100-transfer",
        data="cifar100",
        transfer=Transfer(strategy="features"),
        preparation=Preparation(height=128, width=128),
    )
