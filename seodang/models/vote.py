"""Several networks of one design that vote: each learns for itself, their mean answers."""

# B batch · K members · C outputs
from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn

from seodang.core.members import Members
from seodang.core.spec import Spec
from seodang.models._initial import Initial
from seodang.models.sequential import sequential

Mean = Literal["scores", "probabilities"]


class _Vote(nn.Module):
    def __init__(self, members: list[nn.Module], mean: Mean) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        self.mean = mean

    def forward(self, x: Tensor) -> Tensor | Members:
        """(B, *inputs) → (B, C); while training (mean, member 1, …, member K): each has a loss of its own."""
        scores = [member(x) for member in self.members]
        mean = torch.stack(scores).mean(0) if self.mean == "scores" else soft(torch.stack(scores))
        return Members((mean, *scores)) if self.training else mean


def soft(scores: Tensor) -> Tensor:
    """Raw scores of members (K, B, C) to the raw scores (B, C) whose probabilities are the mean of theirs.

    >>> both = torch.tensor([[[2.0, 0.0]], [[0.0, 1.0]]])
    >>> torch.allclose(soft(both).softmax(1), both.softmax(2).mean(0))
    True
    """
    if scores.shape[-1] == 1:
        return F.logsigmoid(scores).logsumexp(0) - F.logsigmoid(-scores).logsumexp(0)
    return scores.log_softmax(-1).logsumexp(0) - math.log(len(scores))


def vote(
    inputs: Spec,
    outputs: Spec,
    *,
    layers: list[Any],
    members: Annotated[int, Field(ge=2, le=64)] = 3,
    mean: Mean = "scores",
    init: Initial = "glorot_uniform",
) -> nn.Module:
    """Several networks from one list of layers, each started and trained for itself; their mean is the answer.

    Args:
        inputs, outputs, layers, init: As of `sequential`.
        members: How many; so many times the work of one.
        mean: Of what the mean is taken: scores, or probabilities (a soft vote, for classes: as scikit-learn's
            VotingClassifier(voting="soft")).

    The members see the same batches and differ in their first weights and in what dropout drops. That is enough for their
    mistakes to differ (Fort et al., 2019, https://arxiv.org/abs/1912.02757).
    """
    made = [sequential(inputs, outputs, layers=layers, init=init) for _ in range(members)]
    return _Vote(made, mean)
