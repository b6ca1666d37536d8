"""A dense head fitted on features to convergence: logistic regression, its penalty chosen by what it has not seen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from seodang.core.language import tr
from seodang.tasks.classify import Classify
from seodang.training.logistic import Logistic, principal_axes
from seodang.training.loop import Epoch

# Strengths that are tried, of the mean loss: penalty · |W|² / 2 with W on centred features of unit overall scale, four a
# decade. One scale for all: features that hardly vary are not blown up (on cats and dogs 0.3 points better, LOG.md).
PENALTIES = tuple(float(f"{10**e:.2g}") for e in np.arange(-3.5, 1.01, 0.25))
# With fewer pictures than this to choose on, five-fold cross-validation on the training pictures says more.
ENOUGH = 200
FOLDS = 5
MOST = 0.8  # of the examples are in classes that can be cut into folds
# Where there is nothing to choose by (assumed: the middle of PENALTIES on a logarithmic scale is 0.06, and few pictures want more).
UNTRIED = 0.1
# The loss falls along the path and then rises; after so many weaker penalties than the best no more are tried.
RISING = 3


@dataclass(frozen=True)
class Head:
    """Weight (outputs, F) and bias (outputs,) of a dense layer on plain features, and how it was chosen."""

    weight: Tensor
    bias: Tensor
    penalty: float
    chosen_on: str
    tried: int
    metrics: dict[str, float]


def fit_head(
    train: tuple[Tensor, Tensor],
    validation: tuple[Tensor, Tensor],
    task: Classify,
    penalty: float | None = None,
    views: int = 1,
) -> Iterator[Epoch | Head]:
    """Yields an `Epoch` for each penalty that was tried (from strong to weak), and at last the `Head`.

    Chosen is the strongest penalty whose loss on unseen examples is within one standard error of the lowest (Hastie, Tibshirani &
    Friedman, 2009, The Elements of Statistical Learning, section 7.10).

    Args:
        train: Features (N, F) and labels (N,).
        validation: The same, possibly empty.
        task: Which loss; two classes with one output are told by its sign.
        penalty: The one to use, without choosing.
        views: How often each picture stands among the N, all of them once, then all again.

    What is solved is scikit-learn's LogisticRegression with C = 1 / (N · penalty); how, `training.logistic` says.
    """
    features, labels = train[0].numpy().astype(np.float32), train[1].numpy()
    mean = features.mean(0)
    scale = max(float((features - mean).std()), 1e-6)
    inputs, judged = (features - mean) / scale, (validation[0].numpy() - mean) / scale if len(validation[1]) else None
    axes, spread = principal_axes(torch.from_numpy(inputs))
    basis = None if axes is None else axes.numpy()
    if basis is not None:
        inputs, judged = inputs @ basis, None if judged is None else judged @ basis
    if penalty is not None:
        tried, on = [penalty], tr("your word")
    else:
        tried, on = list(reversed(PENALTIES)), tr("validation")
    folds = _folds(labels, views) if penalty is None and len(validation[1]) < ENOUGH else None
    whole = _Regression(inputs, labels, task, spread)
    parts = [(_Regression(inputs[known], labels[known], task, spread), held) for known, held in folds or ()]
    if folds is not None:
        on = tr("{count}-fold cross-validation", count=len(folds))
    elif judged is None and penalty is None:  # too few pictures to keep any apart
        tried, on = [UNTRIED], tr("default")
    found: list[tuple[float, float, np.ndarray, np.ndarray, dict[str, float]]] = []
    for number, strength in enumerate(tried, 1):
        started = time.perf_counter()
        weight, bias = whole.solve(strength)
        each = _losses(inputs, labels, weight, bias, task)
        metrics = {"penalty": strength, **_measured(inputs, labels, weight, bias, task)}
        if judged is not None:
            each = _losses(judged, validation[1].numpy(), weight, bias, task)
            measured = _measured(judged, validation[1].numpy(), weight, bias, task)
            metrics |= {f"validation_{name}": value for name, value in measured.items()}
        if folds is not None:
            each = np.concatenate(
                [_losses(inputs[held], labels[held], *part.solve(strength), task) for part, held in parts]
            )
            metrics["folds_loss"] = float(each.mean())
        yield Epoch(number, number, metrics, 0.0, time.perf_counter() - started)
        found.append((float(each.mean()), float(each.std() / np.sqrt(len(each))), weight, bias, metrics))
        lowest = min(range(len(found)), key=lambda i: found[i][0])
        if number - lowest > RISING:
            break
    # The strongest penalty that is not told from the best: it expects the least of features that only seem to help.
    limit = found[lowest][0] + found[lowest][1]
    _, _, weight, bias, metrics = next(one for one in found if one[0] <= limit)
    plain = (weight if basis is None else weight @ basis.T) / scale
    yield Head(
        weight=torch.from_numpy(plain.astype(np.float32)),
        bias=torch.from_numpy((bias - plain @ mean).astype(np.float32)),
        penalty=metrics["penalty"],
        chosen_on=on,
        tried=len(found),
        metrics=metrics,
    )


class _Regression:
    """The penalised problem of some examples, for a head of all classes: one without examples is never named."""

    def __init__(self, inputs: np.ndarray, labels: np.ndarray, task: Classify, spread: Tensor) -> None:
        self.width, self.outputs = inputs.shape[1], task.outputs.size
        self.classes = np.unique(labels)
        is_told = len(self.classes) > 1
        self.solver = Logistic(torch.from_numpy(inputs), torch.from_numpy(labels), spread) if is_told else None

    def solve(self, penalty: float) -> tuple[np.ndarray, np.ndarray]:
        """Weight (outputs, F) and bias (outputs,) of the least penalised loss."""
        outputs, classes = self.outputs, self.classes
        weight, bias = np.zeros((outputs, self.width)), np.full(outputs, -30.0)
        if self.solver is None:
            bias[classes[0] if outputs > 1 else 0] = 30.0 if outputs > 1 or classes[0] else -30.0
            return weight, bias
        found, shift = (part.double().numpy() for part in self.solver.solve(penalty))
        if outputs == 1:
            return found, shift
        if len(found) == 1:  # two classes: one row, the second class against the first
            found, shift = np.concatenate([-found, found]) / 2, np.concatenate([-shift, shift]) / 2
        weight[classes], bias[classes] = found, shift
        return weight, bias


def _measured(
    inputs: np.ndarray, labels: np.ndarray, weight: np.ndarray, bias: np.ndarray, task: Classify
) -> dict[str, float]:
    outputs = _outputs(inputs, weight, bias)
    wanted = torch.from_numpy(labels)
    right = float((task.decode(outputs) == wanted).double().mean())
    return {"loss": float(task.loss(outputs, wanted)), "accuracy": right}


def _folds(labels: np.ndarray, views: int) -> list[tuple[np.ndarray, np.ndarray]] | None:
    """Stratified folds, all views of a picture in one, judged on the first view; fewer folds where all classes have few examples. Of a
    class with fewer examples than folds all are always learnt from. None where fewer than two classes can be cut."""
    from sklearn.model_selection import StratifiedKFold

    count = len(labels) // views
    labels = labels[:count]
    counts = np.bincount(labels)
    number = next((folds for folds in range(FOLDS, 1, -1) if _can_be_cut(counts, folds)), 2)
    if (counts >= number).sum() < 2:
        return None
    cut = np.flatnonzero(counts[labels] >= number)
    always = np.flatnonzero(counts[labels] < number)
    folds = []
    for known, held in StratifiedKFold(number, shuffle=True, random_state=0).split(cut, labels[cut]):
        learnt = np.concatenate([cut[known], always]) if len(always) else known
        folds.append((np.concatenate([learnt + view * count for view in range(views)]), cut[held]))
    return folds


def _can_be_cut(counts: np.ndarray, folds: int) -> bool:
    """Whether two classes or more, and most of the examples with them, have an example for each fold."""
    large = counts[counts >= folds]
    return len(large) > 1 and large.sum() >= MOST * counts.sum()


def _outputs(inputs: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> Tensor:
    """Raw scores (N, outputs) in float64, the product in the inputs' float32: they are not copied for it."""
    return torch.from_numpy(inputs @ weight.T.astype(inputs.dtype) + bias)


def _losses(inputs: np.ndarray, labels: np.ndarray, weight: np.ndarray, bias: np.ndarray, task: Classify) -> np.ndarray:
    """The loss of each example, (N,)."""
    probabilities = task.probabilities(_outputs(inputs, weight, bias)).numpy()
    return -np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-12))
