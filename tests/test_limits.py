"""The time limit inside code that catches it."""

from __future__ import annotations

import signal
import time

import pytest

from symconv.errors import TimeLimit
from symconv.prover.limits import interrupted_after


def library() -> None:
    """Catches everything, and raises something of its own, as isl and mpmath do."""
    try:
        time.sleep(5)
    except BaseException:
        raise TypeError("the comparison is not supported") from None


def test_a_time_limit_that_a_library_swallows_is_told_all_the_same() -> None:
    with pytest.raises(TimeLimit), interrupted_after(0.05):
        library()


def test_other_exceptions_pass() -> None:
    with pytest.raises(TypeError, match="of its own"), interrupted_after(30):
        raise TypeError("of its own")


def test_an_alarm_never_escapes_its_block() -> None:
    """Alarms that ring while a block is being left, thousands of times."""
    escaped = 0
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        try:
            with interrupted_after(0.001):
                for _ in range(200):
                    pass
        except TimeLimit:
            escaped += 1  # it rang inside, as it should
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    time.sleep(0.3)  # nothing rings any more
