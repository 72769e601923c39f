"""A time limit that holds also inside code that never asks the clock."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from symconv.errors import TimeLimit

_AGAIN = 0.25
_DEPTH = 6000


@contextmanager
def interrupted_after(seconds: float | None) -> Iterator[None]:
    """Raise `TimeLimit` inside the block after some seconds, by the timer signal (main thread, Unix).

    An alarm that is set already stays as it is where it comes first; else it goes on after the block.
    """
    possible = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if seconds is None or not possible:
        yield
        return
    due, again = signal.getitimer(signal.ITIMER_REAL)
    if 0 < due <= seconds:
        yield
        return

    rung: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        rung.append(number)
        raise TimeLimit("the time limit is reached")

    start, former = time.monotonic(), signal.signal(signal.SIGALRM, stop)
    # It repeats, since what runs in the block may catch whatever is raised in it.
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3), _AGAIN)
    try:
        yield
    except Exception as problem:
        # Libraries catch what is raised inside them, and raise something of their own: isl, and mpmath's comparisons.
        if rung and not isinstance(problem, TimeLimit):
            raise TimeLimit("the time limit is reached") from problem
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
        if due:
            signal.setitimer(signal.ITIMER_REAL, max(due - (time.monotonic() - start), 1e-3), again)


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Let expressions be nested some hundred levels deep within the block, which takes several calls for each."""
    former = sys.getrecursionlimit()
    sys.setrecursionlimit(max(former, _DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(former)
