"""Lab L45: an encoder–decoder that looks back."""

from __future__ import annotations

from seodang.recipes.recipe import Recipe
from seodang.recipes.texts.translate_seq2seq import translate_seq2seq


def translate_attention() -> Recipe:
    """L45: translate-seq2seq with attention: at every word that it writes it looks back at the words it read.

    Bahdanau et al., 2014, https://arxiv.org/abs/1409.0473, in the form of Luong et al., 2015, https://arxiv.org/abs/1508.04025.
    The report shows where it looked.
    Measured: see README.
    """
    base = translate_seq2seq()
    model = base.model.model_copy(update={"settings": {**base.model.settings, "attention": True}})
    return base.model_copy(update={"name": "translate-attention", "model": model})
