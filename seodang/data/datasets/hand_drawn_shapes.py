"""Drawings of ellipses, rectangles, triangles and other shapes, 70×70."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def hand_drawn_shapes() -> Card:
    """Drawings of ellipses, rectangles, triangles and other shapes, 70×70."""
    return Card(
        title="Hand-drawn shapes (HDS)",
        homepage="https://github.com/frobertpixto/hand-drawn-shapes-dataset",
        licence="CC BY 4.0",
        hub=None,
        counts={"train": 2245, "validation": 428},
        classes=("ellipse", "other", "rectangle", "triangle"),
        note=said(
            "File names begin with the person who drew: user.nae_…; split.by='user\\.(\\w+?)_' keeps a person together."
        ),
    )
