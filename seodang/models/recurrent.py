"""Recurrent network for texts and series: LSTM, GRU or simple recurrent layers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from torch import nn

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.core.spec import Spec
from seodang.models import _modules as modules
from seodang.models._initial import start
from seodang.models._inputs import must_be
from seodang.models._recurrent import Cell, recurrent_layer
from seodang.models.sequential import Network


def recurrent(
    inputs: Spec,
    outputs: Spec,
    *,
    cell: Cell = "lstm",
    units: tuple[Annotated[int, Field(ge=1, le=8192)], ...] = (64,),
    embedding: Annotated[int, Field(ge=1, le=8192)] = 64,
    bidirectional: bool = False,
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0,
    mask: bool = True,
    tied: bool = False,
) -> nn.Module:
    """LSTM, GRU or simple recurrent layers over a text or a series: many to one, or one output at every place.

    Args:
        inputs: tokens (length,) or a series (length, channels).
        outputs: (C,); with each_step (length, C): the output at a place knows that place and those before it, unless
            bidirectional, where it knows all.
        cell: lstm (Hochreiter & Schmidhuber, 1997), gru (Cho et al., 2014, https://arxiv.org/abs/1406.1078) or
            simple_rnn (Elman, 1990), with Keras' parameters and start.
        units: Size of each layer's state, one layer after another.
        embedding: Numbers in the vector of a token. Not used for series.
        bidirectional: A second layer reads from the end, so each layer gives twice its units.
        dropout: Share dropped after the embedding and after each layer while training.
        mask: Leave padding (token 0) out, wherever it stands. Not used for series.
        tied: The last layer's weights are the embedding's (Press & Wolf, 2017, https://arxiv.org/abs/1608.05859), where an output
            at every place is one of the tokens: fewer parameters, and small texts are learnt better.

    >>> network = recurrent(Spec((28,), vocabulary=11753), Spec((11753,)), units=(100,), embedding=10)
    >>> sum(parameter.numel() for parameter in network.parameters())
    1348983
    """
    kind = must_be("recurrent", inputs, ["tokens", "series"])
    if tied and not (outputs.each_step and inputs.vocabulary == outputs.shape[-1]):
        raise RecipeError(tr("tied is for networks that say the next token at every place."))
    layers: list[tuple[str, nn.Module]] = []

    def add(name: str, module: nn.Module) -> None:
        layers.append((f"{len(layers) + 1}_{name}", module))

    def drop() -> None:
        if dropout:
            add("dropout", modules.Dropout(dropout))

    width = inputs.shape[-1]
    if kind == "tokens":
        add("embedding", modules.Embedding(inputs.vocabulary, embedding, mask))
        drop()
        width = embedding
    for place, size in enumerate(units):
        each_step = outputs.each_step or place < len(units) - 1
        layer, width = recurrent_layer(
            cell, width, size, bidirectional=bidirectional, each_step=each_step, init="glorot_uniform"
        )
        add(cell, layer)
        drop()
    if tied:
        words = layers[0][1]
        assert isinstance(words, modules.Embedding), "tokens are embedded first"
        if width != embedding:
            add("narrow", nn.Linear(width, embedding))
            start(layers[-1][1], "glorot_uniform")
        add("dense", modules.Tied(words))
    else:
        add("dense", nn.Linear(width, outputs.shape[-1]))
        start(layers[-1][1], "glorot_uniform")
    return Network(layers)
