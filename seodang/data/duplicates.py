"""Pictures that are there twice: the same pixels, or nearly so (cropped, brighter, saved again), across splits and labels.

Near duplicates are found in three steps, each looking closer at fewer pairs:

1. Neighbours: each picture's nearest others by the 8 x 8 outline of its thumbnail (mean taken off, unit length), searched
   only among the pictures that lie near the same two of about sqrt(N) landmarks: N sqrt(N) products, never N squared.
2. Alignment at 16 x 16: how much of one thumbnail is left unexplained by the other under a small crop, brightness and
   contrast: a linear regression on the other thumbnail, its slopes, and a constant (Lucas and Kanade, 1981, one step).
3. The same at 32 x 32 with the crop carried out, from the pixels themselves, for the few pairs that are left.

A pair counts where what is left unexplained is small, and small beside what is left between the picture and others much like
it: handwritten ones are all alike and none is a copy (the idea of Lowe's ratio test, 2004, https://doi.org/10.1023/B:VISI.0000029664.99615.94).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from seodang.data.augment import move
from seodang.data.pictures import Refused, Target, one, to_grey
from seodang.data.scan import Scan

# Chosen on planted copies (crops of up to 5 %, brightness x 0.7 to 1.3, JPEG quality 40 to 90) among MNIST, Fashion-MNIST,
# CIFAR-100, cats-dogs-small, fruits and digits; see test_duplicates.py for what is held.
NEIGHBOURS = 12  # the farthest of them says how alike pictures are that are no copies
LOOKED_AT = 4  # of them, the nearest are looked at closer
LOOSE, MOST, SURE = 0.12, 0.03, 0.001  # unexplained share: at 16 x 16 to go on; at 32 x 32; without asking the neighbours
RATIO = 0.1
CELL, SIDE, SHIFT = 2048, 32, 0.06
SMALLEST = 12  # pixels: smaller pictures are too simple to be told apart so
FLAT = 4.0  # grey levels of spread: below it there is nothing to compare
READ_AT_MOST = 4000


@dataclass(frozen=True)
class Group:
    """Pictures that belong together. members: their indices in the scan, ascending. unexplained: 0 the same, to 0.03."""

    members: tuple[int, ...]
    unexplained: float = 0.0


def exact(looked: Scan) -> list[Group]:
    """Groups of pictures whose decoded pixels are the same, in the order of their first member."""
    _, which, counts = np.unique(looked.content, return_inverse=True, return_counts=True)
    return _groups(which.reshape(-1), counts > 1)


def _groups(which: np.ndarray, wanted: np.ndarray) -> list[Group]:
    """The members of each wanted group number."""
    order = np.argsort(which, kind="stable")
    order = order[wanted[which[order]]]
    cuts = np.flatnonzero(np.diff(which[order])) + 1
    found = [Group(tuple(part.tolist())) for part in np.split(order, cuts) if len(part)]
    return sorted(found, key=lambda group: group.members)


def too_small(looked: Scan) -> bool:
    """Whether the pictures have too few pixels for near duplicates to be told from pictures that are merely alike."""
    return float(np.median(np.minimum(looked.height, looked.width))) <= SMALLEST


def near(looked: Scan) -> list[Group]:
    """Groups of pictures that are nearly the same, at least two different ones in each; their exact copies included.

    Nothing for pictures of 12 pixels or fewer: too simple. Pictures of one flat colour are left out.
    """
    if len(looked) < 2 or too_small(looked):
        return []
    _, first, which = np.unique(looked.content, return_index=True, return_inverse=True)
    which = which.reshape(-1)
    first = first[looked.thumbnail[first].reshape(len(first), -1).std(1) >= FLAT]
    if len(first) < 2:
        return []
    pairs, unexplained = near_pairs(looked, first)
    return _joined(pairs, unexplained, which)


def _joined(pairs: np.ndarray, unexplained: np.ndarray, which: np.ndarray) -> list[Group]:
    """Pairs of pictures into groups: whoever is a near copy of a member belongs to it."""
    parent = np.arange(which.max() + 1)

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for left, right in which[pairs].tolist():
        parent[root(left)] = root(right)
    roots = np.array([root(node) for node in range(len(parent))])
    number = roots[which]
    wanted = np.zeros(len(parent), bool)
    wanted[number[pairs[:, 0]]] = True
    worst = np.zeros(len(parent))
    np.maximum.at(worst, number[pairs[:, 0]], unexplained)
    return [Group(group.members, float(worst[number[group.members[0]]])) for group in _groups(number, wanted)]


def near_pairs(looked: Scan, some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (M, 2) of indices among `some` that are nearly the same, and what is left unexplained of each, (M,)."""
    thumbnails = torch.from_numpy(looked.thumbnail[some]).float()
    nearest = neighbours(thumbnails)
    rough, typical = _unexplained_by_neighbours(thumbnails, nearest)
    left, column = np.nonzero((rough < LOOSE) & (rough < 0.6 * typical[:, None]))
    right = nearest.numpy()[left, column]
    pairs, place = np.unique(np.sort(np.stack([left, right], 1), 1), axis=0, return_index=True)
    pairs, _ = _most_alike(pairs, rough[left, column][place])
    if not len(pairs):
        return np.zeros((0, 2), int), np.zeros(0)
    grey, kept = greys(looked, some, pairs)
    pairs = pairs[kept]
    fine = _aligned(grey, pairs)
    usual = np.maximum(typical[pairs[:, 0]], typical[pairs[:, 1]])
    good = (fine < SURE) | ((fine < MOST) & (fine < RATIO * usual))
    return some[pairs[good]], fine[good]
