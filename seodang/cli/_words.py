"""The words after a verb: paths and names, and settings written key=value."""

from __future__ import annotations

import re

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
