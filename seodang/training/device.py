"""Where the work is done: a CPU, a GPU, or several of them.

One process needs nothing around PyTorch. Several (`torchrun --nproc-per-node 4 -m seodang train …`, on as many GPUs or on CPU
cores) are brought together by Hugging Face accelerate, which is imported only then: each takes its part of every batch, and the
gradients are summed, so that the update is that of the whole batch. The first process decides, writes and judges.
"""

from __future__ import annotations

import contextlib
import os
import warnings
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from seodang.core.errors import RecipeError
from seodang.core.language import tr, trn
from seodang.core.processes import num_processes
from seodang.recipes.settings import Training


@dataclass(frozen=True)
class Place:
    """A device, and this process's part in the work. `world` processes share each batch; `rank` counts from 0."""

    device: torch.device
    precision: str = "float32"
    rank: int = 0
    world: int = 1

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

    @property
    def is_first(self) -> bool:
        """Whether this process decides, writes and judges."""
        return self.rank == 0

    @property
    def alone(self) -> Place:
        """The same device without the other processes: nothing is summed and all of a batch is its own."""
        return replace(self, rank=0, world=1)

    def autocast(self) -> contextlib.AbstractContextManager[Any]:
        """Mixed precision where the recipe and the device have it."""
        if self.precision == "float32":
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, torch.bfloat16)

    def mine(self, examples: Tensor) -> Tensor:
        """This process's part of a batch (B, …), or of any row of things: every `world`-th, from `rank` on."""
        return examples if self.world == 1 else examples[self.rank :: self.world]

    @torch.no_grad()
    def sum(self, *tensors: Tensor) -> None:
        """Sum tensors over the processes, in place, in one message a type of number."""
        if self.world == 1:
            return
        for dtype in {t.dtype: None for t in tensors}:
            some = [t for t in tensors if t.dtype == dtype]
            flat = torch.cat([t.reshape(-1) for t in some])
            torch.distributed.all_reduce(flat)
            for tensor, summed in zip(some, flat.split([t.numel() for t in some]), strict=True):
                tensor.copy_(summed.view_as(tensor))

    def agree(self, *numbers: int) -> tuple[int, ...]:
        """What the first process says of these numbers; all processes must come here, with as many."""
        if self.world == 1:
            return numbers
        said = torch.tensor(numbers, dtype=torch.int64, device=self.device)
        torch.distributed.broadcast(said, src=0)
        return tuple(said.tolist())


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
    device = torch.device(name)
    if device.type == "cuda":
        _repeatable()
    precision = _precision(settings.precision, device)
    if num_processes() == 1:
        return Place(device, precision)
    from accelerate import PartialState  # 0.3 s to import, and of no use to one process

    state = PartialState(cpu=device.type == "cpu")
    assert state.device is not None, "it has been set by now"
    return Place(state.device, precision, state.process_index, state.num_processes)


def _repeatable() -> None:
    """The same seed gives the same bits on the same GPU, as far as PyTorch has such kernels; where it has none it stays silent.

    Source: PyTorch's notes on reproducibility, https://docs.pytorch.org/docs/stable/notes/randomness.html
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when the first product is computed
    torch.backends.cudnn.benchmark = False
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.use_deterministic_algorithms(True, warn_only=True)
    warnings.filterwarnings("ignore", message=".*does not have a deterministic implementation.*")


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
