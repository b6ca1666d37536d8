"""Oil temperature of a transformer, hour by hour for two years, with six loads."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def etth1() -> Card:
    """Oil temperature of a transformer, hour by hour for two years, with six loads."""
    return Card(
        title="Electricity Transformer Temperature, ETTh1 (Zhou et al., 2021)",
        homepage="https://github.com/zhouhaoyi/ETDataset",
        licence="CC BY-ND 4.0",
        hub=None,
        counts={"": 17420},
        classes=(),
        note=said("Usually cut into 12, 4 and 4 months of 30 days."),
        local="series/ETTh1.csv",
    )
