"""A measurement is a process of its own: asked by JSON, answered by JSON, so that none inherits memory, threads or caches."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


def measure(module: str, request: dict[str, Any], environment: dict[str, str] | None = None) -> dict[str, Any]:
    """Run `python -m benchmarks.MODULE` with a request and give back its answer. What it printed is shown where it fails."""
    with tempfile.TemporaryDirectory(prefix="seodang-benchmark-") as folder:
        answer = Path(folder) / "answer.json"
        command = [sys.executable, "-m", f"benchmarks.{module}", json.dumps(request), str(answer)]
        done = subprocess.run(command, env={**os.environ, **(environment or {})}, capture_output=True, text=True)
        if done.returncode or not answer.exists():
            raise SystemExit(f"{module} failed on {request}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return json.loads(answer.read_text())


def answer(work: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """The child's side: read the request, do the work, write the answer with the peak memory."""
    request, path = json.loads(sys.argv[1]), Path(sys.argv[2])
    found = work(request)
    path.write_text(json.dumps({"peak_memory": peak_memory(), **found}))


def peak_memory() -> int:
    """The most memory this process has held, in bytes (resident).

    Linux tells it in VmHWM; getrusage there begins with what the parent held before exec.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
