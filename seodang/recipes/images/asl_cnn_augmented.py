"""Lab L04: the same network sees each hand a little turned and moved."""

from __future__ import annotations

from seodang.data.augment import Augmentation
from seodang.recipes.images.asl_cnn import asl_cnn
from seodang.recipes.recipe import Recipe


def asl_cnn_augmented() -> Recipe:
    """L04: the network of L03 with turned, shifted, zoomed and mirrored hands.

    The notes: rotation ±10°, zoom ±10 %, width and height shift ±10 %, horizontal flip; batch 32, 20 epochs; then the
    model is saved (here every run is) and used on photos (`seodang predict RUN photo.png`, lab L05).
    Source: NVIDIA Fundamentals of Deep Learning, notebook 4a: "best and steadiest".
    What the notes had wrong: a mirrored right hand is a left hand, which is what they want; but it is another hand than
    any in the data, and where the hand's side carries the meaning (as in digits or printed letters) it would be another
    sign. `augmentation.flip_horizontal=false` shows what it costs or brings. Their `steps_per_epoch` is a fraction.
    Measured: see README.
    """
    return asl_cnn().model_copy(
        update={
            "name": "asl-cnn-augmented",
            "augmentation": Augmentation(rotation=10, zoom=0.1, shift_x=0.1, shift_y=0.1, flip_horizontal=True),
        }
    )
