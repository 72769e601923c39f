"""Integer sets and functions on index tuples, against counting by loops at small sizes."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import meets, points

from symconv.errors import Undecided
from symconv.kernel import index as ix
from symconv.kernel.general import functions, isl_text, sets
from symconv.kernel.general.functions import Weighted
from symconv.kernel.general.products import Constraint
from symconv.kernel.index import IndexTerm, IndexVar

N, M = IndexVar("n", 1), IndexVar("m", 1)
I = IndexVar("i")
A, B, C = IndexVar("a"), IndexVar("b"), IndexVar("c")
n, m, i, a, b, c = map(ix.index, (N, M, I, A, B, C))
SIZES = [Constraint(n - 1), Constraint(m - 1)]
OUTER = [dict(zip((N, M, I), row, strict=True)) for row in itertools.product((1, 2, 4), (1, 3), (0, 1, 3))]


def below(variable: IndexTerm, extent: IndexTerm) -> list[Constraint]:
    return [Constraint(variable), Constraint(extent - 1 - variable)]


extents = st.sampled_from([n, m, n + 1, n - 1, n - m, i + 1, n - i, ix.index(3), 2 * n, n // 2, (n + m) // 2])
inner_extents = st.sampled_from([n, m, a + 1, n - a, a, 2 * a + 1, n - a - 1, a // 2 + 1])
affine = st.builds(
    lambda p, q, r, s, t: p * a + q * b + r * i + s * n + t,
    *[st.sampled_from([-1, 0, 0, 1, 2])] * 2,
    *[st.sampled_from([-1, 0, 0, 1])] * 2,
    st.integers(-1, 1),
)
coordinates = st.one_of(affine, st.builds(lambda e, d: e // d, affine, st.sampled_from([2, 3])))
conditions = st.builds(Constraint, st.one_of(affine, coordinates), st.booleans())
weights = st.sampled_from([ix.ONE, a, b, a * b, a + n, a * a, n * b, i + 1])


@st.composite
def weighted(draw: Any, most_coordinates: int = 2) -> Weighted:
    ranges = [*below(a, draw(extents)), *below(b, draw(inner_extents))]
    extra = draw(st.lists(conditions, max_size=1))
    shown = tuple(draw(st.lists(coordinates, max_size=most_coordinates)))
    scale = draw(st.sampled_from([Fraction(1), Fraction(-2), Fraction(1, 3)]))
    return Weighted(shown, (A, B), (*ranges, *extra), draw(weights), scale)


def counted(point: Weighted, values: dict[IndexVar, int]) -> Counter[tuple[int, ...]]:
    """The coefficient at each tuple of coordinates, by loops over the bound indices."""
    found: Counter[tuple[int, ...]] = Counter()
    for inner in points(point.bound, point.constraints, values):
        place = tuple(term.evaluate(inner) for term in point.coordinates)
        found[place] += point.scale * point.weight.evaluate(inner)  # type: ignore[assignment]
    return found


def at(function: Any, place: Sequence[int], values: dict[IndexVar, int]) -> Fraction:
    """A piecewise quasi-polynomial at integers."""
    names = [f"t{k}" for k in range(len(place))]
    fixed = [f"{name} = {x}" for name, x in zip(names, place, strict=True)]
    fixed += [f"{isl_text.name(v)} = {x}" for v, x in values.items()]
    parameters = ", ".join(map(isl_text.name, values))
    here = sets.isl().Set(f"[{parameters}] -> {{ [{', '.join(names)}] : {' and '.join(fixed)} }}")
    total = Fraction(0)
    for domain, polynomial in function.intersect_domain(here).get_pieces():
        total += Fraction(str(polynomial.gist(domain).get_constant_val()))
    return total


@settings(max_examples=60, deadline=None)
@given(weighted())
def test_a_function_counts_what_loops_count(point: Weighted) -> None:
    try:
        function = functions.function_of(point)
    except Undecided:
        return
    for values in OUTER:
        expected = counted(point, values)
        nearby = itertools.product(*[range(-1, 4)] * len(point.coordinates))
        for place in {*itertools.islice(expected, 12), *nearby}:
            assert at(function, place, values) == expected[place], (point, values, place)


@settings(max_examples=60, deadline=None)
@given(weighted(), weighted())
def test_a_difference_that_vanishes_vanishes_everywhere(left: Weighted, right: Weighted) -> None:
    """``nonzero_pieces`` is empty only for functions that are equal at all sizes within the context."""
    if len(left.coordinates) != len(right.coordinates):
        right = left
    try:
        f, g = functions.function_of(left), functions.function_of(right)
    except Undecided:
        return
    difference = functions.total([f, g.scale_val(functions._value(Fraction(-1)))])
    found = list(functions.nonzero_pieces(difference, [*SIZES, Constraint(i)]))
    same = all(
        {k: x for k, x in counted(left, v).items() if x} == {k: x for k, x in counted(right, v).items() if x}
        for v in OUTER
    )
    assert found or same


@settings(max_examples=80, deadline=None)
@given(st.lists(conditions, min_size=1, max_size=3), st.lists(conditions, max_size=2), extents, inner_extents)
def test_covering_holds_at_all_values(
    conditions: list[Constraint], context: list[Constraint], outer: IndexTerm, inner: IndexTerm
) -> None:
    outside = [con for con in context if not {A, B} & set(con.term.variables())] + [*SIZES, Constraint(i)]
    ranges = [*below(a, outer), *below(b, inner)]
    parts = [((A, B), (*ranges, con)) for con in conditions]
    if sets.covers(parts, outside):
        for values in OUTER:
            if all(meets(con, values) for con in outside):
                assert any(next(points(bound, found, values), None) for bound, found in parts)


@settings(max_examples=60, deadline=None)
@given(weighted(), weighted())
def test_subsets_and_equal_supports_hold_at_all_values(left: Weighted, right: Weighted) -> None:
    if len(left.coordinates) != len(right.coordinates):
        right = left
    context = [*SIZES, Constraint(i)]
    regions = [point.region for point in (left, right)]
    subset = sets.is_subset(regions[0], regions[1], context)
    same = sets.same_supports([("x", left.region)], [("x", right.region)], context)
    for values in OUTER:
        first, second = (set(counted(point, values)) for point in (left, right))
        assert first <= second or not subset
        assert first == second or not same


@settings(max_examples=100, deadline=None)
@given(st.lists(conditions, min_size=1, max_size=4))
def test_impossible_constraints_have_no_point(constraints: list[Constraint]) -> None:
    if sets.is_impossible(constraints):
        for row in itertools.product(range(4), repeat=4):
            values = dict(zip((N, I, A, B), row, strict=True))
            assert not all(meets(con, values) for con in constraints)


@pytest.mark.parametrize("degree", range(4))
@pytest.mark.parametrize("extent", [n, n - 2, n - m, n // 2, 2 * n - m])
def test_sums_of_powers_also_over_empty_ranges(degree: int, extent: IndexTerm) -> None:
    point = Weighted((), (A,), tuple(below(a, extent)), ix.product([a] * degree), Fraction(1))
    function = functions.function_of(point)
    for values in itertools.product(range(1, 6), range(1, 5)):
        sizes = dict(zip((N, M), values, strict=True))
        assert at(function, (), sizes) == sum(x**degree for x in range(extent.evaluate(sizes)))


def test_a_fibre_that_no_coordinate_shows_is_counted() -> None:
    point = Weighted((a,), (A, B), (*below(a, n), *below(b, a + 1)), ix.ONE, Fraction(1))
    function = functions.function_of(point)
    assert [at(function, (x,), {N: 3}) for x in range(-1, 4)] == [0, 1, 2, 3, 0]


def test_a_stride_keeps_its_divisibility() -> None:
    function = functions.function_of(Weighted((2 * a,), (A,), tuple(below(a, n)), ix.ONE, Fraction(1)))
    assert [at(function, (x,), {N: 2}) for x in range(6)] == [1, 0, 1, 0, 0, 0]


def test_a_sum_that_takes_isl_too_many_steps_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    point = Weighted((), (A, B), (*below(a, n + 17), *below(b, a + 19)), a * b, Fraction(1))
    monkeypatch.setattr(functions, "_MOST_OPERATIONS", 10)
    with pytest.raises(Undecided, match="isl does not write"):
        functions.function_of(point)
    monkeypatch.undo()
    assert functions.function_of(point) is not None  # the limit is that of one sum, and leaves isl as it was


def test_more_indices_than_a_tuple_has_places_are_undecided() -> None:
    with pytest.raises(Undecided, match="64 indices"):
        functions.written(Weighted((i,) * 65, (), (), ix.ONE, Fraction(1)))


def test_a_bound_index_within_a_product_becomes_a_coordinate() -> None:
    """The function of (n a, a): 1 on 0 <= a < m where the first coordinate is the product."""
    point = Weighted((n * a,), (A,), tuple(below(a, m)), ix.ONE, Fraction(1))
    assert functions.written(point).coordinates == 2
    assert not list(
        functions.nonzero_pieces(functions.function_of(point), [Constraint(-m)], functions.written(point).terms)
    )
    assert list(
        functions.nonzero_pieces(functions.function_of(point), [Constraint(m - 1)], functions.written(point).terms)
    )


def test_constraints_that_hang_together_by_others_are_looked_at() -> None:
    """n <= 1 with 1 <= i <= n - 1: i is reached by way of n - 1 - i alone; and so on along a longer chain."""
    context = [*SIZES, Constraint(i), Constraint(i - 1), Constraint(n - 1 - i)]
    assert sets.is_impossible([Constraint(1 - n)], context)
    assert not sets.is_impossible([Constraint(2 - n)], context)  # n = 2, i = 1
    chain = [Constraint(a - 3), Constraint(b - a), Constraint(c - b), Constraint(n - c), Constraint(m - n)]
    assert sets.is_impossible([Constraint(2 - m)], chain)
    assert not sets.is_impossible([Constraint(3 - m)], chain)  # all of them 3
