"""Seconds to the same accuracy, samples a second for the same work, and memory: Keras, our faithful recipe, our house recipe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.arrays import data_folder
from benchmarks.labs import Lab
from benchmarks.process import measure

HOUSE = "image-classifier"
# The house recipe has a schedule that ends with its steps, so its shortest run to a target is looked for among these.
HOUSE_STEPS = (*range(25, 80, 5), 82, 90, 100, 110, 130, 160, 200, 250, 300, 450, 700, 1000, 1500, 2200)
# The first epoch has the libraries' warming up in it, so samples a second need another.
LEAST_EPOCHS = 2


def race(
    lab: Lab, work: Path, *, quick: bool, most_rounds: int, threads: int | None, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Run the rounds of one lab, the sides in turn, each in its own process.

    work: a folder that has the plain arrays and takes runs and caches.
    """
    rounds = 1 if quick else min(lab.rounds, most_rounds)
    found: dict[str, Any] = {"lab": lab.id, "recipe": lab.recipe, "rounds": [], "notes_epochs": lab.epochs}
    warm = {"SEODANG_CACHE": str(work / "cache")}
    found["keras_read_files"] = measure("keras_side", {"read": lab.data})["read_seconds"]
    # Decode once, so that the rounds find the pictures as an earlier run left them; "cold" below counts the decoding.
    _ours(lab, work, lab.recipe, {"training.epochs": 1, "training.steps": 1}, threads, warm)
    house_steps = HOUSE_STEPS[0]
    for number in range(rounds):
        keras = _keras(lab, work, number, quick, threads)
        best = max(epoch["accuracy"] for epoch in keras["epochs"])
        target = min(lab.target, best)
        tell(f"{lab.id} round {number + 1}: Keras {best:.2%} after {len(keras['epochs'])} epochs; target {target:.2%}")

        # The Keras program trains on every training example, so the faithful recipe keeps none apart here.
        settings = {"training.seed": number, "split.validation": 0, "training.epochs": 2 * lab.cap}
        faithful = _ours(lab, work, lab.recipe, settings, threads, warm, target=target)
        tell(f"{lab.id} round {number + 1}: {lab.recipe} {faithful['epochs'][-1]['accuracy']:.2%}")

        house, house_steps = _house(lab, work, number, threads, warm, target, house_steps)
        tell(f"{lab.id} round {number + 1}: {HOUSE} {house['accuracy']:.2%} in {house_steps} steps")
        found["rounds"].append({"target": target, "keras": keras, "faithful": faithful, "house": house})

    settings = {"training.seed": 0, "training.steps": house_steps}
    found["house_steps"] = house_steps
    found["cold"] = _ours(lab, work, HOUSE, settings, threads, {"SEODANG_CACHE": str(work / f"cold-{lab.id}")})
    if not quick:
        found["house_whole"] = _ours(lab, work, HOUSE, {"training.seed": 0}, threads, warm)
    return found


def _keras(lab: Lab, work: Path, seed: int, quick: bool, threads: int | None) -> dict[str, Any]:
    request = {"lab": lab.id, "folder": str(work), "seed": seed, "threads": threads, "target": lab.target}
    return measure("keras_side", {**request, "epochs": lab.quick_cap if quick else lab.cap, "least": LEAST_EPOCHS})


def _ours(
    lab: Lab,
    work: Path,
    recipe: str,
    settings: dict[str, Any],
    threads: int | None,
    environment: dict[str, str],
    target: float | None = None,
) -> dict[str, Any]:
    request = {"data": str(data_folder(lab.data)), "recipe": recipe, "settings": settings, "runs": str(work / "runs")}
    return measure(
        "seodang_side", {**request, "threads": threads, "target": target, "least": LEAST_EPOCHS}, environment
    )


def _house(
    lab: Lab, work: Path, seed: int, threads: int | None, environment: dict[str, str], target: float, least: int
) -> tuple[dict[str, Any], int]:
    """The house recipe with its own settings, in the fewest steps of the ladder, from `least` up, that reach the target."""
    for steps in (each for each in HOUSE_STEPS if each >= least):
        house = _ours(lab, work, HOUSE, {"training.seed": seed, "training.steps": steps}, threads, environment)
        if house["accuracy"] >= target:
            break
    return {**house, "num_steps": steps}, steps


def seconds_to(target: float, epochs: list[dict[str, Any]]) -> float | None:
    """Seconds at the end of the first epoch that reaches a target, None where none does.

    >>> seconds_to(0.9, [{"accuracy": 0.8, "seconds": 1.0}, {"accuracy": 0.91, "seconds": 2.0}])
    2.0
    """
    return next((epoch["seconds"] for epoch in epochs if epoch["accuracy"] >= target), None)


def samples_per_second(examples: int, epochs: list[dict[str, Any]]) -> float:
    """The fastest epoch's samples a second, training only, the first epoch left out."""
    return examples / min(epoch["train_seconds"] for epoch in epochs[1:] or epochs)
