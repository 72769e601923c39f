"""Goals with products of sizes and indices put to the gate: each true one beside what a careless kernel would pass.

That the one holds and the other does not is read off small sizes by plain evaluation, not off the kernel.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from oracle import Model, value

from symconv.errors import Undecided, Undefined
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general import gate
from symconv.kernel.general.gate import Goal, Method, check
from symconv.kernel.general.products import Constraint
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.terms import Lambda, Term

N, K, S, T = IndexVar("n", 1), IndexVar("k", 1), IndexVar("s", 1), IndexVar("t", 1)
Q = IndexVar("q", 0)
n, k, s, t_, q = map(ix.index, (N, K, S, T, Q))
SIZES = (N, K, S, T)
IMAGE, LINE, GRID = (t.Variable(name, (extent,)) for name, extent in (("x", s * (n - 1) + k), ("y", n), ("z", s * n)))
ATROUS = t.Variable("v", (s * (n - 1) + t_ * (k - 1) + 1,))
Z = t.Variable("c", ())
SIGMA = t.FunctionSymbol("sigma")
METHODS = [Method(), Method((N, S)), Method((S, N)), Method(switching=True)]
Body = Callable[..., Term]


def goal(left: Lambda, right: Lambda, *more: Constraint, sizes: tuple[IndexVar, ...] = SIZES) -> Goal:
    least = tuple(Constraint(ix.index(v) - v.least) for v in sizes if v.least is not None)
    return Goal(left, right, sizes, (*least, *more))


def along(extent: IndexTerm, body: Body) -> Lambda:
    return t.define((extent,), lambda place: body(*place))


def scalar(body: Term) -> Lambda:
    return Lambda((), (), body)


def total(extent: IndexTerm, body: Body) -> Term:
    return t.sum_over((extent,), lambda a: body(a[0]))


def largest(extent: IndexTerm, body: Body) -> Term:
    return t.max_over((extent,), lambda a: body(a[0]))


def entry(variable: t.Variable, *index: IndexTerm) -> Term:
    return t.Entry(variable, index)


def read(variable: t.Variable, index: IndexTerm) -> Term:
    """With zeros around it."""
    return t.where(t.inside((index,), variable.shape), entry(variable, index), t.ZERO)


def number(index: IndexTerm) -> Term:
    return t.index_number(index)


def only(condition: Any, body: Term) -> Term:
    return t.where(condition, body, t.ZERO)


def windows(stride: IndexTerm, length: IndexTerm = k) -> Lambda:
    return along(n, lambda i: total(length, lambda a: read(IMAGE, stride * i + a)))


def over(body: Body) -> Lambda:
    """At i < n."""
    return along(n, body)


c = entry(Z)
INSIDE = over(lambda i: total(k, lambda a: entry(IMAGE, s * i + a)))

# name: (what is true, what the forger says)
STEPS: dict[str, tuple[Goal, Goal]] = {
    "windows lie within the image": (goal(INSIDE, windows(s)), goal(INSIDE, windows(s, k + 1))),
    "a stride for another": (goal(windows(s), windows(s)), goal(windows(s), windows(t_))),
    "a stride squared": (goal(windows(s * s), windows(s * s)), goal(windows(s * s), windows(s))),
    "the next window": (
        goal(windows(s), along(n, lambda i: total(k, lambda a: read(IMAGE, s * (i + 1) + a - s)))),
        goal(windows(s), along(n, lambda i: total(k, lambda a: read(IMAGE, s * (i + 1) + a)))),
    ),
    "an entry past the last window": (
        goal(INSIDE, over(lambda i: total(k, lambda a: entry(IMAGE, s * i + k - 1 - a)))),
        goal(
            over(lambda i: total(k, lambda a: entry(IMAGE, s * i + a + 1))),
            over(lambda i: total(k, lambda a: entry(IMAGE, s * i + a + 1))),
        ),
    ),
    "stride and dilation exchanged": (
        goal(
            over(lambda i: total(k, lambda a: entry(ATROUS, s * i + t_ * a))),
            over(lambda i: total(k, lambda a: read(ATROUS, t_ * a + s * i))),
        ),
        goal(
            over(lambda i: total(k, lambda a: entry(ATROUS, s * i + t_ * a))),
            over(lambda i: total(k, lambda a: read(ATROUS, t_ * i + s * a))),
        ),
    ),
    "a bound index within a product is summed as if it stood alone": (
        goal(
            over(lambda i: total(k, lambda a: only(t.at_least(i, s * a), number(a)))),
            over(lambda i: total(k, lambda a: only(t.at_least(i, s * a), number(a)))),
        ),
        goal(
            over(lambda i: t.multiply(number(ix.index(2)), total(k, lambda a: only(t.at_least(i, s * a), number(a))))),
            over(lambda i: t.multiply(number(k - 1), total(k, lambda a: only(t.at_least(i, s * a), t.ONE)))),
        ),
    ),
    "a bound index within a floor": (
        goal(
            scalar(total(n, lambda a: t.multiply(number(a // s), entry(LINE, a)))),
            scalar(total(n, lambda a: t.multiply(number((n - 1 - a) // s), entry(LINE, n - 1 - a)))),
        ),
        goal(
            scalar(t.multiply(number(ix.index(2)), total(n, lambda a: number(a * (a // s))))),
            scalar(t.multiply(number(n - 1), total(n, lambda a: number(a // s)))),
        ),
    ),
    "a product of two bound indices": (
        goal(
            scalar(total(n, lambda a: total(k, lambda b: only(t.at_least(s, a * b), c)))),
            scalar(total(n, lambda b: total(k, lambda a: only(t.at_least(s, b * a), c)))),
        ),
        goal(
            scalar(total(n, lambda a: total(n, lambda b: only(t.at_least(s, a * b), number(a))))),
            scalar(total(n, lambda a: total(n, lambda b: only(t.at_least(s, a * b), number(n - 1 - b))))),
        ),
    ),
    "a floor by a size for another": (
        goal(over(lambda i: entry(LINE, i // s)), over(lambda i: entry(LINE, (i + s) // s - 1))),
        goal(over(lambda i: entry(LINE, i // s)), over(lambda i: entry(LINE, i // t_))),
    ),
    "what is rounded down, times what it was divided by": (
        goal(over(lambda i: number(s * (i // s) + i % s)), over(number)),
        goal(over(lambda i: number(s * (i // s))), over(number)),
    ),
    "a floor of 0": (
        goal(over(lambda i: only(t.equals(i // s, 0), c)), over(lambda i: only(t.at_least(s - 1, i), c))),
        goal(over(lambda i: only(t.equals(i // s, 0), c)), over(lambda i: only(t.at_least(s, i), c))),
    ),
    "as many windows as fit": (
        goal(
            along((s * (n - 1)) // s + 1, lambda i: entry(LINE, i)),
            over(lambda i: entry(LINE, i)),
        ),
        goal(
            along((n - 1) // s + 1, lambda i: entry(LINE, i)),
            over(lambda i: entry(LINE, i)),
        ),
    ),
    "a size that may be 0 taken for one that is not": (
        goal(over(lambda i: only(t.at_least(s * i, i), c)), over(lambda i: c)),
        goal(over(lambda i: only(t.at_least(q * i, i), c)), over(lambda i: c), sizes=(N, Q)),
    ),
    "a division by a product that may be 0": (
        goal(
            over(lambda i: t.divide(c, number(s * i + 1))),
            over(lambda i: t.multiply(t.divide(t.ONE, number(s * i + 1)), c)),
        ),
        goal(over(lambda i: t.divide(c, number(s * i))), over(lambda i: t.divide(c, number(s * i)))),
    ),
    "a floor by what may be 0": (
        goal(over(lambda i: number(i // s)), over(lambda i: number(i // s))),
        goal(over(lambda i: number((q * i) // q)), over(number), sizes=(N, Q)),
    ),
    "a product in a condition, and in what is counted": (
        goal(
            over(lambda i: only(t.at_least(k, s * i), t.multiply(number(s * i), c))),
            over(lambda i: t.multiply(number(s), only(t.at_least(k, i * s), t.multiply(number(i), c)))),
        ),
        goal(
            over(lambda i: only(t.at_least(k, s * i), t.multiply(number(s * s * i), c))),
            over(lambda i: t.multiply(number(s), only(t.at_least(k, i * s), t.multiply(number(i), c)))),
        ),
    ),
    "the length of a range that is a product": (
        goal(scalar(total(s * n, lambda a: c)), scalar(t.multiply(number(s * n), c))),
        goal(scalar(total(s * (n - 2), lambda a: c)), scalar(t.multiply(number(s * (n - 2)), c))),
    ),
    "blocks exchanged": (
        goal(
            scalar(total(s * n, lambda a: t.multiply(entry(GRID, a), number(a)))),
            scalar(
                total(n, lambda i: total(s, lambda a: t.multiply(entry(GRID, s * i + a), number(s * i + a)))),
            ),
        ),
        goal(
            scalar(total(n, lambda i: total(s, lambda a: t.multiply(entry(GRID, s * i + a), number(i))))),
            scalar(total(n, lambda i: total(s, lambda a: t.multiply(entry(GRID, n * a + i), number(i))))),
        ),
    ),
    "strides one after the other": (
        goal(over(lambda i: read(GRID, s * (t_ * i))), over(lambda i: read(GRID, t_ * (s * i)))),
        goal(over(lambda i: read(GRID, s * (t_ * i))), over(lambda i: read(GRID, (s + t_) * i))),
    ),
    "floors one within the other": (
        goal(over(lambda i: number((i // s) // t_)), over(lambda i: number(i // (s * t_)))),
        goal(over(lambda i: number((i // s) // t_)), over(lambda i: number(i // (s + t_)))),
    ),
    "a maximum over a window": (
        goal(
            over(lambda i: largest(k, lambda a: entry(IMAGE, s * i + a))),
            over(lambda i: largest(k, lambda a: entry(IMAGE, s * i + k - 1 - a))),
        ),
        goal(
            over(lambda i: largest(k, lambda a: read(IMAGE, s * i + a))),
            over(lambda i: largest(k, lambda a: read(IMAGE, t_ * i + a))),
        ),
    ),
    "a maximum over nothing at the first index": (
        goal(
            over(lambda i: largest(s * i + 1, lambda a: c)),
            over(lambda i: c),
        ),
        goal(over(lambda i: largest(s * i, lambda a: c)), over(lambda i: c)),
    ),
    "a function of a sum at another stride": (
        goal(
            over(lambda i: t.Apply(SIGMA, total(k, lambda a: entry(IMAGE, s * i + a)))),
            over(lambda i: t.Apply(SIGMA, total(k, lambda a: entry(IMAGE, s * i + k - 1 - a)))),
        ),
        goal(
            over(lambda i: t.Apply(SIGMA, total(k, lambda a: entry(IMAGE, s * i + a)))),
            over(lambda i: t.Apply(SIGMA, total(k, lambda a: read(IMAGE, s * i * i + a)))),
        ),
    ),
    "a hypothesis that is a product": (
        goal(scalar(only(t.at_least(n, k), c)), scalar(c), Constraint(n - s * k, equality=True)),
        goal(scalar(only(t.at_least(n, k + 1), c)), scalar(c), Constraint(n - s * k, equality=True)),
    ),
    "a hypothesis on another product": (
        goal(scalar(only(t.at_least(n, s * k), c)), scalar(c), Constraint(n - s * k)),
        goal(scalar(only(t.at_least(n, t_ * k), c)), scalar(c), Constraint(n - s * k)),
    ),
}


def holds(stated: Goal) -> bool:
    """Whether the sides agree, and are defined, at all small sizes that meet the hypotheses, for some entries."""
    for row in itertools.product(*(range(v.least or 0, 4) for v in stated.sizes)):
        sizes = dict(zip(stated.sizes, row, strict=True))
        if not all(_met(constraint, sizes) for constraint in stated.assumptions):
            continue
        lengths = {tuple(extent.evaluate(sizes) for extent in side.shape) for side in (stated.left, stated.right)}
        if len(lengths) > 1:
            return False
        for place in itertools.product(*map(range, lengths.pop())):
            try:
                sides = [_entry(side, place, sizes) for side in (stated.left, stated.right)]
            except (Undefined, ZeroDivisionError):
                return False
            if sides[0] != sides[1]:
                return False
    return True


def _met(constraint: Constraint, sizes: dict[IndexVar, int]) -> bool:
    found = constraint.term.evaluate(sizes)
    return found == 0 if constraint.equality else found >= 0


def _entry(side: Lambda, place: tuple[int, ...], sizes: dict[IndexVar, int]) -> Any:
    return value(side.body, sizes | dict(zip(side.variables, place, strict=False)), Model(3))


def is_shown(stated: Goal) -> bool:
    shown = []
    for method in METHODS:
        try:
            shown.append(gate.replay(check(stated, method)))
        except Undecided:
            continue
    return bool(shown)


@pytest.mark.parametrize("name", STEPS)
def test_what_is_true_passes_the_gate(name: str) -> None:
    assert holds(STEPS[name][0]), "it is meant to be true"
    assert is_shown(STEPS[name][0])


@pytest.mark.parametrize("name", STEPS)
def test_what_is_forged_does_not(name: str) -> None:
    assert not holds(STEPS[name][1]), "it is meant to be false"
    assert not is_shown(STEPS[name][1])


def test_hypotheses_on_products_that_cannot_be_met_prove_nothing() -> None:
    stated = goal(scalar(c), scalar(c))
    for impossible in (Constraint(-s * k), Constraint(s - 1 - s * k), Constraint(s * k - 1 - s * k * t_)):
        assert not is_shown(replace(stated, assumptions=(*stated.assumptions, impossible)))
