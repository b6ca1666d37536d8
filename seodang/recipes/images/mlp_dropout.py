"""Lab L08, fifth step: dropout."""

from __future__ import annotations

from seodang.recipes.images.mlp_batch_norm import mlp_batch_norm
from seodang.recipes.recipe import Recipe


def mlp_dropout() -> Recipe:
    """L08, step 5: mlp-batch-norm with half of each hidden layer dropped while training (Srivastava et al., 2014).

    Dropout works against overfitting, so look at the gap between training and validation, not only at the score: half
    of 50 units is little to work with. https://jmlr.org/papers/v15/srivastava14a.html
    Measured: see README.
    """
    before = mlp_batch_norm()
    layers = []
    for layer in before.model.settings["layers"]:
        layers += [layer, {"dropout": 0.5}] if layer == "relu" else [layer]
    settings = {**before.model.settings, "layers": layers}
    return before.model_copy(
        update={"name": "mlp-dropout", "model": before.model.model_copy(update={"settings": settings})}
    )
