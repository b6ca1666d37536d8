"""Clothes, 28×28 grey, ten kinds: MNIST's harder sister."""

from __future__ import annotations

from seodang.data.source import Card


def fashion_mnist() -> Card:
    """Clothes, 28×28 grey, ten kinds: MNIST's harder sister."""
    return Card(
        title="Fashion-MNIST",
        homepage="https://github.com/zalandoresearch/fashion-mnist",
        licence="MIT",
        hub="zalando-datasets/fashion_mnist",
        counts={"train": 60000, "test": 10000},
        classes=(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
        note="",
    )
