"""Who survived the Titanic: 891 passengers, their class, sex, age and fare."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def titanic() -> Card:
    """Who survived the Titanic: 891 passengers, their class, sex, age and fare."""
    return Card(
        title="Titanic, as in seaborn-data",
        homepage="https://github.com/mwaskom/seaborn-data",
        licence=said("not stated"),
        hub=None,
        counts={"": 891},
        classes=("0", "1"),
        note=said(
            "The column alive says the same as survived, class as pclass, embark_town as embarked. 177 ages are missing."
        ),
        local="tables/titanic.csv",
    )
