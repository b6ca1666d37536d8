"""`seodang augment`: varied copies of training pictures as files."""

from __future__ import annotations

from typing import Annotated

import typer


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
            f"`seodang augment` takes the data and the folder to write to, got {len(paths)}: {' '.join(paths) or 'none'}."
        )
    if unknown := [name for name in split or () if name not in SPLITS]:
        raise DataError(f"--split {unknown[0]}: {unknown[0]!r} is not a split. {did_you_mean(unknown[0], SPLITS)}")
    varied = check(Augmentation, {key.removeprefix("augmentation."): value for key, value in settings.items()})
    source = open_source(paths[0])
    console = screen(json)
    if left := sorted({str(name) for name in source.splits} - {"train", "", *(split or ())}):
        console.print(
            f"Only training pictures are varied; {' and '.join(left)} pictures stay as they are.", markup=False
        )
    written = write_augmented(
        source, paths[1], varied, copies=copies, prefix=prefix, seed=seed, splits=split or ("train", "")
    )
    total = sum(written.values())
    console.print(f"{total:,} pictures written to {paths[1]} ({copies} of each, seed {seed}).", markup=False)
    if json:
        print_json(
            {"out": paths[1], "written": total, "classes": written, "seed": seed, "settings": varied.model_dump()}
        )
