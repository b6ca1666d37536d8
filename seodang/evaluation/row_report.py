"""The report on rows, texts or windows as a page: one file that works offline, prints, and reads on a phone."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from seodang.core.language import tr
from seodang.core.numbers import short
from seodang.core.sentences import shown
from seodang.evaluation import figures, row_figures
from seodang.evaluation.naming import example, left_out, many, method, metric, one, split_name
from seodang.evaluation.pages import rendered
from seodang.evaluation.report import cutoff_rows, duration, titles_of_metrics, written
from seodang.evaluation.verdict import chance, points, told
from seodang.recipes.resolve import about_setting

TEMPLATE = Path(__file__).parent / "rows.html.jinja"


def _title(name: str) -> str:
    """What a number is called in the table of scores, where there is room for more than its title."""
    longer = {"perplexity": tr("Perplexity (equally likely next tokens)"), "loss": tr("Loss a token")}
    longer |= {key: title for key, (title, _) in titles_of_metrics().items()}
    return longer.get(name) or metric(name)


# Settings that say little of what was learnt.
QUIET = {"augmentation", "transfer", "preparation"}


def render_rows(report: dict[str, Any]) -> str:
    """The page of a report of `evaluate_rows`."""
    from markupsafe import Markup

    place = _places([*report["examples"], *report["mistakes"]])
    headline, under = _headline(report)
    names = [name for name in ("loss", "accuracy", "mae") if any(name in line for line in report["history"])]
    curves = [figures.curve(report["history"], name, figures.quantity(name)) for name in names]
    return rendered(
        TEMPLATE,
        {"duration": duration, "place": place, "one": one, "many": many, "method": method, "short": short},
        report=report,
        headline=headline,
        under=under,
        baselines=_baselines(report),
        metrics=_metrics(report),
        drawings=[{"svg": Markup(svg), "words": words} for svg, words in row_figures.drawings(report)],
        wide_drawings=[{"svg": Markup(svg), "words": words} for svg, words in row_figures.wide_drawings(report)],
        curves=[Markup(curve) for curve in curves if curve],
        data=_data(report),
        cutoffs=cutoff_rows(report),
        settings=settings_of(report, QUIET),
        commands=_commands(report),
    )


def _places(examples: list[dict[str, Any]]) -> Callable[[str], str]:
    """How a row is named in a table: without its file where all are of one."""
    files = {each["id"].rpartition(" row ")[0] for each in examples}
    return (lambda name: example(name.removeprefix(f"{min(files)} "))) if len(files) == 1 else example


def _headline(report: dict[str, Any]) -> tuple[str, str]:
    found, count = report["metrics"], report["judged"]["examples"]
    if report["task"] == "classify":
        low, high = report["intervals"]["accuracy"]
        return (
            f"{points(found['accuracy'], count)} %",
            tr("right; 95 % interval {low}–{high}", low=points(low, count), high=points(high, count)),
        )
    if report["task"] in ("regress", "forecast"):
        low, high = report["intervals"]["mae"]
        return (
            f"± {short(found['mae'])}",
            tr(
                "mean distance in {target}; 95 % interval {low}–{high}",
                target=report["target"],
                low=short(low),
                high=short(high),
            ),
        )
    if "bleu" in found:
        return tr("BLEU {bleu:.1f}", bleu=found["bleu"]), tr(
            "perplexity {perplexity}", perplexity=short(found["perplexity"])
        )
    under = tr("perplexity: as unsure as among so many equally likely tokens")
    if "bits_per_character" in found:
        bits = found["bits_per_character"]
        under += "; " + tr("{bits:.2f} bits ({nats:.2f} nats) a character", bits=bits, nats=bits * math.log(2))
    return short(found["perplexity"]), under


def _metrics(report: dict[str, Any]) -> list[dict[str, str]]:
    rows = []
    for name, value in report["metrics"].items():
        count = report.get("tokens") or report["judged"]["examples"]
        value, between = told(name, value, report["intervals"].get(name), count, short)
        rows.append({"title": _title(name), "value": value, "bounds": between})
    return rows


def _baselines(report: dict[str, Any]) -> dict[str, Any] | None:
    """A table of the network and of what it has to beat; what is better than the network is red. `aside`: columns left out on a phone."""
    found = report["baselines"]
    if not found:
        return None
    own = report["metrics"]
    if report["task"] == "classify":
        titles = [tr("right"), tr("95 % interval"), tr("network better?")]
        count = report["judged"]["examples"]
        low, high = report["intervals"]["accuracy"]
        rows = [
            _row(
                tr("the network"),
                [f"{points(own['accuracy'], count)} %", f"{points(low, count)}–{points(high, count)}", ""],
                "",
            )
        ]
        for name, each in found.items():
            test = each["network_against_it"]
            verdict, bad = said(test)
            low, high = each["interval"]
            cells = [
                f"{points(each['accuracy'], count)} %",
                f"{points(low, count)}–{points(high, count)}",
                (verdict, bad),
            ]
            rows.append(_row(method(name), cells, each["how"]))
        note = tr(
            "Fitted on the training data, judged on the same examples. Whether the network is better: exact "
            "paired test."
        )
        return {"titles": titles, "rows": rows, "note": note, "aside": ()}
    if report["task"] in ("regress", "forecast"):
        titles = [tr("mean distance"), tr("root mean squared"), "R²", tr("skill"), tr("network better?")]
        rows = [_row(tr("the network"), [short(own["mae"]), short(own["rmse"]), f"{own['r2']:.3f}", "", ""], "")]
        for name, each in found.items():
            verdict, bad = said(each["network_against_it"])
            cells = [
                short(each["mae"]),
                short(each["rmse"]),
                f"{each['r2']:.3f}",
                (f"{each['skill']:+.3f}", each["skill"] < 0),
                (verdict, bad),
            ]
            rows.append(_row(method(name), cells, each["how"]))
        test = tr("Diebold–Mariano test") if report["task"] == "forecast" else tr("paired t-test of the rows' losses")
        note = tr(
            "Skill: how much smaller the network's error is; 1 is perfect, below 0 (red) it is worse. Whether "
            "the network is better: {test}.",
            test=test,
        )
        return {"titles": titles, "rows": rows, "note": note, "aside": (1, 2)}
    rows = [_row(tr("the network"), [short(own["perplexity"]), ""], "")]
    rows += [
        _row(method(name), [short(each["perplexity"]), said(each["network_against_it"])], each["how"])
        for name, each in found.items()
    ]
    return {
        "titles": [tr("perplexity"), tr("network better?")],
        "rows": rows,
        "note": tr(
            "Counted on the training texts, judged on the same tokens. Whether the network is better: paired test of the texts' losses."
        ),
        "aside": (),
    }


def said(test: dict[str, Any]) -> tuple[str, bool]:
    """Whether the network is better, by a paired test, in a word with its p-value; and whether that is bad."""
    if test["p_value"] >= 0.05:
        return tr("not shown ({p_value})", p_value=chance(test["p_value"])), True
    return (
        (tr("yes ({p_value})", p_value=chance(test["p_value"])), False)
        if test["difference"] > 0
        else (tr("worse ({p_value})", p_value=chance(test["p_value"])), True)
    )


def _row(name: str, cells: list[Any], how: str) -> dict[str, Any]:
    made = [{"text": c[0], "bad": c[1]} if isinstance(c, tuple) else {"text": c, "bad": False} for c in cells]
    return {"name": name, "cells": made, "how": how}


def _data(report: dict[str, Any]) -> list[tuple[str, str]]:
    data = report["data"]
    rows = [
        (tr("source"), source_of(data["source"], "row")),
        (tr("split"), sizes(data["split"]["examples"])),
        *((tr("why"), shown(reason)) for reason in data.get("purpose", {}).get("reasons", [])),
        *((tr("note"), shown(note)) for note in data["notes"]),
        *((tr("left out"), f"{left_out(each['path'])}: {shown(each['reason'])}") for each in data["left_out"][:10]),
    ]
    return [(name, str(value)) for name, value in rows]


def source_of(source: dict[str, Any], noun: str) -> str:
    """Where data come from, in what form, and how many examples they are."""
    told = {"where": source["where"], "form": shown(source["form"]), "count": source["examples"], "nouns": many(noun)}
    return tr("{where} ({form}, {count:,} {nouns})", **told)


def sizes(examples: dict[str, int]) -> str:
    """How many examples each split has: "train 1,374, test 270"."""
    return ", ".join(f"{split_name(name)} {count:,}" for name, count in examples.items())


def settings_of(report: dict[str, Any], quiet: set[str]) -> list[tuple[str, str, str]]:
    """The run's settings: name, value and what it means; but for the parts that are `quiet` and what is not set."""
    rows = []
    for name, value in report["training"]["recipe"].items():
        if name in quiet:
            continue
        if isinstance(value, dict):
            rows += [
                (f"{name}.{inner}", written(each)) for inner, each in value.items() if each not in (None, [], {}, "")
            ]
        elif value is not None:
            rows.append((name, written(value)))
    return [(name, value, about_setting(name)) for name, value in rows]


def _commands(report: dict[str, Any]) -> list[tuple[str, str]]:
    run = shlex.quote(report["run"])
    what = {"classify": "new.csv", "regress": "new.csv", "forecast": ""}
    writes = {"next_token": "--words 20", "translate": f'"{tr("a sentence")}"'}
    use = (
        f"seodang generate {run} {writes[report['task']]}"
        if report["task"] in writes
        else f"seodang predict {run} {what[report['task']]}"
    )
    return [
        (tr("put it to work"), use.strip()),
        (tr("judge it on other data"), f"seodang evaluate {run} other-data"),
        (tr("train it again and see that the same comes out"), f"seodang repeat {run}"),
        (tr("train it further"), f"seodang train --resume {run} training.epochs=+5"),
    ]
