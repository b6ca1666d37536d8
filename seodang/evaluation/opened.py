"""How often a test split has been opened: every judging of it is written down, in a file that only grows.

Whoever judges ten networks on one test split and takes the best has chosen on it; the count makes that visible.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from seodang.core.files import append_line, read_lines

NAME = "opened.jsonl"


def record(folder: Path, *, split: str, sha256: str, examples: int, **score: float) -> None:
    """Write down that a run was judged on the split with this hash, and its score by name (accuracy=0.93, mae=1.4)."""
    line = {"at": now(), "split": split, "sha256": sha256, "examples": examples}
    append_line(folder / NAME, line | {name: round(value, 6) for name, value in score.items()})


def count(folder: Path, sha256: str, measure: str | None = None) -> dict[str, int]:
    """How often the split was opened by this run and by the runs beside it, and how many runs those are.

    Args:
        measure: Only where it was opened to measure this (accuracy, mae): one does not choose between a classifier and an autoencoder.

    {"times": in all, "by_this_run": …, "runs": how many runs opened it}
    """
    by_run = {file.parent.name: _times(file, sha256, measure) for file in sorted(folder.parent.glob(f"*/{NAME}"))}
    return {
        "times": sum(by_run.values()),
        "by_this_run": by_run.get(folder.name, 0),
        "runs": sum(times > 0 for times in by_run.values()),
    }


def _times(file: Path, sha256: str, measure: str | None) -> int:
    try:
        lines: list[Any] = list(read_lines(file))
    except (OSError, ValueError):
        return 0  # another run's damaged file is no reason not to judge this one
    return sum(
        isinstance(line, dict) and line.get("sha256") == sha256 and (measure is None or measure in line)
        for line in lines
    )


def now() -> str:
    """The time, in UTC, to the second: "2026-11-22T19:30:00Z"."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
