"""Translate with a network that has learnt to: sentence by sentence, and BLEU beside what a person wrote."""

# B sentences at once · K kept by the beam · V words
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from seodang.core.errors import RecipeError, RunError, SeodangError
from seodang.core.language import tr
from seodang.data.encode_text import TextEncoding, padded, texts_of
from seodang.data.encoded import Encoded
from seodang.data.scripts import are_piecewise
from seodang.models.translator import chosen
from seodang.runs.folder import Run, load

if TYPE_CHECKING:
    from seodang.evaluation.row_examples import JudgedRows

AT_ONCE = 64
SHOWN = 16
MOST_JUDGED = 2_000  # sentences that BLEU is measured on, drawn with a fixed seed where there are more
SLACK = 10  # a translation ends after twice as many tokens as were read, and so many more, where no end mark comes
RESAMPLES = 300  # of the sentences, for the interval of BLEU
ATTENTION_LENGTHS = (5, 14)  # tokens read in the sentence whose attention is drawn


def translate(run: Run | str | Path, sentences: Sequence[str], *, beam: int = 1) -> list[str]:
    """A translation of each sentence; of an empty one the empty text.

    Args:
        beam: 1: always the most probable next word. More: so many translations are kept at every word, and the one with the best
            mean log-probability a word is given, which is never worse than that of beam 1.

    Raises:
        RunError: The run does not translate.   SeodangError: beam is below 1.
    """
    run = run if isinstance(run, Run) else load(run)
    encoding = reader(run)
    if beam < 1:
        raise SeodangError(tr("beam must be 1 or more, got {beam}.", beam=beam))
    assert encoding.written is not None, "a translation writes"
    read = encoding.encode(sentences)
    told = [""] * len(sentences)
    order = [place for place in sorted(range(len(read)), key=lambda place: len(read[place])) if len(read[place])]
    with torch.inference_mode():
        for begun in range(0, len(order), AT_ONCE):
            places = order[begun : begun + AT_ONCE]
            kept = _greedy(run, [read[place] for place in places])
            if beam > 1:
                kept = [_beam(run, read[place], beam, one) for place, one in zip(places, kept, strict=True)]
            for place, one in zip(places, kept, strict=True):
                told[place] = encoding.written.decode(one.ids).replace("\ufffd", "").strip()
    return told


def reader(run: Run) -> TextEncoding:
    """The encoding of a run that translates; RunError of any other."""
    encoding = run.encoding
    if run.recipe.task != "translate" or not isinstance(encoding, TextEncoding):
        raise RunError(
            tr(
                "{run} does not translate: its task is {task}. Train one that does: `seodang train PAIRS translator`.",
                run=run.name,
                task=run.recipe.task,
            )
        )
    return encoding


@dataclass(frozen=True)
class Written:
    """A translation: its token ids without the marks, the sum of their log-probabilities (the end mark's too), and how many."""

    ids: tuple[int, ...]
    total: float
    tokens: int

    @property
    def mean(self) -> float:
        """Mean log-probability a token, 0 (certain) or less."""
        return self.total / max(1, self.tokens)


def _longest(read: np.ndarray) -> int:
    return 2 * len(read) + SLACK


def _log_probabilities(run: Run, scores: Tensor) -> Tensor:
    """(B, V), padding, the begin mark and unknown being impossible."""
    written = reader(run).written
    assert written is not None, "a translation writes"
    never = [each for each in (0, written.begin, written.unknown) if each is not None]
    return scores.index_fill(1, torch.tensor(never), -torch.inf).log_softmax(dim=-1)


def _greedy(run: Run, read: list[np.ndarray]) -> list[Written]:
    """The most probable next word, again and again, for sentences of any length at once."""
    network, written = _network(run), reader(run).written
    assert written is not None, "a translation writes"
    memory, state = network.encode(padded(read, None, "end")), None
    words = torch.full((len(read),), written.begin or 0, dtype=torch.int64)
    found, done = [Written((), 0.0, 0) for _ in read], [False] * len(read)
    for _ in range(max(map(_longest, read))):
        scores, state = network.step(words, memory, state)
        values, words = _log_probabilities(run, scores).max(dim=-1)
        for place, (value, word) in enumerate(zip(values.tolist(), words.tolist(), strict=True)):
            if done[place]:
                continue
            one = found[place]
            ids = one.ids if word == written.end else (*one.ids, word)
            found[place] = Written(ids, one.total + value, one.tokens + 1)
            done[place] = word == written.end or len(ids) >= _longest(read[place])
        if all(done):
            break
    return found


def _beam(run: Run, read: np.ndarray, width: int, greedy: Written) -> Written:
    """The best by mean log-probability of what `width` kept texts lead to, and of the greedy one."""
    network, written = _network(run), reader(run).written
    assert written is not None, "a translation writes"
    memory, state = network.encode(padded([read], None, "end")), None
    alive, finished = [Written((), 0.0, 0)], [greedy]
    words = torch.tensor([written.begin or 0])
    for _ in range(_longest(read)):
        scores, state = network.step(words, chosen(memory, torch.zeros(len(alive), dtype=torch.int64)), state)
        values, ids = _log_probabilities(run, scores).topk(min(2 * width, scores.shape[1]), dim=-1)
        grown = [
            (one.total + value, place, word)
            for place, one in enumerate(alive)
            for value, word in zip(values[place].tolist(), ids[place].tolist(), strict=True)
        ]
        grown.sort(key=lambda each: -each[0])
        finished += [
            Written(alive[place].ids, total, alive[place].tokens + 1)
            for total, place, word in grown[:width]
            if word == written.end
        ]
        going = [each for each in grown if each[2] != written.end][:width]
        if len(finished) > width or not going:
            break
        alive = [Written((*alive[place].ids, word), total, alive[place].tokens + 1) for total, place, word in going]
        rows = torch.tensor([place for _, place, _ in going])
        state, words = chosen(state, rows), torch.tensor([word for _, _, word in going])
    return max(finished, key=lambda one: one.mean)


def _network(run: Run) -> Any:
    return list(run.network().children())[-1]


# For the report ---------------------------------------------------------------------------------------------------------


def translated(run: Run, judged: JudgedRows, own: Encoded | None) -> dict[str, Any]:
    """What a report says of a translator beside its perplexity.

    translations: [{source, written, wanted}], drawn, not chosen.   attention: {read, written, weights} of one of them, or None.
    metrics: {bleu} and intervals: {bleu: [low, high]}, where sacrebleu is installed.   notes: sentences.
    memory: {bleu, interval} of taking over the translation of the most similar training sentence.
    """
    encoding = reader(run)
    assert encoding.target is not None, "a translation has two columns"
    order = np.random.default_rng(0).permutation(len(judged.rows))[:MOST_JUDGED]
    frame = judged.frame.select(judged.rows[order])
    sources, wanted = texts_of(frame, encoding.text), texts_of(frame, encoding.target)
    written = translate(run, sources)
    rows = [
        {"source": source, "written": text, "wanted": true}
        for source, text, true in zip(sources[:SHOWN], written, wanted, strict=False)
    ]
    found: dict[str, Any] = {"translations": rows, "attention": attention(run, sources), "notes": []}
    score = bleu(written, wanted)
    if score is None:
        return {**found, "metrics": {}, "intervals": {}, "notes": [no_bleu()]}
    if own is not None:
        found["memory"], note = _beside_nearest(encoding, own, sources, wanted, score["bleu"])
        found["notes"].append(note)
    return {**found, "metrics": {"bleu": score["bleu"]}, "intervals": {"bleu": score["interval"]}}


def no_bleu() -> str:
    """What to say where BLEU cannot be measured."""
    return tr("BLEU needs sacrebleu, which is not installed: `pip install 'seodang[text]'`.")


def bleu(written: Sequence[str], wanted: Sequence[str]) -> dict[str, Any] | None:
    """BLEU of translations beside one person's: 0 to 100, with a 95 % interval by drawing sentences anew. None without sacrebleu.

    Papineni et al., 2002, as Post, 2018, has settled it (https://aclanthology.org/W18-6319/): words and marks as its tokenizer
    "13a" parts them; single characters where the language hardly has words between spaces (Korean, Japanese, Chinese, Thai).
    """
    try:
        from sacrebleu.metrics.bleu import BLEU
    except ImportError:
        return None
    metric = BLEU(tokenize="char" if are_piecewise(wanted) else "13a")
    score: Any = metric.corpus_score(list(written), [list(wanted)], n_bootstrap=RESAMPLES)
    bounds = [max(0.0, score._mean - score._ci), min(100.0, score._mean + score._ci)]
    return {"bleu": round(float(score.score), 4), "interval": [round(float(bound), 4) for bound in bounds]}


def _beside_nearest(
    encoding: TextEncoding, own: Encoded, sources: Sequence[str], wanted: Sequence[str], score: float
) -> tuple[dict[str, Any], str]:
    """What taking over the translation of the most similar training sentence would have, and a sentence on it."""
    assert encoding.target is not None, "a translation has two columns"
    known = own.source.select(own.division.train)
    taken = nearest(texts_of(known, encoding.text), texts_of(known, encoding.target), sources)
    other = bleu(taken, wanted)
    assert other is not None, "sacrebleu is there: the network's own was measured"
    if score > other["bleu"]:
        return other, tr(
            "Better than taking over the translation of the most similar training sentence: BLEU {bleu:.1f}.",
            bleu=other["bleu"],
        )
    return other, tr(
        "WORSE than taking over the translation of the most similar training sentence: BLEU {bleu:.1f}.",
        bleu=other["bleu"],
    )


def nearest(sources: Sequence[str], targets: Sequence[str], asked: Sequence[str]) -> list[str]:
    """The translation of the most similar known sentence for each asked one, by the pieces of words that they share.

    >>> nearest(["a dog runs", "two men"], ["ein Hund läuft", "zwei Männer"], ["the dog runs"])
    ['ein Hund läuft']
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
    there: Any = vectorizer.fit_transform(sources)
    found = []
    for begun in range(0, len(asked), 256):
        likeness: Any = vectorizer.transform(asked[begun : begun + 256]) @ there.T
        found += [targets[place] for place in np.asarray(likeness.argmax(axis=1)).ravel()]
    return found


def attention(run: Run, sentences: Sequence[str]) -> dict[str, Any] | None:
    """Where the network looked while it translated the first sentence of a handy length; None where it has no attention.

    read, written: the tokens.   weights: written × read, each row sums to 1.
    """
    encoding = reader(run)
    assert encoding.written is not None, "a translation writes"
    read = encoding.encode(sentences)
    fit = [each for each in read if ATTENTION_LENGTHS[0] <= len(each) <= ATTENTION_LENGTHS[1]]
    ids = next(iter(fit or [each for each in read if len(each)]), None)
    if ids is None:
        return None
    with torch.inference_mode():
        (written,) = _greedy(run, [ids])
        wrote = np.array([encoding.written.begin, *written.ids], np.int64)
        wide = max(len(ids), len(wrote))
        pair = torch.stack([padded([ids], wide, "end"), padded([wrote], wide, "end")], 1)
        try:
            weights = _network(run).attention(pair)[0, : len(wrote), : len(ids)]
        except RecipeError:
            return None
    ends = written.tokens > len(written.ids)
    return {
        "read": [encoding.tokenizer.token(int(each)).strip() for each in ids],
        "written": [encoding.written.token(each).strip() for each in written.ids] + ([tr("(end)")] if ends else []),
        "weights": [[round(float(each), 4) for each in row] for row in weights[: written.tokens]],
    }
