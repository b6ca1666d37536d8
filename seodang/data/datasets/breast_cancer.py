"""569 tumours, malignant or benign, from 30 measurements; comes with scikit-learn, no download."""

from __future__ import annotations

from seodang.data.datasets._bundled_tables import bundled
from seodang.data.frame import Frame
from seodang.data.source import Card


def breast_cancer() -> Card:
    """569 tumours, malignant or benign, from 30 measurements; comes with scikit-learn, no download."""
    return Card(
        title="Breast Cancer Wisconsin, Diagnostic (UCI)",
        homepage="https://archive.ics.uci.edu/dataset/17",
        licence="CC BY 4.0",
        hub=None,
        counts={"": 569},
        classes=("malignant", "benign"),
    )


def read() -> Frame:
    """The rows; what is foretold is the column target."""
    return bundled("breast_cancer")
