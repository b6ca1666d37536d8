"""Put out again what went in, through a narrow code."""

# B batch · K, … the shape of an example
from __future__ import annotations

from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor

from seodang.core.penalised import Penalised, loss_of_penalised
from seodang.core.spec import Spec

LOSSES = ("mse", "binary_cross_entropy")
# Raw scores of a perfect 0 or 1 would be infinite.
NEAREST = 1e-6


@dataclass(frozen=True)
class Reconstruct:
    """The task "the same again". What is wanted is what goes in, so no labels are needed.

    loss_name: mse (squared distance), or binary_cross_entropy for numbers from 0 to 1 (pictures with scale=unit): the network
    then puts out raw scores, of which `decode` takes the sigmoid.
    """

    loss_name: str = "mse"
    tallied = ("mse",)
    of_itself = True  # see `tasks.build.wanted`
    needs = ("encode", "decode")  # what its networks must have: from examples to codes, and back

    @property
    def outputs(self) -> Spec:
        """What the network must put out: as many numbers as go in."""
        return Spec(())

    def loss(
        self, outputs: Tensor | Penalised, targets: Tensor, *, weights: Tensor | None = None, smoothing: float = 0.0
    ) -> Tensor:
        """The mean loss over every number of a batch, a scalar.

        Args:
            outputs: (B, …) as the targets, or Penalised.
            targets: (B, …) what went in, without noise; 0 to 1 for binary_cross_entropy.
            weights, smoothing: Of classification; they mean nothing here.
        """
        if isinstance(outputs, Penalised):
            return loss_of_penalised(outputs, lambda given: self.loss(given, targets))
        if self.loss_name == "binary_cross_entropy":
            return F.binary_cross_entropy_with_logits(outputs, targets)
        return F.mse_loss(outputs, targets)

    def weight(self, targets: Tensor) -> int:
        """Of how many things a batch's loss is the mean."""
        return len(targets)

    def tally(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Sums over a batch of what `tallied` names: (1,), each example's mean squared distance."""
        return (self.decode(outputs) - targets).square().flatten(1).mean(dim=1).sum().reshape(1)

    def scores(self, outputs: Tensor | Penalised) -> Tensor:
        """The network's outputs as they are."""
        return outputs[0] if isinstance(outputs, Penalised) else outputs

    def decode(self, outputs: Tensor) -> Tensor:
        """Outputs to numbers like those that went in.

        >>> Reconstruct("binary_cross_entropy").decode(Tensor([[0.0, 0.0]]))
        tensor([[0.5000, 0.5000]])
        """
        return outputs.sigmoid() if self.loss_name == "binary_cross_entropy" else outputs

    def encode(self, targets: Tensor) -> Tensor:
        """Numbers like those that go in to what the network should put out; `decode` gives them back."""
        return targets.logit(NEAREST) if self.loss_name == "binary_cross_entropy" else targets

    def metrics(self, outputs: Tensor, targets: Tensor) -> dict[str, float]:
        """What is followed while training: mse, the mean squared distance, lower is better."""
        return {"mse": float(self.tally(outputs, targets)) / max(1, len(targets))}

    def naive(self, targets: Tensor) -> Tensor:
        """The naive guess as outputs (1, …): the mean example, whatever goes in."""
        return self.encode(targets.mean(dim=0, keepdim=True))


def reconstruct(loss: str = "mse") -> Reconstruct:
    """The same again through a narrow code: autoencoders, of pictures and of tables of numbers."""
    return Reconstruct(loss)
