"""`seodang predict`: what new pictures are."""

from __future__ import annotations

from typing import Annotated

import typer


def predict(
    run: Annotated[str, typer.Argument(help="A run: its folder, its name below ./runs, or `last`.")],
    paths: Annotated[list[str], typer.Argument(metavar="FILE|FOLDER|GLOB...", help="Pictures, folders, patterns.")],
    top: Annotated[int, typer.Option("--top", help="How many classes to show, the most probable first.")] = 3,
    decide: Annotated[
        str | None,
        typer.Option("--decide", help="Also say what to do: a name of `seodang list decisions`, or FILE.yaml."),
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Comma-separated values on stdout.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout, everything else on stderr.")] = False,
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
