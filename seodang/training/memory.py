"""Memory that is let go stays with the process, so that the next batch need not ask the system for it again."""

from __future__ import annotations

import ctypes
import functools

# glibc's names for its settings (malloc.h): how much free memory stays at the end of the heap, and from which size on a piece of
# memory is asked of the system by itself and given back at once.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
# The activations of a batch of a pretrained network are 100 MB a piece at most, and a few of them live at once.
STAYS = 2**30
# What older versions of glibc take at most (malloc/malloc.c, HEAP_MAX_SIZE / 2).
OLDER_AT_MOST = 32 * 2**20


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
