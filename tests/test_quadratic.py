"""Completing squares, against the values of the polynomial at small integers."""

from __future__ import annotations

import itertools
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from symconv.kernel.bounded.quadratic import least_value, signs

MONOMIALS = [(), (1,), (2,), (1, 1), (1, 2), (2, 2)]


def value(p: dict[tuple[int, ...], int], point: dict[int, Fraction]) -> Fraction:
    total = Fraction(0)
    for monomial, coefficient in p.items():
        term = Fraction(coefficient)
        for number in monomial:
            term *= point[number]
        total += term
    return total


@given(st.fixed_dictionaries({m: st.integers(-3, 3) for m in MONOMIALS}))
def test_no_value_is_below_the_bound(coefficients: dict[tuple[int, ...], int]) -> None:
    p = {m: c for m, c in coefficients.items() if c}
    least = least_value(p)
    if least is None:
        return
    grid = [Fraction(n, 2) for n in range(-6, 7)]
    assert all(value(p, {1: x, 2: y}) >= least for x, y in itertools.product(grid, repeat=2))


def test_the_variance_of_two_numbers_plus_one() -> None:
    # (x - y)^2 / 4 + 1
    quarter = Fraction(1, 4)
    assert least_value({(1, 1): quarter, (2, 2): quarter, (1, 2): -2 * quarter, (): 1}) == 1


def test_a_perfect_square_reaches_zero() -> None:
    assert least_value({(1, 1): 1, (1,): -4, (): 4}) == 0


def test_indefinite_and_cubic_forms_have_no_bound() -> None:
    assert least_value({(1, 2): 1}) is None
    assert least_value({(1, 1): 1, (2,): 1}) is None
    assert least_value({(1, 1, 1): 1}) is None


KNOWN = {1: frozenset({1}), 2: frozenset({0, 1}), 3: frozenset({-1, 0, 1}), 4: frozenset({-1, 0, 1})}
POINTS = {1: (Fraction(1, 2), 1, 3), 2: (0, 1, Fraction(5, 2)), 3: (-2, 0, Fraction(1, 3)), 4: (-1, 0, 2)}
PRODUCTS = [(), (1,), (2,), (3,), (1, 1), (1, 2), (1, 3, 3), (1, 3, 4), (1, 4, 4), (3, 3), (3, 4), (4, 4), (1, 1, 2)]


@given(st.fixed_dictionaries({m: st.sampled_from([0, 0, 0, 1, 1, 2, -1]) for m in PRODUCTS}))
def test_signs_leave_none_out_where_variables_have_known_ones(coefficients: dict[tuple[int, ...], int]) -> None:
    p = {m: c for m, c in coefficients.items() if c}
    if p:
        found = signs(p, KNOWN.__getitem__)
        for row in itertools.product(*POINTS.values()):
            total = value(p, {number: Fraction(x) for number, x in zip(POINTS, row, strict=True)})
            assert (total > 0) - (total < 0) in found, (p, row)


def test_a_variance_and_a_positive_number_are_positive() -> None:
    variance = {(3, 3): 1, (3, 4): -2, (4, 4): 1}
    scaled = {(1, 1, *m): c for m, c in variance.items()} | {(1, 1, 1): 1}
    assert signs(variance | {(1,): 1}, KNOWN.__getitem__) == signs(scaled, KNOWN.__getitem__) == {1}
    assert signs(variance | {(2,): 1}, KNOWN.__getitem__) == {0, 1}
    assert (
        signs(variance | {(1,): -1}, KNOWN.__getitem__) == signs(variance | {(3,): 1}, KNOWN.__getitem__) == {-1, 0, 1}
    )
