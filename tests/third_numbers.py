"""The numbers of the third reading: exact rationals, 80 digits where a function leaves them, and what has no value.

A number is a `Fraction`, an `mpf` (an irrational value to 80 digits), a float infinity (the padding of a maximum), or
`Nothing`, which stands for a value that does not exist: it spreads through arithmetic, so that `where` may leave it
unchosen. What 80 digits cannot tell apart is a `Doubt`, which spreads as well: it settles nothing and is no answer.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from mpmath import mp, mpf

mp.dps = 80
NEAR = mpf(10) ** -25


class Undefined(Exception):
    """The claim has no value at this point."""


class Unclear(Exception):
    """What makes a number a `Doubt`."""


class OutOfTime(Exception):
    """The judge's own limit."""


class Nothing:
    """A value that does not exist."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __repr__(self) -> str:
        return f"undefined ({self.reason})"


class Doubt(Nothing):
    """A value that settles nothing: the slope at a kink, or what hangs on a comparison that 80 digits do not decide."""


class Clock:
    """The judge's time; every loop asks it."""

    end = math.inf

    @classmethod
    def allow(cls, seconds: float) -> None:
        cls.end = time.monotonic() + seconds

    @classmethod
    def tick(cls) -> None:
        if time.monotonic() > cls.end:
            raise OutOfTime


def number(value: Any) -> Any:
    """An entry as a number of the third reading; a decimal literal is read by its shortest decimal."""
    if isinstance(value, Fraction | mpf | Nothing | bool):
        return value
    if isinstance(value, int):
        return Fraction(int(value))
    if isinstance(value, float):
        return value if math.isinf(value) else Fraction(Decimal(repr(value)))
    if hasattr(value, "item"):
        return number(value.item())
    raise TypeError(f"{value!r} is no number")


def near(a: Any, b: Any) -> bool:
    """Whether two numbers, one of them irrational, cannot be told apart."""
    return bool(abs(add(a, neg(b))) <= NEAR * (1 + abs(a)))


def exact(*values: Any) -> bool:
    return all(isinstance(v, Fraction | float | bool) for v in values)


def lifted(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of numbers that has no value where an argument has none."""

    def with_nothing(*values: Any) -> Any:
        missing = [value for value in values if isinstance(value, Nothing)]
        if missing:
            return next((value for value in missing if isinstance(value, Doubt)), missing[0])
        return settled(lambda: _checked(function(*values)))

    return with_nothing


def settled(compute: Callable[[], Any]) -> Any:
    """A value, or the doubt that stands in its way."""
    try:
        return compute()
    except Unclear as doubt:
        return Doubt(str(doubt))


def _checked(value: Any) -> Any:
    return Nothing("infinity - infinity, or 0 times it") if isinstance(value, float) and math.isnan(value) else value


@lifted
def add(a: Any, b: Any) -> Any:
    return b + a if isinstance(a, Fraction) and isinstance(b, mpf) else a + b


@lifted
def neg(a: Any) -> Any:
    return -a


@lifted
def mul(a: Any, b: Any) -> Any:
    if any(isinstance(v, Fraction) and v == 0 for v in (a, b)) and not any(isinstance(v, float) for v in (a, b)):
        return Fraction(0)  # exactly, also times an irrational number
    return b * a if isinstance(a, Fraction) and isinstance(b, mpf) else a * b


@lifted
def div(a: Any, b: Any) -> Any:
    if exact(b):
        return Nothing("division by 0") if b == 0 else mul(a, 1 / b)
    if abs(b) <= NEAR:
        raise Unclear("a divisor that may be 0")
    return mul(a, 1 / b)


@lifted
def less(a: Any, b: Any) -> Any:
    if exact(a, b):
        return a < b
    if near(a, b):
        raise Unclear("a comparison of numbers that may be equal")
    return bool(add(a, neg(b)) < 0)


@lifted
def same(a: Any, b: Any) -> Any:
    if exact(a, b):
        return a == b
    if near(a, b):
        raise Unclear("a comparison of numbers that may be equal")
    return False


@lifted
def larger(a: Any, b: Any) -> Any:
    if exact(a, b):
        return max(a, b)
    return a if near(a, b) or add(a, neg(b)) > 0 else b


def choose(condition: Any, then: Any, otherwise: Any) -> Any:
    return condition if isinstance(condition, Nothing) else then if condition else otherwise


@lifted
def power(a: Any, b: Any) -> Any:
    if not isinstance(b, Fraction):
        if not decided(less(Fraction(0), a)):
            raise Unclear("a real power of what is not positive")
        return exp(mul(b, log(a)))
    if b.denominator == 1:
        if b < 0:
            return div(Fraction(1), power(a, -b))
        return Fraction(1) if b == 0 else a**b.numerator
    if decided(less(a, Fraction(0))):
        return Nothing("a fractional power of a negative number")
    if decided(same(a, Fraction(0))):
        return Fraction(0) if b > 0 else Nothing("division by 0")
    return power(root(a), 2 * b) if b.denominator == 2 else exp(mul(b, log(a)))


def decided(condition: Any) -> bool:
    """A condition as a truth value."""
    if isinstance(condition, Nothing):
        raise Unclear(condition.reason)
    return bool(condition)


@lifted
def root(a: Any) -> Any:
    if decided(less(a, Fraction(0))):
        return Nothing("root of a negative number")
    if isinstance(a, Fraction):
        top, bottom = math.isqrt(a.numerator), math.isqrt(a.denominator)
        if top * top == a.numerator and bottom * bottom == a.denominator:
            return Fraction(top, bottom)
    return mp.sqrt(a)


@lifted
def exp(a: Any) -> Any:
    if isinstance(a, float):
        return Fraction(0) if a < 0 else a
    if abs(a) > 2000:
        raise Unclear("the exponential of a large number")
    return Fraction(1) if exact(a) and a == 0 else mp.exp(a)


@lifted
def log(a: Any) -> Any:
    if not decided(less(Fraction(0), a)):
        return Nothing("logarithm of a number that is not positive")
    return Fraction(0) if exact(a) and a == 1 else mp.log(a)


@lifted
def tanh(a: Any) -> Any:
    return Fraction(0) if exact(a) and a == 0 else mp.tanh(a)


@lifted
def erf(a: Any) -> Any:
    return Fraction(0) if exact(a) and a == 0 else mp.erf(a)


@lifted
def sigmoid(a: Any) -> Any:
    return div(Fraction(1), add(Fraction(1), exp(-a)))


@lifted
def sign(a: Any) -> Any:
    return Fraction(0) if decided(same(a, Fraction(0))) else Fraction(-1 if decided(less(a, Fraction(0))) else 1)


@lifted
def absolute(a: Any) -> Any:
    return abs(a)
