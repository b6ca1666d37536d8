"""What a network puts out while it is trained where it pays for more than its mistakes: a sparse code, a code like a bell curve."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor


class Penalised(tuple[Tensor, Tensor]):
    """(raw outputs, what the network pays beside their loss: a scalar, mean over the batch). Only while training."""

    __slots__ = ()


def loss_of_penalised(outputs: Penalised, loss: Callable[[Tensor], Tensor]) -> Tensor:
    """A scalar with the gradient of loss and penalty and the value of the loss alone.

    So what is shown of the training split is the quantity that is shown of validation, where there is no penalty.

    >>> one = Tensor([[2.0]]).requires_grad_()
    >>> shown = loss_of_penalised(Penalised((one, 10 * one.sum())), lambda given: given.square().mean())
    >>> shown.backward()
    >>> shown.item(), one.grad.item()  # 2², and 2 · 2 + 10
    (4.0, 14.0)
    """
    given, penalty = outputs
    return loss(given) + (penalty - penalty.detach())
