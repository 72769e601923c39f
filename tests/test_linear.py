"""Contradictions between signs of linear forms, against a search for numbers that satisfy all of them."""

from __future__ import annotations

import itertools
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.kernel.linear import Fact, contradictory, narrowed

X, Y = (1,), (2,)
HALVES = [Fraction(n, 2) for n in range(-6, 7)]
SIGNS = [frozenset(s) for s in ((-1,), (0,), (1,), (-1, 0), (0, 1), (-1, 1), (-1, 0, 1), ())]

forms = st.fixed_dictionaries({(): st.integers(-2, 2), X: st.integers(-2, 2), Y: st.integers(-2, 2)}).map(
    lambda form: {monomial: value for monomial, value in form.items() if value}
)
facts = st.builds(Fact, forms, st.sampled_from(SIGNS))


def sign(form: dict[tuple[int, ...], int], x: Fraction, y: Fraction) -> int:
    value = form.get((), 0) + form.get(X, 0) * x + form.get(Y, 0) * y
    return (value > 0) - (value < 0)


def is_met(fact: Fact, x: Fraction, y: Fraction) -> bool:
    return sign(dict(fact.form), x, y) in fact.signs


@settings(max_examples=300)
@given(st.lists(facts, max_size=5))
def test_what_numbers_satisfy_is_never_contradictory(given_facts: list[Fact]) -> None:
    if contradictory(given_facts):
        assert not any(all(is_met(f, x, y) for f in given_facts) for x, y in itertools.product(HALVES, repeat=2))


@settings(max_examples=200)
@given(forms, st.sampled_from(SIGNS), st.lists(facts, max_size=3))
def test_no_sign_is_lost_that_some_numbers_have(
    form: dict[tuple[int, ...], int], signs: frozenset[int], given_facts: list[Fact]
) -> None:
    left = narrowed(form, signs, given_facts)
    assert left <= signs
    for x, y in itertools.product(HALVES, repeat=2):
        if all(is_met(f, x, y) for f in given_facts) and sign(form, x, y) in signs:
            assert sign(form, x, y) in left


@given(
    st.lists(
        st.builds(
            Fact,
            st.fixed_dictionaries({(): st.integers(-3, 3), X: st.sampled_from([-2, -1, 1, 2])}),
            st.sampled_from(SIGNS[:5]),
        ),
        max_size=4,
    )
)
def test_every_contradiction_of_one_unknown_is_found(given_facts: list[Fact]) -> None:
    quarters = [Fraction(n, 12) for n in range(-60, 61)]
    possible = any(all(is_met(f, x, Fraction(0)) for f in given_facts) for x in quarters)
    assert contradictory([Fact({m: c for m, c in f.form.items() if c}, f.signs) for f in given_facts]) is not possible


def test_contradictions_need_several_facts_together() -> None:
    x, y = {X: 1}, {Y: 1}
    gap = {X: 1, Y: -1}
    positive, nonpositive = frozenset({1}), frozenset({-1, 0})
    chain = [Fact(gap, positive), Fact(y, positive), Fact(x, nonpositive)]
    assert contradictory(chain)
    assert not any(contradictory(chain[:k] + chain[k + 1 :]) for k in range(3))


def test_not_zero_contradicts_only_a_forced_zero() -> None:
    both = [Fact({X: 1}, frozenset({0, 1})), Fact({X: 1}, frozenset({-1, 0}))]
    unequal = Fact({X: 1}, frozenset({-1, 1}))
    assert contradictory([*both, unequal])
    assert not contradictory([both[0], unequal])


def test_constants_alone_contradict() -> None:
    assert contradictory([Fact({(): 1}, frozenset({-1}))]) and contradictory([Fact({}, frozenset({1}))])
    assert not contradictory([]) and not contradictory([Fact({}, frozenset({0}))])
