"""The bounded proof: both sides at small sizes in normal form, entry by entry."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from symconv.errors import Undecided, Undefined
from symconv.kernel import linear
from symconv.kernel import terms as t
from symconv.kernel.bounded import grid
from symconv.kernel.bounded.polynomials import Polynomials
from symconv.kernel.bounded.ratios import ZERO_SIGN, Ratio, Signs
from symconv.kernel.evaluate import Evaluator
from symconv.kernel.index import IndexVar
from symconv.prover.reading import Pair, Position, Reading, compared_shape, entry, positions, shape_of

Unknown = tuple[t.Variable, Position]


@dataclass(frozen=True)
class Left:
    """What no law of the algebra settles: a difference in a case of signs, or a value of which a sign is ``wanted``.

    ``what`` says so in words. A difference in a case of ``facts`` may have no ``value``; where there are neither facts
    nor a value, there are more cases than were looked at.
    """

    algebra: Polynomials
    value: Ratio | None
    wanted: Signs = ZERO_SIGN
    what: str = ""
    facts: tuple[linear.Fact, ...] = ()


@dataclass(frozen=True)
class Failure:
    """Where a bounded proof stops: the step, the free indices, the entry, and why.

    ``relevant`` are the unknown entries that the difference depends on; ``undefined`` says which side has no value;
    ``open`` is true when the normal form neither vanishes nor proves a difference; ``left`` is then what is left.
    """

    pair: Pair
    indices: dict[IndexVar, int]
    position: Position | None
    reason: str
    relevant: tuple[Unknown, ...] = ()
    undefined: bool = False
    open: bool = False
    left: Left | None = None


@dataclass
class Result:
    """What the normal forms of all entries at one combination of sizes say."""

    entries: int = 0
    failures: list[Failure] = field(default_factory=list)
    kinks: bool = False


def check(reading: Reading, tick: Callable[[], None]) -> Result:
    """Compare all entries of all steps; keeps the first failure of each step."""
    algebra = Polynomials()
    result = Result()
    for pair in reading.pairs:
        entries = _agreeing_entries(reading, pair, tick)
        result.entries += entries
        if entries:
            continue
        failure = _check_pair(reading, pair, algebra, tick, result)
        if failure is not None:
            result.failures.append(failure)
    result.kinks = bool(algebra.kinks)
    return result


def _agreeing_entries(reading: Reading, pair: Pair, tick: Callable[[], None]) -> int:
    """The number of entries of a step, if all are polynomials and agree; else 0, and nothing is said."""
    try:
        if any(extent.constant == 0 for side in (pair.left, pair.right) for extent in side.extents):
            return 0  # a number beside no entries has its value all the same
        return grid.agree(pair.left.definition, pair.right.definition, list(reading.indices.values()), tick)
    except (grid.NotPolynomial, Undefined, Undecided):
        return 0


def _check_pair(
    reading: Reading, pair: Pair, algebra: Polynomials, tick: Callable[[], None], result: Result
) -> Failure | None:
    open_failure: Failure | None = None
    for values in reading.index_values():
        evaluator = Evaluator(algebra, dict(values), tick)
        algebra.conditions = []
        place: Position | None = None
        try:
            shape = compared_shape(shape_of(pair.left, evaluator), shape_of(pair.right, evaluator))
            failure = None if math.prod(shape) else _check_number(pair, values, evaluator, algebra)
            if failure is not None:
                return failure
            for place in positions(shape):
                tick()
                result.entries += 1
                failure = _check_entry(pair, values, place, evaluator, algebra)
                if failure is not None and not failure.open:
                    return failure
                open_failure = open_failure or failure
        except Undefined as problem:
            return Failure(pair, values, place, str(problem), undefined=True)
        except Undecided as problem:
            open_failure = open_failure or Failure(pair, values, place, str(problem), open=True)
    return open_failure


def _check_number(
    pair: Pair, values: dict[IndexVar, int], evaluator: Evaluator[Ratio], algebra: Polynomials
) -> Failure | None:
    """A side without axes has its value also where the other side has no entries."""
    for side in (pair.left, pair.right):
        if not shape_of(side, evaluator):
            evaluator.value(entry(side, ()))
            if algebra.conditions:
                return _unshown(pair, values, (), algebra)
    return None


def _check_entry(
    pair: Pair, values: dict[IndexVar, int], place: Position, evaluator: Evaluator[Ratio], algebra: Polynomials
) -> Failure | None:
    left, right = evaluator.value(entry(pair.left, place)), evaluator.value(entry(pair.right, place))
    if algebra.conditions:
        return _unshown(pair, values, place, algebra)
    difference = algebra.subtract(left, right)
    if algebra.is_zero(difference):
        return None
    certain = algebra._is_polynomial(difference.numerator)
    reason = "the normal forms of the two sides differ"
    left_open = None if certain else Left(algebra, algebra.open_value, facts=algebra.open_case)
    return Failure(pair, values, place, reason, unknowns_in(algebra, difference), open=not certain, left=left_open)


def _unshown(pair: Pair, values: dict[IndexVar, int], place: Position, algebra: Polynomials) -> Failure:
    condition = algebra.conditions[0]
    relevant = unknowns_in(algebra, condition.value)
    asked = Left(algebra, condition.value, condition.wanted, condition.text)
    reason = f"it is not shown that {condition.text}"
    return Failure(pair, values, place, reason, relevant, undefined=True, open=True, left=asked)


def unknowns_in(algebra: Polynomials, value: Ratio) -> tuple[Unknown, ...]:
    """The unknown entries that a normal form depends on, each once."""
    found: dict[Unknown, None] = {}
    seen: set[int] = set()

    def visit(part: Ratio) -> None:
        polynomials = [part.numerator, *(algebra._factors[n] for n in part.denominator)]
        for number in {n for p in polynomials for monomial in p for n in monomial} - seen:
            seen.add(number)
            atom = algebra._atoms[number]
            if atom.kind == "entry":
                found[atom.head] = None
            for inner in atom.parts:
                visit(inner)

    visit(value)
    return tuple(found)
