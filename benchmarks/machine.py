"""What the measuring is done on, and what a large matrix product reaches there."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

# Side of the square matrices whose product stands for the machine's limit: 17 billion operations, 16 MiB each.
MATRIX = 2048


def best_rate(product: Callable[[], Any], repeats: int = 7) -> float:
    """FLOP/s of the fastest of some products of two MATRIX × MATRIX matrices, after one that warms up."""
    product()
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        product()
        seconds.append(time.perf_counter() - started)
    return 2 * MATRIX**3 / min(seconds)


def describe(threads: int | None) -> dict[str, Any]:
    """The machine, the versions and the day. Imports nothing large."""
    packages = ("torch", "tensorflow", "keras", "numpy", "pillow", "pyarrow")
    return {
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "threads": threads or "each library's own choice",
        "load_before": [round(load, 2) for load in os.getloadavg()] if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **{name: _version(name) for name in packages},
        "commit": _commit(),
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _commit() -> str | None:
    asked = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    try:
        found = subprocess.run(asked, capture_output=True, text=True, timeout=10)
    except OSError:
        return None
    return found.stdout.strip() or None
