"""Pictures like one that is shown, by the code that a network makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from seodang.core.errors import RunError, SeodangError
from seodang.core.language import tr
from seodang.data.load import Prepared
from seodang.evaluation.making import BATCH, codes_of, of_pictures, read
from seodang.runs.folder import Run, load


def similar(run: Run | str | Path, picture: str | Path, count: int = 10) -> list[dict[str, Any]]:
    """The `count` pictures of the run's own data whose codes are nearest to that of a picture, the nearest first.

    Each has `id`, `split`, `class` and `distance` (of the codes; no unit). A picture of the data itself comes first, at 0.

    Raises:
        RunError: The run has no codes (it must have been trained to put pictures out again), or its data cannot be opened.
        SeodangError: The picture cannot be read.
    """
    return [answer for answer, _ in answers(run if isinstance(run, Run) else load(run), picture, count)[1]]


def answers(run: Run, picture: str | Path, count: int) -> tuple[Tensor, list[tuple[dict[str, Any], Tensor]]]:
    """The picture as the network sees it, (C, H, W) uint8, and the same answers, each beside its own pixels."""
    if not run.recipe.makes_examples or not hasattr(of_pictures(run)[1], "encode"):
        raise RunError(
            tr(
                "{run} makes no codes of pictures. Train one that does: `seodang train PATH deep-autoencoder`.",
                run=run.name,
            )
        )
    if count < 1:
        raise SeodangError(tr("count must be 1 or more, got {count}.", count=count))
    asked = read(run, picture)
    return asked, neighbours(run, asked, count)


def neighbours(run: Run, pixels: Tensor, count: int) -> list[tuple[dict[str, Any], Tensor]]:
    """The same for prepared pixels (C, H, W) uint8, each answer beside its picture's pixels."""
    data = run.prepared()
    assert isinstance(data, Prepared), "pictures are prepared"
    wanted = codes_of(run, pixels[None]).flatten(1)
    found = []
    for subset in (data.train, data.validation, data.test):
        for where in torch.arange(len(subset)).split(BATCH):
            apart = (codes_of(run, subset.fetch(where)).flatten(1) - wanted).norm(dim=1)
            values, places = apart.topk(min(count, len(apart)), largest=False)
            found += [(float(value), subset, int(where[place])) for value, place in zip(values, places, strict=True)]
    found.sort(key=lambda each: each[0])
    return [
        (
            {
                "id": subset.ids[place],
                "split": subset.name,
                "class": data.classes[int(subset.labels[place])],
                "distance": round(distance, 4),
            },
            subset.fetch(torch.tensor([place]))[0],
        )
        for distance, subset, place in found[:count]
    ]
