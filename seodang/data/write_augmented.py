"""Augmented copies of pictures as files, in class folders, at their full size (lab L15)."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from seodang.core.errors import DataError
from seodang.core.files import make_folder
from seodang.core.language import tr
from seodang.data.augment import Augmentation, augment
from seodang.data.grid import to_picture
from seodang.data.page import small_picture
from seodang.data.scan import Scan, scan
from seodang.data.source import LeftOut, Source

QUALITY = 95  # of JPEG files, written where the original was one


def write_augmented(
    source: Source,
    out: str | Path,
    settings: Augmentation,
    *,
    copies: int,
    prefix: str = "aug",
    seed: int = 0,
    splits: Sequence[str] = ("train", ""),
) -> tuple[dict[str, int], tuple[LeftOut, ...]]:
    """Write `copies` varied copies of every picture; the originals are only read.

    Args:
        source: Labelled pictures.
        out: A folder that is empty or not there. Files become OUT/[SPLIT/]CLASS/PREFIX_NAME_1.jpg, …
        settings: What is varied and how far.
        copies: Copies of each picture, 1 or more.
        prefix: What each file's name begins with.
        seed: Same seed, same copies. Each picture has its own chance, whatever else is in the data.
        splits: Of which splits; "" are pictures that are in none. By default training pictures only: varied validation or
            test pictures would measure something else.

    Returns: How many files were written for each class; and what was left out because it is no picture, with the reasons.

    Raises:
        DataError: `out` is not empty or lies inside the data, nothing is varied, or there are no pictures of those splits.
    """
    folder = Path(out)
    _refuse(source, folder, settings, copies, prefix)
    chosen = np.flatnonzero(np.isin(source.splits, list(splits)))
    if not len(chosen):
        raise DataError(
            tr("There is no picture to vary: the data has none of {splits}.", splits=" and ".join(filter(None, splits)))
        )
    make_folder(folder)
    looked = scan(source.select(chosen))
    written = dict.fromkeys(source.classes, 0)
    taken: set[Path] = set()
    for index in range(len(looked)):
        name = looked.source.classes[looked.source.labels[index]]
        place = folder / (str(looked.source.splits[index])) / folder_name(name)
        for path, picture in _copies(looked, index, place, settings, copies, prefix, seed, taken):
            with _telling_how_far(folder, written):
                path.parent.mkdir(parents=True, exist_ok=True)
                picture.save(path, quality=QUALITY)  # which PNG, without loss, does not ask for
            written[name] += 1
    return written, looked.source.left_out


@contextmanager
def _telling_how_far(folder: Path, written: dict[str, int]) -> Iterator[None]:
    """What the system refuses, such as room, becomes a DataError that says what is there already."""
    try:
        yield
    except OSError as error:
        raise DataError(
            tr(
                "{folder} has {count:,} pictures, and the next could not be written: {why}. Delete the folder, make room, and begin "
                "again, or take another one.",
                folder=folder,
                count=sum(written.values()),
                why=error.strerror or error,
            )
        ) from error


def _refuse(source: Source, folder: Path, settings: Augmentation, copies: int, prefix: str) -> None:
    if copies < 1:
        raise DataError(tr("--copies must be 1 or more, got {copies}.", copies=copies))
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", prefix) or prefix.startswith("."):
        raise DataError(
            tr(
                "--prefix must be 1 to 64 letters, digits, ., - and _, and not begin with a dot, got {prefix!r}.",
                prefix=prefix,
            )
        )
    if not settings.is_on:
        raise DataError(tr("Nothing to vary: give settings such as rotation=10 zoom=0.1 flip_horizontal=true."))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(
            tr("{folder} is not an empty folder. Give a new one; nothing is ever written over.", folder=folder)
        )
    data = Path(source.where)
    if data.is_dir() and data.resolve() in folder.resolve().parents:
        raise DataError(
            tr(
                "{folder} lies inside the data, {data}, and would become a part of it. Give a folder elsewhere.",
                folder=folder,
                data=data,
            )
        )


def _copies(
    looked: Scan, index: int, place: Path, settings: Augmentation, copies: int, prefix: str, seed: int, taken: set[Path]
) -> list[tuple[Path, Image.Image]]:
    """The varied copies of one picture and where they go."""
    original = small_picture(looked, index, side=1 << 30)
    identity = looked.source.ids[index]
    if original is None:
        raise DataError(tr("{path} could be read a moment ago and cannot be now.", path=identity))
    array = np.asarray(original)
    pixels = torch.from_numpy(array.copy()).reshape(*array.shape[:2], -1).permute(2, 0, 1)[None].float()
    # PyTorch's generator on the CPU looks at the lower 32 bits of a seed only.
    own_seed = int.from_bytes(
        hashlib.blake2b(f"{seed} {identity}".encode("utf-8", "surrogateescape"), digest_size=4).digest()
    )
    generator = torch.Generator().manual_seed(own_seed)
    varied = augment(pixels.expand(copies, -1, -1, -1).contiguous(), settings, generator)
    stem, suffix = os.path.splitext(identity.replace("\\", "/").rsplit("/", 1)[-1])
    ending = ".jpg" if suffix.lower() in (".jpg", ".jpeg", ".jfif") else ".png"
    base = f"{prefix}_{folder_name(stem)}"
    number = 0
    while (place / f"{base}{f'-{number}' if number else ''}_1{ending}") in taken:  # a.jpg of two nested folders
        number += 1
    base += f"-{number}" if number else ""
    taken.add(place / f"{base}_1{ending}")
    rounded = varied.round_().to(torch.uint8)
    return [(place / f"{base}_{copy + 1}{ending}", to_picture(rounded[copy])) for copy in range(copies)]


def folder_name(name: str) -> str:
    """A class or picture name as the name of a folder or file: letters, digits, spaces, - _ . stay, the rest becomes _.

    >>> folder_name("../apple: red?")
    '_apple_ red_'
    """
    kept = "".join(letter if letter.isalnum() or letter in " -_." else "_" for letter in name)
    return kept.lstrip(".")[:120].rstrip(" .") or "_"
