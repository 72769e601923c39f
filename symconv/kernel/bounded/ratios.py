"""Quotients of sparse polynomials over QQ as plain data, and what needs no knowledge of atoms."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from symconv.errors import Undefined

Rational = int | Fraction
Monomial = tuple[int, ...]
Polynomial = dict[Monomial, Rational]
Signs = frozenset[int]

POSITIVE, NONNEGATIVE, ANY = frozenset({1}), frozenset({0, 1}), frozenset({-1, 0, 1})
NEGATIVE, NONPOSITIVE, ZERO_SIGN = frozenset({-1}), frozenset({-1, 0}), frozenset({0})


@dataclass(slots=True)
class Ratio:
    """A numerator over a product of factors, which are numbers of polynomials; ``()`` is 1."""

    numerator: Polynomial
    denominator: tuple[int, ...] = ()

    @property
    def constant(self) -> Rational | None:
        """The number that this is, if it is written as one."""
        if not self.numerator:
            return 0
        if not self.denominator and len(self.numerator) == 1:
            return self.numerator.get(())
        return None


@dataclass(frozen=True, slots=True)
class Atom:
    """What the number of an atom stands for. ``parts`` are the normal forms that it is a function of."""

    kind: str
    head: Any
    parts: tuple[Ratio, ...] = ()
    signs: Signs = ANY


@dataclass(slots=True)
class Condition:
    """What makes a side defined: ``value`` is not 0, positive, or nonnegative."""

    wanted: Signs
    value: Ratio
    text: str


class AtKink(Undefined):
    """A derivative is asked for where it does not exist, at every point of the case at hand."""


ONE = Ratio({(): 1})
ZERO = Ratio({})
NOT_ZERO = frozenset({-1, 1})


FUNCTION_SIGNS: dict[str, Signs] = {"sigmoid": POSITIVE, "softplus": POSITIVE, "root": NONNEGATIVE}
FACTS = {"gt": (POSITIVE, NONPOSITIVE), "ge": (NONNEGATIVE, NEGATIVE), "eq": (ZERO_SIGN, NOT_ZERO)}


def _added(left: Signs, right: Signs) -> Signs:
    found: set[int] = set()
    for a in left:
        for b in right:
            found |= {a or b} if a * b >= 0 else {-1, 0, 1}
    return frozenset(found)


_ALL_SIGNS = [frozenset(s) for s in ((-1,), (0,), (1,), (-1, 0), (0, 1), (-1, 1), (-1, 0, 1))]
ADDED_SIGNS = {(a, b): _added(a, b) for a in _ALL_SIGNS for b in _ALL_SIGNS}


def nonzero(p: Polynomial) -> Polynomial:
    return p if all(p.values()) else {m: c for m, c in p.items() if c}


def difference(left: Polynomial, right: Polynomial) -> Polynomial:
    total = dict(left)
    for monomial, coefficient in right.items():
        total[monomial] = total.get(monomial, 0) - coefficient
    return nonzero(total)


def quotient(value: Rational, divisor: Rational) -> Rational:
    """The exact quotient, as an ``int`` where it is one."""
    result = Fraction(value) / divisor
    return result.numerator if result.denominator == 1 else result


def content(p: Polynomial) -> Rational:
    """The positive rational c for which p / c has coprime integer coefficients."""
    numerators, denominators = 0, 1
    for coefficient in p.values():
        numerators = gcd(numerators, coefficient.numerator)
        denominators = lcm(denominators, coefficient.denominator)
    return quotient(numerators or 1, denominators)


def least_common(denominators: list[tuple[int, ...]]) -> tuple[int, ...]:
    if not any(denominators):
        return ()
    union: Counter[int] = Counter()
    for denominator in denominators:
        union |= Counter(denominator)
    return tuple(sorted(union.elements()))


def common_atoms(p: Polynomial) -> Counter[int]:
    monomials = iter(p)
    common = Counter(next(monomials, ()))
    for monomial in monomials:
        if not common:
            break
        common &= Counter(monomial)
    return common


def without_atoms(monomial: Monomial, atoms: Monomial) -> Monomial:
    return tuple(sorted((Counter(monomial) - Counter(atoms)).elements())) if atoms else monomial


def divided(p: Polynomial, factor: Polynomial) -> Polynomial | None:
    """p / factor where the factor is one atom of every monomial, or p itself up to a number."""
    if len(factor) == 1:
        ((monomial, coefficient),) = factor.items()
        if monomial[0] > 0 and all(not Counter(monomial) - Counter(m) for m in p):
            return {without_atoms(m, monomial): quotient(c, coefficient) for m, c in p.items()}
        return None
    if p.keys() != factor.keys():
        return None
    ratios = {quotient(p[m], factor[m]) for m in p}
    return {(): ratios.pop()} if len(ratios) == 1 else None


def usual(polynomials: list[Polynomial]) -> Polynomial:
    """For each monomial the coefficient that most polynomials have (the smallest of several).

    Adding one polynomial to all adds it to the result, and the order does not matter; so subtracting the result gives
    one form for all shifts of a list.
    """
    result: Polynomial = {}
    for monomial in dict.fromkeys(m for p in polynomials for m in p):
        counts = Counter(p.get(monomial, 0) for p in polynomials)
        most = max(counts.values())
        result[monomial] = min(value for value, count in counts.items() if count == most)
    return nonzero(result)


def prime_factors(value: int) -> dict[int, int]:
    """Prime factors found by trial division up to 1000; what is left counts as one factor."""
    found: dict[int, int] = {}
    divisor = 2
    while divisor * divisor <= value and divisor < 1000:
        while value % divisor == 0:
            found[divisor] = found.get(divisor, 0) + 1
            value //= divisor
        divisor += 1
    if value > 1:
        found[value] = found.get(value, 0) + 1
    return found
