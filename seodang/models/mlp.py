"""Dense layers for table rows: categories by learnt vectors, amounts plain, in bins or as waves."""

# B batch · F features
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from torch import Tensor, nn

from seodang.core.spec import Spec
from seodang.models import _modules as modules
from seodang.models._columns import Columns, Numbers
from seodang.models._initial import start
from seodang.models._inputs import must_be, one_output

NORMS = {"none": None, "batch": modules.BatchNorm1d, "layer": nn.LayerNorm}


class _Mlp(nn.Module):
    def __init__(self, columns: Columns, hidden: tuple[int, ...], outputs: int, dropout: float, norm: str) -> None:
        super().__init__()
        self.columns = columns
        layers: list[nn.Module] = []
        width = columns.width
        for units in hidden:
            layers.append(nn.Linear(width, units, bias=norm != "batch"))
            if make := NORMS[norm]:
                layers.append(make(units))
            layers += [modules.Relu(), modules.Dropout(dropout)]
            width = units
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(width, outputs)
        start(self.body, "he_normal")
        start(self.head, "glorot_uniform")

    def fit_numbers(self, rows: Tensor) -> None:
        """Take the bins' edges from training rows (N, F), before training; they are saved with the weights."""
        self.columns.fit(rows)

    def forward(self, rows: Tensor) -> Tensor:
        """(B, F) → (B, outputs)."""
        return self.head(self.body(self.columns(rows)))


def mlp(
    inputs: Spec,
    outputs: Spec,
    *,
    hidden: tuple[Annotated[int, Field(ge=1, le=65536)], ...] = (256, 256),
    numbers: Numbers = "plain",
    bins: Annotated[int, Field(ge=2, le=512)] = 32,
    embedding: Annotated[int, Field(ge=1, le=512)] = 8,
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1,
    norm: Literal["none", "batch", "layer"] = "none",
) -> nn.Module:
    """Dense layers with relu for table rows: categories get learnt vectors, amounts go in plain, by bins or as waves.

    Args:
        inputs: table rows or vectors (features,): amounts, then one code for each of `categories`.
        outputs: (C,).
        hidden: Units of each hidden layer.
        numbers: plain; ple: how far an amount fills each of its column's bins (network.fit_numbers(rows) sets the bins from
            the training rows); periodic: sines and cosines of learnt frequencies. Gorishniy et al., 2022,
            https://arxiv.org/abs/2203.05556.
        bins: Bins of a column, for ple.
        embedding: Numbers in the vector of a category's code.
        dropout: Share of each hidden layer that is dropped while training.
        norm: Batch or layer normalisation before each relu.
    """
    must_be("mlp", inputs, ["vectors", "rows"])
    one_output("mlp", outputs)
    return _Mlp(Columns(inputs, numbers, bins, embedding), hidden, outputs.size, dropout, norm)
