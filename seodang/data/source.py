"""What a reader gives back: labelled pictures as they lie, not yet decoded or split."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from seodang.core.sentences import said

# The three names a given split can have; the empty string says that the source does not say.
SPLITS = ("train", "validation", "test")
# Why a folder that holds no picture is left out.
EMPTY_CLASS = said("an empty class folder: no pictures in it, so it is no class")
# Why what Seodang itself writes where it is called is left out, when that is where the data lie.
OURS = said("written by Seodang itself")


@dataclass(frozen=True)
class LeftOut:
    """A file or row that is not used, and why, in one clause a person understands."""

    path: str
    reason: str

    @property
    def is_file(self) -> bool:
        """Whether it is a file or row of the data; no folder (`herons/`), no page of ours, and no class that a person leaves out.

        >>> LeftOut("a.png", "empty file").is_file, LeftOut("herons/", "an empty class folder").is_file
        (True, False)
        """
        return not self.path.endswith("/") and not self.reason.startswith(("left out by without=", OURS))


@dataclass(frozen=True)
class Card:
    """What is known of a named data set: where it comes from, its licence, its counts and classes."""

    title: str
    homepage: str
    licence: str
    hub: str | None  # the id on the Hugging Face hub, or None where it is not there
    counts: dict[str, int]  # examples of each split
    classes: tuple[str, ...]
    note: str = ""
    local: str = ""  # where it lies below $SEODANG_DATA, where that is not its name


@dataclass(frozen=True, eq=False)
class Source:
    """Labelled pictures. N examples; a given example is either encoded bytes (`read`) or an array (`pixels`), never both.

    name: short, for a run's folder ("photos", "mnist").   where: the path or hub id it came from.
    form: "class folders", "class in the files' names", "pixel table", "Parquet", "IDX", "NumPy" or "bundled".
    classes: names of the classes, in the order of the label indices.
    labels: (N,) int64, index into `classes`.
    ids: N strings that name each example for a person: the path inside the source, or "train.csv row 17".
    splits: (N,) array of str: "train", "validation", "test" or "" where the source gives no split.
    groups: (N,) array of str, or None: who or what an example comes from; a group stays in one split.
    pixels: (N, height, width, channels) uint8, channels 1 or 3, or None.
    read: index → encoded bytes of one picture, or None.
    stamp: a string that changes when the content may have changed (paths, sizes, times), for the cache.
    left_out: files the reader could see at once to be no picture. Those found while decoding come later.
    label_values: the labels as they stood in the data, in the order of `classes` ("0", "1", … "24" without "9").
    columns: other columns of a table, each (N,), by name: what `split.by` can name.
    noun: what one example is called in sentences.
    """

    name: str
    where: str
    form: str
    classes: tuple[str, ...]
    labels: np.ndarray
    ids: list[str]
    splits: np.ndarray
    stamp: str
    pixels: np.ndarray | None = None
    read: Callable[[int], bytes] | None = None
    groups: np.ndarray | None = None
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    card: Card | None = None
    label_values: tuple[str, ...] = field(default=())
    columns: dict[str, np.ndarray] = field(default_factory=dict)
    noun: str = "picture"

    def __len__(self) -> int:
        return len(self.labels)

    def select(self, indices: np.ndarray) -> Source:
        """The same source with only some examples, in the order of `indices`."""
        indices = np.asarray(indices)
        read, table = self.read, indices
        return replace(
            self,
            labels=self.labels[indices],
            ids=[self.ids[i] for i in indices],
            splits=self.splits[indices],
            groups=None if self.groups is None else self.groups[indices],
            pixels=None if self.pixels is None else self.pixels[indices],
            columns={name: values[indices] for name, values in self.columns.items()},
            read=None if read is None else (lambda i: read(int(table[i]))),
        )
