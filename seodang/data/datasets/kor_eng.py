"""Sentences in English and Korean, short ones first."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def kor_eng() -> Card:
    """Sentences in English and Korean, short ones first."""
    return Card(
        title="Tatoeba sentence pairs, English and Korean (manythings.org)",
        homepage="https://www.manythings.org/anki/",
        licence="CC BY 2.0 FR",
        hub=None,
        counts={"": 904},
        classes=(),
        note=said(
            "A tab between English (source), Korean (target) and who wrote them. English sentences repeat with "
            "other translations: a random split has them on both sides."
        ),
    )
