"""Sums, extremes and averages over axes."""

from __future__ import annotations

import math
from functools import reduce
from operator import mul
from typing import TypeAlias

import numpy as np

from symconv.errors import ShapeError
from symconv.numeric import shaping
from symconv.numeric.arrays import Array, Data, Operand, as_array, floating, operands
from symconv.numeric.computed import as_size

Axis: TypeAlias = int | tuple[int, ...] | None


def sum(x: Operand, axis: Axis = None, keepdims: bool = False) -> Array:
    """The sum over the axes (all of them by default); 0 over an empty one."""
    (array,) = operands(x)
    axes = from_the_end(axis, array.ndim)
    ndim = array.ndim if keepdims else array.ndim - len(axes)
    return array.linear(lambda part: np.sum(part, axis=axes, keepdims=keepdims), ndim)


def mean(x: Operand, axis: Axis = None, keepdims: bool = False) -> Array:
    """The average over the axes; Undefined over no entries."""
    array = floating(as_array(x))
    count = _count(array, from_the_end(axis, array.ndim))
    if count == 0:
        return _nothing("mean", array, axis, keepdims)
    return sum(array, axis, keepdims) / count


def var(x: Operand, axis: Axis = None, keepdims: bool = False) -> Array:
    """The average squared distance from the mean (NumPy's default: divided by the number of entries)."""
    array = floating(as_array(x))
    return mean((array - mean(array, axis, keepdims=True)) ** 2, axis, keepdims)


def max(x: Operand, axis: Axis = None, keepdims: bool = False) -> Array:
    """The largest entry over the axes; Undefined over no entries. A tangent is that of the entry chosen."""
    (array,) = operands(x)
    axes = from_the_end(axis, array.ndim)
    if _count(array, axes) == 0:
        return _nothing("maximum", array, axis, keepdims)
    if len(array.parts) == 1:
        ndim = array.ndim if keepdims else array.ndim - len(axes)
        return array.linear(lambda part: np.max(part, axis=axes, keepdims=keepdims), ndim)
    chosen = _entry_of_largest(_reduced_axes_last(array, axes))
    return shaping.expand_dims(chosen, tuple(sorted(a + array.ndim for a in axes))) if keepdims and axes else chosen


def min(x: Operand, axis: Axis = None, keepdims: bool = False) -> Array:
    """The smallest entry over the axes; Undefined over no entries."""
    (array,) = operands(x)
    return -max(-array, axis, keepdims)


def prod(x: Operand, axis: Axis = None, keepdims: bool = False) -> Array:
    """The product over the axes; 1 over an empty one."""
    (array,) = operands(x)
    axes = from_the_end(axis, array.ndim)
    factors = _reduced_axes_last(array, axes)
    one = np.ones(factors.logical_shape[:-1], array.dtype)
    product = reduce(mul, (factors[..., i] for i in range(factors.logical_shape[-1])), as_array(one))
    return shaping.expand_dims(product, tuple(sorted(a + array.ndim for a in axes))) if keepdims and axes else product


def cumsum(x: Operand, axis: int | None = None) -> Array:
    """Running sums along the axis; of the flattened tensor by default."""
    (array,) = operands(x)
    if axis is None:
        array, axis = array.flatten(), -1
    place = one_axis(axis, array.ndim)
    return array.linear(lambda part: np.cumsum(part, axis=place), array.ndim)


def one_axis(axis: Axis, ndim: int) -> int:
    """One axis as a negative number."""
    return from_the_end((as_size(axis, "axis"),), ndim)[0]


def from_the_end(axis: Axis, ndim: int) -> tuple[int, ...]:
    """The axes as distinct negative numbers, which NumPy counts from the end, past the loop axes."""
    if axis is None:
        return tuple(range(-ndim, 0))
    axes = [int(as_size(a, "axis")) for a in (axis if isinstance(axis, tuple | list) else (axis,))]
    if any(not -ndim <= a < ndim for a in axes):
        raise ShapeError(f"axis {axis} of a tensor of {ndim} axes")
    places = tuple(a if a < 0 else a - ndim for a in axes)
    if len(set(places)) < len(places):
        raise ValueError(f"axis {axis} names an axis twice")
    return places


def _count(array: Array, axes: tuple[int, ...]) -> int:
    """How many entries are reduced to one."""
    return math.prod(array.logical_shape[axis] for axis in axes)


def _nothing(name: str, array: Array, axis: Axis, keepdims: bool) -> Array:
    """What has no value, in the shape of the result: NaN, with the reason for it."""
    reason = f"the {name} of no entries, of a tensor of shape {array.logical_shape} over axis {axis}"
    shape = sum(array, axis, keepdims)
    return Array({frozenset(): np.full(shape.data.shape, math.nan)}, shape.ndim, reason)


def _reduced_axes_last(array: Array, axes: tuple[int, ...]) -> Array:
    """The array with the given axes made into one, the last. Shapes: (...) -> (*kept, entries)."""
    kept = [axis for axis in range(-array.ndim, 0) if axis not in axes]
    moved = shaping.permute_dims(array, (*kept, *axes))
    return shaping.reshape(moved, (*moved.logical_shape[: len(kept)], _count(array, axes)))


def _entry_of_largest(array: Array) -> Array:
    """The largest entry along the last axis, with its tangents."""
    place = np.argmax(array.data, axis=-1)[..., None]

    def take(part: Data) -> Data:
        # A tangent may have more loop axes than the value (those of its directions), or fewer.
        missing = place.ndim - part.ndim
        entries = part.reshape((1,) * missing + part.shape)
        chosen = place.reshape((1,) * -missing + place.shape)
        return np.take_along_axis(entries, chosen, axis=-1)[..., 0]

    return array.linear(take, array.ndim - 1)
