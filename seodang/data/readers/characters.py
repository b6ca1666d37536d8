"""Bytes of a text file as UTF-8 with plain line ends, whatever the program that wrote it thought of."""

from __future__ import annotations

import numpy as np

from seodang.core.errors import DataError
from seodang.data.kinds import kind_of, what_else
from seodang.data.readers.decoding import decoded

LONGEST_LINE = 1 << 24
_REPLACEMENT = "\ufffd"


def plain(file: str, content: bytes) -> tuple[bytes, list[str]]:
    """The same text in UTF-8 without byte order mark, NUL bytes and carriage returns, and notes of what was done.

    Raises:
        DataError: It is empty, no text, or has a line longer than 16 MiB.

    >>> plain("a.csv", "이름\\r\\n".encode("cp949"))
    (b'\\xec\\x9d\\xb4\\xeb\\xa6\\x84\\n', ['a.csv is no UTF-8: it is read as cp949 (Korean Windows).'])
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
    for mark, encoding in ((b"\xff\xfe\0\0", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace").encode("utf-8", "replace"), [f"{file} is read as UTF-16."]
    content = content.removeprefix(b"\xef\xbb\xbf")
    if encoding := _utf16_without_mark(content[:4096]):
        return content.decode(encoding, "replace").encode("utf-8", "replace"), [f"{file} is read as UTF-16."]
    head = content[:65536]
    control = sum(head.count(bytes([code])) for code in (*range(1, 9), *range(14, 27), 127)) + head.count(0)
    if control > 0.1 * len(head):
        raise DataError(f"{file} is no text: {control:,} of its first {len(head):,} bytes are control characters.")
    try:
        content.decode("utf-8")
        return content, []
    except UnicodeDecodeError:
        return _other_encoding(file, content)


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


def _utf16_without_mark(head: bytes) -> str | None:
    """UTF-16 by its zero bytes: every second one, as in text that is mostly ASCII."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half < 4 or max(even, odd) < 0.4 * half or min(even, odd) > 0.05 * half:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _other_encoding(file: str, content: bytes) -> tuple[bytes, list[str]]:
    """UTF-8 with a few broken bytes, else cp949 where that gives Hangul, else Latin-1."""
    text = content.decode("utf-8", "replace")
    broken = text.count(_REPLACEMENT)
    if broken * 10 <= len(text) - len(text.encode("ascii", "ignore")) - broken:
        many = f"{broken:,} bytes are no UTF-8 and stand" if broken > 1 else "1 byte is no UTF-8 and stands"
        return text.encode(), [f"{file}: {many} as {_REPLACEMENT} now."]
    text, encoding = decoded(content.replace(b"\0", b""))
    if text is None:
        raise DataError(f"{file} is no table: {encoding}.")
    if encoding == "cp949":
        return text.encode(), [f"{file} is no UTF-8: it is read as cp949 (Korean Windows)."]
    note = f"{file} is neither UTF-8 nor cp949: it is read as Latin-1, where every byte is a letter. Look whether the letters are right."
    return text.encode(), [note]


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
