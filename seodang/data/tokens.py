"""Texts as whole numbers and back: what one token is, which number it has, learnt from the training texts alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from seodang.core.errors import DataError, did_you_mean
from seodang.core.language import tr
from seodang.data.taken_apart import BEFORE_WORD, apart, parts_of, plain, set_close

if TYPE_CHECKING:
    import tokenizers

Kind = Literal["notes", "words", "bpe", "characters", "pretrained"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LEARNT = tuple(kind for kind in KINDS if kind != "pretrained")  # from the training texts
OF_LIBRARY = ("bpe", "pretrained")  # the kinds whose pieces the `tokenizers` library keeps

# The first ids, where a tokenizer has them; the names cannot come out of a text as one token.
PADDING, UNKNOWN, BEGIN, END = "<padding>", "<unknown>", "<begin>", "<end>"
BYTES = 256  # byte-level BPE begins with every byte, so that no text is foreign to it
SEEN_TWICE = 2  # a pair of pieces seen once is no habit of the language: BPE does not merge it
_BLOCK = 16_384  # texts that are taken apart at once
_MOST_KNOWN = 1_000_000  # chunks of text whose ids are remembered while encoding, about 300 MB


@dataclass(frozen=True)
class Tokenizer:
    """How texts become token ids. Frozen; goes to JSON and back without change (`to_dict`, `from_dict`).

    kind: what one token is.
        notes: Keras 2's `Tokenizer`: lower case, ASCII punctuation (not the apostrophe) becomes spaces, split on spaces.
        words: words and punctuation marks of any script that puts spaces between words, Korean too; NFC first.
        bpe: pieces of words that the training texts repeat, down to single bytes (Sennrich et al., 2016,
            https://arxiv.org/abs/1508.07909; byte-level as in GPT-2): no text is unknown, none is changed.
        characters: Unicode code points. For Chinese, Japanese and Thai take this or bpe.
        pretrained: as a pretrained language model cuts them, by its own tokenizer.json (`from_library`), with the marks it wants at
            both ends.
    specials: names of the first ids: <padding> always, then <unknown>, <begin>, <end> where asked for.
    pieces: the tokens that follow, in the order of their ids; empty for bpe and pretrained, which keep their own in `merges`.
    lower: whether texts are put into lower case first.
    merges: for bpe and pretrained the JSON of the `tokenizers` library, else empty.

    >>> tokenizer = fit(["to be, or not to be"], "notes")
    >>> tokenizer.encode("Be or not?"), tokenizer.size
    ([2, 3, 4], 5)
    >>> tokenizer.decode([1, 2])
    'to be'
    """

    kind: Kind
    specials: tuple[str, ...]
    pieces: tuple[str, ...]
    lower: bool
    merges: str = ""

    @cached_property
    def size(self) -> int:
        """How many ids there are, padding and the other specials included: what an embedding needs."""
        pieces = self._bpe.get_vocab_size() if self.kind in OF_LIBRARY else len(self.pieces)
        return len(self.specials) + pieces

    @property
    def unknown(self) -> int | None:
        """The id of every token that is not in the vocabulary; None: such tokens are left out."""
        return self._special(UNKNOWN)

    @property
    def begin(self) -> int | None:
        """The id that a marked text begins with, or None."""
        return self._special(BEGIN)

    @property
    def end(self) -> int | None:
        """The id that a marked text ends with, or None."""
        return self._special(END)

    def _special(self, name: str) -> int | None:
        return self.specials.index(name) if name in self.specials else None

    def encode(self, text: str, *, marked: bool = False) -> list[int]:
        """The ids of a text, 1 to size - 1; with `marked` between begin and end, where the tokenizer has them."""
        return self.encode_all([text], marked=marked)[0].tolist()

    def encode_all(self, texts: Sequence[str], *, marked: bool = False) -> list[np.ndarray]:
        """The ids of each text, an int64 array (its length,) each. 25,000 IMDB reviews take 3 CPU seconds."""
        before = [self.begin] if marked and self.begin is not None else []
        after = [self.end] if marked and self.end is not None else []
        ids = self._ids_of(texts)
        if not before and not after:
            return [np.asarray(one, np.int64) for one in ids]
        return [np.concatenate([before, one, after]).astype(np.int64) for one in ids]

    def _ids_of(self, texts: Sequence[str]) -> Iterable[Sequence[int] | np.ndarray]:
        if self.kind == "words":
            return self._encode_words(texts)
        if self.kind == "pretrained":
            return self._encode_whole(texts)
        return self._encode_chunks(texts) if self.kind == "bpe" else self._encode_pieces(texts)

    def _encode_pieces(self, texts: Iterable[str]) -> Iterable[list[int]]:
        parts, place, unknown = parts_of(self.kind, self.lower), self._ids, self.unknown
        if unknown is None:
            return ([place[part] for part in parts(text) if part in place] for text in texts)
        return ([place.get(part, unknown) for part in parts(text)] for text in texts)

    def _encode_words(self, texts: Sequence[str]) -> Iterable[np.ndarray]:
        """What stands between spaces is the same tokens everywhere, so it is taken apart once a block."""
        for start in range(0, len(texts), _BLOCK):
            chunks, codes, ends = apart(texts[start : start + _BLOCK])
            tokens = [np.array(one, np.int64) for one in self._encode_pieces(chunks)]
            counts = np.array([len(one) for one in tokens], np.int64)
            flat = np.concatenate(tokens) if tokens else np.zeros(0, np.int64)
            often = counts[codes]
            upto = np.append(0, often.cumsum())
            # Of each chunk its first place among all tokens; then the places after it.
            places = np.repeat((counts.cumsum() - counts)[codes] - upto[:-1], often) + np.arange(upto[-1])
            yield from np.split(flat[places], upto[ends])[:-1]

    def _encode_chunks(self, texts: Sequence[str]) -> Iterable[list[int]]:
        """Bpe: the same, with the space before a word belonging to it."""
        known: dict[str, list[int]] = {}
        for start in range(0, len(texts), _BLOCK):
            known = {} if len(known) > _MOST_KNOWN else known
            block = [BEFORE_WORD.split(plain(text, self.lower)) for text in texts[start : start + _BLOCK]]
            new = [chunk for chunk in dict.fromkeys(chain.from_iterable(block)) if chunk not in known]
            known.update(zip(new, self._bpe_ids(new), strict=True))
            for chunks in block:
                yield [one for chunk in chunks for one in known[chunk]]

    def _encode_whole(self, texts: Sequence[str]) -> Iterable[list[int]]:
        """Pretrained: each text as it is, for its tokenizer puts marks at the ends."""
        for start in range(0, len(texts), _BLOCK):
            block = [plain(text, self.lower) for text in texts[start : start + _BLOCK]]
            for found in self._bpe.encode_batch_fast(block):
                yield [len(self.specials) + one for one in found.ids]

    @cached_property
    def closing(self) -> int:
        """How many marks a pretrained model's tokenizer puts at the end of a text: what a cut must leave there."""
        if self.kind != "pretrained":
            return 0
        marks = self._bpe.encode("a").special_tokens_mask
        return next((place for place, mark in enumerate(reversed(marks)) if not mark), 0)

    def _bpe_ids(self, chunks: list[str]) -> list[list[int]]:
        first = len(self.specials)
        return [[first + one for one in found.ids] for found in self._bpe.encode_batch_fast(chunks)]

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ids: padding and begin are passed over, end ends it, unknown shows as <unknown>.

        bpe and characters give back exactly what was encoded (where `lower` is off); words and notes a readable line:
        notes with single spaces, words with punctuation set close. Ids that are half a character (bpe) show as �.
        """
        known: list[int] = []
        for one in map(int, ids):
            assert 0 <= one < self.size, f"token id {one} is outside 0 to {self.size - 1}"
            if one == self.end:
                break
            if one not in (0, self.begin):
                known.append(one)
        if self.kind == "pretrained":
            return self._bpe.decode([one - len(self.specials) for one in known])
        if self.kind == "bpe":
            return self._decode_bpe(known)
        tokens = [self.token(one) for one in known]
        if self.kind == "words":
            return set_close(tokens)
        return ("" if self.kind == "characters" else " ").join(tokens)

    def _decode_bpe(self, ids: list[int]) -> str:
        first, parts, run = len(self.specials), [], []
        for one in [*ids, None]:
            if one is not None and one >= first:
                run.append(one - first)
                continue
            parts.append(self._bpe.decode(run, skip_special_tokens=False))
            parts.append("" if one is None else self.specials[one])
            run = []
        return "".join(parts)

    def token(self, one: int) -> str:
        """A single id as a person would read it: a word, a piece of one, a character, or a special's name."""
        if one < len(self.specials):
            return self.specials[one]
        if self.kind == "pretrained":
            return self._bpe.id_to_token(one - len(self.specials)) or ""
        if self.kind == "bpe":
            return self._bpe.decode([one - len(self.specials)], skip_special_tokens=False)
        return self.pieces[one - len(self.specials)]

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {piece: one for one, piece in enumerate(self.pieces, len(self.specials))}

    @cached_property
    def _bpe(self) -> tokenizers.Tokenizer:
        import tokenizers

        return tokenizers.Tokenizer.from_str(self.merges)

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON can hold it."""
        return {
            "kind": self.kind,
            "specials": list(self.specials),
            "pieces": list(self.pieces),
            "lower": self.lower,
            "bpe": json.loads(self.merges) if self.merges else None,
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Tokenizer:
        """The tokenizer that `to_dict` wrote. Content that it cannot have written raises DataError."""
        try:
            bpe = content["bpe"]
            merges = "" if bpe is None else json.dumps(bpe, ensure_ascii=False)
            specials, pieces = tuple(content["specials"]), tuple(content["pieces"])
            made = cls(content["kind"], specials, pieces, bool(content["lower"]), merges)
        except (KeyError, TypeError) as error:
            raise DataError(
                tr("This is no saved tokenizer ({error}). Take it from the run's folder as it was.", error=error)
            ) from None
        strings = all(isinstance(one, str) for one in (*made.specials, *made.pieces))
        if (
            made.kind not in KINDS
            or not strings
            or made.specials[:1] != (PADDING,)
            or (made.kind in OF_LIBRARY) != bool(bpe)
        ):
            raise DataError(tr("This is no saved tokenizer. Take it from the run's folder as it was."))
        if made.kind in OF_LIBRARY:
            try:
                _ = made._bpe
            except Exception as error:  # the library raises nothing narrower
                raise DataError(
                    tr("The merges of this saved tokenizer cannot be read ({error}).", error=str(error)[:120])
                ) from None
        return made


def from_library(content: str) -> Tokenizer:
    """The tokenizer of a pretrained model from the content of its tokenizer.json; content that is none raises DataError.

    Its ids are the library's plus one, because 0 is padding here. Texts are neither cut nor padded by it.
    """
    import tokenizers

    try:
        library = tokenizers.Tokenizer.from_str(content)
    except Exception as error:  # the library raises nothing narrower
        raise DataError(tr("This is no tokenizer.json that can be read ({error}).", error=str(error)[:120])) from None
    library.no_truncation()
    library.no_padding()
    merges = json.dumps(json.loads(library.to_str()), ensure_ascii=False)  # as from_dict writes it
    return Tokenizer("pretrained", (PADDING,), (), False, merges)


def fit(
    texts: Iterable[str],
    kind: Kind,
    vocabulary: int | None = None,
    *,
    lower: bool | None = None,
    unknown: bool | None = None,
    marks: bool = False,
) -> Tokenizer:
    """A tokenizer whose vocabulary is learnt from these texts: give it the training split only.

    Tokens are numbered by how often they occur, the commonest first, ties in order of first appearance (bpe: bytes, then
    merges in the order they were made, which does not depend on the run).

    Args:
        kind: What one token is; see Tokenizer.
        vocabulary: How many ids at most, padding and specials included (Keras's num_words). None: every token, for bpe 8,192.
        lower: Put texts into lower case. None: for notes and words yes, for bpe and characters no.
        unknown: Give rare and new tokens an id of their own; without it they are left out, as Keras does. None: for words
            and characters yes, for notes and bpe no.
        marks: Have ids for begin and end, which translation and generation need.

    Raises:
        DataError: The kind is not one of these, the vocabulary has no room, or the texts hold no token.
    """
    if kind == "pretrained":
        raise DataError(tr("Tokens of a pretrained language model are not learnt. Take the recipe text-finetune."))
    if kind not in KINDS:
        raise DataError(tr("{kind!r} is no kind of token. {hint}", kind=kind, hint=did_you_mean(str(kind), KINDS)))
    lower = kind in ("notes", "words") if lower is None else lower
    unknown = kind in ("words", "characters") if unknown is None else unknown
    specials = (PADDING, *([UNKNOWN] if unknown else []), *([BEGIN, END] if marks else []))
    if kind == "bpe":
        return Tokenizer(kind, specials, (), lower, _merges(texts, vocabulary or 8192, specials, lower))
    if vocabulary is not None and vocabulary <= len(specials):
        raise DataError(
            tr(
                "A vocabulary of {vocabulary:,} has no room for words: {specials} take {count}. Give at least {least}.",
                vocabulary=vocabulary,
                specials=", ".join(specials),
                count=len(specials),
                least=len(specials) + 1,
            )
        )
    counts = _counted(texts, kind, lower)
    if not counts:
        raise DataError(tr("The training texts hold no token: all of them are empty. Give texts with words in them."))
    ranked = sorted(counts, key=counts.__getitem__, reverse=True)  # stable: ties stay in order of first appearance
    most = None if vocabulary is None else vocabulary - len(specials)
    return Tokenizer(kind, specials, tuple(ranked[:most]), lower)


def _merges(texts: Iterable[str], vocabulary: int, specials: tuple[str, ...], lower: bool) -> str:
    """Byte-level BPE learnt by the `tokenizers` library, as its JSON. Specials stand before its ids, so it knows of none."""
    from tokenizers import Tokenizer as Library
    from tokenizers import decoders, models, pre_tokenizers, trainers

    least = BYTES + len(specials)
    if vocabulary < least:
        raise DataError(
            tr(
                "A vocabulary of {vocabulary:,} is too small for bpe: every byte and {specials} need {least}.",
                vocabulary=vocabulary,
                specials=", ".join(specials),
                least=least,
            )
        )
    library = Library(models.BPE())
    library.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # pyright: ignore[reportAttributeAccessIssue]
    library.decoder = decoders.ByteLevel()  # pyright: ignore[reportAttributeAccessIssue]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary - len(specials),
        min_frequency=SEEN_TWICE,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    library.train_from_iterator((plain(text, lower) for text in texts), trainer)
    return json.dumps(json.loads(library.to_str()), ensure_ascii=False)  # as from_dict writes it


def _counted(texts: Iterable[str], kind: Kind, lower: bool) -> Counter[str]:
    """How often each token occurs, in order of first appearance."""
    parts, counts = parts_of(kind, lower), Counter[str]()
    if kind != "words":
        for text in texts:
            counts.update(parts(text))
        return counts
    texts = list(texts)
    for start in range(0, len(texts), _BLOCK):
        chunks, codes, _ = apart(texts[start : start + _BLOCK])
        for chunk, times in zip(chunks, np.bincount(codes, minlength=len(chunks)).tolist(), strict=True):
            for part in parts(chunk):
                counts[part] += times
    return counts
