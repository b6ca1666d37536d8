"""The report as a page: one file that works offline, prints, and reads on a phone. Every number is in report.json too."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.evaluation import figures
from seodang.evaluation.naming import choice, example, split_name
from seodang.evaluation.pages import STYLE as STYLE
from seodang.evaluation.pages import rendered
from seodang.evaluation.pictures import LOSSLESS, data_uri
from seodang.evaluation.verdict import percent, points, told
from seodang.recipes.resolve import about_setting

if TYPE_CHECKING:
    from seodang.data.load import Subset

# Up to so many classes the confusion matrix is a table with numbers; above it is a picture, with the pairs beside it.
NUMBERED = 40
# Up to so many classes every one has its row; above the weakest come first and the rest can be unfolded.
ROWS = 24
TOLD = frozenset(
    ["optimizer", "learning_rate", "schedule", "batch_size", "epochs", "seed", "height", "width", "channels", "scale"]
)  # by name
HISTORY = 40  # lines of history that are shown unfolded
TEMPLATE = Path(__file__).parent / "report.html.jinja"


def titles_of_metrics() -> dict[str, tuple[str, str]]:
    """What each metric of a classifier is called, and what it is."""
    return {
        "accuracy": (tr("Accuracy"), tr("share that is right")),
        "balanced_accuracy": (tr("Balanced accuracy"), tr("mean recall, every class weighing the same")),
        "macro_f1": (tr("Macro F1"), tr("mean F1, every class weighing the same")),
        "top_3_accuracy": (tr("Top 3"), tr("true class among the three most probable")),
        "top_5_accuracy": (tr("Top 5"), tr("true class among the five most probable")),
        "roc_auc": (
            tr("ROC AUC"),
            tr("chance that a picture of the second class scores higher than one of the first"),
        ),
        "log_loss": (tr("Log loss"), tr("lower is better")),
        "calibration_error": (tr("Calibration error"), tr("distance of confidence from accuracy, lower is better")),
    }


def render(report: dict[str, Any], subset: Subset | None = None) -> str:
    """The page of a report of `evaluate`. `subset`: the judged pictures, to be shown; None: the page is without them."""
    examples = report["judged"]["examples"]
    filters = {
        "percent": lambda share, of=examples: percent(share, of),
        "points": lambda share, of=examples: points(share, of),
        "number": lambda value: f"{value:,}" if isinstance(value, int) else f"{value:,.4g}",
        "duration": duration,
        "split_name": split_name,
        "recorded": recorded,
        "named": example,
    }
    return rendered(
        TEMPLATE,
        filters,
        report=report,
        bars=_bars(report),
        metrics=_metrics(report),
        curves=[_safe(figures.curve(report["history"], name, figures.quantity(name))) for name in ("loss", "accuracy")],
        reliability=_safe(figures.reliability(report["calibration"]["bins"])),
        examples=_pictures(report["examples"], subset),
        mistakes=_pictures(report["mistakes"], subset),
        rows=sorted((row for row in report["per_class"] if row["support"] or row["predicted"]), key=_weakness),
        most_rows=ROWS,
        matrix=_matrix(report),
        cutoffs=cutoff_rows(report),
        settings=_settings(report),
        others=_others(report),
        data=_data(report),
        history=report["history"],
        solved=is_solved(report),
        most_history=HISTORY,
        commands=_commands(report),
    )


def recorded(key: str) -> str:
    """What a column of the history is called: a number by its name there.

    >>> recorded("validation_loss"), recorded("gradient_norm")
    ('validation loss', 'gradient norm')
    """
    return {
        "loss": tr("loss"),
        "accuracy": tr("accuracy"),
        "validation_loss": tr("validation loss"),
        "validation_accuracy": tr("validation accuracy"),
        "learning_rate": tr("learning rate"),
        "penalty": tr("penalty"),
        "mae": tr("mae"),
        "validation_mae": tr("validation mae"),
        "seconds": tr("seconds"),
        "step": tr("step"),
        "folds_loss": tr("loss of the folds"),
        "folds_accuracy": tr("accuracy of the folds"),
        "mse": tr("mse"),
        "validation_mse": tr("validation mse"),
        "gradient_norm": tr("gradient norm"),
        "chosen": tr("chosen"),
    }.get(key, key.replace("_", " "))


def _safe(markup: str):
    from markupsafe import Markup

    return Markup(markup)  # our own drawing: holds no text that came from outside


def duration(seconds: float) -> str:
    """Seconds in words: "8.5 s", "2 min 5 s", "1 h 2 min".

    >>> duration(8.52), duration(125), duration(3725)
    ('8.5 s', '2 min 5 s', '1 h 2 min')
    """
    if seconds < 60:
        return tr("{seconds:.1f} s", seconds=seconds)
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return tr("{minutes} min {rest} s", minutes=minutes, rest=rest)
    return tr("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)


def written(value: Any) -> str:
    """A setting's value as a person writes it in a recipe.

    >>> written(0.0010), written(True), written((0.9, 1.1)), written({"kernel": 3})
    ('0.001', 'true', '[0.9, 1.1]', '{kernel: 3}')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(written(each) for each in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {written(each)}" for name, each in value.items()) + "}"
    return "–" if value is None else str(value)


def _weakness(row: dict[str, Any]) -> tuple[float, float]:
    return (row["recall"] if row["support"] else 2.0, row["f1"])


def _bars(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The network and the baselines, each with its share, interval (percent of the bar's width) and how it was made."""
    bars = [(tr("This network"), report["metrics"]["accuracy"], report["intervals"]["accuracy"], "")]
    titles = {"untouched": tr("Untouched network"), "linear": tr("Linear model"), "naive": tr("Most common class")}
    for name in titles:
        if found := report["baselines"].get(name):
            bars.append((titles[name], found["accuracy"], found["interval"], found["how"]))
    return [
        {"title": t, "share": s, "low": round(100 * low, 2), "width": round(100 * (high - low), 2), "how": how}
        for t, s, (low, high), how in bars
    ]


def _metrics(report: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for name, (title, about) in titles_of_metrics().items():
        if name in report["metrics"]:
            given = (report["metrics"][name], report["intervals"][name], report["judged"]["examples"])
            value, between = told(name, *given, "{:.4f}".format)
            rows.append({"title": title, "about": about, "value": value, "between": between})
    return rows


def _pictures(examples: list[dict[str, Any]], subset: Subset | None) -> list[dict[str, Any]]:
    """The examples with their pictures as text; without pictures where a file cannot be read any more."""
    import torch

    if subset is None or not examples:
        return [{**each, "picture": None} for each in examples]
    try:
        pixels = subset.fetch(torch.tensor([each["index"] for each in examples])).numpy()
    except DataError:
        return [{**each, "picture": None} for each in examples]
    small = max(pixels.shape[2:]) <= LOSSLESS
    return [{**each, "picture": data_uri(one), "small": small} for each, one in zip(examples, pixels, strict=True)]


def _matrix(report: dict[str, Any]) -> dict[str, Any] | None:
    """The confusion matrix: cells with colours for few classes, one picture with names along its sides for many."""
    if report["confusion"] is None:
        return None
    table, classes = np.array(report["confusion"]), report["classes"]
    if len(classes) > NUMBERED:
        return {"image": figures.heat_image(table), "classes": classes}
    support = np.maximum(table.sum(axis=1), 1)
    rows = []
    for i, name in enumerate(classes):
        cells = []
        for j in range(len(classes)):
            red, green, blue, alpha = figures.heat(float(table[i, j] / support[i]), i == j)
            colour = f"rgba({red},{green},{blue},{alpha})" if table[i, j] else ""
            cells.append({"count": int(table[i, j]), "colour": colour, "predicted": classes[j]})
        rows.append({"name": name, "cells": cells})
    return {"rows": rows, "classes": classes}


def _settings(report: dict[str, Any]) -> list[tuple[str, str]]:
    """The settings that say what this run was, as label and value."""
    recipe = report["training"]["recipe"]
    training, preparation, model = recipe["training"], recipe["preparation"], recipe["model"]
    channels = tr("grey") if preparation["channels"] == 1 else tr("colour")
    rows = [
        (tr("recipe"), recipe["name"]),
        (tr("network"), _network(model)),
        (tr("parameters"), f"{report['training']['parameters']:,}"),
        (
            tr("input"),
            tr(
                "{width}×{height} {colours}; its numbers: {scale}",
                width=preparation["width"],
                height=preparation["height"],
                colours=channels,
                scale=choice(preparation["scale"]),
            ),
        ),
        (tr("loss"), choice(recipe["loss"])),
        *(
            [(tr("head"), tr("solved for, {count} penalties tried", count=report["epochs"]))]
            if is_solved(report)
            else [
                (
                    tr("optimiser"),
                    tr(
                        "{optimizer}, rate {learning_rate}, {schedule}",
                        optimizer=training["optimizer"],
                        learning_rate=written(training["learning_rate"]),
                        schedule=choice(training["schedule"]),
                    ),
                ),
                (tr("batch size"), str(training["batch_size"])),
                (tr("epochs"), str(report["epochs"])),
            ]
        ),
        (tr("training time"), duration(report["seconds"])),
        (tr("seed"), str(training["seed"])),
    ]
    machine = report["machine"]
    known = [
        ("device", tr("device")),
        ("threads", tr("threads")),
        ("torch", "PyTorch"),
        ("python", "Python"),
        ("commit", tr("commit")),
    ]
    return rows + [(title, str(machine[name])) for name, title in known if machine.get(name) is not None]


def _others(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Name, value and meaning of the other settings that are not the default."""
    from seodang.recipes.recipe import Recipe

    recipe, plain = report["training"]["recipe"], Recipe().model_dump(mode="json")
    return [
        (f"{group}.{name}", written(value), about_setting(f"{group}.{name}"))
        for group in ("preparation", "augmentation", "split", "training")
        for name, value in recipe[group].items()
        if name not in TOLD and value != plain[group].get(name)
    ]


def cutoff_rows(report: dict[str, Any]) -> list[dict[str, str]]:
    """How many answers clear each confidence and how right they are, as a page shows it; none where it was not judged so."""
    return [
        {
            "at": f"{100 * row['at']:.0f} %",
            "answered": f"{row['answered']:,}",
            "share": percent(row["share"], report["judged"]["examples"]),
            "accuracy": percent(row["accuracy"], row["answered"]) if row["answered"] else "–",
            "between": "–".join(points(end, row["answered"]) for end in row["interval"]) if row["answered"] else "–",
        }
        for row in report.get("cutoffs", [])
    ]


def _network(model: dict[str, Any]) -> str:
    """The model and its settings; a list of layers is only counted, for it is unfolded below."""
    settings = {
        name: tr("{count}, see below", count=len(v)) if name == "layers" else v
        for name, v in model["settings"].items()
        if v is not None
    }
    return " ".join([model["name"], *(f"{name}={written(value)}" for name, value in settings.items())])


def _data(report: dict[str, Any]) -> dict[str, Any]:
    """Counts of each class by split, what was left out, and what was noted on the data."""
    data, classes = report["data"], report["classes"]
    counts = data.get("counts", {})
    splits = [name for name in ("train", "validation", "test") if name in counts]
    left_out = data.get("left_out", [])
    return {
        "source": data.get("source", {}),
        "splits": splits,
        "totals": [sum(counts[name].values()) for name in splits],
        "rows": [(name, [counts[split].get(name, 0) for split in splits]) for name in classes],
        "left_out": left_out[:10],
        "num_left_out": len(left_out),
        "notes": data.get("notes", []),
        "findings": data.get("findings", []),
    }


def _commands(report: dict[str, Any]) -> list[tuple[str, str]]:
    run = shlex.quote(report["run"])
    return [
        (f"seodang predict {run} photo.jpg", tr("what a new picture is")),
        (f"seodang evaluate {run} other-data/", tr("judge it on other labelled pictures")),
        (f"seodang compare {run} {tr('ANOTHER-RUN')}", tr("is another run better, or is it chance")),
        (f"seodang repeat {run}", tr("train it again and see that the same comes out")),
        *([] if is_solved(report) else [(f"seodang train --resume {run} training.epochs=+5", tr("train it further"))]),
    ]


def is_solved(report: dict[str, Any]) -> bool:
    """Whether a head was solved for, so that the history has penalties and no epochs."""
    return bool(report["history"]) and "penalty" in report["history"][0]
