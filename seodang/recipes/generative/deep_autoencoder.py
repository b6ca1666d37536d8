"""Lab L51: clothes in 32 numbers."""

from __future__ import annotations

from seodang.data.prepare import Preparation
from seodang.data.split import Split
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def deep_autoencoder() -> Recipe:
    """L51: six dense layers squeeze pictures of clothes (Fashion-MNIST) into 32 numbers and draw them again.

    The notes: 784-128-64-32-64-128-784, relu, sigmoid at the end, binary cross-entropy, Adam, batch 256, 50 epochs; rows of
    input, 8×4 code and reconstruction. 222,384 parameters. The sigmoid is in the loss here.
    What the notes had wrong: they watch the test split after every epoch; here it is opened once, at the end.
    Measured: docs/generative.md.
    """
    encoder = ["flatten", {"dense": 128}, "relu", {"dense": 64}, "relu", {"dense": 32}, "relu"]
    decoder = [{"dense": 64}, "relu", {"dense": 128}, "relu", {"dense": "outputs"}]
    return Recipe(
        name="deep-autoencoder",
        data="fashion-mnist",
        task="reconstruct",
        loss="binary_cross_entropy",
        model=Part(name="autoencoder", settings={"encoder": encoder, "decoder": decoder}),
        preparation=Preparation(height=28, width=28, channels=1, scale="unit"),
        split=Split(validation=0),
        training=Training(epochs=50, batch_size=256, optimizer="adam", learning_rate=1e-3),
    )
