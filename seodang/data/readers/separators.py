"""What separates the cells of a text file: one sign, several, spaces or nothing; how cells are quoted; its lines as cells."""

from __future__ import annotations

import collections
import csv
import re

from seodang.core.sentences import said
from seodang.data.readers.headers import could_be_names, is_amount

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
_QUOTES_SEEN = 20  # lines
_LEAST_CODED, _LEAST_CODES, _FEW_CODES = 20, 3, 0.2  # rows, cells of each, and different words in a place a row
_NEARLY = 0.05  # the sample may end inside a row
Record = tuple[int, list[str]]  # number of the physical line after it (from 1), and its cells


def separator_of(lines: list[str]) -> str:
    """The separator that cuts most lines into the same number of cells."""
    for candidates, least in ((COMMON, 0.5), (RARE, 0.9)):
        scores = {separator: _evenness(lines, separator) for separator in candidates}
        near = [separator for separator in candidates if scores[separator] >= max(scores.values()) - _NEARLY]
        best = max(near, key=lambda separator: (_stands_beside_quotes(lines, separator), scores[separator]))
        if scores[best] >= least:
            wide = best == "\t" and _is_wide(lines) and (_width(lines, WIDE) > _width(lines, best) or _in_runs(lines))
            return WIDE if wide else best
    first = next((line for line in lines if line.strip()), "")
    for separator in COMMON:  # uneven rows below what can only be a header: to be told, not read as one column
        cells = first.split(separator)
        if len(cells) > 2 and could_be_names(cells) and not any(cell[:1] == " " for cell in cells):
            return separator
    if any('"' in line for line in lines) and _evenness(lines, " ") >= 0.9:
        return " "
    rows = [line.split() for line in lines if line.strip()]
    if rows and len(rows[-1]) > 1 and sum(len(row) == len(rows[-1]) for row in rows[1:]) >= 0.9 * len(rows[1:]):
        numbers = [is_amount(cell) for row in rows[1:] or rows for cell in row]
        if sum(numbers) >= 0.5 * len(numbers) or _are_codes(rows):
            spaced_names = len(rows[0]) != len(rows[-1]) and _is_wide(lines) and _width(lines, WIDE) == len(rows[-1])
            return WIDE if spaced_names else SPACES
    return WIDE if _is_wide(lines) else ""


def _in_runs(lines: list[str]) -> bool:
    """Whether some lines have two tabs for one: cut at each tab they are uneven, cut at runs of them even."""
    widths = {len(cells) for _, cells in records_of(lines, WIDE, QUOTES[0])}
    return len(widths) == 1 and any("\t\t" in line for line in lines) and _evenness(lines, "\t") < 1


def _are_codes(rows: list[list[str]]) -> bool:
    """Whether rows of words are cells rather than sentences: every row has as many, in each place few different ones or numbers.

    >>> _are_codes([["A11", "6", "good"], ["A12", "48", "bad"]] * 20), _are_codes([["See", "me", "now."], ["Who", "is", "it?"]] * 20)
    (True, False)
    """
    if len(rows) < _LEAST_CODED or len(rows[0]) < _LEAST_CODES or len({len(row) for row in rows}) > 1:
        return False
    places = list(zip(*rows, strict=True))
    if any(cell[-1] in ".,!?;:" and not is_amount(cell) for cell in rows[0] + rows[-1]):
        return False
    few = [
        len(set(cells)) <= _FEW_CODES * len(cells) or sum(map(is_amount, cells)) >= 0.9 * len(cells) for cells in places
    ]
    return sum(few) >= len(few) - 1


def _stands_beside_quotes(lines: list[str], separator: str) -> bool:
    """Whether it stands before a cell in quotes or behind one: what parts the cells, rather than what stands in a text."""
    return any(f'{separator}"' in line or f'"{separator}' in line for line in lines)


def _is_wide(lines: list[str]) -> bool:
    """Columns that stand below each other, with two and more spaces between them."""
    rows = [cells for _, cells in records_of(lines, WIDE, QUOTES[0])]
    width, many = collections.Counter(map(len, rows)).most_common(1)[0] if rows else (1, 0)
    return width > 1 and len(rows) > 2 and many >= 0.9 * len(rows) and any(map(is_amount, rows[-1]))


def _width(lines: list[str], separator: str) -> int:
    return collections.Counter(len(cells) for _, cells in records_of(lines, separator, QUOTES[0])).most_common(1)[0][0]


def _evenness(lines: list[str], separator: str) -> float:
    """Share of the lines that have the most frequent number of cells; 0 where that is one cell, or the first is alone."""
    if not any(separator in line for line in lines):
        return 0.0
    best = 0.0
    for quoting in QUOTES:
        widths = [len(cells) for _, cells in records_of(lines, separator, quoting) if not is_comment(cells)]
        if not widths:
            continue
        (width, many), *_ = collections.Counter(widths).most_common(1)
        alone = widths[0] == 1 and len(widths) < 4
        best = max(best, 0.0 if width == 1 or alone else many / len(widths))
    return best if best >= 0.75 or lines[0].count(separator) else 0.0


def quoting_of(lines: list[str], separator: str) -> tuple[str, str]:
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
        widths = [len(cells) for _, cells in records_of(lines, separator, quoting)]
        share[quoting] = max(collections.Counter(widths).values(), default=0) / max(1, len(widths))
    best = max(share, key=lambda quoting: share[quoting])
    # The sample may end inside a text in quotes that goes over several lines: then the header says how many cells there are.
    whole = best != QUOTES[0] and share[QUOTES[0]] >= share[best] - _NEARLY
    return QUOTES[0] if whole and _begins_like_most(lines, separator, QUOTES[0]) else best


def _begins_like_most(lines: list[str], separator: str, quoting: tuple[str, str]) -> bool:
    """Whether the first line has as many cells as most rows do quoted so, and other than most lines have without quotes."""
    quoted, plain = (
        collections.Counter(len(cells) for _, cells in records_of(lines, separator, how)).most_common(1)[0][0]
        for how in (quoting, QUOTES[-1])
    )
    return lines[0].count(separator) + 1 == quoted != plain


def records_of(lines: list[str], separator: str, quoting: tuple[str, str]) -> list[Record]:
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


def is_comment(cells: list[str]) -> bool:
    """Whether a line begins with a sign of comments (#, //, %)."""
    if cells[0].strip() == "#" and len(cells) > 1:  # the name of a column of numbers
        return False
    return cells[0].lstrip().startswith(("#", "//", "%"))
