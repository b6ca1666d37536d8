"""Foretell how a time series goes on."""

from __future__ import annotations

from seodang.tasks.regress import Regress


def forecast(
    num_targets: int = 1,
    loss: str = "mse",
    centre: tuple[float, ...] = (),
    scale: tuple[float, ...] = (),
    horizon: int = 1,
) -> Regress:
    """How a series goes on: the next value, or the next `horizon` ones, of one or several series at once."""
    return Regress(num_targets, loss, centre, scale, horizon)
