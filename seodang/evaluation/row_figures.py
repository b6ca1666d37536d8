"""Drawings of reports on rows and windows: true against foretold, residuals, ROC, forecasts; SVG in the page's own colours."""

from __future__ import annotations

from typing import Any

import numpy as np

from seodang.core.language import tr
from seodang.evaluation.figures import INK, TRAIN, VALIDATION, _figure, _svg, reliability
from seodang.evaluation.naming import method

TICKS = 5
LONGEST = 20  # letters of a class's name in a legend
MOST_POINTS = 700  # of a scatter; each is some 80 bytes of the page
# Colours of classes that can be told apart with any eyes (Okabe & Ito, 2008), for at most ten of them.
CLASSES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999", "#882255", "#44aa99")


def drawings(report: dict[str, Any]) -> list[tuple[str, str]]:
    """Every drawing of a report's task, with its caption."""
    if report["task"] == "classify":
        found = [(reliability(report["calibration"]["bins"]), tr("How often answers of each confidence are right."))]
        return [*_surface(report), *_class_curves(report), *found]
    if report["task"] in ("regress", "forecast"):
        return [*_scatter(report), *_by_step(report)]
    if "attention" in report and report["attention"]:
        return [
            (attention_drawing(report["attention"]), tr("Where it looks (columns) while writing each word (rows)."))
        ]
    return []


def _surface(report: dict[str, Any]) -> list[tuple[str, str]]:
    """What the network answers everywhere between two number columns, the stronger the surer, and the true classes on top."""
    from matplotlib.colors import to_rgb

    found = report.get("surface")
    if not found:
        return []
    (left, right), (low, high) = found["ends"]
    classes, chance = report["classes"], 1 / len(report["classes"])
    colours = np.array([to_rgb(CLASSES[i]) for i in range(len(classes))])
    sure = np.clip((np.array(found["probability"]) - chance) / (1 - chance), 0, 1) if len(classes) > 1 else 1.0
    shade = np.concatenate([colours[np.array(found["grid"])], (0.08 + 0.5 * np.asarray(sure))[..., None]], axis=2)
    figure, axes = _figure(width=4.6, height=3.8)
    axes.imshow(shade, extent=(left, right, low, high), origin="lower", aspect="auto", interpolation="bilinear")
    points = np.array(found["points"])
    for index, name in enumerate(classes):
        of_it = points[points[:, 2] == index]
        axes.scatter(
            of_it[:, 0], of_it[:, 1], s=14, color=CLASSES[index], edgecolors=INK, linewidths=0.4, label=name, zorder=3
        )
    axes.set_xlabel(found["columns"][0])
    axes.set_ylabel(found["columns"][1])
    axes.legend(frameon=False, labelcolor=INK, title=report["target"])
    words = tr(
        "What the network answers everywhere; pale where it is unsure. Points: the judged examples by their true class."
    )
    return [(_svg(figure, tr("Decision surface")), words)]


def wide_drawings(report: dict[str, Any]) -> list[tuple[str, str]]:
    """Drawings that take the whole width of the page, with their captions."""
    return _forecast(report) if report["task"] == "forecast" else []


def _class_curves(report: dict[str, Any]) -> list[tuple[str, str]]:
    curves = report.get("curves")
    if not curves:
        return []
    positive = report["classes"][-1]
    each = curves.get("each") or [{"class": positive, **curves}]
    figure, axes = _figure(width=3.4, height=3.2)
    axes.plot([0, 1], [0, 1], color=INK, alpha=0.4, linewidth=1, linestyle=(0, (2, 2)))
    _lines(axes, each, "roc", report["classes"])
    axes.set_xlabel(tr("false alarms"))
    axes.set_ylabel(tr("found"))
    several = len(each) > 1
    words = (
        tr("ROC: share of each class found against share of the others wrongly called so.")
        if several
        else tr("ROC: share of {positive!r} found against share of others wrongly called so.", positive=positive)
    )
    first = _svg(figure, tr("ROC curve")), words
    figure, axes = _figure(width=3.4, height=3.2)
    _lines(axes, each, "precision_recall", report["classes"])
    axes.set_ylim(0, 1.03)
    axes.set_xlabel(tr("found (recall)"))
    axes.set_ylabel(tr("right when called (precision)"))
    words = (
        tr("Precision against recall of each class.")
        if several
        else tr("Precision against recall of {positive!r}.", positive=positive)
    )
    return [first, (_svg(figure, tr("Precision against recall")), words)]


def _lines(axes: Any, each: list[dict[str, Any]], which: str, classes: list[str]) -> None:
    """A curve a class, in the colours of the classes where there are several."""
    if len(each) == 1:
        axes.plot(*zip(*each[0][which], strict=True), color=TRAIN, linewidth=1.6)
        return
    for one in each:
        name = one["class"]
        label = name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
        axes.plot(*zip(*one[which], strict=True), color=CLASSES[classes.index(name)], linewidth=1.4, label=label)
    axes.legend(frameon=False, labelcolor=INK, fontsize=7, loc="lower right" if which == "roc" else "lower left")


def _scatter(report: dict[str, Any]) -> list[tuple[str, str]]:
    if not report.get("scatter"):
        return []
    pairs = report["scatter"]
    true, guess = np.array(pairs[:: -(-len(pairs) // MOST_POINTS)]).T
    figure, axes = _figure(width=3.4, height=3.2)
    ends = [min(true.min(), guess.min()), max(true.max(), guess.max())]
    axes.plot(ends, ends, color=INK, alpha=0.4, linewidth=1, linestyle=(0, (2, 2)))
    _points(axes, true, guess)
    axes.set_xlabel(tr("true {target}", target=report["target"]))
    axes.set_ylabel(tr("foretold"))
    first = _svg(figure, tr("True against foretold")), tr("On the line, what is foretold is true.")
    figure, axes = _figure(width=3.4, height=3.2)
    axes.axhline(0, color=INK, alpha=0.4, linewidth=1, linestyle=(0, (2, 2)))
    _points(axes, guess, guess - true)
    axes.set_xlabel(tr("foretold"))
    axes.set_ylabel(tr("foretold - true"))
    return [first, (_svg(figure, tr("Residuals")), tr("A pattern here is something the network has not learnt."))]


def _points(axes: Any, x: np.ndarray, y: np.ndarray) -> None:
    """Points as vectors, for only they take the page's own colours; few ticks, with commas in thousands."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.plot(x, y, linestyle="none", marker="o", markersize=2.6, color=TRAIN, alpha=0.5, markeredgewidth=0)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(4))
        axis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value)))


def _tick(value: float) -> str:
    """A number on an axis.

    >>> _tick(100000.0), _tick(-0.5), _tick(2.5e30)
    ('100,000', '-0.5', '2.5e+30')
    """
    return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:.3g}"


def _forecast(report: dict[str, Any]) -> list[tuple[str, str]]:
    drawn = report.get("forecast")
    if not drawn:
        return []
    figure, axes = _figure(width=9.4, height=3.2)
    at, step = np.array(drawn["at"]), drawn["step"]
    axes.plot(at, drawn["true"], color=INK, linewidth=1.3, label=tr("true"))
    dashed = {"color": VALIDATION, "linewidth": 1, "alpha": 0.8, "linestyle": (0, (2, 2)), "zorder": 3}
    for name, label, style in (
        ("naive", _naive_name(drawn["naive_name"]), dashed),
        ("forecast", tr("forecast"), {"color": TRAIN, "linewidth": 1.3}),
    ):
        if drawn[name] is None:
            continue
        pieces = [slice(None)] if step == 1 else [slice(i, i + step) for i in range(0, len(at), step)]
        for number, piece in enumerate(pieces):
            axes.plot(at[piece], drawn[name][piece], label=None if number else label, **style)
    chosen = np.unique(np.linspace(0, len(at) - 1, TICKS).astype(int))
    axes.set_xticks(at[chosen], [drawn["when"][i] for i in chosen])
    axes.set_ylabel(report["target"])
    axes.legend(frameon=False, labelcolor=INK, ncols=3)
    words = (
        tr("Each step foretold from all before it, beside what came.")
        if step == 1
        else tr("{step} steps foretold at a time from all before, beside what came.", step=step)
    )
    if drawn["naive"]:
        name = method(drawn["naive_name"])
        words = (
            tr("Each step foretold from all before it, beside what came; dashed: what {name} says.", name=name)
            if step == 1
            else tr(
                "{step} steps foretold at a time from all before, beside what came; dashed: what {name} says.",
                step=step,
                name=name,
            )
        )
    return [(_svg(figure, tr("Forecast and truth")), words)]


def _naive_name(name: str | None) -> str:
    """What a naive forecast is called in the legend."""
    return {"last value": tr("last value"), "a season ago": tr("a season ago")}.get(name or "", name or "")


def _by_step(report: dict[str, Any]) -> list[tuple[str, str]]:
    if not report.get("by_step"):
        return []
    figure, axes = _figure()
    axes.plot(
        np.arange(1, len(report["by_step"]) + 1),
        report["by_step"],
        color=TRAIN,
        linewidth=1.6,
        marker="o",
        markersize=3,
    )
    axes.set_xlabel(tr("steps ahead"))
    axes.set_ylabel(tr("mean distance"))
    axes.set_ylim(bottom=0)
    return [(_svg(figure, tr("Error by step ahead")), tr("How the error grows the farther it looks ahead."))]


def attention_drawing(attention: dict[str, Any]) -> str:
    """Written × read as shades, the darker the more: SVG. `attention`: as `translating.attention` gives it."""
    weights = np.array(attention["weights"])
    figure, axes = _figure(width=4.6, height=0.8 + 0.28 * max(4, len(attention["written"])))
    shades = axes.pcolormesh(weights[::-1], cmap="Blues", vmin=0, vmax=1, linewidth=0)
    shades.set_rasterized(False)
    axes.set_xticks(np.arange(len(attention["read"])) + 0.5, attention["read"], rotation=45, ha="right")
    axes.set_yticks(np.arange(len(attention["written"])) + 0.5, attention["written"][::-1])
    return _svg(figure, tr("Attention"))
