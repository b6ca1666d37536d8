"""What kinds of example there are, and which of them a model can read."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.core.spec import Spec

# The kinds of input by the names used here.
INPUTS = ("pictures", "vectors", "rows", "tokens", "pairs", "series")
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
        words = [_in_words(kind) for kind in allowed]
        reads = words[0] if len(words) == 1 else ", ".join(words[:-1]) + tr(" and ") + words[-1]
        raise RecipeError(
            tr(
                "{model} reads {reads}, but the data holds {held}. `seodang list models` says what each model is for.",
                model=model,
                reads=reads,
                held=_in_words(found),
            )
        )
    return found


def _in_words(kind: str) -> str:
    words = {
        "pictures": tr("pictures"),
        "vectors": tr("vectors"),
        "rows": tr("table rows"),
        "tokens": tr("texts"),
        "pairs": tr("sentence pairs"),
        "series": tr("series"),
    }
    return words[kind]


def one_output(model: str, outputs: Spec) -> None:
    """RecipeError where the task wants an output for every place and the model gives one for the whole."""
    if outputs.each_step:
        raise RecipeError(
            tr(
                "{model} gives one output for the whole example, but the task wants one for every place. Take recurrent or transformer.",
                model=model,
            )
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
