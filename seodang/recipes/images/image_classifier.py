"""Our own recipe for labelled pictures."""

from seodang.data.augment import Augmentation
from seodang.data.prepare import Preparation
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training, Transfer


def image_classifier() -> Recipe:
    """House recipe for labelled pictures: photographs through a pretrained network, small ones from scratch; fast on a CPU.

    Size, channels, batch, epochs and mirroring are found from the data and said. One cycle of Muon for the filters, of AdamW for
    all else: Smith & Topin, 2018, https://arxiv.org/abs/1708.07120; Jordan, 2024, https://kellerjordan.github.io/posts/muon/;
    Loshchilov & Hutter, 2019, https://arxiv.org/abs/1711.05101. What was tried and did not help stands in LOG.md. Measured: see README.
    """
    return Recipe(
        model=Part(name="convnet"),
        transfer=Transfer(strategy="auto"),
        preparation=Preparation(scale="standard"),
        augmentation=Augmentation(shift_x=0.05, shift_y=0.05, rotation=6, flip_horizontal=None),
        training=Training(
            optimizer=None,
            learning_rate=0.01,
            beta2=0.99,
            weight_decay=0.05,
            schedule="one_cycle",
            label_smoothing=0.1,
        ),
    )
