"""Drawings of a tuning: the score of each trial over each setting, and the best so far over the trials."""

from __future__ import annotations

from collections.abc import Sequence

from seodang.core.language import tr
from seodang.evaluation.figures import INK, TRAIN, VALIDATION, _figure, _svg
from seodang.tuning.search import Search
from seodang.tuning.space import Range
from seodang.tuning.trial import MEASURES, Trial

# A setting is drawn as an axis of numbers or as so many places side by side at most.
MOST_PLACES = 24


def drawings(
    names: Sequence[str], search: Search | None, trials: Sequence[Trial], by: str, label: str
) -> list[tuple[str, str]]:
    """(SVG, caption) of each, of the trials that were not a failure."""
    seen = sorted((trial for trial in trials if not trial.failed), key=lambda trial: trial.number)
    found = [_best_so_far(seen, by, label)] if search else []
    for name in names:
        one = search.space[name] if search else None
        if drawn := _over(name, one.log if isinstance(one, Range) else None, seen, by, label):
            found.append(drawn)
    return found


def _best_so_far(trials: Sequence[Trial], by: str, label: str) -> tuple[str, str]:
    better = max if MEASURES[by] else min
    figure, axes = _figure()
    whole = [trial for trial in trials if trial.is_whole]
    best = [better(trial.metrics[by] for trial in whole[: k + 1]) for k in range(len(whole))]
    axes.step([trial.number for trial in whole], best, where="post", color=TRAIN, linewidth=1.6)
    _points(axes, [trial.number for trial in trials], trials, by)
    axes.set_xlabel(tr("trial"))
    axes.set_ylabel(label)
    return _svg(figure, tr("The best so far over the trials")), tr(
        "Every trial, and the best so far (line). Hollow: stopped early, so not a final score."
    )


def _over(name: str, log: bool | None, trials: Sequence[Trial], by: str, label: str) -> tuple[str, str] | None:
    """The scores over one setting: on its scale where it is a range, side by side where it is a list."""
    shown = [trial for trial in trials if name in trial.settings]
    texts = [trial.settings[name] for trial in shown]
    places = sorted(dict.fromkeys(texts), key=_number_first)
    if not shown or log is None and len(places) > MOST_PLACES:
        return None
    figure, axes = _figure()
    if log is None:
        along = [float(places.index(text)) for text in texts]
        axes.set_xticks(range(len(places)), [text if len(text) < 14 else text[:12] + "…" for text in places])
        axes.set_xlim(-0.5, len(places) - 0.5)
    else:
        along = [float(text) for text in texts]
        if log:
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")  # text stays text in SVG: no formulas
            axes.xaxis.set_minor_formatter(lambda *_: "")
    _points(axes, along, shown, by)
    axes.set_xlabel(name)
    axes.set_ylabel(label)
    caption = tr("Each trial over {name}. The other settings vary too.", name=name)
    return _svg(figure, tr("{label} over {name}", label=label, name=name)), caption


def _number_first(text: str) -> tuple[float, str]:
    try:
        return float(text), text
    except ValueError:
        return float("inf"), text


def _points(axes, along: Sequence[float], trials: Sequence[Trial], by: str) -> None:
    for is_whole in (True, False):
        some = [(x, trial.metrics[by]) for x, trial in zip(along, trials, strict=True) if trial.is_whole == is_whole]
        if some:
            xs, ys = zip(*some, strict=True)
            face = VALIDATION if is_whole else "none"
            axes.scatter(xs, ys, s=18, facecolors=face, edgecolors=VALIDATION if is_whole else INK, linewidths=0.8)
    axes.grid(axis="y", color=INK, alpha=0.12, linewidth=0.6)
