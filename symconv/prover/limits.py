"""A time limit that holds also inside code that never asks the clock."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from symconv.errors import TimeLimit


@contextmanager
def interrupted_after(seconds: float | None) -> Iterator[None]:
    """Raise `TimeLimit` inside the block after some seconds, by the timer signal (main thread, Unix)."""
    possible = (
        seconds is not None and hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    )
    if not possible or seconds is None or signal.getsignal(signal.SIGALRM) not in (signal.SIG_DFL, None):
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeLimit("the time limit is reached")

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
