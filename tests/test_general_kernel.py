"""The normal form for every size against plain evaluation, and every false statement that it once proved.

Random terms are expanded with their sizes as symbols; what comes out is summed by loops at small sizes and compared
with the term itself. Pairs of terms that differ in one place are compared by the normal form: a pair that it calls
equal must be equal, and defined, at all small sizes.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import pytest
from oracle import Model, Pieces, Unclear, value
from random_terms import RISING, SIGMA, SIZES, B, D, F, I, K, M, N, P, Terms, W, X, Y, Z, i, k, m, n

from symconv import (
    Differentiable,
    Index,
    Nonnegative,
    Positive,
    Real,
    Size,
    Tensor,
    claim,
    derivative,
    equal,
    exp,
    fromfunction,
    maximum_over,
    ones,
    prove,
    relu,
    summation,
    where,
)
from symconv.errors import SymconvError, Undefined
from symconv.kernel import calculus
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general.gate import Method
from symconv.kernel.general.normal import Normalizer
from symconv.kernel.general.products import Constraint
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.terms import Term
from symconv.prover import general

# --- random terms ----------------------------------------------------------------------------------------------------


def points(top: int) -> Iterator[tuple[dict[IndexVar, int], dict[IndexVar, int]]]:
    """Sizes, and sizes with each value of the free index i < n."""
    for row in itertools.product(range(1, top + 1), repeat=3):
        sizes = dict(zip(SIZES, row, strict=True))
        yield from ((sizes, {**sizes, I: place}) for place in range(sizes[N]))


def expand(normalizer: Normalizer, term: Term) -> list[Any] | None:
    scope = (Constraint(i), Constraint(n - 1 - i))
    try:
        return normalizer.pieces(term, {}, scope)
    except SymconvError:
        return None


def normalizer(expanded: bool = False, switching: bool = False, blocks: bool = False) -> Normalizer:
    assumptions = tuple(Constraint(ix.index(v) - 1) for v in SIZES)
    return Method((M, K), expanded, blocks, switching).normalizer(assumptions, SIZES)


def are_proved_equal(left: Term, right: Term) -> bool:
    """Whether the normal form, with or without definitions written out, says so for all sizes and all i < n."""
    scope = (Constraint(i), Constraint(n - 1 - i))
    for expanded, switching in itertools.product((False, True), repeat=2):
        kernel = normalizer(expanded, switching)
        sides = [expand(kernel, side) for side in (left, right)]
        try:
            if None not in sides and not kernel.difference(*sides, scope):  # type: ignore[arg-type]
                return True
        except SymconvError:
            continue
    return False


def found(term: Term, values: dict[IndexVar, int], model: Model) -> Fraction | str | None:
    try:
        return value(term, values, model)
    except Undefined:
        return "undefined"
    except Unclear:
        return None


def assert_sound(
    seed: int, depth: int, top: int = 2, switching: bool = False, products: bool = False, blocks: bool = False
) -> tuple[int, int]:
    """A random term and a changed one: expansions keep values, equal forms are equal. Counts (expanded, proved)."""
    first = Terms(seed, products=products, blocks=blocks)
    terms = [first.term("", [(I, n)], depth)]
    changed = random.Random(seed).choice(sorted(set(first.nodes)))
    terms.append(Terms(seed, changed, products, blocks).term("", [(I, n)], depth))
    kernel = normalizer(expanded=seed % 2 == 0, switching=switching, blocks=blocks)
    pieces = [expand(kernel, term) for term in terms]
    scope = (Constraint(i), Constraint(n - 1 - i))
    proved = False
    if None not in pieces:
        try:
            proved = not kernel.difference(*pieces, scope)  # type: ignore[arg-type]
        except SymconvError:
            proved = False
    for sizes, values in points(top):
        model = Model(seed)
        results = [
            found(term, values, model) if form is not None else None for term, form in zip(terms, pieces, strict=True)
        ]
        for result, form in zip(results, pieces, strict=True):
            if form is None or result is None:
                continue
            assert result != "undefined", f"seed {seed}: expanded, but undefined at {values}"
            try:
                assert Pieces(kernel, model, sizes).total(form, values) == result, f"seed {seed} at {values}"
            except Unclear:
                continue
        assert not proved or None in results or results[0] == results[1], f"seed {seed}: proved, false at {values}"
    return sum(form is not None for form in pieces), proved


@pytest.mark.parametrize("switching", [False, True])
@pytest.mark.parametrize("block", range(8))
def test_random_terms_keep_their_values(block: int, switching: bool) -> None:
    seeds = range(block * 25, block * 25 + 25)
    counts = [assert_sound(seed, depth=2 + seed % 2, switching=switching) for seed in seeds]
    assert sum(expanded for expanded, _ in counts) > 12
    assert sum(proved for _, proved in counts) > 1


@pytest.mark.parametrize("switching", [False, True])
@pytest.mark.parametrize("block", range(4))
def test_random_terms_with_products_of_sizes_and_indices_keep_their_values(block: int, switching: bool) -> None:
    seeds = range(block * 25, block * 25 + 25)
    counts = [assert_sound(seed, 2, top=2 + seed % 2, switching=switching, products=True) for seed in seeds]
    assert sum(expanded for expanded, _ in counts) > 12
    assert sum(proved for _, proved in counts) > 1


@pytest.mark.parametrize("block", range(4))
def test_random_terms_of_blocks_keep_their_values(block: int) -> None:
    seeds = range(block * 25, block * 25 + 25)
    counts = [assert_sound(seed, 2, switching=seed % 2 > 0, blocks=True) for seed in seeds]
    assert sum(expanded for expanded, _ in counts) > 12
    assert sum(proved for _, proved in counts) > 1


@pytest.mark.slow
@pytest.mark.parametrize("block", range(5))
def test_many_random_terms_keep_their_values(block: int) -> None:
    for seed in range(1000 + block * 60, 1060 + block * 60):
        assert_sound(seed, depth=3, switching=seed % 3 > 0)
        assert_sound(seed, depth=2, top=3, switching=seed % 2 > 0, products=True)
        assert_sound(seed, depth=2, switching=seed % 2 > 0, blocks=True)


def test_the_comparison_can_fail() -> None:
    """A kernel that loses a guard, or one piece, is caught."""
    term = t.Sum(a := IndexVar("a"), n + 1, t.where(t.at_least(n - 1, ix.index(a)), entry(X, ix.index(a)), t.ONE))
    kernel = normalizer()
    pieces = kernel.pieces(term, {}, ())
    sizes = {N: 2, M: 1, K: 1}
    expected = value(term, sizes, Model())
    assert Pieces(kernel, Model(), sizes).total(pieces, sizes) == expected
    assert Pieces(kernel, Model(), sizes).total(pieces[1:], sizes) != expected


# --- what it must not prove ------------------------------------------------------------------------------------------


def entry(variable: t.Variable, *index: IndexTerm) -> Term:
    return t.Entry(variable, index)


def total(extent: IndexTerm, body: Callable[[IndexTerm], Term]) -> Term:
    return t.sum_over((extent,), lambda a: body(a[0]))


def largest(extent: IndexTerm, body: Callable[[IndexTerm], Term]) -> Term:
    return t.max_over((extent,), lambda a: body(a[0]))


def network(body: Callable[[IndexTerm], Term]) -> Term:
    return t.Network(F, None, t.define((n,), lambda r: body(r[0])))


def extended(variable: t.Variable, *index: IndexTerm) -> Term:
    return t.where(t.inside(index, variable.shape), entry(variable, *index), t.ZERO)


def within(condition: t.Condition) -> Callable[[Term, Term], Term]:
    return lambda then, otherwise: t.where(condition, then, otherwise)


AFTER_FIRST = within(t.at_least(i, 1))
RECIPROCAL = t.power(t.index_number(i), -1)
WEIGHTS = total(i, lambda a: t.Apply(calculus.EXP, entry(X, a)))

SQUARES = total(n, lambda a: t.power(entry(X, a), 2))


def gap(shift: Term, place: IndexTerm) -> Term:
    """x + shift at a place, less the average of x + shift."""
    average = t.divide(total(n, lambda a: t.add(entry(X, a), shift)), t.index_number(n))
    return t.subtract(t.add(entry(X, place), shift), average)


FALSE_PAIRS: dict[str, tuple[Term, Term]] = {
    "a range a row short": (total(n, lambda a: entry(X, a)), total(n - 1, lambda a: entry(X, a))),
    "transposed": (total(n, lambda a: entry(B, a, i)), total(n, lambda a: entry(B, i, a))),
    "a square is no sum of squares": (
        t.power(total(n, lambda a: entry(X, a)), 2),
        total(n, lambda a: t.power(entry(X, a), 2)),
    ),
    "an index moved past the border": (extended(X, i + 1), extended(X, i - 1)),
    "nested networks transposed": (
        network(lambda r: network(lambda s: entry(B, r, s))),
        network(lambda r: network(lambda s: entry(B, s, r))),
    ),
    "nested networks on the diagonal": (
        network(lambda r: network(lambda s: entry(B, r, s))),
        network(lambda r: network(lambda s: entry(B, s, s))),
    ),
    "a network of a function, moved": (
        network(lambda r: t.Apply(SIGMA, entry(X, r))),
        network(lambda r: t.Apply(SIGMA, entry(X, n - 1 - r))),
    ),
    "a denominator that is 0 elsewhere": (
        AFTER_FIRST(t.multiply(entry(Z), RECIPROCAL), t.ZERO),
        AFTER_FIRST(t.multiply(entry(Z), RECIPROCAL), entry(W)),
    ),
    "a denominator that is an empty sum elsewhere": (
        AFTER_FIRST(t.divide(entry(Z), WEIGHTS), t.ZERO),
        AFTER_FIRST(t.divide(entry(Z), WEIGHTS), entry(W)),
    ),
    "a product of lengths that are both negative": (
        total((n - m) * (n - k), lambda a: entry(Z)),
        t.where(
            t.conjunction(t.at_least(n, m), t.at_least(n, k)),
            t.multiply(entry(Z), t.index_number(n - m), t.index_number(n - k)),
            t.ZERO,
        ),
    ),
    "what is 0 because a size times it is 0": (
        t.where(t.Compare(t.multiply(t.index_number(i), entry(Z)), t.ZERO, "eq"), entry(Z), t.ZERO),
        t.ZERO,
    ),
    "k*i = j without i = j = 0": (
        total(m, lambda j: t.where(t.equals(k * i, j), entry(Y, j), t.ZERO)),
        total(m, lambda j: t.where(t.conjunction(t.equals(i, 0), t.equals(j, 0)), entry(Y, j), t.ZERO)),
    ),
    "a maximum over one less": (
        largest(n + 1, lambda a: t.where(t.at_least(n - 1, a), entry(X, a), t.MINUS_INFINITY)),
        largest(n, lambda a: t.where(t.at_least(a, 1), entry(X, a), entry(X, n - 1))),
    ),
    "a maximum without its guard": (
        largest(n, lambda a: t.where(t.at_least(i, a), entry(X, a), t.MINUS_INFINITY)),
        largest(n, lambda a: entry(X, a)),
    ),
    "a decreasing function through a maximum": (
        t.Apply(SIGMA, largest(n, lambda a: entry(X, a))),
        largest(n, lambda a: t.Apply(SIGMA, entry(X, a))),
    ),
    "the digits of the next index": (
        total(m * k, lambda a: entry(D, a)),
        total(m * k, lambda a: t.where(t.at_least(m * k - 2, a), entry(D, a + 1), t.ZERO)),
    ),
    "or that counts twice": (
        t.where(t.disjunction(t.at_least(i, 1), t.at_least(n - 2, i)), entry(Z), t.ZERO),
        t.add(t.where(t.at_least(i, 1), entry(Z), t.ZERO), t.where(t.at_least(n - 2, i), entry(Z), t.ZERO)),
    ),
    "a size as a coefficient": (
        total(n, lambda a: total(a + 1, lambda b: entry(Z))),
        t.multiply(t.index_number(n), entry(Z)),
    ),
    "a sum over a range that may be empty": (
        total(n - 2, lambda a: entry(Z)),
        t.multiply(t.index_number(n - 2), entry(Z)),
    ),
    "a factor of any sign leaves no maximum": (
        largest(n, lambda a: t.multiply(entry(Z), entry(X, a))),
        t.multiply(entry(Z), largest(n, lambda a: entry(X, a))),
    ),
    "a factor of each entry leaves no maximum": (
        largest(n, lambda a: t.multiply(entry(P, a), entry(X, a))),
        t.multiply(entry(P, i), largest(n, lambda a: entry(X, a))),
    ),
    "a factor of one entry leaves no maximum": (
        t.maximum(t.multiply(entry(P, i), entry(X, i)), t.ONE),
        t.multiply(entry(P, i), t.maximum(entry(X, i), t.ONE)),
    ),
    "an addend of each entry leaves no maximum": (
        largest(n, lambda a: t.add(entry(X, a), entry(P, a))),
        t.add(largest(n, lambda a: entry(X, a)), entry(P, i)),
    ),
    "an addend of one entry leaves no maximum": (
        t.maximum(t.add(entry(X, i), entry(Z)), entry(W)),
        t.add(t.maximum(entry(X, i), entry(W)), entry(Z)),
    ),
    "rising through a maximum of the negative": (
        t.Apply(RISING, t.negate(largest(n, lambda a: entry(X, a)))),
        largest(n, lambda a: t.Apply(RISING, t.negate(entry(X, a)))),
    ),
    "rising through a maximum times a number of any sign": (
        t.Apply(RISING, t.multiply(entry(Z), largest(n, lambda a: entry(X, a)))),
        largest(n, lambda a: t.Apply(RISING, t.multiply(entry(Z), entry(X, a)))),
    ),
    "an exponential of sums with an entry too many": (
        t.Apply(calculus.EXP, t.add(total(n, lambda a: entry(X, a)), total(n, lambda a: entry(B, a, i)))),
        t.multiply(
            t.Apply(calculus.EXP, total(n, lambda a: entry(X, a))),
            t.Apply(calculus.EXP, total(n, lambda a: entry(B, i, a))),
        ),
    ),
    "a range of length 2": (
        t.Apply(SIGMA, t.Sum(a := IndexVar("a"), ix.index(2), t.multiply(extended(X, ix.index(a)), entry(Z)))),
        t.Apply(SIGMA, t.multiply(entry(X, ix.ZERO), entry(Z))),
    ),
    "what is added once to a sum": (
        t.Apply(SIGMA, t.divide(t.add(total(n, lambda a: entry(X, a)), entry(Z)), t.index_number(n))),
        t.Apply(SIGMA, t.add(t.divide(total(n, lambda a: entry(X, a)), t.index_number(n)), entry(Z))),
    ),
    "an average over another number": (
        t.Apply(SIGMA, t.divide(total(n, lambda a: entry(Z)), t.index_number(m))),
        t.Apply(SIGMA, entry(Z)),
    ),
    "an average over the upper part": (
        t.Apply(SIGMA, t.divide(total(n, lambda a: t.where(t.at_least(a, 1), entry(Z), t.ZERO)), t.index_number(n))),
        t.Apply(SIGMA, entry(Z)),
    ),
    "a factor is no square": (
        calculus.root(t.multiply(entry(P, i), SQUARES)),
        t.multiply(entry(P, i), calculus.root(SQUARES)),
    ),
    "a factor of any sign leaves no root": (
        calculus.root(t.multiply(t.power(entry(Z), 2), SQUARES)),
        t.multiply(entry(Z), calculus.root(SQUARES)),
    ),
    "a negative number leaves no maximum": (
        largest(n, lambda a: t.multiply(t.number(-2), entry(X, a))),
        t.multiply(t.number(-2), largest(n, lambda a: entry(X, a))),
    ),
    "functions at moved arguments": (t.Apply(SIGMA, extended(X, i + 1)), t.Apply(SIGMA, entry(X, i))),
    "a function, and its derivative": (t.Apply(SIGMA, entry(X, i)), t.Apply(SIGMA, entry(X, i), 1)),
}

TRUE_PAIRS: dict[str, tuple[Term, Term]] = {
    "a product of sums as a length": (
        total((n + m - 1) * (m + k), lambda a: t.multiply(entry(Z), t.index_number(a // (m + k)))),
        total(n + m - 1, lambda a: total(m + k, lambda b: t.multiply(entry(Z), t.index_number(a)))),
    ),
    "reversed": (total(n, lambda a: entry(X, a)), total(n, lambda a: entry(X, n - 1 - a))),
    "a square": (
        t.power(total(n, lambda a: entry(X, a)), 2),
        total(n, lambda a: total(n, lambda b: t.multiply(entry(X, a), entry(X, b)))),
    ),
    "nested networks": (
        network(lambda r: network(lambda s: entry(B, r, s))),
        network(lambda r: network(lambda s: entry(B, r, n - 1 - (n - 1 - s)))),
    ),
    "a triangle": (
        total(n, lambda a: total(a + 1, lambda b: entry(B, a, b))),
        total(n, lambda b: total(n - b, lambda a: entry(B, a + b, b))),
    ),
    "even and odd": (
        total(2 * n, lambda a: t.where(t.at_least(n - 1, a), entry(X, a), t.ZERO)),
        total(n, lambda a: entry(X, a)),
    ),
    "a maximum that overlaps": (
        t.maximum(largest(n, lambda a: entry(X, a)), largest(i + 1, lambda a: entry(X, a))),
        largest(n, lambda a: entry(X, a)),
    ),
    "a factor that is not negative leaves a maximum": (
        largest(n, lambda a: t.multiply(t.number(Fraction(4, 3)), entry(P, i), t.add(entry(X, a), entry(X, i)))),
        t.multiply(t.number(Fraction(4, 3)), entry(P, i), largest(n, lambda a: t.add(entry(X, a), entry(X, i)))),
    ),
    "an exponential leaves a maximum with 0": (
        t.maximum(t.multiply(t.Apply(calculus.EXP, entry(Z)), entry(X, i)), t.ZERO),
        t.multiply(t.Apply(calculus.EXP, entry(Z)), t.maximum(entry(X, i), t.ZERO)),
    ),
    "an addend leaves a maximum": (
        largest(n, lambda a: t.add(entry(X, a), entry(X, i), t.multiply(entry(Z), entry(W)))),
        t.add(largest(n, lambda a: entry(X, a)), entry(X, i), t.multiply(entry(Z), entry(W))),
    ),
    "rising through a scaled and shifted maximum": (
        t.Apply(RISING, t.add(t.multiply(entry(P, i), largest(n, lambda a: entry(X, a))), entry(Z))),
        largest(n, lambda a: t.Apply(RISING, t.add(entry(Z), t.multiply(entry(X, a), entry(P, i))))),
    ),
    "a maximum of equal entries": (largest(n, lambda a: t.multiply(t.number(2), entry(Z))), t.add(entry(Z), entry(Z))),
    "a divisor leaves a maximum": (
        largest(n, lambda a: t.divide(entry(X, a), t.index_number(k))),
        t.divide(largest(n, lambda a: entry(X, a)), t.index_number(k)),
    ),
    "rising through a maximum": (
        t.Apply(RISING, largest(n, lambda a: entry(X, a))),
        largest(n, lambda a: t.Apply(RISING, entry(X, a))),
    ),
    "what an average does not depend on": (
        t.Apply(SIGMA, t.divide(total(n, lambda a: t.add(entry(X, a), entry(Z))), t.index_number(n))),
        t.Apply(SIGMA, t.add(t.divide(total(n, lambda a: entry(X, a)), t.index_number(n)), entry(Z))),
    ),
    "a gap to an average": (
        t.Apply(SIGMA, total(n, lambda a: t.multiply(gap(entry(Z), a), gap(entry(Z), a)))),
        t.Apply(SIGMA, total(n, lambda a: t.multiply(gap(t.ZERO, a), gap(t.ZERO, a)))),
    ),
    "a range of length 1": (
        t.Apply(SIGMA, t.Sum(a := IndexVar("a"), ix.ONE, t.multiply(entry(X, ix.index(a)), entry(Z)))),
        t.Apply(SIGMA, t.multiply(entry(X, ix.ZERO), entry(Z))),
    ),
    "a square leaves a root": (
        calculus.root(t.multiply(t.number(4), t.power(entry(P, i), 2), SQUARES)),
        t.multiply(t.number(2), entry(P, i), calculus.root(SQUARES)),
    ),
    "an exponential of sums over different tensors": (
        t.Apply(calculus.EXP, t.add(total(n, lambda a: entry(X, a)), total(n, lambda a: entry(B, a, i)))),
        t.multiply(
            t.Apply(calculus.EXP, total(n, lambda a: entry(X, n - 1 - a))),
            t.Apply(calculus.EXP, total(n, lambda a: entry(B, a, i))),
        ),
    ),
    "softmax sums to 1": (
        total(
            n,
            lambda a: t.divide(
                t.Apply(calculus.EXP, entry(X, a)), total(n, lambda b: t.Apply(calculus.EXP, entry(X, b)))
            ),
        ),
        t.ONE,
    ),
    "two digits": (total(m * k, lambda a: entry(D, a)), total(m, lambda e: total(k, lambda a: entry(D, k * e + a)))),
    "counting a triangle": (
        total(n, lambda a: total(a, lambda b: t.multiply(t.number(2), entry(Z)))),
        t.multiply(t.index_number(n * n - n), entry(Z)),
    ),
}

UNDEFINED: dict[str, Term] = {
    "an index past the end": entry(X, i + 1),
    "also where it is multiplied by 0": t.Mul((t.ZERO, entry(X, i + 1))),
    "also as a power of exponent 0": t.Power(entry(X, i - 1), ix.ZERO),
    "1/i": RECIPROCAL,
    "(1/i)**0": t.Power(RECIPROCAL, ix.ZERO),
    "an empty maximum": largest(i, lambda a: entry(X, a)),
    "an empty maximum under a function": t.Apply(RISING, largest(n - 1, lambda a: entry(X, a))),
    "a maximum whose guard excludes everything": largest(
        n, lambda a: t.where(t.at_least(a, i + 1), entry(X, a), t.MINUS_INFINITY)
    ),
    "a tensor read past its end": t.Read(t.define((n,), lambda a: t.ONE), (i + 1,)),
    "an index of two digits, past the end": total(m * k, lambda a: entry(D, a + 1)),
    "an axis of length m*k at 1": entry(D, ix.ONE),
    "a logarithm": t.Apply(calculus.LOG, entry(Z)),
    "a root": calculus.root(entry(Z)),
    "a divisor that may be 0": t.divide(t.ONE, entry(Z)),
}


def captured() -> Term:
    """1/S with S = sum over v of the sum over the same v < 1 of v - u + 1 at u = v; S is 0 at n = 3."""
    u, v = IndexVar("u"), IndexVar("v")
    inner = t.Lambda((u,), (n,), t.Sum(v, ix.ONE, t.index_number(ix.index(v) - u + 1)))
    return t.power(t.Sum(v, n, t.Read(inner, (ix.index(v),))), -1)


def both(left: Term, right: Term) -> list[tuple[Fraction | str | None, Fraction | str | None]]:
    models = [Model(seed) for seed in range(3)]
    return [(found(left, v, model), found(right, v, model)) for _, v in points(4) for model in models]


@pytest.mark.parametrize("name", FALSE_PAIRS)
def test_false_pairs_are_not_proved(name: str) -> None:
    left, right = FALSE_PAIRS[name]
    assert any(a != b for a, b in both(left, right)), "the pair is meant to be false"
    assert not are_proved_equal(left, right)


@pytest.mark.parametrize("name", TRUE_PAIRS)
def test_true_pairs_are_proved(name: str) -> None:
    left, right = TRUE_PAIRS[name]
    assert all(a == b for a, b in both(left, right) if None not in (a, b))
    assert are_proved_equal(left, right)


@pytest.mark.parametrize("name", UNDEFINED)
def test_what_is_undefined_somewhere_equals_nothing(name: str) -> None:
    term = UNDEFINED[name]
    assert not are_proved_equal(term, term)


def test_a_bound_index_is_not_captured_where_signs_are_read() -> None:
    assert found(captured(), {N: 3, M: 1, K: 1}, Model()) == "undefined"
    assert not are_proved_equal(captured(), captured())


def test_one_sum_used_twice_keeps_its_indices_apart() -> None:
    """The square of a sum is no sum of squares, also when both factors are one object."""
    a = IndexVar("a")
    node = t.Sum(a, n, entry(X, ix.index(a)))
    assert not are_proved_equal(t.Mul((node, node)), total(n, lambda b: t.power(entry(X, b), 2)))
    assert are_proved_equal(t.Mul((node, node)), t.power(total(n, lambda b: entry(X, b)), 2))


def test_a_tensor_that_mentions_an_outer_index_is_not_captured_by_its_reader() -> None:
    """L(v) = B[w, v] with w free, read at v = w + 0 under the sum over w: the trace, at the other order the same."""
    v, w = IndexVar("v"), IndexVar("w")
    row = t.Lambda((v,), (n,), entry(B, ix.index(w), ix.index(v)))
    diagonal = t.Sum(w, n, t.Read(row, (ix.index(w),)))
    everything = t.Sum(w, n, total(n, lambda a: t.Read(row, (a,))))
    assert are_proved_equal(diagonal, total(n, lambda a: entry(B, a, a)))
    assert are_proved_equal(everything, total(n, lambda a: total(n, lambda b: entry(B, a, b))))
    assert not are_proved_equal(diagonal, everything)


# --- the same, as claims ---------------------------------------------------------------------------------------------


@claim
def rows_are_columns(X: Tensor["n", "n"], F: Differentiable["n"], G: Differentiable["n"], n: Size):
    """F of G of the rows is F of G of the columns."""
    return equal(F(fromfunction(lambda i: G(X[i]), (n,))), F(fromfunction(lambda i: G(X[:, i]), (n,))))


@claim
def cleared_where_it_is_zero(i: Index["n"], a: Real, b: Real, n: Size):
    """b = 0."""
    return equal(where(i >= 1, a / i, 0), where(i >= 1, a / i, b))


@claim
def negative_shape(a: Real, n: Size):
    """A tensor of length n - 3."""
    return equal(a * ones((n - 3,)), ones((n - 3,)) * a)


@claim
def negative_shape_inside(a: Real, n: Size):
    """The sum of a tensor of length n - 3."""
    return equal((a * ones((n - 3,))).sum(), summation(lambda i: a, n - 3))


@claim
def divided_by_an_index(x: Tensor["n"], i: Index["n"], j: Index["n"]):
    """i j / i = j, also at i = 0."""
    return equal(x[(i * j) // i], x[j])


@claim
def remainder_of_an_index(x: Tensor["n"], i: Index["n"], j: Index["n"]):
    """j mod i, times 0, also at i = 0."""
    return equal(x[(j % i) * 0], x[0])


@claim
def exponent_zero(X: Tensor["n"], i: Index["n"]):
    """The power 0 of an entry before the first."""
    return equal(X[i - 1] ** 0, 1)


@claim
def exponent_zero_of_a_quotient(a: Real, b: Real):
    """(1/a)**0 b = b, also at a = 0."""
    return equal((1 / a) ** 0 * b, b)


@claim
def floor_below_zero(a: Real, n: Size, k: Size):
    """(n - 2)//k is at least 0, also at n = 1."""
    return equal(where((n - 2) // k >= 0, a, 0), a)


@claim
def large_by_a_crooked_dimension(x: Tensor["n - 5 - (n - 1)*(n - 2)*(n - 101)"], n: Size):
    """n is at least 6; but n = 3 is allowed."""
    return equal(where(n >= 6, x[0], 0), x[0])


@claim
def kinks_elsewhere(x: Real):
    """The second equation has no derivative in it, and is false at 0."""
    return equal(derivative(relu)(x), 1 * derivative(relu)(x)), equal(where(x == 0, 1, 0), 0)


@claim
def empty_softmax(x: Tensor["n"], n: Size):
    """Weights that sum to 1, of none at n = 1."""
    total = summation(lambda a: exp(x[a]), n - 1)
    return equal(summation(lambda b: exp(x[b]) / total, n - 1), 1)


@claim
def empty_maximum(x: Tensor["n"], n: Size):
    """The largest of the entries after the first, of which there are none at n = 1."""
    return equal(maximum_over(lambda a: 2 * x[a], (1, n - 1)), maximum_over(lambda a: x[a] + x[a], (1, n - 1)))


@claim
def a_definition_that_others_read_is_made_wider(x: Tensor["2*n - 1"], f: Function, i: Index["n"], n: Size):
    """x[0] + ... + x[i] is x[0] + ... + x[2*i] at i = 0, but not at i = 1, where f of the first was read too."""
    p, q = f(summation(lambda a: x[a], i + 1)), f(summation(lambda a: x[a], 2 * i + 1))
    return equal(where(i == 0, p, 0) + where(i == 1, p, 0), where(i <= 1, 1, 0) * q)


FALSE_CLAIMS = [
    a_definition_that_others_read_is_made_wider,
    rows_are_columns,
    cleared_where_it_is_zero,
    negative_shape,
    negative_shape_inside,
    divided_by_an_index,
    remainder_of_an_index,
    exponent_zero,
    exponent_zero_of_a_quotient,
    floor_below_zero,
    large_by_a_crooked_dimension,
    kinks_elsewhere,
    empty_softmax,
    empty_maximum,
]


@pytest.mark.parametrize("false", FALSE_CLAIMS, ids=lambda c: c.name)
def test_false_claims_are_not_proved(false: Any) -> None:
    assert not general.attempt(false).proved
    assert prove(false).status != "proved"


@claim
def slope_where_it_exists(x: Nonnegative):
    """relu' = 1 off the kink."""
    return equal(derivative(relu)(x), 1)


@claim
def slope_of_positive(x: Positive):
    """relu' = 1, without a kink."""
    return equal(derivative(relu)(x), 1)


def test_a_kink_at_the_border_of_the_hypotheses_is_told() -> None:
    assert any("kink" in note for note in prove(slope_where_it_exists).notes)
    assert not any("kink" in note for note in prove(slope_of_positive).notes)
