"""(b) How the two proofs grow with the image: the general one does not see its size."""

from __future__ import annotations

from typing import Any

from statements import average_pooling, padded_additivity, proved_bounded, proved_in_general
from timing import Runs, Target, milliseconds, ratio_target, side_by_side, table

SIZES = (4, 8, 16, 32)
CLAIMS = {
    "average pooling": (average_pooling, lambda n: {"C": 3, "m": n // 2, "k": 2}),
    "padded additivity": (padded_additivity, lambda n: {"C": 2, "D": 2, "n": n}),
}

Growth = dict[str, dict[int, dict[str, float]]]


def measure(runs: Runs, *, quick: bool) -> Growth:
    """``found[claim][n]`` has the seconds of the general and of the bounded proof, all of a claim taken in turns."""
    found: Growth = {}
    for name, (claim, sizes) in CLAIMS.items():
        wanted = SIZES[:3] if quick else SIZES
        every = {
            (n, kind): proof
            for n in wanted
            for kind, proof in (
                ("general", lambda claim=claim: proved_in_general(claim)),
                ("bounded", lambda claim=claim, sizes=sizes, n=n: proved_bounded(claim, sizes(n))),
            )
        }
        seconds = side_by_side(every, runs)
        found[name] = {n: {kind: seconds[n, kind] for kind in ("general", "bounded")} for n in wanted}
    return found


def report(growth: Growth) -> str:
    sizes = list(next(iter(growth.values())))
    rows = [
        (f"{name}, {kind}", *(milliseconds(cells[n][kind]) for n in sizes))
        for name, cells in growth.items()
        for kind in ("general", "bounded")
    ]
    return table(("ms at an image of", *(f"{n} x {n}" for n in sizes)), rows)


def targets(growth: Growth) -> list[Target]:
    """Flat: the largest image within 1.5 times the smallest, which is the noise of such short times."""
    return [
        ratio_target(f"{name}, general proof, largest image to smallest", general[-1] / general[0], most=1.5)
        for name, cells in growth.items()
        for general in [[seconds["general"] for seconds in cells.values()]]
    ]


def as_data(growth: Growth) -> Any:
    return growth
