"""The words after a verb: paths and names, and settings written key=value."""

from __future__ import annotations

import re

from seodang.core.errors import RecipeError
from seodang.core.language import tr

_SETTING = re.compile(r"^\+?([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)=(.*)$", re.DOTALL)


def divide(words: list[str]) -> tuple[list[str], dict[str, str]]:
    """Split words into the plain ones and the settings, both in the order given.

    >>> divide(["photos/", "training.epochs=3"])
    (['photos/'], {'training.epochs': '3'})

    Raises RecipeError where a setting was written with blanks, `training.epochs = 3`.
    """
    plain, settings = [], {}
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        if apart := _apart(before, word, after):
            raise RecipeError(tr("A setting is written without blanks: {setting}.", setting=apart))
        if match := _SETTING.match(word):
            settings[match[1]] = match[2]
        else:
            plain.append(word)
    return plain, settings


def _apart(before: str, word: str, after: str) -> str:
    """The setting that was meant by `key = value`, `key =value` or `key= 3`; "" where a word is none of these."""
    if word.startswith("=") and re.fullmatch(r"[A-Za-z_][\w.]*", before):
        return before + (word if len(word) > 1 else f"={after}")
    if word.endswith("=") and _SETTING.match(word) and re.fullmatch(r"[-+]?[\d.]+(e[-+]?\d+)?|true|false", after):
        return word + after
    return ""
