"""The table of measured labs: `python -m benchmarks.runs_table RUNS [--write]` reads judged runs; `--write` puts them into README.

A line of README with the same recipe, data and seed is replaced, every other stays.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import yaml

SHORT = {"naive": "naive", "linear": "linear", "trees": "trees"}
README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- measured: python -m benchmarks.runs_table -->", "<!-- end of measured -->"


def row(folder: Path) -> dict[str, Any]:
    """What one run's own files say of it."""
    report = json.loads((folder / "report.json").read_text())
    machine = json.loads((folder / "machine.json").read_text())
    recipe = yaml.safe_load((folder / "recipe.yaml").read_text())
    history = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
    base = recipe["transfer"]["backbone"] if recipe["model"]["name"] == "backbone" else ""
    return {
        "recipe": f"`{recipe['name']}`" + (f", {base}" if base else ""),
        "data": json.loads((folder / "data.json").read_text())["source"]["name"],
        "epochs": "solved" if history and "penalty" in history[0] else len(history),
        "seed": recipe["training"]["seed"],
        "split": report["split"],
        "score": _score(report),
        "beside": ", ".join(
            f"{SHORT.get(name, name)} {_value(report, each)}" for name, each in report["baselines"].items()
        ),
        # Runs that were carried on once told the time of the last part only.
        "seconds": f"{max(machine['training_seconds'], sum(each.get('seconds', 0) for each in history)):.0f}",
        "threads": machine["threads"],
        "instructions": machine["instructions"],
    }


def _score(report: dict[str, Any]) -> str:
    main = _main(report)
    if main not in report["intervals"]:
        return _value(report, report["metrics"])
    low, high = report["intervals"][main]
    bounds = f"{low:.1%}–{high:.1%}" if main == "accuracy" else f"{low:.4g}–{high:.4g}"
    return f"{_value(report, report['metrics'])} ({bounds})"


def _main(report: dict[str, Any]) -> str:
    return report.get("main", "accuracy")


def _value(report: dict[str, Any], found: dict[str, Any]) -> str:
    main = _main(report)
    return f"{found[main]:.2%}" if main == "accuracy" else f"{main} {found[main]:.4g}"


HEADS = {
    "recipe": "recipe", "data": "data", "epochs": "epochs", "seed": "seed", "split": "judged on",
    "score": "score (95 % interval)", "beside": "simple methods on the same examples", "seconds": "training, s", "threads": "threads",
    "instructions": "CPU",
}  # fmt: skip


def lines_of(runs: Path) -> list[str]:
    """A line of Markdown for every judged run below a folder; the first of several last, so that it wins."""
    reports = sorted(runs.glob("*/report.json"), key=lambda each: each.parent.name, reverse=True)
    rows = [row(each.parent) for each in reports if (each.parent / "manifest.json").exists()]
    return ["| " + " | ".join(str(r[key]) for key in HEADS) + " |" for r in rows]


def merged(old: list[str], new: list[str]) -> list[str]:
    """Both, by recipe, data and seed; where those are the same, the last line."""
    return [line for _, line in sorted({_key(line): line for line in [*old, *new]}.items())]


def _key(line: str) -> tuple[str, str, int]:
    recipe, data, _, seed, *_ = (cell.strip() for cell in line.strip("| ").split("|"))
    return recipe, data, int(seed)


def as_table(lines: list[str]) -> str:
    """The lines below their heads."""
    return "\n".join(["| " + " | ".join(HEADS.values()) + " |", "|" + "---|" * len(HEADS), *lines])


def main() -> None:
    """Print the table, or put its lines between README's two marks."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.runs_table", description=__doc__)
    parser.add_argument("runs", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    lines = merged([], lines_of(asked.runs))
    sys.stdout.write(as_table(lines) + "\n")
    if asked.write:
        before, rest = README.read_text(encoding="utf-8").split(BEGIN)
        old, after = rest.split(END)
        text = as_table(merged(old.strip().splitlines()[2:], lines))
        README.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
