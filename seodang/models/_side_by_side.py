"""Two parts of a network that need nothing of each other, worked out at once, each on half of a CPU's threads."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

_Made = TypeVar("_Made")


def can_stand_side_by_side(x: Tensor) -> bool:
    """Whether there are two threads to divide on a CPU, and nothing (an export, autocast) that a second thread would not see."""
    return (
        x.device.type == "cpu"
        and torch.get_num_threads() > 1
        and not torch.compiler.is_compiling()
        and not torch.compiler.is_exporting()
        and not torch.is_autocast_enabled("cpu")
        and _has_own_threads()
    )


def side_by_side(first: nn.Module, second: nn.Module, x: Tensor, *rest: Any) -> tuple[Tensor, Tensor]:
    """`first(x, *rest)` and `second(x, *rest)`, and later their gradients, each on a thread with half of the threads.

    A recurrent layer does a little at each place of a text and then waits for all threads: two layers with a thread each do not wait.
    What comes out is what each gives alone on so many threads. Neither may draw random numbers.
    """
    parts = (first, second)
    weights = [[p for p in part.parameters() if p.requires_grad] for part in parts]
    if torch.is_grad_enabled() and (x.requires_grad or any(weights)):
        return _Both.apply(parts, rest, len(weights[0]), x, *weights[0], *weights[1])  # type: ignore[return-value]
    made = _at_once(*(functools.partial(part, x, *rest) for part in parts))
    return made[0], made[1]


class _Both(torch.autograd.Function):
    """Each part has a graph of its own, from copies of `x` that share its memory; the gradients of both are found at once too."""

    @staticmethod
    def forward(ctx: Any, parts: Any, rest: Any, split: int, x: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor]:
        def of(part: nn.Module, own: tuple[Tensor, ...]) -> tuple[Tensor, list[Tensor]]:
            with torch.enable_grad():
                inner = x.detach().requires_grad_(x.requires_grad)
                return part(inner, *rest), [*([inner] if x.requires_grad else []), *own]

        owned = (weights[:split], weights[split:])
        ctx.graphs = _at_once(*(functools.partial(of, *each) for each in zip(parts, owned, strict=True)))
        ctx.asks_for_x = x.requires_grad
        return ctx.graphs[0][0].detach(), ctx.graphs[1][0].detach()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        graphs, ctx.graphs = ctx.graphs, None
        assert graphs is not None, "the graph of layers that stood side by side is gone after one backward pass"
        asked = zip(graphs, gradients, strict=True)
        found = _at_once(*(functools.partial(_gradients, *graph, given) for graph, given in asked))
        if not ctx.asks_for_x:
            return (None, None, None, None, *found[0], *found[1])
        return (None, None, None, found[0][0] + found[1][0], *found[0][1:], *found[1][1:])


def _gradients(made: Tensor, asked: list[Tensor], given: Tensor) -> tuple[Tensor, ...]:
    return torch.autograd.grad(made, asked, given) if asked else ()


def _at_once(first: Callable[[], _Made], second: Callable[[], _Made]) -> list[_Made]:
    """What both give; the second is called on another thread, in the same grad and inference modes."""
    threads = torch.get_num_threads()
    modes = (torch.is_grad_enabled(), torch.is_inference_mode_enabled())

    def other() -> _Made:
        torch.set_num_threads(threads // 2)
        with torch.inference_mode(modes[1]), torch.set_grad_enabled(modes[0]):
            return second()

    later = _helper(os.getpid()).submit(other)
    try:
        with _on(threads - threads // 2):
            made = first()
    finally:
        later.exception()  # waits
    return [made, later.result()]


@contextmanager
def _on(threads: int) -> Iterator[None]:
    """So many threads for what this thread computes inside."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@functools.cache
def _helper(process: int) -> ThreadPoolExecutor:
    """The other thread; a process that was forked needs another one."""
    # A thread's first question after its number of threads sets that number; it must not come after ours was set.
    return ThreadPoolExecutor(1, thread_name_prefix="seodang-beside", initializer=torch.get_num_threads)


@functools.cache
def _has_own_threads() -> bool:
    """Whether each thread has its own number of threads to divide work among, as OpenMP has it."""
    return "ATen parallel backend: OpenMP" in torch.__config__.parallel_info()
