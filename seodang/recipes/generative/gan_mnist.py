"""Lab L53: two networks that learn from each other draw digits."""

from __future__ import annotations

from seodang.data.prepare import Preparation
from seodang.data.split import Split
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def gan_mnist() -> Recipe:
    """L53: a generator draws digits from noise and a discriminator tells them from MNIST's: a GAN of dense layers.

    The notes: generator 32 → 64 selu → 128 selu → 784 sigmoid, discriminator 784 → 128 selu → 64 selu → 1; RMSprop, batch 128, 20 to
    50 epochs; a grid of samples as training goes. 111,568 and 108,801 parameters. All of that is so here.
    What the notes leave open is ours. The weights start by LeCun's rule, which is what selu is made for (Klambauer et al., 2017,
    https://arxiv.org/abs/1706.02515). The rate is 1e-3, Keras' default. Kept is the moving average of the weights, which changes
    nothing of the training. The generator's loss is that its digits are taken for real (Goodfellow et al., 2014, section 3); in the
    discriminator's a real digit counts 0.9 (Salimans et al., 2016, https://arxiv.org/abs/1606.03498), which keeps the rare digits
    and was chosen among five such settings on seed 0. 20 epochs, because without that 50 made nearly four in ten digits ones.
    `model.init=glorot_uniform training.ema=0 training.label_smoothing=0` is what the notes' Keras program does.
    What breaks in Keras 3: the notes set `discriminator.trainable = False` and compile both networks; there the discriminator then
    never learns. Here each network has its optimiser and its turn in every step.
    Measured: docs/generative.md.
    """
    generator = [{"dense": 64}, "selu", {"dense": 128}, "selu", {"dense": "outputs"}, "sigmoid"]
    discriminator = ["flatten", {"dense": 128}, "selu", {"dense": 64}, "selu", {"dense": 1}]
    settings = {"noise": 32, "generator": generator, "discriminator": discriminator, "init": "lecun_normal"}
    return Recipe(
        name="gan-mnist",
        data="mnist",
        task="imitate",
        loss="binary_cross_entropy",
        model=Part(name="gan", settings=settings),
        preparation=Preparation(height=28, width=28, channels=1, scale="unit"),
        split=Split(validation=0),
        training=Training(
            epochs=20, batch_size=128, optimizer="rmsprop", learning_rate=1e-3, label_smoothing=0.1, ema=0.999
        ),
    )
