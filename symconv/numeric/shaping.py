"""Moving entries about: reshaping, joining, padding, turning; and the tensors of constants."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from symconv.errors import ShapeError, Undefined
from symconv.numeric import reductions
from symconv.numeric.arrays import (
    VALUE,
    Array,
    Data,
    Operand,
    as_array,
    each_part,
    first_reason,
    floating,
    lift,
    operands,
    stretch,
)
from symconv.numeric.computed import Computed, as_size

Sizes: TypeAlias = Any
"""An integer, or a sequence of them."""


def array(values: Operand) -> Array:
    """A tensor from nested lists of numbers, scalars and tensors."""
    return floating(as_array(values))


def reshape(x: Operand, shape: Sizes) -> Array:
    """The entries of x, in row-major order, in another shape; one size may be -1."""
    source = as_array(x)
    old = source.logical_shape
    computed = [size for size in (shape if isinstance(shape, tuple | list) else (shape,)) if isinstance(size, Computed)]
    if any(size < 0 for size in computed):
        raise Undefined(f"a tensor of shape {as_sizes(shape)}")  # only a literal -1 asks for the rest
    new = _completed(as_sizes(shape), old)

    def move(part: Data) -> Data:
        return part.reshape(part.shape[: part.ndim - source.ndim] + new)

    return source.linear(move, len(new))


def permute_dims(x: Operand, axes: Sequence[int] | None = None) -> Array:
    """x with its axes in the given order, by default reversed."""
    source = as_array(x)
    order = (
        tuple(range(-1, -source.ndim - 1, -1)) if axes is None else reductions.from_the_end(tuple(axes), source.ndim)
    )
    if len(order) != source.ndim:
        raise ShapeError(f"axes {axes} do not permute the axes of a tensor of {source.ndim} axes")

    def move(part: Data) -> Data:
        loops = part.ndim - source.ndim
        return part.transpose(*range(loops), *(axis + part.ndim for axis in order))

    return source.linear(move, source.ndim)


def transpose(x: Operand, axes: Sequence[int] | None = None) -> Array:
    """NumPy's name for `permute_dims`."""
    return permute_dims(x, axes)


def squeeze(x: Operand, axis: reductions.Axis = None) -> Array:
    """x without the given axes, each of size 1 (by default, all of size 1)."""
    source = as_array(x)
    places = reductions.from_the_end(axis, source.ndim)
    if axis is None:
        places = tuple(place for place in places if source.logical_shape[place] == 1)
    if any(source.logical_shape[place] != 1 for place in places):
        raise Undefined(f"axis {axis} of shape {source.logical_shape} is squeezed, and its size is not 1")
    kept = [size for place, size in enumerate(source.logical_shape) if place - source.ndim not in places]
    return reshape(source, kept)


def expand_dims(x: Operand, axis: int | tuple[int, ...]) -> Array:
    """x with axes of size 1 put in, so that they stand at the given places of the result."""
    source = as_array(x)
    if axis is None:
        raise TypeError("expand_dims takes the places of the new axes, not None")
    count = len(axis) if isinstance(axis, tuple | list) else 1
    places = reductions.from_the_end(axis, source.ndim + count)
    sizes = iter(source.logical_shape)
    return reshape(source, [1 if place in places else next(sizes) for place in range(-source.ndim - count, 0)])


def broadcast_to(x: Operand, shape: Sizes) -> Array:
    """x repeated to the shape, by NumPy's rule."""
    source, target = as_array(x), as_sizes(shape)
    fits = all(size in (1, goal) for size, goal in zip(source.logical_shape[::-1], target[::-1], strict=False))
    if source.ndim > len(target):
        raise ShapeError(f"shape {source.logical_shape} has more axes than {target}, to which it is broadcast")
    if not fits:
        raise Undefined(f"shape {source.logical_shape} does not broadcast to {target}")
    return lift(source, len(target)).linear(lambda part: stretch(part, len(target), target), len(target))


def concat(xs: Sequence[Operand], axis: int = 0) -> Array:
    """The tensors one behind the other along the axis."""
    arrays = operands(*xs)
    if not arrays:
        raise ValueError("concat of no tensors")
    ndim = arrays[0].ndim
    if ndim == 0 or any(array.ndim != ndim for array in arrays):
        raise ShapeError(
            f"concat of tensors of {[array.ndim for array in arrays]} axes; need the same number, at least 1"
        )
    place = reductions.one_axis(axis, ndim)
    if len({_without(array.logical_shape, place) for array in arrays}) > 1:
        raise Undefined(f"concat along axis {axis} of shapes {[array.logical_shape for array in arrays]}")
    parts = {tags: np.concatenate(_same_loops(found, ndim), place) for tags, found in each_part(arrays)}
    return Array(parts, ndim, first_reason(arrays))


def stack(xs: Sequence[Operand], axis: int = 0) -> Array:
    """Tensors of one shape along a new axis."""
    arrays = operands(*xs)
    if not arrays:
        raise ValueError("stack of no tensors")
    if len({array.ndim for array in arrays}) > 1:
        raise ShapeError(f"stack of tensors of {[array.ndim for array in arrays]} axes; need the same number")
    if len({array.logical_shape for array in arrays}) > 1:
        raise Undefined(f"stack of shapes {[array.logical_shape for array in arrays]}")
    place = reductions.one_axis(axis, arrays[0].ndim + 1)
    return concat([expand_dims(array, place) for array in arrays], place)


_MODES = ("constant", "edge", "reflect", "symmetric", "wrap")


def pad(x: Operand, pad_width: Any, mode: str = "constant", constant_values: Any = 0) -> Array:
    """x with a border before and after each axis; widths, modes and constants as in numpy.pad."""
    source = floating(as_array(x))
    widths = [(int(as_size(b, "pad_width")), int(as_size(a, "pad_width"))) for b, a in _pairs(pad_width, source.ndim)]
    if any(width < 0 for pair in widths for width in pair):
        raise ValueError(f"pad_width {pad_width} holds a negative width")
    if mode not in _MODES:
        raise ValueError(f"pad with mode {mode!r}; need one of {_MODES}")
    if mode == "constant":
        return _with_constants(source, widths, constant_values)
    if isinstance(constant_values, tuple | list) or constant_values != 0:
        raise ValueError(f"constant_values do not go with mode {mode!r}")
    if any(size == 0 and pair != (0, 0) for size, pair in zip(source.logical_shape, widths, strict=True)):
        raise Undefined(f"an empty axis of a tensor of shape {source.logical_shape} is padded without a constant")

    def extend(part: Data) -> Data:
        loops = [(0, 0)] * (part.ndim - source.ndim)
        return np.pad(part, loops + widths, mode=mode) if part.ndim else part  # type: ignore[call-overload]

    return source.linear(extend, source.ndim)


def _with_constants(source: Array, widths: list[tuple[int, int]], constant_values: Any) -> Array:
    constants = [(float(before), float(after)) for before, after in _pairs(constant_values, source.ndim)]

    def extend(part: Data, values: list[tuple[float, float]]) -> Data:
        loops = [(0, 0)] * (part.ndim - source.ndim)
        return np.pad(part, loops + widths, constant_values=loops + values) if part.ndim else part

    zeros_around = [(0.0, 0.0)] * source.ndim
    padded = source.linear(lambda part: extend(part, zeros_around), source.ndim)
    return Array(padded.parts | {VALUE: extend(source.data, constants)}, source.ndim, source.reason)


def flip(x: Operand, axis: reductions.Axis = None) -> Array:
    """x in reverse order along the axes (all of them by default)."""
    source = as_array(x)
    places = reductions.from_the_end(axis, source.ndim)
    return source.linear(lambda part: np.flip(part, places), source.ndim)


def roll(x: Operand, shift: Sizes, axis: reductions.Axis = None) -> Array:
    """x with its entries moved on by `shift`, round the end; over the flattened tensor if there is no axis."""
    source = as_array(x)
    if axis is None:
        return reshape(roll(source.flatten(), shift, -1), source.logical_shape)
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    places = tuple(reductions.one_axis(each, source.ndim) for each in axes)
    shifts = as_sizes(shift)
    if len(shifts) != len(places) and 1 not in (len(shifts), len(places)):
        raise ValueError(f"roll by {shift} along {axis}; need one shift for each axis")
    return source.linear(lambda part: np.roll(part, shifts, places), source.ndim)


def diag(x: Operand, k: int = 0) -> Array:
    """The matrix with the vector x on its k-th diagonal; or the k-th diagonal of the matrix x."""
    source, offset = as_array(x), int(as_size(k, "k"))
    if source.ndim == 2:
        return source.linear(lambda part: np.diagonal(part, offset, -2, -1), 1)
    if source.ndim != 1:
        raise ShapeError(f"diag of a tensor of {source.ndim} axes; need 1 or 2")
    n = source.logical_shape[0]
    rows, columns = np.arange(n) + max(-offset, 0), np.arange(n) + max(offset, 0)

    def place(part: Data) -> Data:
        matrix = np.zeros((*part.shape[:-1], n + abs(offset), n + abs(offset)), part.dtype)
        matrix[..., rows, columns] = part
        return matrix

    return source.linear(place, 2)


def eye(n: int, m: int | None = None, k: int = 0) -> Array:
    """The (n, m) matrix (m = n by default) with ones on its k-th diagonal."""
    rows, columns = as_sizes((n, n if m is None else m))
    return as_array(np.eye(_natural(rows), _natural(columns), int(as_size(k, "k"))))


def ones(*shape: Sizes) -> Array:
    """A tensor of ones: `ones(2, 3)` or `ones((2, 3))`."""
    return full(shape[0] if len(shape) == 1 else shape, 1.0)


def zeros(*shape: Sizes) -> Array:
    """A tensor of zeros: `zeros(2, 3)` or `zeros((2, 3))`."""
    return full(shape[0] if len(shape) == 1 else shape, 0.0)


def full(shape: Sizes, value: Operand) -> Array:
    """A tensor with one value everywhere."""
    return broadcast_to(floating(as_array(value)), tuple(_natural(size) for size in as_sizes(shape)))


def arange(n: int) -> Array:
    """The vector 0, 1, ..., n - 1."""
    return as_array(np.arange(float(_natural(int(as_size(n, "n"))))))


def as_sizes(shape: Sizes) -> tuple[int, ...]:
    """One integer or a sequence of them as a tuple of plain ints."""
    sizes = shape if isinstance(shape, tuple | list) else (shape,)
    return tuple(int(as_size(size, "a size")) for size in sizes)


def _natural(size: int) -> int:
    if size < 0:
        raise Undefined(f"a tensor of size {size}")
    return size


def _completed(new: tuple[int, ...], old: tuple[int, ...]) -> tuple[int, ...]:
    """The new shape with its -1, if any, worked out."""
    known, entries = math.prod(size for size in new if size != -1), math.prod(old)
    if new.count(-1) > 1 or any(size < -1 for size in new):
        raise ValueError(f"shape {new}: sizes are not negative, and at most one is -1")
    if -1 in new and known and entries % known == 0:
        return tuple(entries // known if size == -1 else size for size in new)
    if -1 in new or known != entries:
        raise Undefined(f"shape {old} of {entries} entries is reshaped to {new}")
    return new


def _without(shape: tuple[int, ...], place: int) -> tuple[int, ...]:
    return tuple(size for axis, size in enumerate(shape) if axis != place + len(shape))


def _same_loops(parts: Sequence[Data], ndim: int) -> list[Data]:
    """The parts with the loop axes of all of them."""
    loops = np.broadcast_shapes(*(part.shape[: part.ndim - ndim] for part in parts))
    return [np.broadcast_to(part, loops + part.shape[part.ndim - ndim :]) for part in parts]


def _pairs(value: Any, ndim: int) -> list[tuple[Any, Any]]:
    """NumPy's short forms of `((before, after), ...)`: one number, one pair, or one pair (or number) for each axis."""
    if not isinstance(value, tuple | list):
        return [(value, value)] * ndim
    nested = [isinstance(item, tuple | list) for item in value]
    rows = list(value) if any(nested) else [value]
    if any(nested) != all(nested) or any(len(row) not in (1, 2) for row in rows) or len(rows) not in (1, ndim):
        raise ValueError(f"{value} is neither a number, nor one pair, nor a pair for each of {ndim} axes")
    pairs = [(row[0], row[-1]) for row in rows]
    return pairs * ndim if len(pairs) == 1 else pairs
