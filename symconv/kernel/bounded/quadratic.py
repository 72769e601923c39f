"""Quadratic polynomials as sums of squares: what shows that a variance plus eps is positive.

Completing squares over QQ writes p as a sum of d_i * (linear form)**2 plus a rest, one pivot d_i for each variable. If
no pivot is negative, p is at least the rest everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction

Matrix = list[list[Fraction]]
_MOST_VARIABLES = 32
_ANY, _NONNEGATIVE, _POSITIVE = frozenset({-1, 0, 1}), frozenset({0, 1}), frozenset({1})


def signs(
    p: Mapping[tuple[int, ...], int | Fraction], known: Callable[[int], frozenset[int]] = lambda _: _ANY
) -> frozenset[int]:
    """The signs that completing squares leaves a polynomial, where some variables are known to be positive.

    p is c (q + r): c the positive variables that all monomials share, q what is a product of variables that are not
    negative, r the rest, whose squares are completed.
    """
    shared = Counter(next(iter(p), ()))
    for monomial in p:
        shared &= Counter(monomial)
    common = Counter({number: count for number, count in shared.items() if known(number) == _POSITIVE})
    rest: dict[tuple[int, ...], int | Fraction] = {}
    positive = False
    for monomial, coefficient in p.items():
        left = tuple(sorted((Counter(monomial) - common).elements()))
        if left and coefficient > 0 and all(known(number) <= _NONNEGATIVE for number in left):
            positive = positive or all(known(number) == _POSITIVE for number in left)
        else:
            rest[left] = coefficient
    least = least_value(rest)
    if least is None or least < 0:
        return _ANY
    return _POSITIVE if positive or least > 0 else _NONNEGATIVE


def least_value(p: Mapping[tuple[int, ...], int | Fraction]) -> Fraction | None:
    """A number that the polynomial never falls below, or ``None`` when it is no quadratic of that kind."""
    if any(len(monomial) > 2 for monomial in p):
        return None
    variables = sorted({number for monomial in p for number in monomial})
    if len(variables) > _MOST_VARIABLES:
        return None
    matrix = _matrix(p, {number: place for place, number in enumerate(variables)})
    for place in range(len(variables)):
        if not _complete_square(matrix, place):
            return None
    return matrix[-1][-1]


def _matrix(p: Mapping[tuple[int, ...], int | Fraction], places: Mapping[int, int]) -> Matrix:
    """The symmetric matrix of the form, with the constant 1 as the last variable."""
    last = len(places)
    matrix = [[Fraction(0)] * (last + 1) for _ in range(last + 1)]
    for monomial, coefficient in p.items():
        a, b = [places[number] for number in monomial] + [last] * (2 - len(monomial))
        matrix[a][b] += Fraction(coefficient) / 2
        matrix[b][a] += Fraction(coefficient) / 2
    return matrix


def _complete_square(matrix: Matrix, place: int) -> bool:
    """Take out the square of one variable; whether what it leaves is free of it and the pivot is not negative."""
    pivot, row = matrix[place][place], list(matrix[place])
    if pivot <= 0:
        return pivot == 0 and not any(row[place + 1 :])
    for i in range(place + 1, len(matrix)):
        for j in range(place + 1, len(matrix)):
            matrix[i][j] -= row[i] * row[j] / pivot
    return True
