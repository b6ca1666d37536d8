"""`seodang explain`: why a network answers as it does, on one page."""

from __future__ import annotations

from typing import Annotated

import typer

from seodang.cli._options import Json, RunName
from seodang.core.language import tr
from seodang.core.registry import describe, names

LISTED = "\n\n    ".join(f"{name}: {describe('explanations', name)}" for name in names("explanations"))
What = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="INPUT",
        help="A picture; a table's file or column=value words; a text or its file; #12: the twelfth judged example; nothing.",
    ),
]


def explain(
    run: RunName,
    words: What = None,
    with_: Annotated[
        str | None, typer.Option("--with", help="Names of explanations, with commas between. [default: all that apply]")
    ] = None,
    target: Annotated[str | None, typer.Option("--class", help="Why (not) this class. [default: the answer]")] = None,
    layer: Annotated[
        str | None,
        typer.Option(
            "--layer", help="The layer that filters, feature-maps and grad-cam look at (`seodang summary RUN`)."
        ),
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", help="The HTML file that is written. [default: RUN-explained.html]")
    ] = None,
    json: Json = False,
) -> None:
    """Say why a network answers as it does: pictures and a few sentences on one page.

    EXPLANATIONS

    Examples:

      seodang explain last cat.jpg

      seodang explain digits-1 '#12' --with grad-cam,occlusion

      seodang explain titanic-1 sex=female age=30 pclass=3

      seodang explain titanic-1 '#12' sex=male

      seodang explain reviews-1 "I would watch it again."

      seodang explain sales-1

      seodang explain shapes-1 --with filters,layers --json
    """
    from seodang.cli._screen import print_json, screen
    from seodang.core.errors import SeodangError
    from seodang.explanations.explain import explain as find_out
    from seodang.explanations.page import headline
    from seodang.runs.folder import load

    opened, console = load(run), screen(json)
    given = [] if with_ is None else [name for name in with_.split(",") if name.strip()]
    if with_ is not None and not given:
        raise SeodangError(tr("--with needs names of explanations, such as --with grad-cam,filters."))
    path = out or f"{opened.name}-explained.html"
    found = find_out(opened, words or (), given, out=path, target=target, layer=layer)
    answer = found.answer
    if found.example.name:
        true = "" if found.example.true is None else "   " + tr("(it is {true})", true=found.example.true)
        console.print(f"{found.example.name}: {headline(opened, answer)}{true}", markup=False)
        for remark in found.example.remarks:
            console.print(remark, markup=False)
    for name, each in found.explanations.items():
        console.print(f"\n{name}", style="bold", markup=False)
        for sentence in each.words:
            console.print(f"  {sentence}", markup=False)
    if found.words:
        console.print(f"\n{found.words}", markup=False)
    console.print(tr("\nPage: {path}", path=path), markup=False)
    if json:
        print_json({**found.as_dict(), "page": path})


explain.__doc__ = str(explain.__doc__).replace("EXPLANATIONS", LISTED)
