"""Indexing with NumPy's meaning: integers, sizes, indices, slices, ``None`` and ``...``.

A literal negative integer counts from the end. An index that is computed never wraps: outside of its axis it is
undefined.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symconv.dispatch import Made, active_reading
from symconv.errors import OpenOrder, ShapeError, Undecided, Undefined
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general import sets
from symconv.kernel.index import IndexTerm
from symconv.tensors.tensor import (
    BooleanTensor,
    Index,
    Shape,
    SymbolicTensor,
    as_index,
    entry_or_tensor,
    guarded,
    is_integer,
    show_shape,
)

# What one item of the key does: it uses up a part of the result's index and gives the index on one axis of the source.
Axis = Callable[[IndexTerm], IndexTerm]


def take(tensor: SymbolicTensor, key: tuple[Any, ...]) -> SymbolicTensor:
    """``tensor[key]``."""
    key = _full_key(tensor, key)
    shape: list[IndexTerm] = []
    readers: list[IndexTerm | Axis] = []
    inside = True
    axis = 0
    for item in key:
        if item is None:
            shape.append(ix.ONE)
            continue
        extent = tensor.extents[axis]
        if isinstance(item, slice):
            count, reader = _slice(item, extent)
            shape.append(count)
            readers.append(reader)
        else:
            position, known = _position(item, extent, axis, tensor)
            readers.append(position)
            inside = inside and known
        axis += 1
    new_axes = [place for place, item in enumerate(_result_axes(key)) if item is None]
    read = tensor.at if inside else _checked(tensor)
    return SymbolicTensor(tuple(shape), lambda index: read(_source_index(index, readers, new_axes)))


def _full_key(tensor: SymbolicTensor, key: tuple[Any, ...]) -> tuple[Any, ...]:
    """The key with ``...`` and missing axes written out as full slices."""
    for item in key:
        if isinstance(item, (list, BooleanTensor)) or (isinstance(item, SymbolicTensor) and item.extents):
            raise TypeError(
                "a tensor is indexed by integers, sizes, indices, slices, None and ..., not by lists or tensors"
            )
    used = sum(item is not None and item is not Ellipsis for item in key)
    if used > tensor.ndim:
        raise ShapeError(f"{used} indices for a tensor of {tensor.ndim} axes, shape {show_shape(tensor.extents)}")
    dots = [place for place, item in enumerate(key) if item is Ellipsis]
    if len(dots) > 1:
        raise ShapeError("an index has at most one ...")
    place = dots[0] if dots else len(key)
    return (*key[:place], *[slice(None)] * (tensor.ndim - used), *key[place + 1 :])


def _result_axes(key: tuple[Any, ...]) -> list[Any]:
    return [item for item in key if item is None or isinstance(item, slice)]


def _source_index(index: Index, readers: list[IndexTerm | Axis], new_axes: list[int]) -> Index:
    left = iter([i for place, i in enumerate(index) if place not in new_axes])
    return tuple(reader if isinstance(reader, IndexTerm) else reader(next(left)) for reader in readers)


def _checked(tensor: SymbolicTensor) -> Callable[[Index], t.Term]:
    """Reading that finds out, at fixed sizes, whether the index is inside."""
    return lambda index: t.Read(tensor.definition, index)


def _position(item: Any, extent: IndexTerm, axis: int, tensor: SymbolicTensor) -> tuple[IndexTerm, bool]:
    """The index on an axis, and whether it is known to be inside."""
    position = as_index(item, "an index")
    if is_integer(item) and item < 0:
        position = position + extent
    low, high = ix.is_nonnegative(position), ix.is_nonnegative(extent - 1 - position)
    # Within a claim only an entry that is needed counts: an empty sum, or a `where`, may never ask for this one.
    if (low is False or high is False) and active_reading() is None:
        raise Undefined(f"index {item!r} is outside axis {axis} of a tensor of shape {show_shape(tensor.extents)}")
    return position, bool(low and high)


def _slice(item: slice, extent: IndexTerm) -> tuple[IndexTerm, Axis]:
    """The number of entries that a slice keeps, and where they are."""
    step = ix.ONE if item.step is None else as_index(item.step, "a slice's step")
    if step.constant == 0:
        raise (ValueError if is_integer(item.step) else Undefined)("a slice's step is 0")
    if sets.is_nonnegative(step - 1):
        start = ix.ZERO if item.start is None else clip(_from_end(item.start, extent), ix.ZERO, extent)
        stop = extent if item.stop is None else clip(_from_end(item.stop, extent), ix.ZERO, extent)
        length = larger(ix.ZERO, stop - start)
        count = -((-length) // step)
    elif sets.is_nonnegative(-step - 1):
        last = extent - 1
        start = last if item.start is None else clip(_from_end(item.start, extent), ix.index(-1), last)
        stop = ix.index(-1) if item.stop is None else clip(_from_end(item.stop, extent), ix.index(-1), last)
        length = larger(ix.ZERO, start - stop)
        count = -((-length) // -step)
    else:
        raise Undecided(f"whether the step {step} is positive, negative or 0 depends on the sizes")
    return count, lambda i: start + step * i


def _from_end(bound: Any, extent: IndexTerm) -> IndexTerm:
    """A bound below 0 counts from the end, as in NumPy, so that its sign has to be known."""
    position = as_index(bound, "a slice's bound")
    known = sets.is_nonnegative(position)
    if known is None:
        raise OpenOrder(f"whether the bound {position} of a slice is less than 0 depends on the sizes", position)
    return position if known else position + extent


def larger(left: IndexTerm, right: IndexTerm) -> IndexTerm:
    """The larger of two index terms; raises `OpenOrder` when that depends on the sizes."""
    return left if _is_at_least(left, right) else right


def smaller(left: IndexTerm, right: IndexTerm) -> IndexTerm:
    """The smaller of two index terms; raises `OpenOrder` when that depends on the sizes."""
    return right if _is_at_least(left, right) else left


def _is_at_least(left: IndexTerm, right: IndexTerm) -> bool:
    """Whether ``left >= right``. What is clipped usually lies within: above what is left, below what is right."""
    if sets.is_nonnegative(right - left):
        return False
    known = sets.is_nonnegative(left - right)
    if known is None:
        raise OpenOrder(f"which of {left} and {right} is larger depends on the sizes", right - left)
    return known


def clip(value: IndexTerm, low: IndexTerm, high: IndexTerm) -> IndexTerm:
    """The value moved into ``low .. high``, as NumPy clips the bounds of a slice."""
    return larger(low, smaller(value, high))


class ZeroExtended:
    """A tensor with zeros all around it, made by `zero_extended`; any index is allowed."""

    def __init__(self, tensor: SymbolicTensor) -> None:
        self.tensor = tensor

    def __getitem__(self, key: Any) -> Any:
        items = key if isinstance(key, tuple) else (key,)
        tensor = self.tensor
        if len(items) > tensor.ndim or any(
            isinstance(item, slice) or item is None or item is Ellipsis for item in items
        ):
            raise ShapeError(
                f"zero_extended(X)[...] takes integers, sizes or indices, at most one for each of the "
                f"{tensor.ndim} axes; for a whole "
                "tensor with a border of zeros use pad"
            )
        position = tuple(as_index(item) for item in items)
        rest: Shape = tensor.extents[len(items) :]
        guard = t.inside(position, tensor.extents[: len(items)])
        result = SymbolicTensor(rest, lambda index: guarded(guard, tensor, position + index, t.ZERO))
        result.made = Made("getitem", (self, items))
        return entry_or_tensor(result)
