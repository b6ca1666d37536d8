"""Every layer: whether it is trained, and how its weights lie."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from seodang.core.language import tr, trn
from seodang.explanations.example import Example
from seodang.explanations.explanation import Explanation, Table
from seodang.explanations.layers_of import layers as layers_of
from seodang.explanations.layers_of import model_of
from seodang.models.summary import kind_of
from seodang.runs.folder import Run

UNFOLDED = 14  # more rows are shown on request


def layers(run: Run, example: Example, *, layer: str | None = None) -> Explanation:
    """Every layer with weights: whether it is trained, how many there are, and how they lie."""
    rows = [_row(name, module) for name, module in layers_of(model_of(run)) if any(True for _ in module.parameters())]
    total = sum(row["parameters"] for row in rows)
    trained = sum(row["parameters"] for row in rows if row["trainable"])
    frozen = [row for row in rows if not row["trainable"]]
    counted = trn(
        "{total:,} weights in {count} layer, of which training changed {trained:,}.",
        "{total:,} weights in {count} layers, of which training changed {trained:,}.",
        len(rows),
        total=total,
        trained=trained,
    )
    still = tr("{count} layers are frozen: they stay as they came.", count=len(frozen)) if frozen else ""
    words = (
        f"{counted} {still}".strip(),
        tr(
            "A weight says how much an input counts, and its sign for or against. In a layer that learns well "
            "most are small and a few are large; a layer whose weights are all alike, or all 0, adds nothing."
        ),
    )
    heads = (
        *(tr("layer"), tr("kind"), tr("trainable"), tr("weights"), tr("shape")),
        *(tr("mean"), tr("deviation"), tr("least"), tr("largest"), tr("near 0")),
    )
    cells = tuple(
        (
            row["layer"],
            row["kind"],
            tr("yes") if row["trainable"] else tr("no"),
            f"{row['parameters']:,}",
            "×".join(map(str, row["shape"])),
            *(f"{row[name]:.3g}" for name in ("mean", "deviation", "least", "largest")),
            f"{row['share_near_zero']:.0%}",
        )
        for row in rows
    )
    table = Table(tr("Layers and their weights"), heads, cells, is_folded=len(rows) > UNFOLDED)
    return Explanation(tr("Layers and their weights"), "inside", words, {"layers": rows}, (table,))


def _row(name: str, module: nn.Module) -> dict[str, Any]:
    """near 0: within a hundredth of the largest."""
    parameters = list(module.parameters())
    values = torch.cat([each.detach().flatten() for each in parameters]).double()
    largest = float(values.abs().max()) if len(values) else 0.0
    return {
        "layer": name,
        "kind": kind_of(module),
        "trainable": any(each.requires_grad for each in parameters),
        "parameters": len(values),
        "shape": list(parameters[0].shape),
        "mean": _short(values.mean()),
        "deviation": _short(values.std(correction=0)),
        "least": _short(values.min()),
        "largest": _short(values.max()),
        "share_near_zero": round(float((values.abs() <= largest / 100).double().mean()), 4),
    }


def _short(value: torch.Tensor) -> float:
    return float(f"{float(value):.6g}")
