"""Photos of Bo, the Obamas' dog, and of other dogs: 138 to train."""

from __future__ import annotations

from seodang.core.sentences import said
from seodang.data.source import Card


def presidential_doggy_door() -> Card:
    """Photos of Bo, the Obamas' dog, and of other dogs: 138 to train."""
    return Card(
        title="Presidential doggy door",
        homepage="https://www.nvidia.com/en-us/training/",
        licence=said("course material, for learning only"),
        hub=None,
        counts={"train": 138, "validation": 30},
        classes=("bo", "not_bo"),
        note="",
    )
