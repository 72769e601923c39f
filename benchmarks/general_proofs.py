"""(a) The time of the general proof of every claim in proofs/."""

from __future__ import annotations

import importlib.util
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from timing import Runs, Target, milliseconds, side_by_side, table

from symconv.claims import Claim
from symconv.prover import general

FOLDER = Path(__file__).parent.parent / "proofs"
MEDIAN, LONGEST = 0.020, 2.0  # targets, in seconds


@dataclass(frozen=True)
class Timed:
    """One claim: its file and name, whether the general reading proves it, and the median of its seconds."""

    name: str
    proved: bool
    seconds: float


def measure(runs: Runs) -> list[Timed]:
    """Every claim with sizes; at literal sizes only there is nothing general to prove."""
    found, few = [], replace(runs, most=5)
    for file in sorted(FOLDER.glob("*.py")):
        for claim in _claims(file):
            proved = general.attempt(claim).proved
            name = f"{file.stem}::{claim.name}"
            seconds = side_by_side({name: lambda c=claim, p=proved: general.attempt(c).proved is p}, few)
            found.append(Timed(name, proved, seconds[name]))
    return found


def _claims(file: Path) -> Iterator[Claim]:
    specification = importlib.util.spec_from_file_location(f"benchmarked_{file.stem}", file)
    if specification is None or specification.loader is None:
        raise ImportError(f"{file} cannot be imported")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    for value in vars(module).values():
        if isinstance(value, Claim) and value.kind == "claim" and value.sizes:
            yield value


def report(timed: list[Timed]) -> str:
    slowest = sorted(timed, key=lambda each: -each.seconds)[:5]
    rows = [(each.name, milliseconds(each.seconds), "" if each.proved else "no") for each in slowest]
    seconds = [each.seconds for each in timed]
    lines = [
        f"{sum(each.proved for each in timed)} of {len(timed)} claims are proved for all sizes: median "
        f"{milliseconds(_median(timed))} ms, longest {milliseconds(max(seconds))} ms, together {sum(seconds):.2f} s",
        table(("the slowest five", "ms", "proved"), rows),
    ]
    open_ones = [each.name for each in timed if not each.proved]
    return "\n".join([*lines, "not proved in general: " + ", ".join(open_ones)] if open_ones else lines)


def _median(timed: list[Timed]) -> float:
    return statistics.median(each.seconds for each in timed)


def targets(timed: list[Timed]) -> list[Target]:
    median, longest = _median(timed), max(timed, key=lambda each: each.seconds)
    return [
        Target(f"median of the general proofs: {milliseconds(median)} ms (target <= 20)", median <= MEDIAN),
        Target(
            f"longest general proof: {milliseconds(longest.seconds)} ms, {longest.name} (target <= 2000)",
            longest.seconds <= LONGEST,
        ),
    ]


def as_data(timed: list[Timed]) -> Any:
    return [{"claim": each.name, "proved": each.proved, "seconds": each.seconds} for each in timed]
