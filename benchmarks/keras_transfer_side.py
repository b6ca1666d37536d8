"""Keras' side of `transfer`, run and timed: `python -m benchmarks.keras_transfer_side REQUEST ANSWER`.

Request: program (a function of keras_programs/cats_dogs_transfer.py), data (a folder with train/, validation/, test/), side
(pixels), weights (Keras' file), epochs (at most), learning_rate, seed, target (validation accuracy at which to stop), threads (or null);
or {"convert": our safetensors file, "weights": Keras' file to write, "pictures", "features": .npy files, side}: only make that
file, and measure how far Keras' features of the pictures are from ours.
The clock starts after the imports; reading the folder, building, tracing, training and validating are counted.
"""

from __future__ import annotations

import os
import time
from itertools import accumulate
from pathlib import Path
from typing import Any

from benchmarks.process import answer, peak_memory


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Train, or only convert."""
    started = time.perf_counter()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    import tensorflow as tf

    from benchmarks.keras_programs import cats_dogs_transfer as program
    from benchmarks.keras_timer import Timer

    if "convert" in request:
        return convert(request)
    if threads := request["threads"]:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
    keras.utils.set_random_seed(request["seed"])
    import_seconds = time.perf_counter() - started

    data, side = Path(request["data"]), request["side"]
    started = time.perf_counter()
    timer = Timer(started, request["target"], least=1)
    model = getattr(program, request["program"])(
        data,
        side,
        request["weights"],
        epochs=request["epochs"],
        learning_rate=request["learning_rate"],
        callbacks=[timer],
    )
    memory = peak_memory()
    validating = accumulate(epoch["judge_seconds"] for epoch in timer.epochs)
    epochs = [
        # The timer leaves validating out, for the labs judge on the test split; here it belongs to the work, as it does for ours.
        {
            **epoch,
            "seconds": epoch["seconds"] + spent,
            "seconds_validated_once": epoch["seconds"] + epoch["judge_seconds"],
        }
        for epoch, spent in zip(timer.epochs, validating, strict=True)
    ]
    _, test_accuracy = model.evaluate(program.read(data / "test", side, shuffle=False))
    return {
        "import_seconds": import_seconds,
        "epochs": epochs,
        "test_accuracy": float(test_accuracy),
        "parameters": model.count_params(),
        "peak_memory": memory,
    }


def convert(request: dict[str, Any]) -> dict[str, Any]:
    """Write Keras' file of weights; the largest difference of a feature, as a share of the largest feature."""
    import keras
    import numpy as np
    from safetensors.numpy import load_file

    from benchmarks.keras_programs.cats_dogs_transfer import features
    from benchmarks.keras_weights import put

    side = request["side"]
    base = keras.applications.MobileNetV2(input_shape=(side, side, 3), include_top=False, weights=None)
    put(base, load_file(request["convert"]))
    base.save_weights(request["weights"])

    inputs = keras.Input(shape=(side, side, 3))
    model = keras.Model(inputs, features(inputs, side, request["weights"]))
    pictures, ours = (np.load(request[name], allow_pickle=False) for name in ("pictures", "features"))
    found = model.predict(pictures.transpose(0, 2, 3, 1).astype("float32"), verbose=0)
    return {"difference": float(np.abs(found - ours).max() / np.abs(ours).max()), "pictures": len(pictures)}


if __name__ == "__main__":
    answer(run)
