"""Networks that are several in one: what they put out while they are trained, and the loss of that."""

# B batch · K members · C outputs
from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


class Members(tuple[Tensor, ...]):
    """Raw scores (mean, member 1, …, member K), each (B, C). Each member learns from its own; the mean is the answer."""

    __slots__ = ()


def loss_of_members(outputs: Members, targets: Tensor, loss: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """A scalar with the gradient of the members' own losses (their mean) and the value of the loss of their mean scores.

    So each member learns by its own mistakes (Gorishniy et al., 2024, https://arxiv.org/abs/2410.24210), and what is shown of
    the training split is the quantity that is shown of validation.

    Args:
        targets: (B, …), what each of the members should have put out.
        loss: The mean loss of outputs (N, C) and targets (N, …).

    >>> one, two = torch.tensor([[0.0]], requires_grad=True), torch.tensor([[2.0]])
    >>> shown = loss_of_members(Members(((one + two) / 2, one, two)), torch.ones(1, 1), torch.nn.functional.mse_loss)
    >>> shown.item(), torch.autograd.grad(shown, one)[0].item()  # of (0 - 1)² and (2 - 1)², whose mean is told
    (0.0, -1.0)
    """
    mean, *each = outputs
    own = loss(torch.cat(each), targets.repeat(len(each), *[1] * (targets.dim() - 1)))
    with torch.no_grad():
        shown = loss(mean, targets)
    return own + (shown - own).detach()
