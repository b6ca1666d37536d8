"""Our own recipe for labelled texts."""

from __future__ import annotations

from seodang.data.reading import Text
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def text_classifier() -> Recipe:
    """House recipe for labelled texts: the mean of learnt vectors of words and word pairs; seconds, not an LSTM's hour.

    fastText (Joulin et al., 2016, https://arxiv.org/abs/1607.01759). The report has a linear model on word pairs (NB-SVM) beside
    it. What was tried and did not help stands in LOG.md. Measured: see README.
    """
    return Recipe(
        name="text-classifier",
        task="classify",
        model=Part(name="bag", settings={"embedding": 32, "dropout": 0.3}),
        texts=Text(tokens="words", vocabulary=30_000),
        training=Training(optimizer="adamw", learning_rate=5e-3, schedule="one_cycle", keep="best"),
    )
