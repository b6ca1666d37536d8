"""Film reviews in Korean of at most 140 characters: liked or not."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def nsmc() -> Card:
    """Film reviews in Korean of at most 140 characters: liked or not."""
    return Card(
        title="Naver sentiment movie corpus v1.0 (Park, 2015)",
        homepage="https://github.com/e9t/nsmc",
        licence="CC0 1.0",
        hub="e9t/nsmc",
        counts={"train": 150000, "test": 50000},
        classes=("negative", "positive"),
        note=said("Reviews of 1 to 4 points are negative (0), of 9 and 10 positive (1). A few documents are empty."),
    )
