"""Which words of a text pushed the answer, shown on the text itself."""

# L tokens
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from seodang.core.language import tr
from seodang.data.spans import Span, spans
from seodang.explanations.example import Example
from seodang.explanations.explanation import Bar, Bars, DoesNotApply, Explanation, Marked
from seodang.explanations.layers_of import model_of
from seodang.explanations.scores import integrated_gradients, score_of, without_gradient
from seodang.models.ngrams import gram_ids
from seodang.runs.folder import Run

# Places of the integral, more where the parts do not add up to within so much of the whole.
STEPS, CLOSE = (16, 128), 0.03
ALIKE = 1e-3  # of a score: float32 and the order of its sums
QUICK = 50_000_000  # tokens times weights: larger networks would take long
MOST_LISTED = 8  # words for, and as many against
LONGEST = 6_000  # characters of the text that are shown

# Of a text (1, L): what each token adds (L,), what all add together, and a sentence on how.
Parts = tuple[np.ndarray, float, str]


def words(run: Run, example: Example, *, layer: str | None = None) -> Explanation:
    """Which words pushed the answer: exact for n-grams, integrated gradients of word vectors, or one word left out."""
    if example.kind != "text" or example.given is None:
        raise DoesNotApply(tr("it looks at one text"))
    parts, total, how = parts_of(run, example.given, example.target)
    text, found = spans(run.encoding.tokenizer, example.text)
    weights = _on_the_text(run, found, example.given, parts)
    most = max((abs(weight) for _, weight in weights), default=0.0) or 1.0
    listed = _listed(text, weights)
    if run.recipe.task == "next_token":
        said = tr("{token!r} as the next word", token=run.encoding.tokenizer.token(example.target))
    else:
        said = repr(run.classes[example.target]) if run.classes else str(run.encoding.target)
    unit = tr("Evidence is log-odds: 0 is as likely as not, +3 is 95 %.") if run.classes else ""
    read = len(weights)
    cut = (
        tr("The network reads {read:,} of its {count:,} tokens; the rest is grey.", read=read, count=len(found))
        if read < len(found)
        else ""
    )
    red = tr("Red pushes towards {said}, blue away from it, the stronger the more.", said=said)
    sentences = (
        f"{red} {cut}".strip(),
        f"{how} {unit}".strip(),
    )
    bars = tuple(Bar(word, weight / max(abs(w) for _, w in listed), f"{weight:+.2f}") for word, weight in listed)
    shown = Bars((tr("word"), tr("pushes the answer"), ""), bars)
    numbers = {
        "sum": round(total, 6),
        "tokens": [[text[span.first : span.last], round(weight, 6)] for span, weight in weights],
        "words": [[word, round(weight, 6)] for word, weight in listed],
    }
    marked = Marked(_pieces(text[:LONGEST], weights, most), "" if len(text) <= LONGEST else tr("The text goes on."))
    return Explanation(tr("Which words pushed the answer"), "answer", sentences, numbers, (marked, shown))


def parts_of(run: Run, given: Tensor, target: int) -> Parts:
    """What each place of a text (1, L) adds to the score of `target`."""
    model: Any = model_of(run)
    if hasattr(model, "grams") and hasattr(model, "orders"):
        return _of_ngrams(run, model, given, target)
    embedding = next((each for each in model.modules() if isinstance(each, nn.Embedding)), None)
    if embedding is not None and _is_all_it_reads(run, embedding, given, target):
        return _by_vectors(run, embedding, given, target)
    return _left_out(run, given, target)


def _of_ngrams(run: Run, model: Any, given: Tensor, target: int) -> Parts:
    """A linear model is its own explanation: each word and run of words has a weight, and the score is their sum."""
    with torch.inference_mode():
        weight, bias = model.grams.ratios * model.grams.weight, model.grams.bias
        pick = _contrast(run, model, target, weight.shape[1])
        tokens = given[0]
        grams = gram_ids(given, model.orders, model.buckets)[0]
        features = torch.cat([tokens, grams + (model.vocabulary - 1) * (grams != 0)]).numpy()
        covers = _places(len(tokens), model.orders)
        real = features != 0
        numbers, inverse, often = np.unique(features[real], return_inverse=True, return_counts=True)
        each = ((weight[torch.from_numpy(numbers)] @ pick).double().numpy() / often)[inverse]
        parts = np.zeros(len(tokens))
        for (first, length), part in zip(covers[real], each, strict=True):
            parts[first : first + length] += part / length
        if model.words is not None:
            vectors = model.head.weight.T @ pick
            there = tokens != 0
            parts += ((model.words.weight[tokens] @ vectors) * there / there.sum()).double().numpy()
            bias = bias + model.head.bias
        constant = float(bias @ pick)
    told = {"orders": model.orders, "sum": parts.sum(), "constant": constant}
    how = {
        "characters": tr(
            "The network is a sum: every character and every run of up to {orders} has a weight. A run's weight is shared by "
            "its characters. They add up to {sum:+.2f}; with the constant {constant:+.2f} that is the whole evidence. This is "
            "exact.",
            **told,
        ),
        "bpe": tr(
            "The network is a sum: every piece and every run of up to {orders} has a weight. A run's weight is shared by its "
            "pieces. They add up to {sum:+.2f}; with the constant {constant:+.2f} that is the whole evidence. This is exact.",
            **told,
        ),
    }.get(
        run.encoding.tokenizer.kind,
        tr(
            "The network is a sum: every word and every run of up to {orders} has a weight. A run's weight is shared by its "
            "words. They add up to {sum:+.2f}; with the constant {constant:+.2f} that is the whole evidence. This is exact.",
            **told,
        ),
    )
    return parts, float(parts.sum()) + constant, how


def _contrast(run: Run, model: Any, target: int, columns: int) -> Tensor:
    """How the columns of weights make the score of a class: for two classes one column is the log-odds; for more, the class
    against the mean of the others; of an amount the amount itself."""
    if not run.classes:
        (scale,) = run.facts.scale or (1.0,)
        return torch.tensor([scale])
    if columns == 1:
        return torch.tensor([1.0 if target == 1 else -1.0])
    pick = torch.full((columns,), -1 / (columns - 1))
    pick[target] = 1.0
    return pick


def _places(length: int, orders: int) -> np.ndarray:
    """First token and number of tokens of every feature, in the order of `gram_ids`: words, pairs, …"""
    return np.array(
        [(first, order) for order in range(1, max(1, min(orders, length)) + 1) for first in range(length - order + 1)]
    )


def _by_vectors(run: Run, embedding: nn.Embedding, given: Tensor, target: int) -> Parts:
    """Integrated gradients of the word vectors, from those of as many unknown words (else of padding) to those of the text."""
    unknown = run.encoding.tokenizer.unknown
    with torch.inference_mode():
        vectors, start = embedding(given), embedding(torch.full_like(given, unknown or 0))
    vectors, start = vectors.clone(), start.clone()
    score, network = score_of(run, target), _with_vectors(embedding)

    def of_vectors(some: Tensor) -> Tensor:
        with network(some):
            return score(given.expand(len(some), *given.shape[1:]))

    before, after = (float(value) for value in without_gradient(of_vectors, torch.cat([start, vectors])))
    parts = np.zeros(given.shape[1])
    size = given.shape[1] * sum(each.numel() for each in run.network().parameters())
    for steps in STEPS if size <= QUICK else STEPS[:1]:
        parts = integrated_gradients(of_vectors, vectors, start, steps, at_once=8)[0].sum(-1).double().numpy()
        if abs(parts.sum() - (after - before)) <= CLOSE * abs(after - before):
            break
    told = {"before": before, "after": after, "sum": parts.sum(), "whole": after - before}
    how = (
        tr(
            "From a text of unknown words to this one the evidence goes from {before:+.2f} to {after:+.2f}; the words "
            "together add up to {sum:+.2f} of that {whole:+.2f} (integrated gradients).",
            **told,
        )
        if unknown
        else tr(
            "From a text of padding to this one the evidence goes from {before:+.2f} to {after:+.2f}; the words together add "
            "up to {sum:+.2f} of that {whole:+.2f} (integrated gradients).",
            **told,
        )
    )
    return parts, float(parts.sum()), how


def _is_all_it_reads(run: Run, embedding: nn.Embedding, given: Tensor, target: int) -> bool:
    """Whether a text says to the network what its word vectors say, and nothing by another way (such as counted pairs)."""
    score, other = score_of(run, target), given.clamp_max(1)
    with torch.inference_mode():
        vectors = embedding(other)
        wanted = float(score(other))
        with _with_vectors(embedding)(vectors):
            return abs(float(score(given)) - wanted) <= ALIKE * (1 + abs(wanted))


def _with_vectors(embedding: nn.Embedding) -> Callable[[Tensor], Any]:
    """`with replaced(vectors):` the embedding gives these, whatever it is asked for."""
    import contextlib

    @contextlib.contextmanager
    def replaced(vectors: Tensor):
        hook = embedding.register_forward_hook(lambda module, given, output: vectors)
        try:
            yield
        finally:
            hook.remove()

    return replaced


def _left_out(run: Run, given: Tensor, target: int) -> Parts:
    """What is lost of the score when a token is not there."""
    score = score_of(run, target)
    without = given.repeat(given.shape[1], 1)
    without.fill_diagonal_(0)
    scores = without_gradient(score, torch.cat([given, without]))
    parts = (scores[0] - scores[1:]) * (given[0] != 0).numpy()
    how = tr(
        "Each word in turn is left out: its colour is how much the evidence, {whole:+.2f} for the whole "
        "text, would lose. Words that say the same can stand in for each other, so these parts need not add "
        "up to the whole.",
        whole=scores[0],
    )
    return parts, float(parts.sum()), how


def _on_the_text(run: Run, found: list[Span], given: Tensor, parts: np.ndarray) -> list[tuple[Span, float]]:
    """The spans that are read, each with its part."""
    known = [span for span in found if span.id is not None]
    real = np.flatnonzero((given[0] != 0).numpy())[-len(known) :]  # a mark that a text begins with is not in it
    begins = run.encoding.settings.cut != "end"
    read = known[-len(real) :] if begins else known[: len(real)]
    return [(span, float(parts[place])) for span, place in zip(read, real, strict=True)]


def _pieces(text: str, weights: list[tuple[Span, float]], most: float) -> tuple[tuple[str, float | None], ...]:
    """The text in pieces: what was read with its weight, what stands between or was not read without."""
    pieces: list[tuple[str, float | None]] = []
    at = 0
    for span, weight in weights:
        if span.first < at:  # bytes of one character
            continue
        if span.first > at:
            pieces.append((text[at : span.first], None))
        pieces.append((text[span.first : span.last], weight / most))
        at = span.last
    return tuple([*pieces, (text[at:], None)] if text[at:] else pieces)


def _listed(text: str, weights: list[tuple[Span, float]]) -> list[tuple[str, float]]:
    """What lies between spaces as one word, with the sum of its tokens: those most for and most against, the strongest first."""
    sums: dict[str, float] = {}
    for span, weight in weights:
        first = max(text.rfind(" ", 0, span.last - 1), text.rfind("\n", 0, span.last - 1)) + 1
        ends = [place for place in (text.find(" ", span.last - 1), text.find("\n", span.last - 1)) if place >= 0]
        word = text[first : min(ends, default=len(text))].strip() or text[span.first : span.last]
        sums[word] = sums.get(word, 0.0) + weight
    order = sorted(sums.items(), key=lambda each: -each[1])
    most = [each for each in order if each[1] > 0][:MOST_LISTED]
    least = [each for each in order[::-1] if each[1] < 0][:MOST_LISTED]
    return sorted([*most, *least], key=lambda each: -each[1])
