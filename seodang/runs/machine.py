"""What a run was made on: versions, device, threads, and the commit of the code."""

from __future__ import annotations

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from seodang.training.device import Place

# Where one of these differs, the same seed may give other last digits.
DECIDES_BITS = ("torch", "device", "threads", "instructions", "machine", "processes")


def describe_machine(place: Place) -> dict[str, Any]:
    """Facts that explain a difference between two trainings of one recipe."""
    packages = ("seodang", "torch", "torchvision", "numpy", "pillow", "scikit-learn")
    return {
        "python": platform.python_version(),
        **{name: version_of(name) for name in packages},
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "device": place.name.split(",")[0],
        "precision": place.precision,
        "threads": torch.get_num_threads(),
        "processes": place.world,
        "commit": _commit(),
    }


def bits_may_differ(then: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What is other than then, of what decides the last digits: ["threads 1 → 2"]."""
    return [f"{name} {then.get(name)} → {now[name]}" for name in DECIDES_BITS if then.get(name) != now[name]]


def version_of(name: str) -> str | None:
    """The version of a package; None where it is not installed.

    >>> version_of("no-such-package") is None
    True
    """
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _commit() -> str | None:
    """The commit of the code that runs, where it runs from a git checkout of its own."""
    top = Path(__file__).parents[2]
    if not (top / ".git").exists():
        return None
    try:
        found = subprocess.run(
            ["git", "-C", str(top), "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, timeout=5
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() or None
