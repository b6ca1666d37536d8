"""`seodang new recipe NAME`: a file to start from."""

from __future__ import annotations

from typing import Annotated

import typer


def new(
    what: Annotated[str, typer.Argument(help="What to make: recipe.")],
    name: Annotated[str, typer.Argument(help="Its name; the file is NAME.yaml in this folder.")],
    like: Annotated[str, typer.Option("--like", help="The recipe to start from.")] = "image-classifier",
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Write a recipe file with every setting explained, to change and to train with.

    Examples:

      seodang new recipe birds

      seodang new recipe birds --like lenet5 && seodang train photos/ birds.yaml
    """
    from pathlib import Path

    from seodang.cli._screen import print_json, screen
    from seodang.core.errors import SeodangError, did_you_mean
    from seodang.recipes.resolve import explained_yaml, resolve

    if what != "recipe":
        raise SeodangError(f"{what!r} cannot be made. {did_you_mean(what, ['recipe'])}")
    path = Path(name if name.endswith(".yaml") else f"{name}.yaml")
    if path.exists():
        raise SeodangError(f"{path} is there already. Take another name, or delete it first.")
    path.write_text(explained_yaml(resolve(like).model_copy(update={"name": path.stem})), encoding="utf-8")
    screen(json).print(f"{path}: change what you like, then `seodang train PATH {path}`.", markup=False)
    if json:
        print_json({"recipe": str(path), "like": like})
