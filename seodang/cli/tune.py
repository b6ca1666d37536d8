"""`seodang tune`: every combination of a few settings, judged on validation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from seodang.core.language import tr

if TYPE_CHECKING:
    from seodang.tuning.tune import Trial

# Where there is no terminal, lines are as long as they need to be.
WIDE = 1000


def tune(
    words: Annotated[
        list[str], typer.Argument(help="PATH or data set, a RECIPE, then settings; those with several values vary.")
    ],
    folder: Annotated[
        str | None,
        typer.Option("--folder", help="Where trials are kept and gone on with. [default: tunings/RECIPE-DATA]"),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="validation_accuracy, validation_mae or validation_loss.")
    ] = None,
    judge: Annotated[
        bool, typer.Option("--judge", help="Then judge the best on the test split, once, with a report.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout, everything else on stderr.")] = False,
) -> None:
    """Train every combination of the values given, and rank them by the validation split; the test split stays closed.

    What is done is not done again: the same command goes on where it was stopped, and more values add trials.

    Examples:

      seodang tune digits training.learning_rate=1e-3,1e-2 training.epochs=5,10

      seodang tune table.csv table-classifier model.dropout=0,0.2 training.weight_decay=0,1e-2 --judge

      seodang tune photos/ lenet5 grid=grid.yaml
    """
    from seodang.cli._screen import print_json, screen
    from seodang.cli._words import divide
    from seodang.core.errors import RecipeError
    from seodang.runs.events import Interrupted
    from seodang.tuning.grid import divided
    from seodang.tuning.results import command, described, sentences, write_page
    from seodang.tuning.tune import Trial, tune_stream

    plain, settings = divide(words)
    if not 1 <= len(plain) <= 2:
        raise RecipeError(
            tr(
                "Got {count} words ({plain}); the data, the recipe, or both are wanted.",
                count=len(plain),
                plain=", ".join(plain),
            )
        )
    fixed, grid = divided(settings)
    console, answer = screen(json), {}
    recipe = plain[1] if len(plain) > 1 else None
    for event in tune_stream(plain[0], recipe, grid, fixed, folder=folder, by=by):
        if isinstance(event, Interrupted):
            console.print(tr("Stopped; nothing is lost. The same command goes on from here."), markup=False)
            raise SystemExit(128 + event.signal)
        if isinstance(event, Trial):
            console.print(_line(event), markup=False)
            continue
        console.print()
        if not console.is_terminal:
            console.width = WIDE
        console.print(_table(event))
        for sentence in sentences(event):
            console.print(sentence, markup=False)
        console.print(tr("\nTrain the best again: {command}", command=command(event)), markup=False)
        console.print(tr("Table: {path}", path=write_page(event)), markup=False)
        answer = described(event)
        if judge:
            answer["judged"] = _judge(event, console)
    if json:
        print_json(answer)


def _line(trial: Trial) -> str:
    from seodang.cli._progress import _measured

    settings = " ".join(f"{key}={value}" for key, value in trial.settings.items())
    if trial.failed:
        return tr(
            "trial {number}: {settings}  failed: {failed}", number=trial.number, settings=settings, failed=trial.failed
        )
    how = tr("done before") if trial.was_done else tr("{seconds:.1f} s", seconds=trial.seconds)
    return tr(
        "trial {number}: {settings}  validation {measured}  ({how})",
        number=trial.number,
        settings=settings,
        measured=_measured(trial.metrics, "validation_"),
        how=how,
    )


def _table(tuning: Any) -> Any:
    from rich.table import Table
    from rich.text import Text

    from seodang.tuning.results import rows

    heads, *lines = rows(tuning)
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(tr(head), justify="right")
    for line in lines:
        table.add_row(*map(Text, line))
    return table


def _judge(tuning: Any, console: Any) -> dict[str, Any]:
    from seodang.evaluation.evaluate import evaluate
    from seodang.runs.folder import load

    report = evaluate(load(tuning.folder / "runs" / tuning.best.run))
    console.print()
    for line in report["verdict"]:
        console.print(line, markup=False)
    console.print(tr("Report: {path}", path=f"{report['run']}/report.html"), markup=False)
    return {"split": report["split"], "metrics": report["metrics"], "intervals": report["intervals"]}
