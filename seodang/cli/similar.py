"""`seodang similar`: pictures like one, by their codes."""

from __future__ import annotations

from typing import Annotated

import typer

from seodang.cli._options import Json, RunName
from seodang.core.language import tr


def similar(
    run: RunName,
    picture: Annotated[str, typer.Argument(help="A picture file.")],
    count: Annotated[int, typer.Option("--count", help="How many pictures.")] = 10,
    out: Annotated[
        str | None, typer.Option("--out", help="Also draw them into this file (.png), the picture asked for first.")
    ] = None,
    json: Json = False,
) -> None:
    """Find the pictures of a run's data whose codes are nearest to a picture's; of a run that puts pictures out again.

    Examples:

      seodang similar last shoe.png

      seodang similar runs/denoising-autoencoder-1 shoe.png --count 20 --out like-it.png
    """
    from seodang.cli._screen import print_json, screen
    from seodang.data.grid import refuse_picture
    from seodang.evaluation.naming import split_name
    from seodang.evaluation.similar import answers
    from seodang.runs.folder import load

    opened, console = load(run), screen(json)
    if out is not None:
        refuse_picture(out)
    asked, found = answers(opened, picture, count)
    if out is not None:
        import torch

        from seodang.data.grid import grid, save_picture

        titles = [tr("asked"), *(f"{each['class']} {each['distance']:.2f}" for each, _ in found)]
        save_picture(grid(torch.stack([asked, *(pixels for _, pixels in found)]), titles), out)
    if json:
        print_json({"run": str(opened.folder), "picture": picture, "similar": [each for each, _ in found]})
        return
    for each, _ in found:
        console.print(
            f"{each['distance']:8.3f}  {each['class']}  {each['id']} ({split_name(each['split'])})", markup=False
        )
    if out is not None:
        console.print(tr("Drawn in {out}.", out=out), markup=False)
