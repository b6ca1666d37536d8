"""One seed of `finetune`: `python -m benchmarks.finetune_side REQUEST ANSWER`.

Request: data (a folder), runs (a folder), side (pixels), epochs, seed. Trains the house recipe twice on the same division, the head
alone and with fine-tuning after it, and gives what each got right of the judged pictures.
"""

from __future__ import annotations

import time
from typing import Any

from benchmarks.process import answer


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Train both and judge both. The features of the first are kept for the second, as for every user."""
    import torch

    from seodang.evaluation import predictions
    from seodang.evaluation.evaluate import evaluate
    from seodang.recipes.choose import LAST_PART
    from seodang.runs.events import Finished
    from seodang.runs.train import stream

    torch.set_num_threads(1)
    seed = request["seed"]
    plain = {"preparation.height": request["side"], "split.seed": seed, "training.seed": seed}
    tuned = {**plain, "transfer.fine_tune": True, "transfer.stages": LAST_PART[0], "training.epochs": request["epochs"]}
    found: dict[str, Any] = {}
    for way, settings in (("head", plain), ("tuned", tuned)):
        wall, spent = time.perf_counter(), time.process_time()
        *_, last = stream(request["data"], settings=settings, runs=request["runs"])
        assert isinstance(last, Finished), "nothing interrupts it"
        evaluate(last.run, prepared=last.data)
        judged = predictions.read(last.run.folder)
        assert isinstance(judged, predictions.Predictions), "classes are told apart"
        found[way] = {
            "right": judged.right.astype(int).tolist(),
            "split": judged.split,
            "best_epoch": last.best_epoch,
            "seconds": time.perf_counter() - wall,
            "cpu_seconds": time.process_time() - spent,
            "training_pictures": len(last.data.train),
            "validation_pictures": len(last.data.validation),
        }
    return found


if __name__ == "__main__":
    answer(run)
