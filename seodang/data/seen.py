"""Pictures that were looked at: what findings on them are made from."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from seodang.data.duplicates import Group
from seodang.data.scan import Scan
from seodang.data.source import SPLITS
from seodang.data.twice import Twice, held_twice


@dataclass(eq=False)
class Seen:
    """What the findings are made from. splits: (N,) the split of each picture.   is_divided: whether splits are settled.

    same, alike: groups of the same and of nearly the same pictures.
    """

    looked: Scan
    splits: np.ndarray
    is_divided: bool
    same: list[Group]
    alike: list[Group]

    @functools.cached_property
    def twice(self) -> list[Twice]:
        """Classes that hold the same pictures."""
        source = self.looked.source
        return held_twice(source.labels, source.classes, [*self.same, *self.alike])

    def crosses(self, group: Group) -> bool:
        """Whether a group has members in two splits."""
        return len(set(self.splits[list(group.members)].tolist()) - {"unused"}) > 1

    def has_two_labels(self, group: Group) -> bool:
        """Whether a group has members of two classes."""
        return len(set(self.looked.source.labels[list(group.members)].tolist())) > 1

    def per_class(self, split: str) -> np.ndarray:
        """(classes,) int: how many pictures of each class a split has."""
        source = self.looked.source
        return np.bincount(source.labels[self.splits == split], minlength=len(source.classes))

    @property
    def is_drawn(self) -> bool:
        """Whether the splits were drawn here, so that `split.by` has a say in them; the data's own are kept as they are."""
        return self.is_divided and not np.isin(self.looked.source.splits, SPLITS[1:]).any()

    @property
    def training_split(self) -> str:
        """The split that is learnt from: "train", or "all" where nothing is divided yet."""
        return "train" if (self.splits == "train").any() else "all"
