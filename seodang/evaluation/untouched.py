"""What the network that a run began from says of the pictures, as it came from ImageNet: the before of a before and after."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from seodang.core.errors import SeodangError
from seodang.core.language import tr
from seodang.data.prepare import Normalise
from seodang.evaluation.baselines import Baseline
from seodang.evaluation.verdict import listed
from seodang.models.backbone import Backbone, make_base
from seodang.pretrained.names import imagenet_classes, imagenet_names
from seodang.pretrained.weights import Weights, find_weights, is_here
from seodang.training.device import Place
from seodang.training.features import Extractor, all_features

if TYPE_CHECKING:
    from seodang.evaluation.judged import Judged
    from seodang.evaluation.metrics import Labels
    from seodang.runs.folder import Run

# So many pictures, of which the base's features are not kept yet, are worth a few seconds; of a frozen base all are kept.
MOST_FRESH = 256
# What the network in two halves may differ by from the whole, of its largest score: the order of float32 sums.
TOLERANCE = 1e-3


@dataclass(frozen=True, eq=False)
class Untouched:
    """The untouched network's answers. N judged examples.

    baseline: its answers as classes of the run, -1 where the most probable of ImageNet's names is none of theirs.
    network: timm's name.   named: the run's classes that ImageNet has, each with ImageNet's name; by index among the run's.
    unnamed: the others; a picture of theirs cannot be named rightly.
    """

    baseline: Baseline
    network: str
    named: dict[int, str]
    unnamed: tuple[str, ...]

    def described(self, classes: tuple[str, ...], labels: Labels) -> dict[str, Any]:
        """For report.json: what it could name, and how often it was right on those (`examples` of them)."""
        could = np.isin(labels, list(self.named))
        return {
            "network": self.network,
            "named": {classes[index]: name for index, name in self.named.items()},
            "unnamed": list(self.unnamed),
            "on_named": {
                "examples": int(could.sum()),
                "accuracy": round(float((self.baseline.predicted == labels)[could].mean()), 6),
            },
        }


def untouched(run: Run, judged: Judged) -> Untouched | None:
    """The judged pictures named by the run's pretrained network with its own classifier, as if nothing had been trained.

    The pictures are prepared as for the run, so that its kept features can be used: the cost is that of one dense layer.
    An answer is right where ImageNet's name is that of the class (`imagenet_classes`). None, without asking the hub, where
    the run is imported or began from no pretrained network, its weights or their classifier are not on this machine, its
    pictures are scaled otherwise than the weights want, no judged picture is of a class that ImageNet has, or more than
    `MOST_FRESH` pictures would have to go through the base.
    """
    begun = time.perf_counter()
    if not _is_pretrained(run):
        return None
    named, unnamed = _names(run.classes)
    labels = judged.subset.labels.numpy()
    if not np.isin(labels, list(named)).any():
        return None
    name = run.recipe.model.settings.get("architecture", run.recipe.transfer.backbone)
    if not is_here(name):
        return None
    try:
        weights = find_weights(name)
        halves = _halves(run, weights)
    except SeodangError:  # the file holds no classifier, or is not what its name says: there is nothing to compare with
        return None
    if halves is None:
        return None
    extractor, classifier = halves
    if len(judged) - extractor.known(judged.content) > MOST_FRESH:
        return None
    features = all_features(extractor, judged.subset, judged.content)
    with torch.inference_mode():
        answers = torch.cat([classifier(part).argmax(dim=1) for part in features.split(1000)]).numpy()
    meant = np.full(len(imagenet_names()), -1)
    for index in named:
        meant[list(imagenet_classes(run.classes[index]))] = index
    how = _how(run, weights, unnamed)
    baseline = Baseline(meant[answers], how, round(time.perf_counter() - begun, 3))
    return Untouched(baseline, name, named, unnamed)


def _is_pretrained(run: Run) -> bool:
    model = run.recipe.model
    return model.name == "backbone" and run.data["opened"] is not None and model.settings.get("pretrained", True)


def _names(classes: tuple[str, ...]) -> tuple[dict[int, str], tuple[str, ...]]:
    """The classes that ImageNet has, with its name for them, by index; and the others."""
    found = {index: imagenet_classes(name) for index, name in enumerate(classes)}
    named = {index: imagenet_names()[indices[0]] for index, indices in found.items() if indices}
    return named, tuple(name for index, name in enumerate(classes) if index not in named)


def _halves(run: Run, weights: Weights) -> tuple[Extractor, Callable[[Tensor], Tensor]] | None:
    """What gives the features of pictures, and what tells ImageNet's classes from them; None where two such halves do not
    make the whole network (VGG's features are taken before layers that belong to its classifier), or the pictures are scaled
    otherwise than the weights want."""
    settings, preparation = run.recipe.model.settings, run.recipe.preparation
    height, width = preparation.height, preparation.width
    assert height is not None, "a run's preparation is resolved"
    assert width is not None, "a run's preparation is resolved"
    normalise = Normalise(preparation)
    wanted = torch.tensor([weights.mean, weights.std])
    scaled_alike = preparation.scale != "samplewise" and torch.allclose(
        torch.stack([normalise.mean, normalise.std]), wanted
    )
    if weights.num_classes != len(imagenet_names()) or not scaled_alike:
        return None
    size = {"height": height, "width": width}
    base = make_base(weights.name, pretrained=True, pool=settings.get("pool", True), **size)
    whole = make_base(weights.name, pretrained=True, pool=True, classes=weights.num_classes, **size)
    example = torch.rand((1, 3, height, width), generator=torch.Generator().manual_seed(0))
    classifier = fitting_classifier(whole, base, example)
    if classifier is None:
        return None
    backbone = Backbone(base, nn.Identity(), [], settings.get("mirror", False))
    return Extractor(backbone, preparation, Place(torch.device("cpu"))), classifier


def fitting_classifier(whole: Any, base: nn.Module, example: Tensor) -> Callable[[Tensor], Tensor] | None:
    """The part of timm's `whole` network that makes its scores of the features of `base`, or None where none does.

    example: a picture (1, 3, H, W), on which the two halves must give what the whole gives.
    """
    with torch.inference_mode():
        wanted, features = whole(example), base(example)
        classifier = whole.get_classifier() if features.ndim == 2 else whole.forward_head
        try:
            found = classifier(features)
        except (RuntimeError, TypeError):  # of another width; or two classifiers, as of a distilled network
            return None
    close = found.shape == wanted.shape and float((found - wanted).abs().max()) <= TOLERANCE * float(wanted.abs().max())
    return classifier if close else None


def _how(run: Run, weights: Weights, unnamed: tuple[str, ...]) -> str:
    preparation = run.recipe.preparation
    size = f"{preparation.width}×{preparation.height}"
    own = f"{weights.size[1]}×{weights.size[0]}"
    what = (
        tr("{weights} as it came from ImageNet", weights=weights.name)
        if size == own
        else tr(
            "{weights} as it came from ImageNet at {size} (its weights were made for {own})",
            weights=weights.name,
            size=size,
            own=own,
        )
    )
    if unnamed:
        return tr(
            "{what}, right where its most probable name is that of the class; ImageNet has no class called {unnamed}",
            what=what,
            unnamed=listed(unnamed),
        )
    return tr("{what}, right where its most probable name is that of the class", what=what)
