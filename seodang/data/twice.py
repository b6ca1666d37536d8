"""Classes that hold the same pictures: the same photos in two sizes or qualities, which are no two classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from seodang.data.duplicates import Group, exact, near
from seodang.data.scan import Scan

# So large a share of a class stands in another one, and the class has so many pictures at least. A few copies under two labels are
# mistakes of labelling; near copies that were made very small or poor are not all found (LOG.md), so not quite all are asked for.
NEARLY_ALL, LEAST = 0.8, 5


@dataclass(frozen=True)
class Twice:
    """A class of which nearly every picture stands in another class too, the same or nearly so.

    name, other: the two classes.   copies: how many of its `of` pictures.   both: whether the same holds of the other class.
    """

    name: str
    other: str
    copies: int
    of: int
    both: bool

    def as_plain(self) -> dict[str, Any]:
        """Fit for JSON."""
        return asdict(self)


def held_twice(labels: np.ndarray, classes: Sequence[str], groups: Iterable[Group]) -> list[Twice]:
    """The classes that hold another one's pictures, each pair once, the most alike first.

    Args:
        labels: (N,) the class of each picture.
        groups: Pictures that are the same, or nearly.

    >>> held_twice(np.array([0] * 5 + [1] * 5), ("low", "high"), [Group((i, i + 5)) for i in range(5)])
    [Twice(name='low', other='high', copies=5, of=5, both=True)]
    """
    shared: dict[tuple[int, int], set[int]] = {}
    for group in groups:
        own = labels[list(group.members)]
        for other in np.unique(own).tolist():
            for index, label in zip(group.members, own.tolist(), strict=True):
                if label != other:
                    shared.setdefault((label, other), set()).add(index)
    counts = np.bincount(labels, minlength=len(classes))
    shares = {pair: len(some) / counts[pair[0]] for pair, some in shared.items() if counts[pair[0]] >= LEAST}
    found, told = [], set[frozenset[int]]()
    for name, other in sorted(shares, key=lambda pair: (-shares[pair], pair)):
        if shares[name, other] < NEARLY_ALL or frozenset((name, other)) in told:
            continue
        told.add(frozenset((name, other)))
        both = bool(shares.get((other, name), 0) >= NEARLY_ALL)
        found.append(Twice(classes[name], classes[other], len(shared[name, other]), int(counts[name]), both))
    return found


def twice_in(looked: Scan) -> list[Twice]:
    """The classes of a scan that hold another one's pictures."""
    source = looked.source
    return held_twice(source.labels, source.classes, [*exact(looked), *near(looked)])
