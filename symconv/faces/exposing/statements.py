"""Equations as their author wrote them: by operations, with the names that the claim's function gives to tensors."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from symconv.claims import Claim
from symconv.errors import SymconvError
from symconv.faces.exposing.formulas import formula
from symconv.faces.exposing.sides import Sides, Written
from symconv.faces.exposition import Chain, Formula, Line, Named
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.evaluate import Evaluator
from symconv.printing import notation as n
from symconv.printing.entries import WrittenOut, nested
from symconv.printing.notation import Notation
from symconv.printing.operations import NoNotation, Operations
from symconv.printing.writing import TooLong, number
from symconv.tensors.indexing import ZeroExtended
from symconv.tensors.tensor import SymbolicTensor, as_tensor

_MOST_NUMBERS = 36


@dataclass(frozen=True)
class Statement:
    """One equation as written. ``ends`` are the entries of its first and last side at the chain's free indices."""

    chain: Chain
    entries: tuple[Formula | None, ...]
    operations: Operations


def statement(claim: Claim, reading: Written, number: int, origin: int) -> Statement | None:
    """The equation with this number, as whole tensors where all its sides have a notation, else by entries."""
    equation = reading.equations[number - 1]
    tensors = [equation[0].left, *(pair.right for pair in equation)]
    reasons = ["", *(pair.reason or "" for pair in equation)]
    sides = Sides(claim, origin, reading.ranges, [tensor.definition for tensor in tensors])
    operations = Operations(sides.scope, reading.names)
    entries = tuple(_tried(operations.spelled, x, sides.index if x.extents else ()) for x in tensors)
    whole = [_tried(operations.side, x) for x in tensors]
    by_entries = not all(whole) or not any(tensor.extents for tensor in tensors)
    shown = list(entries) if by_entries else whole
    if not all(shown):
        return None
    lines = tuple(Line(f, reason) for f, reason in zip(shown, reasons, strict=True) if f is not None)
    ranges = sides.ranges() if by_entries else None
    shown_at = sides.sizes(reading)
    return Statement(Chain(number, lines, ranges, entries=by_entries, sizes=shown_at), entries, operations)


def _tried(write: Callable[..., Notation], *arguments: Any) -> Formula | None:
    try:
        return formula(write(*arguments))
    except (NoNotation, TooLong, SymconvError):
        return None


def definitions(operations: Operations) -> Iterator[Named]:
    """What the names that were used stand for, those that these use in their turn included."""
    done: set[str] = set()
    while left := [name for name in operations.named if name not in done]:
        done.add(left[0])
        symbol, value = operations.named[left[0]]
        found = _definition(operations, symbol, value)
        if found is not None:
            yield Named(left[0], *found)


def _definition(operations: Operations, symbol: Notation, value: Any) -> tuple[Formula, Formula] | None:
    literal = _numbers(value)
    if literal is not None:
        return formula(symbol), formula(literal)
    inner = Operations(operations.scope.fork(), operations.names)
    inner.named = operations.named
    try:
        return formula(symbol), formula(inner.written(value))
    except NoNotation:
        pass
    if not isinstance(value, SymbolicTensor):
        value = as_tensor(value)
    axes = inner.scope.axes(value.extents)
    try:
        entry = inner.spelled(value, tuple(map(ix.index, axes)))
    except (NoNotation, TooLong, SymconvError):
        return None
    places = tuple(n.Symbol(inner.scope.symbol(axis)) for axis in axes)
    return formula(n.Subscripted(symbol, places) if places else symbol), formula(entry)


def _numbers(value: Any) -> Notation | None:
    """A literal of few numbers as a matrix."""
    if isinstance(value, ZeroExtended):
        return None
    try:
        tensor = as_tensor(value)
    except (TypeError, ValueError, SymconvError):
        return None
    shape = tuple(size.constant for size in tensor.extents)
    if not shape or None in shape or not 0 < math.prod(size or 0 for size in shape) <= _MOST_NUMBERS:
        return None
    evaluator = Evaluator(WrittenOut(), {})

    def entry(position: tuple[int, ...]) -> Notation:
        found = evaluator.value(tensor.at(tuple(map(ix.index, position))))
        if not isinstance(found, t.Number):
            raise NoNotation
        return number(found.value)

    try:
        return nested(tuple(size or 0 for size in shape), entry)
    except (NoNotation, SymconvError, KeyError):
        return None
