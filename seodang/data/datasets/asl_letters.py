"""Letters of American Sign Language as hands, 28×28 grey, 24 classes (no J, no Z)."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def asl_letters() -> Card:
    """Letters of American Sign Language as hands, 28×28 grey, 24 classes (no J, no Z)."""
    return Card(
        title="Sign Language MNIST",
        homepage="https://www.kaggle.com/datasets/datamunge/sign-language-mnist",
        licence="CC0 1.0",
        hub=None,
        counts={"train": 27455, "test": 7172},
        classes=tuple("abcdefghiklmnopqrstuvwxy"),
        note=said(
            "J and Z are movements, so they are not in it: labels 0 to 24 without 9. The rows come from 1,704 photos of few hands: "
            "a random split says little about a new hand."
        ),
    )
