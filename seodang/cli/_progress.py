"""The training stream on a screen: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from seodang.core.language import tr
from seodang.core.numbers import percent
from seodang.core.numbers import short as figures
from seodang.core.sentences import shown
from seodang.data.frame import frame_lines
from seodang.data.load import Prepared
from seodang.data.look import look, short
from seodang.evaluation.naming import metric_in_short
from seodang.runs.events import Begun, Event, Interrupted, Opened, Planned, Replanned
from seodang.training.features import Passed
from seodang.training.loop import Epoch, Notice, Step
from seodang.training.plan import PassPlan, Plan, duration

# Seconds between two updates of the live line; reading a loss may wait for a GPU, so not every step is read.
REFRESH = 0.2
# Where there is no terminal, about so many lines of epochs at most; every epoch is in history.jsonl.
PLAIN_LINES = 40
# And in a long pass of pictures a line about so often, in seconds.
PLAIN_SECONDS = 10.0


def show(events: Iterable[Event], console: Console) -> Iterator[Event]:
    """Pass the events on, printing them as they go by."""
    line = _Line(console)
    try:
        for event in events:
            if isinstance(event, Opened):
                for text in _opened(event):
                    console.print(text, markup=False)
            elif isinstance(event, Begun):
                for text in _begun(event):
                    console.print(text, markup=False)
                line.begin(event.plan, event.steps_done, event.recipe.training.log_every)
            elif isinstance(event, Planned):
                console.print(tr("Then: {words}.", words=event.plan.words), markup=False)
                line.begin(event.plan, 0, 1)
            elif isinstance(event, Passed):
                line.passed(event)
            elif isinstance(event, Step):
                line.step(event)
            elif isinstance(event, Epoch):
                line.epoch(event)
            elif isinstance(event, Replanned):
                line.replanned(event)
            elif isinstance(event, Notice):
                console.print(shown(event.text), markup=False)
            elif isinstance(event, Interrupted):
                console.print(
                    tr(
                        "Stopped at step {step}; nothing is lost. Carry on with `seodang train --resume {folder}`.",
                        step=event.step,
                        folder=event.folder,
                    ),
                    markup=False,
                )
            yield event
    finally:
        line.end()


def _opened(event: Opened) -> list[str]:
    """What the data is, and what was noticed in it."""
    data = event.data
    if isinstance(data, Prepared):
        found = look(data.source, data.scan, data.division)
        told = any(finding["kind"] == "left_out" for finding in found["findings"])  # with what to do
        return [*short(found), *(shown(note) for note in data.notes if not (told and "`seodang look`" in note))]
    return [*frame_lines(data.source), *map(shown, data.notes)]


def _measured(metrics: dict[str, float], before: str) -> str:
    """The loss and what the task tallies: shares as percentages, amounts as they are."""
    found = {name.removeprefix(before): value for name, value in metrics.items() if name.startswith(before)}
    found = {name: value for name, value in found.items() if "_" not in name}
    words = {
        name: f"{percent(value):>7}" if name == "accuracy" else f"{value:.4f}" if name == "loss" else figures(value)
        for name, value in found.items()
    }
    return "  ".join(f"{metric_in_short(name)} {value}" for name, value in words.items())


def _begun(event: Begun) -> list[str]:
    """What will be trained, on what, how long it will take, and what was chosen and why."""
    training = event.recipe.training
    reasons = [f"  {shown(reason)}" for reason in event.reasons]
    name = event.recipe.name
    network = event.recipe.transfer.backbone if event.recipe.model.name == "backbone" else event.recipe.model.name
    if event.recipe.solves_head:
        how = tr("the base frozen, the head solved for, on {place}", place=event.place.words)
    else:
        how = tr(
            "{optimizer} at {rate:g}, batches of {batch:,}, on {place}",
            optimizer=training.optimizer,
            rate=training.learning_rate,
            batch=training.batch_size,
            place=event.place.words,
        )
    if event.steps_done:
        start = tr(
            "Carrying on after step {step}: {name} ({network}), {how}.",
            step=event.steps_done,
            name=name,
            network=network,
            how=how,
        )
    else:
        start = tr("Training: {name} ({network}), {how}.", name=name, network=network, how=how)
    return [start, *reasons, tr("Plan: {words}.", words=event.plan.words)]


class _Line:
    """The live line of a terminal (losses, rate, examples a second, time left) and the lines of the epochs."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.bar: Progress | None = None
        self.epochs = self.total = self.every = 1
        self.last = 0.0
        self.passed_before: int | None = None

    def begin(self, plan: Plan | PassPlan, done: int, asked: int) -> None:
        self.end()
        if isinstance(plan, PassPlan):
            self.started = self.last = time.perf_counter()
            self.passed_before = None
            if self.console.is_terminal and plan.seconds > 1:
                self._show(plan.pictures, 0)
            return
        self.total, self.first = plan.steps, done
        self.per_epoch = plan.steps_per_epoch
        self.epochs = -(-self.total // self.per_epoch)
        self.every = asked if asked > 1 or self.console.is_terminal else -(-self.epochs // PLAIN_LINES)
        self.started, self.examples = time.perf_counter(), 0
        if self.console.is_terminal:
            self._show(self.total, self.first)

    def _show(self, total: int, completed: int) -> None:
        self.bar = Progress(
            BarColumn(bar_width=24), TextColumn("{task.description}"), console=self.console, transient=True
        )
        self.task = self.bar.add_task("", total=total, completed=completed)
        self.bar.start()

    def passed(self, event: Passed) -> None:
        """Pictures that went through a frozen base; what was known before took no time."""
        if self.passed_before is None:
            self.passed_before = event.done
        now = time.perf_counter()
        if self.bar is None and (now - self.last < PLAIN_SECONDS or event.done == event.total):
            return
        fresh, passed = event.done - self.passed_before, now - self.started
        words = tr("{done:,} of {total:,} pictures", done=event.done, total=event.total)
        if fresh:
            left = duration((event.total - event.done) * passed / fresh)
            words += "  " + tr("{rate:,.0f} pictures/s  {left} left", rate=fresh / passed, left=left)
        self.last = now
        if self.bar is None:
            self.console.print(words, markup=False)
        else:
            self.bar.update(self.task, total=event.total, completed=event.done, description=words)

    def step(self, event: Step) -> None:
        self.examples += event.examples
        now = time.perf_counter()
        if self.bar is None or now - self.last < REFRESH:
            return
        self.last = now
        passed = now - self.started
        left = (self.total - event.step) * passed / max(1, event.step - self.first)
        words = tr(
            "epoch {epoch}/{epochs}  loss {loss:.4f}  rate {rate:.1e}  {speed:,.0f} examples/s  {left} left",
            epoch=event.epoch,
            epochs=self.epochs,
            loss=float(event.loss),
            rate=event.learning_rate,
            speed=self.examples / passed,
            left=duration(left),
        )
        self.bar.update(self.task, completed=event.step, description=words)

    def replanned(self, event: Replanned) -> None:
        self.total = event.steps
        self.epochs = -(-self.total // self.per_epoch)
        if self.bar is not None:
            self.bar.update(self.task, total=self.total)

    def epoch(self, event: Epoch) -> None:
        if "penalty" in event.metrics:
            return  # one of many; the chosen one is told, all are in history.jsonl
        if event.epoch % self.every and event.epoch not in (1, self.epochs):
            return
        found = event.metrics
        epoch = f"{event.epoch:>{len(str(self.epochs))}}"
        words = [tr("epoch {epoch}/{epochs}", epoch=epoch, epochs=self.epochs) + f"  {_measured(found, '')}"]
        if "validation_loss" in found:
            words.append(tr("validation {measured}", measured=_measured(found, "validation_")))
        self.console.print("  |  ".join((*words, tr("{seconds:.1f} s", seconds=event.seconds))), markup=False)

    def end(self) -> None:
        if self.bar is not None:
            self.bar.stop()
            self.bar = None
