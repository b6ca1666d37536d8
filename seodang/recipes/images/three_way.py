"""Lab L26: three classes and a large head on a frozen network."""

from __future__ import annotations

from seodang.data.prepare import Preparation
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training, Transfer


def three_way() -> Recipe:
    """L26: three classes of your own on a frozen VGG16 with a large head.

    The notes: frozen VGG16, Flatten, Dense 1024 relu, Dropout .5, softmax 3; `seodang summary` says of each layer whether it
    trains. Use it with `seodang train FOLDER three-way`. They leave rate and epochs open.
    """
    layers = ["flatten", {"dense": 1024}, "relu", {"dropout": 0.5}, {"dense": "outputs"}]
    return Recipe(
        name="three-way",
        transfer=Transfer(strategy="features", backbone="vgg16"),
        model=Part(name="backbone", settings={"pool": False, "head": layers}),
        preparation=Preparation(height=224, width=224),
        training=Training(epochs=20, batch_size=32, optimizer="adam", learning_rate=1e-4),
    )
