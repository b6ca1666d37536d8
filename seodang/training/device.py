"""Where the work is done: a CPU, a GPU, or several of them.

One CPU process needs nothing around PyTorch. A GPU or several processes (`torchrun -m seodang train …`) go through
Hugging Face accelerate, which places and wraps; it is imported only then.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from seodang.core.errors import RecipeError
from seodang.core.language import tr, trn
from seodang.recipes.settings import Training


@dataclass(frozen=True)
class Place:
    """A device, and this process's part in the work. `world` processes share each batch; `rank` counts from 0."""

    device: torch.device
    precision: str = "float32"
    rank: int = 0
    world: int = 1
    accelerator: Any = None

    @property
    def words(self) -> str:
        """What a person is told: "CPU, 2 threads" or "NVIDIA H200, bfloat16"."""
        how = (
            self.precision
            if self.device.type == "cuda"
            else trn("{count} thread", "{count} threads", torch.get_num_threads())
        )
        several = [tr("{count} processes", count=self.world)] if self.world > 1 else []
        return ", ".join([self.name, how, *several])

    @property
    def name(self) -> str:
        """The device's own: "CPU" or "NVIDIA H200"."""
        if self.device.type == "cuda":
            return torch.cuda.get_device_name(self.device)
        return self.device.type.upper()

    def wrap(self, model: nn.Module) -> nn.Module:
        """The model on its device, its gradients averaged over the processes where there are several."""
        model = model.to(self.device)
        return model if self.accelerator is None else self.accelerator.prepare_model(model)

    def autocast(self) -> contextlib.AbstractContextManager[Any]:
        """Mixed precision where the recipe and the device have it."""
        return contextlib.nullcontext() if self.accelerator is None else self.accelerator.autocast()

    def backward(self, loss: Tensor) -> None:
        """Gradients of a loss, averaged over the processes where there are several."""
        if self.accelerator is None:
            loss.backward()
        else:
            self.accelerator.backward(loss)


def choose_device(settings: Training) -> Place:
    """The device a recipe asks for; auto takes a GPU where there is one. Half precision is refused on a CPU: it is slower."""
    name = settings.device
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise RecipeError(
            tr(
                "device is {device}, but PyTorch sees no CUDA GPU here. Use device=cpu or device=auto.",
                device=settings.device,
            )
        )
    if name.startswith("mps") and not torch.backends.mps.is_available():
        raise RecipeError(tr("device is mps, but there is no Apple GPU here. Use device=cpu or device=auto."))
    world = int(os.environ.get("WORLD_SIZE", "1"))
    device = torch.device(name)
    precision = _precision(settings.precision, device)
    if device.type == "cpu" and world == 1:
        return Place(device)
    from accelerate import Accelerator  # 0.3 s to import, and of no use to one CPU process

    mixed = {"float32": "no", "bfloat16": "bf16"}[precision]
    accelerator = Accelerator(cpu=device.type == "cpu", mixed_precision=mixed)
    return Place(accelerator.device, precision, accelerator.process_index, accelerator.num_processes, accelerator)


def _precision(asked: str, device: torch.device) -> str:
    if device.type == "cpu":
        # 9 to 51 times slower than float32 on CPUs without AVX512_BF16 (PERFORMANCE.md, measured).
        if asked == "bfloat16":
            raise RecipeError(
                tr(
                    "precision is {asked}, which a CPU computes far slower than float32. Use precision=auto.",
                    asked=asked,
                )
            )
        return "float32"
    if asked != "auto":
        return asked
    return "bfloat16" if device.type == "cuda" and torch.cuda.is_bf16_supported() else "float32"
