"""A time series as windows: scaled by its training part, cut in time order, saved with the run."""

# N windows · T steps of the past · H steps ahead · C channels · K targets
from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seodang.core.errors import DataError
from seodang.core.spec import Spec
from seodang.data.facts import Facts
from seodang.data.frame import Frame
from seodang.data.reading import Series


@dataclass(frozen=True)
class SeriesEncoding:
    """How a series goes into a network: (T, C) float32, oldest first, each channel (value - centre) / scale.

    target: the column that is foretold.   channels: the columns that are seen.   time, key: columns, or None.
    season: steps after which things repeat, 1 where none was found.   filled: values that were missing and taken over from before.
    """

    target: str
    channels: tuple[str, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    window: int
    season: int
    time: str | None
    key: str | None
    facts: Facts
    filled: int = 0
    kinds: dict[str, str] | None = None
    form: str = "series"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the network sees, and the one it foretells."""
        return tuple(dict.fromkeys([*self.channels, self.target]))

    def values(self, frame: Frame, names: tuple[str, ...]) -> np.ndarray:
        """Columns in their own units, (rows, C) float64, gaps filled with the value before."""
        gone = [name for name in names if name not in frame.table.columns]
        if gone:
            raise DataError(f"{frame.where} has no column {gone[0]!r}, which the network was trained on.")
        return filled(np.asarray(frame.table[list(names)], np.float64))[0]

    def scaled(self, values: np.ndarray) -> Tensor:
        """(…, C) in their own units to float32 in units of the training part."""
        return torch.from_numpy(((values - np.array(self.centre)) / np.array(self.scale)).astype(np.float32))

    def windows(self, frame: Frame, starts: np.ndarray) -> tuple[Tensor, Tensor]:
        """Inputs (N, T, C), and targets (N, H) in the target's own unit.

        Args:
            starts: (N,) the row of the first step that is foretold; the window is what lies before it.
        """
        past = self.scaled(self.values(frame, self.channels)).unfold(0, self.window, 1)  # (rows - T + 1, C, T), a view
        target = torch.from_numpy(self.values(frame, (self.target,))[:, 0].astype(np.float32))
        ahead = target.unfold(0, self.facts.horizon, 1)
        where = torch.from_numpy(np.asarray(starts, np.int64))
        inputs = past.index_select(0, where - self.window).transpose(1, 2).contiguous()
        return inputs, ahead.index_select(0, where)

    def as_plain(self) -> dict[str, Any]:
        """Fit for JSON."""
        return asdict(self)

    @staticmethod
    def from_plain(plain: dict[str, Any]) -> SeriesEncoding:
        """Back from `as_plain`."""
        lists = {name: tuple(plain[name]) for name in ("channels", "centre", "scale")}
        return SeriesEncoding(**{**plain, **lists, "facts": Facts.from_plain(plain["facts"])})


def fit_series(
    frame: Frame,
    rows: np.ndarray,
    target: str,
    channels: tuple[str, ...],
    window: int,
    horizon: int,
    season: int,
    settings: Series,
    time: str | None,
    key: str | None,
) -> SeriesEncoding:
    """Learn the scale of each channel, and of the target, from `rows` alone, the indices of the training part."""
    names = (target, *channels)
    values, gaps = filled(np.asarray(frame.table[list(names)], np.float64))
    part = values[rows]
    if settings.scaling == "minmax":
        centre, scale = part.min(0), np.ptp(part, axis=0)
    else:
        centre, scale = part.mean(0), part.std(0)
    scale = np.where(scale > 0, scale, 1.0)
    facts = Facts(
        targets=(target,),
        centre=(float(centre[0]),),
        scale=(float(scale[0]),),
        horizon=horizon,
        inputs=Spec((window, len(channels))),
    )
    kinds: dict[str, str] = dict.fromkeys(names, "number")
    if time is not None and time in frame.table.columns:
        kinds[time] = frame.column(time).kind
    seen = tuple(centre[1:].tolist()), tuple(scale[1:].tolist())
    return SeriesEncoding(target, channels, *seen, window, season, time, key, facts, gaps, kinds)


def starts(frame: Frame, window: int, horizon: int, key: str | None) -> np.ndarray:
    """Every row at which a whole window lies before and a whole horizon begins, inside one series."""
    rows = np.arange(window, len(frame) - horizon + 1)
    if key is None:
        return rows
    keys = np.asarray(frame.table[key].astype(str))
    return rows[(keys[rows - window] == keys[rows]) & (keys[rows + horizon - 1] == keys[rows])]


def find_season(values: np.ndarray, candidates: tuple[int, ...]) -> int:
    """The number of steps after which a series is most like itself, of the candidates; 1 where none is seen.

    Correlation of the differences with themselves that many steps before, which a trend does not raise. Box, Jenkins & Reinsel,
    Time Series Analysis, chapter 9.

    >>> find_season(np.sin(np.arange(200) * 2 * np.pi / 12), (7, 12, 24))
    12
    """
    changes = np.diff(values)
    found = {lag: _correlation(changes[lag:], changes[:-lag]) for lag in candidates if 1 < lag < len(changes) // 2}
    best = max(found, key=lambda lag: (round(found[lag], 2), -lag), default=1)
    return best if found.get(best, 0.0) > 2 / np.sqrt(max(1, len(changes))) and found[best] > 0.1 else 1


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    one, other = one - one.mean(), other - other.mean()
    length = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / length if length else 0.0


def filled(values: np.ndarray) -> tuple[np.ndarray, int]:
    """(rows, C) with every missing value taken over from the row before (at the beginning, from the first that is there), and
    how many there were."""
    missing = ~np.isfinite(values)
    if not missing.any():
        return values, 0
    found = values.copy()
    for column in range(values.shape[1]):
        there = np.flatnonzero(~missing[:, column])
        if not len(there):
            raise DataError("A column of the series has no number at all. Leave it out.")
        before = np.searchsorted(there, np.arange(len(values)), side="right") - 1
        found[:, column] = values[there[np.maximum(before, 0)], column]
    return found, int(missing.sum())
