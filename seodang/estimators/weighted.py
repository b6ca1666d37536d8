"""Tasks that only estimators have: rows that count more or less than others, and several labels at once."""

# B batch · L labels · K amounts
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from seodang.core.members import Members, loss_of_members
from seodang.core.spec import Spec
from seodang.tasks.classify import AUXILIARY_WEIGHT
from seodang.tasks.regress import LOSSES


@dataclass(frozen=True)
class Labels:
    """The task "which of these labels, any number of them": a sigmoid for each; the loss is the mean over the labels."""

    num_labels: int
    loss_name: str = "labels"
    tallied = ("accuracy",)

    @property
    def outputs(self) -> Spec:
        """A raw score for each label."""
        return Spec((self.num_labels,))

    def loss(self, outputs: Any, targets: Tensor, *, weights: Tensor | None = None, smoothing: float = 0.0) -> Tensor:
        """Mean binary cross-entropy of scores (B, L) against zeros and ones (B, L); `weights` (of classes) mean nothing here."""
        if isinstance(outputs, Members):
            return loss_of_members(outputs, targets, lambda some, wanted: self.loss(some, wanted, smoothing=smoothing))
        if isinstance(outputs, tuple):
            return _with_sides(outputs, lambda some: self.loss(some, targets, smoothing=smoothing))
        return F.binary_cross_entropy_with_logits(outputs, targets * (1 - smoothing) + smoothing / 2)

    def weight(self, targets: Tensor) -> int:
        """Of how many things a batch's loss is the mean."""
        return len(targets)

    def tally(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The sum over a batch of the share of labels that are right: (1,)."""
        return (self.decode(outputs) == targets).double().mean(1).sum().reshape(1)

    def scores(self, outputs: Any) -> Tensor:
        """The main raw scores, (B, L)."""
        return outputs[0] if isinstance(outputs, tuple) else outputs

    def probabilities(self, outputs: Tensor) -> Tensor:
        """Of each label by itself, (B, L)."""
        return outputs.sigmoid()

    def decode(self, outputs: Tensor) -> Tensor:
        """Zeros and ones, (B, L)."""
        return (outputs > 0).long()


@dataclass(frozen=True)
class Weighted:
    """Another task whose examples count as much as they weigh: targets are (B, … + 1), the weight last.

    A weight of 2 is the same as the row standing there twice, of 0 the same as its not being there.
    """

    inner: Any  # Classify, Labels or Regress

    @property
    def tallied(self) -> tuple[str, ...]:
        """As the inner task."""
        return self.inner.tallied

    @property
    def outputs(self) -> Spec:
        """As the inner task."""
        return self.inner.outputs

    @property
    def loss_name(self) -> str:
        """As the inner task."""
        return self.inner.loss_name

    def loss(self, outputs: Any, targets: Tensor, *, weights: Tensor | None = None, smoothing: float = 0.0) -> Tensor:
        """The weighted mean loss of a batch, a scalar; 0 where all of it weighs nothing."""
        if isinstance(outputs, Members):
            return loss_of_members(outputs, targets, lambda some, wanted: self.loss(some, wanted, smoothing=smoothing))
        if isinstance(outputs, tuple):
            return _with_sides(outputs, lambda some: self.loss(some, targets, smoothing=smoothing))
        weight = targets[:, -1].to(outputs.dtype)
        each = self._each(outputs, targets[:, :-1], smoothing)
        return (each * weight).sum() / weight.sum().clamp_min(torch.finfo(weight.dtype).tiny)

    def _each(self, outputs: Tensor, wanted: Tensor, smoothing: float) -> Tensor:
        """The loss of each example, (B,)."""
        if self.loss_name == "cross_entropy":
            return F.cross_entropy(outputs, wanted[:, 0].long(), reduction="none", label_smoothing=smoothing)
        if self.loss_name in ("binary_cross_entropy", "labels"):
            soft = wanted.to(outputs.dtype) * (1 - smoothing) + smoothing / 2
            return F.binary_cross_entropy_with_logits(outputs, soft, reduction="none").mean(1)
        return LOSSES[self.loss_name](outputs, self.inner.encode(wanted), reduction="none").mean(1)

    def weight(self, targets: Tensor) -> Tensor:
        """What a batch weighs."""
        return targets[:, -1].sum()

    def tally(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The weighted sum of what the inner task tallies: (1,)."""
        found, wanted = self.inner.decode(outputs), targets[:, :-1]
        found = found.reshape(len(found), -1)
        each = (found - wanted).abs() if self.loss_name in LOSSES else (found == wanted).double()
        return (each.mean(1) * targets[:, -1]).sum().reshape(1)

    def scores(self, outputs: Any) -> Tensor:
        """As the inner task."""
        return self.inner.scores(outputs)


def _with_sides(outputs: tuple[Tensor, ...], loss: Any) -> Tensor:
    """The loss of the main scores and, less, of side classifiers."""
    main, *sides = outputs
    return loss(main) + AUXILIARY_WEIGHT * sum(loss(side) for side in sides)
