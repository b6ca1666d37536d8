"""The shape of what goes into or comes out of a network, without the batch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spec:
    """A shape without the batch: (channels, height, width) for pictures, (features,) for vectors and class scores.

    >>> Spec((1, 28, 28)).size
    784
    """

    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many numbers one example has."""
        product = 1
        for length in self.shape:
            product *= length
        return product
