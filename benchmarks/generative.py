"""`python -m benchmarks.generative`: how well networks draw digits, over seeds, by the command line and a classifier of ours.

Every network is a `seodang train mnist RECIPE` of its own, several at once (on a GPU a small network leaves most of it idle). The
classifiers are the house recipe as it is, and without smoothed labels: smoothing alone keeps a network below 90 % on real digits.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

HOUSE = "image-classifier"
CLASSIFIERS = {"house": [HOUSE], "plain": [HOUSE, "training.label_smoothing=0"]}
NETWORKS = ("gan-mnist training.epochs=50", "picture-gan training.epochs=20", "picture-vae training.epochs=10")
MADE = 2_500
# Of the seconds that are given: what is kept for reports (a classifier is trained for each, on the CPU) and for the table.
REPORTS = 30.0


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generative", description=__doc__)
    parser.add_argument(
        "networks", nargs="*", default=NETWORKS, help='"RECIPE key=value …", each one word of the shell'
    )
    parser.add_argument("--data", default="mnist", help="labelled pictures")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--steps", type=int, help="steps of every training: to try the script")
    parser.add_argument(
        "--seconds", type=float, help="what all may take; a network that is not done then is judged as it is"
    )
    parser.add_argument("--side", type=int, default=max(1, (os.cpu_count() or 2) * 3 // 4), help="trainings at once")
    parser.add_argument("--runs", type=Path, help="keep the runs here (default: a folder that is deleted)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number to FILE")
    return parser.parse_args()


def main() -> None:
    """Train all, then judge all, then print a table."""
    asked, started = arguments(), time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="seodang-generative-") as folder:
        runs = asked.runs or Path(folder)
        jobs = [(f"{name}-classifier", words, 0) for name, words in CLASSIFIERS.items()]
        for index, network in enumerate(asked.networks):
            jobs += [(f"network{index}-seed{seed}", shlex.split(network), seed) for seed in asked.seeds]
        subprocess.run([sys.executable, "-m", "seodang", "look", asked.data], capture_output=True)  # the cache, once
        with ThreadPoolExecutor(asked.side) as pool:
            started_jobs: dict[str, Future[Path | str]] = {
                name: pool.submit(train, name, words, seed, asked, runs, started) for name, words, seed in jobs
            }
        found = {name: job.result() for name, job in started_jobs.items()}
        trained = time.perf_counter() - started
        for name, result in found.items():
            if isinstance(result, str):
                print(f"{name} failed:\n{result}\n", file=sys.stderr)
        whole = {name: path for name, path in found.items() if isinstance(path, Path)}
        rows = judge(whole, {name: shlex.join(words) for name, words, _ in jobs})
    print(
        f"\n{trained:.0f} s of training and reports, {time.perf_counter() - started:.0f} s in all, {asked.side} at once\n"
    )
    for line in table(rows):
        print(line)
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1))


def train(name: str, words: list[str], seed: int, asked: argparse.Namespace, runs: Path, started: float) -> Path | str:
    """The run's folder, or what was printed where it failed."""
    settings = [f"training.device={asked.device}", f"training.seed={seed}", "training.precision=float32"]
    if asked.steps:
        settings.append(f"training.steps={asked.steps}")
    command = [
        sys.executable,
        "-m",
        "seodang",
        "train",
        asked.data,
        *words,
        *settings,
        "--runs",
        str(runs),
        "--name",
        name,
    ]
    if asked.seconds and name.startswith("network"):
        left = asked.seconds - REPORTS - (time.perf_counter() - started)
        if left < 5:
            return "no time was left for it"
        command += ["--minutes", f"{left / 60:.3f}"]
    threads = {key: "1" for key in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    done = subprocess.run(command, env={**os.environ, **threads}, capture_output=True, text=True)
    return (
        f"{shlex.join(command)}\n{done.stdout[-1500:]}\n{done.stderr[-2500:]}"
        if done.returncode
        else runs / f"{name}-1"
    )


def judge(runs: dict[str, Path], titles: dict[str, str]) -> list[dict[str, Any]]:
    """A row a network: how sure each classifier is of what it makes, and of real pictures of the test split; what the report says."""
    import torch

    from seodang.evaluation import making
    from seodang.runs.folder import load

    rows = []
    classifiers = {name: load(runs[f"{name}-classifier"]) for name in CLASSIFIERS if f"{name}-classifier" in runs}
    real = {}
    for name, classifier in classifiers.items():
        test: Any = classifier.prepared().test
        pixels = test.fetch(torch.arange(min(MADE, len(test))))
        real[name] = float(classifier.probabilities(pixels).max(dim=1).values.mean())
    for name, path in runs.items():
        if not name.startswith("network"):
            continue
        run, report = load(path), json.loads((path / "report.json").read_text())
        found = report if report["task"] == "imitate" else report.get("made", {})
        row: dict[str, Any] = {"network": titles[name], "seed": run.recipe.training.seed, "epochs": len(run.history)}
        row["seconds"] = round(sum(line["seconds"] for line in run.history), 1)
        row["frechet"] = found.get("metrics", {}).get("frechet")
        row["frechet_real"] = found.get("baselines", {}).get("real", {}).get("frechet")
        row["diversity"] = found.get("metrics", {}).get("diversity")
        row["discriminator_right"] = (found.get("discriminator") or {}).get("right")
        pixels = making.make(run, MADE, seed=1)
        for judging, classifier in classifiers.items():
            probabilities = classifier.probabilities(pixels)
            row[f"sure_{judging}"] = round(float(probabilities.max(dim=1).values.mean()), 4)
            row[f"sure_{judging}_real"] = round(real[judging], 4)
            counts = torch.bincount(probabilities.argmax(dim=1), minlength=len(classifier.classes))
            row[f"counts_{judging}"] = counts.tolist()
        rows.append(row)
    return rows


def table(rows: list[dict[str, Any]]) -> list[str]:
    """The rows as lines of a table, and the mean over the seeds of each network below them."""
    names = [name for name in CLASSIFIERS if rows and f"sure_{name}" in rows[0]]
    head = ["network", "seed", "epochs", "s", "Fréchet", "real", "diversity", "D right"]
    lines = [[*head, *(f"sure, {name} (real)" for name in names), f"of {MADE} a class, {names[-1] if names else ''}"]]
    for row in rows:
        line = [row["network"], row["seed"], row["epochs"], row["seconds"]]
        line += [_short(row[key]) for key in ("frechet", "frechet_real", "diversity", "discriminator_right")]
        line += [f"{row[f'sure_{name}']:.3f} ({row[f'sure_{name}_real']:.3f})" for name in names]
        lines.append([str(each) for each in [*line, row[f"counts_{names[-1]}"] if names else ""]])
    return [" | ".join(line) for line in lines]


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


if __name__ == "__main__":
    main()
