"""What a reader of tables, texts or series gives back: rows with named and typed columns, not yet encoded or split."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from seodang.core.errors import DataError, did_you_mean
from seodang.core.language import tr, trn
from seodang.core.sentences import shown
from seodang.data.source import Card, LeftOut

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["number", "category", "text", "date", "picture", "id", "constant", "empty"]
MOST_NAMED = 12  # columns that are named in a sentence
KINDS: tuple[Kind, ...] = ("number", "category", "text", "date", "picture", "id", "constant", "empty")


@dataclass(frozen=True)
class Column:
    """One column: what it holds and why that is believed.

    name: as in the header, or "column 3" (from 1) where there is none.
    kind: number (float64, NaN where missing), category (str or None), text (str or None; more than a name: several words,
        hardly two alike), date (datetime64[ns]), picture (str: paths of pictures), id (another value in every row, says
        nothing of new rows), constant (one value), empty (none).
    reason: a clause for a person: "213 different whole numbers", "3 values, such as Adelie, Gentoo".
    missing: rows without a value.   distinct: different values, missing not counted.
    given: whether a person said the kind.
    decimal: of numbers the sign before their decimals as they were written, "." or ","; "" where none shows it.
    day_first: of dates such as 25/3/2021 whether the day is written before the month; None where none shows it.
    """

    name: str
    kind: Kind
    reason: str
    missing: int
    distinct: int
    given: bool = False
    decimal: str = ""
    day_first: bool | None = None


@dataclass(frozen=True, eq=False)
class Frame:
    """Rows with named columns: a table, labelled texts, sentence pairs or a time series, as it lies. N rows.

    name: short, for a run's folder.   where: the path or hub id.   form: "CSV", "TSV", "Excel", "Parquet", "text folders", …
    table: N rows, a column each of `columns`, with the types that their kinds say.
    ids: N strings that name each row for a person: "train.csv row 17" (the first row of data is row 1), or a file's path.
    splits: (N,) array of str: "train", "validation", "test", or "" where the source gives no split.
    stamp: a string that changes when the content may have changed.
    left_out: rows and files that could not be used, and why.   notes: what was inferred, a sentence each.
    across: of a table, whether its rows were series that lay down and are below one another now; None of what is no table.
    """

    name: str
    where: str
    form: str
    table: pd.DataFrame
    columns: tuple[Column, ...]
    ids: list[str]
    splits: np.ndarray
    stamp: str
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    card: Card | None = None
    across: bool | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def decimal(self) -> Literal[".", ","] | None:
        """The sign before decimals, where the number columns agree on one."""
        signs = {column.decimal for column in self.columns} - {""}
        return None if len(signs) != 1 else "," if "," in signs else "."

    @property
    def day_first(self) -> bool | None:
        """Whether the day is written before the month, where the date columns agree on it."""
        found = {column.day_first for column in self.columns} - {None}
        return found.pop() if len(found) == 1 else None

    def column(self, name: str) -> Column:
        """The column of that name."""
        return self._by_name[name]

    @functools.cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in reversed(self.columns)}

    def select(self, rows: np.ndarray) -> Frame:
        """The same frame with only some rows, in the order of `rows`."""
        rows = np.asarray(rows)
        return replace(
            self,
            table=self.table.iloc[rows].reset_index(drop=True),
            ids=[self.ids[row] for row in rows],
            splits=self.splits[rows],
        )


def refuse_missing(frame: Frame, names: Sequence[str]) -> None:
    """Raise DataError where columns are missing that a network was trained on."""
    if gone := [name for name in names if name not in frame.table.columns]:
        raise DataError(
            tr(
                "{where} has no column {names}, which the network was trained on. {hint}",
                where=frame.where,
                names=", ".join(map(repr, gone)),
                hint=did_you_mean(gone[0], map(str, frame.table.columns)),
            )
        )


def frame_lines(frame: Frame) -> list[str]:
    """What a frame is in a few lines: how many rows, which columns of which kind, what is missing and left out."""
    kinds: dict[str, list[str]] = {}
    for column in frame.columns:
        kinds.setdefault(column.kind, []).append(column.name)
    lines = [
        trn(
            "{name}: {form}, {count:,} rows, 1 column.",
            "{name}: {form}, {count:,} rows, {columns:,} columns.",
            len(frame.columns),
            name=frame.name,
            form=shown(frame.form),
            count=len(frame),
            columns=len(frame.columns),
        )
    ]
    for kind, names in kinds.items():
        more = tr(" and {count} more", count=len(names) - MOST_NAMED) if len(names) > MOST_NAMED else ""
        lines.append(f"  {kind}: {', '.join(names[:MOST_NAMED])}{more}")
    if missing := [f"{c.name} {c.missing:,}" for c in frame.columns if c.missing]:
        more = tr(" and {count} more columns", count=len(missing) - MOST_NAMED) if len(missing) > MOST_NAMED else ""
        lines.append(tr("  missing values: {columns}", columns=", ".join(missing[:MOST_NAMED])) + more)
    if frame.left_out:
        first = frame.left_out[0]
        lines.append(
            tr(
                "  left out: {count:,}, such as {path}: {reason}",
                count=len(frame.left_out),
                path=first.path,
                reason=shown(first.reason),
            )
        )
    return lines
