"""The engine over whole grids against the one that goes entry by entry: where the grid answers, both say the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from symconv import Index, Size, Tensor, avg_pool1d, avg_pool2d, claim, conv2d, equal, flip, pi, summation, where
from symconv.claims import Claim
from symconv.errors import TimeLimit, Undefined
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.bounded import grid
from symconv.kernel.bounded.polynomials import Polynomials
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.prover import bounded
from symconv.prover.reading import Pair, Reading, read


def by_grid(reading: Reading, pair: Pair) -> bool | None:
    """Whether the sides agree; ``None`` where the grid does not say."""
    try:
        return bool(grid.agree(pair.left.definition, pair.right.definition, list(reading.indices.values())))
    except grid.NotPolynomial:
        return None


def by_entries(reading: Reading, pair: Pair) -> bool:
    """Whether the sides agree, entry by entry."""
    return bounded._check_pair(reading, pair, Polynomials(), lambda: None, bounded.Result()) is None


def assert_same_answers(statement: Claim, *, answered: bool) -> None:
    """Both engines say the same at small sizes; ``answered``: the grid says something at each of them."""
    for value in (1, 2, 3, 5):
        reading = read(statement, dict.fromkeys(statement.sizes, value))
        for pair in reading.pairs:
            found = by_grid(reading, pair)
            assert found is not None or not answered
            assert found is None or found == by_entries(reading, pair), (statement.name, value)


TRUE: list[Callable[..., Any]] = [
    lambda x, n: (summation(lambda i: summation(lambda j: x[j], i + 1), n), summation(lambda j: (n - j) * x[j], n)),
    lambda x, n: (10**7 * (10**7 * x), 10**14 * x),
    lambda x, n: (x.sum() ** 3, summation(lambda i, j, k: x[i] * x[j] * x[k], n, n, n)),
    lambda x, n: (avg_pool1d(x, 3, 1, 1), avg_pool1d(flip(x), 3, 1, 1)[::-1]),
    lambda x, n: ((x + pi) ** 2, x**2 + 2 * pi * x + pi * pi),
    lambda x, n: (x**0, 1),
    lambda x, n: (x - x, 0),
    lambda x, n: (avg_pool1d(x, 3, 1, 1, count_include_pad=False), avg_pool1d(x, 3, 1, 1, count_include_pad=False)),
    lambda x, n: (
        summation(lambda i: where(i >= 1, x[i] / (i + 1), 0), n),
        summation(lambda i: x[i] / (i + 1), (1, n - 1)),
    ),
    lambda x, n: (
        summation(lambda i: where((i % 2 == 0) | (i > 2), x[i], 0), n),
        summation(lambda i: where(~((i % 2 == 1) & (i <= 2)), x[i], 0), n),
    ),
]
FALSE: list[Callable[..., Any]] = [
    lambda x, n: (x.sum() ** 2, (x**2).sum() + x[0]),
    lambda x, n: (x * 2**30, x * 2**30 + x[0] ** 2 / 3**10),
    lambda x, n: (summation(lambda i: i * x[i], n), summation(lambda i: (i + 1) * x[i], n)),
    lambda x, n: (avg_pool1d(x, 3, 1, 1), x / 3),
    lambda x, n: (x**2, x),
]


@pytest.mark.parametrize("sides", TRUE)
def test_true_statements(sides: Callable[..., Any]) -> None:
    @claim
    def stated(x: Tensor["n"], n: Size):
        return equal(*sides(x, n))

    assert_same_answers(stated, answered=True)
    assert all(by_entries(r, p) for v in (1, 3) for r in [read(stated, {"n": v})] for p in r.pairs)


@pytest.mark.parametrize("sides", FALSE)
def test_false_statements(sides: Callable[..., Any]) -> None:
    @claim
    def stated(x: Tensor["n"], n: Size):
        return equal(*sides(x, n))

    assert_same_answers(stated, answered=True)
    reading = read(stated, {"n": 3})
    assert by_grid(reading, reading.pairs[0]) is False


def test_free_indices_and_images() -> None:
    @claim
    def rows(x: Tensor["n", "m"], i: Index["n"], m: Size):
        return equal(summation(lambda j: x[i, j], m), x.sum(axis=1)[i])

    @claim
    def transposed(x: Tensor["n", "n"], i: Index["n"], j: Index["n"]):
        return equal(x[i, j], x[j, i])

    @claim
    def pooled(x: Tensor["n", "n"]):
        return equal(avg_pool2d(x, 3, 1, 1), conv2d(x, [[1, 1, 1]] * 3, padding=1) / 9)

    for statement in (rows, transposed, pooled):
        assert_same_answers(statement, answered=True)


def test_what_is_undefined_is_not_said_to_agree() -> None:
    @claim
    def outside(x: Tensor["n"], i: Index["n"]):
        return equal(0 * x[i + 1], 0 * x[i])

    @claim
    def divided(x: Tensor["n"], i: Index["n"]):
        return equal(x[i] / i * i, x[i])

    for statement in (outside, divided):
        for value in (2, 3):
            reading = read(statement, {"n": value})
            assert by_grid(reading, reading.pairs[0]) is None
            assert not by_entries(reading, reading.pairs[0])


def expression(source: random.Random, x: Any, n: Any, i: Any, depth: int) -> Any:
    """A random polynomial in the entries of a vector, with sums and conditions."""
    if depth == 0:
        entry = lambda k: where((k >= 0) & (k < n), x[k], source.choice([0, 1]))  # noqa: E731
        return entry(source.choice([i, i + 1, i - 1, n - 1 - i, 2 * i]))
    a = expression(source, x, n, i, depth - 1)
    match source.randrange(6):
        case 0:
            return a + expression(source, x, n, i, depth - 1)
        case 1:
            return a * expression(source, x, n, i, depth - 1)
        case 2:
            return summation(lambda j: expression(source, x, n, j, depth - 1), source.choice([n, i, (1, 2)]))
        case 3:
            return where(source.choice([i % 2 == 0, i > 0, i < n - 1]), a, source.choice([0, -a]))
        case 4:
            return a * (i + source.randint(-1, 2)) / 3
    return a**2 - a


@pytest.mark.parametrize("seed", range(40))
def test_random_polynomials(seed: int) -> None:
    @claim
    def expanded(x: Tensor["n"], i: Index["n"], n: Size):
        a, b, c = (expression(random.Random(seed + k), x, n, i, 2) for k in range(3))
        return equal(a * (b + c), a * b + a * c), equal(a * b, b * a), equal(a, b), equal(a * (b - c), a * b + a * c)

    try:
        assert_same_answers(expanded, answered=False)
    except Undefined:
        pytest.skip("a side has no value at some size")


# --- where the grid gives up ------------------------------------------------------------------------------------------

I = IndexVar("i")
i = ix.index(I)
X, WIDE = t.Variable("x", (ix.index(3),)), t.Variable("u", (ix.index(2**19),) * 4)
LOOSE = t.Variable("l", (ix.index(IndexVar("n", 1)),))
x0, xi = t.Entry(X, (ix.ZERO,)), t.Entry(X, (i,))
HALF_LIMIT = t.number(2**61)


def total(extent: int, body: Callable[[IndexTerm], t.Term]) -> t.Term:
    return t.sum_over((ix.index(extent),), lambda a: body(a[0]))


def deep(levels: int) -> t.Term:
    term: t.Term = x0
    for _ in range(levels):
        term = t.Add((term, x0))
    return term


OUTSIDE: dict[str, t.Term] = {
    "Max": t.Max((x0, xi)),
    "a condition on entries": t.Where(t.Compare(x0, xi, "gt"), x0, xi),
    "j has no value": t.index_number(ix.index(IndexVar("j"))),
    "an index leaves its tensor": t.Entry(X, (i + 1,)),
    "an index is divided by 0": t.index_number(5 // i),
    "a large index": t.index_number(i * i * i * i),
    "a large index: a number": t.Entry(WIDE, (ix.index(2**20), i, i, i)),
    "a large tensor": t.Entry(WIDE, (i, i, i, i)),
    "a tensor of unknown shape": t.Entry(LOOSE, (i,)),
    "an exponent that varies": t.Power(x0, i),
    "an exponent that varies: is large": t.Power(x0, ix.index(65)),
    "division by entries": t.Power(xi, ix.index(-1)),
    "division by 0": t.Power(t.index_number(i), ix.index(-1)),
    "division by 0: in one case": t.Power(t.Where(t.IndexCompare(i - 1, "ge"), t.ONE, t.ZERO), ix.index(-1)),
    "division by 0: that cancels": t.Power(t.Add((x0, t.Mul((t.MINUS_ONE, x0)))), ix.index(-1)),
    "too many points": total(1_040_000, lambda a: x0),
    "large coefficients": t.number(2**62),
    "large coefficients: a denominator": t.Mul((t.number(Fraction(1, 2**62)), x0)),
    "large coefficients: a product": t.Mul((t.number(2**40), x0, t.number(2**40))),
    "large coefficients: one denominator": t.Add((HALF_LIMIT, t.number(Fraction(1, 3)))),
    "large coefficients: added up": total(4, lambda a: t.Mul((HALF_LIMIT, x0))),
    "large coefficients: reciprocals": total(60, lambda a: t.Power(t.index_number(a + 1), ix.index(-1))),
    "maximum recursion": deep(3000),
}


@pytest.mark.parametrize("reason", OUTSIDE)
def test_what_is_outside_of_the_grid_is_refused_even_if_both_sides_are_the_same(reason: str) -> None:
    side = t.Lambda((), (), OUTSIDE[reason])
    with pytest.raises(grid.NotPolynomial, match=reason.partition(":")[0]):
        grid.agree(side, side, [(I, 3)])


def test_within_its_limits_the_grid_answers() -> None:
    """Near the limits: equal, and unequal by one in the last place."""
    near = {
        "a coefficient": (t.Mul((t.number(2**60), xi)), t.Mul((t.number(2**60 - 1), xi))),
        "a sum": (total(3, lambda a: t.Mul((t.number(2**57), x0))), t.Mul((t.number(3 * 2**57 + 1), x0))),
        "reciprocals": (total(40, lambda a: t.Power(t.index_number(a + 1), ix.index(-1))), harmonic(40)),
        "an exponent": (t.Power(xi, ix.index(40)), t.Power(xi, ix.index(39))),
    }
    for name, (left, right) in near.items():
        sides = [t.Lambda((), (), side) for side in (left, right)]
        assert grid.agree(sides[0], sides[0], [(I, 3)]) == 3, name
        assert bool(grid.agree(sides[0], sides[1], [(I, 3)])) is (name == "reciprocals"), name


def harmonic(count: int) -> t.Term:
    return t.number(sum((Fraction(1, k) for k in range(1, count + 1)), Fraction(0)))


def test_shapes_that_differ_or_vary_are_refused() -> None:
    def vector(extent: ix.IndexLike) -> t.Lambda:
        return t.define((ix.index(extent),), lambda e: t.index_number(e[0]))

    assert grid.agree(vector(3), vector(3), []) == 3
    for other in (vector(4), vector(IndexVar("n", 1)), vector(-1), t.define((ix.ONE, ix.ONE), lambda e: t.ZERO)):
        with pytest.raises(grid.NotPolynomial, match="shapes"):
            grid.agree(vector(3), other, [])


def test_an_entry_of_a_large_definition_is_computed_alone() -> None:
    squares = t.define((ix.index(100_000),), lambda e: t.index_number(e[0] * e[0]))
    read = t.Lambda((), (), t.Read(squares, (1000 * i + 7,)))
    listed = t.Lambda((), (), t.index_number((1000 * i + 7) * (1000 * i + 7)))
    assert grid.agree(read, listed, [(I, 3)]) == 3
    assert not grid.agree(read, t.Lambda((), (), t.number(49)), [(I, 3)])


def test_the_limit_on_the_time_is_passed_on() -> None:
    def tick() -> None:
        raise TimeLimit("over")

    side = t.Lambda((), (), total(2, lambda a: x0))
    with pytest.raises(TimeLimit):
        grid.agree(side, side, [], tick)


def test_grids_and_rows_keep_their_limits() -> None:
    assert grid.Grid(1, {I: np.array([2**20 - 1])})[I] == 2**20 - 1
    for value in (2**20, -(2**20)):
        with pytest.raises(grid.NotPolynomial, match="a large index"):
            grid.Grid(1, {I: np.array([value])})
    with pytest.raises(grid.NotPolynomial, match="too many points"):
        grid.Grid(grid.MOST_ROWS + 1, {})
    with pytest.raises(grid.NotPolynomial, match="too many rows"):
        grid.Rows(grid.MOST_ROWS + 1, None, (), 1, 1, 1)
