"""Lab L16: depth from small filters."""

from __future__ import annotations

from seodang.data.prepare import Preparation
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def vgg_small() -> Recipe:
    """L16: stacks of 3×3 convolutions, VGG's idea at a laptop's size, on Fashion-MNIST.

    The notes explain VGG16 (13 convolutions, 138 million parameters); this has six convolutions and the same plan.
    The three networks of this lab share data and training, so that `seodang compare` compares networks.
    Measured: see README.
    """
    return Recipe(
        name="vgg-small",
        data="fashion-mnist",
        model=Part(name="vgg-small"),
        preparation=Preparation(scale="unit"),
        training=Training(
            epochs=5,
            batch_size=128,
            optimizer="adamw",
            learning_rate=2e-3,
            weight_decay=0.05,
            schedule="one_cycle",
        ),
    )
