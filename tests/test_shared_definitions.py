"""Functions of sums that agree at some indices only: one name stands for all of them where it is read, and no further.

Several random terms go through one normal form. What each is expanded into is summed by loops, functions by their
definitions as these are in the end: a definition that was put in the place of another gives itself away.
"""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from oracle import Model, Pieces, Unclear, value
from random_terms import SIGMA, I, K, i, m, n
from test_general_kernel import expand, normalizer, points

from symconv.errors import SymconvError, Undefined
from symconv.kernel import calculus
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general.comparison import Comparison
from symconv.kernel.general.products import Constraint
from symconv.kernel.terms import Term

X = t.Variable("x", (n * n + m * n + 3 * n + 4,))
RANGES = [i + 1, i + 1, 2 * i + 1, 2 * i + 1, 3 * i + 1, m * i + 1, i * i + 1, ix.ONE, ix.index(2)]
CONDITIONS = [t.equals(i, 0), t.equals(i, 0), t.equals(i, 1), t.at_least(1, i), t.equals(n, 1), None, None]


def random_term(source: random.Random) -> Term:
    """A sum of functions of partial sums, or largest entries, each at some indices."""
    return t.add(*(_summand(source) for _ in range(source.randint(2, 4))))


def _summand(source: random.Random) -> Term:
    fold: Any = source.choice([t.sum_over, t.sum_over, t.max_over])
    shift = source.choice([ix.ZERO, ix.ZERO, ix.ZERO, i])
    inner = fold((source.choice(RANGES),), lambda a: t.Entry(X, (a[0] + shift,)))
    if source.random() < 0.1:
        inner = t.add(inner, t.Entry(X, (source.choice([i, i + 1, ix.ZERO]),)))
    found = t.Apply(source.choice([SIGMA, SIGMA, SIGMA, calculus.ABS]), inner)
    if source.random() < 0.15:
        found = t.Apply(SIGMA, found)
    condition = source.choice(CONDITIONS)
    if condition is not None and source.random() < 0.6:
        found = t.where(condition, found, t.ZERO)
    elif condition is not None:
        found = t.multiply(found, t.where(condition, t.ONE, t.ZERO))
    return t.multiply(t.number(source.choice([1, -1, 2])), found)


def assert_sound(seed: int) -> None:
    source, kernel = random.Random(f"shared/{seed}"), normalizer(switching=seed % 3 == 0)
    terms = [random_term(source) for _ in range(3)]
    expanded = [(term, pieces) for term in terms if (pieces := expand(kernel, term)) is not None]
    scope = (Constraint(i), Constraint(n - 1 - i))
    for (_, left), (_, right) in itertools.pairwise(expanded):
        try:
            kernel.difference(left, right, scope)
        except SymconvError:
            continue
    for sizes, values in points(3):
        if sizes[K] > 1:
            continue
        model = Model(seed)
        for term, pieces in expanded:
            try:
                expected = value(term, values, model)
                assert Pieces(kernel, model, sizes).total(pieces, values) == expected, f"seed {seed} at {values}"
            except (Unclear, Undefined):
                continue


@pytest.mark.parametrize("block", range(4))
def test_definitions_are_what_they_were_read_for(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made_wider = []
    same = Comparison._same

    def watched(self: Comparison, name: Any, *given: Any) -> bool:
        before = name.pieces
        found = same(self, name, *given)
        if name.pieces is not before:
            made_wider.append(name)
        return found

    monkeypatch.setattr(Comparison, "_same", watched)
    for seed in range(block * 25, block * 25 + 25):
        assert_sound(seed)
    assert len(made_wider) > 2


def test_one_read_elsewhere_keeps_its_definition() -> None:
    """sigma(x[0] + ... + x[i]) at i = 0, then at i = 1, then sigma(x[0] + ... + x[2i]) everywhere."""
    kernel = normalizer()
    short, long = (t.Apply(SIGMA, t.sum_over((e,), lambda a: t.Entry(X, (a[0],)))) for e in (i + 1, 2 * i + 1))
    first, second = (expand(kernel, t.where(t.equals(i, at), short, t.ZERO)) for at in (0, 1))
    third = expand(kernel, t.multiply(long, t.where(t.at_least(1, i), t.ONE, t.ZERO)))
    assert first and second and third
    assert kernel.difference(first + second, third, (Constraint(i), Constraint(n - 1 - i)))
    sizes, model = next(s for s, v in points(2) if v[I] == 1), Model()
    for pieces, term in ((second, short), (third, long)):
        assert Pieces(kernel, model, sizes).total(pieces, {**sizes, I: 1}) == value(term, {**sizes, I: 1}, model)
