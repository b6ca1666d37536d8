"""Tables with more round their cells than CSV has: drawn with bars, or below a description (ARFF); as plain lines of cells."""

from __future__ import annotations

import csv
import re

from seodang.core.sentences import said

_DRAWN = 1 << 16  # bytes that tell whether bars are drawn round a table
_RULE = re.compile(rb"[|+](?=.*-)[-+|: =]*[|+]")
_ATTRIBUTE = re.compile(rb"@attribute\s+('(?:[^'\\\\]|\\\\.)*'|\"[^\"]*\"|\S+)", re.I)

_LINE_QUOTED = re.compile(rb'"(?:[^"]|"")*"')
_SPARSE = re.compile(rb"(?:[-+]?\d+(?:\.\d+)?(?: qid:\d+)?(?: +\d+:[-+]?[\d.]+(?:[eE][-+]?\d+)?)+[ \t]*\n){2}")
_MOST_SPARSE, _MOST_CELLS = 10_000, 50_000_000  # columns and cells that are written out


def undrawn(text: bytes) -> tuple[bytes, str]:
    """The same table as lines of cells, and a clause on what was taken off; the text as it is and "" where it is nothing special.

    >>> undrawn(b"| a | b |\\n|---|---|\\n| 1 | x |\\n| 2 | y |\\n")
    (b' a | b \\n 1 | x \\n 2 | y ', 'drawn with bars; they are taken off')
    >>> undrawn(b"@relation r\\n@attribute age numeric\\n@data\\n7\\n8")
    (b'age\\n7\\n8', 'ARFF; the names are those of its attributes')
    """
    if text[:_DRAWN].lstrip().lower().startswith((b"@relation", b"%")) and (found := _arff(text)) is not None:
        return found, said("ARFF; the names are those of its attributes")
    if text[:1] == b'"' and (found := _unquoted(text)) is not None:
        return found, said("quoted line by line; the quotes are taken off")
    if (found := _close_to_quotes(text)) is not None:
        return found, said("written with spaces before its quotes; they are taken off")
    if _SPARSE.match(text) and (found := _dense(text)) is not None:
        return found, said("of the form of LIBSVM; numbers that are not written are 0")
    lines = [line.strip() for line in text[:_DRAWN].split(b"\n") if line.strip()]
    ruled = [line for line in lines if _RULE.fullmatch(line)]
    barred = [line for line in lines if line[:1] == line[-1:] == b"|" and len(line) > 1 and not _RULE.fullmatch(line)]
    if not ruled or len(barred) < 2 or len(barred) < 0.9 * (len(lines) - len(ruled) - 1):
        return text, ""
    kept = (line.strip() for line in text.split(b"\n"))
    cells = [line[1:-1] for line in kept if line[:1] == b"|" and not _RULE.fullmatch(line)]
    return b"\n".join(cells), said("drawn with bars; they are taken off")


def _unquoted(text: bytes) -> bytes | None:
    """Lines that are one quoted cell each, though there are separators in each. None where they are not."""
    lines = [line for line in text.split(b"\n") if line.strip()]
    if len(lines) < 2 or not all(_LINE_QUOTED.fullmatch(line.strip()) for line in lines):
        return None
    inside = [line.strip()[1:-1].replace(b'""', b'"') for line in lines]
    first = [line.decode("utf-8", "replace") for line in inside[:100]]
    for mark in ",;\t|":
        widths = {len(cells) for cells in _cells(first, mark)}
        if len(widths) == 1 and widths != {1}:
            return b"\n".join(inside)
    return None


def _cells(lines: list[str], mark: str, near: bool = False) -> list[list[str]]:
    """Lines as cells; with `near`, spaces before cells do not count. None of them where a cell is beyond what csv reads."""
    try:
        return list(csv.reader(lines, delimiter=mark, skipinitialspace=near))
    except csv.Error:
        return []


def _close_to_quotes(text: bytes) -> bytes | None:
    """Lines whose quoted cells have spaces before them (a, "b, c"), without these spaces. None where they are even without that."""
    lines = text[:_DRAWN].decode("utf-8", "replace").split("\n")[:100]
    lines = [line for line in lines[:-1] if line.strip()]
    for mark in ",;|":
        if sum(f'{mark} "' in line for line in lines) < 0.5 * max(1, len(lines)):
            continue
        near = {len(cells) for cells in _cells(lines, mark, near=True)}
        if len(near) == 1 and any(cell[:2] == ' "' for cells in _cells(lines, mark) for cell in cells):
            return re.sub(rb"(?m)(^|" + re.escape(mark.encode()) + rb')[ ]+"(?!")', rb'\1"', text)
    return None


def _dense(text: bytes) -> bytes | None:
    """Rows of a label and of number:value pairs as lines with all numbers. None where some line is none, or it would be too large."""
    rows, last = [], 0
    for line in text.split(b"\n"):
        if not (words := line.split(b"#")[0].split()):
            continue
        pairs = [word.split(b":") for word in words[1:] if not word.startswith(b"qid:")]
        if not all(len(pair) == 2 and pair[0].isdigit() for pair in pairs):
            return None
        cells = {int(place): value for place, value in pairs}
        last = max(last, *cells, 0)
        rows.append((words[0], cells))
    if not last or last > _MOST_SPARSE or last * len(rows) > _MOST_CELLS:
        return None
    first = 0 if any(0 in cells for _, cells in rows) else 1
    names = [b"label", *(b"x%d" % place for place in range(first, last + 1))]
    lines = (b",".join([label, *(cells.get(n, b"0") for n in range(first, last + 1))]) for label, cells in rows)
    return b"\n".join([b",".join(names), *lines])


def _arff(text: bytes) -> bytes | None:
    """Weka's form: names first, then lines of cells with single quotes; its sparse form is none of ours."""
    head, _, body = re.sub(rb"(?im)^\s*@data\s*$", b"@data", text, count=1).partition(b"@data\n")
    names = [name.strip(b"'\"").replace(b",", b" ") for name in _ATTRIBUTE.findall(head)]
    lines = [line for line in body.split(b"\n") if line.strip() and not line.lstrip().startswith(b"%")]
    if not names or not lines or lines[0].lstrip().startswith(b"{"):
        return None
    return b"\n".join([b",".join(names), *lines])
