"""The labs as a course notebook would write them, anew, in Keras 3 on TensorFlow: one small file a lab.

Those of pictures have `train(x_train, y_train, x_valid, y_valid, epochs, callbacks)`: what stands in the notebook's cells, top to
bottom. Pixels come as uint8 (N, 28, 28), labels as integers 0 to classes - 1.
Those of rows, texts and series read the files themselves: `read(folder)` gives Cells, `build(cells)` the compiled network, and
`EPOCHS` and `BATCH_SIZE` are what `fit` is given. What the notes have of validation after each epoch is the race's own judging.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass
class Cells:
    """What a notebook's first cells leave.

    x_train, y_train: what `fit` is given.   truths: of the held-out examples, in their own unit (words as they are written).
    told: from the model to what it says of each held-out example: an amount, or whether a review is liked, in the same order;
        of words the logarithm of the true one's probability.
    vocabulary: how many words there are, padding included; 0 where there are no words.
    """

    x_train: Any
    y_train: Any
    truths: Any
    told: Callable[[Any], Any]
    vocabulary: int = 0
