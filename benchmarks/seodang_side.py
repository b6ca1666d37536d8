"""Our side of a lab, run and timed: `python -m benchmarks.seodang_side REQUEST ANSWER`.

Request: data (a path), recipe, settings, runs (a folder), target (accuracy on the test split at which to stop, or null:
train the recipe to its end), least (epochs at least), threads (or null).
The clock starts after the imports; judging on the test split is left out of it, as it is for Keras.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from benchmarks.machine import MATRIX, best_rate
from benchmarks.process import answer, peak_memory


@dataclass
class Watched:
    """What was seen of a training run: the events Opened and Begun, the live State, its epochs, and how it finished."""

    opened: Any = None
    begun: Any = None
    state: Any = None
    epochs: list[dict[str, Any]] = field(default_factory=list)
    finished: dict[str, Any] = field(default_factory=dict)


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Train by the same stream of events that `seodang train` reads."""
    started = time.perf_counter()
    import torch

    from benchmarks.operations import training_operations
    from seodang.runs import train as _  # noqa: F401, its imports count as imports

    if request["threads"]:
        torch.set_num_threads(request["threads"])
    import_seconds = time.perf_counter() - started

    seen = watch(request)
    memory = peak_memory()
    model, data = seen.state.model, seen.opened.data
    example = data.train.fetch(torch.tensor([0])).float()
    statistics = [t for name, t in model.named_buffers() if name.endswith(("running_mean", "running_var"))]
    return {
        **seen.finished,
        "import_seconds": import_seconds,
        "read_seconds": seen.opened.seconds,
        "epochs": seen.epochs,
        "examples": len(data.train),
        # As Keras counts: the running means and variances of norms are parameters that are not trained.
        "parameters": sum(t.numel() for t in [*model.parameters(), *statistics]),
        "operations": training_operations(model.eval(), example),
        "resolved": seen.begun.recipe.model_dump(mode="json"),
        "peak_memory": memory,
        "matrix_rate": matrix_rate(),
        "threads": torch.get_num_threads(),
    }


def watch(request: dict[str, Any]) -> Watched:
    """Train and take the times; the clock stands still while an epoch's weights are judged on the test split."""
    from seodang.runs import events
    from seodang.runs import train as flow
    from seodang.training.loop import Epoch

    seen, begin, target = Watched(), flow.begin, request["target"]

    def remember(*given: Any) -> Any:
        seen.state = begin(*given)
        return seen.state

    flow.begin = remember  # the stream does not show the live network, and no copy of its weights is made at each epoch
    started, outside = time.perf_counter(), 0.0
    for event in flow.stream(request["data"], request["recipe"], request["settings"], runs=request["runs"]):
        if isinstance(event, events.Opened):
            seen.opened = event
        elif isinstance(event, events.Begun):
            seen.begun = event
        elif isinstance(event, Epoch):
            left = time.perf_counter()
            accuracy = None if target is None else judge(seen)
            times = {"seconds": left - started - outside, "train_seconds": event.seconds}
            seen.epochs.append({**times, "accuracy": accuracy})
            if (
                accuracy is not None
                and target is not None
                and accuracy >= target
                and len(seen.epochs) >= request["least"]
            ):
                break
            outside += time.perf_counter() - left
        elif isinstance(event, events.Finished):
            seconds = time.perf_counter() - started - outside
            seen.finished = {"seconds": seconds, "training_seconds": event.training_seconds, "accuracy": judge(seen)}
    return seen


def judge(seen: Watched) -> float:
    """Accuracy on the test split of the weights as they are (averaged ones where the recipe keeps an average)."""
    from seodang.core.registry import find
    from seodang.data.prepare import Normalise
    from seodang.training.loop import measure

    data, recipe = seen.opened.data, seen.begun.recipe
    task = find("tasks", recipe.task)(len(data.classes), recipe.loss)
    return measure(seen.state, data.test, task, Normalise(data.preparation), seen.begun.place)["accuracy"]


def matrix_rate() -> float:
    """FLOP/s of a large matrix product in PyTorch, float32, with the threads of the training."""
    import torch

    left, right = torch.randn(MATRIX, MATRIX), torch.randn(MATRIX, MATRIX)
    return best_rate(lambda: left @ right)


if __name__ == "__main__":
    answer(run)
