"""What a Keras program did and when, seen from outside by a callback."""

from __future__ import annotations

import time
from typing import Any

import keras


class Timer(keras.callbacks.Callback):
    """Times each epoch's training apart from its judging; stops once the target is reached.

    `epochs` has for each: seconds (since `started`, judging left out), train_seconds, judge_seconds, accuracy.
    """

    def __init__(self, started: float, target: float, least: int) -> None:
        super().__init__()
        self.started, self.target, self.least = started, target, least
        self.epochs: list[dict[str, Any]] = []
        self.judged = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch_began = time.perf_counter()

    def on_test_begin(self, logs: Any = None) -> None:
        self.test_began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        ended = time.perf_counter()
        judging = ended - self.test_began
        self.judged += judging
        accuracy = float(logs["val_accuracy"])
        self.epochs.append(
            {
                "seconds": ended - self.started - self.judged,
                "train_seconds": self.test_began - self.epoch_began,
                "judge_seconds": judging,
                "accuracy": accuracy,
            }
        )
        if accuracy >= self.target and len(self.epochs) >= self.least:
            assert self.model is not None, "fit() gives a callback its model"
            self.model.stop_training = True
