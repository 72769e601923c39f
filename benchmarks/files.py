"""(e) A whole file of proofs, start-up included, on one core."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peers
from families import FAMILIES
from timing import Runs, Target, forget_sympy, ratio_target, table

FILE = Path(__file__).parent.parent / "proofs" / "tensor_rewrites.py"
OURS, EXPAND = f"symconv prove {FILE.name}", "sympy.expand of A12"

Times = dict[str, float]


def measure(runs: Runs, *, quick: bool) -> Times:
    """The median processor seconds of the command and of one `sympy.expand`, both sides built, in turns."""
    turns = 1 if quick else runs.least
    both: dict[str, Callable[[], float]] = {OURS: _command, EXPAND: _expansion}
    found: dict[str, list[float]] = {name: [] for name in both}
    for _ in range(turns):
        for name, seconds in both.items():
            found[name].append(seconds())
    return {name: statistics.median(seconds) for name, seconds in found.items()}


def _command() -> float:
    """The command's seconds. Raises `CalledProcessError` unless everything is as claimed."""
    before = _of_children()
    subprocess.run([sys.executable, "-m", "symconv", "prove", str(FILE)], check=True, capture_output=True)
    return _of_children() - before


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _expansion() -> float:
    family = next(family for family in FAMILIES if family.letter == "A")
    forget_sympy()
    start = time.process_time()
    if not peers.installed()["sympy.expand"](family, 12):
        raise RuntimeError("sympy.expand does not find the identity that it is timed on")
    return time.process_time() - start


def report(times: Times) -> str:
    return table(("", "s"), [(name, f"{seconds:.2f}") for name, seconds in times.items()])


def targets(times: Times) -> list[Target]:
    """5 s on a machine on which the expansion takes 2.24 s, as it did where both were first timed."""
    return [ratio_target(f"{OURS}, times {EXPAND}", times[OURS] / times[EXPAND], most=2.23)]


def as_data(times: Times) -> Any:
    return times
