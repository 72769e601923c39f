"""Tensors from nothing: literals, ones and zeros, and symbolic tensors to play with."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symconv.dispatch import Made, active_reading, operation
from symconv.errors import ClaimError, ShapeError
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.terms import Term
from symconv.tensors.tensor import (
    Index,
    SymbolicTensor,
    as_index,
    as_shape,
    as_tensor,
    entry_or_tensor,
    exact,
    same_extent,
    show_shape,
)


def tensor(name: str, shape: Any = (), *, positive: bool = False) -> SymbolicTensor:
    """A tensor of independent real unknowns, to play with. Its entries are SymPy expressions.

    >>> from symconv import conv2d, tensor
    >>> X = tensor("X", (3, 3))
    >>> conv2d(X, [[0, 0, 0], [0, -1, 0], [0, 1, 0]], padding=1)[0, 0]
    -X[0, 0] + X[1, 0]
    """
    if active_reading() is not None:
        raise ClaimError(f"tensor({name!r}, ...) within a claim; the unknowns of a claim are its parameters")
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"a tensor's name is a Python identifier, not {name!r}")
    return variable_tensor(t.Variable(name, as_shape(shape), "positive" if positive else "real"))


def variable_tensor(variable: t.Variable) -> SymbolicTensor:
    """The tensor of a variable's entries."""
    tensor = SymbolicTensor(variable.shape, lambda index: t.Entry(variable, index))
    tensor.made = Made("variable", (variable,))
    return tensor


@operation
def array(values: Any) -> Any:
    """A literal tensor from nested lists of numbers, scalars or tensors; numbers are exact.

    >>> from symconv import array
    >>> array([[0, -1], [0.5, 0]])
    tensor([[0, -1], [1/2, 0]])
    """
    if not isinstance(values, (list, tuple)):
        return as_tensor(values)
    if not values:
        return zeros(0)
    parts = [as_tensor(value) for value in values]
    inner = parts[0].extents
    for part in parts:
        if len(part.extents) != len(inner) or not all(map(same_extent, part.extents, inner)):
            raise ShapeError(
                f"nested lists of one array have one shape, not {show_shape(inner)} and {show_shape(part.extents)}"
            )

    def entry(index: Index) -> Term:
        position = index[0].constant
        if position is not None:
            return parts[position].at(index[1:])
        return _chosen(parts, index, 0)

    return SymbolicTensor((ix.index(len(parts)), *inner), entry)


def _chosen(parts: Sequence[SymbolicTensor], index: Index, place: int) -> Term:
    """The entry of the part that a symbolic first index names."""
    here = parts[place].at(index[1:])
    if place == len(parts) - 1:
        return here
    return t.where(t.equals(index[0], place), here, _chosen(parts, index, place + 1))


def from_numpy(values: Any) -> SymbolicTensor:
    """A NumPy array's numbers, exact: a short decimal as printed, any other float as the binary fraction it is."""

    def number(value: Any) -> Term:
        try:
            return exact(value)
        except ValueError:
            return t.number(Fraction(value))

    if values.ndim == 0:
        return SymbolicTensor((), lambda _: number(values.item()))
    return (
        as_tensor([from_numpy(part) for part in values])
        if len(values)
        else SymbolicTensor(as_shape(values.shape), lambda _: t.ZERO)
    )


def _shape_of(shape: tuple[Any, ...]) -> tuple[ix.IndexTerm, ...]:
    """Extents from ``ones(2, 3)`` and from ``ones((2, 3))``."""
    return as_shape(shape[0] if len(shape) == 1 else shape)


@operation
def ones(*shape: Any) -> Any:
    """A tensor of ones: ``ones(2, 3)`` or ``ones((2, 3))``."""
    return entry_or_tensor(SymbolicTensor(_shape_of(shape), lambda _: t.ONE))


@operation
def zeros(*shape: Any) -> Any:
    """A tensor of zeros: ``zeros(2, 3)`` or ``zeros((2, 3))``."""
    return entry_or_tensor(SymbolicTensor(_shape_of(shape), lambda _: t.ZERO))


@operation
def full(shape: Any, value: Any) -> Any:
    """A tensor with every entry equal to a scalar."""
    entry = as_tensor(value)
    if entry.extents:
        raise ShapeError(f"full takes a scalar, not a tensor of shape {show_shape(entry.extents)}")
    return entry_or_tensor(SymbolicTensor(as_shape(shape), lambda _: entry.at(())))


@operation
def eye(n: Any, m: Any = None, k: int = 0) -> Any:
    """The n x m matrix (n x n by default) with ones where the column is the row plus k.

    >>> from symconv import eye
    >>> eye(2)
    tensor([[1, 0], [0, 1]])
    """
    rows = as_index(n, "the number of rows")
    columns = rows if m is None else as_index(m, "the number of columns")
    offset = as_index(k, "the offset")
    return SymbolicTensor(
        as_shape((rows, columns)), lambda index: t.where(t.equals(index[1], index[0] + offset), t.ONE, t.ZERO)
    )


@operation
def arange(n: Any) -> Any:
    """The vector 0, 1, ..., n - 1."""
    return SymbolicTensor(as_shape(n), lambda index: t.index_number(index[0]))
