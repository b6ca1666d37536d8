"""The example of a run that puts examples out again or makes them of noise, and what its network says of it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from seodang.core.language import tr
from seodang.data.load import Subset
from seodang.evaluation.making import make, noise_of, parts, read
from seodang.evaluation.naming import example as named
from seodang.evaluation.row_verdict import short
from seodang.explanations.explanation import DoesNotApply
from seodang.explanations.scores import answers
from seodang.runs.folder import Run


def must_answer(run: Run) -> None:
    """Raise DoesNotApply of a run that gives no answer: it puts examples out again, or makes them."""
    if run.recipe.makes_examples:
        raise DoesNotApply(tr("it puts out examples, and no answer that could be explained"))


def picture_of(run: Run, word: str, place: int | None) -> dict[str, Any]:
    """What a word means to a run on pictures: `name`, `given` (1, C, H, W) uint8 and, of a seed, `noise` (1, K).

    Args:
        word: A file; a seed, of whose noise a picture is made; or `#12`.
        place: Of `#12` 11, the place among the pictures that judge; else None.
    """
    if place is not None:
        subset = judging(run)
        return {"name": f"{word}, {named(subset.ids[place])}", "given": subset.fetch(torch.tensor([place]))}
    if word.isdigit() and hasattr(parts(run)[1], "make"):
        seed = int(word)
        return {
            "name": tr("a picture made of noise, seed {seed}", seed=seed),
            "given": make(run, 1, seed),
            "noise": noise_of(run, 1, seed),
        }
    return {"name": word, "given": read(run, word)[None]}


def judging(run: Run) -> Subset:
    """The examples that a run judges by: of the test split, else of validation, else of training."""
    data = run.prepared()
    return next(each for each in (data.test, data.validation, data.train) if len(each))


def answer_of(run: Run, given: Tensor, noise: Tensor | None) -> dict[str, Any]:
    """What the network says of one example: how far off it puts it out again, or whether it takes it for real.

    Nothing where it is the network's own, made of `noise`, and no other network looks at it.
    """
    before, model = parts(run)
    if noise is not None and not hasattr(model, "rivals"):
        return {}
    with torch.inference_mode():
        if hasattr(model, "rivals"):
            real = float(run.network()(given).sigmoid())
            words = tr("taken for real") if real >= 0.5 else tr("taken for made")
            return {"prediction": words, "probability": round(max(real, 1 - real), 6)}
        distance = float((answers(run, given) - before(given)).square().mean().sqrt())
    return {
        "prediction": tr("off by {distance}, root mean squared", distance=short(distance)),
        "distance": float(f"{distance:.6g}"),
    }
