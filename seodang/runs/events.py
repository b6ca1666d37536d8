"""What a training tells while it runs: a stream of these, which the command line, the report and the tests read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from seodang.data.encoded import Data
from seodang.recipes.recipe import Recipe
from seodang.runs.folder import Run
from seodang.training.device import Place
from seodang.training.features import Passed
from seodang.training.loop import Epoch, Notice, Step
from seodang.training.plan import PassPlan, Plan


@dataclass(frozen=True)
class Opened:
    """The data was read and divided."""

    data: Data
    recipe: Recipe
    seconds: float


@dataclass(frozen=True)
class Begun:
    """The run has its folder, and the first step is next. `reasons` are sentences on what was chosen and why."""

    folder: Path
    recipe: Recipe
    plan: Plan | PassPlan
    place: Place
    reasons: tuple[str, ...]
    steps_done: int = 0


@dataclass(frozen=True)
class Resumed:
    """The next step is the one after a checkpoint's. epoch: so many are whole there; what history has more is trained again."""

    epoch: int


@dataclass(frozen=True)
class Planned:
    """What comes after the features, measured."""

    plan: Plan


@dataclass(frozen=True)
class Replanned:
    """The run keeps to its minutes by ending after another number of steps than planned."""

    steps: int


@dataclass(frozen=True)
class Interrupted:
    """A signal came; the state is saved and the run can be carried on."""

    folder: Path
    step: int
    signal: int


@dataclass(frozen=True)
class Finished:
    """The run is whole. `data` spares `evaluate` opening it again."""

    run: Run
    data: Data
    training_seconds: float
    best_epoch: int | None


@dataclass(frozen=True)
class End:
    """What a reader may answer (`send`) to an Epoch or Resumed: the run ends here, whole, as if it had been planned so. why: a
    sentence that its recipe keeps."""

    why: str


@dataclass(frozen=True)
class Leave:
    """What a reader may answer to a Step or an Epoch: the state is saved, and the run may be carried on; Interrupted comes next."""


Answer = End | Leave | None
Event = Opened | Begun | Resumed | Passed | Step | Epoch | Notice | Planned | Replanned | Interrupted | Finished
