"""A network trained by the one loop, in memory: no run folder, no plan, no report."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from seodang.core.errors import RecipeError, RunError
from seodang.core.language import tr
from seodang.data.encoded import Data, Encoded
from seodang.recipes.lint import lint
from seodang.recipes.recipe import Recipe
from seodang.recipes.resolve import resolve
from seodang.runs.train import build_network
from seodang.training.best import Best
from seodang.training.device import choose_device
from seodang.training.loop import Epoch, begin, fit

CLASS_LOSSES, AMOUNT_LOSSES = ("cross_entropy", "binary_cross_entropy"), ("mse", "mae", "huber")
AT_ONCE = 1024  # rows that go through the network together when it answers


@dataclass
class Fitted:
    """A trained network on the CPU, and how it came to be."""

    network: nn.Module
    recipe: Recipe
    history: list[dict[str, Any]] = field(default_factory=list)


def chosen(recipe: str | Recipe, settings: dict[str, Any], task: str, num_classes: int) -> Recipe:
    """The recipe of a name with settings over it, turned to the estimator's task.

    A recipe for amounts serves classes and the other way round: task, loss and monitor are set. Raises RecipeError where the
    recipe learns something else, or trains on what a pretrained network says.
    """
    found = resolve(recipe, {name: str(value) for name, value in settings.items()})
    if found.task not in ("classify", "regress"):
        raise RecipeError(
            tr(
                "{name} is for the task {task}. seodang.Classifier and seodang.Regressor take recipes that classify or regress; train "
                "others with seodang.train.",
                name=found.name,
                task=found.task,
            )
        )
    if found.transfer.strategy not in ("none", "auto"):
        raise RecipeError(
            tr(
                "{name} starts from a pretrained network, which needs files of pictures. Train it with seodang.train.",
                name=found.name,
            )
        )
    if found.training.minutes is not None:
        raise RecipeError(tr("training.minutes needs a plan, which an estimator does not make. Say training.epochs."))
    loss = found.loss
    if task == "regress":
        loss = loss if loss in AMOUNT_LOSSES else "mse"
    elif loss not in CLASS_LOSSES or (loss == "binary_cross_entropy" and num_classes != 2):
        loss = "cross_entropy"
    training = found.training
    if task == "regress" and training.monitor.endswith("accuracy"):
        training = training.model_copy(update={"monitor": "validation_loss"})
    transfer = found.transfer.model_copy(update={"strategy": "none"})
    update = {"task": task, "loss": loss, "training": training, "transfer": transfer, "examples": None}
    return found.model_copy(update=update)


def share_apart(recipe: Recipe, rows: int, least: int = 20) -> float:
    """Which share of the rows is kept apart to choose by: none unless the recipe chooses, and none of very few rows."""
    chooses = recipe.training.patience is not None or recipe.training.keep == "best"
    return recipe.split.validation if chooses and rows >= least else 0.0


def without_choosing(recipe: Recipe) -> Recipe:
    """The recipe for data of which nothing can be kept apart: it ends with the last weights."""
    if recipe.training.monitor.startswith("validation"):
        plain = recipe.training.model_copy(update={"patience": None, "keep": "last"})
        return recipe.model_copy(update={"training": plain})
    return recipe


def train_network(data: Data, recipe: Recipe, task: Any) -> Fitted:
    """Follow the training loop to its end. The caller's random generator is left as it was."""
    known: tuple[str, ...] | None = data.classes if len(data.classes) > 1 else None
    findings = lint(recipe, known, training_examples=len(data.train), validation_examples=len(data.validation))
    if errors := [finding.words for finding in findings if finding.level == "error"]:
        raise RecipeError("\n".join(errors))
    place = choose_device(recipe.training)
    model = build_network(recipe, task, data)
    if isinstance(data, Encoded):
        model = model.double()
    state, best = begin(model, recipe, place), Best(recipe.training)
    history: list[dict[str, Any]] = []
    with torch.random.fork_rng(devices=[]):
        for event in fit(data, recipe, task, state, place):
            if isinstance(event, Epoch):
                _refuse_nonsense(event)
                history.append({"epoch": event.epoch, **event.metrics})
                if best.see(event, state):
                    break
    state.model.load_state_dict(best.final_weights(state))
    return Fitted(state.model.cpu().eval(), recipe, history)


def answers(network: nn.Module, inputs: Tensor, task: Any, before: nn.Module | None = None) -> Tensor:
    """What the network says of inputs (N, …): raw scores (N, outputs)."""
    network.eval()
    with torch.inference_mode():
        parts = [task.scores(network(part if before is None else before(part))) for part in inputs.split(AT_ONCE)]
    return torch.cat(parts)


def _refuse_nonsense(event: Epoch) -> None:
    if not math.isfinite(event.metrics["loss"]):
        raise RunError(
            tr(
                "The loss is not a number any more (epoch {epoch}): the steps were too large. Fit again with a smaller learning_rate, "
                "such as a tenth of now.",
                epoch=event.epoch,
            )
        )
