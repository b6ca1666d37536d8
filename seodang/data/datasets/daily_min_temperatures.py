"""The lowest temperature of each day in Melbourne, 1981 to 1990."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def daily_min_temperatures() -> Card:
    """The lowest temperature of each day in Melbourne, 1981 to 1990."""
    return Card(
        title="Daily minimum temperatures in Melbourne (Bureau of Meteorology)",
        homepage="https://github.com/jbrownlee/Datasets",
        licence=said("not stated"),
        hub=None,
        counts={"": 3650},
        classes=(),
        note=said("The last days of 1984 and 1988 are missing."),
        local="series/daily-min-temperatures.csv",
    )
