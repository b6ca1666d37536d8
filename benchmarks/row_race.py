"""Seconds to the same score for rows, texts and series: Keras, our faithful recipe, and our best way."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.process import measure
from benchmarks.row_labs import RowLab
from benchmarks.scores import Score, best, is_reached

# The first epoch has the libraries' warming up in it, so samples a second need another.
LEAST_EPOCHS = 2


def race_rows(
    lab: RowLab, work: Path, *, quick: bool, most_rounds: int, threads: int | None, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Run a lab's rounds, the sides in turn, each in its own process.

    work: a folder that takes the files, runs and caches.   quick: one round, and fewer of Keras' epochs.
    """
    folder = work / lab.id
    folder.mkdir()
    where = lab.data(folder)
    environment = {"SEODANG_CACHE": str(work / f"cache-{lab.id}")}
    found: dict[str, Any] = {"lab": lab.id, "rounds": []}

    epochs = min(lab.cap, lab.quick_cap) if quick else lab.cap

    def ours(recipe: str, settings: dict[str, Any], target: float | None) -> dict[str, Any]:
        request = {"lab": lab.id, "data": where, "recipe": recipe, "settings": settings, "runs": str(work / "runs")}
        more = {"target": target, "least": min(LEAST_EPOCHS, epochs), "threads": threads}
        return measure("seodang_rows_side", {**request, **more}, environment)

    fewest = [0] * len(lab.ways)  # of each way's numbers of steps, the first that was enough in the round before
    for number in range(1 if quick else min(lab.rounds, most_rounds)):
        request = {"lab": lab.id, "folder": str(folder), "seed": number, "epochs": epochs, "threads": threads}
        keras = measure("keras_rows_side", request)
        target = best(lab.score, [epoch["score"] for epoch in keras["epochs"]])
        tell(f"{lab.id} round {number + 1}: Keras {lab.score} {target:.4g} at best of {epochs} epochs")

        settings = {**lab.settings, "training.seed": number, "training.epochs": 2 * epochs}
        faithful = ours(lab.recipe, settings, target)
        tell(f"{lab.id} round {number + 1}: {lab.recipe} {faithful['epochs'][-1]['score']:.4g}")

        ways = []
        for place, way in enumerate(lab.ways):
            settings = {**way.settings, "training.seed": number}
            if not way.steps:
                ways.append(ours(way.recipe, settings, target))
            for tried in range(fewest[place], len(way.steps)):
                side = ours(way.recipe, {**settings, "training.steps": way.steps[tried]}, None)
                fewest[place] = tried
                if is_reached(lab.score, side["finished"]["score"], target):
                    break
            if way.steps:
                ways.append(side)
            end = end_of(lab.score, ways[-1], target)
            tell(f"{lab.id} round {number + 1}: {way.recipe} {end['score']:.4g} after {end['seconds']:.1f} s")
        for side in (faithful, *ways):
            same = side["held_out"] == keras["held_out"]
            assert same, f"{lab.id}: {side['held_out']} are not the examples Keras is judged on, {keras['held_out']}"
        found["rounds"].append({"target": target, "keras": keras, "faithful": faithful, "ways": ways})
    return found


def reached(name: Score, epochs: list[dict[str, Any]], target: float) -> dict[str, Any] | None:
    """The first epoch that is as good as the target, None where none is."""
    return next((epoch for epoch in epochs if is_reached(name, epoch["score"], target)), None)


def end_of(name: Score, way: dict[str, Any], target: float) -> dict[str, Any]:
    """Where one of our ways stood when it was good enough; else at its end."""
    return reached(name, way["epochs"], target) or way.get("finished") or way["epochs"][-1]


def samples_per_second(side: dict[str, Any]) -> float:
    """Training only, by the median epoch, the first left out: a machine with other work now and then is one with pauses."""
    times = [epoch["train_seconds"] for epoch in side["epochs"]]
    return side["examples"] / statistics.median(times[1:] or times)
