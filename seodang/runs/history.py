"""A run's history: a line an epoch, appended and never rewritten. It is the truth; every table and curve is read from it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from seodang.core.files import append_line, drop_torn_line
from seodang.runs.folder import read_history
from seodang.training.loop import Epoch


class History:
    """Appends epochs to a file of a line an epoch. An epoch that already has its line, from before a crash, is not written again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        drop_torn_line(path)
        lines = read_history(path.parent, path.name)
        self.last_epoch = lines[-1].get("epoch", 0) if lines else 0

    def write(self, event: Epoch) -> None:
        """Append an epoch, unless it is there."""
        if event.epoch <= self.last_epoch:
            return
        line = {"epoch": event.epoch, "step": event.step, **{k: round(v, 8) for k, v in event.metrics.items()}}
        append_line(self.path, {**line, "learning_rate": event.learning_rate, "seconds": round(event.seconds, 4)})
        self.last_epoch = event.epoch


def as_csv(history: list[dict[str, Any]]) -> str:
    """A history as a table, a row an epoch."""
    columns = list(dict.fromkeys(key for line in history for key in line))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(history)
    return text.getvalue()
