"""Lab L07: colour photographs, ten classes."""

from __future__ import annotations

from typing import Any

from seodang.data.augment import Augmentation
from seodang.data.prepare import Preparation
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def cifar10_cnn() -> Recipe:
    """L07: five convolutions tell ten kinds of thing apart in 32×32 colour photos (CIFAR-10), 10 epochs.

    The notes leave the network to the learner ("your own network", pixels / 255, 10 epochs, learning curves and a
    classification report). This one is ours: 3×3 convolutions with the pool before batch norm and relu, a one-cycle
    rate, mirrored and shifted pictures (a mirrored cat is a cat).
    About the data: 3.25 % of CIFAR-10's test pictures have a near copy in its training split (Barz & Denzler, 2020,
    https://arxiv.org/abs/1902.00423); a difference smaller than that says little.
    Measured: see README.
    """
    return Recipe(
        name="cifar10-cnn",
        data="cifar10",
        model=Part(settings={"layers": _layers(), "init": "he_normal"}),
        preparation=Preparation(height=32, width=32, channels=3, scale="unit"),
        augmentation=Augmentation(flip_horizontal=True, shift_x=0.1, shift_y=0.1),
        training=Training(
            epochs=10,
            batch_size=128,
            optimizer="adamw",
            learning_rate=4e-3,
            weight_decay=0.05,
            schedule="one_cycle",
            label_smoothing=0.1,
        ),
    )


def _layers() -> list[Any]:
    def block(filters: int, pool: bool) -> list[Any]:
        convolution = {"conv": {"filters": filters, "kernel": 3, "padding": "same", "bias": False}}
        return [convolution, *([{"max_pool": 2}] if pool else []), "batch_norm", "relu"]

    return [
        *block(32, pool=True),
        *block(64, pool=False),
        *block(64, pool=True),
        *block(128, pool=False),
        *block(128, pool=True),
        "flatten",
        {"dropout": 0.3},
        {"dense": {"units": "outputs", "init": "glorot_uniform"}},
    ]
