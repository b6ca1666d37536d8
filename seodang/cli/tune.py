"""`seodang tune`: combinations of a few settings, every one or those that a search proposes, judged on validation."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seodang.core.language import tr

if TYPE_CHECKING:
    from seodang.tuning.trial import Trial, Trying

# Where there is no terminal, lines are as long as they need to be.
WIDE = 1000


def tune(
    words: Annotated[
        list[str],
        typer.Argument(help="PATH or data set, a RECIPE, then settings; those with several values or a range vary."),
    ],
    trials: Annotated[
        int | None, typer.Option("--trials", help="So many combinations, which a search proposes; ranges need it.")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option("--minutes", help="The time that a search may take, instead of --trials or with it.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of a search: the same seed proposes the same.")] = 0,
    to_the_end: Annotated[
        bool, typer.Option("--to-the-end", help="A search trains hopeless trials to their end too.")
    ] = False,
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
    """Train combinations of the values given, and rank them by the validation split; the test split stays closed.

    Lists of values: every combination. A range (1e-4..1e-1), or lists with --trials: a search, which learns from its trials where to
    try next, and stops hopeless ones early.

    What is done is not done again: the same command goes on where it was stopped, and more values or trials add to it.

    Examples:

      seodang tune digits training.learning_rate=1e-3,1e-2 training.epochs=5,10

      seodang tune table.csv table-classifier training.learning_rate=1e-4..1e-1 model.dropout=0..0.5 --trials 20

      seodang tune photos/ lenet5 grid=grid.yaml --minutes 30 --judge
    """
    from seodang.cli._screen import print_json, screen
    from seodang.cli._words import divide
    from seodang.core.errors import RecipeError
    from seodang.runs.events import Interrupted
    from seodang.tuning.grid import divided
    from seodang.tuning.results import beforehand, command, described, sentences, write_page
    from seodang.tuning.search import Search
    from seodang.tuning.trial import OtherData, Trial, Trying
    from seodang.tuning.tune import tune_stream

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
    console = screen(json)
    recipe = plain[1] if len(plain) > 1 else None
    events = tune_stream(
        plain[0], recipe, grid, fixed,
        trials=trials, minutes=minutes, seed=seed, to_the_end=to_the_end, folder=folder, by=by,
    )  # fmt: skip
    found: Any = None
    with console.status("") if console.is_terminal else contextlib.nullcontext() as live:
        for event in events:
            if isinstance(event, Interrupted):
                console.print(tr("Stopped; nothing is lost. The same command goes on from here."), markup=False)
                raise SystemExit(128 + event.signal)
            if isinstance(event, Search):
                for line in beforehand(event):
                    console.print(line, markup=False)
            elif isinstance(event, OtherData):
                console.print(event.words, markup=False)
            elif isinstance(event, Trying):
                if live is not None:
                    live.update(_on_the_way(event, trials))
            elif isinstance(event, Trial):
                console.print(_line(event), markup=False)
            else:
                found = event
    console.print()
    if not console.is_terminal:
        console.width = WIDE
    console.print(_table(found))
    for sentence in sentences(found):
        console.print(sentence, markup=False)
    console.print(tr("\nTrain the best again: {command}", command=command(found)), markup=False)
    console.print(tr("Table: {path}", path=write_page(found)), markup=False)
    answer = described(found)
    if judge:
        answer["judged"] = _judge(found, console)
    if json:
        print_json(answer)


def _on_the_way(event: Trying, trials: int | None) -> str:
    words = tr("trial {number}: epoch {epoch}/{epochs}", number=event.number, epoch=event.epoch, epochs=event.epochs)
    if trials is not None:
        words = tr(
            "trial {number} of {trials}: epoch {epoch}/{epochs}",
            number=event.number,
            trials=trials,
            epoch=event.epoch,
            epochs=event.epochs,
        )
    return words


def _line(trial: Trial) -> str:
    from seodang.cli._progress import _measured

    settings = " ".join(f"{key}={value}" for key, value in trial.settings.items())
    if trial.is_plain:
        settings = tr("the recipe as it is")
    if trial.failed:
        return tr(
            "trial {number}: {settings}  failed: {failed}", number=trial.number, settings=settings, failed=trial.failed
        )
    how = tr("done before") if trial.was_done else tr("{seconds:.1f} s", seconds=trial.seconds)
    if trial.stopped:
        how = tr("stopped after epoch {epoch} of {epochs}, {how}", epoch=trial.epochs, epochs=trial.planned, how=how)
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
        table.add_column(head, justify="right")
    for line in lines:
        table.add_row(*map(Text, line))
    return table


def _judge(tuning: Any, console: Any) -> dict[str, Any]:
    from seodang.cli._screen import print_verdict
    from seodang.diagnoses.diagnose import at_the_end, told
    from seodang.evaluation.evaluate import evaluate
    from seodang.runs.folder import load

    report = evaluate(load(tuning.folder / "runs" / tuning.best.run), examine=at_the_end)
    console.print()
    print_verdict(console, report, told(report["findings"], report["run"]))
    console.print(tr("Report: {path}", path=f"{report['run']}/report.html"), markup=False)
    return {"split": report["split"], "metrics": report["metrics"], "intervals": report["intervals"]}
