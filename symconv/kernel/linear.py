"""Linear arithmetic over QQ: which signs of polynomials are consistent with each other.

Monomials are taken for independent unknowns, so that a contradiction found here is one (the converse may fail).
Decided by Fourier-Motzkin elimination, given up when it grows: giving up means "no contradiction found", which is
never unsound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

Rational = int | Fraction
Linear = Mapping[tuple[int, ...], Rational]
Inequality = tuple[dict[tuple[int, ...], Rational], bool]

_CONSTANT: tuple[int, ...] = ()
_MOST_INEQUALITIES = 400


@dataclass(frozen=True, slots=True)
class Fact:
    """The sign of ``form`` is one of ``signs``."""

    form: Linear
    signs: frozenset[int]


def narrowed(form: Linear, signs: frozenset[int], facts: Sequence[Fact]) -> frozenset[int]:
    """The signs of a form that do not contradict the facts. Empty when the facts contradict each other."""
    return frozenset(sign for sign in signs if not contradictory([*facts, Fact(form, frozenset({sign}))]))


def contradictory(facts: Sequence[Fact]) -> bool:
    """Whether no numbers satisfy all facts. ``False`` may also mean: not found out."""
    inequalities = [inequality for fact in facts for inequality in _inequalities(fact)]
    if _infeasible(inequalities):
        return True
    # "not zero" is the one sign set that is no convex condition; it contradicts only if zero is forced.
    unequal = [fact for fact in facts if fact.signs == frozenset({-1, 1})]
    return any(
        all(_infeasible([*inequalities, *_inequalities(Fact(f.form, frozenset({s})))]) for s in (-1, 1))
        for f in unequal
    )


def _inequalities(fact: Fact) -> Iterator[Inequality]:
    """``form > 0`` (strict) or ``form >= 0``, for the form and its negative, as the signs say."""
    positive = {monomial: value for monomial, value in fact.form.items() if value}
    negative = {monomial: -value for monomial, value in positive.items()}
    if -1 not in fact.signs:
        yield positive, 0 not in fact.signs
    if 1 not in fact.signs:
        yield negative, 0 not in fact.signs


def _infeasible(inequalities: list[Inequality]) -> bool:
    """Fourier-Motzkin: eliminate one unknown after the other, then look at the constants."""
    todo = inequalities
    while True:
        if any(_is_false(inequality) for inequality in todo):
            return True
        unknowns = {m for form, _ in todo for m in form if m != _CONSTANT}
        if not unknowns:
            return False
        unknown = min(unknowns, key=lambda m: (_growth(todo, m), m))
        todo = _eliminated(todo, unknown)
        if len(todo) > _MOST_INEQUALITIES:
            return False


def _is_false(inequality: Inequality) -> bool:
    form, strict = inequality
    if any(m != _CONSTANT for m in form):
        return False
    constant = form.get(_CONSTANT, 0)
    return constant <= 0 if strict else constant < 0


def _growth(inequalities: list[Inequality], unknown: tuple[int, ...]) -> int:
    lower = sum(1 for form, _ in inequalities if form.get(unknown, 0) > 0)
    upper = sum(1 for form, _ in inequalities if form.get(unknown, 0) < 0)
    return lower * upper


def _eliminated(inequalities: list[Inequality], unknown: tuple[int, ...]) -> list[Inequality]:
    lower = [i for i in inequalities if i[0].get(unknown, 0) > 0]
    upper = [i for i in inequalities if i[0].get(unknown, 0) < 0]
    kept = [i for i in inequalities if not i[0].get(unknown, 0)]
    for below, strict_below in lower:
        for above, strict_above in upper:
            a, b = below[unknown], -above[unknown]
            form = {m: b * below.get(m, 0) + a * above.get(m, 0) for m in below.keys() | above.keys()}
            kept.append(({m: value for m, value in form.items() if value}, strict_below or strict_above))
    return kept
