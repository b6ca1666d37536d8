"""Train a run again from its own files and state the difference."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from seodang.core.files import sha256
from seodang.core.language import tr
from seodang.core.numbers import percent
from seodang.runs.events import Answer, Event, Finished
from seodang.runs.folder import RUNS, Run, load, read_parts, trained_on
from seodang.runs.machine import bits_may_differ
from seodang.runs.parts import recipes_of
from seodang.runs.train import resume_stream, stream

# Told apart when two histories are compared; seconds are never the same.
_TIMES = {"seconds"}


@dataclass(frozen=True)
class Difference:
    """How two trainings of one recipe differ.

    same_weights: every bit of the weights is the same. largest: the largest absolute difference of a weight, or None
    where the networks are not of one shape. epochs: epochs whose lines in the history differ. because: what was other.
    """

    same_weights: bool
    largest: float | None
    epochs: tuple[int, ...]
    metrics: dict[str, tuple[float, float]]
    because: tuple[str, ...]

    @property
    def words(self) -> str:
        """The difference in a sentence or two."""
        if self.same_weights and not self.epochs:
            return tr("No difference: the same weights, bit for bit, and the same history.")
        found = (
            [tr("The largest difference of a weight is {largest:.2g}.", largest=self.largest)]
            if self.largest is not None
            else [tr("The weights differ in shape.")]
        )
        found += [_moved(name, then, now) for name, (then, now) in self.metrics.items()]
        found.append(
            tr("What was other: {changes}.", changes=", ".join(self.because))
            if self.because
            else tr("Nothing is known to be other; please tell us.")
        )
        return " ".join(found)

    def describe(self) -> dict[str, Any]:
        """The difference for JSON."""
        return {
            "same_weights": self.same_weights,
            "largest_weight_difference": self.largest,
            "epochs_that_differ": list(self.epochs),
            "metrics": {name: list(pair) for name, pair in self.metrics.items()},
            "because": list(self.because),
            "words": self.words,
        }


def repeat(run: Run | str | Path, *, runs: str | Path | None = None) -> tuple[Run, Difference]:
    """Train a run's recipe on its data once more, as a run of its own, and compare the two.

    Args:
        run: A run, or its path or name.
        runs: The folder that the new run's folder is made in. None: beside the run.
    """
    run = run if isinstance(run, Run) else load(run)
    for event in repeat_stream(run, runs=runs):
        if isinstance(event, Finished):
            return event.run, difference(run, event.run)
    raise KeyboardInterrupt


def repeat_stream(run: Run, *, runs: str | Path | None = None) -> Generator[Event, Answer, None]:
    """The stream of the repeated training. The recorded recipe is complete, so nothing is chosen anew.

    A run that was extended is trained in the same parts.
    """
    recipe, *more = recipes_of(run.folder, run.recipe)
    below = runs if runs is not None else run.folder.parent if run.folder.parent.name else RUNS
    end = yield from _until_its_end(
        stream(trained_on(run.folder, run.data), recipe, runs=below, name=f"{run.name}-again")
    )
    for part in more:
        if end is not None:
            end = yield from _until_its_end(resume_stream(end.run.folder, recipe=part))
    if end is not None:
        yield end


def _until_its_end(events: Generator[Event, Answer, None]) -> Generator[Event, Answer, Finished | None]:
    """A training's events up to the last one, which is given back; None where the training was stopped."""
    end, answer = None, None
    with contextlib.suppress(StopIteration):
        while True:
            event = events.send(answer)
            end, answer = (event, None) if isinstance(event, Finished) else (None, (yield event))
    return end


def difference(then: Run, now: Run) -> Difference:
    """Compare the weights, the histories and the machines of two runs of one recipe."""
    files = [each.folder / "model.safetensors" for each in (then, now)]
    same = sha256(files[0]) == sha256(files[1])
    first, second = (load_file(file) for file in files)
    shapes_agree = {k: v.shape for k, v in first.items()} == {k: v.shape for k, v in second.items()}
    largest = (
        max((float(np.abs(first[k].astype(np.float64) - second[k]).max()) for k in first if first[k].size), default=0.0)
        if shapes_agree
        else None
    )
    lines = list(zip(then.history, now.history, strict=False))
    epochs = [a["epoch"] for a, b in lines if _timeless(a) != _timeless(b)]
    longer = max(then.history, now.history, key=len)
    epochs += [line["epoch"] for line in longer[len(lines) :]]
    last = lines[-1] if lines else ({}, {})
    names = ("loss", "accuracy", "validation_loss", "validation_accuracy")
    metrics = {n: (last[0][n], last[1][n]) for n in names if n in last[0] and n in last[1] and last[0][n] != last[1][n]}
    data = [] if then.data["sha256"] == now.data["sha256"] else [tr("the data")]
    because = [*data, *bits_may_differ(then.machine, now.machine), *_changed_on_the_way(then)]
    return Difference(same, largest, tuple(epochs), metrics, tuple(because))


def _moved(name: str, then: float, now: float) -> str:
    """A number of the last epoch then and now; shares in percent."""
    if name.endswith("accuracy"):
        return f"{name}: {percent(then)} → {percent(now)}."
    return f"{name}: {then:.4f} → {now:.4f}."


def _changed_on_the_way(run: Run) -> list[str]:
    return [
        tr("the length of {run} was changed while it trained, at step {step}", run=run.name, step=part["step"])
        for part in read_parts(run.folder)
        if not part["is_whole"]
    ]


def _timeless(line: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key not in _TIMES}
