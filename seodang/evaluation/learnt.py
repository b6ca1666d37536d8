"""Which examples of another file a network on rows learnt from, or chose by: its score on those is no score on new ones."""

# N judged examples
from __future__ import annotations

import hashlib
from collections import Counter

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from seodang.core.language import tr
from seodang.core.numbers import short
from seodang.data.encode_text import TextEncoding
from seodang.data.encoded import Encoded
from seodang.data.load import Subset
from seodang.evaluation.intervals import Interval, perplexity, ratio, wilson
from seodang.evaluation.naming import many
from seodang.evaluation.predictions import Amounts, Judged, Predictions
from seodang.evaluation.verdict import percent, points


def learnt(judged: Subset, own: Encoded) -> tuple[NDArray[np.bool_], bool]:
    """(N,) whether each example, with its answer, is one of the run's training or validation examples; and whether these are more than
    new examples would be by chance: few columns of few values have few different rows, and new ones are among them too."""
    train, validation = _keys(own.train), _keys(own.validation)
    known = {*train, *validation}
    found = np.array([key in known for key in _keys(judged)], bool)
    least, _ = wilson(int(found.sum()), len(found))
    _, most = _by_chance(own, train, validation)
    return found, least > most


def _by_chance(own: Encoded, train: list[bytes], validation: list[bytes]) -> Interval:
    """How large a share of new examples equals one that was learnt: of the test (else validation) examples those that equal a training
    example. Of texts, whose copies are kept in one split, and where nothing is held out: of the training examples those that equal another.
    """
    held_out = _keys(own.test) or validation
    if held_out and not isinstance(own.encoding, TextEncoding):
        known = set(train)
        return wilson(sum(key in known for key in held_out), len(held_out))
    return wilson(sum(times for times in Counter(train).values() if times > 1), len(train))


def _keys(part: Subset) -> list[bytes]:
    """What the network is given of each example and what is true of it, hashed; padding does not count."""
    assert part.pixels is not None, "rows are held in memory"
    return [
        hashlib.sha256(_bytes(one) + b"|" + _bytes(true)).digest()
        for one, true in zip(part.pixels, part.labels, strict=True)
    ]


def _bytes(values: Tensor) -> bytes:
    found = values.numpy()
    if (
        found.dtype == np.int64 and found.ndim
    ):  # token ids, filled up with 0, and targets, filled up with a number below
        found = found[found > 0]
    return found.tobytes()


def sentence(answers: Judged, was_learnt: NDArray[np.bool_], noun: str) -> str:
    """What a person should know where a network is judged on what it learnt; "" where it learnt none of it."""
    number, count = int(was_learnt.sum()), len(was_learnt)
    told = {"number": number, "count": count, "nouns": many(noun), "fresh": count - number}
    if not number:
        return ""
    if number == count:
        return tr(
            "All of these {count:,} {nouns} are, in all that it sees, among those that it learnt from or chose "
            "by: the score says how well they are remembered, nothing about new ones.",
            **told,
        )
    rest = ~was_learnt
    if isinstance(answers, Predictions):
        right = answers.right[rest]
        low, high = wilson(int(right.sum()), len(right))
        return tr(
            "{number:,} of these {count:,} {nouns} are, in all that it sees, among those that it learnt from or "
            "chose by. Of the other {fresh:,} it has {score} right (95 % interval {low}–{high}).",
            score=percent(float(right.mean()), len(right)),
            low=points(low, len(right)),
            high=points(high, len(right)),
            **told,
        )
    if isinstance(answers, Amounts):
        off = np.abs(answers.predicted - answers.targets)[rest].mean()
        return tr(
            "{number:,} of these {count:,} {nouns} are, in all that it sees, among those that it learnt from or "
            "chose by. Over the other {fresh:,} it is off by {mae} on average.",
            mae=short(float(off)),
            **told,
        )
    middle, _ = perplexity(*ratio(answers.losses[rest], answers.counts[rest]))
    return tr(
        "{number:,} of these {count:,} {nouns} are, in all that it sees, among those that it learnt from or "
        "chose by. On the other {fresh:,} its perplexity is {perplexity:.1f}.",
        perplexity=middle,
        **told,
    )
