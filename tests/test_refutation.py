"""False claims of every kind are refuted, by the smallest point of the stated order, and the verdict says where."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symconv import Claim, Differentiable, Nondecreasing, Smooth, equal, prove
from symconv.faces import text
from symconv.printing.entries import numbers
from symconv.printing.latex import latex
from symconv.prover import evaluate as pasted
from symconv.prover import larger, points, where, witnesses
from symconv.prover.reading import read
from symconv.prover.regions import Linear, simplest_between, solve
from tests.statements import assert_refuted, stated

SQUARE = 'X: Tensor["m", "m"]'
FALSE = [
    (f"{SQUARE}, W: Tensor[3, 3]", "conv2d(X, W, padding=1)", "conv2d(X, flip(W, (0, 1)), padding=1)"),
    ('X: Tensor["C", "m", "m"], W: Tensor["C", "C", 1, 1]', "conv2d(conv2d(X, W), W)", "conv2d(X, W * W)"),
    ('X: Tensor["m + 3", "m + 3"], w: Tensor[2, 2]', "conv2d(X, w, dilation=2)", "conv2d(X[::2, ::2], w)"),
    ('X: Tensor["m + 2", "m + 2"], w: Tensor[3, 3]', "conv2d(X, w).T", "conv2d(X.T, w)"),
    (f"{SQUARE}, w: Tensor[2, 2]", "conv_transpose2d(X, w, stride=2)", "conv_transpose2d(X, w.T, stride=2)"),
    ('X: Tensor[4, "m", "m"], W: Tensor[4, 2, 1, 1]', "conv2d(X, W, groups=2)", "conv2d(X, concat([W, W], 1))"),
    ('X: Tensor["m + 2", "m + 2"], u: Tensor[3, 3], a: Real', "conv2d(X + a, u)", "conv2d(X, u) + a"),
    ('X: Tensor["2*m", "2*m"]', "max_pool2d(-X, 2)", "-max_pool2d(X, 2)"),
    ('X: Tensor["2*m", "2*m"], Y: Tensor["2*m", "2*m"]', "max_pool2d(X + Y, 2)", "max_pool2d(X, 2) + max_pool2d(Y, 2)"),
    (SQUARE, "avg_pool2d(X, 3, 1, 1)", "avg_pool2d(X, 3, 1, 1, count_include_pad=False)"),
    ('X: Tensor["2*m", "2*m"], a: Real', "max_pool2d(a * X, 2)", "a * max_pool2d(X, 2)"),
    ('X: Tensor["2*m", "2*m"]', "avg_pool2d(X**2, 2)", "avg_pool2d(X, 2)**2"),
    ('x: Tensor["n"], a: Real', "softmax(a * x)", "softmax(x)"),
    ('x: Tensor["n"]', "softmax(x).sum()", "x.sum()"),
    ('x: Tensor["n"], y: Tensor["n"]', "softmax(x + y)", "softmax(x) * softmax(y)"),
    ('x: Tensor["n"]', "logsumexp(x, 0)", "log(softmax(x)).sum()"),
    ('x: Tensor["n"], a: Real', "logsumexp(a + x, 0)", "logsumexp(x, 0)"),
    ('x: Tensor["n"], a: Positive', "layer_norm(a * x, (x.shape[0],))", "layer_norm(x, (x.shape[0],))"),
    ('x: Tensor["n"]', "log_softmax(x)", "x - x.max()"),
    ('x: Tensor["n"]', "softmax(softmax(x))", "softmax(x)"),
    ("x: Real", "gelu(x)", "x * sigmoid(x)"),
    ("x: Real", "gelu(x)", 'gelu(x, approximate="tanh")'),
    ("x: Real", "softplus(x) - softplus(-x)", "2 * x"),
    ("x: Real", "leaky_relu(x)", "maximum(x, x / 10)"),
    ("x: Real", "tanh(x)", "2 * sigmoid(x) - 1"),
    ("x: Real", "exp(x)", "1 + x + x**2 / 2"),
    ("a: Real, b: Real", "exp(a) * exp(b)", "exp(a * b)"),
    ("x: Positive, y: Positive", "log(x + y)", "log(x) * log(y)"),
    ("x: Nonnegative, y: Nonnegative", "sqrt(x + y)", "sqrt(x) + sqrt(y)"),
    ("x: Real", "derivative(sigmoid)(x)", "sigmoid(x)"),
    ('A: Tensor["n", "n"], x: Tensor["n"]', "grad(lambda v: v @ A @ v)(x)", "2 * A @ x"),
    ('A: Tensor["n", "m"], x: Tensor["m"]', "jacobian(lambda v: A @ v)(x)", "A.T"),
    ('x: Tensor["n"]', "jacobian(softmax)(x)", "diag(softmax(x)) + outer(softmax(x), softmax(x))"),
    ('F: Differentiable["p"], x: Tensor["p"]', "grad(F)(x) @ x", "F(x)"),
    ('F: Differentiable["p", "q"], x: Tensor["p"], y: Tensor["p"]', "F(x + y)", "F(x) + F(y)"),
    ('F: Differentiable["p", "q"], x: Tensor["p"]', "jacobian(F)(x)", "jacobian(F)(2 * x)"),
    ('A: Tensor["n", "m"], B: Tensor["m", "n"]', 'einsum("ij,jk->ik", A, B)', 'einsum("ij,kj->ik", A, A)'),
    ('A: Tensor["n", "m"]', "reshape(A, (A.shape[1], A.shape[0]))", "A.T"),
    ('A: Tensor["n", "m"], B: Tensor["n", "m"]', "concat([A, B], 0)", "concat([B, A], 0)"),
    ('A: Tensor["n", "n"], B: Tensor["n", "n"]', "trace(A @ B)", "trace(A) * trace(B)"),
    ('A: Tensor["n", "n"], B: Tensor["n", "n"], C: Tensor["n", "n"]', "trace(A @ B @ C)", "trace(A @ C @ B)"),
    ('X: Tensor["n", "m"]', "X.max(axis=0).sum()", "X.sum(axis=0).max()"),
    ('x: Tensor["n"], y: Tensor["n"]', "(x * y).sum()**2", "(x**2).sum() * (y**2).sum()"),
    ("sigma: Function, tau: Function, x: Real", "sigma(tau(x))", "tau(sigma(x))"),
    ("sigma: Nondecreasing, x: Real", "sigma(relu(x))", "relu(sigma(x))"),
    ('sigma: Nondecreasing, x: Tensor["n"]', "sigma(x).sum()", "x.shape[0] * sigma(x.mean())"),
    ("sigma: Nondecreasing, x: Real", "sigma(sigma(x))", "sigma(x)"),
    ("f: Smooth, x: Real", "derivative(derivative(derivative(f)))(x)", "0"),
    ('X: Tensor["n"]', "X.sum() / (X.shape[0] - 1)", "X.mean()"),
    ("x: Real, y: Real", "maximum(x, y)", "(x + y) / 2 + abs(x - y)"),
]
SPECIAL = [
    ("x: Real, y: Real, z: Real", "where((x == 2 * y) & (y == 3 * z) & (z > 1), 1, 0)", "x=12, y=6, z=2"),
    ("x: Real", "where((x > 3) & (x < Fraction(7, 2)), 1, 0)", "x=Fraction(10, 3)"),
    ("x: Tensor[4]", "where((x[0] > x[1]) & (x[1] > x[2]) & (x[2] > x[3]), 1, 0)", "x=[3, 2, 1, 0]"),
    ("x: Real", "where(x == Fraction(1, 7), 1, 0)", "x=Fraction(1, 7)"),
    ("x: Positive", "where(log(x) > 5, 1, 0)", "x=149"),
    ("x: Positive", "where(sqrt(x) == 5, 1, 0)", "x=25"),
    ("x: Real", "x * (x - 1) * (x + 1) * (x - 2) * (x + 2) * (2 * x - 1)", "x=Fraction(-1, 2)"),
]
AT_LARGER_SIZES = [
    ('X: Tensor["n"], n: Size', "(n - 1) * (n - 2) * (n - 3) * (n - 4) * X", {"n": 5}),
    ('X: Tensor["n"], n: Size', "(n - 1) * (n - 2) * (n - 3) * (n - 5) * (n - 7) * X", {"n": 4}),
    ('X: Tensor["n", "m"], n: Size, m: Size', "(n-1)*(n-2)*(n-3)*(n-5)*(m-1)*(m-2)*X", {"n": 4, "m": 3}),
    ('X: Tensor["n"], n: Size', "(n // 4) * (n // 4 - 1) * X", {"n": 8}),
    ('X: Tensor["n"], n: Size', "where(n % 7 == 3, 1, 0) * (n - 3) * X", {"n": 10}),
    ('X: Tensor["n"], n: Size', "X.sum() - X[:10].sum()", {"n": 11}),
    ('X: Tensor["n"], Y: Tensor["m"], n: Size, m: Size', "where(n*m == 35, 1, 0)*X.sum()*Y.sum()", {"n": 5, "m": 7}),
    ('X: Tensor["n"], n: Size', "where(n == 101, X, 0 * X)", {"n": 101}),
    ('X: Tensor["n"], n: Size, s: Function', "(n - 1) * (n - 2) * (n - 3) * (n - 5) * s(X)", {"n": 4}),
    ('X: Tensor["n"], n: Size', "2**n * X - (n**2 - n + 2) * X", {"n": 4}),
]


@pytest.mark.parametrize("statement", FALSE, ids=str)
def test_false_claims_are_refuted(statement: tuple[str, str, str]) -> None:
    made = stated(*statement)
    assert_refuted(prove(made), made)


@pytest.mark.parametrize("statement", SPECIAL, ids=str)
def test_special_entries_are_found(statement: tuple[str, str, str]) -> None:
    made = stated(*statement[:2], "0")
    verdict = prove(made)
    assert_refuted(verdict, made)
    assert verdict.counterexample is not None and verdict.counterexample.call == f"stated({statement[2]})"


@pytest.mark.parametrize("statement", AT_LARGER_SIZES, ids=str)
def test_claims_that_hold_at_small_sizes_do_not_escape(statement: tuple[str, str, dict[str, int]]) -> None:
    made = stated(statement[0], statement[1], "0")
    verdict = prove(made)
    assert_refuted(verdict, made)
    assert verdict.counterexample is not None and verdict.counterexample.sizes == statement[2]


def test_what_is_proved_at_sizes_only_says_so() -> None:
    verdict = prove(
        stated('X: Tensor["n"], Y: Tensor["m"], n: Size, m: Size', "where(n*m == 3001, 1, 0)*X[0]*Y[0]", "0")
    )
    assert verdict.status == "proved" and not verdict.for_all_sizes
    assert "1, 2, 3, 5" in verdict.scope
    assert any("more combinations of sizes, up to" in line for line in verdict.evidence)


def test_integers_of_the_code_are_known() -> None:
    made = stated('X: Tensor["n"], n: Size', "summation(lambda i: X[i] * where(n == 77, 1, 0), n)", "0")
    assert 77 in larger.mentioned(made)
    assert {"n": 77} in larger.combinations(made)


# ---- the order -------------------------------------------------------------------------------------------------------

TINY = [
    ("x: Real, y: Real", "(x + y)**2", "x**2 + y**2"),
    ("x: Real, y: Real", "x * y * (x - 1)", "0"),
    ("x: Real, y: Real", "abs(x + y)", "abs(x) + abs(y)"),
    ("x: Real, y: Real", "maximum(x, y)", "x + y"),
    ("x: Tensor[3]", "x.max() * x.min()", "0"),
    ("x: Tensor[2], a: Real", "relu(a * x)", "a * relu(x)"),
    ("x: Positive, y: Real", "(x - 1) * y", "0"),
    ("x: Real", "where((x > 0) & (x < 1), 1, 0)", "0"),
]


def _all_points(made: Claim) -> Iterator[tuple[points.Weight, dict[str, Any]]]:
    """Every point with entries among a few small numbers, with what decides its place in the order."""
    signs = points.unknowns_of(read(made, {}))
    values = [Fraction(n, d) for n, d in ((0, 1), (1, 1), (-1, 1), (2, 1), (-2, 1), (1, 2), (-1, 2))]
    for row in itertools.product(values, repeat=len(signs)):
        numbers = dict(zip(signs, row, strict=True))
        if all(points.allowed(value, signs[key]) for key, value in numbers.items()):
            names = dict.fromkeys(name for name, _ in signs)
            nested = {n: [v for (name, place), v in numbers.items() if name == n] for n in names}
            scalars = {name for name, place in signs if place == ()}
            yield points.weight(numbers, signs), {n: v[0] if n in scalars else v for n, v in nested.items()}


@pytest.mark.parametrize("statement", TINY, ids=str)
def test_no_smaller_point_refutes(statement: tuple[str, str, str]) -> None:
    made = stated(*statement)
    found = prove(made).counterexample
    assert found is not None
    refuting = [weight for weight, values in _all_points(made) if pasted.evaluate(made, values).differs]
    signs = points.unknowns_of(read(made, {}))
    numbers = {(name, place): _at(found.values[name], place) for name, place in signs}
    assert points.weight(numbers, signs) == min(refuting)


def _at(value: Any, place: tuple[int, ...]) -> Fraction:
    for n in place:
        value = value[n]
    return Fraction(value)


def test_points_come_in_order() -> None:
    reading = read(stated("x: Tensor[3], a: Positive, b: Nonnegative", "x * a * b", "0"), {})
    signs = points.unknowns_of(reading)
    weights = [points.weight(numbers, signs) for numbers in points.in_order(signs, points.subsets(list(signs), 3))]
    assert weights == sorted(weights)
    assert len(weights) > 100


def test_the_simplest_function_is_named() -> None:
    cases = {
        ("sigma: Function, x: Real", "sigma(sigma(x))", "sigma(x)"): "sigma(x) = -x",
        ("sigma: Function, x: Real", "sigma(-x)", "-sigma(x)"): "sigma(x) = 1",
        ('sigma: Function, x: Tensor["n"]', "sigma(x.max())", "sigma(x).max()"): "sigma(x) = -x",
        ('F: Differentiable["p"], x: Tensor["p"], a: Real', "grad(F)(x)", "a * grad(F)(x)"): "F(v) = v_0",
    }
    for statement, formula in cases.items():
        verdict = prove(stated(*statement))
        assert verdict.counterexample is not None
        assert list(verdict.counterexample.functions.values()) == [formula]
        assert f"with {formula}" in text.details(verdict)


@pytest.mark.parametrize("kind", [Nondecreasing, Differentiable, Smooth], ids=["nondecreasing", "once", "smooth"])
def test_witnesses_meet_their_hypothesis(kind: Any) -> None:
    word = {Nondecreasing: "nondecreasing", Differentiable: "differentiable", Smooth: "smooth"}[kind]
    grid = [Fraction(n, 4) for n in range(-12, 13)]
    for witness in witnesses.SIMPLE[word]:
        values = [Fraction(_exact(witness.function, x)) for x in grid]
        if word == "nondecreasing":
            assert values == sorted(values), witness
            continue
        # Once differentiable: the one-sided quotients at each point of the grid agree in the limit.
        h = Fraction(1, 10**6)
        for x, y in zip(grid, values, strict=True):
            right, left = ((_exact(witness.function, x + s * h) - y) / (s * h) for s in (1, -1))
            assert abs(right - left) < Fraction(1, 10**3), (witness, x)
        if word == "smooth":
            assert "abs" not in witness.text and "maximum" not in witness.text and "where" not in witness.text


def _exact(function: Any, x: Fraction) -> Fraction:
    """A witness at a rational number, by the exact reading."""
    made = stated("x: Real", "x", "x + 0")
    named = replace(made, function=lambda x: equal(function(x), 0 * x))
    return Fraction(pasted.evaluate(named, {"x": x}).sides[0][0])


# ---- what matters, and where -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        ('X: Tensor["n"], n: Size', "(n - 1) * (n - 2) * X", "0 * X"),
        ('A: Tensor["n", "n"], B: Tensor["n", "n"]', "A @ B", "B @ A"),
        ('A: Tensor["n", "m"]', "reshape(A, (A.shape[1], A.shape[0]))", "A.T"),
        ('x: Tensor["n"]', "relu(x)", "x"),
        ('x: Tensor["n"], a: Real', "logsumexp(a + x, 0)", "logsumexp(x, 0)"),
    ],
    ids=str,
)
def test_entries_that_do_not_matter_do_not(statement: tuple[str, str, str]) -> None:
    """Other numbers in their places: the sides still differ, and by the same where they are rational."""
    made = stated(*statement)
    found = prove(made).counterexample
    assert found is not None and found.matters is not None
    source = random.Random(1)
    sizes = {n: v for n, v in found.sizes.items() if n in {p.name for p in made.parameters}}
    for _ in range(10):
        values = {
            name: _changed(value, found.matters.get(name, ()), source, ()) for name, value in found.values.items()
        }
        assert pasted.evaluate(made, values | sizes).differs


def _changed(value: Any, kept: Any, source: random.Random, place: tuple[int, ...]) -> Any:
    if isinstance(value, list):
        return [_changed(item, kept, source, (*place, n)) for n, item in enumerate(value)]
    return value if place in kept else Fraction(source.randint(-9, 9))


WHERE = [
    ('X: Tensor["n", "m"]', "roll(X, -1, 0)", "concat([X[1:], 0 * X[:1]], 0)", "in the last row only (for every size)"),
    ('X: Tensor["n"], n: Size', "(n-1)*(n-2)*(n-3)*(n-4)*X", "0 * X", "holds at n = 1, 2, 3, 4; fails at n = 5, 6, 7"),
    ('X: Tensor["h", "w"]', "X.sum() / X.shape[0]", "X.sum() / X.shape[1]", "holds where h = w (square inputs)"),
    ('X: Tensor["n", "n"]', "X", "X.T", "off the diagonal only (for every size)"),
    (SQUARE, "avg_pool2d(X, 3, 1, 1)", "avg_pool2d(X, 3, 1, 1, count_include_pad=False)", "on the border only"),
    ('X: Tensor["n", "k"], n: Size', "X[:3].sum() + 0 * n", "X.sum()", "holds where n <= 3, and fails elsewhere"),
    ('X: Tensor["n"], n: Size', "X + (n % 2) * X", "X", "holds at n = 2, 4; fails at n = 1, 3"),
    ('X: Tensor["n"], i: Index["n"], j: Index["n"]', "kronecker_delta(i, j) * X[i]", "X[j]", "i and j are different"),
    ('A: Tensor["n", "n"], C: Tensor["n", "n"]', "A @ C", "C @ A", "holds at n = 1; fails at n = 2, 3, 4"),
    (
        'f: Function, X: Tensor["n"]',
        "concat([f(X), f(X[:1])], 0)",
        "concat([f(X), X[:1]], 0)",
        "in the last entry only",
    ),
]


@pytest.mark.parametrize("statement", WHERE, ids=str)
def test_the_verdict_says_where(statement: tuple[str, str, str, str]) -> None:
    verdict = prove(stated(*statement[:3]))
    assert any(statement[3] in sentence for sentence in verdict.where), verdict.where
    assert list(verdict.where) == verdict.to_json()["where"]
    assert set(verdict.where) <= set(text.details(verdict))


PATTERNS = [
    # The same length as the filter's, which is no size by itself, and 63 other combinations around.
    (
        'X: Tensor["N", "C", "h + k - 1", "w + l - 1"], u: Tensor["D", "C", "k", "l"]',
        "conv2d(flip(X, 3), u)",
        "flip(conv2d(X, u), 3)",
        "holds where l = 1, and fails elsewhere (checked for N, C, h, k, w, l, D up to 2)",
    ),
    # 3 by 3 images of 3 by 3 blocks are larger than what is looked at, and it is said that they are left out.
    (
        'X: Tensor["C", "m*k", "m*k"], k: Size, C: Size',
        "conv2d(X, ones((C, C, k, k)), stride=k) / k**2",
        "avg_pool2d(X, k)",
        "holds where C = 1, and fails elsewhere (checked at 22 of the 27 combinations of C, m, k up to 3)",
    ),
]


@pytest.mark.parametrize("statement", PATTERNS, ids=str)
def test_a_pattern_of_sizes_is_one_of_all_that_were_looked_at(statement: tuple[str, str, str, str]) -> None:
    assert prove(stated(*statement[:3])).where == (statement[3],)


def test_no_pattern_is_said_of_a_few_of_many_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(where, "_MOST_COMBINATIONS", 30)
    assert prove(stated(*PATTERNS[0][:3])).where == ()


def test_nothing_is_said_of_where_when_it_fails_everywhere() -> None:
    assert prove(stated('X: Tensor["n"]', "2 * X", "3 * X")).where == ()


def test_a_false_claim_is_refuted_though_its_proof_for_every_size_would_take_long() -> None:
    verdict = prove(
        stated(
            'x: Real, y: Tensor["(n + 1)//2"], z: Tensor["(n + 1)//2"], n: Size',
            "((x + summation(lambda i, j: (y[i]*z[j] - y[j]*z[i])**2, (n + 1)//2, (n + 1)//2))**2 - x**2)",
            "x + n",
        ),
        time_limit=5,
    )
    assert verdict.status == "refuted"


# ---- points in regions -----------------------------------------------------------------------------------------------

rationals = st.fractions(min_value=-5, max_value=5, max_denominator=4)
forms = st.builds(Linear, st.dictionaries(st.sampled_from("xyz"), rationals.filter(bool), max_size=3), rationals)


@given(st.lists(forms, min_size=1, max_size=5), st.fixed_dictionaries(dict.fromkeys("xyz", rationals)))
def test_a_region_that_has_a_point_is_solved(some: list[Linear], point: dict[str, Fraction]) -> None:
    facts = [(form, (form.at(point) > 0) - (form.at(point) < 0)) for form in some]
    values = solve(facts)
    assert values is not None
    for form, sign in facts:
        assert (form.at(values) > 0) - (form.at(values) < 0) == sign


def test_a_region_without_a_point_is_not_solved() -> None:
    x = Linear({"x": Fraction(1)})
    assert solve([(x, 1), (x, -1)]) is None
    assert solve([(x, 0), (Linear({"x": Fraction(2)}, Fraction(1)), 0)]) is None


@given(rationals, rationals)
def test_the_simplest_number_is_between(a: Fraction, b: Fraction) -> None:
    low, high = sorted((a, b))
    if low < high:
        assert low < simplest_between(low, high) < high


@pytest.mark.parametrize("activation", ["gelu(x)", "silu(x)"])
def test_numbers_for_functions_that_are_not_rational_are_made_small(activation: str) -> None:
    """All four entries have to be negative, and -1 everywhere is a tie: one entry of -2 is the least."""
    inner, outer = f"max_pool2d({activation}, 2)", activation.replace("x", "max_pool2d(x, 2)")
    found = prove(stated('x: Tensor["2*m", "2*n"]', outer, inner)).counterexample
    assert found is not None
    assert dict(found.sizes) == {"m": 1, "n": 1}
    assert sorted(value for row in found.values["x"] for value in row) == [-2, -1, -1, -1]


@pytest.mark.parametrize(
    ("left", "x", "shown"),
    [
        ("log(softmax(x))", [1], "[0]"),
        ("log(exp(x))", [2], "[2]"),
        ("exp(x) * exp(-x) - 1", [3], "[0]"),
        ("exp(x) - exp(2 * x) / exp(x)", [2], "[0]"),
        ("exp(x)", [1], "[≈ 2.71828182846]"),
        ("exp(x)", [-200], "[≈ 1.38389652674e-87]"),
        ("exp(x)", [0], "[1]"),
    ],
)
def test_a_number_is_exact_where_that_is_shown_and_else_marked(left: str, x: list[int], shown: str) -> None:
    value = stated('x: Tensor["n"]', left, "x")(x=x).sides[0][0]
    assert value == shown


def test_what_is_near_a_rational_is_not_said_to_be_one() -> None:
    (value, _), *_ = stated('x: Tensor["n"]', "softplus(x) * exp(-x)", "x")(x=[-200]).sides
    assert value.startswith("[≈ ")


def test_a_number_that_is_not_rational_is_marked_in_every_face() -> None:
    found = prove(stated('x: Tensor["n"]', "exp(x + 1)", "exp(x)")).counterexample
    assert found is not None
    assert (found.left, found.left_entry, found.right_entry) == ("[≈ 2.71828182846]", "≈ 2.71828182846", "1")
    assert found.to_json()["left"] == found.left
    assert latex(numbers("≈ -1.5e-20")) == r"\approx -1.5 \cdot 10^{-20}"
