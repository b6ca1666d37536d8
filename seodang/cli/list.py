"""`seodang list`: the names there are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from seodang.cli._screen import print_json, screen
from seodang.core.errors import SeodangError, did_you_mean
from seodang.core.language import padded, tr, trn
from seodang.core.numbers import percent
from seodang.core.registry import describe, family, names
from seodang.evaluation.naming import metric, split_name

KINDS = (
    "recipes",
    "models",
    "datasets",
    "tasks",
    "decisions",
    "diagnoses",
    "foundations",
    "explanations",
    "lessons",
    "runs",
)


def list(  # noqa: A001 - the verb's name
    kind: Annotated[
        str, typer.Argument(help=tr("One of {kinds}; all but runs where left out.", kinds=", ".join(KINDS)))
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Show the recipes, models, data sets, tasks and decisions by name, or the runs below ./runs.

    Examples:

      seodang list recipes

      seodang list runs --json
    """
    if kind and kind not in KINDS:
        raise SeodangError(tr("{kind!r} cannot be listed. {hint}", kind=kind, hint=did_you_mean(kind, KINDS)))
    console, found = screen(json), {}
    for each in [kind] if kind else KINDS[:-1]:
        if each == "runs":
            found[each] = _runs(console, json)
            continue
        found[each] = {name: {"about": describe(each, name), "family": family(each, name)} for name in names(each)}
        if not json:
            console.print(f"[bold]{each}[/bold]")
            width = max(len(name) for name in found[each])
            for name, facts in found[each].items():
                console.print(f"  {name:{width}}  {facts['about']}", markup=False)
    if json:
        print_json(found)


def _runs(console: Console, as_json: bool) -> dict[str, dict[str, object]]:
    from seodang.core.files import read_json, read_lines
    from seodang.runs.folder import NEEDED, list_runs

    found: dict[str, dict[str, object]] = {}
    for folder in list_runs():
        facts: dict[str, Any] = {"recipe": "?", "epochs": 0, "head_solved": False}
        facts["finished"] = (folder / "manifest.json").exists()
        try:
            listed = read_json(folder / "manifest.json") if facts["finished"] else {}
            if gone := [name for name in NEEDED if name in listed and not (folder / name).exists()]:
                facts["damaged"] = tr("{file} is missing", file=gone[0])
            facts["recipe"] = _recipe_name(folder)
            lines = [*read_lines(folder / "history.jsonl")] if (folder / "history.jsonl").exists() else []
            facts["head_solved"] = bool(lines) and "penalty" in lines[0]
            facts["epochs"] = 0 if facts["head_solved"] else len(lines)
            report = read_json(folder / "report.json") if (folder / "report.json").exists() else {}
        except (OSError, ValueError) as error:
            facts["damaged"], report = str(error), {}
        metrics = report.get("metrics", {})
        main = "bleu" if "bleu" in metrics else report.get("main", "accuracy")
        facts |= {"split": report.get("split"), "examples": report.get("judged", {}).get("examples")}
        facts["accuracy"] = metrics.get("accuracy")
        found[folder.name] = {**facts, "main": main if main in metrics else None, "score": metrics.get(main)}
    if not as_json:
        for name, facts in found.items():
            judged = _judged(facts)
            state = "" if facts["finished"] else "  " + tr("(not finished: seodang train --resume)")
            long = (
                tr("head solved")
                if facts["head_solved"]
                else trn("{count:>4} epoch", "{count:>4} epochs", facts["epochs"])
            )
            console.print(f"{name:28}  {facts['recipe']:20}  {padded(long, 11)}  {judged}{state}", markup=False)
        if not found:
            console.print(tr("No runs below ./runs yet. Make one with `seodang train digits`."), markup=False)
    return found


def _judged(facts: dict[str, Any]) -> str:
    """The score and where it was measured: accuracy, or what the run's task is judged by."""
    if "damaged" in facts:
        return tr("damaged: {error}", error=facts["damaged"])
    if facts["score"] is None:
        return tr("not judged")
    split = split_name(str(facts["split"]))
    if facts["main"] == "accuracy":
        return tr("{accuracy} on {split}", accuracy=percent(facts["score"], facts["examples"]), split=split)
    value = f"{facts['score']:,.0f}" if 1000 <= abs(facts["score"]) < 1e12 else f"{facts['score']:.4g}"
    return tr("{measure} {value} on {split}", measure=metric(facts["main"]), value=value, split=split)


def _recipe_name(folder: Path) -> str:
    for line in (folder / "recipe.yaml").read_text(encoding="utf-8").splitlines():
        if line.startswith("name: "):
            return line.removeprefix("name: ").strip("'\"")
    return "?"
