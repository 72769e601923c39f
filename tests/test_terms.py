"""Terms: what constructors fold, what evaluation shares, what derivatives are; each against plain numbers."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest
from oracle import Given, Model, value

from symconv.errors import Undefined
from symconv.kernel import calculus
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.bounded.polynomials import Polynomials
from symconv.kernel.evaluate import Evaluator
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.terms import Term

N = IndexVar("n", 1)
n = ix.index(N)
X = t.Variable("x", (n,))
Z, W = t.Variable("z", ()), t.Variable("w", ())
z, w = t.Entry(Z, ()), t.Entry(W, ())


def x(index: IndexTerm | int) -> Term:
    return t.Entry(X, (ix.index(index),))


# --- constructors -----------------------------------------------------------------------------------------------------


def test_zero_times_an_entry_that_may_not_exist_stays() -> None:
    with pytest.raises(Undefined):
        value(t.multiply(t.ZERO, x(3)), {N: 2}, Model())
    with pytest.raises(Undefined):
        value(t.multiply(t.ZERO, t.power(z, -1)), {N: 2}, Given(z=Fraction(0)))


def test_a_negative_power_of_zero_stays() -> None:
    with pytest.raises(Undefined):
        value(t.power(t.ZERO, -1), {}, Model())
    assert value(t.power(t.ZERO, 0), {}, Model()) == 1


def test_sums_below_zero_are_empty_and_maxima_of_nothing_are_undefined() -> None:
    assert value(t.sum_over((n - 5,), lambda a: z), {N: 2}, Model()) == 0
    with pytest.raises(Undefined):
        value(t.max_over((n - 5,), lambda a: z), {N: 2}, Model())


def test_only_the_chosen_branch_needs_to_be_defined() -> None:
    guarded = t.where(t.at_least(n - 3, 0), x(2), t.ZERO)
    assert value(guarded, {N: 2}, Model()) == 0
    assert value(guarded, {N: 3}, Model()) == Model().entry(X, (2,))


# --- sharing --------------------------------------------------------------------------------------------------------


def test_a_definition_is_kept_apart_for_each_value_of_its_outer_index() -> None:
    a, v = IndexVar("a"), IndexVar("v")
    row = t.Lambda((v,), (n,), t.index_number(ix.index(a) * 10 + v))
    both = t.Sum(a, n, t.add(t.Read(row, (ix.ZERO,)), t.Read(row, (n - 1,))))
    assert value(both, {N: 3}, Model()) == sum(10 * k + 10 * k + 2 for k in range(3))


def test_a_bound_index_that_is_used_again_inside_is_restored() -> None:
    a = IndexVar("a")
    inner = t.Sum(a, ix.index(2), t.index_number(ix.index(a)))
    outer = t.Sum(a, n, t.multiply(inner, t.index_number(ix.index(a))))
    assert value(outer, {N: 4}, Model()) == 1 * (0 + 1 + 2 + 3)


def test_what_is_known_in_a_branch_is_not_used_outside_of_it() -> None:
    """relu(z) is z where z > 0; the shared definition must not stay so in the other branch."""
    shared = t.define((ix.ONE,), lambda _: t.Apply(calculus.RELU, z))
    read = t.Read(shared, (ix.ZERO,))
    term = t.add(t.where(t.Compare(z, t.ZERO, "gt"), read, read), read)
    algebra = Polynomials()
    found = Evaluator(algebra, {}).value(term)
    relu = algebra.maximum([algebra.entry(Z, ()), algebra.number(0)])
    assert algebra.is_zero(algebra.subtract(found, algebra.add([relu, relu])))
    twice = algebra.add([algebra.entry(Z, ())] * 2)
    assert not algebra.is_zero(algebra.subtract(found, twice))
    assert not algebra.facts


def test_a_divisor_is_known_not_to_be_zero_in_its_branch_alone() -> None:
    inverse = t.define((ix.ONE,), lambda _: t.power(z, -1))
    read = t.Read(inverse, (ix.ZERO,))
    guarded = t.where(t.Compare(z, t.ZERO, "gt"), read, t.ZERO)
    inside = Polynomials()
    Evaluator(inside, {}).value(guarded)
    assert not inside.conditions
    outside = Polynomials()
    Evaluator(outside, {}).value(t.add(guarded, read))
    assert outside.conditions


@pytest.mark.parametrize(
    ("otherwise", "is_same"), [(t.ZERO, True), (t.ONE, False)], ids=["the same at 0", "another value at 0"]
)
def test_the_case_in_which_a_divisor_is_zero_is_not_lost(otherwise: Term, is_same: bool) -> None:
    nonzero = t.negation(t.Compare(z, t.ZERO, "eq"))
    algebra = Polynomials()
    evaluator = Evaluator(algebra, {})
    left = evaluator.value(t.where(nonzero, t.divide(w, z), otherwise))
    right = evaluator.value(t.where(nonzero, t.divide(w, z), t.ZERO))
    assert algebra.is_zero(algebra.subtract(left, right)) is is_same


# --- derivatives ----------------------------------------------------------------------------------------------------


def polynomial(source: random.Random, depth: int, bound: list[IndexVar]) -> Term:
    """A random polynomial in the entries of x, with sums that may be ragged."""
    if depth == 0:
        index = ix.index(source.choice(bound)) if bound and source.random() < 0.8 else ix.index(0)
        moved = source.choice([index, index, index + 1, n - 1 - index, 2 * index])
        return t.where(t.inside((moved,), (n,)), x(moved), source.choice([t.ZERO, t.ONE]))
    below = [polynomial(source, depth - 1, bound) for _ in range(2)]
    match source.choice(["add", "mul", "sum", "sum", "power"]):
        case "add":
            return t.add(*below)
        case "mul":
            return t.multiply(*below)
        case "power":
            return t.power(below[0], source.randint(0, 3))
    a = IndexVar("a")
    extent = source.choice([n, n - 1, *(ix.index(v) + 1 for v in bound)])
    return t.Sum(a, extent, polynomial(source, depth - 1, [*bound, a]))


def slope(term: Term, place: int, numbers: dict[str, Fraction]) -> Fraction:
    """The derivative of a polynomial of low degree, exactly, by differences that cancel all higher powers."""
    key, degree = f"x{place}", 28
    steps = range(degree + 1)
    heights = [value(term, {N: 3}, Given(**{**numbers, key: numbers[key] + h})) for h in steps]
    total = Fraction(0)
    for h in steps[1:]:
        heights = [b - a for a, b in itertools.pairwise(heights)]
        total += Fraction((-1) ** (h + 1), h) * heights[0]
    return total


@pytest.mark.parametrize("seed", range(40))
def test_derivatives_of_polynomials_are_their_differences(seed: int) -> None:
    """f'(x) = sum over h of (-1)**(h + 1)/h times the h-th forward difference: exact for polynomials."""
    source = random.Random(seed)
    term = polynomial(source, 3, [])
    numbers = {f"x{k}": Fraction(source.randint(-3, 3)) for k in range(3)}
    p = IndexVar("p")
    derived = calculus.Derivative(X, (ix.index(p),)).of(term)
    for place in range(3):
        assert value(derived, {N: 3, p: place}, Given(**numbers)) == slope(term, place, numbers)


def test_a_derivative_by_an_entry_of_the_bound_index_is_not_captured() -> None:
    a, p = IndexVar("a"), IndexVar("a")
    total = t.Sum(a, n, t.multiply(x(ix.index(a)), t.index_number(ix.index(a) + 1)))
    derived = calculus.Derivative(X, (ix.index(p),)).of(total)
    assert [value(derived, {N: 3, p: place}, Model()) for place in range(3)] == [1, 2, 3]


def test_a_replaced_variable_keeps_the_bound_indices_around_it() -> None:
    a, v = IndexVar("a"), IndexVar("v")
    total = t.Sum(a, n, t.multiply(x(ix.index(a)), t.index_number(ix.index(a))))
    square = t.Lambda((v,), (n,), t.power(t.index_number(ix.index(v)), 2))
    put = calculus.Replacement(lambda e: t.Read(square, e.index) if e.variable is X else None).of(total)
    assert value(put, {N: 4}, Model()) == sum(k**3 for k in range(4))
