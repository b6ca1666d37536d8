"""Memory that is let go stays with the process, so that the next batch need not ask the system for it again."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os

import psutil

# glibc's names for its settings (malloc.h): how much free memory stays at the end of the heap, and from which size on a piece of
# memory is asked of the system by itself and given back at once.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
# The activations of a batch of a pretrained network are 100 MB a piece at most, and a few of them live at once.
STAYS = 2**30
# What older versions of glibc take at most (malloc/malloc.c, HEAP_MAX_SIZE / 2).
OLDER_AT_MOST = 32 * 2**20


# Of batches of many lengths the free pieces fit no new one after a while, and the process grows: so much it may. An LSTM on 256 reviews
# had grown from 5 to 13 GiB after 230 steps.
MAY_GROW = 2 * 2**30


def give_back(held: int) -> int:
    """Give free memory back to the system where this process has grown by 2 GiB since it had `held` bytes (0: at the first call).

    The bytes to compare with from now on.
    """
    now = _process(os.getpid()).memory_info().rss
    if not held:
        return now
    if now - held < MAY_GROW:
        return held
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
    return psutil.Process().memory_info().rss


@functools.cache
def _process(number: int) -> psutil.Process:
    return psutil.Process(number)


@functools.cache
def keep_freed_memory() -> bool:
    """Let up to 1 GiB of freed memory stay with this process from now on; whether the system's allocator can be told so.

    PyTorch asks for every activation anew. glibc gives pieces of 32 MB and more back to the system as soon as they are free, so that
    in each batch the system clears the same memory again, page by page: 2,150 page faults for a picture of 192×192 in
    MobileNetV2, 40 % of the time of a forward pass in a virtual machine (LOG.md). Nothing that is computed changes.
    """
    try:
        setting = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another allocator: macOS, musl, Windows
        return False
    told = setting(M_MMAP_THRESHOLD, STAYS) or setting(M_MMAP_THRESHOLD, OLDER_AT_MOST)
    return bool(told and setting(M_TRIM_THRESHOLD, STAYS))
