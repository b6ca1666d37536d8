"""`seodang explore`: small experiments on what networks are made of."""

from __future__ import annotations

from typing import Annotated

import typer

from seodang.core.language import tr
from seodang.core.registry import describe, names

LISTED = "\n\n    ".join(f"{name}: {describe('foundations', name)}" for name in names("foundations"))


def explore(
    words: Annotated[list[str], typer.Argument(help="NAME of an experiment, then key=value settings.")],
    out: Annotated[
        str | None, typer.Option("--out", help="The HTML file that is written. [default: NAME.html]")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout, everything else on stderr.")] = False,
) -> None:
    """Run a small experiment on what networks are made of, and say in a few sentences what it shows.

    EXPERIMENTS

    Examples:

      seodang explore least-squares

      seodang explore gradients data=mnist depth=20

      seodang explore linear-stack --json
    """
    from seodang.cli._screen import print_json, screen
    from seodang.cli._words import divide
    from seodang.core.errors import SeodangError, did_you_mean
    from seodang.core.files import refuse_place
    from seodang.foundations.explore import explore as run
    from seodang.foundations.explore import write_page

    plain, settings = divide(words)
    if len(plain) != 1:
        got = " ".join(plain) or tr("none")
        raise SeodangError(
            tr("One experiment is wanted, got {got}. {hint}", got=got, hint=did_you_mean(got, names("foundations")))
        )
    name = plain[0].replace("_", "-")
    path = out or f"{name}.html"
    refuse_place(path)
    found = run(name, settings)
    console = screen(json)
    for sentence in found.words:
        console.print(sentence, markup=False)
    write_page(found, path)
    console.print(tr("\nPicture and numbers: {path}", path=path), markup=False)
    if json:
        print_json({"name": name, "words": list(found.words), "page": path, **found.numbers})


explore.__doc__ = str(explore.__doc__).replace("EXPERIMENTS", LISTED)
