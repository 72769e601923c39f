"""Derivatives, exact to rounding, by carrying tangents along; shapes and names as in JAX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, TypeAlias

import numpy as np

from symconv.errors import ShapeError
from symconv.numeric import loops, reductions, shaping
from symconv.numeric.arrays import VALUE, Array, Operand, as_array, floating
from symconv.numeric.computed import as_size

Function: TypeAlias = Callable[..., Operand]

MOST_ENTRIES = 1_000_000
"""Directions are taken in pieces so that the input's tangents hold no more entries than this."""

_fresh_tags = count(1)


def jacobian(f: Function, argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """The derivatives of every entry of f by every entry of one argument; a tuple for several `argnums`.

    Shapes: f(A) (p, q), A (m, n) -> (p, q, m, n).
    """
    if isinstance(argnums, tuple | list):
        return _each([jacobian(f, place) for place in argnums])
    place = int(as_size(argnums, "argnums"))

    def derivatives(*arguments: Any) -> Array:
        if not -len(arguments) <= place < len(arguments):
            raise TypeError(f"a derivative by argument {place} of a function that was given {len(arguments)}")
        x = floating(as_array(arguments[place]))

        def of_x(moved: Array) -> Operand:
            return f(*(moved if i == place % len(arguments) else a for i, a in enumerate(arguments)))

        size = int(x.size)
        step = max(1, MOST_ENTRIES // max(1, size * loops.points()))
        slopes = shaping.concat([_slopes(of_x, x, start, stop) for start, stop in loops.pieces(size, step)])
        slopes = _nowhere_else(slopes, reductions.sum(x))
        shape = slopes.logical_shape[1:]
        return shaping.reshape(shaping.permute_dims(slopes, (*range(1, slopes.ndim), 0)), (*shape, *x.logical_shape))

    return derivatives


def grad(f: Function, argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """The gradient of a function with scalar values, in the shape of the argument; a tuple for several `argnums`."""
    if isinstance(argnums, tuple | list):
        return _each([grad(f, place) for place in argnums])
    place = int(as_size(argnums, "argnums"))

    def gradient(*arguments: Any) -> Array:
        result: Array = jacobian(f, place)(*arguments)
        if result.ndim != as_array(arguments[place]).ndim:
            raise ShapeError("grad of a function whose value is not a scalar; use jacobian")
        return result

    return gradient


def derivative(sigma: Function) -> Function:
    """The derivative of a function R -> R, which acts entry by entry, as such a function."""

    def slope(x: Operand) -> Array:
        point = floating(as_array(x))
        tag = next(_fresh_tags)
        one = shaping.ones(point.logical_shape).astype(point.dtype)
        value, tangent = as_array(sigma(point.join(tag, one))).split(tag)
        if value.ndim not in (0, point.ndim):
            raise ShapeError(f"derivative of a function that makes shape {value.shape} of shape {point.shape}")
        found = shaping.zeros(point.logical_shape) if tangent is None else tangent
        return _nowhere_else(_nowhere_else(found, value), point)

    return slope


def _nowhere_else(slope: Array, value: Array) -> Array:
    """The slope, which is none where there is no value; an infinity, or what is too large, is no value."""
    lost = ~np.isfinite(value.data)
    if not lost.any():
        return slope
    return slope + Array({VALUE: np.where(lost, np.nan, 0.0)}, value.ndim, value.reason)


def _each(functions: Sequence[Callable[..., Array]]) -> Callable[..., tuple[Array, ...]]:
    return lambda *arguments: tuple(function(*arguments) for function in functions)


def _slopes(f: Callable[[Array], Operand], x: Array, start: int, stop: int) -> Array:
    """The derivatives of f by x's entries start, ..., stop - 1. Shapes: f(x) (p, q) -> (stop - start, p, q)."""
    tag = next(_fresh_tags)
    directions = np.eye(stop - start, int(x.size), start, dtype=x.dtype)
    along_a_loop = directions.reshape(stop - start, *(1,) * loops.depth(), *x.logical_shape)
    with loops.opened(stop - start):
        value, tangent = as_array(f(x.join(tag, Array({frozenset(): along_a_loop}, x.ndim)))).split(tag)
        tangent = None if tangent is None else _nowhere_else(tangent, value)
    if tangent is None:
        return _nowhere_else(shaping.zeros((stop - start, *value.logical_shape)), value)
    return loops.loop_to_axis(tangent, stop - start)
