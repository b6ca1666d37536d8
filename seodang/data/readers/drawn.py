"""Tables with more round their cells than CSV has: drawn with bars, or below a description (ARFF); as plain lines of cells."""

from __future__ import annotations

import re

from seodang.core.sentences import said

_DRAWN = 1 << 16  # bytes that tell whether bars are drawn round a table
_RULE = re.compile(rb"[|+](?=.*-)[-+|: =]*[|+]")
_ATTRIBUTE = re.compile(rb"@attribute\s+('(?:[^'\\\\]|\\\\.)*'|\"[^\"]*\"|\S+)", re.I)


def undrawn(text: bytes) -> tuple[bytes, str]:
    """The same table as lines of cells, and a clause on what was taken off; the text as it is and "" where it is nothing special.

    >>> undrawn(b"| a | b |\\n|---|---|\\n| 1 | x |\\n| 2 | y |\\n")
    (b' a | b \\n 1 | x \\n 2 | y ', 'drawn with bars; they are taken off')
    >>> undrawn(b"@relation r\\n@attribute age numeric\\n@data\\n7\\n8")
    (b'age\\n7\\n8', 'ARFF; the names are those of its attributes')
    """
    if text[:_DRAWN].lstrip().lower().startswith((b"@relation", b"%")) and (found := _arff(text)) is not None:
        return found, said("ARFF; the names are those of its attributes")
    lines = [line.strip() for line in text[:_DRAWN].split(b"\n") if line.strip()]
    ruled = [line for line in lines if _RULE.fullmatch(line)]
    barred = [line for line in lines if line[:1] == line[-1:] == b"|" and len(line) > 1 and not _RULE.fullmatch(line)]
    if not ruled or len(barred) < 2 or len(barred) < 0.9 * (len(lines) - len(ruled) - 1):
        return text, ""
    kept = (line.strip() for line in text.split(b"\n"))
    cells = [line[1:-1] for line in kept if line[:1] == b"|" and not _RULE.fullmatch(line)]
    return b"\n".join(cells), said("drawn with bars; they are taken off")


def _arff(text: bytes) -> bytes | None:
    """Weka's form: names first, then lines of cells with single quotes; its sparse form is none of ours."""
    head, _, body = re.sub(rb"(?im)^\s*@data\s*$", b"@data", text, count=1).partition(b"@data\n")
    names = [name.strip(b"'\"").replace(b",", b" ") for name in _ATTRIBUTE.findall(head)]
    lines = [line for line in body.split(b"\n") if line.strip() and not line.lstrip().startswith(b"%")]
    if not names or not lines or lines[0].lstrip().startswith(b"{"):
        return None
    return b"\n".join([b",".join(names), *lines])
