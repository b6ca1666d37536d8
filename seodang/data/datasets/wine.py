"""178 wines of three growers by 13 measurements; comes with scikit-learn, no download."""

from __future__ import annotations

from seodang.data.datasets._bundled_tables import bundled
from seodang.data.frame import Frame
from seodang.data.source import Card


def wine() -> Card:
    """178 wines of three growers by 13 measurements; comes with scikit-learn, no download."""
    return Card(
        title="Wine (UCI)",
        homepage="https://archive.ics.uci.edu/dataset/109/wine",
        licence="CC BY 4.0",
        hub=None,
        counts={"": 178},
        classes=("class_0", "class_1", "class_2"),
    )


def read() -> Frame:
    """The rows; what is foretold is the column target."""
    return bundled("wine")
