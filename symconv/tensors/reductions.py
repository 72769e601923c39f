"""Sums, extremes, averages and products over axes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from symconv.dispatch import active_reading, operation
from symconv.errors import Undecided, Undefined
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.index import IndexTerm
from symconv.kernel.terms import Term
from symconv.tensors.shaping import axes_of, axis_of, reshaped
from symconv.tensors.tensor import Index, Shape, SymbolicTensor, as_tensor, elementwise, entry_or_tensor, show_shape

Body = Callable[[Index], Term]
Fold = Callable[[Shape, Body], Term]


@operation
def sum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The sum over the axes (all of them by default); 0 over an empty one.

    y[i] = sum(x[i, a] for a in range(n))  for axis 1 of x (m, n)

    Shapes: the axes summed over are left out, or have extent 1 with keepdims.
    Raises: ShapeError for an axis that x does not have; ValueError for one named twice.

    >>> from symconv import sum, tensor
    >>> sum(tensor("x", (2, 2)), axis=0)
    tensor([x[0, 0] + x[1, 0], x[0, 1] + x[1, 1]])
    """
    source = as_tensor(x)
    return entry_or_tensor(reduced(t.sum_over, source, axes_of(axis, source.ndim), keepdims))


@operation
def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The average over the axes (all of them by default): their sum divided by the number of entries.

    Raises: Undefined over no entries.

    >>> from symconv import mean
    >>> mean([[1, 2], [3, 5]], axis=1)
    tensor([3/2, 4])
    """
    source = as_tensor(x)
    return entry_or_tensor(averaged(source, axes_of(axis, source.ndim), keepdims))


@operation
def var(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The average squared distance from the mean over the axes, as NumPy's default: over all n entries, not n - 1.

    PyTorch's default divides by n - 1: that is ``var(x) * n / (n - 1)``.
    Raises: Undefined over no entries.

    >>> from symconv import var
    >>> var([1, 2, 6])
    14/3
    """
    source = as_tensor(x)
    axes = axes_of(axis, source.ndim)
    centre = averaged(source, axes, keepdims=True)
    squares = elementwise(lambda entry, middle: t.power(t.subtract(entry, middle), 2), source, centre)
    return entry_or_tensor(averaged(squares, axes, keepdims))


@operation
def max(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The largest entry over the axes (all of them by default).

    Raises: Undefined over no entries.

    >>> from symconv import max
    >>> max([[1, 5], [4, 2]], axis=0)
    tensor([4, 5])
    """
    source = as_tensor(x)
    return entry_or_tensor(largest(source, axes_of(axis, source.ndim), keepdims))


@operation
def min(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The smallest entry over the axes (all of them by default): min(x) = -max(-x).

    Raises: Undefined over no entries.

    >>> from symconv import min
    >>> min([[1, 5], [4, 2]])
    1
    """
    source = as_tensor(x)
    negative = SymbolicTensor(source.extents, lambda index: t.negate(source.at(index)))
    found = largest(negative, axes_of(axis, source.ndim), keepdims, "minimum")
    return entry_or_tensor(SymbolicTensor(found.extents, lambda index: t.negate(found.at(index))))


@operation
def prod(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The product over the axes (all of them by default), whose extents are numbers; 1 over an empty one.

    Raises: Undecided for an axis whose extent is a symbol.

    >>> from symconv import prod, tensor
    >>> prod(tensor("x", (3,)))
    x[0]*x[1]*x[2]
    """
    source = as_tensor(x)
    axes = axes_of(axis, source.ndim)
    if any(source.extents[place].constant is None for place in axes):
        raise Undecided(f"the product over the axes {axes} of shape {show_shape(source.extents)}, of symbolic length")
    return entry_or_tensor(reduced(_product_over, source, axes, keepdims))


@operation
def cumsum(x: Any, axis: Any = None) -> Any:
    """Running sums along an axis; of the flattened tensor by default.

    y[i] = x[0] + ... + x[i]

    >>> from symconv import cumsum
    >>> cumsum([1, 2, 5])
    tensor([1, 3, 8])
    """
    source = as_tensor(x)
    if axis is None:
        source, axis = reshaped(source, (ix.product(source.extents),)), 0
    place = axis_of(axis, source.ndim)

    def entry(index: Index) -> Term:
        return t.sum_over((index[place] + 1,), lambda a: source.at((*index[:place], *a, *index[place + 1 :])))

    return SymbolicTensor.defined(source.extents, entry)


def reduced(fold: Fold, x: SymbolicTensor, axes: tuple[int, ...], keepdims: bool) -> SymbolicTensor:
    """``fold(extents, body)`` of each part of ``x`` that lies along the axes."""
    extents = tuple(x.extents[axis] for axis in axes)
    shape = tuple(ix.ONE if axis in axes else n for axis, n in enumerate(x.extents) if keepdims or axis not in axes)

    def entry(index: Index) -> Term:
        kept = [i for place, i in enumerate(index) if not (keepdims and place in axes)]
        return fold(extents, lambda inner: x.at(_merged(kept, inner, axes)))

    return SymbolicTensor.defined(shape, entry)


def averaged(x: SymbolicTensor, axes: tuple[int, ...], keepdims: bool) -> SymbolicTensor:
    """The sum over the axes divided by the number of entries."""
    count = _count(x, axes, "mean")
    total = reduced(t.sum_over, x, axes, keepdims)
    return SymbolicTensor(total.extents, lambda index: t.divide(total.at(index), t.index_number(count)))


def largest(x: SymbolicTensor, axes: tuple[int, ...], keepdims: bool, name: str = "maximum") -> SymbolicTensor:
    """The maximum over the axes. Where the sizes may leave no entries, that case is written as undefined."""
    some = t.at_least(_count(x, axes, name), 1)

    def fold(extents: Shape, body: Body) -> Term:
        return t.where(some, t.max_over(extents, body), t.power(t.ZERO, -1))

    return reduced(fold, x, axes, keepdims)


def _count(x: SymbolicTensor, axes: tuple[int, ...], name: str) -> IndexTerm:
    """How many entries are reduced to one. For none, `Undefined` outside of a claim; within one it is the entry of the
    result that has no value, if it is asked for at all.
    """
    count = ix.product(x.extents[axis] for axis in axes)
    if count.constant == 0 and active_reading() is None:
        raise Undefined(f"the {name} of no entries, of a tensor of shape {show_shape(x.extents)} over the axes {axes}")
    return count


def _merged(kept: list[IndexTerm], inner: Index, axes: tuple[int, ...]) -> Index:
    """The index of an entry from the part outside the axes and the part along them."""
    outside = iter(kept)
    return tuple(inner[axes.index(axis)] if axis in axes else next(outside) for axis in range(len(kept) + len(axes)))


def _product_over(extents: Shape, body: Body) -> Term:
    """The product over literal extents, written out."""
    positions = itertools.product(*(range(n.constant or 0) for n in extents))
    return t.multiply(*(body(tuple(map(ix.index, position))) for position in positions))
