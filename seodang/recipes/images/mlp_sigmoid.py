"""Lab L08, where it starts: the network of the nineties."""

from __future__ import annotations

from seodang.data.prepare import Preparation
from seodang.data.split import Split
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def mlp_sigmoid() -> Recipe:
    """L08, step 0: a small sigmoid network with plain gradient descent, which hardly learns.

    The notes: a third of MNIST, 30 % of it for validation, which leaves some 14,000 digits to train on; Dense 50
    sigmoid, 50 sigmoid, 10 softmax; SGD 1e-3, batch 256, 200 epochs. 42,310 parameters. The five steps after it change
    one thing each and are cumulative here: mlp-he, mlp-relu, mlp-adam, mlp-batch-norm, mlp-dropout; `seodang compare`
    shows them side by side. The validation split is 30 % of all training digits.
    With sigmoids every layer multiplies the gradient by at most a quarter, and a rate of 1e-3 does the rest.
    What the notes had wrong: nothing; but a single run of each step proves little, so compare over seeds.
    Measured: see README.
    """
    layers = ["flatten", {"dense": 50}, "sigmoid", {"dense": 50}, "sigmoid", {"dense": "outputs"}]
    return Recipe(
        name="mlp-sigmoid",
        data="mnist",
        examples=14_000,
        model=Part(settings={"layers": layers}),
        preparation=Preparation(height=28, width=28, channels=1, scale="unit"),
        split=Split(validation=0.3),
        training=Training(epochs=200, batch_size=256, optimizer="sgd", learning_rate=1e-3, log_every=10),
    )
