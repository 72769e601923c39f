"""At which entries two sides differ, by the normal forms of all entries at given sizes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from symconv.errors import TimeLimit, Undecided, Undefined
from symconv.kernel import terms as t
from symconv.kernel.bounded.polynomials import Polynomials
from symconv.kernel.bounded.ratios import Ratio
from symconv.kernel.evaluate import Evaluator
from symconv.kernel.index import IndexVar
from symconv.prover.bounded import unknowns_in
from symconv.prover.limits import interrupted_after
from symconv.prover.points import Key
from symconv.prover.reading import Pair, Position, Reading, compared_shape, entry, positions, shape_of
from symconv.prover.regions import Linear, solve

_MOST_ENTRIES = 400
_MOST_CASES = 100
_SECONDS = 1.0
_DRAWN = 6


@dataclass(frozen=True)
class EntryDifference:
    """The normal form of left - right at one entry, where it is not 0 as written.

    ``unknowns`` are the entries of the parameters that it depends on. ``supports`` are those of each of its terms where
    it is a polynomial in entries alone, and so certainly not 0; else there are none.
    """

    pair: Pair
    indices: dict[IndexVar, int]
    position: Position
    unknowns: frozenset[Key]
    supports: frozenset[frozenset[Key]] = frozenset()
    algebra: Polynomials | None = None
    gap: Ratio | None = None

    @property
    def certain(self) -> bool:
        return bool(self.supports)


def all_differences(reading: Reading, tick: Callable[[], None]) -> list[EntryDifference] | None:
    """Every entry whose normal forms differ; ``None`` where that cannot be told (no value, too many, or too slow)."""
    try:
        with interrupted_after(_SECONDS):
            return _differences(reading, tick)
    except TimeLimit:
        tick()
        return None


def _differences(reading: Reading, tick: Callable[[], None]) -> list[EntryDifference] | None:
    found: list[EntryDifference] = []
    algebra = Polynomials()
    count = 0
    try:
        for pair in reading.pairs:
            for values in reading.index_values():
                evaluator = Evaluator(algebra, dict(values), tick)
                for place in positions(compared_shape(shape_of(pair.left, evaluator), shape_of(pair.right, evaluator))):
                    count += 1
                    if count > _MOST_ENTRIES:
                        return None
                    found += _at(pair, values, place, evaluator, algebra)
                    if algebra.conditions:
                        return None
    except (Undefined, Undecided):
        return None
    return found


def _at(
    pair: Pair, values: dict[IndexVar, int], place: Position, evaluator: Evaluator[Ratio], algebra: Polynomials
) -> Iterator[EntryDifference]:
    left, right = evaluator.value(entry(pair.left, place)), evaluator.value(entry(pair.right, place))
    difference = algebra.subtract(left, right)
    if difference.numerator:
        unknowns = frozenset((v.name, at) for v, at in unknowns_in(algebra, difference))
        supports = algebra.supports(difference.numerator)
        named = frozenset(frozenset((v.name, at) for v, at in support) for support in supports or ())
        yield EntryDifference(pair, values, place, unknowns, named, algebra, difference)


def open_points(found: EntryDifference, signs: Mapping[Key, t.Sign]) -> Iterator[dict[Key, Fraction]]:
    """Numbers in a case of signs in which the difference at an entry is not seen to vanish: simple ones, then others.

    Only what the case says linearly is met; whether the sides differ at the point is left to be seen.
    """
    algebra, gap = found.algebra, found.gap
    if algebra is None or gap is None or found.certain or algebra.is_zero(gap, _MOST_CASES) or not algebra.open_case:
        return
    forms = [
        (Linear({_key(k): Fraction(c) for k, c in cs.items()}, Fraction(b)), s) for cs, b, s in algebra.linear_facts()
    ]
    forms += [(Linear({key: Fraction(1)}), 1) for key in found.unknowns if signs[key] != "real"]
    for source in (None, *map(random.Random, range(_DRAWN))):
        values = solve(forms, source)
        if values is None:
            return
        yield {key: value for key, value in values.items() if isinstance(key, tuple)}


def _key(entry: tuple[t.Variable, Position]) -> Key:
    return entry[0].name, entry[1]
