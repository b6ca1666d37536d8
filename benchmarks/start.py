"""How long a person waits for the first answer: whole processes, from nothing, the fastest of some."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.arrays import data_folder

REPEATS = 5


def start(work: Path, *, tell: Callable[[str], None]) -> dict[str, Any]:
    """Seconds of `seodang --help`, `seodang list recipes` and a cold `seodang predict RUN photo`, and of Python alone."""
    environment = {**os.environ, "SEODANG_CACHE": str(work / "cache")}
    prepare = ["train", "digits", "training.epochs=1", "--name", "start"]
    _call([*prepare, "--runs", str(work / "runs")], environment)
    run = max((work / "runs").glob("start-*"), key=lambda folder: folder.stat().st_mtime)
    photo = data_folder("asl-photos") / "a.png"
    found = {"python": _fastest([sys.executable, "-c", "pass"], environment)}
    verbs = {"seodang --help": ["--help"], "seodang list recipes": ["list", "recipes"]}
    for words, arguments in {**verbs, "seodang predict RUN photo": ["predict", str(run), str(photo)]}.items():
        found[words] = _fastest([sys.executable, "-m", "seodang", *arguments], environment)
        tell(f"{words}: {found[words]:.2f} s")
    return found


def _fastest(command: list[str], environment: dict[str, str]) -> float:
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        _run(command, environment)
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def _call(arguments: list[str], environment: dict[str, str]) -> str:
    return _run([sys.executable, "-m", "seodang", *arguments], environment)


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return done.stdout
