"""Handwritten digits, 8×8 grey, bundled with scikit-learn: the data that needs no download."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from pathlib import Path

import numpy as np

from seodang.core.sentences import said
from seodang.data.source import Card, Source


def digits() -> Card:
    """1,797 handwritten digits, 8×8 grey; comes with scikit-learn, no download."""
    return Card(
        title="Optical recognition of handwritten digits (UCI)",
        homepage="https://archive.ics.uci.edu/dataset/80",
        licence="CC BY 4.0",
        hub=None,
        counts={"": 1797},
        classes=tuple("0123456789"),
        note=said(
            "43 writers; who wrote which digit is not recorded in scikit-learn's copy, so a random split has each writer in "
            "every part."
        ),
    )


def read() -> Source:
    """The digits, their values 0 to 16 brought to 0 to 255."""
    rows = _rows()
    pixels = np.floor(rows[:, :-1] * 255 / 16 + 0.5).astype(np.uint8).reshape(-1, 8, 8, 1)
    labels = rows[:, -1].astype(np.int64)
    classes = tuple("0123456789")
    return Source(
        name="digits",
        where="digits",
        form=said("bundled"),
        classes=classes,
        labels=labels,
        ids=[f"digits row {row + 1}" for row in range(len(labels))],
        splits=np.full(len(labels), ""),
        stamp=f"digits scikit-learn {importlib.metadata.version('scikit-learn')}",
        pixels=pixels,
        notes=(said("Pixel values 0 to 16 are brought to 0 to 255."),),
        card=digits(),
        label_values=classes,
    )


def _rows() -> np.ndarray:
    """64 values and the digit a row, (1797, 65), from the file that scikit-learn reads: importing it would take most of a second."""
    found = importlib.util.find_spec("sklearn")
    for place in (found.submodule_search_locations or []) if found else []:
        file = Path(place) / "datasets" / "data" / "digits.csv.gz"
        if file.is_file():
            return np.loadtxt(file, delimiter=",")
    from sklearn.datasets import load_digits

    values, target = load_digits(return_X_y=True)
    return np.column_stack([np.asarray(values), np.asarray(target)])
