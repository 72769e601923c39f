"""Integers that a claim computed: sizes, free indices and what arithmetic makes of them."""

from __future__ import annotations

import math
import operator
from typing import Any

from symconv.errors import Undefined


class Computed(int):
    """An integer that comes from a size or a free index, not from the claim's text.

    It differs from `int` in two points: as an index it never wraps (`X[n - 3]` at n = 2 lies outside, while `X[-1]` is
    the last entry), and a division by zero has no value instead of ending the program: `1 / Computed(0)` is NaN, which
    `where` may still leave unchosen.

    >>> n = Computed(7)
    >>> type(2 * n - 1).__name__, n / 2, (n + 1) // 3
    ('Computed', 3.5, 2)
    """

    __slots__ = ()

    def __add__(self, other: Any) -> Any:
        return _computed(int.__add__(self, other))

    def __radd__(self, other: Any) -> Any:
        return _computed(int.__radd__(self, other))

    def __sub__(self, other: Any) -> Any:
        return _computed(int.__sub__(self, other))

    def __rsub__(self, other: Any) -> Any:
        return _computed(int.__rsub__(self, other))

    def __mul__(self, other: Any) -> Any:
        return _computed(int.__mul__(self, other))

    def __rmul__(self, other: Any) -> Any:
        return _computed(int.__rmul__(self, other))

    def __neg__(self) -> Computed:
        return Computed(-int(self))

    def __pos__(self) -> Computed:
        return self

    def __abs__(self) -> Computed:
        return Computed(abs(int(self)))

    def __floordiv__(self, other: Any) -> Any:
        _refuse_zero(self, other)
        return _computed(int.__floordiv__(self, other))

    def __rfloordiv__(self, other: Any) -> Any:
        _refuse_zero(other, self)
        return _computed(int.__rfloordiv__(self, other))

    def __mod__(self, other: Any) -> Any:
        _refuse_zero(self, other)
        return _computed(int.__mod__(self, other))

    def __rmod__(self, other: Any) -> Any:
        _refuse_zero(other, self)
        return _computed(int.__rmod__(self, other))

    def __truediv__(self, other: Any) -> Any:
        return math.nan if _is_zero(other) else int.__truediv__(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return math.nan if self == 0 and isinstance(other, int) else int.__rtruediv__(self, other)

    def __pow__(self, other: Any, modulo: Any = None) -> Any:
        return _integer_power(self, other, modulo)

    def __rpow__(self, other: Any, modulo: Any = None) -> Any:
        return _integer_power(other, self, modulo) if isinstance(other, int) else NotImplemented


def as_size(value: Any, name: str) -> int:
    """`value` as an integer (keeping `Computed`); TypeError for a float, a bool or a tensor."""
    if isinstance(value, Computed):
        return value
    try:
        if not isinstance(value, bool):
            return operator.index(value)
    except TypeError:
        pass
    raise TypeError(f"{name} is {value!r}; it must be an integer")


def _computed(value: Any) -> Any:
    return Computed(value) if type(value) is int else value


def _is_zero(value: object) -> bool:
    return isinstance(value, int) and value == 0


def _refuse_zero(numerator: object, denominator: object) -> None:
    if _is_zero(denominator) and isinstance(numerator, int):
        raise Undefined(f"{numerator} is divided by zero")


def _integer_power(base: Any, exponent: Any, modulo: Any) -> Any:
    if _is_zero(base) and isinstance(exponent, int) and exponent < 0:
        return math.nan
    return _computed(int.__pow__(int(base), exponent, modulo))
