"""From a frame to what a training run holds: rows, texts or windows as tensors, divided without leaks, counted and hashed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said, saidn, shown
from seodang.data import encode_table, encode_text
from seodang.data.cut_series import cut_series, names_of_times
from seodang.data.drawing import draw_some
from seodang.data.encode_series import SeriesEncoding
from seodang.data.encode_table import TableEncoding, class_names
from seodang.data.encode_text import TextEncoding
from seodang.data.facts import Facts
from seodang.data.frame import Frame
from seodang.data.load import Prepared, Subset
from seodang.data.purposes import Purpose
from seodang.data.reading import Columns, Series, Text
from seodang.data.source import SPLITS, LeftOut, Source
from seodang.data.split import Division, Split, divide, leave_out
from seodang.data.tokens import Tokenizer

Encoding = TableEncoding | TextEncoding | SeriesEncoding
# Strata of an amount that is foretold, so that no split has only the cheap ones.
STRATA = 10


@dataclass(eq=False)
class Encoded:
    """What `Prepared` is for pictures, for tables, texts and series.

    source: the rows that are used.   encoding: how they become numbers, fitted on the training rows.
    division: indices of rows; of a series, of the rows at which what is foretold begins.
    """

    source: Frame
    purpose: Purpose
    encoding: Encoding
    train: Subset
    validation: Subset
    test: Subset
    division: Division
    notes: tuple[str, ...]
    split: Split
    in_memory: bool = True
    holds_features: bool = True
    preparation: Any = None

    @property
    def facts(self) -> Facts:
        """What a task and a network must know of this data."""
        return self.encoding.facts

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes, or none where amounts or words are foretold."""
        return self.facts.classes

    def describe(self) -> dict[str, Any]:
        """The content of a run's data.json."""
        frame, parts = self.source, (self.train, self.validation, self.test)
        counts = {}
        for part in parts:
            if len(part):
                known = self.classes and torch.bincount(part.labels, minlength=len(self.classes)).tolist()
                counts[part.name] = dict(zip(self.classes, known, strict=True)) if known else {"examples": len(part)}
        return {
            "source": {"name": frame.name, "where": _reopens(frame), "form": frame.form, "examples": len(frame)},
            "classes": list(self.classes),
            "label_values": [],
            "facts": self.facts.as_plain(),
            "purpose": {
                "form": self.purpose.form,
                "target": self.purpose.target,
                "reasons": list(self.purpose.reasons),
                "left": dict(self.purpose.left),
            },
            "columns": [
                {"name": c.name, "kind": c.kind, "reason": c.reason, "missing": c.missing, "distinct": c.distinct}
                for c in frame.columns
            ],
            "counts": counts,
            "split": {
                "given": list(self.division.given),
                "note": self.division.note,
                **self.split.model_dump(mode="json"),
                "examples": {part.name: len(part) for part in parts},
            },
            "sha256": {part.name: hash_of(part) for part in parts if len(part)},
            "left_out": [{"path": one.path, "reason": one.reason} for one in frame.left_out],
            "in_memory": True,
            "notes": list(self.notes),
        }


def _reopens(frame: Frame) -> str:
    """What `open_source` finds from any folder: a name as it is, a path in full."""
    return frame.where if frame.card or frame.where.startswith("hub:") else str(Path(frame.where).resolve())


def hash_of(part: Subset) -> str:
    """Over names, inputs and targets of a split, in order: another value gives another hash."""
    total = hashlib.sha256("\0".join(part.ids).encode("utf-8", "surrogateescape"))
    assert part.pixels is not None, "rows are held in memory"
    for tensor in (part.pixels, part.labels):
        total.update(tensor.contiguous().numpy().tobytes())
    return total.hexdigest()


# What a run trains on, of either kind.
Data = Prepared | Encoded


def encode(
    frame: Frame,
    purpose: Purpose,
    task: str,
    columns: Columns,
    text: Text,
    series: Series,
    split: Split,
    *,
    examples: int | None = None,
    own: tuple[Tokenizer, int] | None = None,
) -> Encoded:
    """Choose the rows, divide them, learn the encoding from the training rows, and encode all.

    Args:
        purpose: What the frame is for: `purpose(frame, …)`.
        task: A name of `seodang list tasks`, which decides what a target is.
        columns, text, series: Settings; what is open in them is found.
        examples: Only so many training rows. None: all.
        own: A pretrained language model's tokenizer, and the most tokens that it can read. None: one is learnt.

    Raises:
        DataError: There is nothing to learn from, or the rows cannot be divided as asked.
    """
    if task == "forecast":
        return _encode_series(frame, purpose, columns, series, split, examples)
    frame, notes = _usable(frame, purpose, text)
    source, classes = _as_source(frame, purpose, task, split.by)
    if split.without:
        if task != "classify":
            raise DataError(
                tr(
                    "without={without} names classes, and there are none where the task is {task}.",
                    without=",".join(split.without),
                    task=task,
                )
            )
        stay = np.flatnonzero(~np.isin(np.array(classes)[source.labels], split.without))
        source = leave_out(source, split.without)
        frame = replace(frame.select(stay), left_out=(*frame.left_out, *source.left_out))
        classes = source.classes
    if purpose.form == "prose":
        division = _in_order(frame.splits, split)
    else:
        division = divide(source, split, classes=task == "classify")
        division, note = _without_twins(division, source)
        notes += [note] if note else []
    if examples is not None and examples < len(division.train):
        division.train = draw_some(source, division.train, examples, split.seed)
        notes.append(said("Only {count:,} training examples are used, as asked.", count=len(division.train)))
    notes.append(division.note)
    if purpose.form == "table":
        assert purpose.target is not None or task == "reconstruct", "a table has a target"
        left = dict(purpose.left)
        encoding: Encoding = encode_table.fit_table(
            frame, division.train, purpose.features, purpose.target, columns, left, classes
        )
    else:
        assert purpose.text is not None, "texts stand in a column"
        form = "prose" if purpose.form == "prose" else "texts"
        encoding = encode_text.fit_text(
            frame, division.train, purpose.text, purpose.target, task, text, columns, classes, form, own
        )
    where = (division.train, division.validation, division.test)
    parts = [subset_of(name, frame.select(rows), encoding, task) for name, rows in zip(SPLITS, where, strict=True)]
    return Encoded(frame, purpose, encoding, parts[0], parts[1], parts[2], division, (*frame.notes, *notes), split)


def _usable(frame: Frame, purpose: Purpose, text: Text) -> tuple[Frame, list[str]]:
    """Without rows whose target is missing, whose text is empty, or whose text is one to be dropped; and what was done."""
    stay, notes, gone = np.ones(len(frame), bool), [], []
    if purpose.target is not None:
        known = np.asarray(frame.table[purpose.target].notna())
        if missing := int((~known).sum()):
            notes.append(
                saidn(
                    "1 row has no {target}: left out.",
                    "{count:,} rows have no {target}: left out.",
                    missing,
                    target=purpose.target,
                )
            )
            if not known[frame.splits == "test"].any() and (frame.splits[~known] == "test").all():
                notes[-1] = said(
                    "The {count:,} test rows have no {target}: they are for `seodang predict`, others judge.",
                    count=missing,
                    target=purpose.target,
                )
            gone.append(
                LeftOut(saidn("1 row", "{count:,} rows", missing), said("no value of {target}", target=purpose.target))
            )
        stay &= known
    if purpose.text is not None and purpose.form != "prose":
        texts = encode_text.texts_of(frame, purpose.text)
        empty = np.array([not each.strip() for each in texts], bool)
        dropped = np.array([each.strip() in text.drop for each in texts], bool)
        for which, words in (
            (empty, said("an empty text")),
            (dropped & ~empty, said("the text {texts}", texts=" or ".join(text.drop))),
        ):
            if number := int((which & stay).sum()):
                notes.append(said("{count:,} rows have {clause} and are left out.", count=number, clause=words))
                gone.append(LeftOut(said("{count:,} rows", count=number), words))
                stay &= ~which
    if not stay.any():
        raise DataError(
            tr("{where} has no row that can be used: {notes}", where=frame.where, notes=shown(" ".join(notes)))
        )
    if stay.all():
        return frame, notes
    return replace(frame.select(np.flatnonzero(stay)), left_out=(*frame.left_out, *gone)), notes


def _as_source(frame: Frame, purpose: Purpose, task: str, by: str | None) -> tuple[Source, tuple[str, ...]]:
    """The rows as `divide` wants them: labels to stratify by, and texts that are the same kept together; and the classes.

    by: the column that keeps rows together, or None; only that one is turned into text, which takes as long as reading the file.
    """
    classes: tuple[str, ...] = ()
    strata, labels = ("all",), np.zeros(len(frame), np.int64)
    if task == "classify":
        assert purpose.target is not None, "classes stand in a column"
        names = class_names(frame.table[purpose.target])
        classes = strata = tuple(sorted(set(names), key=_natural))
        index = {name: position for position, name in enumerate(classes)}
        labels = np.array([index[name] for name in names], np.int64)
    elif task == "regress":
        ranks = np.asarray(frame.table[purpose.target].rank(method="first"))  # pyright: ignore[reportArgumentType, reportCallIssue]
        bins = max(1, min(STRATA, len(frame) // 10))
        labels = ((ranks - 1) * bins // len(frame)).astype(np.int64)
        strata = tuple(map(str, range(bins)))
    groups = None
    if purpose.text is not None:
        same = [" ".join(each.split()) for each in encode_text.texts_of(frame, purpose.text)]
        seen: dict[str, int] = {}  # an array of the texts themselves would take gigabytes
        numbers = [seen.setdefault(each, len(seen)) for each in same]
        groups = np.array(numbers).astype(str) if len(seen) < len(same) else None
    return (
        Source(
            name=frame.name,
            where=frame.where,
            form=frame.form,
            classes=strata,
            labels=labels,
            ids=frame.ids,
            splits=frame.splits,
            stamp=frame.stamp,
            groups=groups,
            columns={
                str(name): np.asarray(values.astype(str) if str(name) == by else values)
                for name, values in frame.table.items()
            },
            noun="text" if purpose.text is not None else "row",
        ),
        classes,
    )


def _natural(name: str) -> tuple[int, float, str]:
    """Numbers by size, before names."""
    try:
        return (0, float(name), name)
    except ValueError:
        return (1, 0.0, name)


def _without_twins(division: Division, source: Source) -> tuple[Division, str]:
    """Training texts that stand in the given test or validation split too are not trained on; and a sentence on it."""
    if source.groups is None or not division.given:
        return division, ""
    judged = np.concatenate([division.validation, division.test])
    twins = np.isin(source.groups[division.train], source.groups[judged])
    if not twins.any():
        return division, ""
    number = int(twins.sum())
    stay = division.train[~twins]
    note = saidn(
        "1 training text that stands in validation or test too is left out of training.",
        "{count:,} training texts that stand in validation or test too are left out of training.",
        number,
    )
    return Division(stay, division.validation, division.test, division.given, division.note), note


def _in_order(splits: np.ndarray, split: Split) -> Division:
    """Train, validation and test one after the other, as they lie; splits that the files give stay as given."""
    given = tuple(name for name in SPLITS if (splits == name).any())
    rows = np.flatnonzero((splits == "train") | (splits == ""))
    judged, chosen = np.flatnonzero(splits == "test"), np.flatnonzero(splits == "validation")
    if not len(judged):
        rows, judged = np.split(rows, [len(rows) - int(round(len(rows) * split.test))])
    if not len(chosen):
        rows, chosen = np.split(rows, [len(rows) - int(round(len(rows) * split.validation))])
    note = said("Cut in order: the beginning trains, the end judges, so that no passage stands on both sides.")
    return Division(rows, chosen, judged, given, note)


def subset_of(name: str, frame: Frame, encoding: Encoding, task: str) -> Subset:
    """One split as tensors."""
    ids, lengths = frame.ids, None
    if isinstance(encoding, TextEncoding) and task in ("next_token", "translate"):
        if not len(frame):
            inputs, targets = torch.zeros((0, 1), dtype=torch.int64), torch.zeros((0, 1), dtype=torch.int64)
        elif task == "translate":
            inputs, targets, lengths = encode_text.pairs(encoding, frame)
        elif encoding.settings.prefixes:
            inputs, targets, rows = encode_text.prefixes(encoding, frame)
            ids = [ids[row] for row in rows.tolist()]
        elif encoding.form == "prose":
            inputs, targets = encode_text.blocks(encoding, frame)
            ids = [f"block {number + 1}" for number in range(len(inputs))]
        else:
            inputs, targets, lengths = encode_text.whole_texts(encoding, frame)
    elif isinstance(encoding, TextEncoding):
        rows = encoding.encode(encode_text.texts_of(frame, encoding.text))
        inputs, targets = encoding.pad(rows), encoding.targets(frame)
        if encoding.settings.padding == "end":
            lengths = torch.tensor([max(1, len(each)) for each in rows])
    else:
        assert isinstance(encoding, TableEncoding), "a series has windows"
        inputs = encoding.inputs(frame)
        of_itself = encoding.target is None  # what is wanted is what goes in
        targets = torch.zeros(len(frame), dtype=torch.int64) if of_itself else encoding.targets(frame)
    return Subset(name, targets, ids, inputs, frame, None, lengths=lengths)  # pyright: ignore[reportArgumentType]


def _encode_series(
    frame: Frame,
    purpose: Purpose,
    columns: Columns,
    series: Series,
    split: Split,
    examples: int | None,
) -> Encoded:
    """Windows in time order: the first train, the last judge."""
    frame, encoding, division, notes = cut_series(frame, purpose, columns, series, split, examples)
    when = names_of_times(frame, purpose.time)

    def part(name: str, rows: np.ndarray) -> Subset:
        inputs, targets = encoding.windows(frame, rows)
        return Subset(name, targets, [f"from {when[row]}" for row in rows.tolist()], inputs, frame, None)  # pyright: ignore[reportArgumentType]

    train, validation, test = (
        part(*each) for each in zip(SPLITS, (division.train, division.validation, division.test), strict=True)
    )
    notes = (*frame.notes, *notes)
    return Encoded(frame, purpose, encoding, train, validation, test, division, notes, split)


def read_encoding(plain: dict[str, Any]) -> Encoding:
    """An encoding as it was saved with a run."""
    kinds = {"table": TableEncoding, "series": SeriesEncoding}
    return kinds.get(plain["form"], TextEncoding).from_plain(plain)
