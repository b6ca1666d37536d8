"""`seodang generate`: write on from a beginning, translate, or make new pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from seodang.cli._options import Json, RunName
from seodang.core.language import tr, trn

if TYPE_CHECKING:
    from seodang.runs.folder import Run

OF_PICTURES = ("--count", "--seed", "--out", "--between")
OF_TRANSLATORS = ("--beam", "--title")


def generate(
    run: RunName,
    start: Annotated[str, typer.Argument(help="How the text begins; of a translator, what is translated.")] = "",
    words: Annotated[
        int | None,
        typer.Option(
            "--words", help="Words that are written at most. Left out: 20; of running text (a play, a novel) 100."
        ),
    ] = None,
    count: Annotated[
        int | None,
        typer.Option("--count", help="How many texts or pictures. Left out: 1 text, 64 pictures, 10 on a way."),
    ] = None,
    temperature: Annotated[
        float | None,
        typer.Option(
            "--temperature",
            help="0: always the most probable word. 1: as probable as it is. Left out: 1 where --count, --seed, --top-k or "
            "--top-p ask for chance, else 0; of running text 0.8, with --top-p 0.95.",
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

      seodang generate last "ROMEO:" --words 80 --temperature 0.9 --top-k 40 --seed 1

      seodang generate runs/headlines-1 "new york" --words 5 --beam 4 --count 3

      seodang generate runs/translator-1 "A dog runs."

      seodang generate runs/gan-mnist-1 --count 64 --seed 1 --out grid.png

      seodang generate runs/picture-vae-1 --between 3.png 8.png --out way.png
    """
    from seodang.cli._screen import print_json, screen
    from seodang.core.errors import SeodangError
    from seodang.evaluation.generate import title_case, writer
    from seodang.runs.folder import load

    opened = load(run)
    given = {
        tr("the text"): start, "--words": words is not None, "--count": count is not None, "--temperature": temperature is not None,
        "--top-k": top_k, "--top-p": top_p != 1, "--beam": beam != 1, "--seed": seed is not None, "--out": out is not None,
        "--between": between is not None, "--title": title,
    }  # fmt: skip
    asked = [option for option, is_given in given.items() if is_given]
    if opened.recipe.task in ("imitate", "reconstruct"):
        if beyond := [option for option in asked if option not in OF_PICTURES]:
            raise SeodangError(
                tr("{name} makes pictures; leave out {options}.", name=opened.name, options=", ".join(beyond))
            )
        _pictures(opened, count, seed or 0, out, between, json)
        return
    if opened.recipe.task != "translate":
        writer(opened)
    if out is not None or between is not None:
        raise SeodangError(
            tr("--out and --between are of runs that make pictures; {name} writes texts.", name=opened.name)
        )
    if opened.recipe.task == "translate":
        if beyond := [option for option in asked if option not in (tr("the text"), *OF_TRANSLATORS)]:
            raise SeodangError(
                tr("{name} translates; leave out {options}.", name=opened.name, options=", ".join(beyond))
            )
        texts = _translated(opened, run, start, beam)
    else:
        texts = _written(opened, start, words, 1 if count is None else count, (temperature, top_k, top_p, beam), seed)
    texts = [title_case(text) for text in texts] if title else texts
    if json:
        print_json({"run": str(opened.folder), "start": start, "texts": texts})
        return
    for text in texts:
        screen(json).print(text, markup=False, emoji=False)


def _translated(opened: Run, run: str, text: str, beam: int) -> list[str]:
    """One translation."""
    from seodang.core.errors import SeodangError
    from seodang.evaluation.translating import translate

    if not text.strip():
        raise SeodangError(tr('Say what is to be translated: `seodang generate {run} "A dog runs."`.', run=run))
    return translate(opened, [text], beam=beam)


def _written(
    opened: Run,
    start: str,
    words: int | None,
    count: int,
    choice: tuple[float | None, int, float, int],
    seed: int | None,
) -> list[str]:
    """Texts that go on from `start`. choice: temperature, top-k, top-p and beam, as they were typed."""
    from seodang.cli._screen import screen
    from seodang.core.errors import SeodangError
    from seodang.evaluation import generate as writing

    *_, beam = choice
    if beam > 1 and seed is not None:
        raise SeodangError(
            tr("--beam looks for the most probable text and draws nothing; leave out the other options.")
        )
    encoding = writing.writer(opened)
    taste = writing.taste_for(encoding, *choice, by_chance=count > 1 or seed is not None)
    if unread := writing.strangers(encoding, start):
        screen(True).print(
            tr("Not in its vocabulary, and so not read: {unread}.", unread=", ".join(unread)), markup=False
        )
    return writing.generate(opened, start, words=words, count=count, taste=taste, seed=seed or 0)


def _pictures(
    run: Run, count: int | None, seed: int, out: str | None, between: tuple[str, str] | None, as_json: bool
) -> None:
    """Make pictures and write them as one."""
    from seodang.cli._screen import print_json, screen
    from seodang.data.grid import refuse_picture, save_picture
    from seodang.evaluation import making

    path = out or (f"{run.name}-{seed}.png" if between is None else f"{run.name}-between.png")
    refuse_picture(path)
    if between is not None:
        pixels = making.between(run, *between, steps=10 if count is None else count)
        what = tr("from {start} to {end}", start=between[0], end=between[1])
        sheet = making.sheet(pixels, columns=len(pixels))
    else:
        pixels = making.make(run, 64 if count is None else count, seed)
        what = tr("of noise drawn with seed {seed}", seed=seed)
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
