"""Where in a text each token stands, so that what a network makes of a token can be shown on the text itself."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from seodang.data.taken_apart import BEFORE_WORD, NOTES_SPACES, plain, word_pattern
from seodang.data.tokens import Tokenizer


@dataclass(frozen=True)
class Span:
    """A token of a text: the characters first to last - 1, and its id, or None where the tokenizer leaves it out."""

    first: int
    last: int
    id: int | None


def spans(tokenizer: Tokenizer, text: str) -> tuple[str, list[Span]]:
    """The text as it is read (composed: NFC, where the tokenizer does so), and its tokens in order.

    The ids that are not None are those of `tokenizer.encode(text)`.

    >>> from seodang.data.tokens import fit
    >>> spans(fit(["To be, or not"], "words"), "Be not")
    ('Be not', [Span(first=0, last=2, id=3), Span(first=3, last=6, id=6)])
    """
    if tokenizer.kind == "bpe":
        return _of_bpe(tokenizer, text)
    if tokenizer.kind == "words":
        text = unicodedata.normalize("NFC", text)
        found = [match.span() for match in word_pattern().finditer(text)]
    elif tokenizer.kind == "notes":
        found = [match.span() for match in re.finditer("[^ ]+", text.translate(NOTES_SPACES))]
    else:
        found = [(place, place + 1) for place in range(len(text))]
    ids = tokenizer._ids
    low = text.lower() if tokenizer.lower else text
    told = []
    for first, last in found:
        # What a letter becomes in lower case may depend on its neighbours; where it becomes two, places differ.
        token = low[first:last] if len(low) == len(text) else text[first:last].lower()
        parts = [token] if tokenizer.kind != "characters" else token  # a letter may be two in lower case
        told += [Span(first, last, ids.get(part, tokenizer.unknown)) for part in parts]
    return text, told


def _of_bpe(tokenizer: Tokenizer, text: str) -> tuple[str, list[Span]]:
    """Pieces of words, and bytes of characters that no piece has: several of those share a place."""
    text, first, begun, told = plain(text, tokenizer.lower), len(tokenizer.specials), 0, []
    for chunk in BEFORE_WORD.split(text):
        found = tokenizer._bpe.encode(chunk)
        told += [
            Span(begun + low, begun + high, first + one)
            for one, (low, high) in zip(found.ids, found.offsets, strict=True)
        ]
        begun += len(chunk)
    return text, told
