"""`seodang repeat`: train a run again and state the difference."""

from __future__ import annotations

from typing import Annotated

import typer


def repeat(
    run: Annotated[str, typer.Argument(help="A run: its folder, its name below ./runs, or `last`.")],
    runs: Annotated[
        str | None, typer.Option("--runs", help="The folder that the new run is saved in. [default: beside the run]")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout, everything else on stderr.")] = False,
) -> None:
    """Train a run again from its own recipe and data, and state what is different: on the same machine, nothing.

    Examples:

      seodang repeat last

      seodang repeat runs/asl-cnn-2 --json
    """
    from seodang.cli._progress import show
    from seodang.cli._screen import print_json, screen
    from seodang.runs.events import Finished, Interrupted
    from seodang.runs.folder import load
    from seodang.runs.repeat import difference, repeat_stream

    then, console = load(run), screen(json)
    for event in show(repeat_stream(then, runs=runs), console):
        if isinstance(event, Interrupted):
            if json:
                print_json({"run": str(event.folder), "interrupted": True, "step": event.step})
            raise SystemExit(128 + event.signal)
        if isinstance(event, Finished):
            found = difference(then, event.run)
            console.print(f"{then.name} → {event.run.name}: {found.words}", markup=False)
            if json:
                print_json({"run": str(event.run.folder), "repeats": str(then.folder), **found.describe()})
