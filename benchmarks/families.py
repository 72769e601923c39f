"""The three families of polynomial identities, built entry by entry with plain loops for any engine.

An engine says what its unknowns are and how it adds several values; the loops do the rest, as its user would.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from statements import average_pooling, padded_additivity, two_filters

from symconv.claims import Claim

Shapes = dict[str, tuple[int, ...]]
Unknowns = Mapping[str, Mapping[tuple[int, ...], Any]]
Total = Callable[[list[Any]], Any]
Sides = Iterator[tuple[Any, Any]]


@dataclass(frozen=True)
class Family:
    """``sides(n, unknowns, total)`` gives left and right of each entry at image size n."""

    letter: str
    sizes: tuple[int, ...]
    claim: Claim
    claim_sizes: Callable[[int], dict[str, int]]
    shapes: Callable[[int], Shapes]
    sides: Callable[[int, Unknowns, Total], Sides]


def grid(*extents: int) -> Iterator[tuple[int, ...]]:
    return itertools.product(*map(range, extents))


def _pooling_sides(n: int, unknowns: Unknowns, total: Total) -> Sides:
    """Pooling sums and divides; the convolution adds up every channel, each times its weight 1/4 or 0."""
    x = unknowns["x"]
    for d, i, j in grid(3, n // 2, n // 2):
        pooled = total([x[d, 2 * i + a, 2 * j + b] for a, b in grid(2, 2)]) / 4
        yield pooled, total([x[c, 2 * i + a, 2 * j + b] * int(c == d) / 4 for c, a, b in grid(3, 2, 2)])


def _additivity_sides(n: int, unknowns: Unknowns, total: Total) -> Sides:
    x, y, z = (unknowns[name] for name in "xyz")
    for d, i, j in grid(2, n, n):
        window = [
            ((c, i + a - 1, j + b - 1), (d, c, a, b))
            for c, a, b in grid(2, 3, 3)
            if 0 <= i + a - 1 < n and 0 <= j + b - 1 < n
        ]
        left = total([x[p] * (y[q] + z[q]) for p, q in window])
        yield left, total([x[p] * y[q] for p, q in window]) + total([x[p] * z[q] for p, q in window])


def _two_filters_sides(n: int, unknowns: Unknowns, total: Total) -> Sides:
    x, u, v = (unknowns[name] for name in "xuv")
    once = {(i, j): total([x[i + a, j + b] * u[a, b] for a, b in grid(3, 3)]) for i, j in grid(n - 2, n - 2)}
    both = {
        (a, b): total([u[a - c, b - d] * v[c, d] for c, d in grid(3, 3) if 0 <= a - c < 3 and 0 <= b - d < 3])
        for a, b in grid(5, 5)
    }
    for i, j in grid(n - 4, n - 4):
        left = total([once[i + a, j + b] * v[a, b] for a, b in grid(3, 3)])
        yield left, total([x[i + a, j + b] * both[a, b] for a, b in grid(5, 5)])


FAMILIES = (
    Family(
        letter="P",
        sizes=(4, 8, 16),
        claim=average_pooling,
        claim_sizes=lambda n: {"C": 3, "m": n // 2, "k": 2},
        shapes=lambda n: {"x": (3, n, n)},
        sides=_pooling_sides,
    ),
    Family(
        letter="A",
        sizes=(4, 8, 12),
        claim=padded_additivity,
        claim_sizes=lambda n: {"C": 2, "D": 2, "n": n},
        shapes=lambda n: {"x": (2, n, n), "y": (2, 2, 3, 3), "z": (2, 2, 3, 3)},
        sides=_additivity_sides,
    ),
    Family(
        letter="F",
        sizes=(6, 10),
        claim=two_filters,
        claim_sizes=lambda n: {"n": n - 4},
        shapes=lambda n: {"x": (n, n), "u": (3, 3), "v": (3, 3)},
        sides=_two_filters_sides,
    ),
)
