"""Five-fold results on tables, beside a linear model and boosted trees: `python -m benchmarks.tables [NAMES]` → tables.md.

Each fold's network trains by the house recipe as it comes, without a validation split (it does not choose by one); the others are those
of every report. What was measured is kept in tables.json, so that a run that was stopped goes on where it was; `--again` forgets it.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.model_selection import KFold, StratifiedKFold

from benchmarks.machine import describe
from seodang.data.encoded import Encoded
from seodang.data.frame import Frame
from seodang.data.open import open_any
from seodang.evaluation.row_baselines import table_baselines
from seodang.recipes.choose_rows import derive_rows, house_for, spelled_out
from seodang.recipes.recipe import Recipe
from seodang.recipes.resolve import resolve
from seodang.runs.opening import encode_frame
from seodang.runs.train import build_network
from seodang.tasks.build import build_task
from seodang.training.device import choose_device
from seodang.training.loop import begin, fit

HERE = Path(__file__).parent
TABLES = (
    "titanic", "pima-indians-diabetes", "penguins", "breast-cancer", "iris", "wine", "auto-mpg", "diabetes", "california-housing",
)  # fmt: skip
FOLDS = 5
METHODS = {"network": "the network", "linear": "linear", "trees": "boosted trees"}


def folds(frame: Frame, recipe: Recipe) -> list[Frame]:
    """The frame, each time with another fifth as its test split; rows without a target are not among them."""
    target = recipe.columns.target
    assert target is not None, "spelled_out names the target"
    frame = frame.select(np.flatnonzero(np.asarray(frame.table[target].notna())))
    rows = np.zeros(len(frame))
    if recipe.task == "classify":
        cuts = StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(rows, frame.table[target].astype(str))
    else:
        cuts = KFold(FOLDS, shuffle=True, random_state=0).split(rows)
    found = []
    for _, tested in cuts:
        splits = np.full(len(frame), "train", "U10")
        splits[tested] = "test"
        found.append(replace(frame, splits=splits))
    return found


def one_fold(frame: Frame, recipe: Recipe) -> dict[str, Any]:
    """The scores of every method on one fold's test rows, and the network's seconds."""
    data = encode_frame(frame, recipe)
    resolved, _ = derive_rows(recipe, data)
    place = choose_device(resolved.training)
    task = build_task(resolved.task, resolved.loss, data.facts)
    state = begin(build_network(resolved, task, data), resolved, place)
    wall, spent = time.perf_counter(), time.process_time()
    for _ in fit(data, resolved, task, state, place):  # pyright: ignore[reportArgumentType]
        pass
    seconds = {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - spent}
    assert data.test.pixels is not None, "rows are held in memory"
    with torch.inference_mode():
        outputs = state.model.eval()(data.test.pixels)
    answers = {"network": (task.probabilities(outputs) if data.classes else task.decode(outputs)).numpy()}
    answers |= {name: guess.answers for name, guess in table_baselines(data, data.test).items()}
    return {**{name: score(data, each) for name, each in answers.items()}, **seconds}


def score(data: Encoded, answers: np.ndarray) -> float:
    """Accuracy of probabilities (N, C), or R² of amounts (N, 1)."""
    targets = data.test.labels.numpy().astype(np.float64)
    if data.classes:
        return float((answers.argmax(1) == targets).mean())
    spread = ((targets - targets.mean()) ** 2).sum()
    return float(1 - ((answers - targets) ** 2).sum() / spread)


def measure(name: str) -> dict[str, Any]:
    """All folds of one table by its house recipe."""
    frame = open_any(name)
    assert isinstance(frame, Frame), "a table"
    laid = {"split.validation": "0"}
    recipe, _ = spelled_out(resolve(house_for(frame, resolve("table-classifier", laid)), laid), frame)
    found = [one_fold(each, recipe) for each in folds(frame, recipe)]
    return {"rows": len(frame), "task": recipe.task, "recipe": recipe.name, "folds": found}


def as_markdown(results: dict[str, Any]) -> str:
    """The table of what was measured: mean ± standard deviation over the folds; the best of each row in bold."""
    lines = [
        "# Tables: the house recipe, a linear model, boosted trees",
        "",
        "Five folds; mean ± standard deviation. Accuracy for classes, R² for amounts; higher is better, the best in bold. Written by",
        "`python -m benchmarks.tables`; the other methods are scikit-learn's as every report has them.",
        "",
        "| table | rows | score | "
        + " | ".join(METHODS.values())
        + " | network - trees, fold by fold | training, s of CPU |",
        "|---|---:|---|" + "---:|" * (len(METHODS) + 2),
    ]
    for name, found in results["tables"].items():
        scores = {method: np.array([fold[method] for fold in found["folds"]]) for method in METHODS}
        best = max(scores, key=lambda method: scores[method].mean())
        cells = [f"{values.mean():.3f} ± {values.std(ddof=1):.3f}" for values in scores.values()]
        cells = [f"**{cell}**" if method == best else cell for cell, method in zip(cells, scores, strict=True)]
        gap = scores["network"] - scores["trees"]
        spent = np.mean([fold["cpu_seconds"] for fold in found["folds"]])
        what = "accuracy" if found["task"] == "classify" else "R²"
        cells += [f"{gap.mean():+.3f} ± {gap.std(ddof=1) / np.sqrt(len(gap)):.3f}", f"{spent:.1f}"]
        lines.append(f"| {name} | {found['rows']:,} | {what} | " + " | ".join(cells) + " |")
    machine = results["machine"]
    where = f"{machine['cpu']}, {machine['threads']} thread, load {machine['load_before']}, torch {machine['torch']}, {machine['date']}"
    note = "The differences' ± is the standard error over the folds, which share training rows: too small rather than too large."
    return "\n".join([*lines, "", f"{note} {where}; commit {machine['commit']}.", ""])


def main() -> None:
    """Measure what is missing, then write tables.json and tables.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tables", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"Tables; all of {', '.join(TABLES)} where none is named."
    )
    parser.add_argument("--again", action="store_true", help="Forget what was measured before.")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    kept = HERE / "tables.json"
    before = json.loads(kept.read_text()) if kept.exists() and not asked.again else {"tables": {}}
    results = {"machine": describe(1), "tables": before["tables"]}
    for name in asked.names or TABLES:
        if name not in results["tables"] or asked.names:
            results["tables"][name] = measure(name)
            results["tables"] = {each: results["tables"][each] for each in TABLES if each in results["tables"]}
            kept.write_text(json.dumps(results, indent=1) + "\n")
            print(name, results["tables"][name]["folds"][-1], flush=True)
    (HERE / "tables.md").write_text(as_markdown(results))
    print(as_markdown(results))


if __name__ == "__main__":
    main()
