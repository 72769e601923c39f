"""A point at which a claim fails, as its reader sees it: a call, both sides, what matters, who confirms it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from symconv.claims import Claim, FunctionType, Parameter, ScalarType, SizeType, TensorType
from symconv.errors import SymconvError, TimeLimit, Undecided, Undefined
from symconv.kernel import terms as t
from symconv.kernel.bounded.polynomials import Polynomials
from symconv.kernel.evaluate import Evaluator
from symconv.prover import exact, spot
from symconv.prover.bounded import unknowns_in
from symconv.prover.exact import ExactNumbers, Unclear
from symconv.prover.limits import interrupted_after
from symconv.prover.points import Key, Point
from symconv.prover.reading import Pair, Position, entry, shape_of
from symconv.prover.refute import Difference
from symconv.prover.shown import Shown
from symconv.tensors.tensor import SymbolicTensor, scalar
from symconv.verdict import Counterexample

_SECONDS = 0.5
"""What the normal form of one difference may take: without it, more entries are said to matter."""


def counterexample(claim: Claim, point: Point, found: Difference) -> Counterexample:
    """The point as a reader sees it, with both sides whole, and by whom it is confirmed."""
    return Counterexample(
        call=call_text(claim, point, found),
        sizes=dict(point.reading.sizes),
        values=_values(point),
        left=_side(point, found, "left"),
        right=_side(point, found, "right"),
        index=found.position if found.undefined is None else None,
        left_entry=_entry(point, found, "left"),
        right_entry=_entry(point, found, "right"),
        free=found.indices,
        undefined=found.undefined,
        confirmed_by=("exact arithmetic", "NumPy") if _numpy_agrees(claim, point, found) else ("exact arithmetic",),
        functions=_formulas(point),
        matters=_by_name(point, _matters(point, found)),
    )


def _values(point: Point) -> dict[str, Any]:
    tensors = {name: _nested(point, name) for name in point.reading.unknowns}
    return tensors | {name: witness.text for name, witness in point.functions.items()}


def _formulas(point: Point) -> dict[str, str]:
    return {name: f"{name}({witness.variable}) = {witness.formula}" for name, witness in point.functions.items()}


def _by_name(point: Point, keys: Collection[Key]) -> dict[str, tuple[Position, ...]]:
    named = {name: tuple(sorted(place for n, place in keys if n == name)) for name in point.reading.unknowns}
    return {name: places for name, places in named.items() if places}


def _matters(point: Point, found: Difference) -> frozenset[Key]:
    """The entries that the difference depends on: whatever the others are, it is the same.

    Those of the normal form of left - right, or those that the exact evaluation looks at, where these are fewer.
    """
    if found.position is None:
        return frozenset()
    values = {variable: found.indices[name] for name, (variable, _) in point.reading.indices.items()}
    sides = [entry(side, found.position) for side in (found.pair.left, found.pair.right)]
    exactly = ExactNumbers(point.by_variable())
    with contextlib.suppress(Undefined):
        looked_at = Evaluator(exactly, dict(values))
        for side in sides:
            looked_at.value(side)
    used = frozenset((variable.name, place) for variable, place in exactly.used)
    algebra = Polynomials()
    evaluator = Evaluator(algebra, dict(values))
    try:
        with interrupted_after(_SECONDS):
            gap = algebra.subtract(*map(evaluator.value, sides))
    except (Undefined, Undecided, TimeLimit):
        return used
    if algebra.conditions or not gap.numerator:
        return used
    return min(used, frozenset((v.name, place) for v, place in unknowns_in(algebra, gap)), key=len)


def _side(point: Point, found: Difference, side: str) -> str:
    """A whole side as nested lists of numbers, or why it has no value."""
    shown, tensor = _shown(point, found), _tensor(found, side)
    try:
        shape = shape_of(tensor, shown.evaluator)
        return show_nested(shape, lambda place: shown.text(entry(tensor, place)))
    except (Undefined, Unclear) as problem:
        return f"undefined: {problem}"


def _entry(point: Point, found: Difference, side: str) -> str | None:
    """The entry of a side at which the sides differ, where both have values."""
    if found.position is None or found.undefined is not None:
        return None
    return _shown(point, found).text(entry(_tensor(found, side), found.position))


def _tensor(found: Difference, side: str) -> SymbolicTensor:
    return found.pair.left if side == "left" else found.pair.right


def _shown(point: Point, found: Difference) -> Shown:
    indices = {variable: found.indices[name] for name, (variable, _) in point.reading.indices.items()}
    return Shown(point.by_variable(), indices)


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
    has_value = found.undefined is None  # though another entry than the one that differs may have none
    try:
        left, right = spot.sides(claim, numpy_values(claim, point, found), defined=not has_value)[found.pair.number - 1]
    except TimeLimit:
        raise
    except SymconvError:
        return not has_value
    if not has_value or found.position is None:
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
        values=_values(point),
        left=f"undefined: {problem}",
        right=f"undefined: {problem}",
        free=indices,
        undefined=problem,
        confirmed_by=tuple(confirmed),
        functions=_formulas(point),
        matters={},
    )
