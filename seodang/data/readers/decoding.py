"""Bytes of a document as text: which encoding it is in, or why it is no text."""

from __future__ import annotations

import codecs
import re
import unicodedata

from seodang.core.sentences import said, saidn
from seodang.data.kinds import kind_of

# Byte order marks, the longer ones first: UTF-32's begins with UTF-16's.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = {
    b"%PDF": said("a PDF document, not plain text"),
    b"PK\x03\x04": said("a ZIP archive, not plain text"),
    b"{\\rtf": said("an RTF document, not plain text"),
}
# Bytes that text does not have: all below the space but tab, line ends, form feed and escape.
_CONTROL = bytes({*range(32), 127} - {*b"\t\n\r\f\x1a\x1b"})
MOST_CONTROL = 0.01  # of all bytes: a stray one in a long document is a mistake of its writer, not another format
# Hangul as KS X 1001 writes it, two high bytes a syllable. cp949's further syllables (똠, 펲) are rare in Korean, but their
# bytes, a high one and an ASCII letter, are common in French and German.
_HANGUL = re.compile(rb"[\xa4\xb0-\xc8][\xa1-\xfe]")  # a4: single letters, ㅋㅋ
_HIGH = re.compile(rb"[\x80-\xff]")
LEAST_HANGUL = 0.8  # of the bytes that are no ASCII
READABLE_AS = {
    "cp949": said("cp949 (Korean)"),
    "cp1252": said("cp1252 (Western European)"),
    "latin-1": said("latin-1 (Western European)"),
}


def decoded(content: bytes) -> tuple[str | None, str]:
    """The text with "\\n" at the end of its lines and its encoding; or None and why it is no text, in a clause.

    A byte order mark decides, else `encoding_of`. An empty document is the empty text.

    >>> decoded(b"caf\\xe9\\r\\n"), decoded("영화".encode("cp949")), decoded(b"\\0\\1")
    (('café\\n', 'cp1252'), ('영화', 'cp949'), (None, 'binary, not text'))
    """
    for mark, encoding in MARKS:
        if content.startswith(mark):
            try:
                return _plain_ends(content[len(mark) :].decode(encoding)), encoding
            except UnicodeDecodeError:
                if encoding != "utf-8":
                    return None, said("begins as {encoding}, but is damaged", encoding=encoding[:-3].upper())
                content = content[len(mark) :]
    encoding = encoding_of(content)
    if not encoding.startswith("utf-16") and (reason := _no_text(content)):
        return None, reason
    return _plain_ends(content.decode(encoding)), encoding


def encoding_of(content: bytes) -> str:
    """How text without a byte order mark is encoded: UTF-16 where every second byte is zero, UTF-8 where it is valid, cp949 where the
    bytes beyond ASCII are Hangul, else cp1252, and Latin-1 where even that has no letter for a byte.

    >>> [encoding_of(text) for text in (b"a", "영화".encode("cp949"), "Zoë".encode("cp1252"), "a,b".encode("utf-16-le") * 3)]
    ['utf-8', 'cp949', 'cp1252', 'utf-16-le']
    """
    encodings = ["utf-8", *(["cp949"] if _is_korean(content) else []), "cp1252"]
    for encoding in [*_utf16_without_mark(content[:4096]), *encodings]:
        try:
            content.decode(encoding)
            return encoding
        except UnicodeDecodeError:
            continue
    return "latin-1"


def _utf16_without_mark(head: bytes) -> list[str]:
    """UTF-16 by its zero bytes: every second one, as in text that is mostly ASCII."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half < 4 or max(even, odd) < 0.4 * half or min(even, odd) > 0.05 * half:
        return []
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    text = head[: half * 2].decode(encoding, "replace")
    control = sum(ord(letter) in _CONTROL for letter in text if ord(letter) < 128 and letter != "\0")
    return [encoding] if control <= MOST_CONTROL * len(text) else []


def _no_text(content: bytes) -> str:
    if kind_of(content[:32]):
        return said("a picture, not text")
    for magic, name in _MAGIC.items():
        if content.startswith(magic):
            return name
    if content.startswith(b"version https://git-lfs"):
        return said("a Git LFS pointer, not the text itself (`git lfs pull` fetches it)")
    control = len(content) - len(content.translate(None, _CONTROL))
    if b"\0" in content or control > MOST_CONTROL * len(content):
        return said("binary, not text")
    return ""


def _is_korean(content: bytes) -> bool:
    high = len(_HIGH.findall(content))
    return bool(high) and 2 * len(_HANGUL.findall(content)) >= LEAST_HANGUL * high


def _plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def read_as(encodings: list[str]) -> list[str]:
    """What to say of documents that are not UTF-8, a sentence for each encoding: the reader should look whether it is right.

    >>> read_as(["utf-8", "cp949", "cp949"])
    ['2 of 3 files are not UTF-8 and are read as cp949 (Korean).']
    """
    notes = []
    for encoding in dict.fromkeys(encodings):
        if encoding != "utf-8":
            number = encodings.count(encoding)
            words = READABLE_AS.get(encoding, encoding)
            if len(encodings) == 1:
                notes.append(said("1 file is not UTF-8 and is read as {encoding}.", encoding=words))
                continue
            notes.append(
                saidn(
                    "{count:,} of {files:,} files is not UTF-8 and is read as {encoding}.",
                    "{count:,} of {files:,} files are not UTF-8 and are read as {encoding}.",
                    number,
                    files=len(encodings),
                    encoding=words,
                )
            )
    return notes


def printable(name: str) -> str:
    """A file's name as text that can be printed and saved, where the system's bytes are no UTF-8, or line ends, too.

    >>> printable("caf\\udce9/a\\nb.png")
    'caf\\\\xe9/a\\\\nb.png'
    """
    name = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    if name.isprintable():
        return name
    return "".join(ascii(one)[1:-1] if unicodedata.category(one) == "Cc" else one for one in name)
