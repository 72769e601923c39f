"""Whether some sizes give tensors the lengths that they have, where a dimension is no plain name: 3 is no ``2*m``."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence

from symconv.claims.dimensions import Binary, Dimension, Negation, Number

_MOST = 20_000
"""Combinations of sizes that are tried; where there are more, the question stays open."""


def unattainable(measured: Sequence[tuple[Dimension, int]], known: Mapping[str, int]) -> tuple[str, ...]:
    """The names for which no positive integers give every dimension its length; none where some do, or it is open.

    >>> from symconv.claims import parse_dimension
    >>> unattainable([(parse_dimension("m*k"), 3)], {"k": 2})
    ('m',)
    >>> unattainable([(parse_dimension("m*k"), 4)], {"k": 2})
    ()
    """
    open_ones = [(d, length) for d, length in measured if not set(d.names) <= set(known)]
    names = tuple(dict.fromkeys(name for d, _ in open_ones for name in d.names if name not in known))
    largest = [_largest(name, open_ones, known) for name in names]
    if not names or None in largest or math.prod(n for n in largest if n is not None) > _MOST:
        return ()
    for row in itertools.product(*(range(1, n + 1) for n in largest if n is not None)):
        sizes = {**known, **dict(zip(names, row, strict=True))}
        if all(d.evaluate(sizes) == length for d, length in open_ones):
            return ()
    return names


def _largest(name: str, measured: Sequence[tuple[Dimension, int]], known: Mapping[str, int]) -> int | None:
    """What the size cannot exceed, by the dimension that says most; None where no dimension says so."""
    bounds = (_bound(name, d, length, known) for d, length in measured if name in d.names)
    return min((bound for bound in bounds if bound is not None), default=None)


def _bound(name: str, dimension: Dimension, length: int, known: Mapping[str, int]) -> int | None:
    parts = list(_parts(dimension))
    if not any(_may_shrink(part) for part in parts):
        return length  # a sum of products of positive integers is at least each of them
    divides = any(isinstance(part, Binary) and part.operator == "//" for part in parts)
    if divides or {*dimension.names} - {*known} != {name}:
        return None
    # A root of a polynomial over the integers divides its constant term.
    return abs(dimension.evaluate({**known, name: 0}) - length) or None


def _may_shrink(part: Dimension) -> bool:
    return isinstance(part, Negation) or part == Number(0) or (isinstance(part, Binary) and part.operator not in "+*")


def _parts(dimension: Dimension) -> Iterator[Dimension]:
    yield dimension
    match dimension:
        case Binary():
            yield from _parts(dimension.left)
            yield from _parts(dimension.right)
        case Negation():
            yield from _parts(dimension.operand)
