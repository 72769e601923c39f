"""A simple point at which given linear forms have given signs: elimination, then each unknown as simple as it may be.

Equalities are solved for an unknown each; what is left are strict inequalities, eliminated one unknown after the other
(Fourier and Motzkin) and put in backwards. Exact; ``None`` when there is no such point, or elimination grows too far.
"""

from __future__ import annotations

import random
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

Unknown = Hashable
_MOST = 300


@dataclass(frozen=True)
class Linear:
    """``sum of coefficient * unknown + constant``."""

    coefficients: Mapping[Unknown, Fraction]
    constant: Fraction = Fraction(0)

    def put(self, unknown: Unknown, value: Linear) -> Linear:
        """The form with a form in place of an unknown."""
        factor = self.coefficients.get(unknown)
        if factor is None:
            return self
        rest = {u: c for u, c in self.coefficients.items() if u != unknown}
        return Linear(rest, self.constant).plus(value, factor)

    def plus(self, other: Linear, factor: Fraction) -> Linear:
        """``self + factor * other``."""
        total = dict(self.coefficients)
        for unknown, c in other.coefficients.items():
            total[unknown] = total.get(unknown, Fraction(0)) + factor * c
        return Linear({u: c for u, c in total.items() if c}, self.constant + factor * other.constant)

    def at(self, values: Mapping[Unknown, Fraction]) -> Fraction:
        """The value of the form; an unknown without a value is 0."""
        return self.constant + sum(
            (c * values.get(u, Fraction(0)) for u, c in self.coefficients.items()), start=Fraction(0)
        )


def solve(facts: Sequence[tuple[Linear, int]], source: random.Random | None = None) -> dict[Unknown, Fraction] | None:
    """Values at which each form has its sign: 1, -1 or 0; unknowns that are not constrained are left out.

    With a ``source`` the values are drawn from where they may be, rather than the simplest ones.

    >>> x, y = Linear({"x": Fraction(1), "y": Fraction(-1)}), Linear({"y": Fraction(1)}, Fraction(-3))
    >>> {name: str(value) for name, value in sorted(solve([(x, 1), (y, 1)]).items())}
    {'x': '5', 'y': '4'}
    """
    solved: list[tuple[Unknown, Linear]] = []
    equalities = [form for form, sign in facts if sign == 0]
    positive = [form if sign > 0 else Linear({}).plus(form, Fraction(-1)) for form, sign in facts if sign]
    while equalities:
        form = equalities.pop()
        if not form.coefficients:
            if form.constant:
                return None
            continue
        unknown, factor = next(iter(form.coefficients.items()))
        value = Linear({}).plus(form.put(unknown, Linear({})), -1 / factor)
        solved = [(u, f.put(unknown, value)) for u, f in solved] + [(unknown, value)]
        equalities = [f.put(unknown, value) for f in equalities]
        positive = [f.put(unknown, value) for f in positive]
    values = _inside(positive, source)
    if values is None:
        return None
    return values | {unknown: form.at(values) for unknown, form in solved}


def _inside(positive: list[Linear], source: random.Random | None) -> dict[Unknown, Fraction] | None:
    """Values at which all forms are positive."""
    stages: list[tuple[Unknown, list[Linear]]] = []
    left = positive
    while unknowns := {u: None for form in left for u in form.coefficients}:
        unknown = min(unknowns, key=lambda u: _growth(left, u))
        own = [form for form in left if unknown in form.coefficients]
        stages.append((unknown, own))
        left = [form for form in left if unknown not in form.coefficients] + _combined(own, unknown)
        if len(left) > _MOST:
            return None
    if any(form.constant <= 0 for form in left):
        return None
    values: dict[Unknown, Fraction] = {}
    for unknown, own in reversed(stages):
        low, high = _bounds(own, unknown, values)
        values[unknown] = simplest_between(low, high) if source is None else _drawn(low, high, source)
    return values


def _growth(forms: Sequence[Linear], unknown: Unknown) -> int:
    lower = sum(1 for form in forms if form.coefficients.get(unknown, 0) > 0)
    return lower * sum(1 for form in forms if form.coefficients.get(unknown, 0) < 0)


def _combined(own: Sequence[Linear], unknown: Unknown) -> list[Linear]:
    lower = [form for form in own if form.coefficients[unknown] > 0]
    upper = [form for form in own if form.coefficients[unknown] < 0]
    return [Linear({}).plus(a, -b.coefficients[unknown]).plus(b, a.coefficients[unknown]) for a in lower for b in upper]


def _bounds(
    own: Sequence[Linear], unknown: Unknown, values: Mapping[Unknown, Fraction]
) -> tuple[Fraction | None, Fraction | None]:
    low: Fraction | None = None
    high: Fraction | None = None
    for form in own:
        factor = form.coefficients[unknown]
        bound = -form.put(unknown, Linear({})).at(values) / factor
        if factor > 0:
            low = bound if low is None else max(low, bound)
        else:
            high = bound if high is None else min(high, bound)
    return low, high


def simplest_between(low: Fraction | None, high: Fraction | None) -> Fraction:
    """The simplest number strictly between two others: 0, else an integer near 0, else of smallest denominator.

    >>> [str(simplest_between(Fraction(a), Fraction(b))) for a, b in ((-1, 1), (3, 5), ("3", "7/2"))]
    ['0', '4', '10/3']
    """
    if (low is None or low < 0) and (high is None or high > 0):
        return Fraction(0)
    if high is not None and high <= 0:
        return -simplest_between(-high, None if low is None else -low)
    if low is None:
        raise ValueError("an interval above 0 has a lower end")
    denominator = 1
    while True:
        value = Fraction(floor(low * denominator) + 1, denominator)
        if high is None or value < high:
            return value
        denominator += 1


def _drawn(low: Fraction | None, high: Fraction | None, source: random.Random) -> Fraction:
    if low is None and high is None:
        return Fraction(source.randint(-5, 5))
    if low is None or high is None:
        away = Fraction(source.randint(1, 6))
        return Fraction(floor(low)) + away if low is not None else Fraction(ceil(high or 0)) - away
    return low + (high - low) * Fraction(source.randint(1, 5), 6)
