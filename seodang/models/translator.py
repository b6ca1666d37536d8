"""Translation from one sequence to another: an encoder reads, a decoder writes, with or without attention."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from torch import nn

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.core.spec import Spec
from seodang.models._inputs import must_be
from seodang.models._translators import Memory, RecurrentTranslator, TransformerTranslator, chosen

__all__ = ["Memory", "chosen", "translator"]


def translator(
    inputs: Spec,
    outputs: Spec,
    *,
    cell: Literal["lstm", "gru", "transformer"] = "gru",
    attention: bool = True,
    units: Annotated[int, Field(ge=4, le=8192)] = 256,
    embedding: Annotated[int, Field(ge=1, le=8192)] = 128,
    depth: Annotated[int, Field(ge=1, le=48)] = 1,
    heads: Annotated[int, Field(ge=1, le=128)] = 4,
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.2,
    tied: bool = False,
) -> nn.Module:
    """An encoder and a decoder for sentence pairs: a score for every next word, given the sentence and what is written so far.

    Args:
        inputs: sentence pairs (2, length): row 0 is read (padding on either side), row 1 has been written so far, from the
            first place on.
        outputs: (length, words), each_step: at each place the scores of the word that follows.
        cell: lstm or gru: a bidirectional encoder whose states start the decoder (Sutskever et al., 2014,
            https://arxiv.org/abs/1409.3215). transformer: Vaswani et al., 2017, https://arxiv.org/abs/1706.03762, the norm
            first, rotary positions.
        attention: The decoder looks back at every place it read (Luong et al., 2015, "general",
            https://arxiv.org/abs/1508.04025, without input feeding, so that training needs no loop over places).
        units: Size of the states; for the transformer the width. A multiple of 2, of 2·heads for the transformer.
        embedding: Numbers in the vector of a word, for lstm and gru.
        depth: Layers of encoder and decoder each.
        heads: Attention heads, for the transformer.
        dropout: Share dropped between layers while training.
        tied: The scores of the words are how alike the state is to each word's vector (Press & Wolf, 2017,
            https://arxiv.org/abs/1608.05859): fewer parameters, shorter steps, and small collections are learnt better.

    The network has three methods more, all of them for evaluation mode:
        encode(source (B, L)) -> Memory: the sentence read, once.
        step(words (B,), memory, state) -> (scores (B, words), state): one word written. `state` is None before the first.
            Memory and state are tuples of tensors with the batch first: `chosen(memory, rows)` keeps some rows, as beam
            search wants it.
        attention(pair (B, 2, L)) -> (B, L, L): how much each written place read of each source place; rows sum to 1.
    """
    must_be("translator", inputs, ["pairs"])
    if not outputs.each_step:
        raise RecipeError(
            tr("translator gives the scores of the next word at every place, but the task wants one output.")
        )
    words = outputs.shape[-1]
    if cell == "transformer":
        if not attention:
            raise RecipeError(tr("A transformer is made of attention: attention must be true for cell: transformer."))
        if units % (2 * heads):
            raise RecipeError(
                tr(
                    "units must be a multiple of {multiple} for {heads} heads, got {units}.",
                    multiple=2 * heads,
                    heads=heads,
                    units=units,
                )
            )
        return TransformerTranslator(inputs.vocabulary, words, units, depth, heads, dropout, tied)
    if units % 2:
        raise RecipeError(
            tr("units must be even, for the encoder reads both ways with half of them, got {units}.", units=units)
        )
    return RecurrentTranslator(inputs.vocabulary, words, cell, attention, units, embedding, depth, dropout, tied)
