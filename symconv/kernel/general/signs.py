"""Signs of terms by their structure, for every size: what makes a quotient, a logarithm or a root defined.

    exp > 0      0 < sigmoid < 1      -1 < tanh, erf < 1      p**2 >= 0      a size is at least 1

A term's bounds are those of its parts, added, multiplied or joined. Never wrong, often silent.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general.products import Constraint
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.terms import Term

Env = dict[IndexVar, IndexTerm]
Known = Literal["positive", "nonnegative", "unknown"]
Bound = tuple[Fraction, bool] | None
"""A number that values do not pass, and whether they do not reach it either; ``None`` where there is none."""


@dataclass(frozen=True)
class Bounds:
    """What values lie between."""

    low: Bound = None
    high: Bound = None

    @property
    def sign(self) -> Known:
        if self.low is None or self.low[0] < 0:
            return "unknown"
        return "positive" if self.low[0] > 0 or self.low[1] else "nonnegative"

    def scaled(self, factor: Fraction) -> Bounds:
        low, high = ((bound[0] * factor, bound[1]) if bound else None for bound in (self.low, self.high))
        return Bounds(low, high) if factor > 0 else Bounds(high, low)

    def __add__(self, other: Bounds) -> Bounds:
        return Bounds(_added(self.low, other.low), _added(self.high, other.high))

    def __or__(self, other: Bounds) -> Bounds:
        """What values lie between that lie within one or the other."""
        low = min(self.low, other.low) if self.low and other.low else None
        high = max(self.high, other.high, key=_upper) if self.high and other.high else None
        return Bounds(low, high)


ANYTHING = Bounds()
POSITIVE = Bounds((Fraction(0), True))
NONNEGATIVE = Bounds((Fraction(0), False))

_FUNCTIONS = {
    "exp": POSITIVE,
    "softplus": POSITIVE,
    "sigmoid": Bounds((Fraction(0), True), (Fraction(1), True)),
    "tanh": Bounds((Fraction(-1), True), (Fraction(1), True)),
    "erf": Bounds((Fraction(-1), True), (Fraction(1), True)),
}


@dataclass(frozen=True)
class Prover:
    """Whether ``term >= 0`` follows, for an index term, from what holds at the place."""

    implied: Callable[[Constraint, tuple[Constraint, ...]], bool]
    scope: tuple[Constraint, ...]

    def __call__(self, constraint: Constraint) -> bool:
        return self.implied(constraint, self.scope)

    def under(self, constraint: Constraint) -> Prover:
        """The same, where a constraint holds too."""
        return Prover(self.implied, (*self.scope, constraint))


def is_positive(term: Term, env: Env, prove: Prover) -> bool:
    """Whether a term is above 0 wherever it is defined."""
    return sign(term, env, prove) == "positive"


def is_nonnegative(term: Term, env: Env, prove: Prover) -> bool:
    """Whether a term is at least 0 wherever it is defined."""
    return sign(term, env, prove) != "unknown"


def sign(term: Term, env: Env, prove: Prover) -> Known:
    """What the structure of a term tells about its sign."""
    return bounds(term, env, prove).sign


def bounds(term: Term, env: Env, prove: Prover) -> Bounds:
    """What the structure of a term tells about its values."""
    match term:
        case t.Number():
            return _at(Fraction(term.value))
        case t.Constant():
            return POSITIVE
        case t.IndexNumber():
            return _of_index(term.index.substitute(env), prove)
        case t.Entry():
            return {"positive": POSITIVE, "nonnegative": NONNEGATIVE}.get(term.variable.sign, ANYTHING)
        case t.Add():
            return functools.reduce(Bounds.__add__, (bounds(part, env, prove) for part in term.parts), _at(Fraction(0)))
        case t.Mul():
            return _of_product(bounds(part, env, prove) for part in term.parts)
        case t.Power():
            return _of_power(bounds(term.base, env, prove), term.exponent.substitute(env).constant)
        case t.Sum():
            return _of_range(term, env, prove)
        case t.Max():
            return _of_maximum([bounds(part, env, prove) for part in term.parts])
        case t.Where():
            return _of_cases(term, env, prove)
        case t.Apply():
            return _of_function(term, env, prove)
        case t.Read():
            put = dict(zip(term.definition.variables, (i.substitute(env) for i in term.index), strict=True))
            return bounds(term.definition.body, {**env, **put}, prove)
        case _:
            return ANYTHING


def _at(value: Fraction) -> Bounds:
    return Bounds((value, False), (value, False))


def _added(left: Bound, right: Bound) -> Bound:
    return (left[0] + right[0], left[1] or right[1]) if left and right else None


def _upper(bound: tuple[Fraction, bool]) -> tuple[Fraction, bool]:
    """Of two equal upper bounds the one that may be reached is the larger."""
    return bound[0], not bound[1]


def _of_cases(term: t.Where, env: Env, prove: Prover) -> Bounds:
    """What both branches lie between, each where its own condition on an index holds."""
    condition, then, otherwise = term.condition, prove, prove
    if isinstance(condition, t.IndexCompare) and condition.relation == "ge":
        value = condition.term.substitute(env)
        then, otherwise = prove.under(Constraint(value)), prove.under(Constraint(-value - 1))
    return bounds(term.then, env, then) | bounds(term.otherwise, env, otherwise)


def _of_maximum(parts: list[Bounds]) -> Bounds:
    lows = [part.low for part in parts if part.low]
    highs = [part.high for part in parts if part.high]
    return Bounds(max(lows, default=None), max(highs, key=_upper) if len(highs) == len(parts) else None)


def _of_index(value: IndexTerm, prove: Prover) -> Bounds:
    if value.constant is not None:
        return _at(Fraction(value.constant))
    if ix.is_nonnegative(value - 1):
        return Bounds((Fraction(1), False))
    if not value.is_affine:
        return NONNEGATIVE if ix.is_nonnegative(value) else ANYTHING
    if prove(Constraint(value - 1)):
        return Bounds((Fraction(1), False))
    return NONNEGATIVE if prove(Constraint(value)) else ANYTHING


def _of_range(term: t.Sum, env: Env, prove: Prover) -> Bounds:
    """A sum over a range: of nonnegative terms nonnegative, of positive ones positive when the range is not empty."""
    body = bounds(term.body, {**env, term.variable: ix.index(IndexVar(term.variable.name))}, prove).sign
    if body == "unknown":
        return ANYTHING
    positive = body == "positive" and _of_index(term.extent.substitute(env), prove).sign == "positive"
    return POSITIVE if positive else NONNEGATIVE


def _of_function(term: t.Apply, env: Env, prove: Prover) -> Bounds:
    if not isinstance(term.function, t.Builtin) or term.order:
        return ANYTHING
    if term.function.name in ("root", "abs", "relu"):
        return POSITIVE if sign(term.argument, env, prove) == "positive" else NONNEGATIVE
    return _FUNCTIONS.get(term.function.name, ANYTHING)


def _of_power(base: Bounds, exponent: int | None) -> Bounds:
    if base.sign == "positive":
        return POSITIVE
    if exponent is None or exponent < 0 or (exponent % 2 and base.sign == "unknown"):
        return ANYTHING
    if exponent == 0:
        return _at(Fraction(1))
    ends = [(abs(bound[0]), bound[1]) for bound in (base.low, base.high) if bound]
    if len(ends) < 2:
        return NONNEGATIVE
    end, open_ = max(ends, key=_upper)
    return Bounds((Fraction(0), False), (end**exponent, open_))


def _of_product(parts: Iterable[Bounds]) -> Bounds:
    """Numbers scale what the others, none of them below 0, have as their least product."""
    number, others = Fraction(1), []
    for part in parts:
        if part.low is not None and part.low == part.high:
            number *= part.low[0]
        else:
            others.append(part)
    if not number:
        return _at(number)
    if len(others) < 2:
        return (others[0] if others else _at(Fraction(1))).scaled(number)
    if any(part.sign == "unknown" for part in others):
        return ANYTHING
    return (POSITIVE if all(part.sign == "positive" for part in others) else NONNEGATIVE).scaled(number)
