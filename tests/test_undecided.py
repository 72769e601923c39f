"""Undecided in one sentence: the rule that is missing, the case that is left, and what was tried."""

from __future__ import annotations

import mpmath
import pytest

from symconv import equal, prove
from symconv.kernel.bounded.polynomials import Polynomials
from symconv.kernel.evaluate import Evaluator
from symconv.prover import bounded, exact, general, missing, undecided
from symconv.prover.normal_terms import NormalTerms
from symconv.prover.reading import entry, read
from tests.statements import stated

AT_ONE_SIZE = [
    # No law between functions that stand in the difference.
    (
        "x: Positive",
        "sqrt(x + 2*sqrt(x) + 1)",
        "sqrt(x) + 1",
        "no rule relates √(x + 2·√x + 1) and √x",
    ),
    (
        "x: Positive, y: Positive",
        "sqrt(x + y + 2*sqrt(x*y))",
        "sqrt(x) + sqrt(y)",
        "no rule relates √(2·√y·√x + x + y), √x and √y",
    ),
    # In one case of signs there is none.
    (
        "x: Real",
        "sqrt(x**2 + 2*abs(x) + 1)",
        "abs(x) + 1",
        "in the case x < 0, no rule relates √(x² - 2x + 1) to x - 1",
    ),
    # A case is left that cannot occur: no law says so.
    (
        "x: Real, y: Real",
        "maximum(x**3, y**3)",
        "maximum(x, y)**3",
        "no rule shows that the case x³ - y³ > 0 and x - y < 0 cannot occur, in which left - right is x³ - y³",
    ),
    (
        "x: Real, y: Real",
        "where(exp(x) > exp(y), 1, 0)",
        "where(x > y, 1, 0)",
        "no rule shows that the case exp(x) - exp(y) < 0 and x - y > 0 cannot occur, in which left - right is -1",
    ),
    (
        "x: Real",
        "relu(exp(x) - x)",
        "exp(x) - x",
        "no rule shows that the case x - exp(x) > 0 cannot occur, or that x - exp(x) is 0 in it",
    ),
    (
        "x: Real",
        "erf(relu(x))",
        "relu(erf(x))",
        "no rule shows that the case erf(x) > 0 and x < 0 cannot occur, or that -erf(x) is 0 in it",
    ),
    # A side may have no value: what makes it defined is not shown.
    ("x: Real", "x / (exp(x) - x)", "1 * x / (exp(x) - x)", "no rule shows that exp(x) - x is not 0"),
    ("x: Real", "log(exp(x) - x)", "1 * log(exp(x) - x)", "no rule shows that exp(x) - x is positive"),
    ("x: Real", "sqrt(exp(x) - x)", "1 * sqrt(exp(x) - x)", "no rule shows that exp(x) - x is not negative"),
]
AT_EVERY_SIZE = [
    (
        'f: Function, x: Tensor["2*n"]',
        "f(x[::2]).sum() + f(x[1::2]).sum()",
        "f(x).sum()",
        "no rule relates f(x[2i]), f(x[2i+1]) and f(x[i])",
    ),
    ('x: Tensor["n"]', "where(softmax(x) > 0, x, 0)", "x", "no rule decides whether 1/(Σ_a=0..(n-1) exp(x[a])) > 0"),
    (
        'x: Tensor["n"], a: Real',
        "x.sum() * (2 + a + a**2) / (2 + a + a**2)",
        "x.sum()",
        "no rule shows that a + 2 + a² is not 0",
    ),
    ('x: Tensor["n"]', "x.sum()**5", "x.sum()**2 * x.sum()**3", "a product of 5 entries of x in more than 24 orders"),
    (
        'x: Tensor["n"], e: Positive',
        "x / sqrt((x**2).sum() + e) * sqrt(e)",
        "x / sqrt((x**2).sum()/e + 1)",
        "no rule relates √(Σ_a=0..(n-1) x[a]² + e), √e and √(1/e · Σ_a=0..(n-1) x[a]² + 1)",
    ),
]


@pytest.mark.parametrize("statement", AT_ONE_SIZE, ids=str)
def test_the_missing_rule_is_named(statement: tuple[str, str, str, str]) -> None:
    parameters, left, right, lacking = statement
    verdict = prove(stated(parameters, left, right), time_limit=30)
    assert verdict.status == "undecided"
    assert verdict.reason.startswith(f"{lacking} (at step 1")
    assert "small numbers, NumPy (which sees no difference)" in verdict.reason


@pytest.mark.parametrize("statement", AT_EVERY_SIZE, ids=str)
def test_what_a_proof_for_every_size_lacks_is_named(statement: tuple[str, str, str, str]) -> None:
    parameters, left, right, lacking = statement
    verdict = prove(stated(parameters, left, right))
    assert verdict.status == "proved" and not verdict.for_all_sizes
    assert f"not for every size: {lacking}" in verdict.evidence


def test_the_sentence_says_the_case_and_what_was_tried() -> None:
    verdict = prove(stated('x: Tensor["n"]', "x.max()**3", "(x**3).max()"))
    assert verdict.reason == (
        "no rule shows that the case x[0]³ - x[1]³ > 0 and x[0] - x[1] < 0 cannot occur, in which left - right is "
        "x[1]³ - x[0]³ (at n = 2, step 1, where left - right is (max_a=0..1 x[a])³ - max_a=0..1 x[a]³; tried: every "
        "size (no rule relates max_a=0..(n-1) x[a] and max_a=0..(n-1) x[a]³), 4 combinations of sizes (1 proved), "
        "small numbers, NumPy (which sees no difference))"
    )


def test_the_step_of_a_chain_is_named() -> None:
    from symconv import Real, claim, relu, tanh

    @claim
    def chained(x: Real):
        return equal(2 * tanh(relu(x)), tanh(relu(x)) + tanh(relu(x)), 2 * relu(tanh(x)))

    verdict = prove(chained)
    assert verdict.status == "undecided" and verdict.failed_step == 2 and "(at step 2, " in verdict.reason


def test_a_time_limit_stands_beside_the_missing_rule() -> None:
    made = stated("x: Real", "x / (exp(x) - x)", "1 * x / (exp(x) - x)")
    (failure,) = bounded.check(read(made, {}), lambda: None).failures
    stop = "the time limit of 1 s is reached"
    said = undecided.sentence(made, failure, stop, {}, undecided.Tried(None, 1, 0, ()))
    assert said == f"no rule shows that exp(x) - x is not 0 (at step 1; tried: small numbers; {stop})"


def test_what_sympy_sees_is_said_and_proves_nothing() -> None:
    verdict = prove(stated("x: Real, y: Real", "sqrt((x + y)**2)", "abs(x + y)"))
    assert verdict.status == "undecided"
    assert "where left - right is √((x + y)²) - |x + y|, which SymPy's own rules bring to 0" in verdict.reason


def test_an_open_question_of_the_reading_has_its_sizes() -> None:
    """A window that moves with the index of a maximum: no law reads it, also at small sizes."""
    moving = "maximum_over(lambda a, b: x[a::2, b::2], 2, 2)"
    verdict = prove(stated('x: Tensor["2*m", "2*n"]', moving, "max_pool2d(x, 2)"))
    assert verdict.status == "undecided"
    assert verdict.reason.startswith("which of a and 2 is larger depends on the sizes (at m = 1, n = 1; tried: every ")
    assert "small numbers" not in verdict.reason


LONG = "(exp(x + 2*y)*y + exp(y + 2*z)*z + exp(z + 2*x)*x + exp(x + y + z)*(x + y)*(y + z) + sqrt(1 + exp(x - y)))"
EACH = "((x + y)*(x + z)*(y + z)*(x - y)*(x - z))"
XYZ = "x: Real, y: Real, z: Real"
LEFT = [
    ('x: Tensor["n"], n: Size', "(n - 1) * (n - 2) * x", "0 * x", "the coefficients of x are not seen to agree"),
    (
        'f: Function, x: Tensor["n"]',
        "f(x)",
        "f(x) * x",
        "the coefficients of f(x[i]) and x·f(x[i]) are not seen to agree",
    ),
    (
        'f: Function, x: Tensor["n"]',
        "f(x).sum()",
        "f(x)[1:].sum() + x[0]",
        "no rule relates f(x[i]) to the other entries",
    ),
    ('F: Differentiable["p"], x: Tensor["p"]', "grad(F)(x)", "F(x) * x", "no rule relates ∂[i]F(x) and F(x)"),
    ("f: Smooth, x: Real", "derivative(f)(x)", "f(x)", "no rule relates f′(x) and f(x)"),
    (f"f: Function, {XYZ}", f"f({LONG})", f"f({LONG} + 1)", "no rule relates f(…) and f(…)"),
    ("x: Real", "where(x >= 0, x, 1)", "x", "no rule decides whether x > 0 or whether x = 0"),
    (f"{XYZ}", f"maximum({LONG}, 0)", f"{LONG}", "no rule decides whether a long expression > 0"),
    (
        'x: Tensor["n"], y: Tensor["n"], z: Tensor["n"]',
        f"{EACH}.max()",
        "x.max()",
        "no rule relates max(…) and max_a=0..(n-1) x[a]",
    ),
]


@pytest.mark.parametrize("statement", LEFT, ids=str)
def test_what_is_left_of_a_proof_for_every_size(statement: tuple[str, str, str, str]) -> None:
    """Of false claims as well: the sentence speaks of the method, not of the claim."""
    parameters, left, right, lacking = statement
    result = general.attempt(stated(parameters, left, right))
    assert not result.proved and result.reason == lacking


ROUND_TRIPS = [
    "2*x + 3*y - x*y/7",
    "exp(x + y) * log(1 + exp(y)) + sqrt(1 + x**2)",
    "maximum(x, y)**2 + abs(x)",
    "x / (1 + y**2) + pi",
    "where(x > y, x, y**2)",
    "sigmoid(x) + tanh(y) + erf(x*y)",
    "f(x + f(y)) + derivative(f)(x)",
    "F(stack([x, y])) + grad(F)(stack([x, x*y]))[1] + G(stack([x, y]))[1]",
]


@pytest.mark.parametrize("text", ROUND_TRIPS)
def test_a_normal_form_written_as_a_term_has_that_normal_form(text: str) -> None:
    parameters = 'x: Real, y: Real, f: Smooth, F: Differentiable[2], G: Differentiable[2, "q"]'
    unused = "0*(x + y + f(x) + F(stack([x, y])) + G(stack([x, y]))[0])"
    (pair,) = read(stated(parameters, text, unused), {"q": 2}).pairs
    algebra = Polynomials()
    value = Evaluator(algebra, {}).value(entry(pair.left, ()))
    again = Evaluator(algebra, {}).value(NormalTerms(algebra).ratio(value))
    assert algebra.is_zero(algebra.subtract(value, again)) and value.numerator


def test_what_is_too_long_is_not_written() -> None:
    made = stated("x: Real, y: Real", "x / (exp(x) + x + y + 3)**9", "2*x / (exp(x) + x + y + 3)**9")
    (failure,) = bounded.check(read(made, {}), lambda: None).failures
    assert failure.left is not None
    assert missing.at_small_sizes(failure.left, made) == "no rule shows that a divisor is not 0"


def test_more_cases_than_are_looked_at() -> None:
    algebra = Polynomials()
    made = stated("x: Tensor[8]", "sum(abs(x - 1) * exp(abs(x)))", "sum(abs(x + 1) * exp(abs(x)))")
    (pair,) = read(made, {}).pairs
    sides = [Evaluator(algebra, {}).value(entry(side, ())) for side in (pair.left, pair.right)]
    assert not algebra.is_zero(algebra.subtract(*sides), cases=1)
    left = bounded.Left(algebra, algebra.open_value, facts=algebra.open_case)
    assert missing.at_small_sizes(left, made) == "its maxima and signs have more cases than are looked at"


@pytest.mark.parametrize("x", [0.5, 7.9, 8.1, -8.5, 30, -22027])
def test_the_error_function_lies_in_its_interval(x: float) -> None:
    """Also where its series would take as many terms as the square of its argument."""
    with mpmath.workdps(120):
        found, wanted = exact._erf(exact.interval().mpf(x)), mpmath.erf(mpmath.mpf(x))
        assert mpmath.mpf(found.a.a) <= wanted <= mpmath.mpf(found.b.b)
    assert found.delta < 1e-28
