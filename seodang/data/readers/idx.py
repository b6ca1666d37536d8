"""MNIST's IDX files: images in one file, labels in another beside it, gzipped or not."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.data.readers.content import content_of, stamp_of
from seodang.data.readers.naming import classes_of, short_name, split_of
from seodang.data.source import SPLITS, Source


def idx_files(folder: Path) -> list[Path]:
    """The IDX image files of a folder or its folder `raw`, train before test; a file and its .gz count once."""
    found: dict[str, Path] = {}
    for file in sorted([*folder.glob("*images*ubyte*"), *folder.glob("raw/*images*ubyte*")]):
        if file.is_file():
            found.setdefault(file.name.removesuffix(".gz"), file)
    order = {name: position for position, name in enumerate((*SPLITS, ""))}
    return sorted(found.values(), key=lambda file: (order[split_of(file.name)], file.name))


def read_idx(path: Path) -> Source:
    """Read an image file with the labels beside it, or every such pair of a folder.

    Raises:
        DataError: A file is damaged, labels are missing, or numbers of images and labels differ.
    """
    path = Path(path)
    if path.is_file() and "images" not in path.name:
        path = _partner(path, "labels", "images")
    files = [path] if path.is_file() else idx_files(path)
    root = path.parent if path.is_file() else path
    if not files:
        raise DataError(tr("{path} has no IDX image files (…images…ubyte).", path=path))
    pixels, labels, ids, splits, used = [], [], [], [], []
    for file in files:
        beside = _partner(file, "images", "labels")
        images, values = _idx(file), _idx(beside)
        if images.ndim not in (3, 4) or (images.ndim == 4 and images.shape[3] not in (1, 3)):
            raise DataError(
                tr(
                    "{name} has {ndim} dimensions {shape}; images have 3: number, height, width.",
                    name=file.name,
                    ndim=images.ndim,
                    shape=images.shape,
                )
            )
        if values.ndim != 1 or len(values) != len(images):
            raise DataError(
                tr(
                    "{images} has {count:,} images but {labels} has {number:,} labels.",
                    images=file.name,
                    count=len(images),
                    labels=beside.name,
                    number=len(values),
                )
            )
        pixels.append(images if images.ndim == 4 else images[..., None])
        labels.append(values)
        name = file.relative_to(root).as_posix()
        ids.extend(f"{name} image {number + 1}" for number in range(len(images)))
        splits.append(np.full(len(images), split_of(file.name)))
        used += [file, beside]
    sizes = {array.shape[1:] for array in pixels}
    if len(sizes) > 1:
        raise DataError(
            tr("The IDX files of {path} hold pictures of different sizes: {sizes}.", path=path, sizes=sorted(sizes))
        )
    together = np.concatenate(pixels)
    if not len(together):
        raise DataError(tr("{path} holds no images.", path=path))
    if 0 in together.shape:
        raise DataError(
            tr(
                "{path} holds images of size {width}×{height}.",
                path=path,
                width=together.shape[2],
                height=together.shape[1],
            )
        )
    classes, indices = classes_of(np.concatenate(labels))
    return Source(
        name=short_name(path if path.is_dir() else path.parent),
        where=str(path),
        form="IDX",
        classes=classes,
        labels=indices,
        ids=ids,
        splits=np.concatenate(splits),
        stamp=stamp_of(root, used),
        pixels=together,
        label_values=classes,
    )


def _partner(file: Path, this: str, other: str) -> Path:
    """The labels that belong to images, or the other way round."""
    if this not in file.name:
        raise DataError(
            tr(
                "{name} may be images or labels: its name does not say. Give both MNIST's names, such as train-images-idx3-ubyte and "
                "train-labels-idx1-ubyte.",
                name=file.name,
            )
        )
    name = file.name.replace(this, other).removesuffix(".gz")
    numbers = ("idx3", "idx1") if this == "images" else ("idx1", "idx3")
    plain = re.sub(rf"{numbers[0]}", numbers[1], name)
    for candidate in (plain, f"{plain}.gz", name, f"{name}.gz"):
        beside = file.with_name(candidate)
        if beside.is_file() and beside != file:
            return beside
    raise DataError(
        tr("{name} has no labels beside it: {file} (or {file}.gz) is needed.", name=file.name, file=plain)
        if other == "labels"
        else tr("{name} has no images beside it: {file} (or {file}.gz) is needed.", name=file.name, file=plain)
    )


def _idx(file: Path) -> np.ndarray:
    content = content_of(file)
    if len(content) < 4 or content[:2] != b"\0\0":
        raise DataError(tr("{name} is no IDX file: it does not begin with two zero bytes.", name=file.name))
    if content[2] != 8:
        raise DataError(
            tr(
                "{name} holds numbers of kind 0x{code:02x}; only bytes (0x08) can be read.",
                name=file.name,
                code=content[2],
            )
        )
    dimensions = content[3]
    header = 4 + 4 * dimensions
    if not 1 <= dimensions <= 4 or len(content) < header:
        raise DataError(tr("{name} has a damaged IDX header.", name=file.name))
    shape = tuple(int.from_bytes(content[4 + 4 * i : 8 + 4 * i], "big") for i in range(dimensions))
    wanted = header
    size = 1
    for length in shape:
        size *= length
    wanted += size
    if len(content) != wanted:
        raise DataError(
            tr(
                "{name} is cut off: its header promises {promised:,} bytes, it has {count:,}.",
                name=file.name,
                promised=wanted,
                count=len(content),
            )
            if len(content) < wanted
            else tr(
                "{name} is too long: its header promises {promised:,} bytes, it has {count:,}.",
                name=file.name,
                promised=wanted,
                count=len(content),
            )
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)
