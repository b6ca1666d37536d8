"""What examples, splits and simple methods are called, in the person's language; reports keep their English words as keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from seodang.core import sentences
from seodang.core.language import later, tr, trn

# Simple methods that a report on rows sets beside the network, by the key of each in report.json.
METHODS = ("naive", "linear", "trees", "last value", "a season ago", "unigram", "bigram")

# What `window` makes: nothing but a time, or a number where there are no times, stands after "from"; the name of a file goes on.
_WINDOW = re.compile(r"(|.* )from (\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?|row \d+)")


def one(noun: str) -> str:
    """An example by its noun in a report ("picture"), as a person reads it."""
    return {"picture": tr("picture"), "row": tr("row"), "text": tr("text"), "window": tr("window")}.get(noun, noun)


def many(noun: str) -> str:
    """Several of them.

    >>> many("picture"), many("row")
    ('pictures', 'rows')
    """
    known = {"picture": tr("pictures"), "row": tr("rows"), "text": tr("texts"), "window": tr("windows")}
    return known.get(noun, f"{noun}s")


def counted(count: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "picture"), counted(2000, "group")
    ('1 picture', '2,000 groups')
    """
    if noun == "picture":
        return trn("{count} picture", "{count:,} pictures", count)
    if noun == "row":
        return trn("{count:,} row", "{count:,} rows", count)
    if noun == "text":
        return trn("{count} text", "{count:,} texts", count)
    if noun == "window":
        return trn("{count} window", "{count:,} windows", count)
    return trn("{count} group", "{count:,} groups", count)


def left_out(path: str) -> str:
    """What was left out, of data.json: a file as it is called, or so many rows.

    >>> left_out("5 rows"), left_out("cat/12.png")
    ('5 rows', 'cat/12.png')
    """
    found = re.fullmatch(r"([\d,]+) rows?", path)
    return path if found is None else counted(int(found[1].replace(",", "")), "row")


def split_name(split: str) -> str:
    """A split as a person reads it: train, validation, test, or all of other data."""
    known = {"train": tr("train"), "validation": tr("validation"), "test": tr("test"), "all": tr("all")}
    return known.get(split, split)


def window(when: str, series: str | None = None) -> str:
    """What a judged window is called in a run's files: when its forecast begins (of `names_of_times`), and of which series.

    >>> window("2024-05-01"), window("2024-05-01", "Oslo")
    ('from 2024-05-01', 'Oslo from 2024-05-01')
    """
    return f"from {when}" if series is None else f"{series} from {when}"


def example(name: str) -> str:
    """The name of an example as a person reads it: "table.csv row 3" is its own in every run's files.

    >>> example("table.csv row 3"), example("Oslo from 2024-05-01"), example("cat/12.png")
    ('table.csv row 3', 'Oslo from 2024-05-01', 'cat/12.png')
    """
    if found := _WINDOW.fullmatch(name):
        return found[1] + tr("from {when}", when=found[2])
    return sentences.example(name)


def choice(value: str) -> str:
    """What a setting of the preparation stands for, within a sentence; the word itself where it is none of these."""
    told: dict[str, Callable[[], str]] = {
        "squash": lambda: tr("both sides are scaled"),
        "crop": lambda: tr("the short side is scaled and the middle kept"),
        "pad": lambda: tr("the long side is scaled and the edges are filled with black"),
        "unit": lambda: tr("between 0 and 1"),
        "symmetric": lambda: tr("between -1 and 1"),
        "standard": lambda: tr("minus the mean, over the standard deviation"),
        "samplewise": lambda: tr("minus the picture's own mean"),
        "minmax": lambda: tr("brought between 0 and 1"),
        "quantile": lambda: tr("by rank, to a bell curve"),
        "none": lambda: tr("as they are"),
        "cross_entropy": lambda: tr("cross-entropy"),
        "binary_cross_entropy": lambda: tr("binary cross-entropy"),
        "mse": lambda: tr("the mean squared distance"),
        "mae": lambda: tr("the mean distance"),
        "huber": lambda: tr("Huber's, squared where it is near and plain where it is far"),
        "constant": lambda: tr("constant"),
        "one_cycle": lambda: tr("rising, then falling to near nothing"),
        "cosine": lambda: tr("falling along a cosine"),
        "step": lambda: tr("falling in steps"),
        "words": lambda: tr("words and marks"),
        "notes": lambda: tr("words, as in the notes"),
        "bpe": lambda: tr("pieces of words"),
        "characters": lambda: tr("characters"),
        "pretrained": lambda: tr("as the pretrained network reads them"),
    }
    return told[value]() if value in told else value


def method(name: str) -> str:
    """A simple method, to stand in a sentence: "a linear model"."""
    return {
        "naive": tr("the naive guess"),
        "linear": tr("a linear model"),
        "trees": tr("boosted trees"),
        "last value": tr("the last value"),
        "a season ago": tr("the value a season ago"),
        "unigram": tr("how common words are"),
        "bigram": tr("word pairs"),
    }[name]


def judged_on(report: dict[str, Any], noun: str, count: int | None = None) -> str:
    """How many examples of what were judged: "270 test pictures"."""
    judged = report["judged"]
    told = {"count": count or judged["examples"], "nouns": many(noun)}
    if not judged["is_own"]:
        told["data"] = judged["data"]
        if report["split"] == "test":
            return tr("{count:,} test {nouns} of {data}", **told)
        return tr("{count:,} {nouns} of {data}", **told)
    if report["split"] == "test":
        return tr("{count:,} test {nouns}", **told)
    if report["split"] == "validation":
        return tr("{count:,} validation {nouns} (there is no test split)", **told)
    if report["split"] == "train":
        return tr("{count:,} training {nouns} (there is neither a test nor a validation split)", **told)
    return tr("{count:,} {nouns}", **told)


def simple(name: str, task: str) -> str:
    """What a network is set beside, by its name in the report, as a title: "always answering the mean"."""
    own: dict[str, Callable[[], str]] = {
        "naive": lambda: tr("always answering the most common class"),
        "linear": lambda: tr("a linear model"),
        "trees": lambda: tr("boosted trees"),
        "last value": lambda: tr("keeping the last value"),
        "a season ago": lambda: tr("the value a season ago"),
        "unigram": lambda: tr("counting words"),
        "bigram": lambda: tr("counting pairs of words"),
        "untouched": lambda: tr("the pretrained network, untouched"),
        "real": lambda: tr("real pictures"),
    }
    other: dict[tuple[str, str], Callable[[], str]] = {
        ("naive", "regress"): lambda: tr("always answering the mean"),
        ("naive", "reconstruct"): lambda: tr("always the mean example"),
        ("linear", "reconstruct"): lambda: tr("as many principal components"),
        ("naive", "imitate"): lambda: tr("every pixel drawn for itself"),
        ("linear", "imitate"): lambda: tr("pictures drawn from a normal distribution"),
    }
    found = other.get((name, task)) or own.get(name)
    return found() if found else name


# What is measured, as a title by its name in the reports, and in short, as it stands beside its number while a run trains (what
# tasks tally, and the loss).
TITLES = {
    "accuracy": later("Accuracy"),
    "balanced_accuracy": later("Balanced accuracy"),
    "macro_f1": later("Macro F1"),
    "top_3_accuracy": later("Among the three most probable"),
    "top_5_accuracy": later("Among the five most probable"),
    "roc_auc": later("Area under the ROC curve"),
    "log_loss": later("Log loss"),
    "calibration_error": later("Calibration error"),
    "mae": later("Mean distance"),
    "rmse": later("Root mean squared error"),
    "mse": later("Mean squared error"),
    "median_error": later("Median distance"),
    "error_90": later("Nine of ten are off by at most"),
    "r2": later("R², the share of the spread that is explained"),
    "perplexity": later("Perplexity"),
    "bits_per_character": later("Bits a character"),
    "loss": later("Loss"),
    "bleu": later("BLEU"),
    "explained": later("Share of the spread that is kept"),
    "frechet": later("Fréchet distance"),
    "diversity": later("Diversity beside real ones"),
    "nearness": later("Distance to the nearest training picture, beside that of real ones"),
    "confidence": later("Confidence of a classifier"),
    "covered": later("Share of the classes that are drawn"),
}
IN_SHORT = {
    "loss": later("loss"),
    "accuracy": later("accuracy"),
    "mae": later("mae"),
    "mse": later("mse"),
    "discriminator": later("discriminator"),
}


def metric(name: str) -> str:
    """What a number is called, as a title.

    >>> metric("macro_f1"), metric("log_loss")
    ('Macro F1', 'Log loss')
    """
    return tr(TITLES[name]) if name in TITLES else name.replace("_", " ")


def metric_in_short(name: str) -> str:
    """The same beside its number, as training goes.

    >>> metric_in_short("accuracy")
    'accuracy'
    """
    return tr(IN_SHORT.get(name, name))
