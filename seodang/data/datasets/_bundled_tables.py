"""Tables that come with scikit-learn or are made here: data that needs no download."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from seodang.core.later import pandas as pd
from seodang.core.sentences import said
from seodang.data.columns import typed
from seodang.data.frame import Frame, Kind


def bundled(name: str) -> Frame:
    """One of breast_cancer, diabetes, iris or wine; the answer is the column "target", classes by their names.

    >>> len(bundled("iris")), bundled("iris").column("target").reason
    (150, '3 values, such as setosa, versicolor')
    """
    import sklearn
    from sklearn import datasets

    loaded: Any = getattr(datasets, f"load_{name}")()
    values = {str(column): loaded.data[:, position] for position, column in enumerate(loaded.feature_names)}
    classes = [] if name == "diabetes" else [str(word) for word in loaded.target_names]
    values["target"] = np.array(classes, object)[loaded.target] if classes else loaded.target
    return made(name.replace("_", "-"), values, stamp=f"{name} scikit-learn {sklearn.__version__}")


def made(name: str, columns: dict[str, Any], stamp: str, kinds: Mapping[str, Kind] | None = None) -> Frame:
    """A table from columns of numbers or words in memory, (N,) each; of the kinds that are said, or as they look."""
    done = [typed(column, pd.Series(cells), (kinds or {}).get(column)) for column, cells in columns.items()]
    rows = len(done[0][0])
    return Frame(
        name=name,
        where=name,
        form=said("bundled"),
        table=pd.DataFrame({column.name: series for series, column in done}, copy=False),
        columns=tuple(column for _, column in done),
        ids=[f"{name} row {row + 1}" for row in range(rows)],
        splits=np.full(rows, "", "U10"),
        stamp=stamp,
    )
