"""HDF5 files of others, read without leaving the file: names, shapes and, when asked for, the numbers of one array.

HDF5 can point elsewhere: links to other files, arrays whose numbers lie in other files, arrays put together of pieces of
other files, filters that load plug-ins. Keras writes none of these, so each is refused where it is met. Names are names:
`../../x` is compared letter by letter and is never a path. https://docs.hdfgroup.org/hdf5/latest/
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np

from seodang.core.errors import RunError
from seodang.core.language import tr

SIGNATURE = b"\x89HDF\r\n\x1a\n"
# A network of Keras' applications has some 1,000 groups and arrays; these are far beyond any.
MOST_OBJECTS = 50_000
DEEPEST = 32
LARGEST_ATTRIBUTE = 2**24  # bytes


@dataclass(frozen=True)
class Array:
    """An array of the file that has not been read yet. Its shape is what the file says, however absurd."""

    path: str
    shape: tuple[int, ...]
    what: str
    dataset: Any = field(repr=False)

    @property
    def bytes(self) -> int:
        """How many bytes its numbers take in the file, and as float32."""
        return math.prod(self.shape) * max(self.dataset.dtype.itemsize, 1)

    def read(self) -> np.ndarray:
        """The numbers as float32, infinite where they are too large for it. RunError where the file is damaged."""
        with _told(self.what), np.errstate(over="ignore"):
            return np.asarray(self.dataset[()]).astype(np.float32)


@dataclass(frozen=True)
class Group:
    """A group of the file. `seen` counts the objects met so far, over the whole file."""

    path: str
    what: str
    group: Any = field(repr=False)
    seen: list[int] = field(repr=False)

    def children(self) -> Iterator[tuple[str, Group | Array]]:
        """Every object directly inside, by name. What leads out of the file raises RunError."""
        with _told(self.what):
            names = list(self.group)
        for name in (each if isinstance(each, str) else each.decode("utf-8", "replace") for each in names):
            yield name, self._step(name)

    def child(self, path: str) -> Group | Array | None:
        """What lies at a path of names, or None. Keras separates names by `/`, also inside a layer's own name."""
        found: Group | Array = self
        for name in filter(None, path.split("/")):
            if not isinstance(found, Group) or not found.has(name):
                return None
            found = found._step(name)
        return found

    def has(self, name: str) -> bool:
        """Whether an object of this name is directly inside."""
        with _told(self.what):
            return name != "." and self.group.id.links.exists(name.encode("utf-8", "surrogateescape"))

    def strings(self, name: str) -> list[str] | None:
        """An attribute that lists names, or None where there is none. Keras cuts a long one into NAME0, NAME1, …."""
        with _told(self.what):
            attributes = self.group.attrs
            if name in attributes:
                return self._strings(name)
            parts = []
            while f"{name}{len(parts)}" in attributes and len(parts) < MOST_OBJECTS:
                parts.append(self._strings(f"{name}{len(parts)}"))
        return [text for part in parts for text in part] if parts else None

    def _strings(self, name: str) -> list[str]:
        import h5py

        found = self.group.attrs.get_id(name)
        where = f"{self.what}: {shown(name)} of {self.path or '/'}"
        if found.shape == (0,):
            return []  # an empty list has no text type
        is_text = found.dtype.kind == "S" or h5py.check_string_dtype(found.dtype) is not None
        if len(found.shape) != 1 or not is_text:
            raise RunError(
                tr(
                    "{where} must be a list of names, got {dtype} of shape {shape}. {again}",
                    where=where,
                    dtype=found.dtype,
                    shape=found.shape,
                    again=again(),
                )
            )
        if found.shape[0] > MOST_OBJECTS or found.shape[0] * found.dtype.itemsize > LARGEST_ATTRIBUTE:
            raise RunError(
                tr(
                    "{where} lists {count:,} names, at most {most:,} are read. {again}",
                    where=where,
                    count=found.shape[0],
                    most=MOST_OBJECTS,
                    again=again(),
                )
            )
        values = self.group.attrs[name]
        return [value.decode("utf-8") if isinstance(value, bytes) else str(value) for value in values]

    def _step(self, name: str) -> Group | Array:
        import h5py

        path = f"{self.path}/{shown(name)}".lstrip("/")
        with _told(self.what):
            self.seen[0] += 1
            if self.seen[0] > MOST_OBJECTS or path.count("/") > DEEPEST:
                raise RunError(
                    tr(
                        "{what} has more than {most:,} groups and arrays, or groups more than {deepest} deep: that is no network. {again}",
                        what=self.what,
                        most=MOST_OBJECTS,
                        deepest=DEEPEST,
                        again=again(),
                    )
                )
            link = self.group.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                to = shown(f"{getattr(link, 'filename', '')} {getattr(link, 'path', '')}".strip())
                raise RunError(
                    tr(
                        "{what}: {path} is a link to somewhere else ({to}). Weights must lie in the file itself; nothing was "
                        "followed. {again}",
                        what=self.what,
                        path=path,
                        to=to,
                        again=again(),
                    )
                )
            found = self.group.get(name)
            if isinstance(found, h5py.Group):
                return Group(path, self.what, found, self.seen)
            if isinstance(found, h5py.Dataset):
                return _array(path, found, self.what)
        raise RunError(
            tr("{what}: {path} is neither a group nor an array. {again}", what=self.what, path=path, again=again())
        )


def again() -> str:
    """What to do where a file of Keras is of no use."""
    return tr("Save the weights again with Keras, `model.save_weights('NAME.weights.h5')`.")


def _array(path: str, dataset: Any, what: str) -> Array:
    """An array whose numbers lie in the file, in one piece, and are floats; everything else is refused unread."""
    import h5py

    settings = dataset.id.get_create_plist()
    where = f"{what}: {path}"
    if settings.get_layout() == h5py.h5d.VIRTUAL:
        raise RunError(
            tr(
                "{where} is put together of other files' arrays. Weights must lie in the file itself. {again}",
                where=where,
                again=again(),
            )
        )
    if settings.get_layout() == h5py.h5d.CHUNKED:
        raise RunError(
            tr(
                "{where} is cut into pieces or compressed, as Keras never stores weights. {again}",
                where=where,
                again=again(),
            )
        )
    if settings.get_external_count():
        raise RunError(
            tr(
                "{where} has its numbers in another file. Weights must lie in the file itself. {again}",
                where=where,
                again=again(),
            )
        )
    if dataset.shape is None or dataset.dtype.kind != "f" or dataset.dtype.itemsize > 8:
        raise RunError(
            tr(
                "{where} must be an array of float16, float32 or float64, got {dtype}. {again}",
                where=where,
                dtype=dataset.dtype,
                again=again(),
            )
        )
    stored, wanted = dataset.id.get_storage_size(), math.prod(dataset.shape) * dataset.dtype.itemsize
    if stored != wanted:
        raise RunError(
            tr(
                "{where} says {wanted:,} bytes and has {stored:,}: the file is damaged. {again}",
                where=where,
                wanted=wanted,
                stored=stored,
                again=again(),
            )
        )
    return Array(path, tuple(dataset.shape), what, dataset)


def shown(name: str) -> str:
    """A name from a file as it may be printed: no control characters, not endless.

    >>> shown("../../x"), shown("a\\x1b[2Jb")
    ('../../x', 'a?[2Jb')
    """
    plain = "".join(letter if letter.isprintable() else "?" for letter in name)
    return plain if len(plain) <= 80 else f"{plain[:79]}…"


@contextlib.contextmanager
def open_hdf5(file: IO[bytes], what: str) -> Iterator[Group]:
    """The top of an HDF5 file. `what`: how messages name it. RunError where h5py is missing or the file is damaged."""
    try:
        import h5py
    except ImportError:
        raise RunError(
            tr("Files of Keras are read with h5py. Install it with `pip install 'seodang[keras]'`.")
        ) from None
    with _told(what):
        opened = h5py.File(file, "r")
    try:
        yield Group("", what, opened, [0])
    finally:
        with _told(what):
            opened.close()


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    """What h5py says of a damaged file, in a sentence."""
    try:
        yield
    except (OSError, RuntimeError, LookupError, ValueError, TypeError, ArithmeticError) as error:
        reason = shown(" ".join(str(error).split()))
        raise RunError(
            tr(
                "{what} is damaged, or not written by Keras ({reason}). {again}",
                what=what,
                reason=reason,
                again=again(),
            )
        ) from None
