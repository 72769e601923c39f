"""Reading entries and slices. What lies outside has no value (NaN with its reason), or is 0 under `zero_extended`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from symconv.errors import ShapeError, Undefined
from symconv.numeric.arrays import Array, Data, Operand, wrap
from symconv.numeric.computed import Computed, as_size

Index: TypeAlias = int | Data
"""A position on an axis: a plain int inside it, or an integer ndarray of loop axes, anywhere."""


@dataclass(frozen=True)
class Reading:
    """What a key asks for: a basic NumPy key for the logical axes, then reads at computed positions."""

    basic: tuple[Any, ...]
    picks: tuple[tuple[int, Data], ...]
    """(axis of the result of `basic`, positions) for each axis that NumPy's basic indexing cannot read."""
    ndim: int
    """The number of logical axes after `basic`."""
    reason: str


def getitem(x: Array, key: object) -> Array:
    """x[key] as in NumPy, for integers, slices, None and ...; a computed index does not wrap."""
    return _read(x, key, wraps=True, outside=math.nan)


def zero_extended(x: Operand) -> ZeroExtended:
    """x continued by zeros on all sides: `zero_extended(x)[i + 1, -1]` takes any integers; none of them wraps."""
    return ZeroExtended(wrap(x))


@dataclass(frozen=True)
class ZeroExtended:
    """A tensor that is 0 outside its shape."""

    inside: Array

    @property
    def shape(self) -> tuple[Computed, ...]:
        return self.inside.shape

    @property
    def ndim(self) -> int:
        return self.inside.ndim

    def __getitem__(self, key: object) -> Array:
        return _read(self.inside, key, wraps=False, outside=0.0)


def _read(x: Array, key: object, *, wraps: bool, outside: float) -> Array:
    reading = _plan(_expanded(key, x.ndim), x.logical_shape, wraps)
    view = x.linear(lambda part: part[(..., *reading.basic)], reading.ndim)
    if not reading.picks:
        return view
    axes = [axis for axis, _ in reading.picks]
    positions = [position for _, position in reading.picks]
    result = view.linear(lambda part: _gather(part, reading.ndim, axes, positions, outside), reading.ndim - len(axes))
    reason = x.reason or (reading.reason if math.isnan(outside) else "")
    return Array(result.parts, result.ndim, reason)


def _expanded(key: object, ndim: int) -> list[Any]:
    """The key as one item per axis (and the Nones), its ellipsis or missing end filled with full slices."""
    items = list(key) if isinstance(key, tuple) else [key]
    dots = [place for place, item in enumerate(items) if item is ...]
    missing = ndim - sum(item is not None and item is not ... for item in items)
    if len(dots) > 1 or missing < 0:
        raise ShapeError(f"a tensor of {ndim} axes was indexed with {len(items)} items ({len(dots)} of them `...`)")
    place = dots[0] if dots else len(items)
    return items[:place] + [slice(None)] * missing + items[place + 1 :]


def _plan(items: list[Any], shape: tuple[int, ...], wraps: bool) -> Reading:
    basic: list[Any] = []
    picks: list[tuple[int, Data]] = []
    reason, kept, sizes = "", 0, iter(shape)
    for item in items:
        if item is None:
            step: Any = None
        elif isinstance(item, slice):
            next(sizes)
            step = _slice(item)
        else:
            size = next(sizes)
            step = _position(item, size, wraps)
            if not isinstance(step, int):
                reason = reason or _outside(step, size)
                picks.append((kept, step))
                step = slice(None)
        basic.append(step)
        kept += not isinstance(step, int)
    return Reading(tuple(basic), tuple(picks), kept, reason)


def is_index(value: object) -> bool:
    """Whether a value is one integer: literal, computed, or that of a loop."""
    if isinstance(value, Array):
        return value.ndim == 0 and value.dtype.kind == "i"
    return isinstance(value, int) and not isinstance(value, bool)


def _position(item: object, size: int, wraps: bool) -> Index:
    """The item as a plain int if it lies inside the axis, else as an ndarray of positions."""
    if isinstance(item, Array) and item.ndim == 0 and item.dtype.kind == "i" and item.data.ndim:
        return item.data
    if isinstance(item, Array | np.ndarray) and (item.ndim or item.dtype.kind not in "iu"):
        raise TypeError(f"a tensor of shape {item.shape} and type {item.dtype} cannot be an index; use integers")
    index = as_size(item, "an index")
    literal = not isinstance(item, Computed | Array)
    if wraps and literal and -size <= index < 0:
        index += size
    return int(index) if 0 <= index < size else np.asarray(int(index))


def _slice(item: slice) -> slice:
    """NumPy's slice, in which a bound below 0 counts from the end."""
    start, stop, step = (
        None if v is None else int(as_size(v, "a slice's bound")) for v in (item.start, item.stop, item.step)
    )
    if step == 0:
        raise (Undefined if isinstance(item.step, Computed | Array) else ValueError)("a slice's step is 0")
    return slice(start, stop, step)


def _outside(positions: Data, size: int) -> str:
    """Why some of the positions have no entry; nothing if all have one."""
    wrong = positions[(positions < 0) | (positions >= size)]
    return f"index {wrong.flat[0]} leaves an axis of size {size}" if wrong.size else ""


def _gather(part: Data, ndim: int, axes: list[int], positions: list[Data], outside: float) -> Data:
    """Read the given logical axes at the positions, loop point by loop point.

    Shapes: part (*loops, *logical), each position broadcasts with the loops -> (*loops, *logical without the axes).
    """
    loops = part.ndim - ndim
    front = np.moveaxis(part, [loops + axis for axis in axes], range(loops, loops + len(axes)))
    sizes = front.shape[loops : loops + len(axes)]
    holes = [(position < 0) | (position >= size) for position, size in zip(positions, sizes, strict=True)]
    if 0 in sizes:
        # There is no entry to read where everything is a hole; give NumPy one.
        front = np.zeros(front.shape[:loops] + (1,) * len(axes) + front.shape[loops + len(axes) :], part.dtype)
        sizes = (1,) * len(axes)
    inside = [np.clip(position, 0, size - 1) for position, size in zip(positions, sizes, strict=True)]
    own_loops = np.ogrid[tuple(slice(length) for length in front.shape[:loops])]
    result: Data = front[(*own_loops, *inside)]
    hole = np.logical_or.reduce(np.broadcast_arrays(*holes))
    if not hole.any():
        return result
    return np.where(hole[(..., *(None,) * (ndim - len(axes)))], outside, result)
