"""Two half moons that reach into each other, with noise; made here, no download."""

from __future__ import annotations

import numpy as np

from seodang.core.sentences import said
from seodang.data.datasets._bundled_tables import made
from seodang.data.frame import Frame
from seodang.data.source import Card

ROWS, NOISE, SEED = 1_000, 0.2, 0


def moons() -> Card:
    """Two half moons that reach into each other, with noise; made here, no download."""
    return Card(
        title="Two moons, as scikit-learn's make_moons",
        homepage="https://scikit-learn.org/stable/modules/generated/sklearn.datasets.make_moons.html",
        licence=said("none needed: drawn at random, always the same"),
        hub=None,
        counts={"": ROWS},
        classes=("0", "1"),
        note=said(
            "{rows:,} points, normal noise of deviation {noise}, seed {seed}. With this noise about 3 in 100 points lie on the other "
            "moon's side: no network gets them right but by heart.",
            rows=ROWS,
            noise=NOISE,
            seed=SEED,
        ),
    )


def read() -> Frame:
    """The points; what is foretold is the column moon: 0 the upper one, 1 the lower one."""
    import sklearn
    from sklearn.datasets import make_moons

    points: np.ndarray
    points, moon = make_moons(ROWS, noise=NOISE, random_state=SEED)  # pyright: ignore[reportAssignmentType]
    columns = {"x1": points[:, 0], "x2": points[:, 1], "moon": np.asarray(moon)}
    return made("moons", columns, stamp=f"moons {ROWS} {NOISE} {SEED} scikit-learn {sklearn.__version__}")
