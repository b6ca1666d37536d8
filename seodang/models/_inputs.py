"""What kinds of example there are, and which of them a model can read."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from seodang.core.errors import RecipeError
from seodang.core.spec import Spec

# The kinds of input by the names used here, as a person reads them.
INPUTS = {
    "pictures": "pictures",
    "vectors": "vectors",
    "rows": "table rows",
    "tokens": "texts",
    "pairs": "sentence pairs",
    "series": "series",
}
# A length of 0 in a Spec means any: where one is needed to look at a network, this one is taken.
ANY_LENGTH = 16


def kind_of(inputs: Spec) -> str:
    """Which of INPUTS a Spec describes.

    >>> kind_of(Spec((28,), vocabulary=11753)), kind_of(Spec((96, 7))), kind_of(Spec((3, 32, 32)))
    ('tokens', 'series', 'pictures')
    """
    if inputs.vocabulary:
        return "pairs" if len(inputs.shape) == 2 else "tokens"
    if inputs.categories:
        return "rows"
    return {1: "vectors", 2: "series", 3: "pictures"}[len(inputs.shape)]


def must_be(model: str, inputs: Spec, allowed: Iterable[str]) -> str:
    """The kind of `inputs`, or RecipeError where the model cannot read it."""
    found, allowed = kind_of(inputs), list(allowed)
    if found not in allowed:
        words = [INPUTS[kind] for kind in allowed]
        reads = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
        raise RecipeError(
            f"{model} reads {reads}, but the data holds {INPUTS[found]}. `seodang list models` says what each model is for."
        )
    return found


def one_output(model: str, outputs: Spec) -> None:
    """RecipeError where the task wants an output for every place and the model gives one for the whole."""
    if outputs.each_step:
        raise RecipeError(
            f"{model} gives one output for the whole example, but the task wants one for every place. "
            "Take recurrent or transformer."
        )


def example(inputs: Spec) -> Tensor:
    """A batch of one example that shows the shapes: zeros, or for tokens the first real one everywhere.

    >>> example(Spec((3,), vocabulary=9)), example(Spec((2,)))
    (tensor([[1, 1, 1]]), tensor([[0., 0.]]))
    """
    shape = [side or ANY_LENGTH for side in inputs.shape]
    if inputs.vocabulary:
        return torch.full((1, *shape), min(1, inputs.vocabulary - 1), dtype=torch.int64)
    return torch.zeros(1, *shape)
