"""Small colour photos, 32×32, ten kinds of animals and vehicles."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def cifar10() -> Card:
    """Small colour photos, 32×32, ten kinds of animals and vehicles."""
    return Card(
        title="CIFAR-10",
        homepage="https://www.cs.toronto.edu/~kriz/cifar.html",
        licence=said("not stated by its authors"),
        hub="uoft-cs/cifar10",
        counts={"train": 50000, "test": 10000},
        classes=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
        note=said("3.25 % of the test pictures have a near duplicate in training (ciFAIR, Barz and Denzler, 2020)."),
    )
