"""Our side of a lab, run and timed: `python -m benchmarks.seodang_side REQUEST ANSWER`.

Request: data (a path), recipe, settings, runs (a folder), target (or null: train the recipe to its end), least (epochs
at least), threads (or null).
The clock starts after the imports; judging on the test split is left out of it, as it is for Keras.
"""

from __future__ import annotations

import time
from typing import Any

from benchmarks.machine import MATRIX, best_rate
from benchmarks.process import answer, peak_memory


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Train by the same stream of events that `seodang train` reads."""
    started = time.perf_counter()
    import torch

    from seodang.runs import train as flow
    from seodang.training.loop import Epoch, Step

    if request["threads"]:
        torch.set_num_threads(request["threads"])
    states: list[Any] = []
    begin = flow.begin
    flow.begin = lambda *given: states.append(begin(*given)) or states[-1]  # so that epochs can be judged from outside
    import_seconds = time.perf_counter() - started

    started = time.perf_counter()
    outside, epochs, opened, found = 0.0, [], None, {}
    for event in flow.stream(request["data"], request["recipe"], request["settings"], runs=request["runs"]):
        if isinstance(event, flow.Opened):
            opened = event
        elif isinstance(event, Epoch):
            left = time.perf_counter()
            seconds = left - started - outside
            accuracy = judge(opened, states[-1]) if request["target"] is not None else None
            epochs.append({"seconds": seconds, "train_seconds": event.seconds, "accuracy": accuracy})
            if accuracy is not None and accuracy >= request["target"] and len(epochs) >= request["least"]:
                break
            outside += time.perf_counter() - left
        elif not isinstance(event, Step) and isinstance(event, flow.Finished):
            found = {"seconds": time.perf_counter() - started - outside, "training_seconds": event.training_seconds}
            found |= {"accuracy": judge(opened, states[-1]), "folder": str(event.run.folder)}
    assert opened is not None, "the stream begins with Opened"
    memory = peak_memory()
    model, count = states[-1].model, len(opened.data.train)
    example = opened.data.train.fetch(torch.tensor([0])).float()
    from benchmarks.operations import training_operations

    return {
        **found,
        "import_seconds": import_seconds,
        "read_seconds": opened.seconds,
        "epochs": epochs,
        "examples": count,
        "parameters": sum(p.numel() for p in model.parameters()) + batch_norm_statistics(model),
        "operations": training_operations(model.eval(), example),
        "peak_memory": memory,
        "matrix_rate": matrix_rate(),
        "threads": torch.get_num_threads(),
    }


def judge(opened: Any, state: Any) -> float:
    """Accuracy on the test split of the weights as they are (averaged ones where the recipe keeps an average)."""
    from seodang.core.registry import find
    from seodang.data.prepare import Normalise
    from seodang.training.device import choose_device
    from seodang.training.loop import measure

    data, recipe = opened.data, opened.recipe
    task = find("tasks", recipe.task)(len(data.classes), recipe.loss)
    place = choose_device(recipe.training)
    return measure(state, data.test, task, Normalise(data.preparation), place)["accuracy"]


def batch_norm_statistics(model: Any) -> int:
    """The running means and variances, which Keras counts as parameters that are not trained."""
    named = model.named_buffers()
    return sum(tensor.numel() for name, tensor in named if name.endswith(("running_mean", "running_var")))


def matrix_rate() -> float:
    """FLOP/s of a large matrix product in PyTorch, float32, with the threads of the training."""
    import torch

    left, right = torch.randn(MATRIX, MATRIX), torch.randn(MATRIX, MATRIX)
    return best_rate(lambda: left @ right)


if __name__ == "__main__":
    answer(run)
