"""A bare loop, run and timed: `python -m benchmarks.bare_side REQUEST ANSWER`.

Request: loop ("mnist_mlp" or "house"), folder (of the plain arrays), recipe (the resolved one, as plain settings), epochs,
threads (or null).
"""

from __future__ import annotations

import importlib
import time
from pathlib import Path
from typing import Any

from benchmarks.arrays import read_plain
from benchmarks.process import answer, peak_memory


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Read, train, give back the times; the clock starts after the imports."""
    import torch

    from seodang.recipes.recipe import Recipe

    if request["threads"]:
        torch.set_num_threads(request["threads"])
    loop = importlib.import_module(f"benchmarks.bare.{request['loop']}")
    recipe = Recipe.model_validate(request["recipe"])

    started = time.perf_counter()
    x_train, y_train, x_test, y_test = (
        torch.from_numpy(array) for array in read_plain("mnist", Path(request["folder"]))
    )
    x_train, x_test = x_train.unsqueeze(1), x_test.unsqueeze(1)
    model = loop.network(recipe)
    seconds, last = [], time.perf_counter()
    for _ in loop.train(model, x_train, y_train, recipe, request["epochs"]):
        seconds.append(time.perf_counter() - last)
        last = time.perf_counter()
    whole = time.perf_counter() - started
    return {"epoch_seconds": seconds, "seconds": whole, "examples": len(x_train), "peak_memory": peak_memory()}


if __name__ == "__main__":
    answer(run)
