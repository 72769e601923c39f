"""A time limit that holds also inside code that never asks the clock."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from symconv.errors import TimeLimit

_AGAIN = 0.25
_DEPTH = 6000
_TRACERS = ("coverage", "bdb", "pdb", "pydevd", "_pydevd_bundle")


class Alarm:
    """Raise an exception inside the block after some seconds, by the timer signal (main thread, Unix), and again.

    An alarm that is set already stays as it is where it comes first; else it goes on after the block. It is not heard
    while the block is being left, which it would escape with the timer still running, nor within a tracer, which may
    hold a lock; it rings again.
    """

    def __init__(self, seconds: float | None, ring: Callable[[], BaseException], again: float) -> None:
        self._seconds = seconds
        self._ring = ring
        self._again = again
        self.rung = False
        self._former: tuple[Any, float, float] | None = None
        self._owner: FrameType | None = None
        self._start = 0.0

    def __enter__(self) -> Alarm:
        possible = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
        if self._seconds is not None and possible:
            due, again = signal.getitimer(signal.ITIMER_REAL)
            if not 0 < due <= self._seconds:
                self._start, self._owner = time.monotonic(), sys._getframe(1)
                self._former = signal.signal(signal.SIGALRM, self._stop), due, again
                # It repeats, since what runs in the block may catch whatever is raised in it.
                signal.setitimer(signal.ITIMER_REAL, max(self._seconds, 1e-3), self._again)
        return self

    def _stop(self, number: int, frame: FrameType | None) -> None:
        while frame is not None and frame is not self._owner:
            if frame.f_code in _DEAF or frame.f_globals.get("__name__", "").partition(".")[0] in _TRACERS:
                return
            frame = frame.f_back
        self.rung = True
        raise self._ring()

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> None:
        if self._former is None:
            return
        handler, due, again = self._former
        self._owner = None
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if due:
            left = due - (time.monotonic() - self._start)
            signal.setitimer(signal.ITIMER_REAL, left if left > 1e-3 else 1e-3, again)
        # Libraries catch what is raised inside them, and raise something of their own: isl, and mpmath's comparisons.
        if self.rung and isinstance(problem, Exception):
            ringing = self._ring()
            if not isinstance(problem, type(ringing)):
                raise ringing from problem


_DEAF = (Alarm.__enter__.__code__, Alarm.__exit__.__code__)


def interrupted_after(seconds: float | None) -> Alarm:
    """Raise `TimeLimit` inside the block after some seconds."""
    return Alarm(seconds, lambda: TimeLimit("the time limit is reached"), _AGAIN)


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Let expressions be nested some hundred levels deep within the block, which takes several calls for each."""
    former = sys.getrecursionlimit()
    sys.setrecursionlimit(max(former, _DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(former)
