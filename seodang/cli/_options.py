"""Arguments and options that several verbs have, described once. Typer reads them from the signatures that use them."""

from __future__ import annotations

from typing import Annotated

import typer

RunName = Annotated[str, typer.Argument(help="A run: its folder, its name below ./runs, or `last`.")]
Pictures = Annotated[list[str], typer.Argument(metavar="FILE|FOLDER|GLOB...", help="Pictures, folders, patterns.")]
Top = Annotated[int, typer.Option("--top", help="How many classes to show, the most probable first.")]
Decide = Annotated[
    str | None, typer.Option("--decide", help="Also say what to do: a name of `seodang list decisions`, or FILE.yaml.")
]
Csv = Annotated[bool, typer.Option("--csv", help="Comma-separated values on stdout.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, everything else on stderr.")]
