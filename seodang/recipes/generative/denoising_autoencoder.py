"""Lab L52: noise in, clean out."""

from __future__ import annotations

from seodang.recipes.generative.deep_autoencoder import deep_autoencoder
from seodang.recipes.recipe import Recipe

# The noise factor of https://blog.keras.io/building-autoencoders-in-keras.html; the notes leave it open.
NOISE = 0.5


def denoising_autoencoder() -> Recipe:
    """L52: the deep autoencoder learns to take noise away, and its codes find similar pictures (`seodang similar`).

    The network and training of L51; while it trains, normal noise of deviation 0.5 (pictures go from 0 to 1) is on what goes in
    and not on what is wanted. It is judged without noise, and once more with it, beside leaving the noise where it is.
    Measured: docs/generative.md.
    """
    deep = deep_autoencoder()
    model = deep.model.model_copy(update={"settings": {**deep.model.settings, "noise": NOISE}})
    return deep.model_copy(update={"name": "denoising-autoencoder", "model": model})
