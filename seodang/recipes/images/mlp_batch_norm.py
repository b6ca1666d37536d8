"""Lab L08, fourth step: batch normalisation."""

from __future__ import annotations

from seodang.recipes.images.asl_cnn import BATCH_NORM
from seodang.recipes.images.mlp_adam import mlp_adam
from seodang.recipes.recipe import Recipe


def mlp_batch_norm() -> Recipe:
    """L08, step 4: mlp-adam with batch norm before each activation (Ioffe & Szegedy, 2015).

    https://arxiv.org/abs/1502.03167. Momentum and eps are Keras', as in the notes.
    Measured: see README.
    """
    before = mlp_adam()
    layers = []
    for layer in before.model.settings["layers"]:
        layers += [BATCH_NORM, layer] if layer == "relu" else [layer]
    settings = {**before.model.settings, "layers": layers}
    return before.model_copy(
        update={"name": "mlp-batch-norm", "model": before.model.model_copy(update={"settings": settings})}
    )
