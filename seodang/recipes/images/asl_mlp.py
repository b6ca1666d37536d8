"""Lab L02: the digit network meets hands, and overfits."""

from __future__ import annotations

from seodang.data.split import Split
from seodang.recipes.images.mnist_mlp import mnist_mlp
from seodang.recipes.recipe import Recipe


def asl_mlp() -> Recipe:
    """L02: the two dense layers of 512 on sign-language letters, where they overfit, on purpose.

    The notes: the network of L01 with 24 outputs (J and Z are movements), 20 epochs. 676,888 parameters.
    Source: NVIDIA Fundamentals of Deep Learning, notebook 2: training accuracy high, validation clearly lower.
    What the notes had wrong: `to_categorical(labels, 24)` on labels 0 to 24 with 9 missing; here the classes are those
    that are there, and the label values are kept with the run. The test split of the notes was watched at each epoch;
    here it is opened once. Many rows come from the same photo, so a validation split drawn from the training rows
    looks better than a new hand would: the gap shows on the test split.
    Measured: see README.
    """
    first = mnist_mlp()
    return first.model_copy(
        update={
            "name": "asl-mlp",
            "data": "asl-letters",
            "split": Split(),
            "training": first.training.model_copy(update={"epochs": 20}),
        }
    )
