"""Lab L24: five kinds of flowers, before and after a new head."""

from __future__ import annotations

from seodang.data.prepare import Preparation
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training, Transfer


def flowers_transfer() -> Recipe:
    """L24: MobileNetV2's features tell five kinds of flowers, of which its own 1,000 classes know only one.

    The notes: first the untouched ImageNet network on flowers, then its features frozen, a softmax of five, Adam, 30 epochs.
    The run's report has both: "Untouched, the ImageNet network names … rightly; trained on your pictures: …"
    (`seodang.evaluation.untouched`; only daisy is a class of ImageNet). `seodang recognise photo.jpg` shows what it says
    of one photo. The pictures (flower_photos) are not on the hub: give their folder,
    `seodang train flower_photos/ flowers-transfer`.
    Source: TensorFlow Hub's course on flower_photos.
    """
    return Recipe(
        name="flowers-transfer",
        transfer=Transfer(strategy="features"),
        model=Part(name="backbone", settings={"head": [{"dense": "outputs"}]}),
        preparation=Preparation(height=224, width=224),
        training=Training(epochs=30, batch_size=32, optimizer="adam", learning_rate=1e-3),
    )
