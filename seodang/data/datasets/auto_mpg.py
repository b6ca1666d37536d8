"""How far 398 cars of 1970 to 1982 go with a gallon."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def auto_mpg() -> Card:
    """How far 398 cars of 1970 to 1982 go with a gallon."""
    return Card(
        title="Auto MPG (UCI)",
        homepage="https://archive.ics.uci.edu/dataset/9/auto+mpg",
        licence="CC BY 4.0",
        hub=None,
        counts={"": 398},
        classes=(),
        note=said("Horsepower is missing in six."),
        local="tables/auto-mpg.csv",
    )
