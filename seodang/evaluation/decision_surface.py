"""What a network that sees two numbers answers everywhere between them: the plane behind the points of a report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from seodang.core.later import pandas as pd
from seodang.data.encode_table import TableEncoding
from seodang.data.frame import Frame
from seodang.data.load import Subset
from seodang.evaluation.row_examples import JudgedRows, outputs_of

if TYPE_CHECKING:
    from seodang.runs.folder import Run

SIDE = 80  # places across and up at which the network is asked
POINTS = 600  # of the judged examples, at most
MARGIN = 0.08  # of the spread, beyond the outermost points
MOST_CLASSES = 10  # more colours cannot be told apart


def surface(run: Run, judged: JudgedRows) -> dict[str, Any] | None:
    """The class and its probability at every place of a grid, and the judged points; None unless a network of two number columns
    and at most ten classes was judged.

    Returns:
        columns (the two names), ends ([least, most] of each), grid (SIDE × SIDE class indices, the first row is the lowest),
        probability (the same shape, of that class), points ([[x, y, class index], …]).
    """
    encoding = run.encoding
    if not isinstance(encoding, TableEncoding) or encoding.categories or len(run.classes) > MOST_CLASSES:
        return None
    names = [each.name for each in encoding.numbers]
    if len(names) != 2 or any(encoding.kinds.get(name) != "number" for name in names):
        return None
    points = judged.frame.select(judged.rows).table[names].to_numpy(np.float64)
    known = np.flatnonzero(np.isfinite(points).all(1))
    if not len(known):
        return None
    least, most = points[known].min(0), points[known].max(0)
    margin = np.where(most > least, MARGIN * (most - least), 0.5)
    across, up = (np.linspace(a, b, SIDE) for a, b in zip(least - margin, most + margin, strict=True))
    places = np.stack(np.meshgrid(across, up), -1).reshape(-1, 2)
    probability = outputs_of(run, _as_subset(places, names, judged.frame, encoding))
    some = np.sort(np.random.default_rng(0).permutation(known)[:POINTS])
    labels = judged.subset.labels.numpy()
    return {
        "columns": names,
        "ends": [[float(side[0]), float(side[-1])] for side in (across, up)],
        "grid": probability.argmax(1).reshape(SIDE, SIDE).tolist(),
        "probability": np.round(probability.max(1).astype(np.float64), 3).reshape(SIDE, SIDE).tolist(),
        "points": [[*map(float, points[row]), int(labels[row])] for row in some],
    }


def _as_subset(places: np.ndarray, names: list[str], frame: Frame, encoding: TableEncoding) -> Subset:
    """Places (N, 2) as a split that the network can be asked about; the labels mean nothing."""
    import torch

    asked = replace(frame, table=pd.DataFrame(places, columns=names), ids=[""] * len(places))
    labels = torch.zeros(len(places), dtype=torch.int64)
    return Subset("surface", labels, asked.ids, encoding.inputs(asked), asked, None)  # pyright: ignore[reportArgumentType]
