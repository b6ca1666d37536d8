"""`seodang predict`: what new pictures are."""

from __future__ import annotations

import typer

from seodang.cli._options import Csv, Decide, Json, Pictures, RunName, Top


def predict(
    run: RunName,
    paths: Pictures,
    top: Top = 3,
    decide: Decide = None,
    csv: Csv = False,
    json: Json = False,
) -> None:
    """Say what pictures are, prepared exactly as in training. What is no picture is listed with its reason.

    Examples:

      seodang predict last photo.jpg

      seodang predict runs/asl-cnn-1 photos/ 'more/*.png' --top 1 --csv > answers.csv

      seodang predict last photo.jpg --decide bo-door
    """
    from seodang.cli._answers import print_csv, print_lines, tell_failures
    from seodang.cli._screen import print_json, screen
    from seodang.core.errors import DataError
    from seodang.decisions.find import find_decision
    from seodang.evaluation.predict import answered, expand, remarks
    from seodang.runs.folder import load

    if csv and json:
        raise DataError("--csv and --json exclude each other; give one.")
    decision = find_decision(decide) if decide is not None else None
    opened, console = load(run), screen(csv or json)
    answers, seen = [], []
    for some, photos in answered(opened, expand(paths), top, decision):
        answers += some
        seen += photos
    if json:
        print_json({"run": str(opened.folder), "predictions": answers})
    elif csv:
        print_csv(answers, min(top, len(opened.classes)), decided=decision is not None)
    else:
        print_lines(console, answers)
    aside = screen(True)
    for sentence in remarks(opened, seen):
        aside.print(sentence, markup=False)
    if tell_failures(aside, answers, csv):
        raise typer.Exit(2)
