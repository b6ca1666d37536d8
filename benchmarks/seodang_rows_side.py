"""Our side of a race of rows, texts or series, run and timed: `python -m benchmarks.seodang_rows_side REQUEST ANSWER`.

Request: lab, data (a path or name), recipe, settings, runs (a folder), target (the score at which to stop, or null: train the
recipe to its end), least (epochs at least), threads (or null).
The clock starts after the imports and stands still while the held-out examples are judged, as it does for Keras.
"""

from __future__ import annotations

import time
from typing import Any

from benchmarks.clock import Clock
from benchmarks.process import answer, peak_memory
from benchmarks.row_labs import ROW_LABS
from benchmarks.scores import Score, fingerprint, is_reached, score


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Train by the same stream of events that `seodang train` reads."""
    started = time.perf_counter()
    import torch

    from seodang.runs import events
    from seodang.runs import train as flow
    from seodang.training.loop import Epoch

    if request["threads"]:
        torch.set_num_threads(request["threads"])
    import_seconds = time.perf_counter() - started

    lab, begin = ROW_LABS[request["lab"]], flow.begin
    state: Any = None
    judge: Any = None
    epochs: list[dict[str, Any]] = []
    found: dict[str, Any] = {}

    def remember(*given: Any) -> Any:
        nonlocal state
        state = begin(*given)
        return state

    flow.begin = remember  # the stream does not show the live network, and no copy of its weights is made at each epoch
    target = request["target"]
    clock = Clock()
    try:
        for event in flow.stream(request["data"], request["recipe"], request["settings"], runs=request["runs"]):
            if isinstance(event, events.Opened):
                found["read_seconds"] = clock.now()
                with clock.standing():
                    judge = Judge(event.data, event.recipe, lab.score)
            elif isinstance(event, events.Begun):
                found["begun_seconds"] = clock.now()
            elif isinstance(event, Epoch) and target is not None:
                times = {"seconds": clock.now(), "cpu_seconds": clock.cpu(), "train_seconds": event.seconds}
                with clock.standing():
                    value = judge(state.model)
                epochs.append({**times, "score": value})
                if is_reached(lab.score, value, target) and len(epochs) >= request["least"]:
                    break
            elif isinstance(event, events.Finished):
                times = {"seconds": clock.now(), "cpu_seconds": clock.cpu(), "steps": state.step, "epochs": state.epoch}
                found["finished"] = {**times, "score": judge(event.run.network())}
    finally:
        flow.begin = begin
    return {
        **found,
        "import_seconds": import_seconds,
        "epochs": epochs,
        "examples": len(judge.data.train),
        "held_out": fingerprint(judge.truths),
        "parameters": sum(t.numel() for t in state.model.parameters()),
        "peak_memory": peak_memory(),
    }


class Judge:
    """The score of a network on the held-out examples: those of the test split, or, of a recipe that has none, of validation."""

    def __init__(self, data: Any, recipe: Any, name: Score) -> None:
        from seodang.tasks.build import build_task

        self.data, self.name = data, name
        self.subset = data.test if len(data.test) else data.validation
        self.task = build_task(recipe.task, recipe.loss, data.facts)
        self.truths = self._truths()

    def __call__(self, network: Any) -> float:
        """The score of its weights as they are."""
        import torch

        from seodang.data.batches import batches
        from seodang.training.loop import judging_batch

        found = []
        network.eval()
        with torch.inference_mode():
            for inputs, labels, _ in batches(self.subset, judging_batch(self.subset, self.task)):
                outputs = network(inputs)
                if self.name == "perplexity":
                    asked = labels >= 0
                    logs = outputs[asked].log_softmax(-1)
                    found.append(logs.gather(1, labels[asked].unsqueeze(1))[:, 0])
                elif self.name == "accuracy":
                    found.append(self.task.decode(outputs) == 1)
                else:
                    found.append(self.task.decode(outputs)[:, 0])
        return score(self.name, torch.cat(found).numpy(), self.truths)

    def _truths(self) -> list[Any]:
        """As the Keras program has them; words as they are written."""
        labels = self.subset.labels
        if self.name == "perplexity":
            words = self.data.encoding.tokenizer
            return [words.token(one) for one in labels[labels >= 0].tolist()]
        if self.name == "accuracy":
            return [label == 1 for label in labels.tolist()]
        return labels[:, 0].double().tolist()


if __name__ == "__main__":
    answer(run)
