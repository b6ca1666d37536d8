"""`seodang summary`: a network layer by layer, and a picture of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from seodang.core.language import tr


def summary(
    words: Annotated[
        list[str], typer.Argument(help="A recipe's name, a recipe file or a run, then settings: key=value.")
    ],
    inputs: Annotated[
        str | None,
        typer.Option("--input", help="Shape of a picture, CHANNELS,HEIGHT,WIDTH, where the recipe leaves it open."),
    ] = None,
    classes: Annotated[int | None, typer.Option(help="Number of classes, where no data set is named.")] = None,
    picture: Annotated[Path | None, typer.Option(help="Also draw the network: FILE.png, .svg or .pdf.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Show a network: its layers, their shapes, parameters and multiply-adds.

    \b
    Examples:
      seodang summary lenet5
      seodang summary asl-cnn --picture asl-cnn.png
      seodang summary recipe.yaml --input 3,64,64 --classes 5
      seodang summary resnet-small model.depth=56
      seodang summary runs/lenet5-1 --json
    """
    from seodang.cli._screen import print_json, screen
    from seodang.cli._words import divide
    from seodang.core.errors import SeodangError
    from seodang.models.summary import summary as rows_of
    from seodang.models.summary import total

    names, settings = divide(words)
    if len(names) != 1:
        raise SeodangError(
            tr("One recipe or run at a time, got {count}. `seodang list recipes` shows the recipes.", count=len(names))
        )
    console = screen(as_json)
    name, shape, network, notes = _network(names[0], settings, inputs, classes)
    rows = rows_of(network, shape)
    if picture is not None:
        from seodang.models.drawing import draw

        draw(network, shape, picture, name)
    if as_json:
        from dataclasses import asdict

        layers = [{**asdict(row), "output_shape": list(row.output_shape)} for row in rows]
        print_json({"name": name, "input": list(shape.shape), "layers": layers, **total(rows), "notes": notes})
        return
    for note in notes:
        console.print(note, style="dim")
    if not console.is_terminal:
        console.width = max(console.width, 100)  # a file or a pipe has no width of its own
    console.print(_table(name, shape, rows))
    if picture is not None:
        console.print(tr("The picture is in {picture}.", picture=picture))


def _network(
    word: str, settings: dict[str, str], inputs: str | None, classes: int | None
) -> tuple[str, Any, Any, list[str]]:
    """The name, the shape of its input, the network itself, and what was assumed."""
    from seodang.core.spec import Spec
    from seodang.models.build import build
    from seodang.recipes.resolve import is_recipe, resolve

    if not is_recipe(word):
        from seodang.core.errors import SeodangError, did_you_mean
        from seodang.core.registry import names
        from seodang.runs.folder import input_spec, list_runs, load

        if not Path(word).exists() and not (Path("runs") / word).exists() and word != "last":
            known = [*names("recipes"), *(each.name for each in list_runs())]
            raise SeodangError(
                tr("{word} is neither a recipe nor a run. {hint}", word=word, hint=did_you_mean(word, known))
            )
        run = load(word)

        if settings or inputs or classes:
            raise SeodangError(tr("A run's network is what it is: settings, --input and --classes are for recipes."))
        outputs = run.task.outputs
        shape = input_spec(run.recipe, run.facts)
        return run.name, shape, build(run.recipe.model.without_weights, shape, outputs, run.recipe.training.seed), []
    from seodang.data.facts import Facts
    from seodang.tasks.build import build_task

    recipe = resolve(word, settings)
    shape, notes = _shape(recipe, inputs)
    count, more = _classes(recipe, classes)
    outputs = build_task(recipe.task, recipe.loss, Facts(classes=tuple(map(str, range(count))))).outputs
    return (
        recipe.name,
        shape,
        build(recipe.model.without_weights, Spec(shape.shape), outputs, recipe.training.seed),
        [*notes, *more],
    )


def _shape(recipe: Any, inputs: str | None) -> tuple[Any, list[str]]:
    from seodang.core.errors import SeodangError
    from seodang.core.spec import Spec

    if inputs is not None:
        sides = inputs.replace("×", ",").replace("x", ",").split(",")
        if len(sides) not in (1, 3) or not all(side.strip().isdigit() and 0 < int(side) <= 4096 for side in sides):
            raise SeodangError(
                tr(
                    "--input must be CHANNELS,HEIGHT,WIDTH such as 1,28,28, or for rows their numbers such as 3, got "
                    "{inputs!r}.",
                    inputs=inputs,
                )
            )
        return Spec(tuple(int(side) for side in sides)), []
    preparation = recipe.preparation
    asked = (preparation.channels, preparation.height, preparation.width)
    shape = tuple(given or usual for given, usual in zip(asked, (1, 28, 28), strict=True))
    if None not in asked:
        return Spec(shape), []
    assumed = "×".join(map(str, shape))
    return Spec(shape), [
        tr(
            "The pictures' size comes from the data; shown for {assumed} (--input 3,64,64 for another).",
            assumed=assumed,
        )
    ]


def _classes(recipe: Any, classes: int | None) -> tuple[int, list[str]]:
    from seodang.core.errors import SeodangError
    from seodang.core.registry import find, names

    if classes is not None:
        if classes < 2:
            raise SeodangError(tr("--classes must be at least 2, got {classes}.", classes=classes))
        return classes, []
    if recipe.loss == "binary_cross_entropy":
        return 2, []
    if recipe.data in names("datasets"):
        return len(find("datasets", recipe.data)().classes), []
    return 10, [tr("The number of classes comes from the data; shown for 10 (--classes 5 for another).")]


def _table(name: str, shape: Any, rows: list[Any]) -> Any:
    from rich import box
    from rich.table import Table

    from seodang.models.summary import total

    title = tr("{name}  (input {shape})", name=name, shape="×".join(map(str, shape.shape)))
    table = Table(title=title, box=box.SIMPLE_HEAD, show_footer=True)
    sums = total(rows)
    table.add_column(tr("layer"), tr("total"), overflow="fold", min_width=6)
    table.add_column(tr("kind"), overflow="fold", min_width=12)
    table.add_column(tr("output shape"), justify="right", no_wrap=True)
    titles = {"parameters": tr("parameters"), "trainable": tr("trainable"), "operations": tr("multiply-adds")}
    for key, title in titles.items():
        table.add_column(title, f"{sums[key]:,}", justify="right", no_wrap=True)
    for row in rows:
        numbers = [f"{value:,}" if value else "" for value in (row.parameters, row.trainable, row.operations)]
        sides = "×".join(map(str, row.output_shape)) or tr("training only")
        layer = re.sub(r"(\d+)_[a-z_]+", r"\1", row.layer).replace(".layers", "")
        table.add_row(layer, f"{row.kind} {row.detail}".strip(), sides, *numbers)
    return table
