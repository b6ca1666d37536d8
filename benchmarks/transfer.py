"""Cats and dogs by a frozen MobileNetV2, from the picture files to the same validation accuracy: Keras, and `seodang train FOLDER`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.arrays import data_folder
from benchmarks.process import measure

DATA = "cats-dogs-small"
# The house recipe's side for photographs; Keras is given the same.
SIDE = 192
ROUNDS = 1
QUICK_EPOCHS = 2
QUICK_PICTURES = {"train": 100, "validation": 50, "test": 50}
# Float32 sums in another order: 1e-6 measured. A wrong epsilon, padding or mean: 0.2 to 0.8 measured.
AGREE = 1e-4
CHECKED = 8
VARIABLE = "SEODANG_WEIGHTS"


@dataclass(frozen=True)
class Way:
    """How a person trains the head in Keras. program: a function of keras_programs/cats_dogs_transfer.py."""

    words: str
    program: str
    learning_rate: float
    epochs: int


# The first is the one that counts, with the settings of TensorFlow's tutorial. Its rate is a slow one, so Adam's own default
# stands beside it (fewer epochs: at ten times the rate they suffice, and all of it should be over in 20 minutes on two cores);
# and so does the way that needs the base only once, which the tutorial does not take.
WAYS = {
    "tutorial": Way("TensorFlow's tutorial (Adam 1e-4)", "train", 1e-4, 10),
    "default": Way("the same with Adam's default, 1e-3", "train", 1e-3, 6),
    "once": Way("features once, then the head (Adam 1e-3)", "train_once", 1e-3, 30),
}


def transfer(
    work: Path, *, quick: bool, most_rounds: int, threads: int | None, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Run both sides in turn, each in its own process. Ours goes first: its accuracy is where Keras may stop.

    work: a folder that takes the converted weights, runs and caches.
    """
    data = str(_few(data_folder(DATA), work / "few") if quick else data_folder(DATA))
    environment = {VARIABLE: str(weights_folder())}
    weights = work / "mobilenetv2.weights.h5"
    found: dict[str, Any] = {"data": DATA, "side": SIDE, "rounds": []}
    found["agreement"] = agree(data, weights, work, environment)
    tell(f"transfer: Keras' features differ from ours by {found['agreement']['difference']:.1e} of the largest")
    for number in range(min(ROUNDS, most_rounds)):
        ours: dict[str, Any] = {}
        cache = {**environment, "SEODANG_CACHE": str(work / f"cache-transfer-{number}")}
        for turn in ("cold", "kept"):
            ours[turn] = _ours(data, work, threads, cache)
            one = ours[turn]
            tell(
                f"transfer round {number + 1}: ours {one['validation_accuracy']:.2%} on validation after {one['head_seconds']:.1f} s, "
                f"{one['test_accuracy']:.2%} on test, whole process {one['process_seconds']:.1f} s, {turn}"
            )
        target, keras = ours["cold"]["validation_accuracy"], {}
        for name in ("tutorial",) if quick else WAYS:
            way = WAYS[name]
            request = {"data": data, "side": SIDE, "weights": str(weights), "seed": number, "threads": threads}
            request |= {"program": way.program, "learning_rate": way.learning_rate, "target": target}
            request["epochs"] = min(QUICK_EPOCHS, way.epochs) if quick else way.epochs
            keras[name] = _timed("keras_transfer_side", request)
            epochs = keras[name]["epochs"]
            best = max(epoch["accuracy"] for epoch in epochs)
            tell(
                f"transfer round {number + 1}: Keras, {name}, {best:.2%} at best in {len(epochs)} epochs, {epochs[-1]['seconds']:.1f} s"
            )
        found["rounds"].append({**ours, "keras": keras})
    return found


def _few(source: Path, base: Path) -> Path:
    """Links to the first pictures of each class of each split, to see in a minute or two that everything runs."""
    for split, count in QUICK_PICTURES.items():
        for folder in sorted(each for each in (source / split).iterdir() if each.is_dir()):
            (base / split / folder.name).mkdir(parents=True, exist_ok=True)
            for file in sorted(folder.iterdir())[:count]:
                (base / split / folder.name / file.name).symlink_to(file)
    return base


def agree(data: str, weights: Path, work: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Make Keras' file of our weights, and end where the two networks do not say the same of real pictures."""
    files = {name: str(work / f"transfer-{name}.npy") for name in ("pictures", "features")}
    ours = measure("seodang_transfer_side", {**files, "data": data, "side": SIDE, "count": CHECKED}, environment)
    request = {**files, "convert": ours["weights"], "weights": str(weights), "side": SIDE}
    found = measure("keras_transfer_side", request)
    if not found["difference"] <= AGREE:
        raise SystemExit(
            f"Keras' features differ from ours by {found['difference']:.1e} of the largest, allowed are {AGREE:.0e}: "
            "benchmarks/keras_weights.py does not fit this Keras or these weights, so it would be another network."
        )
    return {"difference": found["difference"], "pictures": found["pictures"], "sha256": ours["sha256"]}


def weights_folder() -> Path:
    """Where the pretrained weights lie: SEODANG_WEIGHTS, else ../shared/weights."""
    folder = Path(os.environ.get(VARIABLE, "../shared/weights"))
    if not folder.is_dir():
        raise SystemExit(f"{folder} is not there. Set {VARIABLE} to the folder that holds mobilenetv2_100/.")
    return folder.resolve()


def _ours(data: str, work: Path, threads: int | None, environment: dict[str, str]) -> dict[str, Any]:
    request = {"data": data, "runs": str(work / "runs"), "threads": threads}
    found = _timed("seodang_transfer_side", request, environment)
    prepared = found["recipe"]["preparation"]
    assert (prepared["height"], prepared["width"]) == (SIDE, SIDE), (
        f"SIDE is not what the house recipe chose: {prepared}"
    )
    return found


def _timed(module: str, request: dict[str, Any], environment: dict[str, str] | None = None) -> dict[str, Any]:
    started = time.perf_counter()
    found = measure(module, request, environment)
    return {**found, "process_seconds": time.perf_counter() - started}
