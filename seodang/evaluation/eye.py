"""A small network that looks at made pictures for us: trained on the same data where it has labels, else fixed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from seodang.core.language import tr
from seodang.core.numbers import percent
from seodang.core.registry import find
from seodang.core.spec import Spec
from seodang.data.load import Prepared, Subset
from seodang.data.prepare import Normalise
from seodang.evaluation.metrics import Numbers
from seodang.models.build import build
from seodang.recipes.choose import HOUSE, derive
from seodang.recipes.settings import Part
from seodang.tasks.build import build_task
from seodang.training.device import Place
from seodang.training.loop import begin, fit

# It learns from at most so many pictures, and sees so many in all, always from the same start: runs on one data set meet one eye.
EXAMPLES, SEEN, LEAST_EPOCHS, MOST_EPOCHS = 12_000, 60_000, 3, 10
SEED = 0
BATCH = 500


@dataclass(frozen=True)
class Eye:
    """How it was made, in a sentence; which classes it tells apart (none: it cannot), and how many of 1 it tells rightly."""

    network: nn.Module
    head: nn.Linear
    how: str
    classes: tuple[str, ...]
    accuracy: float | None

    @torch.inference_mode()
    def see(self, pixels: Tensor) -> tuple[Numbers, Numbers]:
        """Features (N, F) and probabilities (N, classes) of pictures (N, C, H, W) uint8."""
        caught: list[Tensor] = []
        hook = self.head.register_forward_pre_hook(lambda _, given: caught.append(given[0]))
        try:
            scores = torch.cat([self.network(part) for part in pixels.split(BATCH)])
        finally:
            hook.remove()
        return torch.cat(caught).double().numpy(), scores.softmax(dim=1).double().numpy()


def make_eye(data: Prepared) -> Eye:
    """The eye for a data set: our small convolutional network, trained on its labels where it has two classes or more."""
    classes = data.classes if len(torch.unique(data.train.labels)) > 1 else ()
    preparation = data.preparation
    spec = Spec((preparation.channels or 1, preparation.height or 1, preparation.width or 1))
    if not classes:
        model = build(Part(name="convnet"), spec, Spec((10,)), SEED)
        how = tr(
            "a fixed network that has learnt nothing, for there are no labels: it sees shapes and shades, and no things"
        )
        return _eye(model, data, how, (), None)
    house = find("recipes", HOUSE)()
    few = replace(data, train=_some(data.train, EXAMPLES), validation=_some(data.validation, 0))
    epochs = max(LEAST_EPOCHS, min(MOST_EPOCHS, SEEN // len(few.train)))
    # Without smoothed labels: it is asked how sure it is.
    settings = {"epochs": epochs, "seed": SEED, "keep": "last", "patience": None, "label_smoothing": 0.0}
    training = house.training.model_copy(update=settings)
    none = house.transfer.model_copy(update={"strategy": "none"})
    recipe, _ = derive(house.model_copy(update={"training": training, "transfer": none}), few)
    task = build_task(recipe.task, recipe.loss, few.facts)
    state = begin(build(recipe.model, spec, task.outputs, SEED), recipe, Place(torch.device("cpu")))
    with torch.random.fork_rng(devices=[]):
        for _ in fit(few, recipe, task, state, Place(torch.device("cpu"))):
            pass
    if state.average:
        state.model.load_state_dict({**state.model.state_dict(), **state.average.tensors})
    made = _eye(state.model, data, "", classes, None)
    judged = data.test if len(data.test) else data.validation
    accuracy = _accuracy(made, judged) if len(judged) else None
    known = len(few.train)
    how = (
        tr("our small convolutional network, trained on {count:,} labelled pictures of the training split", count=known)
        if accuracy is None
        else tr(
            "our small convolutional network, trained on {count:,} labelled pictures of the training split, right on "
            "{accuracy} of {others:,} others",
            count=known,
            accuracy=percent(accuracy, len(judged)),
            others=len(judged),
        )
    )
    return replace(made, how=how, accuracy=accuracy)


def _eye(model: nn.Module, data: Prepared, how: str, classes: tuple[str, ...], accuracy: float | None) -> Eye:
    head = [module for module in model.modules() if isinstance(module, nn.Linear)][-1]
    return Eye(nn.Sequential(Normalise(data.preparation), model).eval(), head, how, classes, accuracy)


def _accuracy(eye: Eye, subset: Subset) -> float:
    right = 0
    for where in torch.arange(len(subset)).split(BATCH):
        _, probabilities = eye.see(subset.fetch(where))
        right += int((probabilities.argmax(axis=1) == subset.labels[where].numpy()).sum())
    return right / len(subset)


def _some(subset: Subset, most: int) -> Subset:
    """So many examples of a split, drawn with a fixed seed."""
    if len(subset) <= most:
        return subset
    where = torch.from_numpy(np.sort(np.random.default_rng(SEED).permutation(len(subset))[:most]))
    return replace(
        subset,
        labels=subset.labels[where],
        ids=[subset.ids[i] for i in where.tolist()],
        pixels=None if subset.pixels is None else subset.pixels[where],
        source=subset.source.select(where.numpy()) if subset.pixels is None else subset.source,
    )
