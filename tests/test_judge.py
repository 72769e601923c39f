"""The judge of the campaign against independent references, and on claims whose truth is known."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import third_layers
import third_networks
import third_reading
from campaign import proofs
from judge import JudgedClaim, vocabulary
from network_cases import NetworkCase, network_cases, operations
from test_readings_agree import REFUSALS, VALUES
from third_numbers import Doubt, Nothing, Undefined
from third_reading import Array, Int

import symconv
from symconv import numeric

A, B, X = [[1, 2, 3], [4, 5, 6]], [[1, 2, 3]], [1, 2, 3]


def judged(text: str) -> Array:
    """An expression in the third reading, with the names that the table of the other readings uses."""
    return Array.of(eval(text, vocabulary() | {"x": Array.of(X), "A": Array.of(A), "B": Array.of(B), "one": Int(1)}))


def floats(array: Array) -> Any:
    return np.array([float(value) for value in array.entries.reshape(-1)]).reshape(array.entries.shape)


def claim_of(parameters: str, body: str, before: str = "") -> JudgedClaim:
    return JudgedClaim(f"{before}\ndef stated({parameters}):\n    return {body}", "stated")


# --- the third reading -----------------------------------------------------------------------------------------------


def test_every_public_operation_has_a_third_reading() -> None:
    words = {name for name in symconv.__all__ if name[0].islower()} - {"prove", "replay", "tensor"}
    assert {name for name in words if name not in vocabulary()} == set()


@pytest.mark.parametrize("text", VALUES)
def test_values(text: str) -> None:
    np.testing.assert_array_equal(floats(judged(text)), VALUES[text])


@pytest.mark.parametrize("text", [text for text, error in REFUSALS.items() if error is symconv.Undefined])
def test_what_is_undefined(text: str) -> None:
    try:
        entries = judged(text).entries.reshape(-1)
    except Undefined:
        return
    assert any(isinstance(value, Nothing) for value in entries)


def third_value(case: NetworkCase) -> Any:
    """The third reading's value, or None where it refuses the case."""
    operation = next(
        getattr(m, case.name) for m in (third_layers, third_networks, third_reading) if case.name in vars(m)
    )
    try:
        return floats(operation(*case.args, **case.kwargs))
    except (Undefined, ValueError):
        return None


def assert_same(case: NetworkCase, found: Any, expected: Any) -> None:
    assert (found is None) == (expected is None), f"{case}: {found} against {expected}"
    if expected is not None:
        assert found.shape == expected.shape, f"{case}: {found.shape} against {expected.shape}"
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9, err_msg=str(case))


@pytest.mark.parametrize("name", operations())
def test_network_operations_agree_with_torch(name: str) -> None:
    pytest.importorskip("torch")
    from test_torch_agreement import run_torch

    for case in network_cases(name)[:50]:
        assert_same(case, third_value(case), run_torch(case))


def test_derivatives_agree_with_those_of_numpy() -> None:
    def f(v: Any, reading: Any) -> Any:
        return reading.exp(v * v[0]) * v.sum() / (1 + v[1] ** 2)

    point = [Fraction(1, 2), Fraction(-1, 3), Fraction(2)]
    with symconv.dispatch.reading("numeric"):
        expected = numeric.unwrap(numeric.jacobian(lambda v: f(v, numeric))(numeric.wrap([1 / 2, -1 / 3, 2.0])))
    found = third_reading.jacobian(lambda v: f(v, third_reading))(Array.of(point))
    np.testing.assert_allclose(floats(found), expected, rtol=1e-12)


@pytest.mark.parametrize(
    "text", ["derivative(relu)(0)", "grad(lambda v: max(v))([1, 1])", "jacobian(abs)(x - 1)", "derivative(sqrt)(0)"]
)
def test_a_kink_settles_nothing(text: str) -> None:
    assert any(isinstance(value, Doubt) for value in judged(text).entries.reshape(-1))


def test_numbers_that_cannot_be_told_apart_settle_nothing() -> None:
    for text in (
        "where(exp(2) == exp(1)**2, 1, 0)",
        "1/(exp(2) - exp(1)**2)",
        "where(x > 1, sqrt(exp(2) - exp(1)**2), 0)",
    ):
        assert any(isinstance(value, Doubt) for value in judged(text).entries.reshape(-1))
    assert floats(judged("where(exp(2) > exp(1), 1, 0)")) == 1


def test_an_unchosen_branch_may_be_undefined() -> None:
    assert floats(judged("where(x > 1, 1/(x - 1), 0)")).tolist() == [0, 1, 0.5]
    assert isinstance(judged("0*(1/(x - 1))").entries[0], Nothing)


# --- verdicts of the judge -------------------------------------------------------------------------------------------

TRUE = [
    ("x: Tensor['n'], p: Positive", "equal(relu(p*x), p*relu(x))"),
    ("x: Real", "equal(derivative(relu)(x)*x, relu(x))"),
    ("x: Tensor['n + k - 1'], w: Tensor['k'], y: Tensor['n']", "equal(conv1d(x, w) @ y, conv1d(x, y) @ w)"),
    ("x: Tensor['n']", "equal(softmax(x).sum(), 1)"),
    ("N: Tensor['n'], sigma: Nondecreasing", "equal(sigma(N).max(), sigma(N.max()))"),
    ("v: Tensor['p'], F: Differentiable['p']", "equal(grad(lambda u: F(2*u))(v), 2*grad(F)(2*v))"),
    ("x: Positive", "equal(x/x, 1)"),
    ("x: Tensor['n']", "equal(exp(x.sum()), prod(exp(x)))"),
]
FALSE = [
    ("x: Tensor['n'], p: Real", "equal(relu(p*x), p*relu(x))"),
    ("x: Real", "equal(x/x, 1)"),
    ("x: Real", "equal(where(x == 0, 1, 0), 0)"),
    ("x: Tensor['n'], n: Size", "equal((n - 1)*(n - 2)*(n - 3)*(n - 4)*(n - 5)*x, 0*x)"),
    ("N: Tensor['n'], sigma: Function", "equal(sigma(N).max(), sigma(N.max()))"),
    ("N: Tensor['n'], sigma: Nondecreasing", "equal(sigma(N).mean(), sigma(N.mean()))"),
    ("x: Tensor['n'], y: Tensor['m']", "equal(x, y)"),
    ("x: Tensor['n']", "equal(x[1:].max(), x.max())"),
    ("x: Tensor['n'], i: Index['n']", "equal(x[i + 1 - 1], x[i + 1])"),
    ("x: Tensor['n', 'n']", "equal(x.T @ x, x @ x.T)"),
    ("x: Real", "equal(x, by('nothing', x + 0), x**2)"),
    ("x: Real", "(equal(x, x + 0), equal(x, abs(x)))"),
    ("x: Tensor['n']", "equal(exp(x).sum(), exp(x.sum()))"),
    ("sigma: Differentiable, x: Real", "equal(derivative(sigma)(2*x), derivative(lambda t: sigma(2*t))(x))"),
]


@pytest.mark.parametrize(("parameters", "body"), TRUE)
def test_true_claims_are_not_contradicted(parameters: str, body: str) -> None:
    assert all(claim_of(parameters, body).contradiction(seed) is None for seed in range(3))


@pytest.mark.parametrize(("parameters", "body"), FALSE)
def test_false_claims_are_contradicted(parameters: str, body: str) -> None:
    assert claim_of(parameters, body).contradiction() is not None


def is_fallacy(source: str, name: str) -> bool:
    return f"@fallacy\ndef {name}(" in source


@pytest.mark.slow
@pytest.mark.parametrize("file", sorted({file for file, _, _ in proofs()}))
def test_the_judge_finds_the_fallacies_among_the_proofs(file: str) -> None:
    """Claims stand, fallacies fall: with no part of the prover."""
    for own, name, source in proofs():
        if own == file:
            found = JudgedClaim(source, name).contradiction(seconds=6)
            assert (found is not None) == is_fallacy(source, name), f"{name}: {found}"


def test_a_counterexample_is_called_as_printed() -> None:
    claim = claim_of("N: Tensor['n'], sigma: Function", "equal(sigma(N).max(), sigma(N.max()))")
    assert claim.call("stated(N=[0, -1], sigma=lambda x: -x)", {}) is not None
    assert claim.call("stated(N=[0, 0], sigma=lambda x: -x)", {}) is None
    claim = claim_of("x: Real, i: Index['n'], n: Size", "equal(x*i, x)")
    assert claim.call("stated(x=Fraction(1, 2), i=0, n=1)", {"n": 1}) is not None
