"""`seodang recognise`: what photos show, without any training."""

from __future__ import annotations

from typing import Annotated

import typer

from seodang.cli._options import Csv, Decide, Json, Pictures, Top
from seodang.core.language import tr


def recognise(
    paths: Pictures,
    networks: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="NAME,NAME...", help="Networks, by timm's names. [default: mobilenetv2_100]"),
    ] = None,
    top: Top = 3,
    decide: Decide = None,
    csv: Csv = False,
    json: Json = False,
) -> None:
    """Say what photos show, of the 1,000 things of ImageNet, by pretrained networks side by side.

    Each photo is prepared as a network's weights want it. Weights are looked for in $SEODANG_WEIGHTS/NAME/, then in the hub's
    cache, then on the hub.

    Examples:

      seodang recognise photo.jpg

      seodang recognise photos/ --with resnet50,mobilenetv2_100 --top 5

      seodang recognise photo.jpg --decide doggy-door
    """
    from seodang.cli._answers import print_csv, print_lines, print_side_by_side, tell_failures
    from seodang.cli._screen import print_json, screen
    from seodang.core.errors import DataError

    if csv and json:
        raise DataError(tr("--csv and --json exclude each other; give one."))
    from seodang.evaluation.recognise import DEFAULT
    from seodang.evaluation.recognise import recognise as answers_to

    answers = answers_to(paths, networks or [DEFAULT], top, decide)
    names = [*next((answer["networks"] for answer in answers if "networks" in answer), {})]
    console = screen(csv or json)
    if json:
        print_json({"networks": names, "predictions": answers})
    elif csv:
        print_csv(answers, top, networks=True, decided=decide is not None)
    elif len(names) > 1:
        print_side_by_side(console, answers, names)
    else:
        print_lines(console, [{**answer, **next(iter(answer.get("networks", {}).values()), {})} for answer in answers])
    if tell_failures(screen(True), answers, csv):
        raise typer.Exit(2)
