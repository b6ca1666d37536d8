"""A time series as windows: scaled by its training part, gaps filled from the past only, saved with the run."""

# N windows · T steps of the past · H steps ahead · C channels
from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.spec import Spec
from seodang.data.encode_table import class_names
from seodang.data.facts import Facts
from seodang.data.frame import Frame, refuse_missing
from seodang.data.purposes import columns_of
from seodang.data.reading import Series
from seodang.data.times import moments


@dataclass(frozen=True)
class SeriesEncoding:
    """How a series goes into a network: (T, C) float32, oldest first, each channel (value - centre) / scale.

    target: the column that is foretold.   channels: the columns that are seen.   time, key: columns, or None.
    season: steps after which things repeat, 1 where none was found.   filled: values that were missing and taken over from before.
    beforehand: those of the channels that are known for the steps ahead too. At each step of the window they have the value of
        `horizon` steps later, so that a window's last H steps hold what is known of the H steps that are foretold.
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
    beforehand: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the network sees, and the one it foretells."""
        return tuple(dict.fromkeys([*self.channels, self.target]))

    def values(self, frame: Frame, names: tuple[str, ...]) -> np.ndarray:
        """Columns in their own units, (rows, C) float64, gaps filled with the value before; NaN where there is none before."""
        refuse_missing(frame, names)
        return filled(numbers(frame, names), series_of(frame, self.key))[0]

    def seen(self, frame: Frame) -> Tensor:
        """The channels of an ordered frame as the network is given them, (rows, C) float32."""
        values = self.values(frame, self.channels)
        if self.beforehand:
            which = [self.channels.index(name) for name in self.beforehand]
            values = values.copy()
            values[:, which] = sooner(values[:, which], self.facts.horizon, series_of(frame, self.key))
        return self.scaled(values)

    def scaled(self, values: np.ndarray) -> Tensor:
        """(…, C) in their own units to float32 in units of the training part; what is not known yet is 0, its centre."""
        scaled = (values - np.array(self.centre)) / np.array(self.scale)
        return torch.from_numpy(np.nan_to_num(scaled, nan=0.0).astype(np.float32))

    def starts(self, frame: Frame) -> np.ndarray:
        """Every row of an ordered frame at which what is foretold may begin: see `starts`."""
        return starts(frame, self.window, self.facts.horizon, self.key, self.target)

    def windows(self, frame: Frame, where: np.ndarray) -> tuple[Tensor, Tensor]:
        """Inputs (N, T, C), and targets (N, H) in the target's own unit.

        Args:
            where: (N,) the row of the first step that is foretold; the window is what lies before it.
        """
        past = self.seen(frame).unfold(0, self.window, 1)  # (rows - T + 1, C, T), a view
        target = torch.from_numpy(self.values(frame, (self.target,))[:, 0].astype(np.float32))
        ahead = target.unfold(0, self.facts.horizon, 1)
        rows = torch.from_numpy(np.asarray(where, np.int64))
        inputs = past.index_select(0, rows - self.window).transpose(1, 2).contiguous()
        return inputs, ahead.index_select(0, rows)

    def as_plain(self) -> dict[str, Any]:
        """Fit for JSON."""
        return asdict(self)

    @staticmethod
    def from_plain(plain: dict[str, Any]) -> SeriesEncoding:
        """Back from `as_plain`."""
        lists = {name: tuple(plain.get(name, ())) for name in ("channels", "centre", "scale", "beforehand")}
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
    values, gaps = filled(numbers(frame, names), series_of(frame, key))
    part = values[rows]
    for name, column in zip(names, part.T, strict=True):
        if not np.isfinite(column).any():
            raise DataError(
                tr(
                    "Column {name} has no value in the training part of {where}. Leave it out.",
                    name=name,
                    where=frame.where,
                )
            )
    if settings.scaling == "minmax":
        centre, scale = np.nanmin(part, 0), np.nanmax(part, 0) - np.nanmin(part, 0)
    else:
        centre, scale = np.nanmean(part, 0), np.nanstd(part, 0)
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
    once = gaps[:, [names.index(name) for name in kinds if name in names]]  # the target may be a channel too
    return SeriesEncoding(
        target, channels, *seen, window, season, time, key, facts, int(once.sum()), kinds, beforehand=settings.known
    )


def starts(frame: Frame, window: int, horizon: int, key: str | None, target: str) -> np.ndarray:
    """Every row at which a whole window lies before and a whole horizon begins, inside one series, and all that is foretold is
    known: a gap that was filled is nobody's answer.

    Args:
        frame: series after series, each in time order: see `ordered`.
    """
    rows = np.arange(window, len(frame) - horizon + 1)
    whose = series_of(frame, key)
    unknown = np.concatenate([[0], np.cumsum(~np.isfinite(numbers(frame, (target,))[:, 0]))])
    whole = unknown[rows + horizon] == unknown[rows]
    return rows[whole & (whose[rows - window] == whose[rows + horizon - 1])]


def ordered(frame: Frame, time: str | None, key: str | None) -> Frame:
    """The rows that say when, series after series, each in time order; of rows at one time the last."""
    if time is None:
        return frame
    when = moments(frame, time)
    rows = np.flatnonzero(~np.isnat(when))
    whose = series_of(frame, key)
    rows = rows[np.lexsort((when[rows], whose[rows]))]
    rows = rows[np.append((when[rows][1:] != when[rows][:-1]) | (whose[rows][1:] != whose[rows][:-1]), True)]
    return frame if np.array_equal(rows, np.arange(len(frame))) else frame.select(rows)


def series_of(frame: Frame, key: str | None) -> np.ndarray:
    """(rows,) which series each row belongs to, numbered as they come."""
    if key is None:
        return np.zeros(len(frame), np.int64)
    import pandas as pd

    codes = np.zeros(len(frame), np.int64)
    for name in columns_of(frame, key):
        one = np.asarray(pd.factorize(frame.table[name], use_na_sentinel=False)[0], np.int64)
        codes = np.asarray(pd.factorize(codes * (int(one.max(initial=0)) + 1) + one)[0], np.int64)
    return codes


def names_of_series(frame: Frame, key: str) -> np.ndarray:
    """(rows,) the name of the series that each row belongs to, as a person reads it: "Oslo", or "Oslo · 3" of two columns."""
    parts = [class_names(frame.table[name]) for name in columns_of(frame, key)]
    return np.array([" · ".join(words) for words in zip(*parts, strict=True)], object)


def sooner(values: np.ndarray, steps: int, whose: np.ndarray) -> np.ndarray:
    """(rows, C) with the values of `steps` rows later in the same series; NaN where there is no such row.

    >>> sooner(np.array([[1.0], [2.0], [3.0], [9.0]]), 1, np.array([0, 0, 0, 1])).ravel().tolist()
    [2.0, 3.0, nan, nan]
    """
    found, steps = np.full_like(values, np.nan), min(steps, len(values))
    found[: len(values) - steps] = values[steps:]
    same = whose[steps:] == whose[: len(whose) - steps]
    found[: len(values) - steps][~same] = np.nan
    return found


def numbers(frame: Frame, names: tuple[str, ...]) -> np.ndarray:
    """Columns of numbers as they stand, (rows, C) float64, NaN where missing."""
    return np.asarray(frame.table[list(names)], np.float64)


def filled(values: np.ndarray, whose: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(rows, C) with every missing value taken over from the row before in the same series, and where that was done.

    What is missing at the beginning of a series stays NaN: only the future could say it.

    >>> values, gaps = filled(np.array([[np.nan], [2.0], [np.nan]]), np.zeros(3))
    >>> values.ravel().tolist(), int(gaps.sum())
    ([nan, 2.0, 2.0], 1)
    """
    known = np.isfinite(values)
    if known.all():
        return values, np.zeros_like(known)
    place = np.arange(len(values))[:, None]
    last = np.maximum.accumulate(np.where(known, place, -1), axis=0)  # the latest row with a value, -1 before any
    same = (last >= 0) & (whose[np.maximum(last, 0)] == whose[:, None])
    found = np.where(same, np.take_along_axis(values, np.maximum(last, 0), 0), np.nan)
    return found, same & ~known
