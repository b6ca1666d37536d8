"""NumPy arrays: .npz archives and pairs of .npy files. Objects in them (pickle) are never loaded."""

from __future__ import annotations

import ast
import math
import re
import zipfile
import zlib
from pathlib import Path

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said
from seodang.data.readers.content import content_of, most_bytes, stamp_of
from seodang.data.readers.naming import classes_of, short_name, split_of
from seodang.data.readers.rows import square_of, to_bytes
from seodang.data.source import SPLITS, Source

IMAGE_WORDS = {"x", "images", "image", "data", "features", "pixels", "imgs"}
LABEL_WORDS = {"y", "labels", "label", "target", "targets", "classes"}


def numpy_files(folder: Path) -> list[Path]:
    """The .npy and .npz files of a folder."""
    return sorted(
        file
        for file in folder.iterdir()
        if file.suffix.lower() in (".npy", ".npz") and file.is_file() and not file.name.startswith(".")
    )


def read_numpy(path: Path) -> Source:
    """Read an .npz archive, an .npy file with the labels beside it, or a folder of them.

    Names say what an array is: x_train, y_train, x_test, y_test; X, y; images, labels; train_images, train_labels; …

    Raises:
        DataError: An array holds objects, has a shape that is no picture, or has no partner.
    """
    path = Path(path)
    files = _beside(path) if path.is_file() else numpy_files(path)
    arrays: dict[str, np.ndarray] = {}
    for file in files:
        arrays.update(_arrays(file))
    pairs = _pairs(path, arrays)
    values, notes = [], []
    for image, _, _ in pairs:
        values.append(_pictures(image, arrays[image]))
    shapes = {value.shape[1:] for value in values}
    if len(shapes) > 1:
        raise DataError(
            tr(
                "The arrays of {path} hold pictures of different shapes: {shapes}.",
                path=path,
                shapes=", ".join(map(str, sorted(shapes))),
            )
        )
    shape = values[0].shape[1:]
    if min(value.min() for value in values) < 0:
        values = [(value + 1) / 2 for value in values]
        notes.append(said("Pixel values from -1 to 1 are brought to 0 to 1."))
    pixels, remark = to_bytes([value.reshape(len(value), -1) for value in values])
    notes += [remark] if remark else []
    labels = []
    for image, label, _ in pairs:
        found = _label_values(label, arrays[label])
        if len(found) != len(arrays[image]):
            raise DataError(
                tr(
                    "{image} has {count:,} pictures but {label} has {number:,} labels.",
                    image=image,
                    count=len(arrays[image]),
                    label=label,
                    number=len(found),
                )
            )
        labels.append(found)
    classes, indices = classes_of(np.concatenate(labels))
    return Source(
        name=short_name(path),
        where=str(path),
        form="NumPy",
        classes=classes,
        labels=indices,
        ids=[f"{image} row {row + 1}" for image, _, _ in pairs for row in range(len(arrays[image]))],
        splits=np.concatenate([np.full(len(arrays[image]), split) for image, _, split in pairs]),
        stamp=stamp_of(path if path.is_dir() else path.parent, files),
        pixels=pixels.reshape(-1, *shape),
        notes=tuple(notes),
        label_values=classes,
    )


def _beside(path: Path) -> list[Path]:
    """For X.npy also y.npy; an .npz stands alone."""
    if path.suffix.lower() == ".npz":
        return [path]
    words = IMAGE_WORDS | LABEL_WORDS | _GLUED_X | _GLUED_Y
    near = [
        file for file in numpy_files(path.parent) if file.suffix.lower() == ".npy" and words & set(_words(file.stem))
    ]
    return sorted({path, *near})


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()) if word]


def _pairs(path: Path, arrays: dict[str, np.ndarray]) -> list[tuple[str, str, str]]:
    """(images, labels, split) by name."""
    images: dict[str, str] = {}
    labels: dict[str, str] = {}
    for name in arrays:
        words = _words(name)
        split = split_of("_".join(words)) or next((s for w, s in _GLUED.items() if w in words), "")
        if any(word in IMAGE_WORDS or word in _GLUED_X for word in words):
            images.setdefault(split, name)
        elif any(word in LABEL_WORDS or word in _GLUED_Y for word in words):
            labels.setdefault(split, name)
    if (
        not images and len(arrays) == 2
    ):  # two arrays without telling names: the one with more dimensions is the pictures
        first, second = sorted(arrays, key=lambda name: -arrays[name].ndim)
        if arrays[first].ndim > arrays[second].ndim:
            images, labels = {"": first}, {"": second}
    order = {name: position for position, name in enumerate((*SPLITS, ""))}
    pairs = [
        (images[split], labels[split], split) for split in sorted(images, key=lambda s: order[s]) if split in labels
    ]
    if not pairs:
        raise DataError(
            tr(
                "{path} has no pair of pictures and labels. Name them x and y, or x_train, y_train, x_test, "
                "y_test; the arrays are: {arrays}.",
                path=path,
                arrays=", ".join((f"{name} {array.shape}" for name, array in arrays.items())) or tr("none"),
            )
        )
    return pairs


_GLUED = {
    "xtrain": "train",
    "ytrain": "train",
    "xtest": "test",
    "ytest": "test",
    "xval": "validation",
    "yval": "validation",
}
_GLUED_X = {"xtrain", "xtest", "xval"}
_GLUED_Y = {"ytrain", "ytest", "yval"}


def _arrays(file: Path) -> dict[str, np.ndarray]:
    if file.suffix.lower() == ".npy":
        return {file.stem: _array(file.name, content_of(file))}
    limit = most_bytes()
    found = {}
    try:
        with zipfile.ZipFile(file) as archive:
            members = [member for member in archive.infolist() if member.filename.endswith(".npy")]
            total = sum(member.file_size for member in members)
            if total > limit:
                raise DataError(
                    tr(
                        "{name} unpacks to {size:,} bytes, more than the {limit:,} that fit in memory.",
                        name=file.name,
                        size=total,
                        limit=limit,
                    )
                )
            for member in members:
                with archive.open(member) as opened:
                    content = opened.read(member.file_size + 1)
                name = member.filename.removesuffix(".npy")
                found[name] = _array(f"{file.name}, array {name}", content)
    except (
        zipfile.BadZipFile,
        OSError,
        EOFError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        zlib.error,
    ) as error:
        raise DataError(tr("{name} is a damaged .npz archive ({error}).", name=file.name, error=error)) from None
    return found


def _array(name: str, content: bytes) -> np.ndarray:
    """One array from the bytes of an .npy file. The header is checked before anything is made of it."""
    shape, fortran, kind, start = _header(name, content)
    if kind.hasobject:
        raise DataError(
            tr(
                "{name} holds Python objects, which are never loaded: they could run any program. Save it as "
                "numbers: np.save(file, np.stack(pictures).astype(np.uint8)).",
                name=name,
            )
        )
    if kind.kind not in "uifbUS":
        raise DataError(tr("{name} holds {type}, not numbers.", name=name, type=kind))
    size = math.prod(shape) * kind.itemsize
    if len(content) - start < size:
        raise DataError(
            tr(
                "{name} is cut off: its header promises {promised:,} bytes, it has {count:,}.",
                name=name,
                promised=size,
                count=len(content) - start,
            )
        )
    if size == 0:
        return np.zeros(shape, kind)
    array = np.frombuffer(content, kind, math.prod(shape), start)
    return array.reshape(shape[::-1]).T if fortran else array.reshape(shape)


def _header(name: str, content: bytes) -> tuple[tuple[int, ...], bool, np.dtype, int]:
    """Shape, order, kind and start of the data, from an .npy header read as a literal; NumPy's own reader rewrites and runs
    Python 2's tokens through a parser that can fail in other ways.

    https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
    """
    wide = content[6:7] != b"\x01"
    start = 12 if wide else 10
    length = int.from_bytes(content[8:start], "little")
    try:
        if content[:6] != b"\x93NUMPY" or content[6:7] not in (b"\x01", b"\x02", b"\x03") or length > 10_000:
            raise ValueError("no .npy header")
        header = ast.literal_eval(content[start : start + length].decode("latin1").strip())
        shape, fortran, kind = header["shape"], header["fortran_order"], header["descr"]
        if not (isinstance(shape, tuple) and all(isinstance(side, int) and side >= 0 for side in shape)):
            raise ValueError("shape")
        if not isinstance(kind, str):
            raise ValueError("descr")
        return shape, bool(fortran), np.dtype(kind), start + length
    except (ValueError, KeyError, TypeError, SyntaxError, AttributeError, IndexError, RecursionError, MemoryError):
        raise DataError(tr("{name} is no .npy file or is damaged: its header cannot be read.", name=name)) from None


def _pictures(name: str, array: np.ndarray) -> np.ndarray:
    """(N, height, width, channels) from the shapes people use; values still as they are."""
    if array.dtype.kind not in "uifb" or not array.size:
        raise DataError(
            tr(
                "{name} of shape {shape} and kind {type} holds no pictures.",
                name=name,
                shape=array.shape,
                type=array.dtype,
            )
        )
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        row = int(np.argwhere(~np.isfinite(array))[0][0]) + 1
        raise DataError(
            tr("{name} row {row} holds a value that is not a number (NaN or infinity).", name=name, row=row)
        )
    if (array.min() < 0 or array.max() > 255) and not (
        array.dtype.kind == "f" and array.min() >= -1 and array.max() <= 1
    ):
        raise DataError(
            tr(
                "{name} has values from {least:g} to {most:g}; pixels are 0 to 255, 0 to 1 or -1 to 1. Save them as they "
                "were before they were standardised.",
                name=name,
                least=array.min(),
                most=array.max(),
            )
        )
    if array.dtype.kind == "b":
        array = array.astype(np.uint8)
    elif array.dtype != np.uint8:
        array = array.astype(np.float64)
    if array.ndim == 2 and (square := square_of(array.shape[1])):
        return array.reshape(-1, square[0], square[0], square[1])
    if array.ndim == 3:
        return array[..., None]
    if array.ndim == 4 and array.shape[3] in (1, 3):
        return array
    if array.ndim == 4 and array.shape[1] in (1, 3):
        return array.transpose(0, 2, 3, 1)
    raise DataError(
        tr(
            "{name} has the shape {shape}. Pictures are (number, height, width), with 1 or 3 channels last "
            "or second, or (number, pixels) of a square.",
            name=name,
            shape=array.shape,
        )
    )


def _label_values(name: str, array: np.ndarray) -> np.ndarray:
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 2 and array.size and ((array == 0) | (array == 1)).all() and (array.sum(1) == 1).all():
        array = array.argmax(1)  # one-hot
    if array.ndim != 1:
        raise DataError(
            tr(
                "{name} has the shape {shape}; labels are one value a picture, or one-hot rows.",
                name=name,
                shape=array.shape,
            )
        )
    if array.dtype.kind == "f":
        if not np.isfinite(array).all() or (array != np.floor(array)).any():
            raise DataError(tr("{name} holds fractions; labels are whole numbers or text.", name=name))
        array = array.astype(np.int64)
    if array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8", "replace")
    return array.astype(str)
