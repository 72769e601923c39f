"""The search for numbers at which the sides of a claim differ, smallest first (`points` states the order).

Where all entries are polynomials, their normal forms tell which entries have to be away from 0, and the first point of
the order that can differ is looked at first. Elsewhere small numbers are tried, then numbers around those that the
claim mentions, and what is found is made smaller.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from symconv.claims import Claim
from symconv.errors import SymconvError, TimeLimit, Undefined
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.evaluate import Evaluator
from symconv.kernel.index import IndexVar
from symconv.prover import exact, points, witnesses
from symconv.prover.differences import all_differences, open_points
from symconv.prover.exact import Exact, ExactNumbers
from symconv.prover.points import Assignment, Key, Point
from symconv.prover.reading import Pair, Position, Reading, Sizes, compared_shape, entry, positions, read, shape_of

Unknown = tuple[t.Variable, Position]
Found = tuple[Point, "Difference"]
_RANDOM_TRIES = 60
_MOST_CHOICES = 40
_MOST_LANDMARKS = 24
_FEW = 4
_MOST_SMALLER = 300
_MOST_AFTER_UNDEFINED = 60
_MOST_CASES = 4
_LARGEST_POWER = 1000
_LARGEST_EXPONENT = 30


@dataclass(frozen=True)
class Difference:
    """Where the sides differ at given numbers: the step, the entry and both values, or why a side has none.

    ``looked_at``: whether it takes an entry of a parameter to see it.
    """

    pair: Pair
    indices: dict[str, int]
    position: Position | None
    left: Exact | None = None
    right: Exact | None = None
    undefined: str | None = None
    looked_at: bool = True


def search(
    claim: Claim, sizes: Sizes, relevant: Sequence[Unknown], tick: Callable[[], None], only: int | None = None
) -> Found | None:
    """The smallest point found at these sizes at which a side is undefined or the sides differ; ``only`` one step."""
    names = [(variable.name, place) for variable, place in relevant]
    for functions in itertools.islice(witnesses.simple(claim, sizes), _MOST_CHOICES):
        try:
            reading = read(claim, sizes, {name: witness.function for name, witness in functions.items()})
        except Undefined:
            continue
        if only is not None:
            reading = replace(reading, pairs=tuple(p for p in reading.pairs if p.number == only))
        found = _Search(reading, functions, names, tick).run()
        if found is not None:
            return found
    return None


class _Search:
    """The search at given sizes and functions."""

    def __init__(
        self, reading: Reading, functions: Mapping[str, Any], relevant: Sequence[Key], tick: Callable[[], None]
    ) -> None:
        self.reading, self.functions, self.tick = reading, functions, tick
        self.signs = points.unknowns_of(reading)
        self.known = all_differences(reading, tick)
        self.keys = self._keys(relevant)

    def _keys(self, relevant: Sequence[Key]) -> list[Key]:
        """The entries that a difference can depend on, in order."""
        if self.known is not None:
            depends = {key for each in self.known for key in each.unknowns}
            return [key for key in self.signs if key in depends]
        return [key for key in self.signs if key in set(relevant)] or list(self.signs)

    def run(self) -> Found | None:
        if self.known == []:
            return None
        supports = self._least_supports()
        if supports is not None:
            return self._first(points.in_order(self.signs, supports)) or self._tried()
        if len(self.keys) <= _FEW:
            ordered = points.in_order(self.signs, points.subsets(self.keys, _FEW))
            found = self._first(itertools.chain(ordered, self._candidates()))
            return None if found is None else self._shrunk(*found)
        return self._tried()

    def _least_supports(self) -> list[tuple[Key, ...]] | None:
        """The smallest sets of entries without which no difference is left, where all differences are polynomials.

        A polynomial whose terms each hold an entry that is 0 vanishes, so that no smaller set will do.
        """
        if self.known is None or not all(each.certain for each in self.known):
            return None
        if any(self.signs[key] == "positive" for key in self.keys):
            return None
        place = {key: number for number, key in enumerate(self.signs)}
        found = {tuple(sorted(s, key=place.__getitem__)) for each in self.known for s in each.supports}
        least = min(map(len, found))
        return sorted((s for s in found if len(s) == least), key=lambda s: [place[key] for key in s])

    def _tried(self) -> Found | None:
        found = self._first(self._candidates())
        return None if found is None else self._smallest(*found)

    def _candidates(self) -> Iterator[Assignment]:
        """Small numbers, then those of cases that are open, then numbers drawn at random and around mentioned ones."""
        base = points.origin(self.signs)
        yield from small_numbers(self.signs, self.keys)
        for each in (self.known or [])[:_MOST_CASES]:
            yield from ({**base, **numbers} for numbers in open_points(each, self.signs))
        yield from drawn_numbers(self.reading, self.signs, self.keys)

    def _first(self, tried: Iterator[Assignment]) -> Found | None:
        """The first point at which the sides differ; else the first at which one has no value."""
        undefined: Found | None = None
        for count, numbers in enumerate(tried):
            self.tick()
            found = difference(self._point(numbers), self.tick)
            if found is None:
                if undefined is not None and count > _MOST_AFTER_UNDEFINED:
                    break
            elif found.undefined is None or not found.looked_at:
                return self._point(numbers), found
            else:
                undefined = undefined or (self._point(numbers), found)
        return undefined

    def _point(self, numbers: Assignment) -> Point:
        return Point(self.reading, self.functions, numbers)

    def _smallest(self, point: Point, found: Difference) -> Found:
        """The smallest point of the order, as far as not too many are before; else entry by entry what is smaller."""
        limit = points.weight(point.numbers, self.signs)
        ordered = points.in_order(self.signs, points.subsets(self.keys, min(limit[0], _FEW)))
        for numbers in itertools.islice(ordered, _MOST_SMALLER):
            if points.weight(numbers, self.signs) >= limit:
                return point, found
            self.tick()
            again = self._same_kind(numbers, found)
            if again is not None:
                return self._point(numbers), again
        return self._shrunk(point, found)

    def _same_kind(self, numbers: Assignment, found: Difference) -> Difference | None:
        again = difference(self._point(numbers), self.tick)
        return again if again is not None and (again.undefined is None) == (found.undefined is None) else None

    def _shrunk(self, point: Point, found: Difference) -> Found:
        """The point with entries moved to 0, then to smaller numbers, as long as the sides still differ there."""
        for key in reversed(self.signs):
            for smaller in _smaller(point.numbers[key], self.signs[key]):
                self.tick()
                again = self._same_kind({**point.numbers, key: smaller}, found)
                if again is not None:
                    point, found = self._point({**point.numbers, key: smaller}), again
                    break
        return point, found


def small_numbers(signs: Mapping[Key, t.Sign], keys: Sequence[Key]) -> Iterator[Assignment]:
    """Points with none or one of the given entries away from 0, and two with all of them."""
    free = list(keys) or list(signs)
    base = points.origin(signs)
    yield base
    for value, key in itertools.product(map(Fraction, (1, -1, 2)), free[:12]):
        if points.allowed(value, signs[key]):
            yield {**base, key: value}
    yield {**base, **{key: Fraction(1) for key in free}}
    yield {**base, **{key: Fraction(n + 1) for n, key in enumerate(free)}}


def drawn_numbers(reading: Reading, signs: Mapping[Key, t.Sign], keys: Sequence[Key]) -> Iterator[Assignment]:
    """Points drawn at random, small numbers first, then numbers around those that the claim mentions."""
    free = list(keys) or list(signs)
    base = points.origin(signs)
    positive = {key for key, sign in signs.items() if sign != "real"}
    source = random.Random(0)
    for attempt in range(_RANDOM_TRIES):
        spread = 2 + attempt // 15
        low = {key: (0 if base[key] == 0 else 1) if key in positive else -spread for key in free}
        yield {**base, **{key: Fraction(source.randint(low[key], spread)) for key in free}}
    mentioned = landmarks(reading)
    for mark, key in itertools.product(mentioned, free[:12]):
        if points.allowed(mark, signs[key]):
            yield {**base, key: mark}
    for _ in range(_RANDOM_TRIES // 2):
        drawn = {key: source.choice(mentioned) for key in free}
        yield {**base, **{key: abs(mark) if key in positive else mark for key, mark in drawn.items()}}


def landmarks(reading: Reading) -> list[Fraction]:
    """Where a claim may change its behaviour: around the numbers that it mentions, their fractions and opposites."""
    found = {Fraction(1), Fraction(10)}
    for pair in reading.pairs:
        for side in (pair.left, pair.right):
            found |= set(_numbers(side.at(tuple(ix.index(IndexVar("i")) for _ in side.extents)), set()))
    sizes = {abs(value) for value in found if value}
    near = {n for value in sizes for n in (value, 1 / value, value / 2, value + 1, value - Fraction(1, 2)) if n > 0}
    simplest = sorted(near, key=lambda n: (n.denominator, n))[:_MOST_LANDMARKS]
    simplest += [n for value in sorted(sizes) for n in _inverses(value) if n not in near][:_MOST_LANDMARKS]
    return [signed for value in simplest for signed in (value, -value)]


def _inverses(value: Fraction) -> Iterator[Fraction]:
    """Where roots, logarithms and exponentials come near a number."""
    if value <= _LARGEST_POWER:
        yield from (value**2, value**2 + 1, value**3)
    if value <= _LARGEST_EXPONENT:
        yield Fraction(math.ceil(math.exp(value)))
    if value > 1:
        yield Fraction(math.ceil(math.log(value)))


def _numbers(node: Any, seen: set[int]) -> Iterator[Fraction]:
    if id(node) in seen:
        return
    seen.add(id(node))
    match node:
        case t.Number():
            yield node.value
        case t.Sum() | t.MaxOver():
            yield from _numbers(node.body, seen)
        case t.Read():
            yield from _numbers(node.definition.body, seen)
        case t.Network():
            yield from _numbers(node.argument.body, seen)
        case _ if not isinstance(node, bool):
            for child in t.children(node):
                yield from _numbers(child, seen)


def difference(point: Point, tick: Callable[[], None]) -> Difference | None:
    """The first difference at a point in exact arithmetic; ``None`` when there is none, or the point is unclear."""
    reading = point.reading
    names = {variable: name for name, (variable, _) in reading.indices.items()}
    numbers = point.by_variable()
    for values in reading.index_values():
        shown = {names[variable]: value for variable, value in values.items()}
        for pair in reading.pairs:
            found = _pair_difference(pair, values, shown, numbers, tick)
            if found is not None:
                return found
    return None


def _pair_difference(
    pair: Pair,
    values: dict[IndexVar, int],
    shown: dict[str, int],
    numbers: Mapping[Unknown, Fraction],
    tick: Callable[[], None],
) -> Difference | None:
    algebra = ExactNumbers(numbers)
    evaluator = Evaluator(algebra, dict(values), tick)
    place: Position | None = None
    try:
        for place in positions(compared_shape(shape_of(pair.left, evaluator), shape_of(pair.right, evaluator))):
            left, right = evaluator.value(entry(pair.left, place)), evaluator.value(entry(pair.right, place))
            if exact.differ(left, right):
                return Difference(pair, shown, place, left, right, looked_at=bool(algebra.used))
    except Undefined as problem:
        return Difference(pair, shown, place, undefined=str(problem), looked_at=bool(algebra.used))
    except TimeLimit:
        raise
    except SymconvError:
        return None
    return None


def _smaller(value: Fraction, sign: t.Sign) -> list[Fraction]:
    order = [Fraction(n) for n in (0, 1, -1, 2, -2) if points.allowed(Fraction(n), sign)]
    return order[: order.index(value)] if value in order else order
