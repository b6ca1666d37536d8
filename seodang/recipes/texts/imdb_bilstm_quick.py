"""Lab L43's network, our way: the end of each review only, and small batches."""

from __future__ import annotations

from seodang.recipes.recipe import Recipe
from seodang.recipes.texts.imdb_bilstm import imdb_bilstm


def imdb_bilstm_quick() -> Recipe:
    """L43's network on the last 100 words of each review, in small batches: the notes' score in a fraction of their time.

    The very network of `imdb-bilstm`, 4,005,121 parameters. Reviews say at their end whether they are liked, and an LSTM of two layers
    learns a hundred steps far sooner than three hundred; batches of 64 give four times as many updates for the same reading, with a
    rate that rises and falls (one cycle; Smith & Topin, 2017, https://arxiv.org/abs/1708.07120). What is lost is what only a whole
    review says.
    Measured: see README.
    """
    lab = imdb_bilstm()
    texts = lab.texts.model_copy(update={"length": 100})
    faster = {"optimizer": "adamw", "learning_rate": 2e-3, "schedule": "one_cycle", "max_gradient_norm": 1.0}
    kept = {"epochs": 1, "batch_size": 64, "keep": "best", "patience": None}
    training = lab.training.model_copy(update={**faster, **kept})
    return lab.model_copy(update={"name": "imdb-bilstm-quick", "texts": texts, "training": training})
