"""Who of 768 women of the Pima gets diabetes, from eight measurements; no line of column names."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def pima_indians_diabetes() -> Card:
    """Who of 768 women of the Pima gets diabetes, from eight measurements; no line of column names."""
    return Card(
        title="Pima Indians Diabetes (Smith et al., 1988)",
        homepage="https://www.kaggle.com/datasets/uciml/pima-indians-diabetes-database",
        licence=said("CC0 1.0, as on Kaggle"),
        hub=None,
        counts={"": 768},
        classes=("0", "1"),
        note=said(
            "Columns: pregnancies, glucose, blood pressure, skin fold, insulin, body mass index, pedigree, "
            "age, diabetes. 0 stands for missing in five."
        ),
        local="tables/pima-indians-diabetes.csv",
    )
