"""Freed memory stays with the process where the allocator is glibc's."""

import platform
import resource

import psutil
import pytest
import torch

from seodang.training import memory
from seodang.training.memory import give_back, keep_freed_memory


def faults(size: int) -> int:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(5):
        torch.zeros(size, dtype=torch.uint8)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another allocator is left as it is")
def test_memory_that_is_used_again_is_not_asked_for_again():
    assert keep_freed_memory()
    size = 100 * 2**20
    # The heap grows until a piece of this size fits between what else lives there; then no page is asked for again. Without
    # it, every page is, five times.
    assert min(faults(size) for _ in range(20)) < size / 4096 / 10


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another allocator is left as it is")
def test_memory_that_lies_free_is_given_back_when_there_is_much_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert keep_freed_memory()
    monkeypatch.setattr(memory, "MAY_GROW", 0)
    held = give_back(give_back(0))  # whatever earlier tests left
    pieces = [torch.ones(2**20) for _ in range(64)]
    stays = torch.ones(2**16)  # lies behind them, so that the heap's end is not free
    del pieces
    monkeypatch.setattr(memory, "MAY_GROW", 2**40)
    assert give_back(held) == held, "it has not grown by so much"
    before = psutil.Process().memory_info().rss
    assert before - held > 200 * 2**20
    monkeypatch.setattr(memory, "MAY_GROW", 2**27)
    assert give_back(held) < before - 200 * 2**20
    assert stays.sum() == 2**16


def test_telling_it_twice_is_no_harm():
    assert keep_freed_memory() == keep_freed_memory()
