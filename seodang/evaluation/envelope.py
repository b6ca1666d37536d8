"""What every report has, whatever was judged: the run, the examples, what was trained, and where it is written."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from torch import nn

from seodang.core.files import plain_name, write_json, write_text
from seodang.evaluation import opened
from seodang.models.summary import summary, total
from seodang.runs.folder import Run, input_spec
from seodang.runs.writing import write_manifest


class Examples(Protocol):
    """The examples that are judged: pictures, rows, texts or windows."""

    @property
    def data(self) -> str: ...
    @property
    def split(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def is_own(self) -> bool: ...
    def __len__(self) -> int: ...


def envelope(run: Run, judged: Examples, model: nn.Module | None = None) -> dict[str, Any]:
    """The part of report.json that says what was judged and how it was trained.

    model: the network whose layers are listed; None: the run's own, behind its preparation.
    """
    model = model or list(run.network().children())[-1]
    rows = summary(model, input_spec(run.recipe, run.facts))
    layers = [
        {"layer": r.layer, "kind": r.kind, "output_shape": list(r.output_shape), "parameters": r.parameters}
        for r in rows
    ]
    return {
        "run": str(run.folder),
        "name": run.name,
        "recipe": run.recipe.name,
        "seconds": training_seconds(run),
        "epochs": len(run.history),
        "evaluated_at": opened.now(),
        "split": judged.split,
        "judged": {
            "data": judged.data,
            "examples": len(judged),
            "sha256": judged.sha256,
            "is_own": judged.is_own,
        },
        "training": {"recipe": run.recipe.model_dump(mode="json"), **total(rows), "layers": layers},
        "history": run.history,
        "data": run.data,
        "machine": run.machine,
    }


def count_opening(run: Run, judged: Examples, report: dict[str, Any]) -> None:
    """Write down that the split was opened, with the score, and put into the report how often it has been."""
    main = report.get("main", "accuracy")
    score = {main: report["metrics"][main]}
    opened.record(run.folder, split=judged.split, sha256=judged.sha256, examples=len(judged), **score)
    report["judged"]["opened"] = opened.count(run.folder, judged.sha256)


def save(
    run: Run, judged: Examples, report: dict[str, Any], begun: float, render: Callable[[], str], **files: str
) -> dict[str, Any]:
    """Write report.html and report.json into the run; give the report back.

    Args:
        begun: When the judging began, on the clock of `time.perf_counter`.
        render: Gives the page, once the report is whole.
        files: Other files that belong to the report, by what they are.
    """
    report["evaluation_seconds"] = round(time.perf_counter() - begun, 3)
    report["files"] = {kind: f"report{suffix(judged)}.{kind}" for kind in ("json", "html")} | files
    write_text(run.folder / report["files"]["html"], render())
    write_json(run.folder / report["files"]["json"], report)
    write_manifest(run.folder)
    return report


def training_seconds(run: Run) -> float:
    """How long the run trained, in seconds."""
    return round(float(run.machine.get("training_seconds") or sum(e.get("seconds", 0) for e in run.history)), 3)


def suffix(judged: Examples) -> str:
    """What the names of a report's files end with: nothing on the run's own data, else the name of the other data."""
    if judged.is_own:
        return ""
    return "-" + plain_name(Path(judged.data).name, "data")
