"""Tell which of several classes a thing belongs to."""

# B batch · C classes
from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from seodang.core.members import Members, loss_of_members
from seodang.core.spec import Spec

# Side classifiers count this much beside the main one (Szegedy et al., 2015, section 5. https://arxiv.org/abs/1409.4842).
AUXILIARY_WEIGHT = 0.3


@dataclass(frozen=True)
class Classify:
    """The task "which class?". `loss_name` is cross_entropy (an output a class) or binary_cross_entropy (one output)."""

    num_classes: int
    loss_name: str = "cross_entropy"
    tallied = ("accuracy",)

    @property
    def outputs(self) -> Spec:
        """What the network must put out: raw scores, not probabilities."""
        return Spec((1 if self.loss_name == "binary_cross_entropy" else self.num_classes,))

    def loss(
        self,
        outputs: Tensor | tuple[Tensor, ...],
        targets: Tensor,
        *,
        weights: Tensor | None = None,
        smoothing: float = 0.0,
    ) -> Tensor:
        """The mean loss of a batch, a scalar that is differentiable.

        Args:
            outputs: (B, C) raw scores, or (main, auxiliary, …) where a network has side classifiers; or Members.
            targets: (B,) class indices, 0 to C - 1.
            weights: (C,) how much each class counts, or None.
            smoothing: 0 to 1, the share of the target that is spread over all classes.
        """
        if isinstance(outputs, Members):
            return loss_of_members(
                outputs, targets, lambda some, wanted: self.loss(some, wanted, weights=weights, smoothing=smoothing)
            )
        if isinstance(outputs, tuple):
            main, *sides = outputs
            total = self.loss(main, targets, weights=weights, smoothing=smoothing)
            for side in sides:
                total = total + AUXILIARY_WEIGHT * self.loss(side, targets, weights=weights, smoothing=smoothing)
            return total
        if self.loss_name == "cross_entropy":
            return F.cross_entropy(outputs, targets, weight=weights, label_smoothing=smoothing)
        wanted = targets.to(outputs.dtype) * (1 - smoothing) + smoothing / 2
        each = None if weights is None else weights[targets]
        return F.binary_cross_entropy_with_logits(outputs.squeeze(1), wanted, weight=each)

    def weight(self, targets: Tensor) -> int:
        """Of how many things a batch's loss is the mean."""
        return len(targets)

    def tally(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Sums over a batch of what `tallied` names: (1,), the examples that were right."""
        return (self.decode(outputs) == targets).sum().reshape(1)

    def scores(self, outputs: Tensor | tuple[Tensor, ...]) -> Tensor:
        """The main raw scores of a network's outputs, (B, outputs)."""
        return outputs[0] if isinstance(outputs, tuple) else outputs

    def probabilities(self, outputs: Tensor) -> Tensor:
        """Raw scores (B, outputs) to probabilities (B, C); each row sums to 1.

        >>> Classify(2, "binary_cross_entropy").probabilities(torch.zeros(1, 1))
        tensor([[0.5000, 0.5000]])
        """
        if self.loss_name == "cross_entropy":
            return outputs.softmax(dim=1)
        positive = outputs.sigmoid()
        return torch.cat([1 - positive, positive], dim=1)

    def decode(self, outputs: Tensor) -> Tensor:
        """Raw scores to the index of the most probable class, (B,)."""
        if self.loss_name == "cross_entropy":
            return outputs.argmax(dim=1)
        return (outputs.squeeze(1) > 0).long()

    def encode(self, targets: Tensor) -> Tensor:
        """Class indices (B,) to raw scores that are sure of them; `decode` gives them back."""
        if self.loss_name == "cross_entropy":
            return 20.0 * F.one_hot(targets, self.num_classes).float()
        return (targets.float() * 40 - 20).unsqueeze(1)

    def metrics(self, outputs: Tensor, targets: Tensor) -> dict[str, float]:
        """What is followed while training: accuracy, 0 to 1, higher is better."""
        return {"accuracy": float((self.decode(outputs) == targets).float().mean())}

    def naive(self, targets: Tensor) -> Tensor:
        """The naive guess: the raw scores (1, outputs) that put out the class frequencies of `targets` (N,) every time."""
        shares = torch.bincount(targets, minlength=self.num_classes).float().clamp_min(1e-6)
        shares = shares / shares.sum()
        if self.loss_name == "cross_entropy":
            return shares.log().unsqueeze(0)
        return (shares[1:2] / shares[0:1]).log().unsqueeze(0)


def classify(num_classes: int, loss: str = "cross_entropy") -> Classify:
    """Which of several classes: a score for each (softmax), or one score for two classes (sigmoid)."""
    return Classify(num_classes, loss)
