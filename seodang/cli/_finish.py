"""What `train` and `repeat` share: show the stream, judge the run once, print the verdict."""

from __future__ import annotations

import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console

from seodang.cli._progress import show
from seodang.cli._screen import print_json, print_verdict
from seodang.core.errors import RunError, of_the_system
from seodang.core.language import tr
from seodang.core.processes import is_first_process
from seodang.diagnoses.diagnose import at_the_end, told
from seodang.evaluation.evaluate import evaluate
from seodang.runs.events import Begun, Event, Finished, Interrupted
from seodang.runs.folder import Run
from seodang.training.plan import duration


def finish(events: Iterable[Event], console: Console, as_json: bool) -> Run:
    """Follow a training to its end, judge it, tell; a run stopped by a signal ends the process as that signal does."""
    if not is_first_process():
        for _ in events:  # of several processes the first one tells and judges
            pass
        raise SystemExit(0)
    begun: Path | None = None
    judging = False
    try:
        for event in show(events, console):
            if isinstance(event, Begun):
                begun = event.folder
            elif isinstance(event, Interrupted):
                if as_json:
                    print_json({"run": str(event.folder), "interrupted": True, "step": event.step})
                raise SystemExit(128 + event.signal)
            elif isinstance(event, Finished):
                judging = True
                return _judge(event, console, as_json)
    except KeyboardInterrupt:
        console.print(_stopped(begun, judging), markup=False)
        if begun is None or not as_json:
            raise
        print_json({"run": str(begun), "interrupted": True})
        raise SystemExit(128 + signal.SIGINT) from None
    raise AssertionError("the stream ends with Finished or Interrupted")


def _stopped(begun: Path | None, judging: bool) -> str:
    """What is left after Ctrl-C before the first step, or after the last."""
    if judging:
        return tr("Stopped while it was judged; the run is whole: `seodang evaluate {folder}`.", folder=begun)
    if begun is not None:
        return tr("Stopped. Carry on with `seodang train --resume {folder}`.", folder=begun)
    return tr("Stopped before training began; nothing was saved.")


def _judge(event: Finished, console: Console, as_json: bool) -> Run:
    run = event.run
    time = duration(event.training_seconds)
    if event.best_epoch:
        best = tr(
            "Trained in {time}; kept epoch {epoch}, the best on {monitor}.",
            time=time,
            epoch=event.best_epoch,
            monitor=run.recipe.training.monitor,
        )
        console.print(best, markup=False)
    else:
        console.print(tr("Trained in {time}.", time=time), markup=False)
    try:
        report: dict[str, Any] = evaluate(run, prepared=event.data, examine=at_the_end)
    except OSError as error:
        if of_the_system(error) is None:
            raise
        raise RunError(
            tr(
                "The run is whole, but {file} could not be written: {why}. Make room or mend the disk, "
                "then `seodang evaluate {folder}`.",
                file=error.filename or tr("its report"),
                why=error.strerror,
                folder=run.folder,
            )
        ) from error
    console.print()
    print_verdict(console, report, told(report["findings"], str(run.folder)))
    console.print(
        tr("\nRun: {folder}    Report: {report}", folder=run.folder, report=run.folder / "report.html"), markup=False
    )
    if as_json:
        print_json({**report, "seconds": event.training_seconds})
    return run
