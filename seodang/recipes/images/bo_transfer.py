"""Lab L22: one dog against all others, from 138 pictures."""

from __future__ import annotations

from seodang.data.augment import Augmentation
from seodang.data.prepare import Preparation
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training, Transfer


def bo_transfer() -> Recipe:
    """L22: the presidential doggy door opens for Bo alone; a pretrained network is given a new head.

    The notes: frozen VGG16, GlobalAveragePooling, one logit, binary cross-entropy from logits, rotation ±10°, zoom ±10 %,
    shifts ±10 %, mirrored, samplewise centring, batches of 8, 20 epochs of 12 steps. That is 1,920 varied pictures, nearly
    all different: here 14 views of each of the 138 pictures go through the frozen base once (1,932), and the head sees each once.
    With other weights: `transfer.backbone=mobilenetv2_100`.
    Source: NVIDIA Fundamentals of Deep Learning, notebook 5b.
    What the notes had wrong: samplewise centring gives VGG16 other numbers than it was trained on; here the preparation
    is the weights' own.
    Measured: see README.
    """
    return Recipe(
        name="bo-transfer",
        data="presidential-doggy-door",
        loss="binary_cross_entropy",
        transfer=Transfer(strategy="features", backbone="vgg16", views=14),
        model=Part(name="backbone", settings={"head": [{"dense": "outputs"}]}),
        preparation=Preparation(height=224, width=224),
        augmentation=Augmentation(rotation=10, zoom=0.1, shift_x=0.1, shift_y=0.1, flip_horizontal=True),
        training=Training(epochs=1, batch_size=8, optimizer="rmsprop", learning_rate=1e-3),
    )
