"""Make new examples that cannot be told from real ones: two networks that learn from each other."""

# B batch · N numbers of noise
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from seodang.core.spec import Spec

Update = Callable[[str, Tensor], None]


@dataclass(frozen=True)
class Imitate:
    """The task "make more like these" (Goodfellow et al., 2014, https://arxiv.org/abs/1406.2661). No labels are needed.

    It has its own `step` in the place of a loss. Of an epoch are told: loss, the generator's (it makes what the discriminator
    takes for real); discriminator, that one's own loss; accuracy, the share of real and made examples that it tells rightly.
    Neither loss says how good the examples are: each is measured against the other network.
    """

    loss_name: str = "binary_cross_entropy"
    tallied = ("discriminator", "accuracy")
    needs = ("make", "rivals")  # what its networks must have: from noise to examples, and the two networks by name

    @property
    def outputs(self) -> Spec:
        """What the generator must put out: as many numbers as an example has."""
        return Spec(())

    def step(self, model: Any, real: Tensor, update: Update, smoothing: float = 0.0) -> tuple[Tensor, Tensor]:
        """Move the discriminator once, then the generator once; on noise drawn from the default generator of the device.

        Args:
            model: Gives made examples by `make(noise)` and, called, raw scores (B, 1) of how real examples are.
            real: (B, …) examples.
            update: `update("discriminator", loss)` moves one of the two networks along its loss's gradient.
            smoothing: 0 to 1; real examples count as 1 - smoothing (Salimans et al., 2016, section 3.4,
                https://arxiv.org/abs/1606.03498).

        Gives the generator's loss, a scalar, and the sums over the batch of what `tallied` names, (2,).
        """
        count = len(real)
        with torch.no_grad():
            made = model.make(noise_for(model, count, real.device))
        scores = model(torch.cat([made, real])).flatten()
        is_real = (torch.arange(2 * count, device=real.device) >= count).to(scores.dtype)
        loss = F.binary_cross_entropy_with_logits(scores, is_real * (1 - smoothing))
        update("discriminator", loss)
        right = ((scores > 0) == (is_real > 0)).sum()
        model.rivals["discriminator"].requires_grad_(False)  # its gradients are not needed: half of the work
        taken = model(model.make(noise_for(model, count, real.device))).flatten()
        wins = F.binary_cross_entropy_with_logits(taken, torch.ones_like(taken))
        update("generator", wins)
        model.rivals["discriminator"].requires_grad_(True)
        return wins.detach(), torch.stack([loss.detach() * count, right / 2])

    def weight(self, targets: Tensor) -> int:
        """Of how many things a batch's loss is the mean."""
        return len(targets)

    def decode(self, outputs: Tensor) -> Tensor:
        """What the generator makes is as the examples are."""
        return outputs


def noise_for(model: Any, count: int, device: torch.device) -> Tensor:
    """What `count` examples are made of: (count, model.noise) normal numbers, from the device's own default generator.

    That is the one which training seeds at every step, so a run on a GPU is a function of its seed too, and can be carried on.
    """
    return torch.randn(count, model.noise, device=device)


def imitate(loss: str = "binary_cross_entropy") -> Imitate:
    """New examples that cannot be told from real ones: two networks, one makes and one judges (adversarial, GAN)."""
    return Imitate(loss)
