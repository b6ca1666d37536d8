"""Freed memory stays with the process where the allocator is glibc's."""

import platform
import resource

import pytest
import torch

from seodang.training.memory import keep_freed_memory


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


def test_telling_it_twice_is_no_harm():
    assert keep_freed_memory() == keep_freed_memory()
