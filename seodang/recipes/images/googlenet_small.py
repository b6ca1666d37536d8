"""Lab L16: several looks side by side."""

from __future__ import annotations

from seodang.recipes.images.vgg_small import vgg_small
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part


def googlenet_small() -> Recipe:
    """L16: modules with 1×1 reduction and a side classifier, GoogLeNet's idea at a laptop's size, on Fashion-MNIST.

    The notes explain GoogLeNet (nine modules, two side classifiers); this has four modules and one side classifier,
    which counts 0.3 in the loss while training. `model.side=false` shows what it changes.
    Measured: see README.
    """
    return vgg_small().model_copy(update={"name": "googlenet-small", "model": Part(name="googlenet-small")})
