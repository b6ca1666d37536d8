"""`seodang train`: from a path to a judged run."""

from __future__ import annotations

from typing import Annotated

import typer

from seodang.core.language import tr


def train(
    words: Annotated[
        list[str] | None, typer.Argument(help="PATH or data set, then a RECIPE or FILE.yaml, then key=value settings.")
    ] = None,
    resume: Annotated[
        str | None, typer.Option("--resume", metavar="RUN", help="Carry on this run (its folder, name, or `last`).")
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option("--minutes", help="Time that all of it may take."),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="The run's name; a number is added.")] = None,
    runs: Annotated[str, typer.Option("--runs", help="The folder that runs are saved in.")] = "runs",
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout, everything else on stderr.")] = False,
) -> None:
    """Look at the data, choose, train, judge once, and say where the report is.

    Examples:

      seodang train photos/

      seodang train mnist-mlp

      seodang train photos/ lenet5 training.epochs=3 rotation=10

      seodang train --resume last training.epochs=+5
    """
    from pathlib import Path

    from seodang.cli._finish import finish
    from seodang.cli._screen import screen
    from seodang.cli._words import divide
    from seodang.core.errors import RecipeError, RunError
    from seodang.recipes.resolve import is_recipe
    from seodang.runs.train import resume_stream, stream
    from seodang.training.plan import process_began

    plain, settings = divide(words or [])
    if minutes is not None:
        settings["training.minutes"] = str(minutes)
    if resume is not None:
        if plain:
            raise RunError(tr("--resume takes the data from the run; leave out {plain}.", plain=" ".join(plain)))
        events = resume_stream(resume, settings)
    else:
        if not plain:
            raise RecipeError(
                tr(
                    "Say what to train on: a path, a data set (`seodang list datasets`) or a recipe (`seodang list "
                    "recipes`)."
                )
            )
        if len(plain) > 2:
            raise RecipeError(
                tr(
                    "Got {count} words ({plain}); at most two are wanted, the data and the recipe. Settings are "
                    "key=value.",
                    count=len(plain),
                    plain=", ".join(plain),
                )
            )
        if len(plain) == 2 and is_recipe(plain[0]) and not is_recipe(plain[1]) and not Path(plain[0]).is_dir():
            plain.reverse()  # the recipe was written first
        events = stream(
            plain[0], plain[1] if len(plain) > 1 else None, settings, runs=runs, name=name, since=process_began()
        )
    finish(events, screen(json), json)
