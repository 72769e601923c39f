"""`prove` on every operation: a true equation that is proved, and a false one whose counterexample can be pasted.

What is true here comes from mathematics, not from running the code.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
import sympy
from statements import assert_proved, assert_refuted, stated

import symconv
from symconv import ClaimError, Real, Size, Tensor, by, claim, equal, fallacy, fromfunction, prove, summation
from symconv.prover import general, spot, where

# operation: (parameters, left side, what it equals, what it does not equal)
OPERATIONS: dict[str, tuple[str, str, str, str]] = {
    "abs": ("x: Real", "abs(x)", "maximum(x, -x)", "x"),
    "adaptive_avg_pool1d": ("x: Tensor['2*n'], n: Size", "adaptive_avg_pool1d(x, n)", "avg_pool1d(x, 2)", "x[::2]"),
    "adaptive_avg_pool2d": ("X: Tensor['m', 'n']", "adaptive_avg_pool2d(X, 1)[0, 0]", "mean(X)", "sum(X)"),
    "arange": (
        "x: Tensor['n']",
        "(arange(x.shape[0]) * x).sum()",
        "summation(lambda i: i * x[i], x.shape[0])",
        "summation(lambda i: (i + 1) * x[i], x.shape[0])",
    ),
    "array": ("x: Tensor[2]", "array([[0, -1], [1, 0]]) @ x", "stack([-x[1], x[0]])", "stack([x[1], -x[0]])"),
    "avg_pool1d": ("x: Tensor['2*m']", "avg_pool1d(x, 2)", "(x[::2] + x[1::2]) / 2", "x[::2] / 2 - x[1::2] / 2"),
    "avg_pool2d": (
        "X: Tensor['2*m', '2*n']",
        "avg_pool2d(X, 2)",
        "(X[::2, ::2] + X[1::2, ::2] + X[::2, 1::2] + X[1::2, 1::2]) / 4",
        "(X[::2, ::2] + X[1::2, ::2] + X[::2, 1::2] + X[1::2, 1::2]) / 2",
    ),
    "batch_norm": (
        "X: Tensor['N', 'C', 'L'], mu: Tensor['C'], w: Tensor['C']",
        "batch_norm(X, mu, ones(X.shape[1]), w, eps=3)",
        "w[:, None] * (X - mu[:, None]) / 2",
        "w[:, None] * (X - mu[:, None]) / 4",
    ),
    "broadcast_to": ("x: Tensor['n']", "broadcast_to(x, (3, x.shape[0]))", "ones(3, 1) * x", "ones(3, 1) * x[::-1]"),
    "clip": ("x: Real", "clip(x, 0, 1)", "minimum(maximum(x, 0), 1)", "relu(x)"),
    "concat": ("x: Tensor['n'], y: Tensor['m']", "concat([x, y]).sum()", "x.sum() + y.sum()", "x.sum() - y.sum()"),
    "conv1d": ("x: Tensor['n + 1']", "conv1d(x, [-1, 1])", "x[1:] - x[:-1]", "x[:-1] - x[1:]"),
    "conv2d": ("X: Tensor['m + 1', 'n']", "conv2d(X, [[-1], [1]])", "X[1:] - X[:-1]", "X[:-1] - X[1:]"),
    "conv_transpose2d": (
        "X: Tensor['m + 1', 'n + 2'], Y: Tensor['m', 'n'], w: Tensor[2, 3]",
        "(conv2d(X, w) * Y).sum()",
        "(X * conv_transpose2d(Y, w)).sum()",
        "(X * conv_transpose2d(Y, flip(w))).sum()",
    ),
    "cross_entropy": (
        "x: Tensor['n'], t: Tensor['n']",
        "cross_entropy(x, t)",
        "-t @ log_softmax(x)",
        "-t @ softmax(x)",
    ),
    "cumsum": ("x: Tensor['n']", "cumsum(x)[-1]", "x.sum()", "x[-1]"),
    "derivative": (
        "sigma: Smooth, x: Real",
        "derivative(lambda z: sigma(z)**2)(x)",
        "2 * sigma(x) * derivative(sigma)(x)",
        "2 * sigma(x)",
    ),
    "diag": ("v: Tensor['n']", "diag(v) @ v", "v * v", "2 * v"),
    "dot": ("x: Tensor['n'], y: Tensor['n']", "dot(x, y)", "(x * y).sum()", "x.sum() * y.sum()"),
    "einsum": ("A: Tensor['n', 'n'], B: Tensor['n', 'n']", "einsum('ij,jk->ik', A, B)", "A @ B", "B @ A"),
    "elu": ("x: Real", "elu(x)", "where(x > 0, x, exp(x) - 1)", "relu(x)"),
    "erf": ("x: Real", "erf(-x)", "-erf(x)", "erf(x)"),
    "exp": ("x: Real, y: Real", "exp(x + y)", "exp(x) * exp(y)", "exp(x) + exp(y)"),
    "expand_dims": ("x: Tensor['n']", "expand_dims(x, 0)", "x[None, :]", "x[:, None]"),
    "eye": ("A: Tensor['n', 'n']", "eye(A.shape[0]) @ A", "A", "A.T"),
    "flip": ("x: Tensor['n']", "flip(x)", "x[::-1]", "x"),
    "fromfunction": (
        "x: Tensor['n']",
        "fromfunction(lambda i, j: (i + 1) * x[j], (2, x.shape[0]))",
        "stack([x, 2 * x])",
        "stack([2 * x, x])",
    ),
    "full": ("x: Tensor['n']", "full(x.shape, 3) * x", "3 * x", "x + 3"),
    "gelu": ("x: Real", "gelu(x) - gelu(-x)", "x", "relu(x)"),
    "grad": ("x: Tensor['n']", "grad(lambda v: (v * v).sum())(x)", "2 * x", "x"),
    "group_norm": (
        "X: Tensor['N', 'C', 'L']",
        "group_norm(X, X.shape[1], eps=3)",
        "instance_norm(X, eps=3)",
        "group_norm(X, 1, eps=3)",
    ),
    "hardtanh": ("x: Real", "hardtanh(x)", "clip(x, -1, 1)", "x"),
    "instance_norm": (
        "X: Tensor['N', 'C', 'L']",
        "instance_norm(X).mean(2)",
        "zeros(X.shape[:2])",
        "ones(X.shape[:2])",
    ),
    "interpolate": (
        "X: Tensor['m', 'n']",
        "interpolate(X, scale_factor=2)[::2, 1::2]",
        "X",
        "interpolate(X, scale_factor=2, mode='bilinear')[::2, 1::2]",
    ),
    "jacobian": ("A: Tensor['n', 'n'], v: Tensor['n']", "jacobian(lambda u: A @ u)(v)", "A", "A.T"),
    "kl_div": (
        "x: Tensor['n'], t: Tensor['n']",
        "kl_div(x, t, reduction='sum', log_target=True)",
        "exp(t) @ (t - x)",
        "exp(t) @ (x - t)",
    ),
    "kronecker_delta": (
        "i: Index['n'], x: Tensor['n']",
        "summation(lambda j: kronecker_delta(i, j) * x[j], x.shape[0])",
        "x[i]",
        "x.sum()",
    ),
    "layer_norm": ("x: Tensor['n']", "layer_norm(x, x.shape).mean()", "0", "1"),
    "leaky_relu": ("x: Real", "leaky_relu(x, 0.1)", "maximum(x, x / 10)", "maximum(x, -x / 10)"),
    "linear": ("x: Tensor['n'], W: Tensor['m', 'n'], b: Tensor['m']", "linear(x, W, b)", "W @ x + b", "W @ x - b"),
    "log": ("x: Positive, y: Positive", "log(x * y)", "log(x) + log(y)", "log(x) * log(y)"),
    "log_softmax": ("x: Tensor['n']", "log_softmax(x, 0)", "x - logsumexp(x, 0)", "x - x.sum()"),
    "logsumexp": ("x: Tensor['n'], c: Real", "logsumexp(x + c, 0)", "c + logsumexp(x, 0)", "c * logsumexp(x, 0)"),
    "matmul": ("A: Tensor['n', 'n'], B: Tensor['n', 'n']", "matmul(A, B).T", "matmul(B.T, A.T)", "matmul(A.T, B.T)"),
    "max": ("x: Tensor['n']", "max(-x)", "-min(x)", "-max(x)"),
    "max_pool1d": ("x: Tensor['2*m']", "max_pool1d(x, 2)", "maximum(x[::2], x[1::2])", "minimum(x[::2], x[1::2])"),
    "max_pool2d": (
        "X: Tensor['2*m', 'n']",
        "max_pool2d(X, (2, 1))",
        "maximum(X[::2], X[1::2])",
        "avg_pool2d(X, (2, 1))",
    ),
    "maximum": ("x: Real, y: Real", "maximum(x, y) + minimum(x, y)", "x + y", "2 * x"),
    "maximum_over": ("x: Tensor['n']", "maximum_over(lambda i: x[i], x.shape[0])", "max(x)", "x[0]"),
    "mean": ("x: Tensor['n']", "mean(x + 1)", "mean(x) + 1", "mean(x)"),
    "min": ("x: Tensor['n']", "min(x)", "-max(-x)", "max(x)"),
    "minimum": ("x: Real, y: Real", "2 * minimum(x, y)", "x + y - abs(x - y)", "x + y + abs(x - y)"),
    "minimum_over": ("x: Tensor['n']", "minimum_over(lambda i: x[i], x.shape[0])", "min(x)", "max(x)"),
    "mish": ("x: Real", "mish(x)", "x * tanh(softplus(x))", "silu(x)"),
    "mse_loss": ("x: Tensor['n'], t: Tensor['n']", "mse_loss(x, t)", "((x - t) ** 2).mean()", "((x - t) ** 2).sum()"),
    "ones": ("x: Tensor['n']", "ones(x.shape[0]) * x", "x", "1"),
    "outer": ("x: Tensor['m'], y: Tensor['n']", "outer(x, y)", "x[:, None] * y", "x[:, None] + y"),
    "pad": ("x: Tensor['n']", "pad(x, (1, 0))", "concat([zeros(1), x])", "concat([x, zeros(1)])"),
    "permute_dims": ("A: Tensor['n', 'n']", "permute_dims(A, (1, 0))", "A.T", "A"),
    "pi": ("x: Real", "2 * pi * x", "x * pi + pi * x", "6.28 * x"),
    "pixel_shuffle": ("X: Tensor[4, 'm', 'n']", "pixel_shuffle(X, 2)[0, 1::2, ::2]", "X[2]", "X[1]"),
    "power": ("x: Real", "power(x, 3)", "x * x * x", "3 * x"),
    "prod": ("x: Tensor[3]", "prod(x)", "x[0] * x[1] * x[2]", "x.sum()"),
    "relu": ("x: Real", "relu(x) - relu(-x)", "x", "abs(x)"),
    "relu6": ("x: Real", "relu6(x)", "minimum(relu(x), 6)", "relu(x)"),
    "reshape": ("A: Tensor[2, 'n']", "reshape(A, (2 * A.shape[1],))", "concat([A[0], A[1]])", "concat([A[1], A[0]])"),
    "rms_norm": ("x: Tensor['n']", "rms_norm(x - x.mean(), x.shape, None, 1)", "layer_norm(x, x.shape, eps=1)", "x"),
    "roll": ("x: Tensor['n']", "roll(x, 1)[0]", "x[-1]", "x[0]"),
    "scaled_dot_product_attention": (
        "q: Tensor['m', 4], k: Tensor['n', 4], v: Tensor['n', 'p']",
        "scaled_dot_product_attention(q, k, v)",
        "softmax(q @ k.T / 2) @ v",
        "softmax(q @ k.T / 4) @ v",
    ),
    "sigmoid": ("x: Real", "sigmoid(x) + sigmoid(-x)", "1", "2 * sigmoid(x)"),
    "sign": ("x: Real", "sign(x)", "where(x > 0, 1, where(x < 0, -1, 0))", "where(x > 0, 1, -1)"),
    "silu": ("x: Real", "silu(x)", "x * sigmoid(x)", "sigmoid(x)"),
    "softmax": ("x: Tensor['n']", "softmax(x, 0).sum()", "1", "x.sum()"),
    "softplus": ("x: Real", "softplus(x) - softplus(-x)", "x", "relu(x)"),
    "sqrt": ("x: Nonnegative", "sqrt(x)**2", "x", "x**2"),
    "squeeze": ("x: Tensor['n']", "squeeze(x[None], 0)", "x", "-x"),
    "stack": ("x: Tensor['n'], y: Tensor['n']", "stack([x, y]).sum()", "x.sum() + y.sum()", "2 * x.sum()"),
    "sum": ("x: Tensor['n'], y: Tensor['n']", "sum(x + y)", "sum(x) + sum(y)", "sum(x) * sum(y)"),
    "summation": ("k: Size", "summation(lambda i: i, k)", "k * (k - 1) / 2", "k * (k + 1) / 2"),
    "tanh": ("x: Real", "tanh(x)", "2 * sigmoid(2 * x) - 1", "2 * sigmoid(x) - 1"),
    "tensordot": ("A: Tensor['m', 'n'], B: Tensor['n', 'k']", "tensordot(A, B, 1)", "A @ B", "-A @ B"),
    "trace": ("A: Tensor['n', 'n'], B: Tensor['n', 'n']", "trace(A @ B)", "trace(B @ A)", "trace(A) * trace(B)"),
    "transpose": ("A: Tensor['n', 'n'], B: Tensor['n', 'n']", "transpose(A @ B)", "B.T @ A.T", "A.T @ B.T"),
    "unfold": (
        "X: Tensor[1, 'm + 1', 'n + 1'], w: Tensor[1, 1, 2, 2]",
        "conv2d(X, w).flatten()",
        "w.flatten() @ unfold(X, 2)",
        "flip(w).flatten() @ unfold(X, 2)",
    ),
    "var": ("x: Tensor['n']", "var(x)", "mean(x**2) - mean(x)**2", "mean(x**2)"),
    "where": ("x: Real", "where(x > 0, x, 0)", "relu(x)", "abs(x)"),
    "zero_extended": ("i: Index['n'], x: Tensor['n']", "zero_extended(x)[i + 1]", "pad(x, (0, 1))[i + 1]", "x[i]"),
    "zeros": ("x: Tensor['n']", "zeros(x.shape[0]) * x", "0", "x"),
}
NO_OPERATIONS = {"by", "claim", "equal", "fallacy", "picture", "prove", "replay", "run", "tensor"}


def test_the_helpers_can_fail() -> None:
    true, false = stated("x: Real", "x + x", "2 * x"), stated("x: Real", "x + x", "x")
    with pytest.raises(AssertionError):
        assert_proved(prove(false))
    with pytest.raises(AssertionError):
        assert_refuted(prove(true), true)
    with pytest.raises(AssertionError):
        assert_refuted(prove(false), true)


def test_every_operation_has_a_row() -> None:
    public = {name for name in symconv.__all__ if name.islower() and not name.startswith("_")}
    assert public - NO_OPERATIONS == set(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_true_equation_is_proved(operation: str) -> None:
    parameters, left, right, _ = OPERATIONS[operation]
    assert_proved(prove(stated(parameters, left, right)))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_false_equation_is_refuted(operation: str) -> None:
    parameters, left, _, wrong = OPERATIONS[operation]
    false = stated(parameters, left, wrong)
    assert_refuted(prove(false), false)


# ---- verdicts --------------------------------------------------------------------------------------------------------


@claim
def chain(x: Tensor["n"]):
    return equal((x + 1).sum(), by("the sum of a sum", x.sum() + x.shape[0]), by("there is one", x.sum() + 1))


@claim
def whole_chain(x: Real, y: Real):
    return equal((x + y) ** 2, by("multiply out", x**2 + x * y + y * x + y**2), by("collect", x**2 + 2 * x * y + y**2))


@claim
def two_equations(x: Real, y: Real):
    return equal(x + y, y + x), equal(x - y, y - x)


@fallacy
def freshman(x: Real, y: Real):
    return equal((x + y) ** 2, x**2 + y**2)


@claim
def sum_of_a_row(A: Tensor["m", "n"], k: Size):
    return equal(k * A.sum(axis=1), summation(lambda j: k * A[:, j], A.shape[1]))


def test_a_wrong_step_is_named_by_its_number_and_its_reason() -> None:
    verdict = prove(chain)
    assert_refuted(verdict, chain)
    assert (verdict.failed_step, verdict.failed_reason) == (2, "there is one")
    assert verdict.counterexample is not None and verdict.counterexample.sizes == {"n": 2}


def test_a_derivation_is_proved_step_by_step() -> None:
    assert_proved(prove(whole_chain))


def test_a_tuple_claims_all_of_its_equations() -> None:
    verdict = prove(two_equations)
    assert_refuted(verdict, two_equations)
    assert (verdict.failed_step, verdict.chains, verdict.failed_place) == (2, (1, 1), "equation 2 of 2")


def test_the_fields_of_a_proof() -> None:
    verdict = prove(sum_of_a_row)
    assert_proved(verdict)
    assert (verdict.name, verdict.kind, verdict.for_all_sizes) == ("sum_of_a_row", "claim", True)
    assert verdict.file == __file__ and verdict.as_claimed
    assert all(name in verdict.scope for name in "mnk")
    assert verdict.evidence and verdict.reason == ""
    assert max(check.largest_dimension for check in verdict.spot_checks) >= 16


STEADY = [
    ('A: Tensor["m", "n"], B: Tensor["n", "k"], C: Tensor["k", "l"]', "(A @ B) @ C", "A @ (B @ C)"),
    ('x: Tensor["n"], a: Real', "softmax(x + a)", "softmax(x)"),
    ('X: Tensor["m*k", "m*k"], k: Size', "relu(avg_pool2d(X, k))", "avg_pool2d(relu(X), k)"),
]


@pytest.mark.parametrize("statement", STEADY, ids=str)
def test_a_slow_machine_says_the_same(statement: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked at beside a proof or a counterexample is counted, not timed."""
    quick = prove(stated(*statement)).to_json()
    for module, name in ((sympy, "expand"), (spot, "check"), (where, "_holds")):
        slowed(monkeypatch, module, name)
    assert prove(stated(*statement)).to_json() | {"seconds": quick["seconds"]} == quick


def slowed(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    fast = getattr(module, name)

    def slow(*arguments: Any, **options: Any) -> Any:
        time.sleep(0.02)
        return fast(*arguments, **options)

    monkeypatch.setattr(module, name, slow)


def test_the_fields_of_a_refutation() -> None:
    verdict = prove(freshman)
    assert_refuted(verdict, freshman)
    assert verdict.as_claimed and verdict.kind == "fallacy"
    found = verdict.counterexample
    assert found is not None
    assert (found.call, found.left, found.right) == ("freshman(x=1, y=1)", "4", "2")
    assert (found.index, found.left_entry, found.right_entry) == ((), "4", "2")


def test_sizes_can_be_chosen() -> None:
    verdict = prove(sum_of_a_row, sizes={"m": 2, "n": [3, 4], "k": 7})
    assert_proved(verdict)
    assert list(verdict.sizes) == [{"m": 2, "n": 3, "k": 7}, {"m": 2, "n": 4, "k": 7}]
    assert not verdict.for_all_sizes
    assert_proved(prove(chain, sizes=[{"n": 1}]))


@pytest.mark.parametrize(
    ("sizes", "word"), [({"q": 1}, "no size q"), ({"m": 0}, "do not meet"), ([{"m": 1}], "must give each size")]
)
def test_sizes_that_are_none_are_refused(sizes: object, word: str) -> None:
    with pytest.raises(ClaimError, match=word):
        prove(sum_of_a_row, sizes=sizes)


def test_a_verdict_is_neither_true_nor_false() -> None:
    with pytest.raises(TypeError, match=r"verdict.status"):
        bool(prove(freshman))


def test_only_claims_are_proved() -> None:
    with pytest.raises(TypeError, match="prove takes a claim"):
        prove(lambda x: x)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parameters", "left", "right", "noted"),
    [
        ("x: Tensor['n']", "x.sum() + 1", "x.sum() + 1", True),
        ("x: Tensor['n'], k: Size", "2**k * 2**k * x", "4**k * x", True),
        ("x: Tensor['n'], s: Size", "roll(x, s).sum()", "x.sum()", False),  # the same term where s is n
        ("x: Tensor['n']", "flip(flip(x)) + 1", "1 + x", True),
        ("x: Tensor['n']", "(x + 1)**2", "x**2 + 2*x + 1", False),
    ],
)
def test_sides_that_become_one_term_are_noted(parameters: str, left: str, right: str, noted: bool) -> None:
    verdict = prove(stated(parameters, left, right))
    assert verdict.status == "proved"
    assert any("step 1 become the same term when they are read" in note for note in verdict.notes) is noted


def test_one_is_singular() -> None:
    flat = prove(stated("x: Tensor['n']", "flip(x[:2]) + x[:2]", "x[:2] + flip(x[:2])"), sizes={"n": 2})
    assert flat.scope == "n = 2"
    assert any(line == "by normal forms, 2 entries agree, at 1 combination of sizes" for line in flat.evidence)
    single = prove(stated("x: Real, y: Real", "(x + y)**2", "x**2 + 2*x*y + y**2"))
    assert any(line == "by normal forms, 1 entry agrees" for line in single.evidence)
    assert any(line.startswith("NumPy agrees: 1 entry, ") for line in single.evidence)


def test_kinks_are_noted() -> None:
    verdict = prove(stated("x: Real", "derivative(abs)(x)", "sign(x)"))
    assert_proved(verdict)
    assert any("kinks" in note for note in verdict.notes)


def test_a_claim_that_never_ends_is_undecided_in_time() -> None:
    @claim
    def never(x: Real):
        while x is not None:
            pass

    verdict = prove(never, time_limit=0.5)
    assert verdict.status == "undecided" and "time limit of 0.5 s" in verdict.reason
    assert verdict.seconds < 1.5


def test_a_claim_too_large_for_its_time_is_undecided_in_time() -> None:
    large = stated(
        "X: Tensor[40, 40], Y: Tensor[40, 40], Z: Tensor[40, 40]", "(X @ Y @ Z).sum()", "(X @ (Y @ Z)).sum()"
    )
    verdict = prove(large, time_limit=1)
    assert verdict.seconds < 2.5
    assert verdict.status in ("proved", "undecided")


def test_a_claim_states_an_equation_and_uses_its_parameters() -> None:
    @claim
    def nothing(x: Real):
        equal(x, x)

    @claim
    def compares(x: Real):
        return x == x

    @claim
    def unused(x: Real, y: Real):
        return equal(x + x, 2 * x)

    for statement, word in ((nothing, "returned nothing"), (compares, "comparison"), (unused, "never uses")):
        with pytest.raises(ClaimError, match=word) as refused:
            prove(statement)
        assert "test_prove.py:" in str(refused.value)


def test_unknowns_are_parameters() -> None:
    with pytest.raises(ClaimError, match="its parameters"):
        prove(stated("x: Real", "x * tensor('y')", "tensor('y') * x"))


def test_a_number_that_the_claim_mentions_is_tried() -> None:
    verdict = prove(stated("x: Real", "minimum(x, 1000)", "x"))
    assert verdict.counterexample is not None and verdict.counterexample.call == "stated(x=1001)"


@pytest.mark.parametrize("dimensions", ['"n - m"/"m - n"', '"n - 5"/"3 - n"', '"5 - n*m"/"n*m - 7"'])
def test_hypotheses_that_contradict_each_other_prove_nothing(dimensions: str) -> None:
    first, second = dimensions.split("/")
    verdict = prove(stated(f"x: Tensor[{first}], y: Tensor[{second}], z: Real", "x.sum() + z", "y.sum() + 2 * z"))
    assert verdict.status == "undecided" and "no sizes are found" in verdict.reason


def test_hypotheses_that_only_large_sizes_meet() -> None:
    verdict = prove(stated('x: Tensor["n - 100"], y: Tensor["n - 100"]', "x + y", "y + x"))
    assert verdict.for_all_sizes and verdict.scope == "every n >= 1 with n - 100 >= 1"
    assert verdict.sizes == ({"n": 101},)


@pytest.mark.parametrize(
    ("parameters", "left", "right", "scope"),
    [
        (
            'x: Tensor["h", "w"], s: Size, t: Size',
            "reshape(avg_pool2d(2 * x, 1, stride=(s, t)), (-1,))",
            "2 * reshape(avg_pool2d(x, 1, stride=(s, t)), (-1,))",
            "every h, w >= 1; t, s = 1, 2, 3, 5",
        ),
        (
            'x: Tensor["h", "s - 2"], s: Size, t: Size',
            "reshape(max_pool2d(x + 1, 1, stride=(s, t)), (-1,))",
            "reshape(max_pool2d(x, 1, stride=(s, t)), (-1,)) + 1",
            "every h >= 1; t, s = 1, 2, 3, 5; s - 2 >= 1",
        ),
    ],
)
def test_sizes_that_multiply_an_index_are_fixed_and_the_rest_stays_free(
    parameters: str, left: str, right: str, scope: str
) -> None:
    verdict = prove(stated(parameters, left, right))
    assert (verdict.status, verdict.scope, verdict.for_all_sizes) == ("proved", scope, False)


@pytest.mark.parametrize(
    ("parameters", "left", "right"),
    [
        ('x: Tensor["h"], u: Tensor[1], s: Size', "conv1d(2 * x, u, stride=s)", "2 * conv1d(x, u, stride=s)"),
        (
            'x: Tensor["h", "w"], s: Size, t: Size',
            "avg_pool2d(2 * x, 1, stride=(s, t))",
            "2 * avg_pool2d(x, 1, stride=(s, t))",
        ),
        ('x: Tensor["h", "s - 2"], s: Size', "max_pool2d(x + 1, 1, stride=s)", "max_pool2d(x, 1, stride=s) + 1"),
        ('x: Tensor["n"], n: Size, s: Size', "x[::s].sum()", "summation(lambda i: x[s * i], (0, (n - 1) // s))"),
        (  # an image to which the window fits by what another axis says
            'x: Tensor["n"], u: Tensor["k"], z: Tensor["n - k"], s: Size',
            "conv1d(2 * x, u, stride=s)[0] + z.sum()",
            "2 * conv1d(x, u, stride=s)[0] + z.sum()",
        ),
    ],
)
def test_sizes_that_multiply_an_index_may_be_free(parameters: str, left: str, right: str) -> None:
    assert prove(stated(parameters, left, right)).for_all_sizes


@pytest.mark.parametrize(
    ("parameters", "left", "right"),
    [
        ('x: Tensor["h"], s: Size, t: Size', "max_pool1d(x, 1, stride=s)[0] * s", "max_pool1d(x, 1, stride=t)[0] * t"),
        ('x: Tensor["s*n"], s: Size', "x[::s].sum()", "x[: x.shape[0] // s].sum()"),
        ('x: Tensor["s*n + 1"], s: Size', "x[::s].sum()", "max_pool1d(x, 1, stride=s)[1:].sum()"),
        ('x: Tensor["n"], s: Size, t: Size', "x[:: s * t].sum()", "x[:: s + t].sum()"),
    ],
)
def test_a_free_size_that_multiplies_an_index_proves_nothing_false(parameters: str, left: str, right: str) -> None:
    assert prove(stated(parameters, left, right)).status == "refuted"


def test_a_size_that_is_fixed_proves_nothing_false() -> None:
    """True with s = 1 only."""
    verdict = prove(stated('x: Tensor["h"], s: Size', "max_pool1d(x, 1, stride=s)[0] * s", "x[0]"))
    assert verdict.status == "refuted"


def test_an_exception_within_an_entry_is_the_claims_own() -> None:
    @claim
    def reads_a_list(x: Tensor["n"]):
        return equal(fromfunction(lambda i: [x[0]][3], (3,)), x[0])

    for attempt in (lambda: prove(reads_a_list), lambda: reads_a_list(x=[1, 2])):
        with pytest.raises(ClaimError, match=r"claim reads_a_list \(.*test_prove\.py:\d+\) raised IndexError"):
            attempt()


def test_a_deep_expression_is_undecided_and_no_fault_of_the_text() -> None:
    @claim
    def deep(x: Tensor["n"]):
        y = x
        for _ in range(3000):
            y = y + 1
        return equal(y, x + 3000)

    assert prove(deep).status in ("proved", "undecided")


@pytest.mark.parametrize(
    ("parameters", "left", "right"),
    [
        ('x: Tensor["n"], sigma: Function', "sigma(roll(x, 1)).sum()", "sigma(x).sum()"),
        ('x: Tensor["n"], sigma: Function', "sigma(x + roll(x, 1)).sum()", "sigma(roll(x, -1) + x).sum()"),
        ('x: Tensor["n"]', "exp(x * roll(x, 1)).mean()", "exp(x * roll(x, -1)).mean()"),
        (
            'x: Tensor["n"], u: Tensor[3], sigma: Function',
            'roll(sigma(conv1d(pad(x, 1, "wrap"), u)), 1).mean()',
            'sigma(conv1d(pad(x, 1, "wrap"), u)).mean()',
        ),
    ],
)
def test_what_is_shifted_is_the_same_tensor_elsewhere(parameters: str, left: str, right: str) -> None:
    assert prove(stated(parameters, left, right)).for_all_sizes


@pytest.mark.parametrize(
    ("parameters", "left", "right"),
    [
        ('x: Tensor["n"], w: Tensor["n"], sigma: Function', "(w * sigma(roll(x, 1))).sum()", "(w * sigma(x)).sum()"),
        ('x: Tensor["n"], sigma: Function', "sigma(x + roll(x, 1)).sum()", "sigma(x + roll(x, 2)).sum()"),
        ('x: Tensor["n + 1"], sigma: Function', "sigma(x[1:] - x[:-1]).sum()", "sigma(x[:-1] - x[1:]).sum()"),
        (
            'x: Tensor["n"], u: Tensor[3], sigma: Function',
            "roll(sigma(conv1d(x, u, padding=1)), 1).sum()",
            "sigma(conv1d(roll(x, 1), u, padding=1)).sum()",
        ),
    ],
)
def test_what_is_no_shift_is_told_apart(parameters: str, left: str, right: str) -> None:
    assert prove(stated(parameters, left, right)).status == "refuted"


@pytest.mark.parametrize(("most", "proved"), [(2000, True), (1, False)])
def test_cases_of_signs_are_given_up_where_they_take_many_pieces(
    monkeypatch: pytest.MonkeyPatch, most: int, proved: bool
) -> None:
    monkeypatch.setattr("symconv.kernel.general.switches._MOST_PIECES", most)
    axes = ", ".join(f'{name}: Tensor["n"]' for name in "xyz")
    distributes = stated(axes, "minimum(x, maximum(y, z))", "maximum(minimum(x, y), minimum(x, z))")
    assert general.attempt(distributes).proved is proved


@claim
def scaled(X: Tensor["m*k", "m*k"], k: Size):
    return equal(k * X, X * k)


@claim
def halved(x: Tensor["2*n"], y: Tensor["n - 1"]):
    return equal(x[0] + y[0], y[0] + x[0])


@claim
def a_chain_of_sums(x: Tensor["n"], y: Tensor["n"]):
    return equal(x + x + y, y + 2 * x, 2 * x + y)


@claim
def transposed(x: Tensor["n", "m"]):
    return equal(x.T, x)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"time_limit": -1}, ValueError, "time_limit is a positive number of seconds, or None for .*, not -1"),
        ({"time_limit": 0}, ValueError, "not 0"),
        ({"time_limit": float("inf")}, ValueError, "not inf"),
        ({"time_limit": "3"}, TypeError, "not '3'"),
        ({"time_limit": True}, TypeError, "not True"),
        ({"sizes": 3}, TypeError, "sizes is a mapping from size names to an integer or several, .*, not 3"),
        ({"sizes": "m"}, TypeError, "not 'm'"),
        ({"sizes": [3]}, TypeError, r"not \[3\]"),
        ({"sizes": {"m": 2.5}}, TypeError, "not {'m': 2.5}"),
        ({"sizes": {"m": "2"}}, TypeError, "not {'m': '2'}"),
        ({"sizes": [{"m": [1], "k": 2}]}, TypeError, "a list of mappings to integers"),
    ],
)
def test_arguments_of_prove_are_refused_in_one_sentence(
    arguments: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words) as caught:
        prove(scaled, **arguments)  # type: ignore[arg-type]
    assert "scaled" not in str(caught.value)


def test_sizes_may_come_from_anything_that_is_iterated_over() -> None:
    assert prove(scaled, sizes={"m": range(1, 3), "k": (2,)}).sizes == ({"m": 1, "k": 2}, {"m": 2, "k": 2})
    assert prove(scaled, sizes=iter([{"m": 1, "k": 3}])).sizes == ({"m": 1, "k": 3},)


def test_a_claim_is_called_in_the_order_of_its_parameters() -> None:
    assert (
        repr(scaled([[1, 2], [3, 4]], 2))
        == repr(scaled(X=[[1, 2], [3, 4]], k=2))
        == repr(scaled([[1, 2], [3, 4]], k=2))
    )
    with pytest.raises(ClaimError, match="takes X, k, and got 3 values in order"):
        scaled([[1]], 1, 1)
    with pytest.raises(ClaimError, match="got two values for X, one in order and one by name"):
        scaled([[1]], X=[[1]], k=1)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"X": [[0] * 5] * 3, "k": 2}, r'scaled: no m makes X: Tensor\["m\*k", "m\*k"\] of shape \(3, 5\) with k = 2'),
        ({"X": [[0] * 6] * 4, "k": 2}, r"no m makes .* of shape \(4, 6\) with k = 2"),
    ],
)
def test_shapes_that_no_sizes_give_are_refused(values: dict[str, object], words: str) -> None:
    with pytest.raises(ClaimError, match=words):
        scaled(**values)
    assert not scaled(X=[[0] * 4] * 4, k=2).differs


def test_shapes_are_held_against_all_dimensions_together() -> None:
    assert not halved(x=[1, 2, 3, 4], y=[5]).differs
    with pytest.raises(ClaimError, match=r"no n makes x: .* of shape \(3,\) and y: .* of shape \(1,\)"):
        halved(x=[1, 2, 3], y=[5])
    with pytest.raises(ClaimError, match="no n makes"):
        halved(x=[1, 2, 3, 4], y=[5, 6])


def test_sides_of_different_shapes_differ_elsewhere_only_where_they_can_be_compared() -> None:
    verdict = prove(transposed)
    assert verdict.counterexample is not None
    assert verdict.counterexample.undefined == "the sides have different shapes, (2, 1) and (1, 2)"
    assert verdict.where == ("where their shapes agree, the sides differ off the diagonal only (at n = 3, m = 3)",)


def test_a_proof_tells_its_lines() -> None:
    verdict = prove(a_chain_of_sums)
    assert str(verdict.proof).splitlines() == [
        "step 1",
        "for 0 ≤ i < n:",
        "  x[i] + x[i] + y[i]",
        "= 2x[i] + y[i]   (definition of the left side)",
        "= y[i] + 2x[i]   (definition of the right side)",
        "",
        "step 2",
        "for 0 ≤ i < n:",
        "  y[i] + 2x[i]",
        "= 2x[i] + y[i]   (the same products with the same coefficients)",
    ]
