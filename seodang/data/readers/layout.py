"""How a table in a text file is laid out: what separates its cells, where its header is, what stands above it."""

from __future__ import annotations

import collections
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said, saidn, shown
from seodang.data.readers.headers import ROWS_COMPARED, could_be_names, is_amount, is_header, numeric_columns
from seodang.data.readers.separators import (
    COMMON,
    NAMES,
    SPLITS_AT,
    Record,
    is_comment,
    quoting_of,
    records_of,
    separator_of,
)
from seodang.data.words import MISSING

MOST_COLUMNS = 20_000
_SAMPLE_LINES, _SAMPLE_BYTES = 300, 1 << 20
# Spaces a line on average, with which lines are no sentences; share of lines with a separator that is none.
_FEW_SPACES, _MOST_UNEVEN = 2, 0.6
_FORMAT = re.compile(r"\d{1,3}[sdn]")  # 5s, 20d, 14n: widths and kinds below the header, as in RDB files
_MOST_UNITS, _LEAST_BELOW = 3, 3  # rows of units below the header, and rows of data below them


@dataclass(frozen=True)
class Layout:
    """separator: what stands between cells; a string, or SPACES for any white space, WIDE for two spaces and more, or "" where
    there is one column.

    skipped: physical lines before the first row of data.   names: of the columns, as they stand, or None without a header.
    width: cells of most rows.   notes: what a person should know of it, without the name of the file.
    quote: the sign around cells that hold a separator.
    """

    separator: str
    skipped: int
    names: list[str] | None
    width: int
    notes: tuple[str, ...] = ()
    quote: str = '"'


def layout(file: str, content: bytes, header: bool | None) -> Layout:
    """The layout of a text, from its first lines.

    Args:
        content: as `characters.plain` gives it.
        header: whether there is a line of names; None to find out.

    >>> found = layout("a.csv", b"Report of May\\n\\na;b\\n1,5;2\\n2,5;3\\n", None)
    >>> found.separator, found.skipped, found.names
    (';', 3, ['a', 'b'])
    """
    sample = content[:_SAMPLE_BYTES]
    lines = sample.decode("utf-8", "replace").split("\n")
    if len(content) > len(sample) and len(lines) > 1:
        lines.pop()
    lines = lines[:_SAMPLE_LINES]
    notes: list[str] = []
    forced = (
        re.fullmatch(r'"?sep=(.)"?', lines[0].strip("\r\n ")) if lines[0][:5].strip('"').startswith("sep=") else None
    )
    first = 1 if forced else 0
    separator = forced[1] if forced else separator_of(lines)
    widest = max((line.count(separator) for line in lines), default=0) + 1 if separator not in ("", *SPLITS_AT) else 1
    if widest > MOST_COLUMNS:
        widest = max(widest, content[: content.find(b"\n") % (len(content) + 1)].count(separator.encode()) + 1)
        raise DataError(
            tr(
                "{file} has {count:,} columns, more than the {most:,} allowed.",
                file=file,
                count=widest,
                most=MOST_COLUMNS,
            )
        )
    if separator == "" and file.lower().endswith((".csv", ".tsv")):
        _refuse_uneven(file, lines)
    quoting = quoting_of(lines, separator)
    records = [(line + first, cells) for line, cells in records_of(lines[first:], separator, quoting)]
    return replace(_rows(records, separator, header, notes), quote=quoting[0] if quoting[0] == "'" else '"')


def _refuse_uneven(file: str, lines: list[str]) -> None:
    """DataError where most lines have several values, but hardly any as many as the next: no separator was found for that."""
    lines = [line for line in lines if line.strip()]
    for separator in COMMON:
        widths = [line.count(separator) + 1 for line in lines]
        few_words = sum(line.count(" ") for line in lines) <= _FEW_SPACES * len(lines)
        if len(lines) > _LEAST_BELOW and sum(width > 1 for width in widths) > _MOST_UNEVEN * len(lines) and few_words:
            raise DataError(
                tr(
                    "{file} is no even table: between {separator}, its lines have from {least} to {most} values.",
                    file=file,
                    separator=shown(NAMES[separator]),
                    least=min(widths),
                    most=max(widths),
                )
            )


def layout_of_cells(cells: Sequence[Sequence[str]], header: bool | None) -> Layout:
    """The same for cells that are apart already (a sheet)."""
    records = [(line, list(row)) for line, row in enumerate(cells[:_SAMPLE_LINES], start=1) if any(row)]
    return _rows(records, ",", header, [])


# Rows -----------------------------------------------------------------------------------------------------------------


def _rows(records: list[Record], separator: str, header: bool | None, notes: list[str]) -> Layout:
    if not records:
        return Layout(separator, 0, None, 1, tuple(notes))
    widths = collections.Counter(len(cells) for _, cells in records if not is_comment(cells))
    width = max(widths or {1: 1}, key=lambda size: (widths[size], size > 1))
    wide = [i for i, (_, cells) in enumerate(records) if len(cells) == width]
    start = next((i for i in wide if _is_row(records[i][1], width)), wide[0] if wide else 0)
    start = _below_a_title(records, wide, start, width)
    above = start
    short = _names_one_short(records, start, width)
    if short is None and start and (kept := _without_values(records, start, width)):
        notes.append(
            said(
                "the header has {count} names and the rows have {number} values: {names} are taken to have none.",
                count=len(records[start - 1][1]),
                number=width,
                names=", ".join(records[start - 1][1][width:]),
            )
        )
        short = kept
    if short is None and start and len(records[start - 1][1]) > width > 1 and could_be_names(records[start - 1][1]):
        start, above = start - 1, start - 1
        width = len(records[start][1])
    rest = [cells for _, cells in records[start + 1 :] if len(cells) == width]
    names, skipped = None, records[start - 1][0] if start else 0
    if short is not None and header is not False:
        names, above = short, start - 1
    elif header or (header is None and is_header(records[start][1], rest)):
        names, skipped = records[start][1], records[start][0]
    elif header is None and start and is_comment(records[start - 1][1]) and len(records[start - 1][1]) == width > 1:
        first, *others = records[start - 1][1]
        names, above = [first.lstrip("#%/ "), *others], start - 1
    if names is not None:
        below, units = _below_the_header(records, skipped, width)
        if units and (joined := _of_two_lines(names, units[0])):
            words = ", ".join(name.strip() for name in names if name.strip())[:40]
            notes.append(said("the names are those of 2 lines; the first is {cells!r}.", cells=words))
            names, skipped, units = joined, [line for line, _ in records if line > skipped][0], units[1:]
        if units:
            skipped = below
            cells_shown = ", ".join(cell.strip() for cell in units[0] if cell.strip())[:40]
            notes.append(
                saidn(
                    "1 row of units or second names below the header passed over: {cells!r}.",
                    "{count} rows of units or second names below the header passed over: {cells!r}.",
                    len(units),
                    cells=cells_shown,
                )
            )
    titles = [cells for _, cells in records[:above]]
    if titles:
        title = " ".join(cell for cell in titles[0] if cell.strip())[:60]
        notes.append(
            saidn(
                "1 line above the table is passed over: {cells!r}.",
                "{count} lines above the table are passed over: {cells!r}.",
                len(titles),
                cells=title,
            )
        )
    return Layout(separator, skipped, names, width, tuple(notes))


def _below_the_header(records: list[Record], skipped: int, width: int) -> tuple[int, list[list[str]]]:
    """Rows of units, or of second names, below the names: words in every column that holds numbers further down.

    Returns: the number of the last line that is none of the data, and those rows.
    """
    rows = [(line, cells) for line, cells in records if line > skipped and len(cells) == width]
    units: list[list[str]] = []
    for (line, cells), start in zip(rows[:_MOST_UNITS], range(1, _MOST_UNITS + 1), strict=False):
        rest = [row for _, row in rows[start:]][: max(10, ROWS_COMPARED // width)]
        numeric = numeric_columns(rest) if len(rest) >= _LEAST_BELOW else []
        here = [cell.strip() for cell, number in zip(cells, numeric, strict=False) if number]
        words = [cell for cell in here if cell.lower() not in MISSING]
        formats = len(cells) > 1 and all(_FORMAT.fullmatch(cell.strip()) for cell in cells)
        if not formats and (len(here) < 2 or not words or any(map(is_amount, words))):
            break
        skipped = line
        units.append(cells)
    return skipped, units


def _of_two_lines(upper: Sequence[str], lower: Sequence[str]) -> list[str] | None:
    """The names of a header of two lines, where the upper one stands over several columns or says only for some what they are.

    >>> _of_two_lines(["", "body", "", "place"], ["id", "age", "weight", "town"])
    ['id', 'age', 'weight', 'town']
    >>> _of_two_lines(["size", "size", "label"], ["mean", "std", ""])
    ['size mean', 'size std', 'label']
    """
    above, below = ([cell.strip() for cell in cells] for cells in (upper, lower))
    if all(above) and len(set(above)) == len(above):
        return None
    if all(below) and len(set(below)) == len(below):
        return below
    kept, filled = "", []
    for over, under in zip(above, below, strict=True):
        kept = over or (kept if under else "")
        filled.append(" ".join(part for part in (kept, under) if part))
    return filled if all(filled) and len(set(filled)) == len(filled) else None


def _below_a_title(records: list[Record], wide: list[int], start: int, width: int) -> int:
    """Where the table begins: below a title that happens to have as many cells, lines of other widths, and then the header."""
    later = [place for place in wide if place > start]
    if (
        not later
        or later[0] == start + 1
        or len(later) <= _LEAST_BELOW
        or any(b - a > 1 for a, b in itertools.pairwise(later))
    ):
        return start
    header, rest = records[later[0]][1], [records[place][1] for place in later[1:]]
    return later[0] if is_header(header, rest) else start


def _is_row(cells: list[str], width: int) -> bool:
    if len(cells) != width or is_comment(cells):
        return False
    return width < 3 or sum(bool(cell.strip()) for cell in cells) > 1


def _names_one_short(records: list[Record], start: int, width: int) -> list[str] | None:
    """A header with one name less than the rows have cells: as R writes it with row names, or with separators at line ends."""
    if not start or width < 2:
        return None
    names = records[start - 1][1]
    if len(names) != width - 1 or is_comment(names) or not could_be_names(names) or width == 2 and start > 1:
        return None
    rows = [cells for _, cells in records[start:] if len(cells) == width]
    if is_header(rows[0], rows[1:]):
        return None
    first = [row[0].strip() for row in rows]
    are_row_names = all(first) and len(set(first)) == len(first)
    return ["", *names] if are_row_names and any(row[-1].strip() for row in rows) else [*names, ""]


def _without_values(records: list[Record], start: int, width: int) -> list[str] | None:
    """The names that the rows have values for, where a header has more names than nearly all rows have values."""
    names, rows = records[start - 1][1], [cells for _, cells in records[start:]]
    even = sum(len(cells) == width for cells in rows) >= 0.9 * len(rows)
    if width < 2 or len(rows) < _LEAST_BELOW or len(names) <= width or not even or not could_be_names(names):
        return None
    return names[:width]
