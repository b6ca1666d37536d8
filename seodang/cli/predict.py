"""`seodang predict`: what new pictures are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

# Where there is no terminal, lines are as long as they need to be.
WIDE = 1000


def predict(
    run: Annotated[str, typer.Argument(help="A run: its folder, its name below ./runs, or `last`.")],
    paths: Annotated[list[str], typer.Argument(metavar="FILE|FOLDER|GLOB...", help="Pictures, folders, patterns.")],
    top: Annotated[int, typer.Option("--top", help="How many classes to show, the most probable first.")] = 3,
    csv: Annotated[bool, typer.Option("--csv", help="Comma-separated values on stdout.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout, everything else on stderr.")] = False,
) -> None:
    """Say what pictures are, prepared exactly as in training. What is no picture is listed with its reason.

    Examples:

      seodang predict last photo.jpg

      seodang predict runs/asl-cnn-1 photos/ 'more/*.png' --top 1 --csv > answers.csv
    """
    from seodang.cli._screen import print_json, screen
    from seodang.core.errors import DataError
    from seodang.evaluation.predict import answered, expand, remarks
    from seodang.runs.folder import load

    if csv and json:
        raise DataError("--csv and --json exclude each other; give one.")
    opened, console = load(run), screen(csv or json)
    answers, seen = [], []
    for some, photos in answered(opened, expand(paths), top):
        answers += some
        seen += photos
    if json:
        print_json({"run": str(opened.folder), "predictions": answers})
    elif csv:
        _print_csv(answers, min(top, len(opened.classes)))
    else:
        _print_table(console, answers)
    aside = screen(True)
    for sentence in remarks(opened, seen):
        aside.print(sentence, markup=False)
    failed = [answer for answer in answers if "error" in answer]
    if failed and (csv or len(failed) == len(answers)):
        for answer in failed if csv else []:
            aside.print(f"{answer['path']}: {answer['error']}", markup=False)
    if len(failed) == len(answers):
        aside.print(
            f"None of the {len(answers):,} files could be read as a picture."
            if len(answers) > 1
            else "The file could not be read as a picture.",
            markup=False,
        )
        raise typer.Exit(2)


def _print_table(console: Console, answers: list[dict[str, Any]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False)
    for answer in answers:
        if "error" in answer:
            table.add_row(Text(answer["path"]), Text(f"left out: {answer['error']}", style="red"))
            continue
        best, *others = answer["top"]
        words = Text.assemble((f"{best['class']} {best['probability']:.1%}", "bold"))
        for other in others:
            words.append(f"   {other['class']} {other['probability']:.1%}", style="dim")
        table.add_row(Text(answer["path"]), words)
    if not console.is_terminal:
        console.width = WIDE
    console.print(table)


def _print_csv(answers: list[dict[str, Any]], top: int) -> None:
    import csv
    import sys

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["path", *(f"{name}_{k}" for k in range(1, top + 1) for name in ("class", "probability")), "error"])
    for answer in answers:
        cells = [_harmless(value) for best in answer.get("top", []) for value in (best["class"], best["probability"])]
        cells += [""] * (2 * top - len(cells))
        writer.writerow([_harmless(answer["path"]), *cells, _harmless(answer.get("error", ""))])


def _harmless(value: Any) -> Any:
    """A cell that a spreadsheet shows instead of running it (a file named "=cmd|…")."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
