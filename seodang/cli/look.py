"""`seodang look`: what this data is and what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seodang.core.language import tr
from seodang.core.sentences import shown

if TYPE_CHECKING:
    from rich.console import Console

    from seodang.data.scan import Scan

PREVIEW = 8  # pictures


def look(
    words: Annotated[
        list[str], typer.Argument(help="PATH or data set; key=value settings of columns, or with --augment.")
    ],
    page: Annotated[
        str | None,
        typer.Option("--page", metavar="FILE", help="Where the page goes. Default: seodang-look-NAME.html here."),
    ] = None,
    no_page: Annotated[bool, typer.Option("--no-page", help="Write no page.")] = False,
    augment: Annotated[
        bool, typer.Option("--augment", help="Preview augmentation: key=value settings follow.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", help="Which pictures and variants --augment shows.")] = 0,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object on stdout; a page only where --page asks for one.")
    ] = False,
) -> None:
    """Say what the data is, what is wrong with it, and write a page with samples.

    Examples:

      seodang look photos/

      seodang look mnist --json

      seodang look table.csv columns.target=price

      seodang look photos/ --augment rotation=10 zoom=0.1 flip_horizontal=true
    """
    from seodang.cli._look_rows import tell
    from seodang.cli._screen import print_json, screen
    from seodang.cli._words import divide
    from seodang.core.errors import DataError
    from seodang.data.frame import Frame
    from seodang.data.look import look as look_at
    from seodang.data.open import open_any
    from seodang.data.scan import scan
    from seodang.recipes.choose import HOUSE, suggest
    from seodang.recipes.resolve import resolve

    paths, settings = divide(words)
    if len(paths) != 1:
        raise DataError(
            tr(
                "`seodang look` takes one path or data set, got {count}: {paths}.",
                count=len(paths),
                paths=" ".join(paths) or tr("none"),
            )
        )
    console = screen(json)
    asked = resolve(HOUSE, {} if augment else settings)
    source = open_any(paths[0], asked.columns)
    if isinstance(source, Frame):
        if augment:
            raise DataError(
                tr("--augment shows pictures, and {path} holds none: {form}.", path=paths[0], form=shown(source.form))
            )
        if page:
            raise DataError(
                tr(
                    "--page is for pictures, and {path} holds none: {form}. --json has everything.",
                    path=paths[0],
                    form=shown(source.form),
                )
            )
        tell(source, asked, console, paths[0], settings, json)
        return
    beyond = [key for key in settings if key.removeprefix("columns.") not in type(asked.columns).model_fields]
    if beyond and not augment:
        raise DataError(
            tr("{settings}: settings go with --augment, such as `--augment rotation=10`.", settings=", ".join(beyond))
        )
    looked = scan(source)
    if augment:
        file = _preview(looked, settings, seed, page)
        console.print(tr("Preview: {file} (above the original, below its variant)", file=file), markup=False)
        if json:
            print_json({"kind": "pictures", "name": source.name, "preview": str(file)})
        return
    found = look_at(source, looked)
    if not found["refused"]:
        recipe, reason = suggest(found)
        found["suggested_recipe"] = {"name": recipe, "reason": reason}
    show(found, console, paths[0], settings)
    wanted = page or (None if json or no_page else f"seodang-look-{_safe(found['name'])}.html")
    if wanted and not no_page:
        from seodang.data.page import write_page

        try:
            write_page(found, looked, Path(wanted))
            console.print(tr("Page: {wanted}", wanted=wanted), markup=False)
            found["page"] = wanted
        except OSError as error:
            message = tr(
                "The page could not be written to {wanted}: {why}. Choose a place with --page FILE.",
                wanted=wanted,
                why=error.strerror,
            )
            if page:
                raise DataError(message) from None
            console.print(message, markup=False)
    if json:
        print_json(found)


def show(found: dict[str, Any], console: Console, where: str, settings: dict[str, str] | None = None) -> None:
    """Print what was found for a person: what it is, the classes, the findings, what was left out, what to do next."""
    import shlex

    from rich.markup import escape

    from seodang.cli._found import show_findings, show_left_out, table_of_classes
    from seodang.data.counting import count

    sizes = found["sizes"]
    classes = shown(count(len(found["classes"]), "class"))
    console.print(f"[bold]{escape(found['name'])}[/bold]  {escape(found['where'])}")
    console.print(
        tr(
            "{examples:,} pictures in {classes} ({form})",
            examples=found["examples"],
            classes=classes,
            form=shown(found["form"]),
        ),
        markup=False,
    )
    if sizes["different"] == 1:
        size = tr("{median} pixels, all of them", median=_by(sizes["median"]))
    else:
        size = tr(
            "{smallest} to {largest} pixels, in the middle {median}",
            smallest=_by(sizes["smallest"]),
            largest=_by(sizes["largest"]),
            median=_by(sizes["median"]),
        )
    modes = ", ".join(f"{mode} {number:,}" for mode, number in found["modes"].items())
    console.print(tr("Size: {size}    Mode: {modes}\n", size=size, modes=modes), markup=False)
    console.print(table_of_classes(found))
    show_findings(found, console)
    show_left_out(found, console)
    if recipe := found.get("suggested_recipe"):
        words = "".join(f" {shlex.quote(f'{key}={value}')}" for key, value in (settings or {}).items())
        console.print(
            tr(
                "\nNext: seodang train {where} {name}   ({reason})",
                where=shlex.quote(where),
                name=recipe["name"] + words,
                reason=recipe["reason"],
            ),
            markup=False,
        )
    elif len(found["classes"]) > 1:
        console.print("\n" + tr("It cannot be trained on as it is: {reason}", reason=found["refused"]), markup=False)


def _preview(looked: Scan, settings: dict[str, str], seed: int, page: str | None) -> Path:
    """Write a grid of a few training pictures, each above two variants of it."""
    import numpy as np
    import torch

    from seodang.core.errors import DataError
    from seodang.core.values import check
    from seodang.data.augment import Augmentation, augment
    from seodang.data.grid import grid, to_picture
    from seodang.data.page import small_picture

    plain = {key.removeprefix("augmentation."): value for key, value in settings.items()}
    varied = check(Augmentation, plain)
    if not varied.is_on:
        raise DataError(tr("--augment needs settings, such as --augment rotation=10 zoom=0.1 flip_horizontal=true."))
    splits = looked.source.splits
    usable = np.flatnonzero(splits == "train") if (splits == "train").any() else np.arange(len(looked))
    draw = torch.Generator().manual_seed(seed)
    chosen = usable[torch.randperm(len(usable), generator=draw)[:PREVIEW].numpy()]
    pictures = [picture for index in chosen.tolist() if (picture := small_picture(looked, index, 200)) is not None]
    rows = [pictures, [], []]
    for picture in pictures:
        array = np.asarray(picture)
        pixels = torch.from_numpy(array.copy()).reshape(*array.shape[:2], -1).permute(2, 0, 1)[None].float()
        for row in rows[1:]:
            row.append(to_picture(augment(pixels, varied, draw)[0].round().to(torch.uint8)))
    file = Path(page or f"seodang-augment-{_safe(looked.source.name)}.png")
    try:
        grid([picture for row in rows for picture in row], columns=len(pictures), cell=140).save(file)
    except (OSError, ValueError) as error:
        raise DataError(
            tr(
                "The preview could not be written to {file}: {error}. Choose a place with --page FILE.png.",
                file=file,
                error=error,
            )
        ) from None
    return file


def _by(size: list[int]) -> str:
    return f"{size[0]}×{size[1]}"


def _safe(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in name).strip(".") or "data"
