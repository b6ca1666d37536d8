"""What a tuning found, for a person: a table, sentences, the command of the best, a page."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Any

from seodang.core.language import tr, trn
from seodang.core.numbers import percent, short
from seodang.core.sentences import shown
from seodang.evaluation.intervals import wilson
from seodang.foundations.explore import Exploration
from seodang.foundations.explore import write_page as write_exploration
from seodang.tuning.drawn import drawings
from seodang.tuning.search import Search
from seodang.tuning.space import Range
from seodang.tuning.trial import MEASURES, Trial
from seodang.tuning.tune import Tuning

# A setting is said to matter most where it is the first in so many of the resamples.
SURE = 0.95


def rows(tuning: Tuning) -> list[tuple[str, ...]]:
    """A row of cells a trial, the best first; the first row are the heads."""
    varied = names(tuning)
    measured = [tuning.by, *(name for name in MEASURES if name in tuning.best.metrics and name != tuning.by)]
    heads = (tr("trial"), *_short(varied), *(named(name) for name in measured), tr("epochs"), tr("seconds"))
    found = [heads]
    for trial in tuning.trials:
        cells = [tr("failed")] * len(measured)
        if not trial.failed:
            cells = [figure(name, trial.metrics[name]) for name in measured]
        epochs = str(trial.epochs or "")
        if trial.stopped:
            epochs = tr("{epochs} of {planned}", epochs=trial.epochs, planned=trial.planned)
        number = tr("{number} (the recipe as it is)", number=trial.number) if trial.is_plain else str(trial.number)
        settings = [trial.settings.get(name, "–") for name in varied]
        found.append((number, *settings, *cells, epochs, f"{trial.seconds:.1f}"))
    return found


def names(tuning: Tuning) -> list[str]:
    """The settings that vary."""
    return list(tuning.search.space if tuning.search else tuning.best.settings)


def named(measure: str) -> str:
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


def figure(name: str, value: float) -> str:
    """A measure's value as a person reads it."""
    return percent(value) if name.endswith("accuracy") else f"{value:.4f}" if name.endswith("loss") else short(value)


def beforehand(search: Search) -> list[str]:
    """What a search will do, in lines."""
    asked = []
    if search.trials is not None:
        asked.append(tr("{trials} trials", trials=search.trials))
    if search.minutes is not None:
        asked.append(tr("{minutes:g} minutes", minutes=search.minutes))
    found = [
        tr(
            "A search of {asked}, seed {seed}. Trial 1 is the recipe as it is; the others try:",
            asked=", ".join(asked),
            seed=search.seed,
        )
    ]
    found += [f"  {name}: {one.words}" for name, one in search.space.items()]
    if any(isinstance(one, Range) for one in search.space.values()):
        found.append(tr("log: or linear: before a range takes the other scale, as in linear:1e-4..1e-1."))
    if search.stops:
        found.append(tr("Hopeless trials are stopped early; --to-the-end trains each to its end."))
    return found


def sentences(tuning: Tuning) -> list[str]:
    """Which is best, how surely, and what that is worth."""
    whole = [trial for trial in tuning.trials if trial.is_whole]
    found = [tuning.ended] if tuning.ended else []
    found += [*_best(tuning, whole), *_near_words(tuning, whole), *_left_out(tuning)]
    found += _weights_words(tuning)
    found.append(_worth(tuning, whole))
    return found


def _best(tuning: Tuning, whole: list[Trial]) -> list[str]:
    best, measure = tuning.best, named(tuning.by)
    if best.is_plain and len(whole) == 1:
        return [tr("Only trial {number}, the recipe as it is, was trained to its end.", number=best.number)]
    if len(whole) == 1:
        return [tr("Only trial {number} was trained to its end.", number=best.number)]
    if best.is_plain:
        return [
            tr(
                "Of {count} by {measure}, none was better than trial {number}, the recipe as it is.",
                count=len(whole),
                measure=measure,
                number=best.number,
            )
        ]
    words = " ".join(f"{key}={value}" for key, value in best.settings.items())
    found = [
        tr(
            "The best of {count} by {measure} is trial {number}: {settings}.",
            count=len(whole),
            measure=measure,
            number=best.number,
            settings=words,
        )
    ]
    for plain in (trial for trial in whole if trial.is_plain):
        found.append(
            tr(
                "It has {best}, and trial {number}, the recipe as it is, {plain}.",
                best=figure(tuning.by, best.metrics[tuning.by]),
                number=plain.number,
                plain=figure(tuning.by, plain.metrics[tuning.by]),
            )
        )
    return found


def _near_words(tuning: Tuning, whole: list[Trial]) -> list[str]:
    near = _near(tuning, whole)
    if not near:
        return []
    listed = ", ".join(str(trial.number) for trial in near[:8]) + (", …" if len(near) > 8 else "")
    return [
        trn(
            "{count} other (trial {listed}) lies within the 95 % interval of its {examples:,} validation examples: the "
            "difference may be chance.",
            "{count} others (trials {listed}) lie within the 95 % interval of its {examples:,} validation examples: the "
            "difference may be chance.",
            len(near),
            listed=listed,
            examples=tuning.best.examples,
        )
    ]


def _left_out(tuning: Tuning) -> list[str]:
    stopped = sum(bool(trial.stopped) for trial in tuning.trials)
    failed = sum(bool(trial.failed) for trial in tuning.trials)
    found = []
    if stopped:
        found.append(
            trn(
                "{count} was stopped early, because half of the trials before it were further at that epoch; its score is not final.",
                "{count} were stopped early, because half of the trials before them were further at that epoch; their scores are not "
                "final.",
                stopped,
            )
        )
    if failed:
        found.append(tr("{count} could not be trained; trials.jsonl says why.", count=failed))
    return found


def _near(tuning: Tuning, whole: list[Trial]) -> list[Trial]:
    """Trials whose accuracy is within the interval of the best's; of other measures none can be named from a mean alone."""
    best = tuning.best
    if tuning.by != "validation_accuracy" or not best.examples:
        return []
    low, _ = wilson(round(best.metrics[tuning.by] * best.examples), best.examples)
    return [trial for trial in whole if trial is not best and trial.metrics[tuning.by] >= low]


def _weights_words(tuning: Tuning) -> list[str]:
    found = tuning.importance
    if not found:
        return []
    count = sum(trial.is_whole for trial in tuning.trials)
    listed = ", ".join(
        tr("{name} {share:.0%} ({low:.0%} to {high:.0%})", name=one.name, share=one.share, low=one.low, high=one.high)
        for one in found
    )
    how = tr("shares of the scores' variance; in brackets what 9 in 10 resamplings of the trials say")
    first = max(found, key=lambda one: one.first)
    if first.first >= SURE:
        return [tr("{name} mattered most: {listed} ({how}).", name=first.name, listed=listed, how=how)]
    return [
        tr(
            "Which setting mattered most, {count} trials do not tell: {listed} ({how}).",
            count=count,
            listed=listed,
            how=how,
        )
    ]


def _worth(tuning: Tuning, whole: list[Trial]) -> str:
    """What the best is worth on new examples."""
    closed = tr("The test split was not looked at.")
    if len(whole) < 2:
        return closed
    if tuning.examples_differ:
        words = tr(
            "The trials were judged on different validation examples: part of what is between them may be those, and what the best is "
            "worth on new ones is not estimated."
        )
        return f"{words} {closed}"
    if tuning.expected is None:
        return f"{tr('The best of several looks better on the split that chose it than it is.')} {closed}"
    best, expected = figure(tuning.by, tuning.best.metrics[tuning.by]), figure(tuning.by, tuning.expected)
    if best == expected:
        words = tr(
            "The best of {count} looks better on the split that chose it than it is; by how much, resampling its examples does not show.",
            count=len(whole),
        )
        return f"{words} {closed}"
    words = tr(
        "The best of {count} looks better on the split that chose it than it is: resampling its examples, {expected} instead of {best} "
        "is to be expected on new ones.",
        count=len(whole),
        expected=expected,
        best=best,
    )
    return f"{words} {closed}"


def command(tuning: Tuning) -> str:
    """What trains the best again, as a person types it."""
    plain = [tuning.data] if tuning.recipe is None else [tuning.data, tuning.recipe]
    return shlex.join(["seodang", "train", *plain, *(f"{key}={value}" for key, value in tuning.settings.items())])


def described(tuning: Tuning) -> dict[str, Any]:
    """Fit for JSON."""
    search = tuning.search and {
        "space": {name: asdict(one) for name, one in tuning.search.space.items()},
        "trials": tuning.search.trials,
        "minutes": tuning.search.minutes,
        "seed": tuning.search.seed,
        "stops": tuning.search.stops,
    }
    return {
        "folder": str(tuning.folder),
        "by": tuning.by,
        "best": {
            "trial": tuning.best.number,
            "settings": tuning.settings,
            "metrics": tuning.best.metrics,
            "expected_on_new_examples": tuning.expected,
        },
        "search": search,
        "importance": [asdict(one) for one in tuning.importance],
        "command": command(tuning),
        "words": sentences(tuning),
        "trials": [asdict(trial) for trial in tuning.trials],
    }


def write_page(tuning: Tuning) -> Path:
    """The table and a drawing of each setting as an HTML page in the tuning's folder."""
    title = tr(
        "{recipe} on {data}: {count} trials",
        recipe=tuning.recipe or tr("The house recipe"),
        data=Path(tuning.data).name,
        count=len(tuning.trials),
    )
    words = [*sentences(tuning), tr("Train the best again: {command}", command=command(tuning))]
    tables = [(tr("Every trial, the best first"), tuple(rows(tuning)))]
    if stopped := [(str(trial.number), shown(trial.stopped)) for trial in _stopped(tuning)]:
        tables.append((tr("Stopped early, and why"), ((tr("trial"), tr("why")), *stopped)))
    pictures = drawings(names(tuning), tuning.search, tuning.trials, tuning.by, named(tuning.by))
    return write_exploration(
        Exploration(title, tuple(words), {}, tuple(pictures), tuple(tables)), tuning.folder / "trials.html"
    )


def _stopped(tuning: Tuning) -> list[Trial]:
    return sorted((trial for trial in tuning.trials if trial.stopped), key=lambda trial: trial.number)
