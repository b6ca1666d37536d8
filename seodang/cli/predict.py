"""`seodang predict`: what new pictures, rows or texts are, and how a series goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from seodang.cli._options import Csv, Decide, Json, RunName, Top
from seodang.core.language import tr

if TYPE_CHECKING:
    from seodang.decisions.decision import Decision
    from seodang.runs.folder import Run

What = Annotated[
    list[str] | None,
    typer.Argument(metavar="FILE|FOLDER|GLOB|TEXT", help="Pictures, tables, texts; nothing for a series."),
]


def predict(
    run: RunName,
    paths: What = None,
    top: Top = 3,
    decide: Decide = None,
    csv: Csv = False,
    json: Json = False,
) -> None:
    """Say what pictures, rows or texts are, prepared exactly as in training, or how a series goes on.

    Examples:

      seodang predict last photo.jpg

      seodang predict runs/asl-cnn-1 photos/ 'more/*.png' --top 1 --csv > answers.csv

      seodang predict last photo.jpg --decide bo-door

      seodang predict runs/titanic-1 new.csv --csv > answers.csv

      seodang predict runs/reviews-1 "I would watch it again."

      seodang predict runs/sales-1
    """
    from seodang.core.errors import DataError
    from seodang.decisions.find import find_decision
    from seodang.evaluation.predict import refuse_makers
    from seodang.runs.folder import load

    if csv and json:
        raise DataError(tr("--csv and --json exclude each other; give one."))
    decision = find_decision(decide) if decide is not None else None
    opened = load(run)
    refuse_makers(opened)
    if opened.encoding is None:
        _pictures(opened, paths or [], top, decision, csv, json)
    else:
        _rows(opened, paths or [], top, decision, csv, json)


def _pictures(run: Run, paths: list[str], top: int, decision: Decision | None, csv: bool, json: bool) -> None:
    from seodang.cli._answers import print_csv, print_lines, tell_failures
    from seodang.cli._screen import print_json, screen
    from seodang.evaluation.predict import answered, expand, remarks

    console = screen(csv or json)
    answers, seen = [], []
    for some, photos in answered(run, expand(paths), top, decision):
        answers += some
        seen += photos
    if json:
        print_json({"run": str(run.folder), "predictions": answers})
    elif csv:
        print_csv(answers, min(top, len(run.classes)), decided=decision is not None)
    else:
        print_lines(console, answers)
    aside = screen(True)
    for sentence in remarks(run, seen):
        aside.print(sentence, markup=False)
    if tell_failures(aside, answers, csv):
        raise typer.Exit(2)


def _rows(run: Run, paths: list[str], top: int, decision: Decision | None, csv: bool, json: bool) -> None:
    from seodang.cli._answers import print_rows, print_rows_csv
    from seodang.cli._screen import print_json, screen
    from seodang.evaluation.predict_rows import predict_rows

    told = predict_rows(run, paths, top, decision)
    if json:
        print_json({"run": str(run.folder), "predictions": told.answers})
    elif csv:
        print_rows_csv(told)
    else:
        print_rows(screen(False), told)
    aside = screen(True)
    for sentence in told.remarks:
        aside.print(sentence, markup=False)
