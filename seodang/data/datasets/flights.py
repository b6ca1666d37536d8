"""Airline passengers, month by month, 1949 to 1960, in thousands."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def flights() -> Card:
    """Airline passengers, month by month, 1949 to 1960, in thousands."""
    return Card(
        title="Airline passengers (Box and Jenkins, 1976), as in seaborn-data",
        homepage="https://github.com/mwaskom/seaborn-data",
        licence=said("not stated"),
        hub=None,
        counts={"": 144},
        classes=(),
        note=said("When stands in two columns, year and month."),
        local="series/flights.csv",
    )
