"""`seodang evaluate`: judge a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from seodang.core.language import later, tr

if TYPE_CHECKING:
    from rich.table import Table


def evaluate(
    run: Annotated[str, typer.Argument(help="A run: its folder, its name below ./runs, or `last`.")],
    data: Annotated[
        str | None, typer.Argument(help="Other labelled data to judge it on. Left out: the run's own test split.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout, everything else on stderr.")] = False,
) -> None:
    """Judge a run: score with interval, baselines, where it fails; writes report.html and report.json into the run.

    Examples:

      seodang evaluate last

      seodang evaluate runs/photos-3 new-photos/

      seodang evaluate last --json
    """
    from pathlib import Path

    from seodang.cli._screen import print_json, print_verdict, screen
    from seodang.diagnoses.diagnose import at_the_end, told
    from seodang.evaluation.evaluate import evaluate as judge

    console = screen(json)
    report = judge(run, data, examine=at_the_end)
    print_verdict(console, report, told(report["findings"], report["run"]))
    console.print()
    console.print(_scores(report))
    console.print(tr("\nReport: {path}", path=Path(report["run"]) / report["files"]["html"]), markup=False)
    if json:
        print_json(report)


def _scores(report: dict[str, Any]) -> Table:
    """The metrics with their intervals, and the baselines' accuracy below."""
    from rich.table import Table

    from seodang.evaluation.naming import metric, simple
    from seodang.evaluation.verdict import told

    table = Table(box=None, pad_edge=False)
    for title, justify in (("", "left"), (later("value"), "right"), (later("95 % interval"), "right")):
        table.add_column(tr(title), justify=justify)  # pyright: ignore[reportArgumentType]
    count = report["judged"]["examples"]
    for name, value in report["metrics"].items():
        table.add_row(metric(name), *told(name, value, report["intervals"].get(name), count, _figures))
    main, task = report.get("main", "accuracy"), report.get("task", "classify")
    for name, found in report["baselines"].items():
        title = tr("{metric}: {method}", metric=metric(main), method=simple(name, task))
        table.add_row(title, *told(main, found[main], found.get("interval"), count, _figures))
    return table


def _figures(value: float) -> str:
    """Four digits after the point below 1, four figures in all of what is larger or very small."""
    from seodang.core.numbers import short

    return f"{value:.4f}" if value == 0 or 0.001 <= abs(value) < 1 else short(value)
