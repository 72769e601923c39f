"""The time limit inside code that catches it."""

from __future__ import annotations

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
