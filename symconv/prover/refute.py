"""Counterexamples: small exact numbers at which the sides differ, confirmed in exact arithmetic and by NumPy.

Order: sizes first, then the number of entries that are not zero, then their magnitude. Functions are put in from a
list of simple ones, simplest first.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from symconv.claims import Claim, FunctionType, Parameter, ScalarType, SizeType, TensorType
from symconv.errors import SymconvError, TimeLimit, Undefined
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.evaluate import Evaluator
from symconv.kernel.index import IndexVar
from symconv.prover import exact, spot, witnesses
from symconv.prover.exact import Exact, ExactNumbers, Unclear
from symconv.prover.reading import Pair, Position, Reading, Sizes, compared_shape, entry, positions, read, shape_of
from symconv.prover.witnesses import Witness
from symconv.tensors.tensor import scalar
from symconv.verdict import Counterexample

Unknown = tuple[t.Variable, Position]
Assignment = dict[tuple[str, Position], Fraction]
_RANDOM_TRIES = 60
_MOST_CHOICES = 24
_MOST_LANDMARKS = 24


@dataclass(frozen=True)
class Difference:
    """Where the sides differ at given numbers: the step, the entry and both values, or why a side has none."""

    pair: Pair
    indices: dict[str, int]
    position: Position | None
    left: Exact | None = None
    right: Exact | None = None
    undefined: str | None = None


@dataclass(frozen=True)
class Point:
    """Sizes, functions and numbers at which a claim is looked at."""

    reading: Reading
    functions: Mapping[str, Witness]
    numbers: Assignment


def search(
    claim: Claim, sizes: Sizes, relevant: Sequence[Unknown], tick: Callable[[], None], only: int | None = None
) -> tuple[Point, Difference] | None:
    """The smallest point found at these sizes at which a side is undefined or the sides differ; ``only`` one step."""
    names = {(variable.name, place) for variable, place in relevant}
    for functions in itertools.islice(witnesses.simple(claim, sizes), _MOST_CHOICES):
        try:
            reading = read(claim, sizes, {name: witness.function for name, witness in functions.items()})
        except Undefined:
            continue
        if only is not None:
            reading = replace(reading, pairs=tuple(p for p in reading.pairs if p.number == only))
        for numbers in candidates(reading, names):
            tick()
            point = Point(reading, functions, numbers)
            found = difference(point, tick)
            if found is not None:
                return shrunk(point, found, tick)
    return None


def candidates(reading: Reading, relevant: set[tuple[str, Position]]) -> Iterator[Assignment]:
    """Numbers to try, small ones first, then some around those that the claim mentions; the relevant entries vary."""
    unknowns = list(all_unknowns(reading))
    free = [key for key, _ in unknowns if key in relevant] or [key for key, _ in unknowns]
    base: Assignment = {key: Fraction(1 if sign == "positive" else 0) for key, sign in unknowns}
    positive = {key for key, sign in unknowns if sign != "real"}
    yield base
    for value, key in itertools.product((1, -1, 2), free[:12]):
        if value > 0 or key not in positive:
            yield {**base, key: Fraction(value)}
    yield {**base, **{key: Fraction(1) for key in free}}
    yield {**base, **{key: Fraction(n + 1) for n, key in enumerate(free)}}
    source = random.Random(0)
    for attempt in range(_RANDOM_TRIES):
        spread = 2 + attempt // 15
        low = {key: (0 if base[key] == 0 else 1) if key in positive else -spread for key in free}
        yield {**base, **{key: Fraction(source.randint(low[key], spread)) for key in free}}
    mentioned = landmarks(reading)
    for mark, key in itertools.product(mentioned, free[:12]):
        if mark > 0 or key not in positive:
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
    return [signed for value in simplest for signed in (value, -value)]


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


def all_unknowns(reading: Reading) -> Iterator[tuple[tuple[str, Position], t.Sign]]:
    """All unknown entries of a claim at its sizes, in order, with their signs."""
    for name, variable in reading.unknowns.items():
        for place in positions(tuple(n.constant or 0 for n in variable.shape)):
            yield (name, place), variable.sign


def difference(point: Point, tick: Callable[[], None]) -> Difference | None:
    """The first difference at a point in exact arithmetic; ``None`` when there is none, or the point is unclear."""
    reading = point.reading
    names = {variable: name for name, (variable, _) in reading.indices.items()}
    numbers = {(reading.unknowns[name], place): value for (name, place), value in point.numbers.items()}
    for values in reading.index_values():
        shown = {names[variable]: value for variable, value in values.items()}
        for pair in reading.pairs:
            found = _pair_difference(pair, values, shown, ExactNumbers(numbers), tick)
            if found is not None:
                return found
    return None


def _pair_difference(
    pair: Pair, values: dict[IndexVar, int], shown: dict[str, int], algebra: ExactNumbers, tick: Callable[[], None]
) -> Difference | None:
    evaluator = Evaluator(algebra, dict(values), tick)
    place: Position | None = None
    try:
        for place in positions(compared_shape(shape_of(pair.left, evaluator), shape_of(pair.right, evaluator))):
            left, right = evaluator.value(entry(pair.left, place)), evaluator.value(entry(pair.right, place))
            if exact.differ(left, right):
                return Difference(pair, shown, place, left, right)
    except Undefined as problem:
        return Difference(pair, shown, place, undefined=str(problem))
    except TimeLimit:
        raise
    except SymconvError:
        return None
    return None


def shrunk(point: Point, found: Difference, tick: Callable[[], None]) -> tuple[Point, Difference]:
    """The point with entries moved to 0, then to smaller numbers, as long as the sides still differ there."""
    signs = dict(all_unknowns(point.reading))
    for key in sorted(point.numbers, key=lambda k: (k[0], k[1])):
        present = point.numbers[key]
        for smaller in _smaller(present, signs[key]):
            tick()
            tried = replace(point, numbers={**point.numbers, key: smaller})
            again = difference(tried, tick)
            if again is not None and (again.undefined is None) == (found.undefined is None):
                point, found = tried, again
                break
    return point, found


def _smaller(value: Fraction, sign: t.Sign) -> list[Fraction]:
    order = [
        Fraction(n)
        for n in ((1, 2) if sign == "positive" else (0, 1, 2) if sign == "nonnegative" else (0, 1, -1, 2, -2))
    ]
    return order[: order.index(value)] if value in order else order


def counterexample(claim: Claim, point: Point, found: Difference) -> Counterexample:
    """The point as a reader sees it, with both sides whole, and by whom it is confirmed."""
    left, right = (_side(point, found, side) for side in ("left", "right"))
    confirmed = ["exact arithmetic"]
    if _numpy_agrees(claim, point, found):
        confirmed.append("NumPy")
    return Counterexample(
        call=call_text(claim, point, found),
        sizes=dict(point.reading.sizes),
        values={
            **{name: _nested(point, name) for name in point.reading.unknowns},
            **{n: w.text for n, w in point.functions.items()},
        },
        left=left,
        right=right,
        index=found.position if found.undefined is None else None,
        left_entry=None if found.left is None else exact.show(found.left),
        right_entry=None if found.right is None else exact.show(found.right),
        free=found.indices,
        undefined=found.undefined,
        confirmed_by=tuple(confirmed),
    )


def _side(point: Point, found: Difference, side: str) -> str:
    """A whole side as nested lists of exact numbers, or why it has no value."""
    reading = point.reading
    values = {variable: found.indices[name] for name, (variable, _) in reading.indices.items()}
    numbers = {(reading.unknowns[name], place): value for (name, place), value in point.numbers.items()}
    evaluator = Evaluator(ExactNumbers(numbers), values)
    tensor = found.pair.left if side == "left" else found.pair.right
    try:
        shape = shape_of(tensor, evaluator)
        return show_nested(shape, lambda place: exact.show(evaluator.value(entry(tensor, place))))
    except (Undefined, Unclear) as problem:
        return f"undefined: {problem}"


def show_nested(shape: Position, show: Callable[[Position], str], place: Position = ()) -> str:
    """Nested lists as text."""
    if len(place) == len(shape):
        return show(place)
    return "[" + ", ".join(show_nested(shape, show, (*place, n)) for n in range(shape[len(place)])) + "]"


def _nested(point: Point, name: str) -> Any:
    shape = tuple(n.constant or 0 for n in point.reading.unknowns[name].shape)

    def at(place: Position) -> Any:
        if len(place) == len(shape):
            return point.numbers[name, place]
        return [at((*place, n)) for n in range(shape[len(place)])]

    return at(())


def call_text(claim: Claim, point: Point, found: Difference) -> str:
    """The claim called at the point, as Python that can be pasted."""
    parts = []
    for parameter in claim.parameters:
        name = parameter.name
        if isinstance(parameter.type, SizeType):
            value = str(point.reading.sizes[name])
        elif isinstance(parameter.type, (TensorType, ScalarType)):
            value = _text(_nested(point, name))
        elif name in point.functions:
            value = point.functions[name].text
        else:
            value = str(found.indices[name])
        parts.append(f"{name}={value}")
    return f"{claim.name}({', '.join(parts)})"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    return str(value) if value.denominator == 1 else f"Fraction({value.numerator}, {value.denominator})"


def _numpy_agrees(claim: Claim, point: Point, found: Difference) -> bool:
    """Whether NumPy sees the same: a side without a value, or the same two entries."""
    try:
        left, right = spot.sides(claim, numpy_values(claim, point, found))[found.pair.number - 1]
    except SymconvError:
        return found.undefined is not None
    if found.undefined is not None or found.position is None:
        return bool(left.shape and right.shape and left.shape != right.shape)
    seen = [float(side[found.position] if side.shape else side) for side in (left, right)]
    wanted = [exact.approximate(found.left), exact.approximate(found.right)]
    return bool(np.allclose(seen, wanted, rtol=1e-9, atol=1e-9))


def numpy_values(claim: Claim, point: Point, found: Difference) -> dict[str, Any]:
    """The point as values for the numeric reading."""
    from symconv import numeric

    values: dict[str, Any] = {}
    for parameter in claim.parameters:
        name = parameter.name
        if name in point.reading.unknowns:
            shape = tuple(n.constant or 0 for n in point.reading.unknowns[name].shape)
            values[name] = numeric.wrap(np.array(_nested(point, name), dtype=float).reshape(shape))
        elif name in point.functions:
            values[name] = _of_its_length(parameter, point)
        else:
            values[name] = numeric.Computed(
                point.reading.sizes[name] if name in point.reading.sizes else found.indices[name]
            )
    return values


def _of_its_length(parameter: Parameter, point: Point) -> Callable[..., Any]:
    """A function that has no value at vectors of another length than it is declared for, as in the exact reading."""
    from symconv import numeric

    function, kind = point.functions[parameter.name].function, parameter.type
    if not isinstance(kind, FunctionType) or kind.domain is None:
        return function
    length = kind.domain.evaluate(point.reading.sizes)

    def checked(v: Any) -> Any:
        vector = numeric.wrap(v)
        if vector.logical_shape != (length,):
            raise Undefined(f"{parameter.name} takes a vector of length {length}, not shape {vector.logical_shape}")
        return function(vector)

    return checked


def undefined_counterexample(claim: Claim, point: Point, problem: str) -> Counterexample:
    """A point at which the claim's body itself has no value, whatever the entries are."""
    reading = point.reading
    indices = dict.fromkeys(reading.indices, 0)
    nothing = Difference(Pair(1, None, scalar(t.ZERO), scalar(t.ZERO)), indices, None, undefined=problem)
    confirmed = ["exact arithmetic"]
    try:
        spot.sides(claim, numpy_values(claim, point, nothing))
    except Undefined:
        confirmed.append("NumPy")
    return Counterexample(
        call=call_text(claim, point, nothing),
        sizes=dict(reading.sizes),
        values={
            **{name: _nested(point, name) for name in reading.unknowns},
            **{n: w.text for n, w in point.functions.items()},
        },
        left=f"undefined: {problem}",
        right=f"undefined: {problem}",
        free=indices,
        undefined=problem,
        confirmed_by=tuple(confirmed),
    )
