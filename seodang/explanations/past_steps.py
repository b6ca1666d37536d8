"""Which past steps of a series mattered for the forecast."""

# T steps of the past · C channels · H steps ahead
from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from seodang.core.language import tr
from seodang.explanations.example import Example
from seodang.explanations.explanation import DoesNotApply, Drawing, Explanation
from seodang.explanations.scores import score_of, without_gradient
from seodang.runs.folder import Run

TICKS = 4
MOST_TOLD = 3
MOST_CHANNELS = 8  # of which a total is told


def past_steps(run: Run, example: Example, *, layer: str | None = None) -> Explanation:
    """Which past steps mattered: how the forecast changes when one is replaced by the mean of the window."""
    if example.kind != "series" or example.given is None:
        raise DoesNotApply(tr("it looks at one window of a series"))
    encoding = run.encoding
    lost, slope = replaced(run, example.given)
    by_step = lost.sum(1)
    horizon = run.facts.horizon
    ahead = tr("the mean of the next {count} steps", count=horizon) if horizon > 1 else tr("the next step")
    order = np.argsort(-np.abs(by_step), kind="stable")[:MOST_TOLD]
    count = len(by_step)
    told = "; ".join(
        tr("{when} ({back} back): {part:+,.4g}", when=example.when[step], back=count - step, part=by_step[step])
        for step in order
    )
    one = int(np.abs(slope).sum(1).argmax())
    channel = int(np.abs(slope[one]).argmax())
    rise = encoding.scale[channel] / 10
    words = (
        tr(
            "Each past step in turn is replaced by the mean of the window: a bar says how much higher (lower) "
            "the forecast of {target}, {ahead}, is for that step being what it was. The most: {told}.",
            target=encoding.target,
            ahead=ahead,
            told=told,
        ),
        tr(
            "The forecast is most sensitive to {when}: were {channel} {rise:,.3g} higher there, it would change "
            "by {slope:+,.3g}.",
            when=example.when[one],
            channel=encoding.channels[channel],
            rise=rise,
            slope=slope[one, channel] * rise,
        ),
        tr(
            "A season shows as bars one period apart, a trend as bars at the end. Steps like the mean cannot "
            "count here, and steps that say the same can stand in for each other."
        ),
    )
    if encoding.beforehand:
        known = ", ".join(encoding.beforehand)
        words += (
            tr(
                "Of {names} a step holds the value of {count} steps later: the last ones hold what is known of the steps that are "
                "foretold.",
                names=known,
                count=horizon,
            ),
        )
    values = example.given[0].double().numpy() * np.array(encoding.scale) + np.array(encoding.centre)
    numbers: dict[str, Any] = {
        "steps": [
            {"when": when, "replaced": round(float(each), 6), "slope": [round(float(value), 6) for value in row]}
            for when, each, row in zip(example.when, by_step, slope, strict=True)
        ],
    }
    if len(encoding.channels) > 1:
        totals = {name: float(np.abs(lost[:, place]).sum()) for place, name in enumerate(encoding.channels)}
        best = sorted(totals.items(), key=lambda each: -each[1])[:MOST_CHANNELS]
        numbers["channels"] = {name: round(value, 6) for name, value in best}
        shown = ", ".join(f"{name} {value:,.3g}" for name, value in best)
        words = (*words[:2], tr("By column, all steps together: {shown}.", shown=shown), *words[2:])
    place = encoding.channels.index(encoding.target) if encoding.target in encoding.channels else 0
    is_own = encoding.target in encoding.channels and example.answer is not None
    ahead_of_it = example.answer.double().numpy() if is_own and example.answer is not None else np.zeros(0)
    svg = _drawn(encoding.channels[place], values[:, place], ahead_of_it, by_step, example.when)
    caption = tr(
        "Above: {channel} as it was seen. Below: what each step adds to the forecast.",
        channel=encoding.channels[place],
    )
    return Explanation(tr("Which past steps mattered"), "answer", words, numbers, (Drawing(svg, caption),))


def replaced(run: Run, window: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Of a window (1, T, C): what the forecast loses when a step of a channel is the channel's mean, and its slope there; both
    (T, C), in the target's unit (the slope a unit of the channel)."""
    steps, channels = window.shape[1:]
    score = score_of(run, 0)
    mean = window.mean(1)
    size = steps * channels
    changed = window.repeat(size, 1, 1)
    at = torch.arange(size)
    changed[at, at // channels, at % channels] = mean[0][at % channels]
    scores = without_gradient(score, torch.cat([window, changed]), 256)
    lost = (scores[0] - scores[1:]).reshape(steps, channels)
    asked = window.clone().requires_grad_()
    (slope,) = torch.autograd.grad(score(asked).sum(), asked)
    return lost, slope[0].double().numpy() / np.array(run.encoding.scale)


def _drawn(name: str, values: np.ndarray, ahead: np.ndarray, lost: np.ndarray, when: tuple[str, ...]) -> str:
    """What was seen and what is foretold (H,; none where it is of another column) over what each step adds."""
    import matplotlib

    from seodang.evaluation import figures

    figure, upper = figures._figure(width=6.4, height=3.8)
    upper.remove()
    with matplotlib.rc_context(figures._STYLE):
        upper, lower = figure.subplots(2, 1, sharex=True)
    at = np.arange(len(values))
    upper.plot(at, values, color=figures.INK, linewidth=1.3, marker="o" if len(at) <= 60 else None, markersize=2.5)
    if len(ahead):
        style = {
            "color": figures.TRAIN,
            "linewidth": 1.3,
            "marker": "o" if len(ahead) <= 60 else None,
            "markersize": 2.5,
        }
        upper.plot(len(at) + np.arange(len(ahead)), ahead, label=tr("forecast"), **style)
        upper.legend(frameon=False, labelcolor=figures.INK)
    upper.set_ylabel(name)
    colours = [figures.TRAIN if each >= 0 else figures.VALIDATION for each in lost]
    lower.bar(at, lost, color=colours, width=0.8)
    lower.axhline(0, color=figures.INK, linewidth=0.6)
    lower.set_ylabel(tr("adds to the forecast"))
    chosen = np.unique(np.linspace(0, len(at) - 1, min(TICKS, len(at))).astype(int))
    lower.set_xticks(at[chosen], [when[place] for place in chosen])
    return figures._svg(figure, tr("Which past steps mattered"))
