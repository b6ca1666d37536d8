"""`seodang generate`: write on from a beginning, translate, or make new pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from seodang.cli._options import Json, RunName
from seodang.core.language import tr, trn

if TYPE_CHECKING:
    from seodang.runs.folder import Run


def generate(
    run: RunName,
    start: Annotated[str, typer.Argument(help="How the text begins; of a translator, what is translated.")] = "",
    words: Annotated[int, typer.Option("--words", help="Words that are written at most.")] = 20,
    count: Annotated[
        int | None,
        typer.Option("--count", help="How many texts or pictures. Left out: 1 text, 64 pictures, 10 on a way."),
    ] = None,
    temperature: Annotated[
        float | None,
        typer.Option(
            "--temperature",
            help="0: always the most probable word. 1: as probable as it is. Left out: 1 where --count, --seed, --top-k or "
            "--top-p ask for chance, else 0.",
        ),
    ] = None,
    top_k: Annotated[int, typer.Option("--top-k", help="Draw from so many of the most probable words; 0: all.")] = 0,
    top_p: Annotated[
        float, typer.Option("--top-p", help="Draw from the most probable words that together have this share.")
    ] = 1.0,
    beam: Annotated[int, typer.Option("--beam", help="Keep so many texts at every word and give the best.")] = 1,
    seed: Annotated[int | None, typer.Option("--seed", help="The same seed writes the same text.")] = None,
    out: Annotated[
        str | None, typer.Option("--out", help="Of pictures: the file of the grid (.png). Left out: RUN-SEED.png here.")
    ] = None,
    between: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--between", metavar="A B", help="Of pictures: the way from one to another; two seeds or two files."
        ),
    ] = None,
    title: Annotated[bool, typer.Option("--title", help="Every Word With A Capital, as headlines are set.")] = False,
    json: Json = False,
) -> None:
    """Write on from a beginning, translate, or make new pictures: whatever the run has learnt.

    Examples:

      seodang generate last "washington dc is" --words 5 --title

      seodang generate last "ROMEO:" --words 80 --temperature 0.8 --top-p 0.95 --seed 1

      seodang generate runs/headlines-1 "new york" --words 5 --beam 4 --count 3

      seodang generate runs/translator-1 "A dog runs."

      seodang generate runs/gan-mnist-1 --count 64 --seed 1 --out grid.png

      seodang generate runs/picture-vae-1 --between 3.png 8.png --out way.png
    """
    from seodang.cli._screen import print_json, screen
    from seodang.core.errors import SeodangError
    from seodang.evaluation import generate as writing
    from seodang.runs.folder import load

    opened, console, aside = load(run), screen(json), screen(True)
    if opened.recipe.task in ("imitate", "reconstruct"):
        if start:
            raise SeodangError(
                tr(
                    "{name} makes pictures of noise: there is nothing to begin with, got {start!r}. Another --seed makes "
                    "others.",
                    name=opened.name,
                    start=start,
                )
            )
        _pictures(opened, count, seed or 0, out, between, json)
        return
    if out is not None or between is not None:
        raise SeodangError(
            tr("--out and --between are of runs that make pictures; {name} writes texts.", name=opened.name)
        )
    count = 1 if count is None else count
    by_chance = count > 1 or seed is not None or top_k > 0 or top_p < 1
    if temperature is None:
        temperature = 1.0 if by_chance and beam == 1 else 0.0
    if beam > 1 and (temperature or top_k or top_p < 1 or seed is not None):
        raise SeodangError(
            tr("--beam looks for the most probable text and draws nothing; leave out the other options.")
        )
    taste = writing.Taste(temperature, top_k, top_p, beam)
    if opened.recipe.task == "translate":
        from seodang.evaluation.translating import translate

        if not start.strip():
            raise SeodangError(tr('Say what is to be translated: `seodang generate {run} "A dog runs."`.', run=run))
        texts = translate(opened, [start], beam=beam)
    else:
        encoding = writing.writer(opened)
        if unread := writing.strangers(encoding, start):
            aside.print(tr("Not in its vocabulary, and so not read: {unread}.", unread=", ".join(unread)), markup=False)
        texts = writing.generate(opened, start, words=words, count=count, taste=taste, seed=seed or 0)
    texts = [writing.title_case(text) for text in texts] if title else texts
    if json:
        print_json({"run": str(opened.folder), "start": start, "texts": texts})
        return
    for text in texts:
        console.print(text, markup=False, emoji=False)


def _pictures(
    run: Run, count: int | None, seed: int, out: str | None, between: tuple[str, str] | None, as_json: bool
) -> None:
    """Make pictures and write them as one."""
    from seodang.cli._screen import print_json, save_picture, screen
    from seodang.evaluation import making

    if between is not None:
        pixels = making.between(run, *between, steps=10 if count is None else count)
        path, what = out or f"{run.name}-between.png", tr("from {start} to {end}", start=between[0], end=between[1])
        sheet = making.sheet(pixels, columns=len(pixels))
    else:
        pixels = making.make(run, 64 if count is None else count, seed)
        path, what = out or f"{run.name}-{seed}.png", tr("of noise drawn with seed {seed}", seed=seed)
        sheet = making.sheet(pixels)
    save_picture(sheet, path)
    if as_json:
        print_json({"run": str(run.folder), "pictures": len(pixels), "out": path})
        return
    told = trn(
        "{count} picture of {width}×{height} pixels, {what}: {path}",
        "{count:,} pictures of {width}×{height} pixels, {what}: {path}",
        len(pixels),
        width=pixels.shape[3],
        height=pixels.shape[2],
        what=what,
        path=path,
    )
    screen(as_json).print(told, markup=False)
