"""Points at which a claim is looked at, and which of two is the smaller one.

At given sizes and functions a point is smaller than another when, in this order,

1. both sides have a value there, and one of them has none at the other point;
2. fewer of its entries are away from 0 (a positive scalar: from 1);
3. its entries are smaller in magnitude: the sum of |p| + q - 1 over its entries p/q is less;
4. fewer of them are fractions, and then fewer are negative;
5. its first entries are away from 0, rather than later ones.

Sizes come before all of this, then functions (`witnesses`): simple ones first.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from symconv.kernel import terms as t
from symconv.prover.reading import Position, Reading, positions
from symconv.prover.witnesses import Witness

Key = tuple[str, Position]
Assignment = dict[Key, Fraction]
Weight = tuple[int, int, int, int, tuple[int, ...]]

_TALLEST = {1: 4, 2: 4}
"""The largest sum of magnitudes that is looked at for one and for two entries; for more, all are 1 or -1."""


@dataclass(frozen=True)
class Point:
    """Sizes, functions and numbers at which a claim is looked at."""

    reading: Reading
    functions: Mapping[str, Witness]
    numbers: Assignment

    def by_variable(self) -> dict[tuple[t.Variable, Position], Fraction]:
        """The numbers as the exact algebra takes them."""
        return {(self.reading.unknowns[name], place): value for (name, place), value in self.numbers.items()}


def unknowns_of(reading: Reading) -> dict[Key, t.Sign]:
    """All unknown entries of a claim at its sizes, in order, with their signs."""
    return {
        (name, place): variable.sign
        for name, variable in reading.unknowns.items()
        for place in positions(tuple(n.constant or 0 for n in variable.shape))
    }


def simplest(sign: t.Sign) -> Fraction:
    """The number that an entry has when it does not matter."""
    return Fraction(1 if sign == "positive" else 0)


def origin(signs: Mapping[Key, t.Sign]) -> Assignment:
    """The smallest point of all."""
    return {key: simplest(sign) for key, sign in signs.items()}


def allowed(value: Fraction, sign: t.Sign) -> bool:
    """Whether an entry may have this value."""
    return sign == "real" or value > 0 or (value == 0 and sign == "nonnegative")


def weight(numbers: Assignment, signs: Mapping[Key, t.Sign]) -> Weight:
    """What decides which of two points at which both sides have values is the smaller one."""
    away = [(place, value) for place, (key, value) in enumerate(numbers.items()) if value != simplest(signs[key])]
    return (
        len(away),
        sum(_height(value) for _, value in away),
        sum(value.denominator > 1 for _, value in away),
        sum(value < 0 for _, value in away),
        tuple(place for place, _ in away),
    )


def _height(value: Fraction) -> int:
    return abs(value.numerator) + value.denominator - 1


def in_order(signs: Mapping[Key, t.Sign], supports: Iterable[Sequence[Key]]) -> Iterator[Assignment]:
    """Points from the smallest on, with the entries of one support each away from their simplest values.

    The supports come in order of their length, and within a length in the order of their entries.
    """
    base = origin(signs)
    for count, group in itertools.groupby(supports, len):
        chosen = list(group)
        for height in range(count, max(_TALLEST.get(count, 0), count) + 1):
            rows = sorted(_values(count, height), key=_row_order)
            for _, equals in itertools.groupby(rows, _row_order):
                alike = list(equals)
                for support, row in itertools.product(chosen, alike):
                    if all(allowed(v, signs[key]) and v != base[key] for key, v in zip(support, row, strict=True)):
                        yield {**base, **dict(zip(support, row, strict=True))}


def _row_order(row: Sequence[Fraction]) -> tuple[int, int]:
    return sum(value.denominator > 1 for value in row), sum(value < 0 for value in row)


def _values(count: int, height: int) -> Iterator[tuple[Fraction, ...]]:
    """Rows of so many numbers that are not 0, whose magnitudes add up to a height."""
    if count == 0:
        if height == 0:
            yield ()
        return
    for own in range(1, height - count + 2):
        for rest in _values(count - 1, height - own):
            for value in _of_height(own):
                yield (value, *rest)


def _of_height(height: int) -> list[Fraction]:
    """The numbers p/q with |p| + q - 1 = height: for 2 they are 2, 1/2, -2, -1/2.

    >>> [str(value) for value in _of_height(2)]
    ['2', '1/2', '-2', '-1/2']
    """
    found = [Fraction(height + 1 - q, q) for q in range(1, height + 1) if gcd(height + 1 - q, q) == 1]
    return [*found, *(-value for value in found)]


def subsets(keys: Sequence[Key], most: int) -> Iterator[tuple[Key, ...]]:
    """The supports of up to so many entries, in order."""
    for count in range(most + 1):
        yield from itertools.combinations(keys, count)
