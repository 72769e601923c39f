"""Index terms against Python's integers: one canonical form, exact division, signs that hold at all allowed values."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.index import IndexTerm, IndexVar

N, K, M = IndexVar("n", 1), IndexVar("k", 1), IndexVar("m", 1)
I, J = IndexVar("i"), IndexVar("j")
VARIABLES = (N, K, I, J)

Values = dict[IndexVar, int]
Meaning = Callable[[Values], int]


DIVISORS: list[tuple[IndexTerm, Meaning]] = [
    (ix.index(N) + K - 1, lambda v: v[N] + v[K] - 1),
    (2 * ix.index(N) + 3 * ix.index(K), lambda v: 2 * v[N] + 3 * v[K]),
    (ix.index(N) * K + 1, lambda v: v[N] * v[K] + 1),
]


def operations(parts: st.SearchStrategy[tuple[IndexTerm, Meaning]]) -> st.SearchStrategy[tuple[IndexTerm, Meaning]]:
    """An index term made of two others, and what Python makes of their integers."""
    pairs = st.tuples(parts, parts)
    return st.one_of(
        pairs.map(lambda p: (p[0][0] + p[1][0], lambda v: p[0][1](v) + p[1][1](v))),
        pairs.map(lambda p: (p[0][0] - p[1][0], lambda v: p[0][1](v) - p[1][1](v))),
        pairs.map(lambda p: (p[0][0] * p[1][0], lambda v: p[0][1](v) * p[1][1](v))),
        st.tuples(parts, st.sampled_from([-3, -2, 1, 2, 3, 4])).map(
            lambda p: (p[0][0] // p[1], lambda v: p[0][1](v) // p[1])
        ),
        st.tuples(parts, st.sampled_from([-3, -2, 1, 2, 3, 4])).map(
            lambda p: (p[0][0] % p[1], lambda v: p[0][1](v) % p[1])
        ),
        st.tuples(parts, st.sampled_from([N, K])).map(
            lambda p: (p[0][0] // ix.index(p[1]), lambda v: p[0][1](v) // v[p[1]])
        ),
        st.tuples(parts, st.sampled_from([N, K])).map(
            lambda p: (p[0][0] % ix.index(p[1]), lambda v: p[0][1](v) % v[p[1]])
        ),
        st.tuples(parts, st.sampled_from(DIVISORS)).map(
            lambda p: (p[0][0] // p[1][0], lambda v: p[0][1](v) // p[1][1](v))
        ),
    )


LEAVES: st.SearchStrategy[tuple[IndexTerm, Meaning]] = st.one_of(
    st.sampled_from(VARIABLES).map(lambda x: (ix.index(x), lambda v: v[x])),
    st.integers(-4, 4).map(lambda c: (ix.index(c), lambda v: c)),
)
TERMS = st.recursive(LEAVES, operations, max_leaves=6)
ALLOWED = [dict(zip(VARIABLES, row, strict=True)) for row in itertools.product((1, 2, 5), (1, 3), (0, 1, 4), (0, 3))]


@given(TERMS)
def test_terms_mean_what_python_computes(case: tuple[IndexTerm, Meaning]) -> None:
    term, meaning = case
    assert [term.evaluate(v) for v in ALLOWED] == [meaning(v) for v in ALLOWED]


@given(TERMS, TERMS)
def test_substitution_is_composition(outer: tuple[IndexTerm, Meaning], inner: tuple[IndexTerm, Meaning]) -> None:
    assume(any(v is I for v in outer[0].variables()))
    put = outer[0].substitute({I: inner[0]})
    assert [put.evaluate(v) for v in ALLOWED] == [outer[1]({**v, I: inner[1](v)}) for v in ALLOWED]


LINEAR = st.tuples(*[st.integers(-3, 3)] * 4).map(
    lambda c: c[0] * ix.index(N) + c[1] * ix.index(K) + c[2] * ix.index(I) + c[3]
)


@given(st.lists(LINEAR, min_size=1, max_size=3))
def test_factors_multiply_to_the_term(parts: list[IndexTerm]) -> None:
    product = ix.product(parts)
    assert ix.product(ix.factors(product)) == product


@given(LINEAR, LINEAR)
def test_two_linear_factors_are_found(left: IndexTerm, right: IndexTerm) -> None:
    """Where they share no variable, are one, or one of them is a variable."""
    left = left.substitute({N: ix.ZERO, K: ix.ZERO})
    right_only = right.substitute({I: ix.ZERO, J: ix.ZERO})
    for product in (left * right_only, right * right, left * ix.index(N), right * ix.index(N)):
        assert all(factor.is_affine for factor in ix.factors(product)), product


@given(TERMS)
def test_a_sign_that_is_known_holds_everywhere(case: tuple[IndexTerm, Meaning]) -> None:
    term, meaning = case
    known = ix.is_nonnegative(term)
    if known is not None:
        assert {meaning(v) >= 0 for v in ALLOWED} == {known}


@given(TERMS, TERMS)
def test_comparisons_are_decided_only_where_they_hold_everywhere(
    left: tuple[IndexTerm, Meaning], right: tuple[IndexTerm, Meaning]
) -> None:
    for condition, truth in (
        (t.at_least(left[0], right[0]), {left[1](v) >= right[1](v) for v in ALLOWED}),
        (t.equals(left[0], right[0]), {left[1](v) == right[1](v) for v in ALLOWED}),
    ):
        if isinstance(condition, bool):
            assert truth == {condition}


POLYNOMIALS = st.lists(st.tuples(st.lists(st.sampled_from(VARIABLES), max_size=3), st.integers(-3, 3)), max_size=5)


@given(POLYNOMIALS, st.randoms(use_true_random=False))
def test_equal_polynomials_are_one_object_to_hash_and_equality(
    parts: list[tuple[list[IndexVar], int]], source: random.Random
) -> None:
    shuffled = [(source.sample(atoms, len(atoms)), c) for atoms, c in source.sample(parts, len(parts))]
    first = sum((ix.product(atoms) * c for atoms, c in parts), ix.ZERO)
    second = sum((ix.product(atoms) * c for atoms, c in shuffled), ix.ZERO)
    assert first == second and hash(first) == hash(second) and first.key == second.key
    assert first - second == ix.ZERO


@given(st.integers(-20, 20), st.integers(-20, 20), st.integers(-5, 5).filter(bool))
def test_affine_floors_divide_out_exactly(a: int, c: int, d: int) -> None:
    term = (ix.index(I) * a + c) // d
    for i in range(12):
        assert term.evaluate({I: i}) == (a * i + c) // d
    if a % d == 0:
        assert term == ix.index(I) * (a // d) + c // d


@given(st.integers(-3, 3), st.integers(-6, 6), st.integers(-4, 4), st.integers(-2, 2), st.integers(1, 3))
def test_a_floor_of_a_floor_by_sizes(a: int, b: int, c: int, d: int, e: int) -> None:
    """Nested floors by sizes, by numbers, with both signs, against Python's own division."""
    n, k, m, i = map(ix.index, (N, K, M, I))
    terms = {
        lambda n, k, m, i: (((n * a + b) // k) + c + d * i) // m,
        lambda n, k, m, i: (((n * a + b) // k) + c) // e,
        lambda n, k, m, i: (((n * a + b) // e) + c) // k,
        lambda n, k, m, i: -((-((a * n + b) // k)) // m),
        lambda n, k, m, i: ((((n + b) // k) + c) // m + d) // k,
        lambda n, k, m, i: (2 * ((n + b) // k) + c) // m,
    }
    for term in terms:
        found = term(n, k, m, i)
        for values in itertools.product((1, 2, 3, 7), (1, 2, 3), (1, 2, 5), (0, 1, 4)):
            assert found.evaluate(dict(zip((N, K, M, I), values, strict=True))) == term(*values)


def test_nested_floors_by_sizes_are_one() -> None:
    n, k, m = map(ix.index, (N, K, M))
    assert (n // k) // m == n // (k * m) and (n // k + 1) // m == (n + k) // (k * m)


def test_a_size_divides_out() -> None:
    n, k, i = map(ix.index, (N, K, I))
    assert (n * k) // k == n and (n * k * 2 + k) // k == 2 * n + ix.ONE
    assert (k * n + i) % k == i % k
    assert k // k == ix.ONE and (k + n) // (k + n) == ix.ONE


def test_two_variables_of_one_name_are_two() -> None:
    assert ix.index(IndexVar("i")) != ix.index(IndexVar("i"))


def test_an_index_that_may_be_0_does_not_divide_out() -> None:
    i, j = ix.index(I), ix.index(J)
    for term in ((i * j) // i, i // i, (i * j + i) // i):
        assert term.evaluate({I: 2, J: 3}) in (3, 1, 4)
        with pytest.raises(ZeroDivisionError):
            term.evaluate({I: 0, J: 3})


def test_a_floor_below_zero_is_not_taken_for_nonnegative() -> None:
    term = (ix.index(N) - 2) // ix.index(K)
    assert term.evaluate({N: 1, K: 1}) == -1
    assert ix.is_nonnegative(term) is None


def test_division_by_zero_is_refused() -> None:
    with pytest.raises(ZeroDivisionError):
        ix.index(N) // 0


@settings(max_examples=50)
@given(st.integers(0, 6), st.integers(1, 5))
def test_a_lower_bound_of_a_size_is_used(value: int, least: int) -> None:
    size = IndexVar("m", least)
    assert ix.is_nonnegative(ix.index(size) - value) is (True if value <= least else None)
    assert ix.is_nonnegative(value - ix.index(size)) is (False if value < least else None)
