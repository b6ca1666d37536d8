"""A training loop followed to its end: history, checkpoints, best weights, signals, and what a run ends with."""

from __future__ import annotations

import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save as save_tensors

from seodang.core.errors import RunError
from seodang.core.files import append_line, write_bytes, write_json, write_text
from seodang.core.language import tr
from seodang.data.encoded import Data
from seodang.models.backbone import Backbone
from seodang.recipes.recipe import Recipe
from seodang.recipes.resolve import to_yaml
from seodang.runs.checkpoint import load_checkpoint, save_checkpoint
from seodang.runs.events import Answer, End, Event, Finished, Interrupted, Leave, Replanned, Resumed
from seodang.runs.folder import load, read_recipe
from seodang.runs.history import History
from seodang.runs.interrupt import listening
from seodang.runs.samples import Samples
from seodang.runs.writing import write_manifest
from seodang.tasks.build import build_task
from seodang.training.best import Best
from seodang.training.device import Place
from seodang.training.loop import Epoch, Notice, State, Step, count_steps, fit, is_meeting
from seodang.training.plan import Pace

# Between two checkpoints there is so much more time than writing one takes.
CHECKPOINT_SHARE = 50
# What the first of several processes says at a meeting.
GO_ON, LEAVE = 0, 1


def follow(
    folder: Path,
    data: Data,
    recipe: Recipe,
    state: State,
    best: Best,
    place: Place,
    machine: dict[str, Any],
    pace: Pace | None = None,
    whole: Backbone | None = None,
    pictures: Data | None = None,
    spent: float = 0.0,
) -> Generator[Event, Answer, None]:
    """Read the loop's stream: history, checkpoints, best weights, signals; then write what the run ends with. The reader of this
    stream may answer that the run ends or is left.

    whole: the network whose head is trained here, which is what is saved.   pictures: the run's data, where `data` is their
    features.   spent: seconds that training took before.
    """
    task = build_task(recipe.task, recipe.loss, data.facts)
    samples = Samples(folder, recipe, task, state)
    history, saver = History(folder / "history.jsonl"), _Saver(folder, state, best, recipe.training.checkpoint_seconds)
    is_over = best.is_spent(state.epoch)
    if state.step:  # it may have been left before anyone was asked about its last epoch
        answer, (_, state.total) = (yield Resumed(state.epoch)), count_steps(len(data.train), recipe)
        if isinstance(answer, End) and not state.done_in_epoch and state.step < state.total:
            _end_here(folder, state, answer.why)
            is_over = True
    started, outside = time.perf_counter(), 0.0
    with listening() as interrupt, torch.random.fork_rng(devices=[]):
        for event in () if is_over else fit(data, recipe, task, state, place):
            meets = is_meeting(event, place)
            if interrupt.signal is not None and meets:
                if isinstance(event, Epoch):
                    best.see(event, state)
                    history.write(event)
                    samples.write(event.epoch)
                saver.save()
                place.agree(state.total, LEAVE)
                yield Interrupted(folder, state.step, interrupt.signal)
                return
            stop = False
            if isinstance(event, Epoch):
                _refuse_nonsense(event, folder)
                stop = best.see(event, state)
                history.write(event)
                samples.write(event.epoch)
            if isinstance(event, Step | Epoch) and saver.is_due():
                saver.save()
            if pace and (meets or not isinstance(event, Step)) and (steps := pace.see(event, state)):
                state.end_after(steps)
                epochs = -(-steps // pace.plan.steps_per_epoch)
                rewrite_recipe(folder, training={"steps": steps, "epochs": epochs, "replanned": tuple(state.replanned)})
                yield Replanned(steps)
            if meets:
                place.agree(state.total, LEAVE if stop else GO_ON)
            left = time.perf_counter()
            answer = yield event
            outside += time.perf_counter() - left
            if isinstance(answer, Leave) and meets:
                saver.save()
                yield Interrupted(folder, state.step, 0)
                return
            if isinstance(answer, End) and isinstance(event, Epoch) and state.step < state.total:
                _end_here(folder, state, answer.why)
                break
            if stop:
                yield Notice(
                    tr(
                        "Stopped after epoch {epoch}: {monitor} has not been better since epoch {best}.",
                        epoch=state.epoch,
                        monitor=best.monitor,
                        best=best.epoch,
                    )
                )
                break
    seconds = time.perf_counter() - started - outside
    saver.save()
    weights = best.final_weights(state)
    if whole is not None and state.model is whole.head:
        whole.head.load_state_dict(weights)
        weights = whole.state_dict()
    yield finish(folder, pictures or data, weights, machine, seconds + spent, best.epoch if best.restores else None)


def accompany(data: Data, recipe: Recipe, task: Any, state: State, best: Best, place: Place) -> None:
    """What another than the first of several processes does: the same steps, and as far as the first one says."""
    with listening(), torch.random.fork_rng(devices=[]):
        for event in () if best.is_spent(state.epoch) else fit(data, recipe, task, state, place):
            if is_meeting(event, place):
                total, word = place.agree(state.total, GO_ON)
                if total != state.total:
                    state.end_after(total)
                if word == LEAVE:
                    return


def finish(
    folder: Path,
    data: Data,
    weights: dict[str, torch.Tensor],
    machine: dict[str, Any],
    seconds: float,
    best_epoch: int | None,
) -> Finished:
    """Write the weights, what the machine was, and the manifest, last."""
    plain = {name: t.detach().cpu().contiguous() for name, t in weights.items()}
    write_bytes(folder / "model.safetensors", save_tensors(plain))
    write_json(folder / "machine.json", {**machine, "training_seconds": round(seconds, 3)})
    write_manifest(folder)
    return Finished(load(folder), data, seconds, best_epoch)


def restore(folder: Path, state: State, best: Best) -> tuple[bool, list[str]]:
    """Bring a state to the newest whole checkpoint. Whether there was one, and a sentence for each damaged one."""
    checkpoint, damaged = load_checkpoint(folder / "checkpoint")
    if checkpoint:
        try:
            state.restore(checkpoint.tensors, checkpoint.numbers["state"])
            best.restore(checkpoint.tensors, checkpoint.numbers["best"])
        except (KeyError, RuntimeError) as error:
            raise RunError(
                tr(
                    "The checkpoint of {folder} does not fit its recipe ({reason}): another version of seodang wrote it, or the recipe was "
                    "changed. Train again with `seodang repeat {folder}`.",
                    folder=folder,
                    reason=" ".join(str(error).split())[:120],
                )
            ) from None
    return checkpoint is not None, damaged


def rewrite_recipe(
    folder: Path,
    *,
    training: dict[str, Any] | None = None,
    transfer: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """What was decided on the way stands in the recipe before a step is taken by it, so that what is resumed or repeated goes the
    same way."""
    path = folder / "recipe.yaml"
    reasons = [line.removeprefix("# ") for line in path.read_text("utf-8").splitlines() if line.startswith("# ")]
    recipe = read_recipe(folder)
    decided = {
        "training": recipe.training.model_copy(update=training or {}),
        "transfer": recipe.transfer.model_copy(update=transfer or {}),
    }
    write_text(path, to_yaml(recipe.model_copy(update=decided), [*reasons, reason] if reason else reasons))


def _end_here(folder: Path, state: State, why: str) -> None:
    """Let the run be one that was to end here; its schedule stays that of the steps it was planned with."""
    state.end_after(state.step)
    ended = {"steps": state.step, "epochs": state.epoch, "replanned": tuple(state.replanned)}
    rewrite_recipe(folder, training=ended, reason=why)


class _Saver:
    """Writes checkpoints, seldom enough not to slow training."""

    def __init__(self, folder: Path, state: State, best: Best, seconds: float) -> None:
        self.folder, self.state, self.best = folder / "checkpoint", state, best
        self.seconds = self.wait = seconds
        self.last = time.monotonic()

    def is_due(self) -> bool:
        return time.monotonic() - self.last > self.wait

    def save(self) -> None:
        started = time.monotonic()
        numbers = {"state": self.state.numbers(), "best": self.best.numbers()}
        save_checkpoint(self.folder, self.state.step, {**self.state.tensors(), **self.best.tensors()}, numbers)
        self.last = time.monotonic()
        self.wait = max(self.seconds, CHECKPOINT_SHARE * (self.last - started)) if self.seconds else 0


def _refuse_nonsense(event: Epoch, folder: Path) -> None:
    loss = event.metrics["loss"]
    if loss != loss or loss in (float("inf"), float("-inf")):
        append_line(folder / "failed.jsonl", {"epoch": event.epoch, "loss": str(loss)})
        raise RunError(
            tr(
                "The loss is not a number any more (epoch {epoch}): the steps were too large. Train again with a smaller rate, such as "
                "learning_rate a tenth of now, or with max_gradient_norm=1.",
                epoch=event.epoch,
            )
        )
