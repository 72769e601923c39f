"""Larger sizes, for a claim that is not proved for every size: NumPy looks at many, and exact arithmetic decides.

A difference that NumPy sees proves and refutes nothing; it says where the exact search is worth its time.
"""

from __future__ import annotations

import itertools
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import CodeType

import numpy as np

from symconv.claims import Claim, IndexType
from symconv.prover import sizes as choice
from symconv.prover import spot
from symconv.prover.sizes import Sizes

_MOST_ENTRIES = 2000
_LARGEST_MENTIONED = 400
_MOST_COMBINATIONS = 600
_MOST_INDICES = 8


@dataclass
class Survey:
    """What NumPy saw: how many combinations were looked at, the largest of each size, and where the sides differ."""

    looked_at: int = 0
    largest: Sizes = field(default_factory=dict)
    differing: list[Sizes] = field(default_factory=list)


def survey(claim: Claim, known: Sequence[Sizes], tick: Callable[[], None], seconds: float, most: int = 3) -> Survey:
    """Look at sizes beyond the known ones for a while, smallest first; stop once a few are found at which sides differ.

    Sizes that have to do with an integer that the claim's code mentions come among the first.
    """
    random = np.random.default_rng(zlib.crc32(claim.name.encode()))
    seen, end = Survey(), time.monotonic() + seconds
    for sizes in combinations(claim):
        tick()
        if time.monotonic() > end or len(seen.differing) >= most:
            break
        if sizes in known:
            continue
        seen.looked_at += 1
        seen.largest = {name: max(value, seen.largest.get(name, 0)) for name, value in sizes.items()}
        if not all(spot.check(claim, sizes, random).agrees for _ in range(_draws(claim, sizes))):
            seen.differing.append(sizes)
    return seen


def combinations(claim: Claim) -> list[Sizes]:
    """Allowed sizes whose tensors stay small, in the order in which they are worth a look."""
    names = claim.sizes
    if not names:
        return []
    near, grid = _near_mentioned(claim), _grid(len(names))
    rows = dict.fromkeys(row for pair in itertools.zip_longest(near, grid) for row in pair if row is not None)
    found = (dict(zip(names, row, strict=True)) for row in rows)
    fits = (s for s in found if choice.is_allowed(claim, s) and choice.entries(claim, s) <= _MOST_ENTRIES)
    return list(itertools.islice(fits, _MOST_COMBINATIONS))


def _grid(count: int) -> list[tuple[int, ...]]:
    """All rows of small sizes, those with a small sum first."""
    limit = {1: 48, 2: 16, 3: 8, 4: 5}.get(count, 3)
    rows = itertools.islice(itertools.product(range(1, limit + 1), repeat=count), 20_000)
    return sorted(rows, key=lambda row: (sum(row), row))


def _near_mentioned(claim: Claim) -> list[tuple[int, ...]]:
    """Rows in which a size, a sum or a product of sizes is an integer of the code, or beside one."""
    count = len(claim.sizes)
    values = sorted({v for c in mentioned(claim) for v in (c - 1, c, c + 1) if 3 < v <= _LARGEST_MENTIONED})
    rows = [_put(count, {place: v}, small) for v in values for place in range(count) for small in (1, 2, 3)]
    for value, (a, b) in itertools.product(values, itertools.permutations(range(count), 2)):
        rows += [_put(count, {a: d, b: value // d}, 2) for d in range(2, value) if value % d == 0]
        rows += [_put(count, {a: d, b: value - d}, 2) for d in range(1, min(value, 24))]
    pairs = itertools.product(values[:12], repeat=2)
    rows += [_put(count, {a: v, b: w}, 2) for v, w in pairs for a, b in itertools.combinations(range(count), 2)]
    return sorted(dict.fromkeys(rows), key=lambda row: (sum(row), row))


def _put(count: int, chosen: dict[int, int], rest: int) -> tuple[int, ...]:
    return tuple(chosen.get(place, rest) for place in range(count))


def mentioned(claim: Claim) -> set[int]:
    """The integers in the code of a claim, that of its inner functions included."""

    def within(code: CodeType) -> Iterator[int]:
        for value in code.co_consts:
            if isinstance(value, CodeType):
                yield from within(value)
            elif isinstance(value, int) and not isinstance(value, bool):
                yield abs(value)

    return set(within(claim.function.__code__))


def _draws(claim: Claim, sizes: Sizes) -> int:
    """How often free indices are drawn: once where there are none."""
    ranges = [p.type.extent.evaluate(sizes) for p in claim.parameters if isinstance(p.type, IndexType)]
    return min(int(np.prod(ranges)) if ranges else 1, _MOST_INDICES)
