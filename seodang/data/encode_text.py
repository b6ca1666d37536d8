"""Texts as token ids: vocabulary and length from the training texts, saved with the run, used for every text that comes later."""

# N texts · L length
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seodang.core.spec import Spec
from seodang.data.encode_table import amounts, targets_of
from seodang.data.facts import Facts
from seodang.data.frame import Frame
from seodang.data.reading import Columns, Text
from seodang.data.scripts import are_piecewise
from seodang.data.tokens import Tokenizer, fit

# Where the recipe leaves the length open, so many of the training texts fit into it.
WHOLE = 0.95
LONGEST = 1024
NOTHING = -100  # no target at a position; PyTorch's ignore_index
# Prose is cut into blocks of so many tokens where the recipe leaves the length open.
BLOCK = 128


@dataclass(frozen=True)
class TextEncoding:
    """How texts go into a network: (L,) int64 token ids, 0 where a text is over; (2, L) for translation.

    text: the column that is read.   target: the column with the class, or with the translation.
    written: the tokenizer of what is written, for translation.   length: tokens of the longest example.
    """

    text: str
    tokenizer: Tokenizer
    length: int
    settings: Text
    facts: Facts
    task: str
    target: str | None = None
    written: Tokenizer | None = None
    kinds: dict[str, str] | None = None
    form: str = "texts"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the network sees."""
        return (self.text,)

    def encode(self, texts: Sequence[str]) -> list[np.ndarray]:
        """The token ids of texts, each cut to `length`."""
        return self._cut(self.tokenizer.encode_all(texts))

    def _cut(self, ids: list[np.ndarray]) -> list[np.ndarray]:
        if self.settings.cut == "end":
            marks = self.tokenizer.closing
            return [
                each if len(each) <= self.length else np.append(each[: self.length - marks], each[len(each) - marks :])
                for each in ids
            ]
        return [each[-self.length :] for each in ids]

    def inputs(self, frame: Frame) -> Tensor:
        """Texts (N) to token ids (N, L)."""
        return self.pad(self.encode(texts_of(frame, self.text)))

    def pad(self, ids: list[np.ndarray]) -> Tensor:
        """Ids of different lengths to one array, filled with 0 at the end or the beginning; at the beginning always to `length`."""
        return padded(ids, self.length if self.settings.padding == "begin" else None, self.settings.padding)

    def targets(self, frame: Frame) -> Tensor:
        """The class of each text, (N,)."""
        return targets_of(frame, self.target, self.facts)

    def as_plain(self) -> dict[str, Any]:
        """Fit for JSON."""
        return {
            "form": self.form,
            "text": self.text,
            "tokenizer": self.tokenizer.to_dict(),
            "length": self.length,
            "settings": self.settings.model_dump(mode="json"),
            "facts": self.facts.as_plain(),
            "task": self.task,
            "target": self.target,
            "written": None if self.written is None else self.written.to_dict(),
            "kinds": self.kinds,
        }

    @staticmethod
    def from_plain(plain: dict[str, Any]) -> TextEncoding:
        """Back from `as_plain`."""
        found = {
            **plain,
            "tokenizer": Tokenizer.from_dict(plain["tokenizer"]),
            "settings": Text.model_validate(plain["settings"]),
            "facts": Facts.from_plain(plain["facts"]),
            "written": None if plain["written"] is None else Tokenizer.from_dict(plain["written"]),
        }
        return TextEncoding(**found)


def fit_text(
    frame: Frame,
    train: np.ndarray,
    text: str,
    target: str | None,
    task: str,
    settings: Text,
    columns: Columns,
    classes: tuple[str, ...],
    form: str = "texts",
    own: tuple[Tokenizer, int] | None = None,
) -> TextEncoding:
    """Learn vocabulary and length from the training texts alone. `own`: a pretrained model's tokenizer, which is not learnt, and
    the most tokens that it can read. Running text (form "prose") has no marks: it is cut anywhere."""
    some = frame.select(train)
    kinds: dict[str, str] = {name: frame.column(name).kind for name in (text, target) if name is not None}
    texts = texts_of(some, text)
    tokenizer = (
        own[0] if own else _fitted(texts, settings, marks=task == "next_token" and settings.marks and form != "prose")
    )
    lengths = np.array([len(each) for each in tokenizer.encode_all(texts, marked=True)])
    # What is only read may lose its end; what is written is learnt to its end mark.
    share = WHOLE if task in ("classify", "regress") else 1.0
    length = min(settings.length or _length(lengths, share), own[1] if own else LONGEST**2)
    if task == "translate":
        assert target is not None, "a translation has two columns"
        written = _fitted(texts_of(some, target), settings, marks=True)
        longest = np.array([len(each) for each in written.encode_all(texts_of(some, target), marked=True)])
        length = settings.length or _length(np.maximum(lengths, longest), share)
        facts = Facts(vocabulary=written.size, inputs=Spec((2, 0), vocabulary=tokenizer.size))
        return TextEncoding(text, tokenizer, length, settings, facts, task, target, written, kinds)
    if task == "next_token":
        facts = Facts(
            vocabulary=tokenizer.size, each_step=not settings.prefixes, inputs=Spec((0,), vocabulary=tokenizer.size)
        )
        if settings.prefixes:  # the last token of the longest text is only ever an answer
            length = (settings.length or int(lengths.max())) - 1
            facts = replace(facts, inputs=Spec((length,), vocabulary=tokenizer.size))
        if form == "prose":
            length = settings.length or BLOCK
        return TextEncoding(text, tokenizer, length, settings, facts, task, kinds=kinds, form=form)
    inputs = Spec((length,) if settings.padding == "begin" else (0,), vocabulary=tokenizer.size)
    if classes:
        facts = Facts(classes=classes, inputs=inputs)
    else:
        assert target is not None, "an amount stands in a column"
        facts = amounts(frame, train, (target,), columns, inputs)
    return TextEncoding(text, tokenizer, length, settings, facts, task, target, kinds=kinds)


def _fitted(texts: list[str], settings: Text, marks: bool) -> Tokenizer:
    kind = settings.tokens
    if kind == "auto":
        kind = "characters" if are_piecewise(texts) else "words"
    return fit(texts, kind, settings.vocabulary, marks=marks)


def _length(lengths: np.ndarray, share: float) -> int:
    """So many tokens that this share of the texts fits."""
    return max(1, min(LONGEST, int(np.quantile(lengths, share)))) if len(lengths) else 1


def texts_of(frame: Frame, name: str) -> list[str]:
    """A column as texts; a missing one is empty."""
    return ["" if value is None else str(value) for value in frame.table[name].tolist()]


def padded(ids: list[np.ndarray], length: int | None, where: str, fill: int = 0) -> Tensor:
    """Rows of different lengths as (N, L) int64, filled up at the end or the beginning.

    >>> padded([np.array([5, 6]), np.array([7])], 3, "begin").tolist()
    [[0, 5, 6], [0, 0, 7]]
    """
    wide = length or max((len(each) for each in ids), default=1) or 1
    rows = np.full((len(ids), wide), fill, np.int64)
    for row, each in zip(rows, ids, strict=True):
        if len(each):
            row[slice(0, len(each)) if where == "end" else slice(wide - len(each), wide)] = each
    return torch.from_numpy(rows)


def whole_texts(encoding: TextEncoding, frame: Frame) -> tuple[Tensor, Tensor, Tensor]:
    """For next_token, texts as they are: inputs (N, L), at each position the next token as target (N, L), and lengths (N,)."""
    ids = [
        each[: encoding.length + 1]
        for each in encoding.tokenizer.encode_all(texts_of(frame, encoding.text), marked=True)
    ]
    inputs = padded([each[:-1] for each in ids], None, "end")
    targets = padded([each[1:] for each in ids], inputs.shape[1], "end", fill=NOTHING)
    return inputs, targets, torch.tensor([max(1, len(each) - 1) for each in ids])


def prefixes(encoding: TextEncoding, frame: Frame) -> tuple[Tensor, Tensor, np.ndarray]:
    """For next_token as in the notes: every beginning (M, L), padded in front, its next token (M,), and the row each is of."""
    beginnings, answers, rows = [], [], []
    for row, ids in enumerate(encoding.tokenizer.encode_all(texts_of(frame, encoding.text), marked=True)):
        for end in range(1, min(len(ids), encoding.length + 1)):
            beginnings.append(ids[:end])
            answers.append(int(ids[end]))
            rows.append(row)
    targets = torch.tensor(answers, dtype=torch.int64)
    return padded(beginnings, encoding.length, "begin"), targets, np.array(rows, np.int64)


def blocks(encoding: TextEncoding, frame: Frame) -> tuple[Tensor, Tensor]:
    """For next_token on prose: the text from end to end, cut into blocks; inputs (N, L) and targets (N, L) one token later.

    What is left at the end, shorter than a block, is passed over, where it is not all there is.
    """
    reason = frame.column(encoding.text).reason
    between = "\n\n" if "paragraph" in reason else "" if "stretch" in reason else "\n"
    ids = np.concatenate(encoding.tokenizer.encode_all([between.join(texts_of(frame, encoding.text))]))
    if len(ids) < 2:
        return torch.zeros((0, 1), dtype=torch.int64), torch.zeros((0, 1), dtype=torch.int64)
    wide = min(encoding.length, len(ids) - 1)
    count = (len(ids) - 1) // wide
    cut = torch.from_numpy(ids[: count * wide + 1].astype(np.int64))
    return cut[:-1].reshape(count, wide), cut[1:].reshape(count, wide)


def pairs(encoding: TextEncoding, frame: Frame) -> tuple[Tensor, Tensor, Tensor]:
    """For translate: inputs (N, 2, L): what is read, and what is written so far from the begin mark on; targets (N, L): what is
    written next up to the end mark; and lengths (N,), of the longer of both."""
    assert encoding.written is not None, "a translation writes"
    assert encoding.target is not None, "a translation has two columns"
    read = [each[: encoding.length] for each in encoding.tokenizer.encode_all(texts_of(frame, encoding.text))]
    wrote = encoding.written.encode_all(texts_of(frame, encoding.target), marked=True)
    wrote = [np.concatenate([each[:-1][: encoding.length], each[-1:]]) for each in wrote]
    lengths = torch.tensor([max(len(one), len(other) - 1, 1) for one, other in zip(read, wrote, strict=True)])
    wide = int(lengths.max()) if len(lengths) else 1
    inputs = torch.stack([padded(read, wide, "end"), padded([each[:-1] for each in wrote], wide, "end")], 1)
    return inputs, padded([each[1:] for each in wrote], wide, "end", fill=NOTHING), lengths
