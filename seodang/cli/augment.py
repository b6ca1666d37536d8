"""`seodang augment`: varied copies of training pictures as files."""

from __future__ import annotations

from typing import Annotated

import typer

from seodang.core.language import tr


def augment(
    words: Annotated[list[str], typer.Argument(help="PATH or data set, the OUT folder, then key=value settings.")],
    copies: Annotated[int, typer.Option("--copies", help="Copies of each picture.")] = 1,
    prefix: Annotated[str, typer.Option("--prefix", help="What each file's name begins with.")] = "aug",
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same copies.")] = 0,
    split: Annotated[
        list[str] | None,
        typer.Option("--split", help="Of which splits (train, validation, test). Default: train only."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout, everything else on stderr.")] = False,
) -> None:
    """Write varied copies of training pictures into class folders, at full size; the originals are only read.

    `seodang train` varies pictures as it goes and needs no such files; they are for looking at, or for other programs.

    Examples:

      seodang augment photos/ more-photos/ --copies 3 rotation=10 zoom=0.1

      seodang augment photos/ out/ --prefix turned rotation=90 fill=reflection
    """
    from dataclasses import asdict

    from seodang.cli._found import show_left_out
    from seodang.cli._screen import print_json, screen
    from seodang.cli._words import divide
    from seodang.core.errors import DataError, did_you_mean
    from seodang.core.values import check
    from seodang.data.augment import Augmentation
    from seodang.data.open import open_source
    from seodang.data.source import SPLITS
    from seodang.data.write_augmented import write_augmented

    paths, settings = divide(words)
    if len(paths) != 2:
        raise DataError(
            tr(
                "`seodang augment` takes the data and the folder to write to, got {count}: {paths}.",
                count=len(paths),
                paths=" ".join(paths) or tr("none"),
            )
        )
    if unknown := [name for name in split or () if name not in SPLITS]:
        raise DataError(
            tr(
                "--split {unknown}: {unknown!r} is not a split. {hint}",
                unknown=unknown[0],
                hint=did_you_mean(unknown[0], SPLITS),
            )
        )
    varied = check(Augmentation, {key.removeprefix("augmentation."): value for key, value in settings.items()})
    source = open_source(paths[0])
    console = screen(json)
    if left := sorted({str(name) for name in source.splits} - {"train", "", *(split or ())}):
        console.print(
            tr(
                "Only training pictures are varied; {left} pictures stay as they are.",
                left=tr(" and ").join(map(tr, left)),
            ),
            markup=False,
        )
    written, left_out = write_augmented(
        source, paths[1], varied, copies=copies, prefix=prefix, seed=seed, splits=split or ("train", "")
    )
    total = sum(written.values())
    console.print(
        tr(
            "{total:,} pictures written to {path} ({copies} of each, seed {seed}).",
            total=total,
            path=paths[1],
            copies=copies,
            seed=seed,
        ),
        markup=False,
    )
    show_left_out({"left_out": [asdict(one) for one in left_out], "notes": []}, console)
    if json:
        told = {"out": paths[1], "written": total, "classes": written, "seed": seed, "settings": varied.model_dump()}
        print_json({**told, "left_out": [asdict(one) for one in left_out]})
