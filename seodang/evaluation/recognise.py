"""What photos show, of ImageNet's 1,000 things: pretrained networks side by side, each given pictures as its weights want them."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seodang.core.errors import DataError, SeodangError
from seodang.core.language import tr
from seodang.data.prepare import Normalise, target_of
from seodang.decisions.decision import Decider, Decision
from seodang.decisions.find import find_decision
from seodang.evaluation.predict import AT_ONCE, Photo, expand, opened
from seodang.models.backbone import make_base
from seodang.models.folded import folded
from seodang.pretrained.names import imagenet_names
from seodang.pretrained.preparing import preparation_for
from seodang.pretrained.weights import find_weights, network_called

if TYPE_CHECKING:
    from torch import Tensor, nn

    from seodang.data.prepare import Preparation

DEFAULT = "mobilenetv2_100"
# Pictures that go through a network together: more are no faster on a CPU and need more memory. Folded and channels last, 61
# pictures take MobileNetV2 1.8 s of one core instead of 3.5 s, and the folding 0.3 s; probabilities differ by 3e-6 at most.
BATCH = 16


@dataclass(frozen=True)
class Network:
    """A network with its ImageNet classifier, and the preparation its weights want."""

    name: str
    preparation: Preparation
    module: nn.Module
    """uint8 (B, 3, H, W) → raw scores (B, 1000)."""

    def probabilities(self, pixels: Tensor) -> Tensor:
        """Prepared uint8 pictures (N, 3, H, W) → probabilities (N, 1000); each row sums to 1."""
        import torch

        pixels = pixels.contiguous(memory_format=torch.channels_last)
        with torch.inference_mode():
            return torch.cat([self.module(part).softmax(dim=1) for part in pixels.split(BATCH)])


def recognise(
    paths: str | Path | Iterable[str | Path],
    networks: str | Sequence[str] = (DEFAULT,),
    top: int = 3,
    decide: str | Path | Decision | None = None,
) -> list[dict[str, Any]]:
    """The `top` most probable of ImageNet's classes for each picture, by each network, in the order of the paths.

    Args:
        paths: Files, folders (every file below them) and patterns such as "photos/*.jpg".
        networks: timm's names; their weights are looked for as `seodang.pretrained.weights` says.
        top: How many classes, at least 1 and at most 1,000.
        decide: A decision, its name or YAML file: applied to the probabilities of each network.

    Each answer has `path` and `networks`, {name: {prediction, probability, top [{class, index, probability}]}}, with `decision`
    {answer, rule, sums} where one was asked for; or `path` and `error`, why the file could not be read. Two classes are called
    crane (134 the bird, 517 the machine) and two maillot (638, 639); `index` tells them apart.

    Raises SeodangError where weights are missing, DataError where nothing matches a path or `top` is out of range.
    """
    check_top(top)
    decision = None if decide is None else find_decision(decide)
    files = expand([paths] if isinstance(paths, str | Path) else paths)
    names = _listed(networks)
    _all_here(names)
    opened_networks = [open_network(name) for name in names]
    return [answer for answers in recognised(opened_networks, files, top, decision) for answer in answers]


def check_top(top: int) -> None:
    """Raises DataError where `top` is not between 1 and 1,000."""
    if not 1 <= top <= 1000:
        raise DataError(tr("top must be from 1 to 1000, the number of classes, got {top}.", top=top))


def _listed(networks: str | Sequence[str]) -> list[str]:
    names = [networks] if isinstance(networks, str) else networks
    found = [*dict.fromkeys(network_called(name.strip()) for each in names for name in each.split(",") if name.strip())]
    if not found:
        raise SeodangError(tr("Say which networks, such as {default},resnet50.", default=DEFAULT))
    return found


def _all_here(names: Sequence[str]) -> None:
    """Raises SeodangError that says of every network without weights what to fetch, before any is opened."""
    missing = []
    for name in names:
        try:
            find_weights(name)
        except SeodangError as error:
            missing.append(str(error))
    if missing:
        raise SeodangError("\n".join(missing))


def open_network(name: str) -> Network:
    """A network of timm with its ImageNet weights and classifier, ready for prepared uint8 pictures.

    Raises SeodangError where timm does not know it, its weights are missing, or its classes are not ImageNet's 1,000.
    """
    import torch

    weights = find_weights(name)
    if weights.num_classes != len(imagenet_names()):
        raise SeodangError(
            tr(
                "{name} tells {count:,} classes apart, which are not ImageNet's 1,000, and their names are not "
                "known here. Take another network, such as {default} or resnet50.",
                name=name,
                count=weights.num_classes,
                default=DEFAULT,
            )
        )
    preparation = preparation_for(weights)
    height, width = weights.size
    base = make_base(name, pretrained=True, pool=True, height=height, width=width, classes=weights.num_classes)
    if any(isinstance(part, torch.nn.BatchNorm2d) for part in base.modules()):
        base = folded(base, torch.randn((1, 3, height, width), generator=torch.Generator().manual_seed(0)))
    return Network(name, preparation, torch.nn.Sequential(Normalise(preparation), base).eval())


def recognised(
    networks: Sequence[Network], files: Sequence[str], top: int, decision: Decision | None = None
) -> Iterator[list[dict[str, Any]]]:
    """Answers to files, some hundred at a time."""
    deciders = [None if decision is None else Decider(decision, imagenet_names(), one.name) for one in networks]
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as threads:
        for start in range(0, len(files), AT_ONCE):
            answers = {path: {"path": path, "networks": {}} for path in files[start : start + AT_ONCE]}
            prepared: dict[Any, list[Photo]] = {}
            for network, decider in zip(networks, deciders, strict=True):
                target = target_of(network.preparation)
                if target not in prepared:  # several networks often want the same pixels
                    read = functools.partial(opened, preparation=network.preparation)
                    prepared[target] = [*threads.map(read, answers)]
                for photo, answer in _answers(network, prepared[target], top, decider):
                    if photo.reason:
                        answers[photo.path] = {"path": photo.path, "error": photo.reason}
                    else:
                        answers[photo.path]["networks"][network.name] = answer
            yield [*answers.values()]


def _answers(
    network: Network, photos: Sequence[Photo], top: int, decider: Decider | None
) -> Iterator[tuple[Photo, dict[str, Any]]]:
    import torch

    pixels = [torch.from_numpy(photo.pixels) for photo in photos if photo.pixels is not None]
    rows = iter(network.probabilities(torch.stack(pixels)) if pixels else ())
    for photo in photos:
        yield photo, {} if photo.reason else _answer(next(rows), top, decider)


def _answer(row: Tensor, top: int, decider: Decider | None) -> dict[str, Any]:
    names = imagenet_names()
    values, indices = row.topk(top)
    best = [
        {"class": names[index], "index": index, "probability": round(value, 6)}
        for value, index in zip(values.tolist(), indices.tolist(), strict=True)
    ]
    answer = {"prediction": best[0]["class"], "probability": best[0]["probability"], "top": best}
    return answer if decider is None else {**answer, "decision": decider(row.tolist()).as_dict()}
