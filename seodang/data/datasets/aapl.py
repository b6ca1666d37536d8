"""Apple shares, day by day, 1980 to September 2022."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def aapl() -> Card:
    """Apple shares, day by day, 1980 to September 2022."""
    return Card(
        title="Apple (AAPL) historical stock data, from Yahoo Finance",
        homepage="https://finance.yahoo.com/quote/AAPL/history",
        licence=said("not stated"),
        hub=None,
        counts={"": 10538},
        classes=(),
        note=said("Adjusted for splits; Adj Close for dividends too."),
    )
