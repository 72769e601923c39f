"""Why a claim is undecided, in one sentence: the rule that is missing, the case that is left, and what was tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from symconv.claims import Claim
from symconv.kernel.index import IndexVar
from symconv.prover import bounded, missing, sympy_witness
from symconv.prover.reading import Pair, Position
from symconv.verdict import SpotCheck


@dataclass(frozen=True)
class Tried:
    """What was tried: ``every_size`` is what that method lacked (``None``: it was not tried), then how many
    combinations of sizes were looked at and proved, and what NumPy said.
    """

    every_size: str | None
    combinations: int
    proved: int
    spot_checks: tuple[SpotCheck, ...]

    def listed(self, lacking: str, searched: bool) -> str:
        """The methods in the order in which they were tried; ``searched``: numbers were put in."""
        found = []
        if self.every_size is not None:
            found.append(f"every size ({self.every_size})" if self.every_size not in ("", lacking) else "every size")
        if self.combinations > 1:
            found.append(f"{self.combinations} combinations of sizes ({self.proved} proved)")
        if searched:
            found.append("small numbers")
        if self.spot_checks and all(check.agrees for check in self.spot_checks):
            found.append("NumPy (which sees no difference)")
        return f"tried: {', '.join(found)}" if found else ""


def sentence(claim: Claim, failure: bounded.Failure | None, reason: str, sizes: Mapping[str, int], tried: Tried) -> str:
    """The sentence; ``reason`` is what stopped the attempt where no normal form is left, ``sizes`` the case."""
    lacking, stopped = reason, ""
    if failure is not None and failure.left is not None:
        lacking, stopped = missing.at_small_sizes(failure.left, claim), reason if reason != failure.reason else ""
    inside = [_case(claim, failure, sizes), tried.listed(lacking, failure is not None), stopped]
    shown = "; ".join(filter(None, inside))
    return f"{lacking} ({shown})" if shown else lacking


def _case(claim: Claim, failure: bounded.Failure | None, sizes: Mapping[str, int]) -> str:
    """The sizes, step and entry at which it is left, and the difference there."""
    parts = [f"{name} = {value}" for name, value in sizes.items()]
    if failure is not None:
        parts.append(f"step {failure.pair.number}")
        parts += [f"entry {failure.position}"] if failure.position else []
        if failure.position is not None and not failure.undefined:
            parts += _difference(claim, failure.pair, failure.indices, failure.position)
    return f"at {', '.join(parts)}" if parts else ""


def _difference(claim: Claim, pair: Pair, indices: dict[IndexVar, int], position: Position) -> Iterator[str]:
    shown = missing.difference(pair, indices, position, claim)
    if shown is not None:
        yield f"where left - right is {shown}"
    if sympy_witness.difference_text(pair, indices, position) == "0":
        yield "which SymPy's own rules bring to 0"
