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
    """A function with the text that makes it."""

    text: str
    function: Function

    def __repr__(self) -> str:
        return self.text


def _relu(x: Any) -> Any:
    return elementwise.maximum(x, 0)


def _step(x: Any) -> Any:
    return elementwise.where(x >= 0, 1, 0)


_CONSTANT = Witness("lambda x: 0*x + 1", lambda x: 0 * x + 1)
_SQUARE = Witness("lambda x: x**2", lambda x: x**2)
_NEGATIVE = Witness("lambda x: -x", lambda x: -x)
_IDENTITY = Witness("lambda x: x", lambda x: x)
_SHIFTED = Witness("lambda x: x + 1", lambda x: x + 1)
_CUBE = Witness("lambda x: x**3", lambda x: x**3)
_RELU = Witness("lambda x: maximum(x, 0)", _relu)
_STEP = Witness("lambda x: where(x >= 0, 1, 0)", _step)
_MIXED = Witness("lambda x: x**3 - 2*x**2 + 3", lambda x: x**3 - 2 * x**2 + 3)

_SIMPLE: dict[str, tuple[Witness, ...]] = {
    "any": (_NEGATIVE, _SQUARE, _SHIFTED, _CONSTANT, _IDENTITY, _RELU, _STEP, _MIXED),
    "nondecreasing": (_IDENTITY, _SHIFTED, _CONSTANT, _RELU, _STEP, _CUBE),
    "differentiable": (_IDENTITY, _NEGATIVE, _SQUARE, _SHIFTED, _CUBE, _CONSTANT, _MIXED),
    "smooth": (_IDENTITY, _NEGATIVE, _SQUARE, _SHIFTED, _CUBE, _CONSTANT, _MIXED),
}


def simple(claim: Claim, sizes: Mapping[str, int]) -> Iterator[dict[str, Witness]]:
    """Choices of one simple function for each function parameter, simplest first; one empty choice if there is none."""
    parameters = [(p.name, p.type) for p in claim.parameters if isinstance(p.type, FunctionType)]
    options = [_options(kind, sizes) for _, kind in parameters]
    for row in sorted(itertools.product(*map(enumerate, options)), key=lambda row: sum(place for place, _ in row)):
        yield {name: witness for (name, _), (_, witness) in zip(parameters, row, strict=True)}


def _options(kind: FunctionType, sizes: Mapping[str, int]) -> tuple[Witness, ...]:
    if kind.domain is None:
        return _SIMPLE[kind.kind]
    p = kind.domain.evaluate(sizes)
    if kind.codomain is None:
        return (
            Witness("lambda v: v.sum()", lambda v: v.sum()),
            Witness("lambda v: (v**2).sum()", lambda v: (v**2).sum()),
            Witness(f"lambda v: summation(lambda r: (r + 1)*v[r]**2, {p})", lambda v: _weighted(v, 0, p)),
            Witness(
                f"lambda v: summation(lambda r: (r + 1)*v[r]**2, {p})**2 + v[0]",
                lambda v: _weighted(v, 0, p) ** 2 + v[0],
            ),
        )
    q = kind.codomain.evaluate(sizes)
    return (
        Witness(
            f"lambda v: fromfunction(lambda j: summation(lambda r: (j + r + 1)*v[r], {p}), ({q},))",
            lambda v: notation.fromfunction(lambda j: notation.summation(lambda r: (j + r + 1) * v[r], p), (q,)),
        ),
        Witness(
            f"lambda v: fromfunction(lambda j: summation(lambda r: (j + r + 1)*v[r]**2, {p}), ({q},))",
            lambda v: notation.fromfunction(lambda j: _weighted(v, j, p), (q,)),
        ),
    )


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
