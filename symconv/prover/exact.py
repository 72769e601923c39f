"""Exact numbers: rationals, and certified intervals for what is not rational.

A number that is not rational is an interval of mpmath at 60 digits that surely holds it; two values differ only if
their intervals are disjoint. What intervals cannot tell raises `Unclear`, and the point is not used.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import isqrt
from typing import Any

import mpmath

from symconv.errors import SymconvError, Undefined
from symconv.kernel import terms as t

Exact = Any  # a Fraction, or an interval of mpmath
_DIGITS = 60
_LARGE = 8


class Unclear(SymconvError):
    """A point that settles nothing: a kink, or a comparison that the intervals do not decide."""


class ExactNumbers:
    """The algebra of exact numbers, at given values of the unknown entries."""

    def __init__(self, values: Mapping[tuple[t.Variable, tuple[int, ...]], Fraction]) -> None:
        self.values = values
        self.used: set[tuple[t.Variable, tuple[int, ...]]] = set()

    def number(self, value: Fraction) -> Exact:
        return value

    def constant(self, name: str) -> Exact:
        return interval().pi

    def entry(self, variable: t.Variable, position: tuple[int, ...]) -> Exact:
        self.used.add((variable, position))
        return self.values[variable, position]

    def add(self, values: Sequence[Exact]) -> Exact:
        return _combined(values, sum)

    def multiply(self, values: Sequence[Exact]) -> Exact:
        return _combined(values, _product)

    def power(self, base: Exact, exponent: int) -> Exact:
        if exponent < 0 and _sign(base) == 0:
            raise Undefined("division by 0")
        return base**exponent if exponent else Fraction(1)

    def maximum(self, values: Sequence[Exact]) -> Exact:
        largest = values[0]
        for value in values[1:]:
            largest = value if _sign(_difference(value, largest)) > 0 else largest
        return largest

    def apply(self, function: t.FunctionSymbol | t.Builtin, argument: Exact, order: int) -> Exact:
        if isinstance(function, t.FunctionSymbol):
            raise Unclear(f"{function.name} stands for no concrete function here")
        return _applied(function, argument if isinstance(argument, Fraction) else argument._mpi_)

    def network(
        self, function: t.FunctionSymbol, output: int | None, argument: Sequence[Exact], derivatives: tuple[int, ...]
    ) -> Exact:
        raise Unclear(f"{function.name} stands for no concrete function here")

    def compare(self, left: Exact, right: Exact, relation: str, kink: t.Kink) -> bool:
        sign = _sign(_difference(left, right))
        if kink and sign == 0:
            raise Unclear("a derivative at a kink")
        return {"gt": sign > 0, "ge": sign >= 0, "eq": sign == 0}[relation]

    def select(
        self,
        left: Exact,
        right: Exact,
        relation: str,
        then: Callable[[], Exact],
        otherwise: Callable[[], Exact],
        kink: t.Kink,
    ) -> Exact:
        return then() if self.compare(left, right, relation, kink) else otherwise()


@functools.lru_cache(maxsize=50_000)
def _applied(function: t.Builtin, ends: Any) -> Exact:
    """A function at a rational, or at the ends of an interval; a search asks for the same ones over and over."""
    argument = ends if isinstance(ends, Fraction) else interval().make_mpf(ends)
    match function.name:
        case "root":
            return _root(argument, function.degree)
        case "log":
            return _log(argument)
        case "exp":
            return Fraction(1) if argument == 0 else interval().exp(_wide(argument))
        case "erf":
            return Fraction(0) if argument == 0 else _erf(_wide(argument))
        case "relu":
            return argument if _sign(argument) > 0 else Fraction(0)
        case "abs":
            return argument if _sign(argument) >= 0 else -argument
        case "tanh" if argument == 0:
            return Fraction(0)
        case "sigmoid" if argument == 0:
            return Fraction(1, 2)
    return _defined(function, argument)


def _defined(function: t.Builtin, argument: Exact) -> Exact:
    exp = interval().exp
    x = _wide(argument)
    match function.name:
        case "tanh":
            return 1 - 2 / (1 + exp(2 * x))
        case "sigmoid":
            return 1 / (1 + exp(-x))
        case "softplus":
            return interval().log(1 + exp(x))
        case name:
            raise Unclear(f"{name} has no exact value here")


def interval() -> Any:
    """mpmath's interval arithmetic at our precision."""
    if mpmath.iv.dps != _DIGITS:
        mpmath.iv.dps = _DIGITS
    return mpmath.iv


def differ(left: Exact, right: Exact) -> bool:
    """Whether two exact numbers surely differ."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left != right
    gap = _difference(left, right)
    return bool(gap.a > 0 or gap.b < 0)


def show(value: Exact) -> str:
    """A rational as it is, anything else to twelve digits, and marked as such.

    >>> show(Fraction(1, 2)), show(interval().sqrt(2))
    ('1/2', '≈ 1.41421356237')
    """
    if isinstance(value, Fraction):
        return str(value)
    return "≈ " + str(mpmath.nstr(mpmath.mpf(value.mid), 12))


def approximate(value: Exact) -> float:
    """The nearest float, for a comparison with NumPy."""
    return float(value) if isinstance(value, Fraction) else float(mpmath.mpf(value.mid))


def _wide(value: Exact) -> Any:
    return _interval_of(value) if isinstance(value, Fraction) else value


@functools.lru_cache(maxsize=10_000)
def _interval_of(value: Fraction) -> Any:
    return interval().mpf(value.numerator) / value.denominator


def _combined(values: Sequence[Exact], rule: Callable[[Sequence[Any]], Any]) -> Exact:
    if all(isinstance(value, Fraction) for value in values):
        return Fraction(rule(values))
    interval()  # at our precision, also where every value is an interval already
    return rule([_wide(value) for value in values])


def _product(values: Sequence[Any]) -> Any:
    total = values[0] if values else Fraction(1)
    for value in values[1:]:
        total = total * value
    return total


def _difference(left: Exact, right: Exact) -> Exact:
    return left - right if isinstance(left, Fraction) and isinstance(right, Fraction) else _wide(left) - _wide(right)


def _sign(value: Exact) -> int:
    if isinstance(value, Fraction):
        return (value > 0) - (value < 0)
    if value.a > 0 or value.b < 0:
        return 1 if value.a > 0 else -1
    if value.a == 0 == value.b:
        return 0
    raise Unclear("a sign that intervals do not decide")


def _root(value: Exact, degree: int) -> Exact:
    if _sign(value) < 0:
        raise Undefined("root of a negative number")
    if value == 0:
        return Fraction(0)
    if isinstance(value, Fraction):
        top, bottom = _integer_root(value.numerator, degree), _integer_root(value.denominator, degree)
        if top is not None and bottom is not None:
            return Fraction(top, bottom)
    return interval().exp(interval().log(_wide(value)) / degree)


def _integer_root(value: int, degree: int) -> int | None:
    guess = isqrt(value) if degree == 2 else round(value ** (1 / degree))
    return next((g for g in (guess - 1, guess, guess + 1) if g >= 0 and g**degree == value), None)


def _log(value: Exact) -> Exact:
    if _sign(value) <= 0:
        raise Undefined("logarithm of a number that is not positive")
    return Fraction(0) if value == 1 else interval().log(_wide(value))


def _erf(x: Any) -> Any:
    """The alternating series 2/sqrt(pi) sum (-1)^n x^(2n+1) / (n! (2n+1)); the first term left out bounds the rest.

    It would take about x^2 terms, so that for large x the bound 1 - exp(-x^2) <= erf(x) < 1 is taken.
    """
    if x.b < -_LARGE:
        return -_erf(-x)
    if x.a > _LARGE:
        return 1 - interval().mpf([0, interval().exp(-x * x).b])
    total, term, n = interval().mpf(0), x, 0
    size = abs(mpmath.mpf(x.mid)) + 1
    while n < size**2 or mpmath.mpf(abs(term).b) > mpmath.mpf(10) ** (-_DIGITS + 5):
        total += term / (2 * n + 1)
        n += 1
        term = term * (-x * x) / n
    bound = abs(term).b
    return 2 / interval().sqrt(interval().pi) * (total + interval().mpf([-bound, bound]))
