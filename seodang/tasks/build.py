"""From a task's name and what is known of the data to the task."""

from __future__ import annotations

import inspect
from typing import Any, Protocol

from torch import Tensor

from seodang.core.registry import find
from seodang.core.spec import Spec
from seodang.data.facts import Facts


class Task(Protocol):
    """What every task promises; `tests/contracts/test_tasks.py` holds it. No class inherits from this.

    A task whose answer is what goes in says `of_itself`. One with its own update (adversarial) has `step` in the place of `loss`
    and of what follows from it. `needs` names what its networks must have beyond being called.
    """

    loss_name: str
    tallied: Any  # names of what `tally` sums up beside the loss, at most two

    @property
    def outputs(self) -> Spec: ...
    def loss(
        self, outputs: Any, targets: Tensor, *, weights: Tensor | None = None, smoothing: float = 0.0
    ) -> Tensor: ...
    def weight(self, targets: Tensor) -> int | Tensor: ...
    def tally(self, outputs: Tensor, targets: Tensor) -> Tensor: ...
    def scores(self, outputs: Any) -> Tensor: ...
    def decode(self, outputs: Tensor) -> Tensor: ...
    def encode(self, targets: Tensor) -> Tensor: ...
    def metrics(self, outputs: Tensor, targets: Tensor) -> dict[str, float]: ...
    def naive(self, targets: Tensor) -> Tensor: ...


def wanted(task: Any, inputs: Tensor, labels: Tensor) -> Tensor:
    """What the network should put out: the labels, or, of a task "of itself", what goes in."""
    return inputs if getattr(task, "of_itself", False) else labels


def has_own_step(task: Any) -> bool:
    """Whether the task moves its networks itself, so that there is no loss to measure on other examples."""
    return hasattr(task, "step")


def build_task(name: str, loss: str, facts: Facts) -> Any:
    """The task of a name for data of these facts; it is given those that its function asks for by name.

    >>> build_task("classify", "cross_entropy", Facts(classes=("cat", "dog"))).outputs.shape
    (2,)
    """
    make = find("tasks", name)
    known = {
        "num_classes": facts.num_classes,
        "num_targets": len(facts.targets),
        "centre": facts.centre,
        "scale": facts.scale,
        "horizon": facts.horizon,
        "vocabulary": facts.vocabulary,
        "each_step": facts.each_step,
        "loss": loss,
    }
    return make(**{key: known[key] for key in inspect.signature(make).parameters if key in known})
