"""The report on examples that were put out again or made, as a page: one file that works offline, prints, and reads on a phone."""

from __future__ import annotations

import base64
import io
import math
import shlex
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from seodang.core.language import tr
from seodang.core.numbers import short
from seodang.core.sentences import shown
from seodang.data.prepare import to_pixels
from seodang.evaluation import generative_figures as figures
from seodang.evaluation import making
from seodang.evaluation.naming import example, metric, one
from seodang.evaluation.pages import rendered
from seodang.evaluation.pictures import data_uri
from seodang.evaluation.report import duration
from seodang.evaluation.row_report import said, settings_of, sizes, source_of
from seodang.runs.folder import Run

TEMPLATE = Path(__file__).parent / "generative.html.jinja"


def _titles() -> dict[str, str]:
    return {
        "mse": tr("Mean squared distance"),
        "rmse": tr("Root mean squared distance"),
        "explained": tr("Share of the spread that is kept"),
        "loss": tr("Loss"),
        "frechet": tr("Fréchet distance (of features, squared)"),
        "diversity": tr("Diversity (1: as real ones)"),
        "nearness": tr("Distance of the nearest training picture (1: as new real ones)"),
        "confidence": metric("confidence"),
        "covered": tr("Share of the classes that are drawn"),
    }


def _simple(name: str, task: str) -> str:
    """What a baseline is called, of a network that puts examples out again or makes new ones."""
    return {
        ("naive", "reconstruct"): tr("the mean example"),
        ("linear", "reconstruct"): tr("principal components"),
        ("naive", "imitate"): tr("every pixel drawn for itself"),
        ("linear", "imitate"): tr("a normal distribution of pictures"),
        ("real", "imitate"): tr("real pictures against real ones"),
    }[name, task]


# Settings that say little of what was learnt.
QUIET = {"augmentation", "transfer", "texts", "series"}
# Numbers that are shares of something.
SHARES = ("explained", "confidence", "covered")
# Moving pictures up to so many bytes stand in the page.
LARGEST_MOVING = 1_500_000
# A code is drawn as a small picture of so many rows.
CODE_ROWS = 4


def render(run: Run, report: dict[str, Any], shown: dict[str, Tensor]) -> str:
    """The page of a report of `evaluate_generative`, with what it shows."""
    from markupsafe import Markup

    made = report if report["task"] == "imitate" else report.get("made")
    headline, under = _headline(report)
    drawn = figures.codes(report["codes"]) if report.get("codes") else []
    titles = _titles()
    plane = report.get("plane")
    return rendered(
        TEMPLATE,
        {"duration": duration, "short": short, "one": one, "named": example},
        angles=", ".join(f"{angle:.2g}°" for angle in plane["angles"]) if plane else "",
        report=report,
        headline=headline,
        under=under,
        tables=_tables(report),
        metrics=[
            {"title": titles[name], "value": _value(name, value), "bounds": _between(part["intervals"].get(name))}
            for part in ([report] if made is report or made is None else [report, made])
            for name, value in part["metrics"].items()
        ],
        drawings=[{"svg": Markup(svg), "words": words} for svg, words in drawn],
        curves=[Markup(svg) for svg, _ in figures.curves(report)],
        rows=_rows(run, report, shown) if report["task"] == "reconstruct" else [],
        made=made,
        samples=_uri(making.sheet(shown["made"])) if made else "",
        strip=_strip(run, report),
        moving=_moving(run, report),
        pairs=_pairs(shown) if made else [],
        data=_data(report),
        settings=settings_of(report, QUIET),
        commands=_commands(report, made is not None),
    )


def _headline(report: dict[str, Any]) -> tuple[str, str]:
    found = report["metrics"]
    if report["task"] == "imitate":
        return short(found["frechet"]), tr(
            "Fréchet distance; real against real {frechet}", frechet=short(report["baselines"]["real"]["frechet"])
        )
    low, high = report["intervals"]["rmse"]
    return f"± {short(found['rmse'])}", tr(
        "root mean squared distance; 95 % interval {low}–{high}", low=short(low), high=short(high)
    )


def _value(name: str, value: float) -> str:
    """Shares in percent, as the lines above have them; all else as it is.

    >>> _value("covered", 0.8), _value("rmse", 0.12345)
    ('80.0 %', '0.1235')
    """
    return f"{100 * value:.1f} %" if name in SHARES else short(value)


def _between(bounds: list[float] | None) -> str:
    return f"{short(bounds[0])}–{short(bounds[1])}" if bounds else ""


def _tables(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The network and what it has to beat; what is better than the network is red."""
    tables = []
    if report["task"] == "reconstruct":
        own = report["metrics"]
        rows = [
            {
                "name": tr("the network"),
                "cells": [short(own["mse"]), short(own["rmse"]), "", ""],
                "bad": False,
                "how": "",
            }
        ]
        for name, each in report["baselines"].items():
            test = each["network_against_it"]
            better = test["p_value"] < 0.05 and test["difference"] > 0
            answer, _ = said(test)
            cells = [short(each["mse"]), short(each["mse"] ** 0.5), f"{each['skill']:+.3f}", answer]
            rows.append({"name": _simple(name, "reconstruct"), "cells": cells, "bad": not better, "how": each["how"]})
        if noisy := report.get("noisy"):
            rows.append(
                {
                    "name": tr("the network, noise on what goes in"),
                    "cells": [short(noisy["mse"]), short(noisy["mse"] ** 0.5), "", ""],
                    "bad": False,
                    "how": tr("the noise left in: {left}", left=short(noisy["left"])),
                }
            )
        titles = [tr("mean squared"), tr("root"), tr("skill"), tr("network better?")]
        note = tr(
            "Skill: how much smaller the network's squared distance is; below 0 it is worse. Paired t-test of "
            "the examples."
        )
        tables.append({"titles": titles, "rows": rows, "note": note})
    made = report if report["task"] == "imitate" else report.get("made")
    if made:
        own = made["metrics"]["frechet"]
        rows = [{"name": tr("the network"), "cells": [short(own)], "bad": False, "how": ""}]
        for name, each in made["baselines"].items():
            bad = name != "real" and each["frechet"] <= own
            rows.append(
                {"name": _simple(name, "imitate"), "cells": [short(each["frechet"])], "bad": bad, "how": each["how"]}
            )
        note = tr(
            "Lower is better. Distances between {compared:,} and as many pictures in the features of {how}. They "
            "mean something only beside each other: another data set has other features.",
            compared=made["compared"],
            how=made["eye"]["how"],
        )
        tables.append({"titles": [tr("Fréchet distance")], "rows": rows, "note": note})
    return tables


def _rows(run: Run, report: dict[str, Any], shown: dict[str, Tensor]) -> list[dict[str, Any]]:
    """What is shown of each example: what went in, its code, what came out; pictures, or numbers of a table."""
    count = len(report["examples"])
    low, high = shown["codes"].min(), shown["codes"].max()
    made = []
    for place, each in enumerate([*report["examples"], *report["mistakes"]]):
        names = [name for name in ("inputs", "noisy", "outputs", "cleaned") if name in shown]
        if run.encoding is None:
            cells = {
                name: data_uri(to_pixels(shown[name][place : place + 1], run.recipe.preparation)[0].numpy())
                for name in names
            }
        else:
            cells = {
                name: ", ".join(f"{value:.3g}" for value in shown[name][place].flatten().tolist()[:12])
                for name in names
            }
        code = shown["codes"][place]
        made.append(
            {
                **each,
                **cells,
                "code": _code_picture((code - low) / (high - low + 1e-9)) if len(code) > 3 else "",
                "numbers": ", ".join(f"{value:.3g}" for value in code[:8].tolist()) + (" …" if len(code) > 8 else ""),
                "is_worst": place >= count,
            }
        )
    return made


def _code_picture(code: Tensor) -> str:
    """A code (K,) of 0 to 1 as a small grey picture, four rows of its numbers one after another; dark is high."""
    columns = math.ceil(len(code) / CODE_ROWS)
    cells = torch.zeros(CODE_ROWS * columns)
    cells[: len(code)] = code
    return data_uri((255 * (1 - cells)).to(torch.uint8).reshape(1, CODE_ROWS, columns).numpy())


def _uri(picture: Image.Image) -> str:
    content = io.BytesIO()
    picture.save(content, "png", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"


def _strip(run: Run, report: dict[str, Any]) -> dict[str, Any] | None:
    picture = making.strip(run) if "strip" in report["files"] else None
    if picture is None:
        return None
    epochs = making.strip_epochs(run)
    return {"picture": _uri(picture), "epochs": epochs, "columns": making.STRIP_PICTURES}


def _moving(run: Run, report: dict[str, Any]) -> str:
    name = report["files"].get("moving")
    content = (run.folder / name).read_bytes() if name else b""
    if not content or len(content) > LARGEST_MOVING:
        return ""
    return f"data:image/webp;base64,{base64.b64encode(content).decode()}"


def _pairs(shown: dict[str, Tensor]) -> list[tuple[str, str]]:
    """Made pictures, each with the nearest real one."""
    return [(data_uri(a.numpy()), data_uri(b.numpy())) for a, b in zip(shown["made"], shown["near"], strict=False)]


def _data(report: dict[str, Any]) -> list[tuple[str, str]]:
    data = report["data"]
    source, noun = data["source"], report["judged"]["noun"]
    rows = [
        (tr("source"), source_of(source, noun)),
        (tr("split"), sizes(data["split"]["examples"])),
        *((tr("why"), shown(reason)) for reason in data.get("purpose", {}).get("reasons", [])),
        *((tr("note"), shown(note)) for note in data.get("notes", [])),
        *((tr("left out"), f"{each['path']}: {shown(each['reason'])}") for each in data.get("left_out", [])[:10]),
    ]
    return [(name, str(value)) for name, value in rows]


def _commands(report: dict[str, Any], makes: bool) -> list[tuple[str, str]]:
    run = shlex.quote(report["run"])
    pictures = report["judged"]["noun"] == "picture"
    found = []
    if makes:
        found += [
            (tr("make new pictures"), f"seodang generate {run} --count 64 --seed 1 --out grid.png"),
            (tr("go from one to another"), f"seodang generate {run} --between 1 2 --out way.png"),
        ]
    if pictures and report["task"] == "reconstruct":
        found += [
            (tr("find pictures like one"), f"seodang similar {run} picture.png"),
            (
                tr("go from one picture to another"),
                f"seodang generate {run} --between a.png b.png --out way.png",
            ),
        ]
    return [
        *found,
        (tr("train it again and see that the same comes out"), f"seodang repeat {run}"),
        (tr("train it further"), f"seodang train --resume {run} training.epochs=+5"),
    ]
