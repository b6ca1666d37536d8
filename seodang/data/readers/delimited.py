"""CSV and its relatives: text with something between the cells, read by PyArrow; rows that do not fit are listed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said, shown
from seodang.data.counting import count
from seodang.data.readers.characters import plain
from seodang.data.readers.drawn import undrawn
from seodang.data.readers.headers import is_amount
from seodang.data.readers.layout import Layout, layout
from seodang.data.readers.separators import NAMES, QUOTES, SPLITS_AT
from seodang.data.readers.totals import without_blank_and_totals
from seodang.data.source import LeftOut
from seodang.data.words import pc

NAMED = 3  # wrong rows that are quoted in a sentence
_BLOCK = 1 << 22
_LARGEST_BLOCK = 1 << 28
_HEAD = 1 << 16  # bytes that tell how it is written
_LEAST_LYING = 20  # numbers on the only line


@dataclass
class Cells:
    """One file's columns as they stand, before it is known what they hold. R rows.

    file: its name for a person.   form: "CSV", "TSV", …   names: of the columns, or None where no line names them.
    columns: Arrow columns of R values, strings where the file is text.   rows: (R,) int64, from 1.
    """

    file: str
    form: str
    names: list[str] | None
    columns: list[pa.ChunkedArray]
    rows: np.ndarray
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class _Parsed:
    table: pa.Table
    wrong: list[tuple[int, int, str]]  # number of the row (0 where unknown), its cells, its text

    @property
    def rows(self) -> int:
        return self.table.num_rows + len(self.wrong)


def read_delimited(file: str, content: bytes, header: bool | None = None) -> Cells:
    """Read CSV, TSV and the like; the separator, quotes, header and encoding are found out.

    Raises:
        DataError: It is no text or no table, or most rows do not fit the header.
    """
    text, notes = plain(file, content)
    text, drawn = undrawn(text)
    notes += [said("{file} is {clause}.", file=file, clause=drawn)] if drawn else []
    text = _without_gaps(text)
    found = layout(file, text, header)
    notes += [f"{file}: {note}" for note in found.notes]
    body = _body(text, found.skipped)
    expected = (
        said("the header has {number}", number=found.width)
        if found.names
        else said("most rows have {number}", number=found.width)
    )
    if not body.strip():
        raise DataError(tr("{file} has a header but no rows.", file=file))
    if found.names is None:
        notes.append(
            said(
                "{file} has no line of column names: the columns are called column 1 to column {number}.",
                file=file,
                number=found.width,
            )
        )
    body, separator = _one_byte(body, found)
    parsed = _best(file, body, separator, found)
    if len(parsed.wrong) > parsed.table.num_rows:
        examples = "\n".join(f"{file} row {n}: {shown(count(many, 'value'))}" for n, many, _ in parsed.wrong[:NAMED])
        raise DataError(
            tr(
                "{file} is no even table: {count:,} of {rows:,} rows have another number of values than "
                "expected ({reason}).\n{examples}",
                file=file,
                count=len(parsed.wrong),
                rows=parsed.rows,
                reason=shown(expected),
                examples=examples,
            )
        )
    cells = _without_odd_rows(file, found, parsed, expected)
    cells = cells if header is False else _set_upright(cells)
    usual = separator in (",", "\t")
    if not usual and found.separator:
        notes.append(
            said(
                "{file}: cells are separated by {clause}.",
                file=file,
                clause=NAMES.get(found.separator, repr(found.separator)),
            )
        )
    return replace(
        cells, form="TSV" if separator == "\t" and found.separator == "\t" else "CSV", notes=notes + cells.notes
    )


def _without_gaps(text: bytes) -> bytes:
    """Without the space between a comma and a quote, where every line has as many: 'a', 'b' as 'a','b'."""
    lines = [line for line in text[:_HEAD].split(b"\n")[:-1] if line.strip()] or [text]
    for gap in (b", '", b'; "', b', "'):
        if (many := lines[0].count(gap)) and all(line.count(gap) == many for line in lines):
            return text.replace(gap, gap[:1] + gap[-1:])
    return text


def _body(text: bytes, skipped: int) -> bytes:
    """What follows the first physical lines."""
    start = 0
    for _ in range(skipped):
        end = text.find(b"\n", start)
        if end < 0:
            return b""
        start = end + 1
    return text[start:]


def _one_byte(body: bytes, found: Layout) -> tuple[bytes, str]:
    """PyArrow wants one ASCII character between cells; others become the unit separator, which text does not use."""
    if found.separator in SPLITS_AT:
        apart = re.compile(SPLITS_AT[found.separator].pattern.encode())
        lines = (apart.sub(b"\x1f", line.strip()) for line in body.split(b"\n"))
        return b"\n".join(lines), "\x1f"
    if len(found.separator) == 1 and found.separator.isascii():
        return body, found.separator
    if found.separator:
        body = body.replace(found.separator.encode(), b"\x1f")
    return body, "\x1f"


def _best(file: str, body: bytes, separator: str, found: Layout) -> _Parsed:
    """Parsed with quotes where that fits; without, or with backslashes before quotes, where that fits more rows."""
    width, quote = found.width, found.quote
    with_quotes = _parse(file, body, separator, width, quote=quote)
    lines = body.count(b"\n") + (not body.endswith(b"\n"))
    spilt = any(many > width and row.rstrip("\r\n").endswith(separator) for _, many, row in with_quotes.wrong)
    if spilt and (even := _without_empty_ends(body, separator, width)) != body:
        return _best(file, even, separator, found)
    if quote.encode() not in body or (not with_quotes.wrong and with_quotes.rows == lines):
        return _numbered(file, body, separator, width, with_quotes, {"quote": quote})
    tries: list[tuple[_Parsed, dict[str, Any]]] = [(with_quotes, {"quote": quote})]
    for sign, escape in QUOTES[1:]:
        if not escape or b'\\"' in body:
            how: dict[str, Any] = {"quote": sign, "escape": escape}
            tries.append((_parse(file, body, separator, width, **how), how))
    fewest = min(len(parsed.wrong) for parsed, _ in tries)
    good = [one for one in tries if len(one[0].wrong) == fewest]
    best, how = max(good, key=lambda one: (one[0].table.num_rows, bool(one[1].get("escape"))))
    return _numbered(file, body, separator, width, best, how)


def _without_empty_ends(body: bytes, separator: str, width: int) -> bytes:
    """Without the separators at the ends of lines that have more than the others: spreadsheets leave empty cells behind some rows."""
    sign, most = separator.encode(), width - 1
    lines = body.split(b"\n")
    for place, line in enumerate(lines):
        bare = line.rstrip(b"\r")
        if bare.endswith(sign) and b'"' not in bare and (extra := bare.count(sign) - most) > 0:
            ending = bare[len(bare.rstrip(sign)) :]
            lines[place] = bare[: len(bare) - min(extra, len(ending))]
    return b"\n".join(lines)


def _numbered(file: str, body: bytes, separator: str, width: int, parsed: _Parsed, how: dict[str, Any]) -> _Parsed:
    """With the numbers of the wrong rows, which only a parse by one thread knows."""
    return _parse(file, body, separator, width, threads=False, **how) if parsed.wrong else parsed


def _parse(
    file: str, body: bytes, separator: str, width: int, *, quote: str, escape: str = "", threads: bool = True
) -> _Parsed:
    wrong: list[tuple[int, int, str]] = []

    def note(row: Any) -> str:
        wrong.append(
            (row.number or 0, row.actual_columns, row.text[:200] + row.text[200:][-2:])
        )  # its beginning and its end
        return "skip"

    names = [str(position) for position in range(width)]
    lines_inside = bool(quote) and quote.encode() in body
    try:
        table = pyarrow.csv.read_csv(
            pa.py_buffer(body),
            pyarrow.csv.ReadOptions(
                column_names=names,
                use_threads=threads,
                block_size=min(max(_BLOCK, len(body) if lines_inside else _BLOCK * 5), _LARGEST_BLOCK),
            ),
            pyarrow.csv.ParseOptions(
                delimiter=separator,
                quote_char=quote or False,
                double_quote=not escape,
                escape_char=escape or False,
                newlines_in_values=lines_inside,
                invalid_row_handler=note,
            ),
            pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
    except (pa.ArrowException, MemoryError, UnicodeDecodeError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise DataError(tr("{file} cannot be read as a table ({error}).", file=file, error=first[:200])) from None
    return _Parsed(table, wrong)


def _without_odd_rows(file: str, found: Layout, parsed: _Parsed, expected: str) -> Cells:
    """Rows that do not fit are listed, comments and repeated headers passed over."""
    rows = np.ones(parsed.rows, bool)
    rows[[number - 1 for number, _, _ in parsed.wrong]] = False
    numbers = np.flatnonzero(rows) + 1
    comments = [number for number, _, text in parsed.wrong if text.lstrip().startswith(("#", "//"))]
    left = [
        LeftOut(f"{file} row {number}", said("{things} where {reason}", things=count(many, "value"), reason=expected))
        for number, many, text in parsed.wrong
        if number not in set(comments)
    ]
    notes = (
        [said("{file}: {count} lines of comment are passed over.", file=file, count=len(comments))]
        if len(comments) > 1
        else []
    )
    notes += [said("{file}: 1 line of comment is passed over.", file=file)] if len(comments) == 1 else []
    table = _unprotected(parsed.table)
    if found.names and (again := _headers_again(table, found.names)).any():
        left += [LeftOut(f"{file} row {number}", said("the header once more")) for number in numbers[again].tolist()]
        table, numbers = table.filter(pa.array(~again)), numbers[~again]
    table, numbers, more = without_blank_and_totals(file, table, numbers)
    left += more
    if not len(numbers):
        raise DataError(tr("{file} has a header but no rows.", file=file))
    return Cells(file, "CSV", found.names, table.columns, numbers, left, notes)


def _set_upright(cells: Cells) -> Cells:
    """One line of many numbers and nothing else as a column of them, unless it was said to be a row."""
    if cells.names is not None or len(cells.rows) != 1 or len(cells.columns) < _LEAST_LYING:
        return cells
    values = [str(column[0].as_py()).strip() for column in cells.columns]
    if not all(is_amount(value) for value in values):
        return cells
    note = said(
        "{file} is one line of {count:,} numbers: they are a column, one below the other.",
        file=cells.file,
        count=len(values),
    )
    column = pa.chunked_array([pa.array(values, pa.string())])
    return replace(cells, columns=[column], rows=np.arange(1, len(values) + 1), notes=[*cells.notes, note])


def _unprotected(table: pa.Table) -> pa.Table:
    """Cells that are protected from spreadsheets, ="00123", as what they protect."""
    for place, column in enumerate(table.columns):
        if len(column) and str(column[0].as_py()).startswith('="'):
            plain = pc.replace_substring_regex(column, r'^="(.*)"$', r"\1")
            table = table.set_column(place, table.column_names[place], plain)
    return table


def _headers_again(table: pa.Table, names: list[str]) -> np.ndarray:
    """Rows that repeat the header, as in files that were put one after another."""
    again = np.ones(table.num_rows, bool)
    for name, column in zip(names, table.columns, strict=True):
        again &= np.asarray(pc.equal(column, name.strip()).to_numpy())
        if not again.any():
            break
    return again
