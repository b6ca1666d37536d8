"""What our `train` costs beside a bare loop of the same steps on the same decoded data, in turn, the fastest epoch of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.arrays import data_folder
from benchmarks.process import measure

LOOPS = {"mnist_mlp": "mnist-mlp", "house": "image-classifier"}


def overhead(work: Path, *, quick: bool, threads: int | None, tell: Callable[[str], None]) -> dict[str, Any]:
    """Ratios of our time to the bare loop's: `epoch` (fastest epoch), `whole` (fastest run, from imports done to weights saved)."""
    found: dict[str, Any] = {}
    epochs, rounds = 2, (2 if quick else 3)
    for loop, name in LOOPS.items():
        bare, ours = [], []
        for number in range(rounds):
            settings = {"split.validation": 0, "training.epochs": epochs, "training.seed": number}
            if loop == "house":  # the loop written by hand has no Muon
                settings["training.optimizer"] = "adamw"
            request = {
                "data": str(data_folder("mnist")),
                "recipe": name,
                "settings": settings,
                "runs": str(work / "runs"),
            }
            cache = {"SEODANG_CACHE": str(work / "cache")}
            ours.append(measure("seodang_side", {**request, "threads": threads, "target": None, "least": 0}, cache))
            recipe = ours[0]["resolved"]
            request = {"loop": loop, "folder": str(work), "recipe": recipe, "epochs": epochs, "threads": threads}
            bare.append(measure("bare_side", request))
        ours_epoch = min(epoch["train_seconds"] for each in ours for epoch in each["epochs"])
        bare_epoch = min(seconds for each in bare for seconds in each["epoch_seconds"])
        ours_whole, bare_whole = min(each["seconds"] for each in ours), min(each["seconds"] for each in bare)
        found[name] = {
            "epoch": ours_epoch / bare_epoch,
            "whole": ours_whole / bare_whole,
            "epoch_seconds": [ours_epoch, bare_epoch],
            "whole_seconds": [ours_whole, bare_whole],
            "epochs": epochs,
            "rounds": rounds,
            "examples": bare[0]["examples"],
        }
        tell(
            f"overhead {name}: an epoch {found[name]['epoch']:.3f}x, the whole {found[name]['whole']:.3f}x a bare loop"
        )
    return found
