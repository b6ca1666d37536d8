"""What houses cost in 20,640 districts of California in 1990."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def california_housing() -> Card:
    """What houses cost in 20,640 districts of California in 1990."""
    return Card(
        title="California housing (Pace and Barry, 1997), with the nearness of the ocean (Géron)",
        homepage="https://github.com/ageron/handson-ml2/tree/master/datasets/housing",
        licence=said("not stated"),
        hub=None,
        counts={"": 20640},
        classes=(),
        note=said("Values are cut at 500,001, where 965 districts stand; total_bedrooms is missing in 207."),
        local="tables/california-housing.csv",
    )
