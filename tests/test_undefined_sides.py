"""Sides without a value: the smallest sizes at which there is one, which side it is, and what would mend it."""

from __future__ import annotations

import pytest

from symconv import Tensor, claim, conv1d, equal, max_pool1d, prove
from symconv.claims import parse_dimension
from symconv.errors import Undefined
from symconv.faces import text
from symconv.prover.evaluate import evaluate
from symconv.prover.reading import read
from symconv.tensors.without import Without
from tests.statements import assert_proved, assert_refuted, stated

POOLS = 'x: Tensor["C", "n", "m"], y: Tensor["C", "n", "m"], k: Size, s: Size'
LEFT, RIGHT = "avg_pool2d(x + y, k, stride=s)", "avg_pool2d(x, k, stride=s) + avg_pool2d(y, k, stride=s)"
LARGE = "a window of extent 2 is larger than its padded input, of extent 1"


def test_the_smallest_sizes_without_a_value_come_first() -> None:
    verdict = prove(stated(POOLS, LEFT, RIGHT))
    assert verdict.counterexample is not None
    assert verdict.counterexample.sizes == {"C": 1, "n": 1, "m": 1, "k": 2, "s": 1}
    assert verdict.counterexample.left == verdict.counterexample.right == f"undefined: avg_pool2d: {LARGE}"


SHAPES = (
    'x: Tensor["n"], y: Tensor["m"]',
    "(x[:2] + y[:3]).sum()",
    "x[:2].sum() + y[:3].sum()",
    "undefined: shapes (2,) and (3,) do not broadcast",
    "0",
)
ONE_SIDE = [
    (
        'x: Tensor["n"], w: Tensor["k"]',
        "conv1d(x, w).sum()",
        "x.sum() * w.sum()",
        f"undefined: conv1d: {LARGE}",
        "0",
    ),
    ('x: Tensor["n"], w: Tensor["k"]', "x.sum() * w.sum()", "conv1d(x, w).sum()", "0", f"undefined: conv1d: {LARGE}"),
    ('x: Tensor["n"], k: Size', "max_pool1d(x, k).sum()", "x.sum()", f"undefined: max_pool1d: {LARGE}", "0"),
    ('x: Tensor["n"], f: Function', "f(max_pool1d(x, 2)).sum()", "f(x).sum()", f"undefined: max_pool1d: {LARGE}", "1"),
    (
        'x: Tensor["n"], F: Differentiable["n"]',
        "F(conv1d(x, [1]))",
        "F(conv1d(x, [1, 1]))",
        "1",
        f"undefined: conv1d: {LARGE}",
    ),
    ('x: Tensor["n"]', "x[0]", "x[2]", "0", "undefined: index 2 is outside axis 0 of a tensor, of length 1"),
    (
        'x: Tensor["n"]',
        "reshape(x, (2, -1)).sum()",
        "x.sum()",
        "undefined: shape (1,) of 1 entries is reshaped to (2,) and -1, which does not divide",
        "0",
    ),
    ('x: Tensor["n"]', "grad(lambda v: max_pool1d(v, 2).sum())(x)", "x", f"undefined: max_pool1d: {LARGE}", "[0]"),
]


@pytest.mark.parametrize("statement", ONE_SIDE, ids=str)
def test_the_side_without_a_value_is_named_and_the_other_is_shown(statement: tuple[str, ...]) -> None:
    made = stated(*statement[:3])
    verdict = prove(made)
    assert_refuted(verdict, made)
    found = verdict.counterexample
    assert found is not None and (found.left, found.right) == statement[3:]
    pasted = eval(found.call, {"stated": made})
    assert pasted.sides == (statement[3:],)


def test_shapes_that_do_not_fit_leave_the_other_side_its_value() -> None:
    parameters, left, right, *sides = SHAPES
    made = stated(parameters, left, right)
    assert evaluate(made, {"x": [0, 0], "y": [0, 0, 0]}).sides == (tuple(sides),)


def test_smaller_sizes_without_a_value_come_before_larger_ones_that_differ() -> None:
    verdict = prove(stated('x: Tensor["n"]', "x.sum()", "max_pool1d(x, 2).sum()"))
    assert verdict.counterexample is not None and verdict.counterexample.sizes == {"n": 1}
    assert verdict.counterexample.undefined == f"max_pool1d: {LARGE}"
    assert "no entry matters: whatever the numbers are, a side has no value" in text.counterexample_lines(
        verdict.counterexample
    )


def test_the_step_of_a_chain_without_a_value_is_named() -> None:
    @claim
    def chained(x: Tensor["n"]):  # type: ignore[no-untyped-def]
        return equal(x.sum(), 1 * x.sum(), max_pool1d(x, 2).sum())

    verdict = prove(chained)
    assert verdict.status == "refuted" and verdict.failed_step == 2


def test_what_has_no_value_and_is_in_no_side_refutes_all_the_same() -> None:
    """The body says so, for whoever reads it; NumPy would not come to its end either."""

    @claim
    def unused(x: Tensor["n"]):  # type: ignore[no-untyped-def]
        max_pool1d(x, 2)
        return equal(x + x, 2 * x)

    with pytest.raises(Undefined, match="larger than its padded input"):
        read(unused, {"n": 1})
    verdict = prove(unused)
    assert_refuted(verdict, unused, {"unused": unused})
    assert verdict.counterexample is not None and verdict.counterexample.left == verdict.counterexample.right


def test_a_body_that_asks_for_the_shape_of_nothing_has_no_value() -> None:
    @claim
    def shaped(x: Tensor["n"]):  # type: ignore[no-untyped-def]
        return equal(conv1d(x, [1, 1]).shape[0] + 1, x.shape[0])

    with pytest.raises(Undefined):
        read(shaped, {"n": 1})
    assert prove(shaped).status == "refuted"


def test_arithmetic_with_nothing_gives_nothing() -> None:
    nothing = Without(Undefined("no value"))
    made = [nothing + 1, 1 - nothing, 2 * nothing, nothing / 2, 2**nothing, -nothing, abs(nothing), nothing[0]]
    assert all(each is nothing for each in made)
    for ask in (lambda: nothing.shape, lambda: nothing.at(()), lambda: nothing.definition, lambda: nothing.T):
        with pytest.raises(Undefined, match="no value"):
            ask()
    assert not hasattr(nothing, "free_symbols")


MENDED = [
    (POOLS, LEFT, RIGHT, "n", "n + k - 1"),
    ('x: Tensor["n"]', "x[2]", "1 * x[2]", "n", "n + 2"),
    ('X: Tensor["h", "w"], u: Tensor["k", "k"]', "conv2d(X, 2 * u)", "2 * conv2d(X, u)", "h", "h + k - 1"),
    (
        'x: Tensor["n"], w: Tensor["k"], d: Size',
        "conv1d(x, w, dilation=d)",
        "conv1d(x, 2 * w, dilation=d) / 2",
        "n",
        "n - d + k*d",
    ),
]


@pytest.mark.parametrize("statement", MENDED, ids=str)
def test_the_hypothesis_that_is_missing_is_said(statement: tuple[str, ...]) -> None:
    parameters, left, right, axis, written = statement
    verdict = prove(stated(parameters, left, right))
    advice = [line for line in verdict.where if line.startswith("a side has a value only where")]
    assert len(advice) == 1 and advice[0].endswith(f'write the axis "{axis}" as "{written}" to assume it')
    parse_dimension(written)  # it can be written so


def test_the_hypothesis_that_is_said_mends_the_claim() -> None:
    wide = POOLS.replace('"n", "m"', '"n + k - 1", "m + k - 1"')
    assert_proved(prove(stated(wide, LEFT, RIGHT)))


@pytest.mark.parametrize(
    "statement",
    [
        ('x: Tensor["n"], y: Tensor["2*n"], k: Size', "max_pool1d(x, k)", "max_pool1d(x, k) * 1"),  # n is more
        ('x: Tensor["n"], n: Size, k: Size', "max_pool1d(x, k) * n", "max_pool1d(x, k) * n"),  # n is used by itself
        ('x: Tensor["n"], y: Tensor["m"]', "(x + y).sum()", "x.sum() + y.sum()"),  # nothing is too large
    ],
    ids=str,
)
def test_no_hypothesis_is_said_that_would_change_more(statement: tuple[str, str, str]) -> None:
    parameters, left, right = statement
    if "y" in parameters and "2*n" in parameters:
        left, right = f"{left} + y.sum()", f"{right} + y.sum()"
    verdict = prove(stated(parameters, left, right))
    assert verdict.status == "refuted"
    assert not any(line.startswith("a side has a value only where") for line in verdict.where)
