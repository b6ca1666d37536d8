"""Texts taken apart: into chunks between spaces, into words and marks; and words put together again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

# What Keras 2's Tokenizer turns into spaces. Not the apostrophe, not "’", not the carriage return.
NOTES_SPACES = str.maketrans(dict.fromkeys('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n', " "))
# Byte-level BPE never joins over a space that a word follows: it belongs to the word (GPT-2's pattern). A test holds it.
BEFORE_WORD = re.compile(r"(?= \S)")
# Symbols beyond the Basic Multilingual Plane; the few other marks there count as letters, which keeps the pattern fast.
_EMOJI = (0x1F000, 0x1FAFF)
_OPENING = frozenset("([{“‘«‹¿¡$£€₩#@")
_CLOSING = frozenset(".,!?;:)]}”’»›%…。，、！？")


def plain(text: str, lower: bool) -> str:
    """A text that the BPE library takes: half characters (lone surrogates), which no file holds, become question marks."""
    text = text.lower() if lower else text
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def apart(texts: Sequence[str]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Texts taken apart at white space: the different chunks, in order of first appearance; (M,) which stands where, text after
    text; and (N,) where each text ends.

    >>> chunks, codes, ends = apart(["a b a", "", "b"])
    >>> chunks, codes.tolist(), ends.tolist()
    (['a', 'b'], [0, 1, 0, 1], [3, 3, 4])
    """
    import pyarrow as pa
    import pyarrow.compute

    try:
        strings = pa.array(texts, pa.large_string())
    except UnicodeEncodeError:  # half characters, which no file holds
        return _apart_slowly(texts)
    split: Any = pyarrow.compute
    parts: Any = split.utf8_split_whitespace(split.utf8_trim_whitespace(strings))
    found = parts.flatten().dictionary_encode()
    chunks, codes = found.dictionary.to_pylist(), found.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    offsets = parts.offsets.to_numpy(zero_copy_only=False)
    ends = (offsets - offsets[0])[1:].astype(np.int64)
    if "" not in chunks:
        return chunks, codes, ends
    return _without(chunks.index(""), chunks, codes, ends)


def _apart_slowly(texts: Sequence[str]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """`apart` of texts that Arrow does not take."""
    numbers: dict[str, int] = {}
    split = [text.split() for text in texts]
    codes = [numbers.setdefault(chunk, len(numbers)) for chunks in split for chunk in chunks]
    return list(numbers), np.array(codes, np.int64), np.cumsum([len(chunks) for chunks in split], dtype=np.int64)


def _without(
    nothing: int, chunks: list[str], codes: np.ndarray, ends: np.ndarray
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The same without the empty chunk, which an empty text has."""
    stay = codes != nothing
    upto = np.append(0, stay.cumsum())
    kept = codes[stay]
    return [chunk for chunk in chunks if chunk], kept - (kept > nothing), upto[ends]


def parts_of(kind: str, lower: bool) -> Callable[[str], Sequence[str]]:
    """The function that takes a text, or a chunk of it, apart into tokens."""
    if kind == "notes":
        return (lambda text: _notes(text.lower())) if lower else _notes
    if kind == "characters":
        return (lambda text: text.lower()) if lower else (lambda text: text)
    pattern = word_pattern()
    if lower:
        return lambda text: pattern.findall(unicodedata.normalize("NFC", text).lower())
    return lambda text: pattern.findall(unicodedata.normalize("NFC", text))


def _notes(text: str) -> list[str]:
    """As Keras 2: only spaces part words, so a no-break space or a carriage return stays inside one."""
    return [word for word in text.translate(NOTES_SPACES).split(" ") if word]


@cache
def word_pattern() -> re.Pattern[str]:
    """A number with its points and commas, a word with its apostrophes, or one punctuation mark or symbol of any script.

    A word is what is neither space nor punctuation, so that the vowel signs of Hindi, which are no letters, stay in it.
    """
    ranges: list[list[int]] = [list(_EMOJI)]
    for code in range(0x10000):
        if unicodedata.category(chr(code))[0] in "PS":
            if ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    marks = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
    return re.compile(rf"\d+(?:[.,]\d+)+|[^\s{marks}]+(?:['’][^\s{marks}]+)*|[{marks}]")


def set_close(tokens: list[str]) -> str:
    """Words with a space between them, none before a full stop or after a bracket that opens.

    >>> set_close(["no", ",", "(", "really", ")", "!"])
    'no, (really)!'
    """
    text = ""
    for token in tokens:
        close = not text or token in _CLOSING or text[-1] in _OPENING
        text += token if close else f" {token}"
    return text
