"""The notation of textbooks: sums and maxima over ranges, tensors by their entries, delta, zero extension."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from types import CellType, FunctionType
from typing import Any

from symconv.dispatch import Made, active_reading, operation, reading
from symconv.errors import ShapeError, Undefined, no_question_caught
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general import sets
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.terms import Term
from symconv.tensors.indexing import ZeroExtended
from symconv.tensors.tensor import (
    Index,
    IndexScalar,
    SymbolicTensor,
    as_index,
    as_shape,
    as_tensor,
    entry_or_tensor,
    show_shape,
)

Range = tuple[IndexTerm, IndexTerm]


@operation
def summation(f: Callable[..., Any], *ranges: Any) -> Any:
    """The sum of ``f(a, b, ...)`` over ranges, one for each parameter.

    A range ``n`` is 0 .. n-1, a range ``(1, n)`` is 1 .. n; a range that ends before it starts is empty, and its sum 0.

    >>> from symconv import summation, tensor
    >>> x = tensor("x", (3,))
    >>> summation(lambda i: i * x[i], 3)
    x[1] + 2*x[2]
    """
    variables, spans = _bound(f, ranges, "summation")
    body = _inside(f, variables, spans)

    def entry(index: Index) -> Term:
        return _nested(t.Sum, variables, spans, body.at(index))

    result = SymbolicTensor.defined(body.extents, entry)
    result.made = Made("summation", (variables, spans, body))
    return entry_or_tensor(result)


@operation
def maximum_over(f: Callable[..., Any], *ranges: Any) -> Any:
    """The largest ``f(a, b, ...)`` over ranges; undefined when a range is empty.

    >>> from symconv import maximum_over
    >>> maximum_over(lambda a, b: a - b, 3, (1, 2))
    1
    """
    variables, spans = _bound(f, ranges, "maximum_over")
    _refuse_empty(spans, "maximum_over")
    body = _inside(f, variables, spans)

    def entry(index: Index) -> Term:
        return _unless_empty(spans, _nested(t.MaxOver, variables, spans, body.at(index)))

    result = SymbolicTensor.defined(body.extents, entry)
    result.made = Made("maximum_over", (variables, spans, body))
    return entry_or_tensor(result)


@operation
def minimum_over(f: Callable[..., Any], *ranges: Any) -> Any:
    """The smallest ``f(a, b, ...)`` over ranges; undefined when a range is empty."""
    variables, spans = _bound(f, ranges, "minimum_over")
    _refuse_empty(spans, "minimum_over")
    body = _inside(f, variables, spans)

    def entry(index: Index) -> Term:
        return _unless_empty(spans, t.negate(_nested(t.MaxOver, variables, spans, t.negate(body.at(index)))))

    result = SymbolicTensor.defined(body.extents, entry)
    result.made = Made("minimum_over", (variables, spans, body))
    return entry_or_tensor(result)


@operation
def fromfunction(f: Callable[..., Any], shape: Any) -> Any:
    """The tensor whose entry at (i, j, ...) is ``f(i, j, ...)``.

    >>> from symconv import fromfunction
    >>> fromfunction(lambda i, j: 2 * i + j, (2, 2))
    tensor([[0, 1], [2, 3]])
    """
    if not callable(f):
        raise TypeError(f"fromfunction takes a function of the indices first, as in lambda i: x[i], not {f!r}")
    f, extents = _as_it_is(f, {}), as_shape(shape)

    def entry(index: Index) -> Term:
        with reading("symbolic"), no_question_caught():
            value = as_tensor(f(*map(IndexScalar, index)))
        if value.extents:
            raise ShapeError(
                f"fromfunction's function gives one entry, not a tensor of shape {show_shape(value.extents)}"
            )
        return value.at(())

    result = SymbolicTensor.defined(extents, entry)
    result.made = Made("fromfunction", (f, extents))
    return result


def _as_it_is(f: Any, copies: dict[Any, Any]) -> Any:
    """A function that sees the variables around it as they are now: its entries are asked for when the body has gone on
    and, in a loop, given these names other values.
    """
    if not isinstance(f, FunctionType) or not f.__closure__ or str(f.__module__).startswith("symconv."):
        return f
    if f in copies:
        return copies[f]
    known = tuple(CellType() if _is_filled(cell) else cell for cell in f.__closure__)
    copy = copies[f] = FunctionType(f.__code__, f.__globals__, f.__name__, f.__defaults__, known)
    copy.__kwdefaults__ = f.__kwdefaults__
    for cell, former in zip(known, f.__closure__, strict=True):
        if cell is not former:
            cell.cell_contents = _as_it_is(former.cell_contents, copies)
    return copy


def _is_filled(cell: CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018  # to read it is to ask
    except ValueError:
        return False
    return True


@operation
def kronecker_delta(i: Any, j: Any) -> Any:
    """1 where two indices are equal, else 0."""
    known = t.equals(as_index(i), as_index(j))
    return entry_or_tensor(SymbolicTensor((), lambda _: t.where(known, t.ONE, t.ZERO)))


@operation
def zero_extended(x: Any) -> Any:
    """A tensor with zeros all around it: any index is allowed.

    >>> from symconv import tensor, zero_extended
    >>> X = tensor("X", (2, 2))
    >>> zero_extended(X)[1, 0], zero_extended(X)[2, 0], zero_extended(X)[-1, 0]
    (X[1, 0], 0, 0)
    """
    return ZeroExtended(as_tensor(x))


def _bound(f: Callable[..., Any], ranges: Sequence[Any], name: str) -> tuple[list[IndexVar], list[Range]]:
    """Fresh bound variables, named as the function's parameters, and (start, length) of each range."""
    if not callable(f):
        raise TypeError(f"{name}(f, n) takes a function of the bound indices first, then a range for each, not {f!r}")
    names = [p.name for p in inspect.signature(f).parameters.values() if p.default is p.empty]
    if len(names) != len(ranges):
        raise TypeError(
            f"{name} was given a function of {len(names)} indices and {len(ranges)} ranges; "
            "give one range for each index"
        )
    spans = [_span(item) for item in ranges]
    return [IndexVar(item) for item in names], spans


def _span(item: Any) -> Range:
    if isinstance(item, (tuple, list)):
        if len(item) != 2:
            raise ValueError(f"a range is n (0 .. n-1) or (first, last), not {item!r}")
        first, last = as_index(item[0], "the start of a range"), as_index(item[1], "the end of a range")
        return first, last - first + 1
    return ix.ZERO, as_index(item, "the length of a range")


def _inside(f: Callable[..., Any], variables: list[IndexVar], spans: list[Range]) -> SymbolicTensor:
    with reading("symbolic"):
        return as_tensor(f(*(IndexScalar(ix.index(v) + start) for v, (start, _) in zip(variables, spans, strict=True))))


def _nested(node: type[t.Sum] | type[t.MaxOver], variables: list[IndexVar], spans: list[Range], body: Term) -> Term:
    for variable, (_, length) in zip(reversed(variables), reversed(spans), strict=True):
        body = node(variable, length, body)
    return body


def _unless_empty(spans: list[Range], extremum: Term) -> Term:
    """The extremum where no range is empty; elsewhere nothing, also within another maximum."""
    some = t.conjunction(*(t.at_least(length, 1) for _, length in spans))
    return t.where(some, extremum, t.power(t.ZERO, -1))


def _refuse_empty(spans: list[Range], name: str) -> None:
    if active_reading() is not None:  # within a claim only an entry that is asked for counts: see `_unless_empty`
        return
    for start, length in spans:
        if sets.is_nonnegative(length - 1) is False:
            raise Undefined(f"{name} over the empty range from {start} to {start + length - 1}")
