"""Logistic regression with a squared penalty, by Newton's method: many strengths one after another on the same examples."""

# N examples · F features · K outputs: one row where there are two classes, else one a class
from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

# The largest entry of the gradient of the penalised mean loss at which it is solved; scikit-learn's default is 1e-4.
TOLERANCE = 1e-5
# Nor is a step taken that would lower it by less than this share.
LEAST = 1e-7
# Of a Newton step's own equations so much is left unsolved: a hundred times less took twice as long.
REST = 0.1
# Newton steps and, within one, steps of conjugate gradients; each strength takes about 4 and 4 · 9 (photos, 1,280 features).
MOST_STEPS, MOST_INNER = 100, 200
# With more than this on both sides the examples are not turned to their principal axes: it would take longer than it saves.
MOST_TURNED = 4096


def principal_axes(inputs: Tensor) -> tuple[Tensor | None, Tensor]:
    """Orthonormal columns (F, R) along which centred examples (N, F) vary, R at most N and F, and their mean square along each, (R,).

    What lies beyond them adds to a penalty |W|² and to no output, so the least penalised weights lie in them: the same
    solution from fewer unknowns (Hastie & Tibshirani, 2004, https://doi.org/10.1093/biostatistics/kxh010). Seen along them the
    curvature of the loss is nearly diagonal. None: the features as they are, where both numbers are large.

    >>> axes, spread = principal_axes(torch.tensor([[3.0, 4.0], [-3.0, -4.0]]))
    >>> axes.abs(), spread
    (tensor([[0.6000],
            [0.8000]]), tensor([25.]))
    """
    count, width = inputs.shape
    if min(count, width) > MOST_TURNED:
        return None, inputs.square().mean(0)
    parts = (inputs.T if count < width else inputs).split(MOST_TURNED)  # exact, without all of it in float64 at once
    squares, found = torch.linalg.eigh(sum(part.T.double() @ part.double() for part in parts))
    some = squares > squares[-1] * 1e-10
    squares, found = squares[some], found[:, some]
    axes = torch.cat([part.double() @ found for part in parts]) / squares.sqrt() if count < width else found
    return axes.float(), (squares / count).float()


class Logistic:
    """Least mean loss + penalty · |W|² / 2 of some examples; each strength begins where the last one ended.

    Two classes have one row of weights, the second class against the first, with a sigmoid; more have a row each, with a softmax.

    Args:
        inputs: (N, F), centred, float32.
        labels: (N,), any integers; `classes` holds those that occur, at least two.
        spread: (F,) the inputs' mean square along each feature; the better the features stand for principal axes, the fewer steps.

    Newton-Raphson, its step found by conjugate gradients as far as is of use (Nocedal & Wright, 2006, Numerical Optimization,
    algorithm 7.1), with the curvature along each axis as preconditioner. On photos' 1,280 features it takes a third of
    the time of scikit-learn's L-BFGS (LOG.md).

    >>> solver = Logistic(torch.tensor([[-1.0], [1.0]]), torch.tensor([0, 1]), torch.tensor([1.0]))
    >>> weight, bias = solver.solve(0.1)
    >>> round(float(weight), 3), abs(round(float(bias), 3))  # where 0.1 · w is the sigmoid of -w
    (1.633, 0.0)
    """

    def __init__(self, inputs: Tensor, labels: Tensor, spread: Tensor) -> None:
        self.inputs, self.spread = inputs, spread
        self.classes, which = torch.unique(labels, return_inverse=True)
        self.is_pair = len(self.classes) == 2
        told = which[:, None] if self.is_pair else functional.one_hot(which, len(self.classes))
        self.wanted = told.to(inputs.dtype)
        self.weight = inputs.new_zeros(self.wanted.shape[1], inputs.shape[1])
        self.bias = inputs.new_zeros(self.wanted.shape[1])

    def solve(self, penalty: float) -> tuple[Tensor, Tensor]:
        """Weight (K, F) and bias (K,) at the minimum, for a penalty above 0."""
        outputs = functional.linear(self.inputs, self.weight, self.bias)
        height = self._height(outputs, self.weight, penalty)
        for _ in range(MOST_STEPS):
            probabilities = outputs.sigmoid() if self.is_pair else outputs.softmax(1)
            errors = (probabilities - self.wanted) / len(outputs)
            slope = errors.T @ self.inputs + penalty * self.weight, errors.sum(0)
            if max(float(part.abs().max()) for part in slope if part.numel()) < TOLERANCE:
                break
            along, along_bias = self._newton(probabilities, slope, penalty)
            moved = functional.linear(self.inputs, along, along_bias)
            descent = _dot(slope, (along, along_bias))
            if -descent <= LEAST * height:
                break
            share = 1.0
            while (
                lower := self._height(outputs + share * moved, self.weight + share * along, penalty)
            ) > height + 1e-4 * share * descent:
                share /= 2
                if share < 1e-3:  # float32 tells no better place from this one
                    return self.weight, self.bias
            self.weight, self.bias = self.weight + share * along, self.bias + share * along_bias
            outputs, height = outputs + share * moved, lower
        return self.weight, self.bias

    def _height(self, outputs: Tensor, weight: Tensor, penalty: float) -> float:
        if self.is_pair:
            each = functional.softplus(outputs) - self.wanted * outputs
        else:
            each = outputs.logsumexp(1) - (outputs * self.wanted).sum(1)
        return float(each.double().mean() + penalty / 2 * weight.double().square().sum())

    def _newton(self, probabilities: Tensor, slope: tuple[Tensor, Tensor], penalty: float) -> tuple[Tensor, Tensor]:
        """The step to where the loss would be least if its curvature stayed as it is, by conjugate gradients."""
        count = len(probabilities)
        bend = float((probabilities * (1 - probabilities)).mean())
        scale, scale_bias = 1 / (bend * self.spread + penalty), 1 / max(bend, 1e-6)

        def curved(weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
            change = functional.linear(self.inputs, weight, bias)
            if self.is_pair:
                change = probabilities * (1 - probabilities) * change
            else:
                change = probabilities * (change - (probabilities * change).sum(1, keepdim=True))
            return change.T @ self.inputs / count + penalty * weight, change.sum(0) / count

        found = torch.zeros_like(slope[0]), torch.zeros_like(slope[1])
        left = -slope[0], -slope[1]
        ahead = left[0] * scale, left[1] * scale_bias
        now = _dot(left, ahead)
        enough = REST**2 * now
        for _ in range(MOST_INNER):
            bent = curved(*ahead)
            size = _dot(ahead, bent)
            if size <= 0:
                break
            far = now / size
            found = found[0] + far * ahead[0], found[1] + far * ahead[1]
            left = left[0] - far * bent[0], left[1] - far * bent[1]
            scaled = left[0] * scale, left[1] * scale_bias
            before, now = now, _dot(left, scaled)
            if now <= enough:
                break
            ahead = scaled[0] + now / before * ahead[0], scaled[1] + now / before * ahead[1]
        return found


def _dot(first: tuple[Tensor, Tensor], second: tuple[Tensor, Tensor]) -> float:
    return float((first[0] * second[0]).sum() + (first[1] * second[1]).sum())
