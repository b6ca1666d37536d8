"""Photos of apples, bananas and oranges, fresh and rotten: six classes."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def fruits() -> Card:
    """Photos of apples, bananas and oranges, fresh and rotten: six classes."""
    return Card(
        title="Fruits fresh and rotten for classification",
        homepage="https://www.kaggle.com/datasets/sriramr/fruits-fresh-and-rotten-for-classification",
        licence=said("not stated by its authors"),
        hub=None,
        counts={"train": 1182, "validation": 329},
        classes=("freshapples", "freshbanana", "freshoranges", "rottenapples", "rottenbanana", "rottenoranges"),
        note="",
    )
