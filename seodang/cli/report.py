"""`seodang report`: a run on paper."""

from __future__ import annotations

from typing import Annotated

import typer

from seodang.cli._options import Json, RunName
from seodang.core.language import tr


def report(
    run: RunName,
    out: Annotated[
        str | None, typer.Option("--out", metavar="FOLDER", help="The folder that is written. [default: RUN/paper]")
    ] = None,
    about: Annotated[
        str | None,
        typer.Option(
            "--about", metavar="FILE", help="What only the author knows, in YAML. [default: about.yaml there]"
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Put a run on paper: data card, exploration, model, evaluation, limits; one HTML file and a model card in Markdown.

    Every number on it leads to the run's file that it is from. What only the author can know (what it is for, licences, consent)
    is a blank, asked in about.yaml and filled in from there when the report is written again.

    Examples:

      seodang report last

      seodang report runs/photos-3 --out paper/ --lang ko

      seodang report last --about about.yaml

      seodang report last --json | jq .in_short
    """
    from seodang.cli._screen import print_json, screen
    from seodang.papers.report import report as put_on_paper

    console = screen(json)
    found = put_on_paper(run, out, about=about)
    console.print(found["line"], style="bold", markup=False)
    titles = (
        ("what_for", tr("What it is for")),
        ("how_good", tr("How good")),
        ("how_sure", tr("How sure")),
        ("what_breaks", tr("What would break it")),
    )
    for name, title in titles:
        console.print(f"\n{title}", style="bold", markup=False)
        for line in found["in_short"][name]:
            console.print(f"  {line}", markup=False)
    if found["blanks"]:
        told = tr(
            "To be filled in by the author, in {path}: {names}",
            path=found["files"]["about"],
            names=", ".join(found["blanks"]),
        )
        console.print(f"\n{told}", markup=False)
    console.print(f"\n{tr('Page: {path}', path=found['files']['page'])}", markup=False)
    console.print(tr("Model card: {path}", path=found["files"]["card"]), markup=False)
    if json:
        print_json(found)
