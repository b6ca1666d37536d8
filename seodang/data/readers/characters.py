"""Bytes of a text file as UTF-8 with plain line ends, whatever the program that wrote it thought of."""

from __future__ import annotations

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said, saidn, shown
from seodang.data.kinds import kind_of, what_else
from seodang.data.readers.decoding import MARKS, READABLE_AS, encoding_of

LONGEST_LINE = 1 << 24
MOST_STRANGE, MOST_CONTROL = 0.03, 0.1  # of the bytes, without and with NUL, which programs leave in text files
_REPLACEMENT = "\ufffd"


def plain(file: str, content: bytes) -> tuple[bytes, list[str]]:
    """The same text in UTF-8 without byte order mark, NUL bytes and carriage returns, and notes of what was done.

    Raises:
        DataError: It is empty, no text, or has a line longer than 16 MiB.

    >>> plain("a.csv", "이름\\r\\n".encode("cp949"))
    (b'\\xec\\x9d\\xb4\\xeb\\xa6\\x84\\n', ['a.csv is no UTF-8: it is read as cp949 (Korean).'])
    """
    blank = b"\0 \t\r\n\xef\xbb\xbf\xfe\xff"
    if not content[:4096].strip(blank) and not content.strip(blank):
        raise DataError(
            tr("{file} holds only NUL bytes.", file=file) if content.count(0) else tr("{file} is empty.", file=file)
        )
    content, notes = as_utf8(file, content)
    if nuls := content.count(0):
        content = content.replace(b"\0", b"")
        notes.append(
            saidn("{file}: 1 NUL byte is taken out.", "{file}: {count:,} NUL bytes are taken out.", nuls, file=file)
        )
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    _no_endless_line(file, content)
    return content, notes


def as_utf8(file: str, content: bytes) -> tuple[bytes, list[str]]:
    """The same text in UTF-8 without byte order mark, and notes of what it was; DataError where it is no text."""
    _refuse_what_is_no_text(file, content)
    for mark, encoding in MARKS[1:]:
        if content.startswith(mark):
            text = content[len(mark) :].decode(encoding, "replace")
            return text.encode("utf-8", "replace"), [
                said("{file} is read as {encoding}.", file=file, encoding=encoding[:6].upper())
            ]
    content = content.removeprefix(MARKS[0][0])
    encoding = encoding_of(content)
    if encoding.startswith("utf-16"):
        return content.decode(encoding).encode("utf-8", "replace"), [
            said("{file} is read as {encoding}.", file=file, encoding="UTF-16")
        ]
    head = content[:65536]
    strange = sum(head.count(bytes([code])) for code in (*range(1, 9), *range(14, 27), 127))
    control = strange + head.count(0)
    if strange > MOST_STRANGE * len(head) or control > MOST_CONTROL * len(head):
        raise DataError(
            tr(
                "{file} is no text: {count:,} of its first {bytes:,} bytes are control characters.",
                file=file,
                count=control,
                bytes=len(head),
            )
        )
    if encoding == "utf-8":
        return content, []
    text = content.decode("utf-8", "replace")
    broken = text.count(_REPLACEMENT)
    if broken * 10 <= len(text) - len(text.encode("ascii", "ignore")) - broken:
        note = saidn(
            "{file}: 1 byte is no UTF-8 and stands as {sign} now.",
            "{file}: {count:,} bytes are no UTF-8 and stand as {sign} now.",
            broken,
            file=file,
            sign=_REPLACEMENT,
        )
        return text.encode(), [note]
    words = READABLE_AS[encoding]
    note = (
        said("{file} is no UTF-8: it is read as {encoding}.", file=file, encoding=words)
        if encoding == "cp949"
        else said(
            "{file} is no UTF-8: it is read as {encoding}. Look whether the letters are right.",
            file=file,
            encoding=words,
        )
    )
    return content.decode(encoding).encode(), [note]


def _refuse_what_is_no_text(file: str, content: bytes) -> None:
    head = content[:512]
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise DataError(
            tr(
                "{file} is a web page (HTML), not a table: the link leads to a page about the file. Download the file itself.",
                file=file,
            )
        )
    if start.startswith(b"version https://git-lfs"):
        raise DataError(tr("{file} is a Git LFS pointer, not the table itself (`git lfs pull` fetches it).", file=file))
    if kind_of(head) is not None:
        raise DataError(tr("{file} is a picture, not a table.", file=file))
    what = what_else(head).split(";")[0]
    if what.startswith(("a PDF", "a ZIP", "a PostScript", "a Photoshop")):
        raise DataError(tr("{file} is {clause}, not a table.", file=file, clause=shown(what)))


def _no_endless_line(file: str, content: bytes) -> None:
    if len(content) <= LONGEST_LINE:
        return
    ends = np.flatnonzero(np.frombuffer(content, np.uint8) == 10)
    lengths = np.diff(ends, prepend=-1, append=len(content))
    longest = int(lengths.argmax())
    if lengths[longest] > LONGEST_LINE:
        raise DataError(
            tr(
                "{file}, line {number:,}, has {count:,} bytes, more than the {most:,} allowed. "
                "Is it a table, and are its line ends whole?",
                file=file,
                number=longest + 1,
                count=lengths[longest],
                most=LONGEST_LINE,
            )
        )
