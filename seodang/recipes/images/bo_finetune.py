"""Lab L22, second part: the pretrained network itself is trained on, at a very small rate."""

from __future__ import annotations

from seodang.recipes.images.bo_transfer import bo_transfer
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training, Transfer


def bo_finetune() -> Recipe:
    """L22: as bo-transfer, then the whole network is unfrozen and trained at 1e-5.

    The notes: after bo-transfer, everything unfrozen, RMSprop 1e-5, 10 epochs. Batch norms stay in inference mode. Here the
    first head is solved for, and the epoch that validation likes best is kept, the head alone being one of them.
    Source: NVIDIA Fundamentals of Deep Learning, notebook 5b.
    Measured: see README.
    """
    first = bo_transfer()
    return first.model_copy(
        update={
            "name": "bo-finetune",
            "transfer": Transfer(strategy="features", backbone="vgg16", fine_tune=True, stages=100),
            "model": Part(name="backbone"),
            "training": Training(epochs=10, batch_size=8, optimizer="rmsprop", learning_rate=1e-5),
        }
    )
