"""Articles of the New York Times, 2017 and 2018, with their headlines."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def nyt_headlines() -> Card:
    """Articles of the New York Times, 2017 and 2018, with their headlines."""
    return Card(
        title="New York Times articles (nine months of 2017 and 2018)",
        homepage="https://www.kaggle.com/datasets/aashita/nyt-comments",
        licence="CC BY-NC-SA 4.0",
        hub=None,
        counts={"": 9335},
        classes=(),
        note=said("The column headline; 732 of them are just Unknown. Columns differ from file to file."),
    )
