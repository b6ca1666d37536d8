"""Three species of penguins by bill, flipper and weight: 344 of them, from three islands."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def penguins() -> Card:
    """Three species of penguins by bill, flipper and weight: 344 of them, from three islands."""
    return Card(
        title="Palmer penguins (Horst, Hill and Gorman, 2020)",
        homepage="https://allisonhorst.github.io/palmerpenguins/",
        licence="CC0 1.0",
        hub=None,
        counts={"": 344},
        classes=("Adelie", "Chinstrap", "Gentoo"),
        note=said("Two penguins have no measurements at all."),
        local="tables/penguins.csv",
    )
