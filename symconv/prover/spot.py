"""The spot check: both sides in floating point, at random entries and larger sizes, by NumPy alone.

It shares no definition of an operation with the symbolic reading. It never makes a proof; against a proof it is a
fault.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from symconv import dispatch
from symconv.claims import Claim, FunctionType, IndexType, ScalarType, SizeType, TensorType
from symconv.errors import ClaimError, SymconvError, TimeLimit, Undefined
from symconv.prover import sizes as choice
from symconv.prover import witnesses
from symconv.verdict import SpotCheck

Sizes = dict[str, int]
TOLERANCE = 1e-8
_LARGEST = 60_000
_MOST = 5_000_000


def run(claim: Claim, wanted: Sequence[Sizes] | None = None, most: int = 3) -> tuple[SpotCheck, ...]:
    """Spot checks at random sizes, the first with a dimension of 16 or more where the claim allows it.

    Where sizes are ``wanted``, it is at the last of these.
    """
    random = np.random.default_rng(zlib.crc32(claim.name.encode()))
    done: list[SpotCheck] = []
    chosen = larger_sizes(claim, random) if wanted is None else wanted[-3:]
    for sizes in [each for each in chosen if choice.entries(claim, each) <= _MOST][:most]:
        done.append(check(claim, sizes, random))
        if not done[-1].agrees:
            break
    return tuple(done)


def larger_sizes(claim: Claim, random: np.random.Generator) -> list[Sizes]:
    """A small random combination, the same with each size raised to 16 or more, and one larger all over."""
    names = claim.sizes
    small = {name: int(random.integers(2, 5)) for name in names}
    if not names:
        return [{}]
    raised = [{**small, name: int(random.integers(16, 20))} for name in names]
    wide = {name: int(random.integers(4, 8)) for name in names}
    kept = [s for s in [small, *raised, wide] if choice.is_allowed(claim, s) and choice.entries(claim, s) <= _LARGEST]
    first = [s for s in raised if s in kept and _largest_dimension(claim, s) >= 16][-1:]
    rest = [s for s in kept if s not in first]
    return first + rest or choice.combinations(claim)[-2:]


def check(claim: Claim, sizes: Sizes, random: np.random.Generator) -> SpotCheck:
    """One comparison of all steps at random entries."""
    values = draw(claim, sizes, random)
    largest = _largest_dimension(claim, sizes)
    try:
        entries, error = compare(claim, values)
    except Undefined as problem:
        return SpotCheck(sizes, False, 0, largest, float("inf"), note=f"undefined: {problem}")
    except TimeLimit:
        raise
    except SymconvError as problem:
        return SpotCheck(sizes, False, 0, largest, float("inf"), note=str(problem))
    return SpotCheck(sizes, error <= TOLERANCE, entries, largest, error)


def suspects(claim: Claim, combinations: Sequence[Sizes]) -> Iterator[tuple[Sizes, int]]:
    """Sizes and the number of the first step that is not seen to hold there, at random entries."""
    random = np.random.default_rng(zlib.crc32(claim.name.encode()))
    for sizes in (each for each in combinations if choice.entries(claim, each) <= _LARGEST):
        try:
            pairs = sides(claim, draw(claim, sizes, random))
        except TimeLimit:
            raise
        except SymconvError:
            continue
        for number, (left, right) in enumerate(pairs, 1):
            try:
                differs = _compared([(left, right)])[1] > TOLERANCE
            except Undefined:
                differs = True
            if differs:
                yield sizes, number
                break


def draw(claim: Claim, sizes: Sizes, random: np.random.Generator) -> dict[str, Any]:
    """Random values for all parameters."""
    from symconv import numeric

    values: dict[str, Any] = {}
    for parameter in claim.parameters:
        match parameter.type:
            case SizeType():
                values[parameter.name] = numeric.Computed(sizes[parameter.name])
            case IndexType() as kind:
                values[parameter.name] = numeric.Computed(int(random.integers(kind.extent.evaluate(sizes))))
            case TensorType() as kind:
                entries = random.normal(size=[d.evaluate(sizes) for d in kind.dimensions])
                values[parameter.name] = numeric.wrap(_allowed(entries, kind.sign))
            case ScalarType() as kind:
                values[parameter.name] = numeric.wrap(_allowed(np.asarray(random.normal()), kind.sign))
            case FunctionType() as kind:
                values[parameter.name] = witnesses.floating(kind, sizes, random)
    return values


def _allowed(numbers: np.ndarray[Any, Any], sign: str) -> np.ndarray[Any, Any]:
    return numbers if sign == "real" else np.abs(numbers) + 0.1


def compare(claim: Claim, values: Mapping[str, Any]) -> tuple[int, float]:
    """The number of entries compared, and the largest difference relative to the largest entry of its step."""
    return _compared(sides(claim, values))


def _compared(pairs: Sequence[tuple[Any, Any]]) -> tuple[int, float]:
    entries, error = 0, 0.0
    for left, right in pairs:
        if left.shape and right.shape and left.shape != right.shape:
            raise Undefined(f"the sides have different shapes, {left.shape} and {right.shape}")
        gap = np.abs(left - right)
        scale = max(1.0, float(np.max(np.abs(left), initial=0)), float(np.max(np.abs(right), initial=0)))
        entries += gap.size
        error = max(error, float(np.max(gap, initial=0)) / scale)
    return entries, error


def sides(claim: Claim, values: Mapping[str, Any], *, defined: bool = True) -> list[tuple[Any, Any]]:
    """Both sides of every step as NumPy arrays; raises `Undefined` where one has no value.

    With ``defined=False`` an entry without a value is NaN instead.
    """
    from symconv import numeric

    with dispatch.reading("numeric"), np.errstate(all="ignore"):
        try:
            steps = [step for equation in claim.read(values) for step in equation.steps]
        except ClaimError as problem:
            if isinstance(problem.__cause__, ZeroDivisionError):  # 1.0 / n, which Python works out by itself
                raise Undefined("a division by zero") from None
            raise
        both = [(numeric.wrap(step.left), numeric.wrap(step.right)) for step in steps]
        if defined:
            numeric.check_defined(tuple(side for pair in both for side in pair))
        return [(np.asarray(numeric.unwrap(left)), np.asarray(numeric.unwrap(right))) for left, right in both]


def _largest_dimension(claim: Claim, sizes: Sizes) -> int:
    return max([1, *(d.evaluate(sizes) for d in claim.dimensions), *sizes.values()])
