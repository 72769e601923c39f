"""Conditions on indices and entries, against Python's own `and`, `or`, `not`: wherever the kernel reads one.

A random condition comes with what Python makes of it at given numbers. Evaluation, replacement, the cases of the normal
form, its switches and the grid each have to say the same.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Given, Pieces, meets, value

from symconv.errors import Undecided
from symconv.kernel import calculus
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.bounded import grid
from symconv.kernel.general.normal import Normalizer
from symconv.kernel.general.products import Constraint
from symconv.kernel.index import IndexVar

N, I, J = IndexVar("n", 1), IndexVar("i"), IndexVar("j")
n, i, j = map(ix.index, (N, I, J))
Z, W = t.Variable("z", ()), t.Variable("w", ())
z, w = t.Entry(Z, ()), t.Entry(W, ())
Numbers = dict[Any, int]
Meaning = Callable[[Numbers], bool]
Case = tuple[t.Condition, Meaning]

ON_INDICES: list[Case] = [
    (t.IndexCompare(i - 1, "ge"), lambda v: v[I] >= 1),
    (t.IndexCompare(i - j, "eq"), lambda v: v[I] == v[J]),
    (t.IndexCompare(n - 1 - 2 * j, "ge"), lambda v: 2 * v[J] < v[N]),
    (t.IndexCompare(i + j - n, "eq"), lambda v: v[I] + v[J] == v[N]),
    (True, lambda v: True),
    (False, lambda v: False),
]
ON_ENTRIES: list[Case] = [
    (t.Compare(z, w, "gt"), lambda v: v["z"] > v["w"]),
    (t.Compare(z, t.ONE, "ge"), lambda v: v["z"] >= 1),
    (t.Compare(w, t.ZERO, "eq"), lambda v: v["w"] == 0),
    (t.Compare(t.multiply(z, w), t.ZERO, "ge"), lambda v: v["z"] * v["w"] >= 0),
]


def connected(parts: st.SearchStrategy[Case]) -> st.SearchStrategy[Case]:
    some = st.lists(parts, min_size=1, max_size=3)
    return st.one_of(
        some.map(lambda ps: (t.And(tuple(p for p, _ in ps)), lambda v: all(holds(v) for _, holds in ps))),
        some.map(lambda ps: (t.Or(tuple(p for p, _ in ps)), lambda v: any(holds(v) for _, holds in ps))),
        parts.map(lambda p: (t.Not(p[0]), lambda v: not p[1](v))),
    )


FEW = settings(max_examples=20, deadline=None)
INDEX_CONDITIONS = st.recursive(st.sampled_from(ON_INDICES), connected, max_leaves=4)
CONDITIONS = st.recursive(st.sampled_from(ON_INDICES + ON_ENTRIES), connected, max_leaves=4)
PLACES: list[Numbers] = [dict(zip((N, I, J), row, strict=True)) for row in itertools.product((1, 3), (0, 1, 2), (0, 1))]
POINTS = [p | {"z": a, "w": b} for p in PLACES for a, b in ((-1, 0), (0, -1), (1, 2), (2, -1))]


def one_where(condition: t.Condition) -> t.Term:
    return t.Where(condition, t.ONE, t.ZERO)


def at(term: t.Term, point: Numbers) -> Fraction:
    indices = {v: x for v, x in point.items() if isinstance(v, IndexVar)}
    return value(term, indices, Given(z=Fraction(point["z"]), w=Fraction(point["w"])))


@settings(max_examples=40, deadline=None)
@given(CONDITIONS)
def test_evaluation(case: Case) -> None:
    condition, holds = case
    assert [at(one_where(condition), p) for p in POINTS] == [holds(p) for p in POINTS]


@settings(max_examples=40, deadline=None)
@given(CONDITIONS)
def test_replacement_is_composition(case: Case) -> None:
    """i + 1 in place of i, and w + 1 in place of z."""
    condition, holds = case
    put = calculus.Replacement(lambda e: t.add(w, t.ONE) if e.variable is Z else None, {I: i + 1})
    moved = t.where(put.condition(condition), t.ONE, t.ZERO)
    assert [at(moved, p) for p in POINTS] == [holds(p | {I: p[I] + 1, "z": p["w"] + 1}) for p in POINTS]


@settings(max_examples=40, deadline=None)
@given(INDEX_CONDITIONS, st.booleans())
def test_cases_are_disjoint_and_complete(case: Case, wanted: bool) -> None:
    condition, holds = case
    cases = kernel().cases(condition, wanted, {}, ())
    for place in PLACES:
        met = [c for c in cases if all(meets(constraint, place) for constraint in c)]
        assert len(met) == (holds(place) is wanted), (condition, place)


def kernel(**options: Any) -> Normalizer:
    return Normalizer((Constraint(n - 1),), frozenset({N}), **options)


@FEW
@given(CONDITIONS)
def test_switches(case: Case) -> None:
    condition, holds = case
    normalizer = kernel(switching=True)
    pieces = normalizer.pieces(one_where(condition), {}, (Constraint(i), Constraint(j)))
    for p in POINTS:
        model = Given(z=Fraction(p["z"]), w=Fraction(p["w"]))
        place = {v: p[v] for v in (N, I, J)}
        assert Pieces(normalizer, model, {N: p[N]}).total(pieces, place) == holds(p), (condition, p)


@FEW
@given(INDEX_CONDITIONS)
def test_the_grid(case: Case) -> None:
    """Equal to the table of Python's answers, and to no table that differs in one place."""
    condition, holds = case
    ranges = [(N, 3), (I, 3), (J, 2)]
    places = list(itertools.product(*(range(extent) for _, extent in ranges)))
    table = [holds({N: size, I: a, J: b}) for size, a, b in places]

    def agrees(listed: list[bool]) -> bool:
        spots = [t.And(tuple(t.IndexCompare(e - x, "eq") for e, x in zip((n, i, j), p, strict=True))) for p in places]
        ones = t.add(*(one_where(spot) for spot, listed_here in zip(spots, listed, strict=True) if listed_here))
        return bool(grid.agree(t.Lambda((), (), one_where(condition)), t.Lambda((), (), ones), ranges))

    assert agrees(table)
    for changed in (0, 7, 17):
        assert not agrees([h != (k == changed) for k, h in enumerate(table)])


def test_a_derivative_of_cases_is_that_of_the_branch_and_has_a_kink_only_between_entries() -> None:
    square, line = t.power(z, 2), t.multiply(t.number(5), z)
    derivative = calculus.Derivative(Z, ())
    for condition, kink in (
        (False, t.Kink.NONE),
        (t.IndexCompare(i, "eq"), t.Kink.NONE),
        (t.Compare(w, t.ONE, "gt"), t.Kink.NONE),
        (t.Compare(z, t.ONE, "gt"), t.Kink.LEFT_OUT),
        (t.Compare(t.subtract(w, line), t.multiply(t.number(3), w), "gt"), t.Kink.LEFT_OUT),
        (t.Compare(line, t.multiply(t.number(5), z), "gt"), t.Kink.OPEN),
        (t.Compare(t.multiply(w, z), t.ONE, "gt"), t.Kink.OPEN),
        (t.Compare(square, t.ONE, "gt"), t.Kink.OPEN),
        (t.Or((t.IndexCompare(i, "eq"), t.Not(t.Compare(z, t.ONE, "gt")))), t.Kink.LEFT_OUT),
        (t.And((t.Compare(w, t.ONE, "gt"), t.Compare(z, t.ONE, "gt"))), t.Kink.OPEN),
    ):
        derived = derivative.of(t.Where(condition, square, line))
        assert getattr(derived, "kink", t.Kink.NONE) is kink
    for function, argument, kink in (
        (calculus.RELU, line, t.Kink.LEFT_OUT),
        (calculus.ABS, t.multiply(w, z), t.Kink.KEPT),
    ):
        assert kink in (getattr(part, "kink", None) for part in derivative.of(t.Apply(function, argument)).parts)
    cases = derivative.of(t.Where(t.Compare(z, t.ONE, "gt"), square, line))
    assert [at(cases, {"z": x, "w": 0}) for x in (-2, 0, 2, 3)] == [5, 5, 4, 6]


def test_without_switches_a_condition_on_several_entries_is_left_open() -> None:
    both = t.And((t.Compare(z, t.ZERO, "gt"), t.Compare(w, t.ZERO, "gt")))
    with pytest.raises(Undecided, match="several entries at once"):
        kernel().pieces(one_where(both), {}, ())
    with pytest.raises(Undecided, match="a condition on entries beside one on indices"):
        kernel().cases(t.Or((t.IndexCompare(i, "eq"), t.Compare(z, t.ZERO, "gt"))), True, {}, ())
