"""Times of functions that are to be compared, and tables of them."""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)

WARM_UP_MATTERS_BELOW = 1.0  # seconds


@dataclass(frozen=True)
class Runs:
    """How often a cell is measured: ``most`` runs, fewer once they took ``seconds`` in all, but at least ``least``."""

    most: int
    least: int
    seconds: float


FULL = Runs(most=40, least=3, seconds=2.0)
QUICK = Runs(most=10, least=1, seconds=0.5)


def side_by_side(functions: Mapping[Name, Callable[[], bool]], runs: Runs) -> dict[Name, float]:
    """The median processor seconds of each function, not counting what it waits for other jobs.

    They take turns, so that what else the machine does meets all alike.

    The first run of each is its warm-up; it counts only where it takes so long that warming up makes no difference.

    Raises: RuntimeError if a function does not return True: a wrong answer has no time.
    """
    found: dict[Name, list[float]] = {name: [] for name in functions}
    _rest()
    for name, function in functions.items():
        first = _seconds(name, function)
        if first > WARM_UP_MATTERS_BELOW:
            found[name].append(first)
    while waiting := [name for name, seconds in found.items() if not _done(seconds, runs)]:
        for name in waiting:
            found[name].append(_seconds(name, functions[name]))
    return {name: statistics.median(seconds) for name, seconds in found.items()}


def _rest() -> None:
    """Leave what other engines keep in memory out of the collections that are timed."""
    gc.collect()
    gc.freeze()


def _done(seconds: list[float], runs: Runs) -> bool:
    return len(seconds) >= runs.most or (len(seconds) >= runs.least and sum(seconds) > runs.seconds)


def _seconds(name: Hashable, function: Callable[[], bool]) -> float:
    forget_sympy()
    start = time.process_time()
    answer = function()
    seconds = time.process_time() - start
    if answer is not True:
        raise RuntimeError(f"{name} does not find the identity that it is timed on")
    return seconds


def forget_sympy() -> None:
    """SymPy keeps the results of earlier calls; a second run would only look them up."""
    if "sympy" in sys.modules:
        from sympy.core.cache import clear_cache

        clear_cache()


def milliseconds(seconds: float | None) -> str:
    """Three digits, or a dash for a cell that was not measured."""
    if seconds is None:
        return "-"
    value = 1000 * seconds
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Text in columns, the first to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    rule = ["-" * width for width in widths]
    return "\n".join("  ".join(_cells(row, widths)) for row in (head, rule, *rows))


def _cells(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]


@dataclass(frozen=True)
class Target:
    """What a measurement is held against."""

    text: str
    met: bool

    def __str__(self) -> str:
        return f"{'met   ' if self.met else 'MISSED'}  {self.text}"


def ratio_target(what: str, ratio: float, *, least: float | None = None, most: float | None = None) -> Target:
    """A target on a ratio: at least, or at most, so many times."""
    wanted = f">= {least:g}" if least is not None else f"<= {most:g}"
    met = ratio >= least if least is not None else most is not None and ratio <= most
    return Target(f"{what}: {ratio:.2f} (target {wanted})", met)
