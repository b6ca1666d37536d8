"""Film reviews in English, 25,000 to train and 25,000 to judge: liked or not."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def imdb() -> Card:
    """Film reviews in English, 25,000 to train and 25,000 to judge: liked or not."""
    return Card(
        title="Large Movie Review Dataset v1.0 (Maas et al., 2011)",
        homepage="https://ai.stanford.edu/~amaas/data/sentiment/",
        licence=said("not stated by its authors, who ask to be cited"),
        hub="stanfordnlp/imdb",
        counts={"train": 25000, "test": 25000},
        classes=("neg", "pos"),
        note=said(
            "Reviews of 1 to 4 stars are neg, of 7 to 10 pos; at most 30 of a film, and no film in both splits. "
            "Some reviews stand more than once all the same."
        ),
    )
