"""Lab L07: colour photographs, a hundred classes."""

from __future__ import annotations

from seodang.recipes.images.cifar10_cnn import cifar10_cnn
from seodang.recipes.recipe import Recipe


def cifar100_cnn() -> Recipe:
    """L07: the network of cifar10-cnn on a hundred classes (CIFAR-100), 10 epochs.

    As there; only the number of outputs is another. Some 10 % of CIFAR-100's test pictures have a near copy in its
    training split (Barz & Denzler, 2020, https://arxiv.org/abs/1902.00423).
    Measured: see README.
    """
    return cifar10_cnn().model_copy(update={"name": "cifar100-cnn", "data": "cifar100"})
