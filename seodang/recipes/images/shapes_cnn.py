"""Lab L11: hand-drawn shapes, and a look inside."""

from __future__ import annotations

from typing import Any

from seodang.data.augment import Augmentation
from seodang.data.prepare import Preparation
from seodang.data.split import Split
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def shapes_cnn() -> Recipe:
    """L11: a small network tells hand-drawn circles, rectangles and triangles apart.

    The notes: a small convolutional network whose weights and outputs are then looked at (`seodang summary RUN` lists
    the layers and which of them are trainable). They leave the network's size open; this one is ours.
    The drawings' file names begin with the person who drew them (`user.if1_…`), and a person's drawings are alike, so
    a person stays in one split where the data gives none; the notes split at random. The folder's own train and valid
    hold different people, and valid has no drawing of the class "other". Turned, shifted, zoomed and mirrored drawings
    help it with people it has not seen: 76 % without them, in a sounding (LOG.md).
    Measured: see README.
    """
    layers: list[Any] = []
    for filters, kernel in ((16, 5), (32, 3), (32, 3)):
        convolution = {"conv": {"filters": filters, "kernel": kernel, "padding": "same"}}
        layers += [convolution, {"max_pool": 2}, "batch_norm", "relu"]
    layers += ["flatten", {"dense": 64}, "relu", {"dropout": 0.3}, {"dense": "outputs"}]
    return Recipe(
        name="shapes-cnn",
        data="hand-drawn-shapes",
        model=Part(settings={"layers": layers}),
        preparation=Preparation(height=70, width=70, channels=1, scale="unit"),
        split=Split(by=r"user\.([a-z0-9]+)"),
        augmentation=Augmentation(
            rotation=10, shift_x=0.1, shift_y=0.1, zoom=0.1, flip_horizontal=True, flip_vertical=True
        ),
        training=Training(epochs=20, batch_size=32, optimizer="adam", learning_rate=3e-3, schedule="one_cycle"),
    )
