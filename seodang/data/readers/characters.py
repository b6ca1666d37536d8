"""Bytes of a text file as UTF-8 with plain line ends, whatever the program that wrote it thought of."""

from __future__ import annotations

import numpy as np

from seodang.core.errors import DataError
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
        raise DataError(f"{file} is empty." if not content.count(0) else f"{file} holds only NUL bytes.")
    content, notes = _as_utf8(file, content)
    if nuls := content.count(0):
        content = content.replace(b"\0", b"")
        notes.append(f"{file}: {nuls:,} NUL byte{'s are' if nuls > 1 else ' is'} taken out.")
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    _no_endless_line(file, content)
    return content, notes


def _as_utf8(file: str, content: bytes) -> tuple[bytes, list[str]]:
    _refuse_what_is_no_text(file, content)
    for mark, encoding in MARKS[1:]:
        if content.startswith(mark):
            text = content[len(mark) :].decode(encoding, "replace")
            return text.encode("utf-8", "replace"), [f"{file} is read as {encoding[:6].upper()}."]
    content = content.removeprefix(MARKS[0][0])
    encoding = encoding_of(content)
    if encoding.startswith("utf-16"):
        return content.decode(encoding).encode("utf-8", "replace"), [f"{file} is read as UTF-16."]
    head = content[:65536]
    strange = sum(head.count(bytes([code])) for code in (*range(1, 9), *range(14, 27), 127))
    control = strange + head.count(0)
    if strange > MOST_STRANGE * len(head) or control > MOST_CONTROL * len(head):
        raise DataError(f"{file} is no text: {control:,} of its first {len(head):,} bytes are control characters.")
    if encoding == "utf-8":
        return content, []
    text = content.decode("utf-8", "replace")
    broken = text.count(_REPLACEMENT)
    if broken * 10 <= len(text) - len(text.encode("ascii", "ignore")) - broken:
        many = f"{broken:,} bytes are no UTF-8 and stand" if broken > 1 else "1 byte is no UTF-8 and stands"
        return text.encode(), [f"{file}: {many} as {_REPLACEMENT} now."]
    what = f"{file} is no UTF-8: it is read as {encoding} ({READABLE_AS[encoding]})."
    doubt = "" if encoding == "cp949" else " Look whether the letters are right."
    return content.decode(encoding).encode(), [what + doubt]


def _refuse_what_is_no_text(file: str, content: bytes) -> None:
    head = content[:512]
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise DataError(
            f"{file} is a web page (HTML), not a table: the link leads to a page about the file. Download the file itself."
        )
    if start.startswith(b"version https://git-lfs"):
        raise DataError(f"{file} is a Git LFS pointer, not the table itself (`git lfs pull` fetches it).")
    if kind_of(head) is not None:
        raise DataError(f"{file} is a picture, not a table.")
    what = what_else(head).split(";")[0]
    if what.startswith(("a PDF", "a ZIP", "a PostScript", "a Photoshop")):
        raise DataError(f"{file} is {what}, not a table.")


def _no_endless_line(file: str, content: bytes) -> None:
    if len(content) <= LONGEST_LINE:
        return
    ends = np.flatnonzero(np.frombuffer(content, np.uint8) == 10)
    lengths = np.diff(ends, prepend=-1, append=len(content))
    longest = int(lengths.argmax())
    if lengths[longest] > LONGEST_LINE:
        raise DataError(
            f"{file}, line {longest + 1:,}, has {lengths[longest]:,} bytes, more than the {LONGEST_LINE:,} allowed. "
            "Is it a table, and are its line ends whole?"
        )
