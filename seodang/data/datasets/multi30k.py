"""Captions of photos in English and German: 29,000 to train."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def multi30k() -> Card:
    """Captions of photos in English and German: 29,000 to train."""
    return Card(
        title="Multi30K, task 1 (Elliott et al., 2016)",
        homepage="https://github.com/multi30k/dataset",
        licence=said("that of Flickr30K: for research and teaching, not for business"),
        hub=None,
        counts={"train": 29000, "validation": 1014, "test": 1000},
        classes=(),
        note=said("The German is a translation by professionals; test is test_2016_flickr."),
    )
