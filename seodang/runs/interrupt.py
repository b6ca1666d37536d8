"""Ctrl-C and SIGTERM as a flag that the training flow looks at between two steps; a second one ends the process at once."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass
class Interrupt:
    """Which signal came, or None."""

    signal: int | None = None


@contextlib.contextmanager
def listening() -> Iterator[Interrupt]:
    """Catch SIGINT and SIGTERM for a while. Outside the main thread, where Python allows no handlers, nothing is caught."""
    interrupt = Interrupt()
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return

    def catch(number: int, _: Any) -> None:
        if interrupt.signal is not None:
            os._exit(128 + number)
        interrupt.signal = number

    before = {number: signal.signal(number, catch) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
