"""`seodang look`: what this data is and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seodang.core.language import tr
from seodang.core.sentences import shown

if TYPE_CHECKING:
    from rich.console import Console

    from seodang.data.source import Source


def look(
    words: Annotated[
        list[str], typer.Argument(help="PATH or data set; key=value settings of columns and split, or with --augment.")
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

      seodang look photos/ split.by='user([0-9]+)'

      seodang look photos/ --augment rotation=10 zoom=0.1 flip_horizontal=true
    """
    from seodang.cli._look_pictures import show_pictures
    from seodang.cli._look_rows import tell
    from seodang.cli._screen import print_json, screen
    from seodang.cli._words import divide
    from seodang.core.errors import DataError
    from seodang.core.files import refuse_place
    from seodang.data.frame import Frame
    from seodang.data.grid import refuse_picture
    from seodang.data.load import divided
    from seodang.data.look import look as look_at
    from seodang.data.open import open_any
    from seodang.data.page import write_page
    from seodang.data.page_rows import write_rows_page
    from seodang.data.scan import scan
    from seodang.data.split import leave_out
    from seodang.recipes.choose import HOUSE, suggest
    from seodang.recipes.resolve import full_name, resolve

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
    if page is not None:
        (refuse_picture if augment else refuse_place)(page)
    asked = resolve(HOUSE, {} if augment else settings)
    source = open_any(paths[0], asked.columns)
    if isinstance(source, Frame):
        if augment:
            told = {"path": paths[0], "form": shown(source.form)}
            raise DataError(tr("--augment shows pictures, and {path} holds none: {form}.", **told))
        found, purpose = tell(source, asked, console, paths[0], settings)
        if not no_page and (page or not json):
            _write_page(found, page, console, partial(write_rows_page, found, source, purpose, settings=settings))
        if json:
            print_json(found)
        return
    groups = {key: full_name(key).split(".")[0] for key in settings}
    beyond = [key for key, group in groups.items() if group not in ("columns", "split")]
    if beyond and not augment:
        raise DataError(
            tr("{settings}: settings go with --augment, such as `--augment rotation=10`.", settings=", ".join(beyond))
        )
    if augment:
        file = _preview(source, settings, seed, page)
        console.print(tr("Preview: {file} (above the original, below its variant)", file=file), markup=False)
        if json:
            print_json({"kind": "pictures", "name": source.name, "preview": str(file)})
        return
    division = None
    if "split" in groups.values():
        looked = scan(leave_out(source, asked.split.without))
        division = divided(looked, asked.split)
    else:
        looked = scan(source)
    found = look_at(looked.source, looked, division)
    if division is not None:
        found["notes"].append(division.note)
    if not found["refused"]:
        recipe, reason = suggest(found)
        found["suggested_recipe"] = {"name": recipe, "reason": reason}
    show_pictures(found, console, paths[0], settings)
    if not no_page and (page or not json):
        _write_page(found, page, console, partial(write_page, found, looked))
    if json:
        print_json(found)


def _write_page(found: dict[str, Any], page: str | None, console: Console, write: Callable[[Path], None]) -> None:
    """Write the page, and its place into `found`. A place that was not asked for may fail: that is said."""
    from seodang.core.errors import DataError

    wanted = page or f"seodang-look-{_safe(found['name'])}.html"
    try:
        write(Path(wanted))
    except OSError as error:
        message = tr(
            "The page could not be written to {wanted}: {why}. Choose a place with --page FILE.",
            wanted=wanted,
            why=error.strerror,
        )
        if page:
            raise DataError(message) from None
        console.print(message, markup=False)
        return
    console.print(tr("Page: {wanted}", wanted=wanted), markup=False)
    found["page"] = wanted


def _preview(source: Source, settings: dict[str, str], seed: int, page: str | None) -> Path:
    """Write what augmentation does to a few pictures."""
    from seodang.core.errors import DataError
    from seodang.core.values import check
    from seodang.data.augment import Augmentation
    from seodang.data.grid import refuse_picture, save_picture
    from seodang.data.preview import preview
    from seodang.data.scan import scan

    varied = check(Augmentation, {key.removeprefix("augmentation."): value for key, value in settings.items()})
    if not varied.is_on:
        raise DataError(tr("--augment needs settings, such as --augment rotation=10 zoom=0.1 flip_horizontal=true."))
    file = Path(page or f"seodang-augment-{_safe(source.name)}.png")
    refuse_picture(file)
    save_picture(preview(scan(source), varied, seed), file)
    return file


def _safe(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in name).strip(".") or "data"
