"""The Keras program of a lab, run and timed: `python -m benchmarks.keras_side REQUEST ANSWER`.

Request: lab, folder (of the plain arrays), seed, epochs (at most), target, least (epochs at least), threads (or null);
or {"read": name}: only read that data set's own files.
The clock starts after the imports and stops at each epoch's end; judging on the test split is left out of it.
"""

from __future__ import annotations

import importlib
import os
import time
from pathlib import Path
from typing import Any

from benchmarks.arrays import read_files, read_plain
from benchmarks.labs import LABS
from benchmarks.machine import MATRIX, best_rate
from benchmarks.process import answer, peak_memory


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Train, or only read."""
    started = time.perf_counter()
    if name := request.get("read"):
        import pandas  # noqa: F401
        from PIL import Image  # noqa: F401

        began = time.perf_counter()
        read_files(name)
        return {"read_seconds": time.perf_counter() - began}

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    import tensorflow as tf

    from benchmarks.keras_timer import Timer

    lab = LABS[request["lab"]]
    program = importlib.import_module(f"benchmarks.keras_programs.{lab.program}")
    if threads := request["threads"]:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
    keras.utils.set_random_seed(request["seed"])
    import_seconds = time.perf_counter() - started

    started = time.perf_counter()
    arrays = read_plain(lab.data, Path(request["folder"]))
    read_seconds = time.perf_counter() - started
    timer = Timer(started, request["target"], request["least"])
    model = program.train(*arrays, epochs=request["epochs"], callbacks=[timer])
    memory = peak_memory()
    return {
        "import_seconds": import_seconds,
        "read_seconds": read_seconds,
        "epochs": timer.epochs,
        "examples": len(arrays[0]),
        "parameters": model.count_params(),
        "peak_memory": memory,
        "matrix_rate": matrix_rate(),
    }


def matrix_rate() -> float:
    """FLOP/s of a large matrix product in TensorFlow, float32, with the threads of the training."""
    import tensorflow as tf

    left, right = tf.random.normal((MATRIX, MATRIX)), tf.random.normal((MATRIX, MATRIX))
    return best_rate(lambda: tf.linalg.matmul(left, right).numpy())


if __name__ == "__main__":
    answer(run)
