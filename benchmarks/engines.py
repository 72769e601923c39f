"""(c) The bounded engine against others, on polynomial identities; building both sides is part of every time."""

from __future__ import annotations

from typing import Any

import peers
from families import FAMILIES
from statements import proved_bounded
from timing import Runs, Target, milliseconds, ratio_target, side_by_side, table

OURS, EXPAND, SIMPLIFY, FLINT = "symconv, bounded", "sympy.expand", "sympy.simplify", "python-flint fmpq_mpoly"
LONG_SIMPLIFICATIONS = ("A8", "A12", "F6", "F10")

Cells = dict[str, dict[str, float]]


def measure(runs: Runs, *, quick: bool) -> Cells:
    """``found["A12"][engine]``: seconds."""
    found: Cells = {}
    for family in FAMILIES:
        for n in family.sizes:
            cell = f"{family.letter}{n}"
            engines = {OURS: lambda f=family, n=n: proved_bounded(f.claim, f.claim_sizes(n))}
            for name, peer in peers.installed().items():
                if not (quick and name == SIMPLIFY and cell in LONG_SIMPLIFICATIONS):
                    engines[name] = lambda peer=peer, f=family, n=n: peer(f, n)
            found[cell] = side_by_side(engines, runs)
    return found


def report(cells: Cells) -> str:
    engines = list(dict.fromkeys(name for seconds in cells.values() for name in seconds))
    rows = [(name, *(milliseconds(seconds.get(name)) for seconds in cells.values())) for name in engines]
    ratios = [
        (f"  {name}, times ours", *(_ratio(seconds, name) for seconds in cells.values()))
        for name in engines
        if name != OURS
    ]
    return table(("ms", *cells), rows + ratios)


def _ratio(seconds: dict[str, float], name: str) -> str:
    return f"{seconds[name] / seconds[OURS]:.3g}" if name in seconds else "-"


def targets(cells: Cells) -> list[Target]:
    seconds = cells["A12"]
    found = []
    if EXPAND in seconds:
        found.append(ratio_target("A12, sympy.expand to ours", seconds[EXPAND] / seconds[OURS], least=8))
    if SIMPLIFY in seconds:
        found.append(ratio_target("A12, sympy.simplify to ours", seconds[SIMPLIFY] / seconds[OURS], least=100))
    if FLINT in seconds:
        found += [
            ratio_target(f"{cell}, ours to python-flint", each[OURS] / each[FLINT], most=2)
            for cell, each in cells.items()
        ]
    return found


def as_data(cells: Cells) -> Any:
    return cells
