"""From a source to what a training run holds: prepared pixels in memory or streamed, divided, counted and hashed."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import torch
from torch import Tensor

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said, saidn, shown
from seodang.data.decoders import Decoders, cores, in_pieces
from seodang.data.drawing import draw_some
from seodang.data.duplicates import exact, near
from seodang.data.facts import Facts
from seodang.data.pictures import many
from seodang.data.prepare import Preparation, resolve, target_of
from seodang.data.scan import Scan, scan
from seodang.data.source import SPLITS, Source
from seodang.data.split import Division, Split, divide, keep_together, leave_out

# Of the memory that is free now, pixels may take so much. They are held up to twice for a moment, while splits are cut.
SHARE_OF_MEMORY = 0.4
# Mean and std of streamed pictures are measured on so many of them.
MEASURED = 4096
# Pixels that are summed up at once: they stay in a CPU's cache.
MEASURED_AT_ONCE = 2**18


@dataclass(eq=False)
class Subset:
    """One split. N examples.

    name: "train", "validation" or "test".   labels: (N,) int64; of other tasks than classifying: (N, K) amounts or (N, L) tokens.
    ids: N names for a person.
    pixels: (N, C, H, W) uint8, or None where they are streamed. Of tables, texts and series: what goes into the network.
    lengths: (N,) of token sequences that are padded at their end, so that batches need not be as long as the longest of all.
    """

    name: str
    labels: Tensor
    ids: list[str]
    pixels: Tensor | None
    source: Source
    preparation: Preparation
    decoders: Decoders | None = None
    lengths: Tensor | None = None

    @property
    def by_length(self) -> Tensor | None:
        """An order in which like lengths meet, or None where all are as they lie."""
        return None if self.lengths is None else self.lengths.argsort(stable=True)

    def __len__(self) -> int:
        return len(self.labels)

    def fetch(self, indices: Tensor) -> Tensor:
        """The prepared pixels of some examples, (B, C, H, W) uint8, in the order asked for."""
        if self.pixels is not None:
            return self.pixels[indices]
        return decoded(self, indices)


def decoded(subset: Subset, indices: Tensor) -> Tensor:
    """Streamed examples, decoded here and now. A file that has changed since the scan raises DataError."""
    read = subset.source.read
    assert read is not None, "only encoded pictures are streamed"
    target = target_of(subset.preparation)
    done, _ = in_pieces(indices.tolist(), read, lambda encoded: many(encoded, target))
    for index, reason in zip(indices.tolist(), done.reasons, strict=True):
        if reason is not None:
            raise changed(subset, index, reason)
    assert done.pixels is not None, "a target was given"
    return torch.from_numpy(done.pixels)


def changed(subset: Subset, index: int, reason: str) -> DataError:
    """What is said when a picture that could be decoded before training cannot be any more."""
    return DataError(
        tr(
            "{example} could be read when training began and cannot be now: {reason}.",
            example=subset.ids[index],
            reason=shown(reason),
        )
    )


@dataclass(eq=False)
class Prepared:
    """Everything a run needs to know of its data. See `describe` for what of it is written into the run's folder.

    preparation: resolved, with mean and std measured where scale=standard.
    in_memory: whether pixels are held as one tensor a split; otherwise they are streamed.
    notes: what was inferred or decided, one sentence each, for a person.
    holds_features: whether `pixels` are what a pretrained network said of the pictures, (N, F, …) float32, and not pictures.
    """

    source: Source
    scan: Scan
    preparation: Preparation
    classes: tuple[str, ...]
    train: Subset
    validation: Subset
    test: Subset
    division: Division
    in_memory: bool
    notes: tuple[str, ...]
    split: Split
    holds_features: bool = False

    @property
    def facts(self) -> Facts:
        """What a task must know of this data."""
        return Facts(classes=self.classes)

    def describe(self) -> dict[str, Any]:
        """The content of a run's data.json."""
        source = self.source
        parts = {subset.name: subset for subset in (self.train, self.validation, self.test)}
        counts = {
            name: dict(zip(self.classes, _counts(subset.labels, len(self.classes)), strict=True))
            for name, subset in parts.items()
            if len(subset)
        }
        indices = dict(zip(SPLITS, (self.division.train, self.division.validation, self.division.test), strict=True))
        return {
            "source": {"name": source.name, "where": _reopens(source), "form": source.form, "examples": len(source)},
            "classes": list(self.classes),
            "label_values": list(source.label_values),
            "mapping": dict(zip(source.label_values or self.classes, range(len(self.classes)), strict=False)),
            "counts": counts,
            "split": {
                "given": list(self.division.given),
                "note": self.division.note,
                **self.split.model_dump(mode="json"),
                "examples": {name: len(subset) for name, subset in parts.items()},
            },
            "sha256": {
                name: _sha256(source.ids, self.scan.content, source.labels, where)
                for name, where in indices.items()
                if len(where)
            },
            "left_out": [{"path": one.path, "reason": one.reason} for one in source.left_out],
            "preparation": self.preparation.model_dump(mode="json"),
            "in_memory": self.in_memory,
            "notes": list(self.notes),
        }


def _reopens(source: Source) -> str:
    """What `open_source` finds from any folder: a name as it is, a path in full."""
    return source.where if source.card or source.where.startswith("hub:") else str(Path(source.where).resolve())


def _counts(labels: Tensor, classes: int) -> list[int]:
    return torch.bincount(labels, minlength=classes).tolist()


def _sha256(ids: list[str], content: np.ndarray, labels: np.ndarray, where: np.ndarray) -> str:
    """Over id, label and pixels of every example of a split: another file, label or pixel gives another value.

    Each is followed by a NUL. It stands in every saved run: counted otherwise, no older run would know its data again.
    """
    told = [b"%d" % label for label in range(int(labels.max(initial=0)) + 1)]
    parts = [b"\0"] * (6 * len(where))
    parts[0::6] = [ids[index].encode("utf-8", "surrogateescape") for index in where.tolist()]
    parts[2::6] = [told[label] for label in labels[where].tolist()]
    parts[4::6] = content[where].tolist()
    return hashlib.sha256(b"".join(parts)).hexdigest()


def load(
    source: Source,
    preparation: Preparation,
    split: Split,
    *,
    examples: int | None = None,
    memory_limit: int | None = None,
    classes: bool = True,
) -> Prepared:
    """Scan, prepare and divide a source.

    Args:
        source: From `open_source`.
        preparation: What is open in it is found from the data.
        split: How to divide where the data does not say.
        examples: Only so many training examples, stratified. None: all.
        classes: Whether classes are told apart, so that there must be two; False: labels are only strata.
        memory_limit: Bytes that prepared pixels may take; more are streamed. None: 40 % of the memory free now.

    Raises:
        DataError: Nothing can be decoded, or the examples cannot be divided as asked.
    """
    source = leave_out(source, split.without)
    settings = resolve(preparation, source)
    target = target_of(settings)
    size = len(source) * target.channels * target.height * target.width
    free = psutil.virtual_memory().available
    limit = int(free * SHARE_OF_MEMORY) if memory_limit is None else memory_limit
    in_memory = size <= limit or source.pixels is not None
    looked = scan(source, settings if in_memory else None)
    source = looked.source
    division = divided(looked, split, classes=classes)
    if examples is not None and examples < len(division.train):
        division.train = draw_some(source, division.train, examples, split.seed)
    decoders = None if in_memory else Decoders(cores())
    parts = {
        name: _subset(name, where, looked, settings, decoders)
        for name, where in zip(SPLITS, (division.train, division.validation, division.test), strict=True)
    }
    if settings.scale == "standard" and (settings.mean is None or settings.std is None):
        settings = _measured(settings, parts["train"])
        for part in parts.values():
            part.preparation = settings
    notes = _notes(source, preparation, settings, looked, division, size, limit, in_memory)
    if examples is not None and examples <= len(division.train):
        notes.append(
            said("Only {count:,} training examples are used, as asked, stratified by class.", count=len(division.train))
        )
    return Prepared(
        source=source,
        scan=looked,
        preparation=settings,
        classes=source.classes,
        train=parts["train"],
        validation=parts["validation"],
        test=parts["test"],
        division=division,
        in_memory=in_memory,
        notes=tuple(notes),
        split=split,
    )


def divided(looked: Scan, split: Split, *, classes: bool = True) -> Division:
    """The splits of scanned pictures; where they are drawn, copies stay together. Errors as of `divide`."""
    division = divide(looked.source, split, classes=classes)
    if split.by is not None or division.given:
        return division
    copies = [group.members for group in (*exact(looked), *near(looked))]
    return keep_together(looked.source, division, copies)


def _subset(name: str, where: np.ndarray, looked: Scan, settings: Preparation, decoders: Decoders | None) -> Subset:
    pixels = looked.pixels
    if pixels is not None:
        if len(where) and where[-1] - where[0] + 1 == len(where):
            pixels = pixels[int(where[0]) : int(where[-1]) + 1]  # a view: nothing is copied
        else:
            pixels = pixels.index_select(0, torch.from_numpy(where))
    source = looked.source
    return Subset(
        name=name,
        labels=torch.from_numpy(source.labels[where].astype(np.int64)),
        ids=[source.ids[i] for i in where.tolist()],
        pixels=pixels,
        source=source if decoders is None else source.select(where),
        preparation=settings,
        decoders=decoders,
    )


def _measured(settings: Preparation, train: Subset) -> Preparation:
    """mean and std by channel of the training pictures, in units of 255, exact: sums of whole numbers."""
    pixels = train.pixels
    if pixels is None:
        some = torch.linspace(0, len(train) - 1, min(MEASURED, len(train))).long().unique()
        pixels = train.fetch(some)
    means, stds = [], []
    for channel in range(pixels.shape[1]):
        total = squares = 0.0  # below 2**53, so every sum is exact
        for some in pixels[:, channel].reshape(-1).split(MEASURED_AT_ONCE):
            values = some.double()
            total += float(values.sum())
            squares += float(values.dot(values))
        count = pixels[:, channel].numel()
        mean = total / count / 255
        variance = max(0.0, (squares - total * total / count) / count) / 255**2
        means.append(round(mean, 6))
        stds.append(max(round(math.sqrt(variance), 6), 1e-3))  # one flat colour: nothing to divide by
    return settings.model_copy(update={"mean": tuple(means), "std": tuple(stds)})


def _notes(
    source: Source,
    asked: Preparation,
    settings: Preparation,
    looked: Scan,
    division: Division,
    size: int,
    limit: int,
    in_memory: bool,
) -> list[str]:
    notes = list(source.notes)
    high, wide = looked.height, looked.width
    if (asked.height, asked.width) == (None, None):
        same = bool((high == high[0]).all() and (wide == wide[0]).all())
        if same and (high[0], wide[0]) == (settings.height, settings.width):
            notes.append(said("Every picture is {wide}×{high} pixels and stays so.", wide=wide[0], high=high[0]))
        else:
            notes.append(_resized(wide, high, settings))
    if asked.channels is None:
        notes.append(
            said("Every picture looked at is grey: 1 channel.")
            if settings.channels == 1
            else said("Colour pictures: 3 channels.")
        )
    notes.append(division.note)
    if in_memory:
        notes.append(said("The prepared pictures take {size} and are held in memory.", size=_bytes(size)))
    else:
        notes.append(
            said(
                "The prepared pictures would take {size}, more than {limit} of free memory may be used: "
                "they are streamed by {cores} decoders.",
                size=_bytes(size),
                limit=_bytes(limit),
                cores=cores(),
            )
        )
    if number := sum(one.is_file for one in source.left_out):
        notes.append(
            saidn(
                "1 file is left out; `seodang look` says why.",
                "{count:,} files are left out; `seodang look` says why.",
                number,
            )
        )
    return notes


def _resized(wide: np.ndarray, high: np.ndarray, settings: Preparation) -> str:
    area = wide * high.astype(np.int64)
    smallest, largest = (f"{wide[place]}×{high[place]}" for place in (int(np.argmin(area)), int(np.argmax(area))))
    size = {"width": settings.width, "height": settings.height}
    if smallest == largest:
        return said(
            "Pictures of {size} pixels are brought to {width}×{height} (preparation.height and preparation.width change that).",
            size=smallest,
            **size,
        )
    return said(
        "Pictures of {smallest} to {largest} pixels are brought to {width}×{height} (preparation.height and preparation.width "
        "change that).",
        smallest=smallest,
        largest=largest,
        **size,
    )


def _bytes(number: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if number >= size:
            return f"{number / size:,.1f} {unit}"
    return f"{number} bytes"
