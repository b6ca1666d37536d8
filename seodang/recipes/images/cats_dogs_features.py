"""Lab L23: the features of a pretrained network, computed once."""

from __future__ import annotations

from seodang.data.prepare import Preparation
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training, Transfer


def cats_dogs_features() -> Recipe:
    """L23: each picture goes through VGG16 once; a small network learns cats and dogs from what comes out.

    The notes: VGG16's last feature maps (4×4×512 at 150×150), Flatten, Dense 256 relu, Dropout .5, sigmoid; RMSprop 2e-5,
    30 epochs, batch 20; about 90 %. With other weights: `transfer.backbone=mobilenetv2_100`.
    Source: F. Chollet, Deep Learning with Python, first edition, notebook 5.3.
    What the notes had wrong: pixels are divided by 255 only, which is not what VGG16's weights want.
    Measured: see README.
    """
    layers = ["flatten", {"dense": 256}, "relu", {"dropout": 0.5}, {"dense": "outputs"}]
    return Recipe(
        name="cats-dogs-features",
        data="cats-dogs-small",
        loss="binary_cross_entropy",
        transfer=Transfer(strategy="features", backbone="vgg16"),
        model=Part(name="backbone", settings={"pool": False, "head": layers}),
        preparation=Preparation(height=150, width=150),
        training=Training(epochs=30, batch_size=20, optimizer="rmsprop", learning_rate=2e-5),
    )
