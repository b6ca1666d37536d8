"""Say in one language what stands in another."""

from __future__ import annotations

from seodang.tasks.next_token import NextToken


def translate(vocabulary: int, loss: str = "cross_entropy") -> NextToken:
    """Which word comes next of a translation, having read the whole sentence and written what comes before."""
    return NextToken(vocabulary, True, loss)
