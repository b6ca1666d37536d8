"""Folders of pictures whose names say no class: images/ beside masks/, images/train, train2017; and what lies beside them instead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.data.readers.naming import SPLIT_WORDS, in_words

_PICTURES = {"images", "image", "imgs", "img", "pictures", "jpegimages", "pngimages", "jpegs"}
_MASKS = {"masks", "mask", "gt", "ground_truth", "groundtruth", "seg", "segmentation", "trimaps"} | {
    f"{word}{ending}" for word in ("label", "annotation", "segmentation") for ending in ("", "s", "class", "object")
}
_HEAD, _LOOKED_AT = 1 << 16, 20  # bytes of a file, and files of each ending, that tell whether they are annotations
_BOXES = re.compile(r"\d+(?:\s+-?\d*\.?\d+(?:e-?\d+)?){4,}", re.I)  # YOLO: a class, and where it is


def say_no_class(folders: Iterable[str]) -> bool:
    """Whether folders are called so that none of them can be a class: splits, "images", "masks".

    >>> say_no_class(["images/train", "images/val"]), say_no_class(["train2017", "val2017"]), say_no_class(["images", "masks"])
    (True, True, True)
    >>> say_no_class(["images", "cats"]), say_no_class([])
    (False, False)
    """
    words = [word for folder in folders for part in folder.split("/") for word in _words(part)]
    return bool(words) and all(word in _PICTURES | _MASKS or word in SPLIT_WORDS for word in words)


def _words(name: str) -> list[str]:
    plain = name.casefold()
    return [plain] if plain in _MASKS | _PICTURES else [re.sub(r"\d+$", "", word) for word in in_words(name)]


def refuse_no_class(root: Path, where: str, folders: set[str], files: Iterable[str]) -> None:
    """DataError where folders say no class: their pictures have boxes, outlines or masks, or nothing at all.

    Args:
        folders: that hold pictures, below `where`; one folder called "images" is no mistake by itself.
        files: below `root`, that are no pictures.
    """
    if not say_no_class(folders):
        return
    refuse_annotated(root, where, files)
    asked = tr(
        "To tell classes apart, put the pictures of each class into a folder of its own, or say in a table beside them what each "
        "shows: labels.csv with the columns file and label."
    )
    parts = {part for folder in folders for part in folder.split("/")}
    masks = sorted(part for part in parts if {*_words(part)} & _MASKS)
    if masks and parts - {*masks} and len(folders) > 1:
        raise DataError(
            tr(
                "{where} holds pictures and masks of them ({masks}/): marking parts of pictures is not learnt here.",
                where=where,
                masks=masks[0],
            )
            + f" {asked}"
        )
    if len(folders) > 1:
        raise DataError(
            tr(
                "The folders of {where} say no class: {folders}.",
                where=where,
                folders=", ".join(sorted(folders)[:4]) + (", …" if len(folders) > 4 else ""),
            )
            + f" {asked}"
        )


def refuse_annotated(root: Path, where: str, files: Iterable[str]) -> None:
    """DataError where files beside pictures say where things are in them: YOLO's lines, COCO's JSON, Pascal VOC's XML."""
    looked: dict[str, int] = {}
    for file in files:
        ending = Path(file).suffix.lower()
        looked[ending] = looked.get(ending, 0) + 1
        if ending in (".txt", ".json", ".xml") and looked[ending] <= _LOOKED_AT and _is_annotation(root / file, ending):
            raise DataError(
                tr(
                    "{where} says where things are in its pictures ({file}), not what each picture is: finding things in pictures "
                    "is not learnt here. To tell classes apart, cut the things out, the pictures of each class in a folder of its own.",
                    where=where,
                    file=file,
                )
            )


def _is_annotation(path: Path, ending: str) -> bool:
    try:
        with open(path, "rb") as opened:
            head = opened.read(_HEAD).decode("utf-8", "replace")
    except OSError:
        return False
    if ending == ".txt":
        lines = [line.strip() for line in head.splitlines()[:50] if line.strip()]
        return bool(lines) and all(_BOXES.fullmatch(line) for line in lines)
    if ending == ".xml":
        return "<annotation" in head[:2000] or "<object>" in head
    return ('"images"' in head and '"file_name"' in head) or '"bbox"' in head or '"shapes"' in head
