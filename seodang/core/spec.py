"""The shape of what goes into or comes out of a network, without the batch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spec:
    """A shape without the batch, and what the numbers in it are.

    Inputs:
        pictures: (channels, height, width), float32.
        vectors: (features,), float32.
        table rows: (features,), float32, of which the last len(categories) are not amounts but codes.
        tokens: (length,), int64 with `vocabulary` > 0; 0 is padding and stands at the end or the beginning.
        pairs of token sequences (translation): (2, length), int64: row 0 what is read (ids below `vocabulary`), row 1 what has
            been written so far (ids below the outputs' last size).
        series: (length, channels), float32: the past, oldest first.
    Outputs:
        (C,) scores or (k,) amounts for an example; with `each_step` so many for every position: (length, C).
        (): the same numbers as go in.

    shape: sizes without the batch. A length of 0 means any.
    categories: how many codes each category column has; codes are whole numbers, 0 is "missing or never seen".
    vocabulary: how many token ids there are, padding included; 0: the numbers are no tokens.
    each_step: whether there is an output for every position of the sequence.

    >>> Spec((1, 28, 28)).size
    784
    """

    shape: tuple[int, ...]
    categories: tuple[int, ...] = ()
    vocabulary: int = 0
    each_step: bool = False

    @property
    def size(self) -> int:
        """How many numbers one example has."""
        product = 1
        for length in self.shape:
            product *= length
        return product
