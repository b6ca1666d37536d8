"""`seodang new recipe NAME`, `seodang new decision NAME`: a file to start from."""

from __future__ import annotations

from typing import Annotated

import typer

from seodang.core.language import tr


def new(
    what: Annotated[str, typer.Argument(help="What to make: recipe or decision.")],
    name: Annotated[str, typer.Argument(help="Its name; the file is NAME.yaml in this folder.")],
    like: Annotated[
        str | None, typer.Option("--like", help="What to start from. [default: image-classifier, doggy-door]")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Write a recipe or a decision file with every setting explained, to change and to use.

    Examples:

      seodang new recipe birds

      seodang new recipe birds --like lenet5 && seodang train photos/ birds.yaml

      seodang new decision gate && seodang recognise photo.jpg --decide gate.yaml
    """
    import shlex
    from pathlib import Path

    from seodang.cli._screen import print_json, screen
    from seodang.core.errors import SeodangError, did_you_mean
    from seodang.core.files import write_text

    path = Path(name if name.endswith(".yaml") else f"{name}.yaml")
    typed = shlex.quote(str(path))
    if not path.suffix:
        raise SeodangError(tr("{what} needs a name, such as `seodang new {what} mine`.", what=what))
    if what == "recipe":
        from seodang.recipes.resolve import explained_yaml, resolve

        like = like or "image-classifier"
        text, use = explained_yaml(resolve(like).model_copy(update={"name": path.stem})), f"seodang train PATH {typed}"
    elif what == "decision":
        from seodang.decisions.find import explained_yaml as explained
        from seodang.decisions.find import find_decision

        like = like or "doggy-door"
        decision = find_decision(like)
        verb = "recognise" if decision.network == "imagenet" else "predict RUN"
        text, use = explained(decision, path.stem), f"seodang {verb} PHOTO --decide {typed}"
    else:
        raise SeodangError(
            tr("{what!r} cannot be made. {hint}", what=what, hint=did_you_mean(what, ["recipe", "decision"]))
        )
    if path.exists():
        raise SeodangError(tr("{path} is there already. Take another name, or delete it first.", path=path))
    write_text(path, text)
    screen(json).print(tr("{path}: change what you like, then `{use}`.", path=path, use=use), markup=False)
    if json:
        print_json({what: str(path), "like": like})
