"""Which epoch was best, when to stop, and which weights a run ends with: a reader of the loop's stream."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.recipes.settings import Training
from seodang.training.loop import Epoch, State


class Best:
    """Follows the monitored value over the epochs; keeps the weights of the best where the recipe wants them."""

    def __init__(
        self, settings: Training, before: dict[str, float] | None = None, model: nn.Module | None = None
    ) -> None:
        """`before`: what was measured of `model` as it is, which then is epoch 0 and stays where no epoch is better."""
        self.monitor, self.patience = settings.monitor, settings.patience
        self.restores = settings.keep == "best" or settings.patience is not None
        self.value: float | None = None
        self.epoch = 0
        self.weights: dict[str, Tensor] = {}
        if before is not None and model is not None:
            self.restores = True
            self.value = before.get(self.monitor)
            self.weights = {name: t.detach().clone() for name, t in model.state_dict().items()}

    def see(self, event: Epoch, state: State) -> bool:
        """Take in an epoch. True where training should stop: `patience` epochs went by without a better value."""
        if self.monitor not in event.metrics:
            if self.restores:
                known = ", ".join(event.metrics)
                raise RecipeError(
                    tr(
                        "monitor is {monitor}, but there is no validation split to measure it on. Known here: {known}. Set "
                        "split.validation above 0, or monitor=loss.",
                        monitor=self.monitor,
                        known=known,
                    )
                )
            return False
        value = event.metrics[self.monitor]
        higher = self.monitor.endswith("accuracy")
        if self.value is None or (value > self.value if higher else value < self.value):
            self.value, self.epoch = value, event.epoch
            if self.restores:
                self.weights = {name: t.detach().clone() for name, t in judged_weights(state).items()}
        return self.is_spent(event.epoch)

    def is_spent(self, epoch: int) -> bool:
        """Whether the patience is used up after an epoch."""
        return self.patience is not None and self.value is not None and epoch - self.epoch >= self.patience

    def final_weights(self, state: State) -> dict[str, Tensor]:
        """The weights the run ends with: the best epoch's, else the last (averaged where the recipe keeps an average)."""
        return self.weights or judged_weights(state)

    def tensors(self) -> dict[str, Tensor]:
        """The kept weights, for a checkpoint."""
        return {f"best.{name}": t for name, t in self.weights.items()}

    def numbers(self) -> dict[str, Any]:
        """The value and epoch of the best, for a checkpoint."""
        return {"value": self.value, "epoch": self.epoch}

    def restore(self, tensors: dict[str, Tensor], numbers: dict[str, Any]) -> None:
        """Go back to a saved state."""
        self.value, self.epoch = numbers["value"], numbers["epoch"]
        self.weights = {name.removeprefix("best."): t for name, t in tensors.items() if name.startswith("best.")}


def judged_weights(state: State) -> dict[str, Tensor]:
    """The weights that are measured after an epoch: the model's own, or their average."""
    return {**state.model.state_dict(), **(state.average.tensors if state.average else {})}
