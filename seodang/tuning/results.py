"""What a tuning found, for a person: a table, sentences, the command of the best, a page."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

from seodang.core.language import tr, trn
from seodang.evaluation.intervals import wilson
from seodang.foundations.explore import Exploration
from seodang.foundations.explore import write_page as write_exploration
from seodang.tuning.tune import MEASURES, Trial, Tuning


def rows(tuning: Tuning) -> list[tuple[str, ...]]:
    """A row of cells a trial, the best first; the first row are the heads."""
    varied, measured = list(tuning.best.settings), [name for name in MEASURES if name in tuning.best.metrics]
    measured = [tuning.by, *(name for name in measured if name != tuning.by)]
    heads = (tr("trial"), *_short(varied), *(_named(name) for name in measured), tr("epochs"), tr("seconds"))
    found = [heads]
    for trial in tuning.trials:
        cells = [tr("failed")] * len(measured)
        if not trial.failed:
            cells = [_shown(name, trial.metrics[name]) for name in measured]
        found.append(
            (str(trial.number), *trial.settings.values(), *cells, str(trial.epochs or ""), f"{trial.seconds:.1f}")
        )
    return found


def _named(measure: str) -> str:
    """A measure as a person reads it: "validation accuracy"."""
    words = {
        "validation_accuracy": tr("validation accuracy"),
        "validation_mae": tr("validation mae"),
        "validation_loss": tr("validation loss"),
    }
    return words[measure]


def _short(keys: list[str]) -> list[str]:
    """The last parts of the settings' names, where these tell them apart.

    >>> _short(["training.learning_rate", "model.depth"])
    ['learning_rate', 'depth']
    """
    last = [key.rpartition(".")[2] for key in keys]
    return last if len(set(last)) == len(last) else keys


def _shown(name: str, value: float) -> str:
    return f"{value:.2%}" if name.endswith("accuracy") else f"{value:.4f}" if name.endswith("loss") else f"{value:.5g}"


def sentences(tuning: Tuning) -> list[str]:
    """Which is best, how surely, and what that is worth."""
    best = tuning.best
    worked = [trial for trial in tuning.trials if not trial.failed]
    words = " ".join(f"{key}={value}" for key, value in best.settings.items())
    found = [
        tr(
            "The best of {count} by {measure} is trial {number}: {settings}.",
            count=len(worked),
            measure=_named(tuning.by),
            number=best.number,
            settings=words,
        )
    ]
    near = _near(tuning, worked)
    if near:
        listed = ", ".join(str(trial.number) for trial in near[:8]) + (", …" if len(near) > 8 else "")
        found.append(
            trn(
                "{count} other (trial {listed}) lies within the 95 % interval of its {examples:,} validation examples: the "
                "difference may be chance.",
                "{count} others (trials {listed}) lie within the 95 % interval of its {examples:,} validation examples: the "
                "difference may be chance.",
                len(near),
                listed=listed,
                examples=best.examples,
            )
        )
    if len(worked) < len(tuning.trials):
        failed = len(tuning.trials) - len(worked)
        found.append(tr("{count} could not be trained; trials.jsonl says why.", count=failed))
    found.append(
        tr("The best of several looks better on the split that chose it than it is. The test split was not looked at.")
    )
    return found


def _near(tuning: Tuning, worked: list[Trial]) -> list[Trial]:
    """Trials whose accuracy is within the interval of the best's; of other measures none can be named from a mean alone."""
    best = tuning.best
    if tuning.by != "validation_accuracy" or not best.examples:
        return []
    low, _ = wilson(round(best.metrics[tuning.by] * best.examples), best.examples)
    return [trial for trial in worked if trial is not best and trial.metrics[tuning.by] >= low]


def command(tuning: Tuning) -> str:
    """What trains the best again, as a person types it."""
    plain = [tuning.data] if tuning.recipe is None else [tuning.data, tuning.recipe]
    return shlex.join(["seodang", "train", *plain, *(f"{key}={value}" for key, value in tuning.settings.items())])


def described(tuning: Tuning) -> dict[str, Any]:
    """Fit for JSON."""
    trials = [{name: value for name, value in trial.__dict__.items()} for trial in tuning.trials]
    return {
        "folder": str(tuning.folder),
        "by": tuning.by,
        "best": {"trial": tuning.best.number, "settings": tuning.settings, "metrics": tuning.best.metrics},
        "command": command(tuning),
        "words": sentences(tuning),
        "trials": trials,
    }


def write_page(tuning: Tuning) -> Path:
    """The table as an HTML page in the tuning's folder."""
    title = tr(
        "{recipe} on {data}: {count} trials",
        recipe=tuning.recipe or tr("The house recipe"),
        data=Path(tuning.data).name,
        count=len(tuning.trials),
    )
    words = (*sentences(tuning), tr("Train the best again: {command}", command=command(tuning)))
    table = (tr("Every trial, the best first"), tuple(rows(tuning)))
    return write_exploration(Exploration(title, words, {}, (), (table,)), tuning.folder / "trials.html")
