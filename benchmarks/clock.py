"""The clock of a race, which can stand still while something is done that is not part of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Seconds since it was made, by the wall and of the processor, without those in which it stood."""

    def __init__(self) -> None:
        self.started, self.cpu_started = time.perf_counter(), time.process_time()

    def now(self) -> float:
        """Seconds by the wall."""
        return time.perf_counter() - self.started

    def cpu(self) -> float:
        """Seconds of the processor, of all threads together."""
        return time.process_time() - self.cpu_started

    @contextmanager
    def standing(self) -> Iterator[None]:
        """What happens inside is not counted."""
        left, cpu_left = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            self.started += time.perf_counter() - left
            self.cpu_started += time.process_time() - cpu_left
