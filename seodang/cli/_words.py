"""The words after a verb: paths and names, and settings written key=value; and what measures are called."""

from __future__ import annotations

import re

from seodang.core.language import later, tr

_SETTING = re.compile(r"^\+?([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)=(.*)$", re.DOTALL)


def divide(words: list[str]) -> tuple[list[str], dict[str, str]]:
    """Split words into the plain ones and the settings, both in the order given.

    >>> divide(["photos/", "training.epochs=3"])
    (['photos/'], {'training.epochs': '3'})
    """
    plain, settings = [], {}
    for word in words:
        if match := _SETTING.match(word):
            settings[match[1]] = match[2]
        else:
            plain.append(word)
    return plain, settings


# What is measured, in short, where it stands beside its number as training goes (titles: evaluation.naming). Splits stand there too.
MEASURES = (
    later("loss"),
    later("accuracy"),
    later("balanced accuracy"),
    later("macro f1"),
    later("precision"),
    later("recall"),
    later("f1"),
    later("top 3 accuracy"),
    later("top 5 accuracy"),
    later("roc auc"),
    later("log loss"),
    later("brier"),
    later("calibration error"),
    later("mae"),
    later("mse"),
    later("rmse"),
    later("r2"),
    later("mape"),
    later("perplexity"),
    later("train"),
    later("validation"),
    later("test"),
    later("all"),
)


def measure(name: str) -> str:
    """What a measure of the reports is called.

    >>> measure("balanced_accuracy")
    'balanced accuracy'
    """
    return tr(name.replace("_", " "))
