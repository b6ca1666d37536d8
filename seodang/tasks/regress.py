"""Foretell an amount: a price, a weight, a temperature."""

# B batch · K amounts
from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from seodang.core.members import Members, loss_of_members
from seodang.core.spec import Spec

LOSSES = {"mse": F.mse_loss, "mae": F.l1_loss, "huber": F.smooth_l1_loss}


@dataclass(frozen=True)
class Regress:
    """The task "how much?". The network puts out amounts from which `centre` was taken and that were divided by `scale`.

    loss_name: mse (squared distance; its best constant is the mean), mae (distance; the median) or huber (squared near, plain far).
    """

    num_targets: int = 1
    loss_name: str = "mse"
    centre: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    horizon: int = 1
    tallied = ("mae",)

    @property
    def outputs(self) -> Spec:
        """What the network must put out: an amount for each target (and step ahead: horizon × targets, step by step)."""
        return Spec((self.horizon * self.num_targets,))

    def _unit(self, like: Tensor) -> tuple[Tensor, Tensor]:
        return _unit(self, like.dtype, like.device)

    def loss(
        self,
        outputs: Tensor | Members,
        targets: Tensor,
        *,
        weights: Tensor | None = None,
        smoothing: float = 0.0,
    ) -> Tensor:
        """The mean loss of a batch, a scalar, of amounts in units of `scale`.

        Args:
            outputs: (B, K), or Members.
            targets: (B, K) amounts in their own unit.
            weights, smoothing: Of classification; they mean nothing here.
        """
        if isinstance(outputs, Members):
            return loss_of_members(outputs, targets, self.loss)
        return LOSSES[self.loss_name](outputs, self.encode(targets))

    def weight(self, targets: Tensor) -> int:
        """Of how many things a batch's loss is the mean."""
        return len(targets)

    def tally(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Sums over a batch of what `tallied` names: (1,), the distance in the targets' own unit (mean over several targets)."""
        return (self.decode(outputs) - targets).abs().mean(dim=1).sum().reshape(1)

    def scores(self, outputs: Tensor | Members) -> Tensor:
        """The network's outputs as they are; of several in one, their mean."""
        return outputs[0] if isinstance(outputs, Members) else outputs

    def decode(self, outputs: Tensor) -> Tensor:
        """Outputs (B, K) to amounts in their own unit.

        >>> Regress(1, centre=(10.0,), scale=(2.0,)).decode(Tensor([[1.5]]))
        tensor([[13.]])
        """
        centre, scale = self._unit(outputs)
        return outputs * scale + centre

    def encode(self, targets: Tensor) -> Tensor:
        """Amounts in their own unit to what the network should put out; `decode` gives them back."""
        centre, scale = self._unit(targets)
        return (targets - centre) / scale

    def metrics(self, outputs: Tensor, targets: Tensor) -> dict[str, float]:
        """What is followed while training: mae, the mean distance in the targets' own unit, lower is better."""
        return {"mae": float(self.tally(outputs, targets)) / max(1, len(targets))}

    def naive(self, targets: Tensor) -> Tensor:
        """The naive guess as outputs (1, K): the mean of `targets` (N, K), for mae their median."""
        guess = targets.median(dim=0).values if self.loss_name == "mae" else targets.mean(dim=0)
        return self.encode(guess.unsqueeze(0))


@lru_cache(maxsize=16)
def _unit(task: Regress, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor]:
    """What is taken off and divided by, at each step ahead; made once, for a step of a small network is not much longer."""
    with torch.inference_mode(False):
        centre = torch.tensor(task.centre or (0.0,) * task.num_targets, dtype=dtype, device=device)
        scale = torch.tensor(task.scale or (1.0,) * task.num_targets, dtype=dtype, device=device)
        return centre.repeat(task.horizon), scale.repeat(task.horizon)


def regress(
    num_targets: int = 1, loss: str = "mse", centre: tuple[float, ...] = (), scale: tuple[float, ...] = ()
) -> Regress:
    """How much: an amount, or several (squared, plain or Huber distance)."""
    return Regress(num_targets, loss, centre, scale)
