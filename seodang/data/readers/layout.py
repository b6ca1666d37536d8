"""How a table in a text file is laid out: what separates its cells, where its header is, what stands above it."""

from __future__ import annotations

import collections
import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said, saidn, shown
from seodang.data.amounts import MONEY, UNITS
from seodang.data.dates import dates
from seodang.data.words import MISSING

MOST_COLUMNS = 20_000
COMMON = ("\t", ";", "|", ",")
RARE = ("::", "||", "\x1f", "\x01", "^", "~", "¦", ":")
SPACES, WIDE = "spaces", "wide spaces"
SPLITS_AT = {SPACES: re.compile(r"\s+"), WIDE: re.compile(r"[ \t]{2,}|\t")}
NAMES = {
    "\t": said("tabs"),
    ";": said("semicolons"),
    "|": said("bars (|)"),
    ",": said("commas"),
    ":": said("colons"),
    SPACES: said("spaces"),
    WIDE: said("two and more spaces"),
}
# How cells are quoted: the sign, and what stands before a sign that is meant as a letter ("" where it is doubled).
QUOTES = (('"', ""), ('"', "\\"), ("", ""))
_SAMPLE_LINES, _SAMPLE_BYTES = 300, 1 << 20
_SENTENCE = 5  # spaces in what alone stands in a line: it is no name
_NAME_LENGTH = 60
_QUOTES_SEEN = 20  # lines
_NEARLY = 0.05  # the sample may end inside a row
_FEW_SPACES, _MOST_UNEVEN = (
    2,
    0.6,
)  # spaces a line on average: no sentences; share of lines with a separator that is none
_MOST_UNITS, _LEAST_BELOW = 3, 3  # rows of units below the header, and rows of data below them
_ROWS_COMPARED = 200_000  # cells
_AMOUNT = re.compile(
    rf"[-+(]?\s?(?:{MONEY})?\s?[-+]?[.,]?\d[\d.,:/' T+년월일-]*(?:[eEdD][-+]?\d+)?Z?\s?(?:{MONEY}|{UNITS})?\)?|[-+]?(?:inf|nan)",
    re.I,
)


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


Record = tuple[int, list[str]]  # number of the physical line after it (from 1), and its cells


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
    separator = forced[1] if forced else _separator(lines)
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
    quoting = _quoting(lines, separator)
    records = [(line + first, cells) for line, cells in _records(lines[first:], separator, quoting)]
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


# Separators -----------------------------------------------------------------------------------------------------------


def _separator(lines: list[str]) -> str:
    """The separator that cuts most lines into the same number of cells."""
    for candidates, least in ((COMMON, 0.5), (RARE, 0.9)):
        scores = {separator: _evenness(lines, separator) for separator in candidates}
        near = [separator for separator in candidates if scores[separator] >= max(scores.values()) - _NEARLY]
        best = max(near, key=lambda separator: (_stands_beside_quotes(lines, separator), scores[separator]))
        if scores[best] >= least:
            return WIDE if best == "\t" and _is_wide(lines) and _width(lines, WIDE) > _width(lines, best) else best
    first = next((line for line in lines if line.strip()), "")
    for separator in COMMON:  # uneven rows below what can only be a header: to be told, not read as one column
        cells = first.split(separator)
        if len(cells) > 2 and _could_be_names(cells) and not any(cell[:1] == " " for cell in cells):
            return separator
    if any('"' in line for line in lines) and _evenness(lines, " ") >= 0.9:
        return " "
    rows = [line.split() for line in lines if line.strip()]
    if rows and len(rows[-1]) > 1 and sum(len(row) == len(rows[-1]) for row in rows[1:]) >= 0.9 * len(rows[1:]):
        numbers = [is_amount(cell) for row in rows[1:] or rows for cell in row]
        if sum(numbers) >= 0.5 * len(numbers):
            spaced_names = len(rows[0]) != len(rows[-1]) and _is_wide(lines) and _width(lines, WIDE) == len(rows[-1])
            return WIDE if spaced_names else SPACES
    return WIDE if _is_wide(lines) else ""


def _stands_beside_quotes(lines: list[str], separator: str) -> bool:
    """Whether it stands before a cell in quotes or behind one: what parts the cells, rather than what stands in a text."""
    return any(f'{separator}"' in line or f'"{separator}' in line for line in lines)


def _is_wide(lines: list[str]) -> bool:
    """Columns that stand below each other, with two and more spaces between them."""
    rows = [cells for _, cells in _records(lines, WIDE, QUOTES[0])]
    width, many = collections.Counter(map(len, rows)).most_common(1)[0] if rows else (1, 0)
    return width > 1 and len(rows) > 2 and many >= 0.9 * len(rows) and any(map(is_amount, rows[-1]))


def _width(lines: list[str], separator: str) -> int:
    return collections.Counter(len(cells) for _, cells in _records(lines, separator, QUOTES[0])).most_common(1)[0][0]


def _evenness(lines: list[str], separator: str) -> float:
    """Share of the lines that have the most frequent number of cells; 0 where that is one cell, or the first is alone."""
    if not any(separator in line for line in lines):
        return 0.0
    best = 0.0
    for quoting in QUOTES:
        widths = [len(cells) for _, cells in _records(lines, separator, quoting) if not _is_comment(cells)]
        if not widths:
            continue
        (width, many), *_ = collections.Counter(widths).most_common(1)
        alone = widths[0] == 1 and len(widths) < 4
        best = max(best, 0.0 if width == 1 or alone else many / len(widths))
    return best if best >= 0.75 or lines[0].count(separator) else 0.0


def _quoting(lines: list[str], separator: str) -> tuple[str, str]:
    """How cells are quoted: the first of the usual ways that cuts the sample most evenly."""
    if separator in ("", *SPLITS_AT):
        return QUOTES[0]
    cells = [cell.strip() for line in lines[:_QUOTES_SEEN] for cell in line.split(separator)]
    if sum(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in cells) > 0.5 * len(cells):
        return "'", ""
    if not any('"' in line for line in lines):
        return QUOTES[0]
    share = {}
    escapes = any('\\"' in line for line in lines)
    for quoting in [each for each in QUOTES if escapes or not each[1]]:
        widths = [len(cells) for _, cells in _records(lines, separator, quoting)]
        share[quoting] = max(collections.Counter(widths).values(), default=0) / max(1, len(widths))
    return max(share, key=lambda quoting: share[quoting])


def _records(lines: list[str], separator: str, quoting: tuple[str, str]) -> list[Record]:
    """Lines as cells, blank lines left out."""
    quote, escape = quoting
    if separator in SPLITS_AT:
        apart = SPLITS_AT[separator].split
        return [
            (n, [cell.strip('"') for cell in apart(line.strip())]) for n, line in enumerate(lines, 1) if line.strip()
        ]
    if separator == "":
        return [(n, [line.strip().strip('"')]) for n, line in enumerate(lines, start=1) if line.strip()]
    if not quote or not any(quote in line for line in lines):
        return [(n, line.split(separator)) for n, line in enumerate(lines, start=1) if line.strip()]
    sole = separator if len(separator) == 1 else "\x1f"
    reader = csv.reader(
        (line.replace(separator, sole) + "\n" for line in lines),
        delimiter=sole,
        quotechar=quote,
        doublequote=not escape,
        escapechar=escape or None,
    )
    records: list[Record] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) or len(cells) > 1:
                records.append((reader.line_num, [cell.removesuffix("\n") for cell in cells]))
    except csv.Error:
        pass
    return records


def _is_comment(cells: list[str]) -> bool:
    if cells[0].strip() == "#" and len(cells) > 1:  # the name of a column of numbers
        return False
    return cells[0].lstrip().startswith(("#", "//", "%"))


# Rows -----------------------------------------------------------------------------------------------------------------


def _rows(records: list[Record], separator: str, header: bool | None, notes: list[str]) -> Layout:
    if not records:
        return Layout(separator, 0, None, 1, tuple(notes))
    widths = collections.Counter(len(cells) for _, cells in records if not _is_comment(cells))
    width = max(widths or {1: 1}, key=lambda size: (widths[size], size > 1))
    wide = [i for i, (_, cells) in enumerate(records) if len(cells) == width]
    start = next((i for i in wide if _is_row(records[i][1], width)), wide[0] if wide else 0)
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
    if short is None and start and len(records[start - 1][1]) > width > 1 and _could_be_names(records[start - 1][1]):
        start, above = start - 1, start - 1
        width = len(records[start][1])
    rest = [cells for _, cells in records[start + 1 :] if len(cells) == width]
    names, skipped = None, records[start - 1][0] if start else 0
    if short is not None and header is not False:
        names, above = short, start - 1
    elif header or (header is None and is_header(records[start][1], rest)):
        names, skipped = records[start][1], records[start][0]
    elif header is None and start and _is_comment(records[start - 1][1]) and len(records[start - 1][1]) == width > 1:
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
        rest = [row for _, row in rows[start:]][: max(10, _ROWS_COMPARED // width)]
        numeric = _numeric(rest) if len(rest) >= _LEAST_BELOW else []
        here = [cell.strip() for cell, number in zip(cells, numeric, strict=False) if number]
        words = [cell for cell in here if cell.lower() not in MISSING]
        if len(here) < 2 or not words or any(map(is_amount, words)):
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


def _values(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Each column's values, missing ones left out."""
    return [
        [cell.strip() for cell in column if cell.strip().lower() not in MISSING] for column in zip(*rows, strict=True)
    ]


def _numeric(rows: Sequence[Sequence[str]]) -> list[bool]:
    """Of each column whether nearly all of its values are numbers or dates."""
    return [bool(column) and sum(map(is_amount, column)) >= 0.9 * len(column) for column in _values(rows)]


def _is_row(cells: list[str], width: int) -> bool:
    if len(cells) != width or _is_comment(cells):
        return False
    return width < 3 or sum(bool(cell.strip()) for cell in cells) > 1


def _names_one_short(records: list[Record], start: int, width: int) -> list[str] | None:
    """A header with one name less than the rows have cells: as R writes it with row names, or with separators at line ends."""
    if not start or width < 2:
        return None
    names = records[start - 1][1]
    if len(names) != width - 1 or _is_comment(names) or not _could_be_names(names) or width == 2 and start > 1:
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
    if width < 2 or len(rows) < _LEAST_BELOW or len(names) <= width or not even or not _could_be_names(names):
        return None
    return names[:width]


def _could_be_names(cells: Sequence[str]) -> bool:
    words = [cell.strip() for cell in cells]
    return all(words) and len(set(words)) == len(words) and not any(is_amount(word) for word in words)


def is_header(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Whether a first row names the columns rather than being one of the rows.

    >>> is_header(["6", "148"], [["1", "85"]]), is_header(["age", "sex"], [["3", "m"]]), is_header(["p", "x"], [["p", "y"]])
    (False, True, False)
    >>> is_header(["What a fine film this is"], [["I saw it twice and cried"]]), is_header(["review"], [["What a film"]])
    (False, True)
    """
    words = [cell.strip() for cell in first]
    filled = [word for word in words if word.lower() not in MISSING]
    if not filled:
        return False
    rest = [row for row in rest[: max(10, _ROWS_COMPARED // len(first))] if list(row) != list(first)]
    if not rest:
        return not all(is_amount(word) for word in filled)
    columns, numeric = _values(rest), _numeric(rest)
    pairs = [(word, number) for word, number in zip(words, numeric, strict=True) if word.lower() not in MISSING]
    numerals = [word for word in filled if is_amount(word)]
    if any(number and not is_amount(word) for word, number in pairs):
        return len(numerals) <= 0.5 * len(filled) or _counts_up(numerals)
    if numerals:
        return (
            _counts_up(numerals)
            and not all(numeric)
            or _counts_up(numerals, least=4)
            and (numerals[0] in ("0", "1") or not any(_counts_up(row) for row in rest))
        )
    if len(set(filled)) < len(filled) or any(len(word) > _NAME_LENGTH for word in filled):
        return False
    if any(word in column for word, column in zip(words, columns, strict=True)):
        return False
    if len(words) == 1 and words[0].count(" ") >= _SENTENCE:
        return False
    return not any(re.search(r"[.?!]$", word) for word in filled)


def _counts_up(numerals: Sequence[str], least: int = 3) -> bool:
    """Years, column numbers, months, days or hours as names: 1990, 1991, 1992; 1월, 2월, 3월; 1/22/20, 1/23/20, 1/24/20."""
    if len(numerals) < least:
        return False
    if len({re.sub(r"\d", "", word) for word in numerals}) == 1 and len({*re.findall(r"\D+$", numerals[0])}) < 2:
        counted = [re.sub(r"\D+$", "", word) for word in numerals]
        if all(word.isdecimal() for word in counted):
            return all(int(b) - int(a) == 1 for a, b in zip(counted, counted[1:], strict=False))
    if all(re.fullmatch(r"\d{1,2}:[0-5]\d", word) for word in numerals):  # hours of a day
        minutes = [60 * int(hour) + int(minute) for hour, minute in (word.split(":") for word in numerals)]
        return all(a < b for a, b in zip(minutes, minutes[1:], strict=False))
    found = dates(np.array(list(numerals), object))
    if found is None or np.isnat(found.values).any():
        return False
    steps = np.diff(found.values).astype(np.int64)
    return bool((steps > 0).all() or (steps < 0).all())


def is_amount(word: str) -> bool:
    """Whether a cell holds an amount or a date: what stands in rows rather than in a header."""
    return _AMOUNT.fullmatch(word.strip()) is not None
