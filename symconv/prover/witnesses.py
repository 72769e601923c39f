"""Concrete functions to put in for unknown ones, simplest first: for counterexamples and for spot checks.

Each is Python text over symconv's own operations, so that it can be pasted, and works in every reading.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from symconv.claims import Claim, FunctionType
from symconv.tensors import elementwise, notation

Function = Callable[..., Any]


@dataclass(frozen=True)
class Witness:
    """A function, the Python text that makes it, and what it is in mathematics: ``formula`` in ``variable``."""

    text: str
    formula: str
    function: Function
    variable: str = "x"

    def __repr__(self) -> str:
        return self.text


def _relu(x: Any) -> Any:
    return elementwise.maximum(x, 0)


def _step(x: Any) -> Any:
    return elementwise.where(x >= 0, 1, 0)


def _clip(x: Any) -> Any:
    return elementwise.minimum(elementwise.maximum(x, 0), 1)


_ONE = Witness("lambda x: 0*x + 1", "1", lambda x: 0 * x + 1)
_IDENTITY = Witness("lambda x: x", "x", lambda x: x)
_NEGATIVE = Witness("lambda x: -x", "-x", lambda x: -x)
_SQUARE = Witness("lambda x: x**2", "x^2", lambda x: x**2)
_SHIFTED = Witness("lambda x: x + 1", "x + 1", lambda x: x + 1)
_DOUBLE = Witness("lambda x: 2*x", "2 x", lambda x: 2 * x)
_REFLECTED = Witness("lambda x: 1 - x", "1 - x", lambda x: 1 - x)
_ZERO = Witness("lambda x: 0*x", "0", lambda x: 0 * x)
_CUBE = Witness("lambda x: x**3", "x^3", lambda x: x**3)
_ABS = Witness("lambda x: abs(x)", "|x|", elementwise.abs)
_RELU = Witness("lambda x: maximum(x, 0)", "max(x, 0)", _relu)
_STEP = Witness("lambda x: where(x >= 0, 1, 0)", "1 if x >= 0, else 0", _step)
_CLIP = Witness("lambda x: minimum(maximum(x, 0), 1)", "x clipped to 0 .. 1", _clip)
_ONCE = Witness("lambda x: x*abs(x)", "x |x|", lambda x: x * elementwise.abs(x))
_QUARTIC = Witness("lambda x: x**4 + x", "x^4 + x", lambda x: x**4 + x)
_MIXED = Witness("lambda x: x**3 - 2*x**2 + 3", "x^3 - 2 x^2 + 3", lambda x: x**3 - 2 * x**2 + 3)
_SMOOTH_ONES = (
    *(_ONE, _IDENTITY, _NEGATIVE, _SQUARE, _SHIFTED, _DOUBLE, _REFLECTED),
    *(_ZERO, _CUBE, _QUARTIC, _MIXED),
)

# Simplest first. Each list holds only functions that meet its hypothesis, as the tests show for every one.
SIMPLE: dict[str, tuple[Witness, ...]] = {
    "any": (
        *(_ONE, _IDENTITY, _NEGATIVE, _SQUARE, _SHIFTED, _DOUBLE, _REFLECTED),
        *(_ZERO, _ABS, _RELU, _CUBE, _STEP, _CLIP, _QUARTIC, _MIXED),
    ),
    "nondecreasing": (_ONE, _IDENTITY, _SHIFTED, _DOUBLE, _ZERO, _RELU, _STEP, _CUBE, _CLIP, _ONCE),
    "differentiable": (*_SMOOTH_ONES, _ONCE),
    "smooth": _SMOOTH_ONES,
}


def simple(claim: Claim, sizes: Mapping[str, int]) -> Iterator[dict[str, Witness]]:
    """Choices of one simple function for each function parameter, simplest first; one empty choice if there is none."""
    parameters = [(p.name, p.type) for p in claim.parameters if isinstance(p.type, FunctionType)]
    options = [_options(kind, sizes) for _, kind in parameters]
    for row in sorted(itertools.product(*map(enumerate, options)), key=lambda row: sum(place for place, _ in row)):
        yield {name: witness for (name, _), (_, witness) in zip(parameters, row, strict=True)}


def _options(kind: FunctionType, sizes: Mapping[str, int]) -> tuple[Witness, ...]:
    if kind.domain is None:
        return SIMPLE[kind.kind]
    p = kind.domain.evaluate(sizes)
    if kind.codomain is None:
        return _of_a_vector(p)
    return _to_a_vector(p, kind.codomain.evaluate(sizes))


def _of_a_vector(p: int) -> tuple[Witness, ...]:
    """Functions R^p -> R, simplest first."""
    weighted = f"summation(lambda r: (r + 1)*v[r]**2, {p})"
    return (
        Witness("lambda v: 0*v[0] + 1", "1", lambda v: 0 * v[0] + 1, "v"),
        Witness("lambda v: v[0]", "v_0", lambda v: v[0], "v"),
        Witness("lambda v: v.sum()", "sum of all v_r", lambda v: v.sum(), "v"),
        Witness("lambda v: v[0]**2", "v_0^2", lambda v: v[0] ** 2, "v"),
        Witness("lambda v: (v**2).sum()", "sum of all v_r^2", lambda v: (v**2).sum(), "v"),
        Witness(f"lambda v: v[0]*v[{p - 1}]", f"v_0 v_{p - 1}", lambda v: v[0] * v[p - 1], "v"),
        Witness("lambda v: (v**3).sum()", "sum of all v_r^3", lambda v: (v**3).sum(), "v"),
        Witness(f"lambda v: {weighted}", "sum of all (r + 1) v_r^2", lambda v: _weighted(v, 0, p), "v"),
        Witness(
            f"lambda v: {weighted}**2 + v[0]",
            "(sum of all (r + 1) v_r^2)^2 + v_0",
            lambda v: _weighted(v, 0, p) ** 2 + v[0],
            "v",
        ),
    )


def _to_a_vector(p: int, q: int) -> tuple[Witness, ...]:
    """Functions R^p -> R^q, simplest first."""
    tables: list[tuple[str, str, Callable[[Any, Any], Any]]] = [
        ("0*v[0] + 1", "all ones", lambda v, j: 0 * v[0] + 1),
        ("v[0]", "v_0 everywhere", lambda v, j: v[0]),
        (f"summation(lambda r: (j + r + 1)*v[r], {p})", "A v with A_jr = j + r + 1", lambda v, j: _linear(v, j, p)),
        ("v[0]**2", "v_0^2 everywhere", lambda v, j: v[0] ** 2),
        (
            f"summation(lambda r: (j + r + 1)*v[r]**2, {p})",
            "A v^2 with A_jr = j + r + 1",
            lambda v, j: _weighted(v, j, p),
        ),
    ]
    found = [_tabulated(text, formula, at, q) for text, formula, at in tables]
    if p == q:
        found.insert(1, Witness("lambda v: v", "v", lambda v: v, "v"))
        found.insert(2, Witness("lambda v: -v", "-v", lambda v: -v, "v"))
        found.insert(3, Witness("lambda v: v**2", "v^2, entry by entry", lambda v: v**2, "v"))
    return tuple(found)


def _tabulated(text: str, formula: str, at: Callable[[Any, Any], Any], q: int) -> Witness:
    def function(v: Any) -> Any:
        return notation.fromfunction(lambda j: at(v, j), (q,))

    return Witness(f"lambda v: fromfunction(lambda j: {text}, ({q},))", formula, function, "v")


def _linear(v: Any, j: Any, p: int) -> Any:
    return notation.summation(lambda r: (j + r + 1) * v[r], p)


def _weighted(v: Any, j: Any, p: int) -> Any:
    return notation.summation(lambda r: (j + r + 1) * v[r] ** 2, p)


_SMOOTH: tuple[Function, ...] = (
    elementwise.tanh,
    lambda x: x**2 - x,
    lambda x: elementwise.exp(-(x**2)) + x / 2,
    lambda x: x**3 / 4 - x + 1,
)
_MONOTONE: tuple[Function, ...] = (
    elementwise.tanh,
    _relu,
    lambda x: x**3,
    lambda x: elementwise.where(x > 0, 1, 0),
    lambda x: elementwise.log(1 + elementwise.exp(x)),
)
_FOR_SPOT_CHECKS: dict[str, tuple[Function, ...]] = {
    "any": (*_SMOOTH, _relu, lambda x: elementwise.abs(x)),
    "nondecreasing": _MONOTONE,
    "differentiable": _SMOOTH,
    "smooth": _SMOOTH,
}


def floating(kind: FunctionType, sizes: Mapping[str, int], random: Any) -> Function:
    """A function for a spot check, drawn at random."""
    if kind.domain is None:
        choices = _FOR_SPOT_CHECKS[kind.kind]
        return choices[int(random.integers(len(choices)))]
    p = kind.domain.evaluate(sizes)
    hidden = 3
    first = random.normal(size=(hidden, p)) / p**0.5
    if kind.codomain is None:
        last = random.normal(size=hidden)
        return lambda v: (elementwise.tanh(_array(first) @ v) * _array(last)).sum() + (v * v).sum() / p
    matrix = random.normal(size=(kind.codomain.evaluate(sizes), hidden))
    return lambda v: _array(matrix) @ elementwise.tanh(_array(first) @ v)


def _array(values: Any) -> Any:
    from symconv import numeric

    return numeric.wrap(values)
