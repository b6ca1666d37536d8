"""Photos of cats and dogs: 2,000 to train, 1,000 to choose, 1,000 to judge."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def cats_dogs_small() -> Card:
    """Photos of cats and dogs: 2,000 to train, 1,000 to choose, 1,000 to judge."""
    return Card(
        title="Cats and dogs, the small part used in François Chollet's book",
        homepage="https://www.kaggle.com/c/dogs-vs-cats",
        licence=said("for research and learning only"),
        hub=None,
        counts={"train": 2000, "validation": 1000, "test": 1000},
        classes=("cats", "dogs"),
        note="",
    )
