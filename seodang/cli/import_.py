"""`seodang import`: a network that another program trained, as a run."""

from __future__ import annotations

from typing import Annotated

import typer

from seodang.core.language import tr
from seodang.core.sentences import shown


def import_(
    file: Annotated[str, typer.Argument(help="Keras .weights.h5, .h5 or .keras, .safetensors, or .pt with tensors.")],
    words: Annotated[
        list[str], typer.Argument(metavar="RECIPE [KEY=VALUE]...", help="The network it was trained as, and settings.")
    ],
    classes: Annotated[
        str | None, typer.Option("--classes", help="What the outputs are called, in their order: cats,dogs.")
    ] = None,
    data: Annotated[
        str | None, typer.Option("--data", help="The data that the class names are taken from: a name or a path.")
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="The run's name; a number is added.")] = None,
    runs: Annotated[str, typer.Option("--runs", help="The folder that runs are saved in.")] = "runs",
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout, everything else on stderr.")] = False,
) -> None:
    """Turn another program's file of weights into a run, to predict, judge and look at. Nothing in the file is run.

    Examples:

      seodang import lenet.weights.h5 lenet5

      seodang import model.keras cats-dogs-cnn --classes cats,dogs

      seodang import net.safetensors mine.yaml --data photos/ preparation.height=64
    """
    from seodang.cli._screen import print_json, screen
    from seodang.cli._words import divide
    from seodang.core.errors import RecipeError
    from seodang.runs.importing import import_run

    recipes, settings = divide(words)
    if len(recipes) != 1:
        raise RecipeError(
            tr(
                "Name one recipe, the network that {file} was trained as, got {count}. `seodang list recipes` "
                "shows all.",
                file=file,
                count=len(recipes),
            )
        )
    named = classes.split(",") if classes is not None else None
    run = import_run(file, recipes[0], settings, classes=named, data=data, runs=runs, name=name)
    found, console = run.data["imported"], screen(json)
    console.print(
        tr(
            "{form}: {numbers:,} numbers put into {name}, {count} classes.",
            form=shown(found["form"]),
            numbers=found["numbers"],
            name=run.recipe.name,
            count=len(run.classes),
        ),
        markup=False,
    )
    console.print(shown(run.data["notes"][1]), markup=False)
    console.print(tr("\nRun: {folder}    Try it: seodang predict {folder} PHOTO", folder=run.folder), markup=False)
    if json:
        print_json({"run": str(run.folder), "classes": list(run.classes), **found, "notes": run.data["notes"]})
