"""What a network that makes pictures makes of the same noise after every epoch: a picture an epoch in the run's folder."""

from __future__ import annotations

import io
from pathlib import Path

import torch

from seodang.core.files import write_bytes
from seodang.data.grid import plain_grid, to_picture
from seodang.data.prepare import to_pixels
from seodang.recipes.recipe import Recipe
from seodang.tasks.build import Task
from seodang.training.loop import State
from seodang.training.randomness import SAMPLES, mix

FOLDER = "samples"
# A square of so many pictures a side.
SIDE = 8


class Samples:
    """Writes `samples/epoch-0001.png`, … where the network makes pictures; else nothing."""

    def __init__(self, folder: Path, recipe: Recipe, task: Task, state: State) -> None:
        makes = hasattr(state.model, "make") and recipe.preparation.channels is not None
        self.folder = folder / FOLDER if makes else None
        self.preparation, self.task, self.state = recipe.preparation, task, state
        if self.folder:
            self.folder.mkdir(exist_ok=True)
            generator = torch.Generator().manual_seed(mix(recipe.training.seed, SAMPLES, 0))
            self.noise = torch.randn(SIDE**2, state.model.noise, generator=generator)  # type: ignore[arg-type]

    def write(self, epoch: int) -> None:
        """The picture of an epoch that has ended; the same again where it is there already."""
        if self.folder is None:
            return
        average = self.state.average
        if average:
            with average.in_place():
                pixels = self._made()
        else:
            pixels = self._made()
        content = io.BytesIO()
        to_picture(plain_grid(pixels, SIDE)).save(content, "png", optimize=True)
        write_bytes(self.folder / f"epoch-{epoch:04d}.png", content.getvalue())

    @torch.inference_mode()
    def _made(self) -> torch.Tensor:
        model = self.state.model.eval()
        device = next(model.parameters()).device
        return to_pixels(self.task.decode(model.make(self.noise.to(device))), self.preparation)  # type: ignore[operator]


def sheets(folder: Path) -> list[Path]:
    """The pictures of a run's epochs, in their order; none where its network makes no pictures."""
    return sorted((folder / FOLDER).glob("epoch-*.png"))
