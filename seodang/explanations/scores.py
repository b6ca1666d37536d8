"""What is explained: one number for each example, how much the network holds for an answer; and what follows from its gradient."""

# B batch · S steps
from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from seodang.core.language import tr
from seodang.explanations.explanation import TakesLong
from seodang.explanations.layers_of import model_of
from seodang.models.summary import summary, total
from seodang.runs.folder import Run, input_spec

# Multiply-adds of one explanation: about half a second of one core. A gradient takes as many as three answers.
WORK, GRADIENT = 12e9, 3
# Multiply-adds of the examples whose slopes are worked out together, and the most of these examples.
AT_ONCE, MOST_AT_ONCE = 500_000_000, 8

Score = Callable[[Tensor], Tensor]

# Multiply-adds for one example, of networks that are explained.
_COUNTED: weakref.WeakKeyDictionary[nn.Module, int] = weakref.WeakKeyDictionary()


def evidence(run: Run, outputs: Tensor, target: int) -> Tensor:
    """Raw outputs (B, …) to (B,): for a class its log-odds, log p / (1 - p), 0 where it is as probable as all others
    together; for amounts the amount in its own unit, the mean of several; for words the log-odds of the next one.

    The log-odds are what a network adds up: unlike a probability they do not stand still where it is sure.
    """
    task = run.task
    scores = task.scores(outputs)
    if not hasattr(task, "probabilities"):
        return task.decode(scores).mean(1)
    if scores.dim() == 3:
        scores = scores[:, -1]
    if scores.shape[1] == 1:
        return scores[:, 0] if target == 1 or len(run.classes) == 1 else -scores[:, 0]
    others = torch.cat([scores[:, :target], scores[:, target + 1 :]], dim=1)
    return scores[:, target] - others.logsumexp(1)


def answers(run: Run, given: Tensor) -> Tensor:
    """Examples (B, …) to what the network answers: probabilities (B, C) or amounts (B, K)."""
    task = run.task
    with torch.inference_mode():
        scores = task.scores(run.network()(given))
        if not hasattr(task, "probabilities"):
            return task.decode(scores)
        found = task.probabilities(scores)
        return found[:, -1] if found.dim() == 3 else found


def operations(run: Run) -> int:
    """Multiply-adds of the network for one example."""
    network = run.network()
    if network not in _COUNTED:
        _COUNTED[network] = max(1, total(summary(model_of(run), input_spec(run.recipe, run.facts)))["operations"])
    return _COUNTED[network]


def affordable(run: Run, each: int, least: int, most: int, *, by_name: bool) -> int:
    """How often an explanation may do what takes as many multiply-adds as `each` answers: at most `most` times.

    Raises TakesLong where that is less than `least`, and nobody asked for it by name.
    """
    times = int(WORK / (each * operations(run)))
    if times < least and not by_name:
        raise TakesLong(tr("with so large a network it takes long: ask for it by its name"))
    return min(most, max(least, times))


def score_of(run: Run, target: int) -> Score:
    """The network as one number for each example: (B, …) → (B,), with a gradient."""
    network: Any = run.network()
    return lambda given: evidence(run, network(given), target)


def at_once(run: Run) -> int:
    """How many slopes are worked out together: with a large network few, for the first use of much memory takes as long as the sums."""
    return int(min(MOST_AT_ONCE, max(1, AT_ONCE // operations(run))))


def without_gradient(score: Score, given: Tensor, at_once: int = 16) -> np.ndarray:
    """The score of many examples: (B,) float64."""
    with torch.inference_mode():
        return torch.cat([score(part) for part in given.split(at_once)]).double().numpy()


def gradient(score: Score, given: Tensor) -> Tensor:
    """The slope of the score in each number of each example, the shape of `given`."""
    given = given.detach().requires_grad_()
    return torch.autograd.grad(score(given).sum(), given)[0]


def integrated_gradients(score: Score, given: Tensor, start: Tensor, steps: int = 32, at_once: int = 8) -> Tensor:
    """What each number of one example (1, …) adds to the score on the straight way from `start` to it: the shape of `given`.

    The parts add up to score(given) - score(start), the axiom of completeness, exactly for a linear network and else to the
    error of the integral, which is taken at the `steps` places of Gauss and Legendre. Sundararajan et al., 2017,
    https://arxiv.org/abs/1703.01365.

    >>> parts = integrated_gradients(lambda x: (x**2).sum(1), torch.tensor([[1.0, 3.0]]), torch.zeros(1, 2), 4)
    >>> [round(part, 4) for part in parts[0].tolist()]
    [1.0, 9.0]
    """
    places, weights = np.polynomial.legendre.leggauss(steps)
    places, weights = torch.tensor((places + 1) / 2), torch.tensor(weights / 2)
    total, shape = torch.zeros_like(given), (-1, *[1] * (given.dim() - 1))
    for some, part in zip(places.split(at_once), weights.split(at_once), strict=True):
        along = start + some.view(shape).to(given.dtype) * (given - start)
        total += (gradient(score, along) * part.view(shape).to(given.dtype)).sum(0, keepdim=True)
    return (given - start) * total
