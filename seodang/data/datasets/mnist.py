"""Handwritten digits, 28×28 grey: the first data set of the labs."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def mnist() -> Card:
    """Handwritten digits, 28×28 grey: the first data set of the labs."""
    return Card(
        title="MNIST handwritten digits",
        homepage="http://yann.lecun.com/exdb/mnist/",
        licence="CC BY-SA 3.0",
        hub="ylecun/mnist",
        counts={"train": 60000, "test": 10000},
        classes=tuple("0123456789"),
        note=said("15 labels of the test split are wrong (Northcutt et al., 2021)."),
    )
