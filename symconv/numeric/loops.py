"""Textbook notation: sums, extremes and tables over bound indices, each body called once for a whole range."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from symconv.errors import ShapeError, Undefined
from symconv.numeric import reductions, shaping
from symconv.numeric.arithmetic import add, maximum, negative, where
from symconv.numeric.arrays import (
    VALUE,
    Array,
    Data,
    LoopNeeded,
    Operand,
    as_array,
    floating,
    undefined,
)
from symconv.numeric.computed import Computed, as_size

Body: TypeAlias = Callable[..., Operand]
Range: TypeAlias = "int | Array | tuple[int | Array, int | Array]"

MOST_POINTS = 4_000_000
"""Ranges are cut into pieces so that no more loop points than this are computed at once."""

_open: ContextVar[tuple[int, ...]] = ContextVar("open loops", default=())
"""The lengths of the loops that are running, outermost first."""


@dataclass(frozen=True)
class Interval:
    """The integers first, ..., last, both scalars that may depend on outer loops; empty if last < first."""

    first: Array
    last: Array

    @property
    def longest(self) -> int:
        """The number of integers, at the loop point that has most."""
        lengths = (self.last - self.first).data + 1
        return max(int(lengths.max(initial=0)), 0)

    @property
    def is_ragged(self) -> bool:
        return self.first.data.size > 1 or self.last.data.size > 1


@dataclass(frozen=True)
class Fold:
    """How the values along an index become one: a piece at a time, then the pieces."""

    filler: float
    reduce: Callable[[Array], Array]
    combine: Callable[[Array, Array], Array]


_SUM = Fold(0, lambda values: reductions.sum(values, 0), add)
_MAXIMUM = Fold(-math.inf, lambda values: _largest(values), lambda a, b: maximum(a, b))
_TABLE = Fold(0, lambda values: values, lambda a, b: shaping.concat([a, b]))


def summation(f: Body, *ranges: Range) -> Array:
    """The sum of f over its indices: `n` means 0..n-1, `(lo, hi)` means lo..hi; empty if hi < lo."""
    return _nested(f, ranges, lambda body, interval: _fold(body, interval, _SUM))


def maximum_over(f: Body, *ranges: Range) -> Array:
    """The largest value of f over its indices; undefined over none."""
    return _nested(f, ranges, _maximum)


def minimum_over(f: Body, *ranges: Range) -> Array:
    """The smallest value of f over its indices; undefined over none."""
    return negative(maximum_over(lambda *indices: negative(f(*indices)), *ranges))


def fromfunction(f: Body, shape: Any) -> Array:
    """The tensor whose entry at i, j, ... is f(i, j, ...)."""

    def scalar(*indices: Array) -> Array:
        value = as_array(f(*indices))
        if value.ndim:
            raise ShapeError(f"fromfunction of a function with values of shape {value.logical_shape}; need scalars")
        return value

    sizes = shaping.as_sizes(shape)
    if any(size < 0 for size in sizes):
        raise Undefined(f"a tensor of shape {sizes}")
    if not sizes:
        return scalar()
    table = _nested(scalar, sizes, lambda body, interval: _fold(body, interval, _TABLE))
    return table if table.dtype.kind == "b" else floating(table)


def depth() -> int:
    """The number of loops that are running."""
    return len(_open.get())


def points() -> int:
    """The number of loop points at which everything is computed at once."""
    return math.prod(_open.get())


@contextmanager
def opened(length: int) -> Iterator[None]:
    """Run a body inside one more loop, whose values have its axis on the left."""
    token = _open.set((*_open.get(), length))
    try:
        yield
    finally:
        _open.reset(token)


def pieces(length: int, step: int) -> list[tuple[int, int]]:
    """[0, length) cut into [start, stop) of at most `step`; one empty piece if there is nothing to cut."""
    return [(start, min(start + step, length)) for start in range(0, length, step)] or [(0, 0)]


def loop_to_axis(value: Array, length: int) -> Array:
    """Make the axis of the loop just left into the first logical axis. Shapes: (...) -> (length, ...)."""

    def move(part: Data) -> Data:
        loops = part.ndim - value.ndim
        full = part.reshape((1,) * (depth() + 1 - loops) + part.shape)
        stretched = np.broadcast_to(full, (length, *full.shape[1:]))
        return np.moveaxis(stretched, 0, depth())

    return value.linear(move, value.ndim + 1)


def _nested(f: Body, ranges: tuple[Range, ...], fold: Callable[[Body, Interval], Array]) -> Array:
    """Fold over the last range inside the one before it, and so on."""
    if not ranges:
        raise TypeError("no range was given; need one for each index")
    intervals = [_interval(given) for given in ranges]

    def at(*indices: Array) -> Array:
        if len(indices) == len(intervals):
            return as_array(f(*indices))
        return fold(lambda index: at(*indices, index), intervals[len(indices)])

    return at()


def _interval(given: Range) -> Interval:
    first, last = given if isinstance(given, tuple | list) else (0, given - 1)
    return Interval(_end(first), _end(last))


def _end(value: int | Array) -> Array:
    array = as_array(value)
    if array.ndim or array.dtype.kind != "i":
        raise TypeError(f"the end of a range is {value!r}; it must be an integer")
    return array


def _fold(body: Body, interval: Interval, fold: Fold) -> Array:
    """Call the body once for the whole range, or for each index where it needs the index as a Python int."""
    try:
        return _fold_at_once(body, interval, fold)
    except LoopNeeded as need:
        if need.level != depth() + 1:
            raise
        return _fold_one_by_one(body, interval, fold)


def _fold_at_once(body: Body, interval: Interval, fold: Fold) -> Array:
    result: Array | None = None
    for start, stop in pieces(interval.longest, max(1, MOST_POINTS // max(1, points()))):
        piece = fold.reduce(_values(body, interval, start, stop, fold.filler))
        result = piece if result is None else fold.combine(result, piece)
    return shaping.zeros() if result is None else result


def _values(body: Body, interval: Interval, start: int, stop: int, filler: float) -> Array:
    """The body at `first + start` up to (not) `first + stop`. Shapes: body (...) -> (stop - start, ...)."""
    offsets = np.arange(start, stop).reshape(-1, *(1,) * depth())
    index = interval.first + Array({VALUE: offsets}, 0)
    with opened(stop - start):
        value = as_array(body(index))
    values = loop_to_axis(value, stop - start)
    if not interval.is_ragged:
        return values
    exists = loop_to_axis(index <= interval.last, stop - start)
    return where(shaping.reshape(exists, (-1, *(1,) * value.ndim)), values, filler)


def _fold_one_by_one(body: Body, interval: Interval, fold: Fold) -> Array:
    first, last = as_size(interval.first, "a range's end"), as_size(interval.last, "a range's end")
    result: Array | None = None
    for index in range(first, last + 1):
        piece = fold.reduce(shaping.expand_dims(body(Computed(index)), 0))
        result = piece if result is None else fold.combine(result, piece)
    return shaping.zeros(()) if result is None else result


def _maximum(body: Body, interval: Interval) -> Array:
    largest = _fold(body, interval, _MAXIMUM)
    exists = interval.first <= interval.last
    return largest if exists.data.all() else where(exists, largest, undefined("a maximum over an empty range"))


def _largest(values: Array) -> Array:
    """The maximum along the first axis, -inf if it is empty."""
    if values.logical_shape[0]:
        return reductions.max(values, 0)
    return shaping.full(values.logical_shape[1:], -math.inf)
