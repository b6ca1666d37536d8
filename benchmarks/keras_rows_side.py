"""The Keras program of a lab of rows, texts or series, run and timed: `python -m benchmarks.keras_rows_side REQUEST ANSWER`.

Request: lab, folder (with the files), seed, epochs, threads (or null).
The clock starts after the imports and stands still while the held-out examples are judged at each epoch's end.
"""

from __future__ import annotations

import importlib
import os
import time
from pathlib import Path
from typing import Any

from benchmarks.clock import Clock
from benchmarks.process import answer, peak_memory
from benchmarks.row_labs import ROW_LABS
from benchmarks.scores import fingerprint, score


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Read, build, fit, as the notebook's cells do."""
    started = time.perf_counter()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    import pandas  # noqa: F401, its imports count as imports
    import tensorflow as tf

    lab = ROW_LABS[request["lab"]]
    program = importlib.import_module(f"benchmarks.keras_programs.{lab.program}")
    if threads := request["threads"]:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    keras.utils.set_random_seed(request["seed"])
    import_seconds = time.perf_counter() - started

    clock = Clock()
    cells = program.read(Path(request["folder"]))
    read_seconds = clock.now()
    model = program.build(cells)

    class Judge(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.began = clock.now()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            seconds, cpu = clock.now(), clock.cpu()
            with clock.standing():
                value = score(lab.score, cells.told(self.model), cells.truths)
            epochs.append(
                {"seconds": seconds, "cpu_seconds": cpu, "train_seconds": seconds - self.began, "score": value}
            )

    epochs: list[dict[str, Any]] = []
    model.fit(
        cells.x_train,
        cells.y_train,
        batch_size=program.BATCH_SIZE,
        epochs=request["epochs"],
        callbacks=[Judge()],
        verbose=0,
    )
    return {
        "import_seconds": import_seconds,
        "read_seconds": read_seconds,
        "epochs": epochs,
        "examples": len(cells.x_train),
        "held_out": fingerprint(cells.truths),
        "parameters": model.count_params(),
        "peak_memory": peak_memory(),
    }


if __name__ == "__main__":
    answer(run)
