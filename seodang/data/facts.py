"""What a task and a network must know of the data that they are made for; saved with the run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from seodang.core.spec import Spec


@dataclass(frozen=True)
class Facts:
    """Names and numbers that follow from the data and its encoding.

    classes: what is told apart, in the order of the label indices; empty where amounts are foretold or words written.
    targets: the names of the amounts that are foretold.
    centre, scale: of each target, in its own unit: the network puts out (amount - centre) / scale.
    horizon: of a forecast, how many steps ahead.
    vocabulary: how many tokens can be written, padding included.
    each_step: whether a token is written at every position, not one after the last.
    inputs: what goes into the network; None for pictures, whose preparation says it.
    """

    classes: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    centre: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    horizon: int = 1
    vocabulary: int = 0
    each_step: bool = True
    inputs: Spec | None = None

    @property
    def num_classes(self) -> int:
        """How many classes there are."""
        return len(self.classes)

    def as_plain(self) -> dict[str, Any]:
        """Fit for JSON, for a run's data.json."""
        return asdict(self)

    @staticmethod
    def from_plain(plain: dict[str, Any]) -> Facts:
        """Back from `as_plain`.

        >>> facts = Facts(targets=("price",), centre=(3.0,), scale=(2.0,), inputs=Spec((4,), categories=(3,)))
        >>> Facts.from_plain(facts.as_plain()) == facts
        True
        """
        found: dict[str, Any] = _tuples(plain)
        if inputs := found.get("inputs"):
            found["inputs"] = Spec(**_tuples(inputs))
        return Facts(**found)


def _tuples(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}
