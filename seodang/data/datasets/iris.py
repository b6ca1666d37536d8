"""150 irises of three species by their leaves; comes with scikit-learn, no download."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.datasets._bundled_tables import bundled
from seodang.data.frame import Frame
from seodang.data.source import Card


def iris() -> Card:
    """150 irises of three species by their leaves; comes with scikit-learn, no download."""
    return Card(
        title="Iris (Fisher, 1936; UCI)",
        homepage="https://archive.ics.uci.edu/dataset/53/iris",
        licence="CC BY 4.0",
        hub=None,
        counts={"": 150},
        classes=("setosa", "versicolor", "virginica"),
        note=said("scikit-learn's copy is corrected: two rows of UCI's differ from Fisher's paper."),
    )


def read() -> Frame:
    """The rows; what is foretold is the column target."""
    return bundled("iris")
