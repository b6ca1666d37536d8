"""The report on rows, texts or windows as a page: one file that works offline, prints, and reads on a phone."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from seodang.evaluation import figures, row_figures
from seodang.evaluation.report import METRICS, STYLE, duration, written
from seodang.evaluation.row_verdict import TITLES, short
from seodang.evaluation.verdict import chance, points

TEMPLATE = Path(__file__).parent / "rows.html.jinja"
AMOUNTS = {
    "mae": "Mean distance",
    "rmse": "Root mean squared error",
    "median_error": "Median distance",
    "r2": "R² (share of the spread that is explained)",
    "perplexity": "Perplexity (equally likely next tokens)",
    "loss": "Loss a token",
    "bleu": "BLEU",
}
# Settings that say little of what was learnt.
QUIET = {"augmentation", "transfer", "preparation"}


def render_rows(report: dict[str, Any]) -> str:
    """The page of a report of `evaluate_rows`."""
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["duration"] = duration
    environment.filters["place"] = _places([*report["examples"], *report["mistakes"]])
    headline, under = _headline(report)
    names = [name for name in ("loss", "accuracy", "mae") if any(name in line for line in report["history"])]
    curves = [figures.curve(report["history"], name, name) for name in names]
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        css=Markup(STYLE.read_text(encoding="utf-8")),
        report=report,
        headline=headline,
        under=under,
        baselines=_baselines(report),
        metrics=_metrics(report),
        drawings=[{"svg": Markup(svg), "words": words} for svg, words in row_figures.drawings(report)],
        wide_drawings=[{"svg": Markup(svg), "words": words} for svg, words in row_figures.wide_drawings(report)],
        curves=[Markup(curve) for curve in curves if curve],
        data=_data(report),
        settings=_settings(report),
        commands=_commands(report),
    )


def _places(examples: list[dict[str, Any]]) -> Callable[[str], str]:
    """How a row is named in a table: without its file where all are of one."""
    files = {each["id"].rpartition(" row ")[0] for each in examples}
    return (lambda name: name.removeprefix(f"{min(files)} ")) if len(files) == 1 else str


def _headline(report: dict[str, Any]) -> tuple[str, str]:
    found, count = report["metrics"], report["judged"]["examples"]
    if report["task"] == "classify":
        low, high = report["intervals"]["accuracy"]
        return (
            f"{points(found['accuracy'], count)} %",
            f"right; 95 % interval {points(low, count)}–{points(high, count)}",
        )
    if report["task"] in ("regress", "forecast"):
        low, high = report["intervals"]["mae"]
        return (
            f"± {short(found['mae'])}",
            f"mean distance in {report['target']}; 95 % interval {short(low)}–{short(high)}",
        )
    if "bleu" in found:
        return f"BLEU {found['bleu']:.1f}", f"perplexity {found['perplexity']:.1f}"
    return f"{found['perplexity']:.1f}", "perplexity: as unsure as among so many equally likely tokens"


def _metrics(report: dict[str, Any]) -> list[dict[str, str]]:
    rows = []
    for name, value in report["metrics"].items():
        title = METRICS[name][0] if name in METRICS else AMOUNTS.get(name, name)
        bounds = report["intervals"].get(name)
        between = f"{short(bounds[0])}–{short(bounds[1])}" if bounds else ""
        rows.append({"title": title, "value": short(value), "bounds": between})
    return rows


def _baselines(report: dict[str, Any]) -> dict[str, Any] | None:
    """A table of the network and of what it has to beat; what is better than the network is red. `aside`: columns left out on a phone."""
    found = report["baselines"]
    if not found:
        return None
    own = report["metrics"]
    if report["task"] == "classify":
        titles = ["right", "95 % interval", "network better?"]
        count = report["judged"]["examples"]
        low, high = report["intervals"]["accuracy"]
        rows = [
            _row(
                "the network",
                [f"{points(own['accuracy'], count)} %", f"{points(low, count)}–{points(high, count)}", ""],
                "",
            )
        ]
        for name, each in found.items():
            test = each["network_against_it"]
            verdict, bad = _said(test)
            low, high = each["interval"]
            cells = [
                f"{points(each['accuracy'], count)} %",
                f"{points(low, count)}–{points(high, count)}",
                (verdict, bad),
            ]
            rows.append(_row(TITLES[name], cells, each["how"]))
        note = "Fitted on the training data, judged on the same examples. Whether the network is better: exact paired test."
        return {"titles": titles, "rows": rows, "note": note, "aside": ()}
    if report["task"] in ("regress", "forecast"):
        titles = ["mean distance", "root mean squared", "R²", "skill", "network better?"]
        rows = [_row("the network", [short(own["mae"]), short(own["rmse"]), f"{own['r2']:.3f}", "", ""], "")]
        for name, each in found.items():
            verdict, bad = _said(each["network_against_it"])
            cells = [
                short(each["mae"]),
                short(each["rmse"]),
                f"{each['r2']:.3f}",
                (f"{each['skill']:+.3f}", each["skill"] < 0),
                (verdict, bad),
            ]
            rows.append(_row(TITLES[name], cells, each["how"]))
        test = "Diebold–Mariano test" if report["task"] == "forecast" else "paired t-test of the rows' losses"
        note = (
            "Skill: how much smaller the network's error is; 1 is perfect, below 0 (red) it is worse. Whether the network is "
            f"better: {test}."
        )
        return {"titles": titles, "rows": rows, "note": note, "aside": (1, 2)}
    rows = [_row("the network", [f"{own['perplexity']:.1f}"], "")]
    rows += [_row(TITLES[n], [(f"{e['perplexity']:.1f}", not e["better"])], e["how"]) for n, e in found.items()]
    return {
        "titles": ["perplexity"],
        "rows": rows,
        "note": "Counted on the training texts, judged on the same tokens.",
        "aside": (),
    }


def _said(test: dict[str, Any]) -> tuple[str, bool]:
    if test["p_value"] >= 0.05:
        return f"not shown ({chance(test['p_value'])})", True
    return (
        (f"yes ({chance(test['p_value'])})", False)
        if test["difference"] > 0
        else (f"worse ({chance(test['p_value'])})", True)
    )


def _row(name: str, cells: list[Any], how: str) -> dict[str, Any]:
    made = [{"text": c[0], "bad": c[1]} if isinstance(c, tuple) else {"text": c, "bad": False} for c in cells]
    return {"name": name, "cells": made, "how": how}


def _data(report: dict[str, Any]) -> list[tuple[str, str]]:
    data = report["data"]
    rows = [
        ("source", f"{data['source']['where']} ({data['source']['form']}, {data['source']['examples']:,} rows)"),
        ("split", ", ".join(f"{name} {count:,}" for name, count in data["split"]["examples"].items())),
        *(("why", reason) for reason in data.get("purpose", {}).get("reasons", [])),
        *(("note", note) for note in data["notes"]),
        *(("left out", f"{each['path']}: {each['reason']}") for each in data["left_out"][:10]),
    ]
    return [(name, str(value)) for name, value in rows]


def _settings(report: dict[str, Any]) -> list[tuple[str, str]]:
    rows = []
    for name, value in report["training"]["recipe"].items():
        if name in QUIET:
            continue
        if isinstance(value, dict):
            rows += [
                (f"{name}.{inner}", written(each)) for inner, each in value.items() if each not in (None, [], {}, "")
            ]
        elif value is not None:
            rows.append((name, written(value)))
    return rows


def _commands(report: dict[str, Any]) -> list[tuple[str, str]]:
    run = shlex.quote(report["run"])
    what = {"classify": "new.csv", "regress": "new.csv", "forecast": ""}
    writes = {"next_token": "--words 20", "translate": '"a sentence"'}
    use = (
        f"seodang generate {run} {writes[report['task']]}"
        if report["task"] in writes
        else f"seodang predict {run} {what[report['task']]}"
    )
    return [
        ("put it to work", use.strip()),
        ("judge it on other data", f"seodang evaluate {run} other-data"),
        ("train it again and see that the same comes out", f"seodang repeat {run}"),
        ("train it further", f"seodang train --resume {run} training.epochs=+5"),
    ]
