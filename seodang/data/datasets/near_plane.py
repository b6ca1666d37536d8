"""Points in space that lie near a plane, with noise; made here, no download."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from seodang.core.sentences import said
from seodang.data.datasets._bundled_tables import made
from seodang.data.frame import Frame
from seodang.data.source import Card

ROWS, SEED, NOISE, SIZE = 100, 4, 0.1, 2.0
SLOPES = (0.1, 0.3)


def near_plane() -> Card:
    """Points in space that lie near a plane, with noise; made here, no download."""
    return Card(
        title="Points near a plane",
        homepage="https://github.com/ageron/handson-ml2/blob/master/17_autoencoders_and_gans.ipynb",
        licence=said("none needed: drawn at random, always the same"),
        hub=None,
        counts={"train": ROWS, "test": ROWS},
        classes=(),
        note=said(
            "An arc of three quarters of an ellipse on the plane z = {x} x + {y} y, noise of deviation {along} along it and {across} "
            "across, {rows} points to learn from and {rows} of the same making to judge by, moved so that the mean of the former "
            "is 0; seed {seed}.",
            x=SLOPES[0],
            y=SLOPES[1],
            along=NOISE / 2,
            across=NOISE,
            rows=ROWS,
            seed=SEED,
        ),
    )


def read() -> Frame:
    """Columns x, y and z, the points to learn from before those to judge by."""
    generator, count = np.random.default_rng(SEED), 2 * ROWS
    angles = generator.random(count) * 3 * np.pi / 2 - 0.5
    x = SIZE * (np.cos(angles) + np.sin(angles) / 2) + NOISE * generator.standard_normal(count) / 2
    y = SIZE * np.sin(angles) * 0.7 + NOISE * generator.standard_normal(count) / 2
    z = x * SLOPES[0] + y * SLOPES[1] + NOISE * generator.standard_normal(count)
    columns = {name: values - values[:ROWS].mean() for name, values in (("x", x), ("y", y), ("z", z))}
    stamp = f"near-plane {ROWS} {SEED} {NOISE} {SIZE} {SLOPES} numpy {np.__version__}"
    frame = made("near-plane", columns, stamp=stamp, kinds=dict.fromkeys(columns, "number"))
    return replace(frame, splits=np.repeat(np.array(["train", "test"], "U10"), ROWS))
