"""How diabetes went on in a year in 442 patients; comes with scikit-learn, no download."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.datasets._bundled_tables import bundled
from seodang.data.frame import Frame
from seodang.data.source import Card


def diabetes() -> Card:
    """How diabetes went on in a year in 442 patients; comes with scikit-learn, no download."""
    return Card(
        title="Diabetes (Efron et al., 2004)",
        homepage="https://www4.stat.ncsu.edu/~boos/var.select/diabetes.html",
        licence=said("not stated"),
        hub=None,
        counts={"": 442},
        classes=(),
        note=said("The ten measurements are centred and scaled by scikit-learn already."),
    )


def read() -> Frame:
    """The rows; what is foretold is the column target."""
    return bundled("diabetes")
