"""What DESIGN.md settles, point by point: statements that mathematics proves, and statements that it refutes."""

from __future__ import annotations

import pytest
from statements import assert_proved, assert_refuted, stated

import symconv
from symconv import SymconvError, prove
from symconv.claims import located

PROVED = [
    # --- definedness ---
    ("x: Positive", "x / x", "1"),
    ("x: Real", "log(exp(x))", "x"),
    ("x: Nonnegative", "sqrt(x)**2", "x"),
    ("x: Real", "sqrt(x**2)", "abs(x)"),
    ("x: Real", "x**0", "1"),
    ("x: Real", "(x - x)**0", "1"),
    ("k: Size", "(k - k)**(k - k)", "1"),
    ("x: Real", "exp(x) / exp(x)", "1"),
    ("x: Real", "(x**2 + 1) / (x**2 + 1)", "1"),
    ("x: Real", "where(x > 0, x / x, 1)", "1"),
    ("x: Positive, y: Positive", "log(x / y)", "log(x) - log(y)"),
    ("X: Tensor['m + 1', 'n + 1']", "conv2d(X, ones(2, 2))", "4 * avg_pool2d(X, 2, stride=1)"),
    ("i: Index['n'], x: Tensor['n + 1']", "x[i + 1]", "x[1:][i]"),
    # --- shapes ---
    ("x: Tensor['n']", "x - x", "0"),
    ("", "ones(2, 3)", "ones((2, 3))"),
    ("", "zeros(2, 3)", "0 * ones((2, 3))"),
    # --- numbers ---
    ("x: Real", "0.299 * x * 1000", "299 * x"),
    ("x: Real", "0.1 * x + 0.2 * x", "0.3 * x"),
    ("x: Real", "Fraction(1, 3) * x + x / 3", "2 * x / 3"),
    ("x: Real", "1e-5 * x * 100000", "x"),
    # --- sizes ---
    ("x: Tensor['n - 1']", "x[0] + x[0]", "2 * x[0]"),
    ("X: Tensor[3, 'n']", "X[2] + X[0]", "X[-1] + X[-3]"),
    ("x: Tensor['(n - 1)//2']", "x.sum()", "summation(lambda i: x[i], x.shape[0])"),
    ("k: Size", "(k - 1) * (k + 1)", "k**2 - 1"),
    ("k: Size, x: Tensor['2*k']", "x[:k].sum() + x[k:].sum()", "x.sum()"),
    ("N: Tensor['S', 'E'], Q: Tensor['I']", "N.sum() * Q.sum()", "Q.sum() * N.sum()"),
    ("lambda_: Real, E: Real, I: Index['N'], S: Tensor['N']", "lambda_ * E * S[I] - S[I] * lambda_ * E", "0"),
    ("i: Index['n'], j: Index['n'], x: Tensor['n']", "kronecker_delta(i, j) * x[i]", "kronecker_delta(j, i) * x[j]"),
    # --- operands ---
    ("x: Tensor[2]", "x + [1, 2]", "stack([x[0] + 1, 2 + x[1]])"),
    ("x: Tensor[2]", "[[0, 1], [1, 0]] @ x", "x[::-1]"),
    # --- ranges ---
    ("n: Size", "summation(lambda i: i, (1, n))", "n * (n + 1) / 2"),
    ("n: Size", "summation(lambda i: i**2, n)", "n * (n - 1) * (2 * n - 1) / 6"),
    (
        "x: Tensor['n']",
        "summation(lambda i: summation(lambda j: x[j], i + 1), x.shape[0])",
        "summation(lambda j: (x.shape[0] - j) * x[j], x.shape[0])",
    ),
    ("x: Tensor['n']", "summation(lambda i: x[i - 1], (1, x.shape[0]))", "x.sum()"),
    ("i: Index['n'], x: Tensor['n']", "cumsum(x)[i]", "summation(lambda j: x[j], (0, i))"),
    (
        "x: Tensor['n']",
        "maximum_over(lambda i: -x[i], x.shape[0])",
        "-minimum_over(lambda i: x[i], (0, x.shape[0] - 1))",
    ),
    ("m: Size, n: Size", "fromfunction(lambda i, j: i + j, (m, n))", "arange(m)[:, None] + arange(n)"),
    # an entry that is not needed may lie outside
    ("x: Tensor['n']", "x[0] + summation(lambda i: x[i], (1, x.shape[0] - 1))", "x.sum()"),
    ("i: Index['n'], x: Tensor['n']", "x[0] + summation(lambda j: x[j], (1, i))", "cumsum(x)[i]"),
    ("i: Index['n'], x: Tensor['n']", "where(i + 1 < x.shape[0], x[i + 1], 0)", "zero_extended(x)[i + 1]"),
    ("x: Tensor['n']", "where(x.shape[0] > 1, x[1], 0)", "zero_extended(x)[1]"),
    ("x: Tensor['n']", "summation(lambda i: x[i - 1], (3, x.shape[0])) + x[:2].sum()", "x.sum()"),
    ("x: Real", "where(x == 0, 1, x / x)", "1"),
    ("x: Real", "derivative(lambda z: where(z > 0, log(z), 0))(x)", "where(x > 0, 1 / x, 0)"),
    # --- indices and slices ---
    ("x: Tensor['n']", "x[-1]", "x[x.shape[0] - 1]"),
    ("i: Index['n'], x: Tensor['n']", "zero_extended(x)[i - 1]", "pad(x, (1, 0))[i]"),
    ("i: Index['n'], x: Tensor['n']", "zero_extended(x)[i + x.shape[0]]", "0"),
    ("x: Tensor[3]", "x[:5]", "x"),
    ("x: Tensor['n']", "x[:x.shape[0] + 2]", "x"),
    ("x: Tensor[3]", "x[5:].sum()", "0"),
    ("x: Tensor[3]", "concat([x, x[:0]])", "x"),
    ("x: Tensor[3]", "prod(x[3:])", "1"),
    ("x: Tensor['n']", "x[::-1][::-1]", "x"),
    ("x: Tensor['2*n']", "x[::2].sum() + x[1::2].sum()", "x.sum()"),
    ("X: Tensor['m', 'n']", "X[..., None, -1]", "X[:, -1][:, None]"),
    # --- einsum ---
    ("A: Tensor['n', 'n']", "einsum('ii', A)", "trace(A)"),
    ("A: Tensor['n', 'n']", "einsum('ba', A)", "A.T"),
    ("A: Tensor['m', 'n']", "einsum('...i->...', A)", "A.sum(axis=-1)"),
    ("x: Tensor['n'], A: Tensor['n', 'm'], y: Tensor['m']", "einsum('i,ij,j->', x, A, y)", "x @ A @ y"),
    # --- infinite padding ---
    ("x: Tensor['n']", "max(pad(x, 1, constant_values=-inf))", "max(x)"),
    ("x: Tensor['n']", "min(pad(x, (2, 1), constant_values=inf))", "min(x)"),
    (
        "X: Tensor['m', 'n']",
        "max_pool2d(X, 3, stride=1, padding=1)",
        "max_pool2d(pad(X, 1, constant_values=-inf), 3, stride=1)",
    ),
    # --- where, relu, abs, maxima ---
    ("x: Real, y: Real", "where(x > y, x, y)", "maximum(x, y)"),
    ("x: Real", "where((x > 0) | (x < 0), 1, 0) + where(x == 0, 1, 0)", "1"),
    ("x: Tensor['n']", "where(x > 0, x, 0)", "relu(x)"),
    ("x: Real", "relu(relu(x))", "relu(x)"),
    ("x: Real", "relu(x) * relu(-x)", "0"),
    ("x: Real", "relu(x) + relu(-x)", "abs(x)"),
    ("x: Real", "relu(2 * x)", "2 * relu(x)"),
    ("c: Positive, x: Real", "relu(c * x)", "c * relu(x)"),
    ("c: Nonnegative, x: Real, y: Real", "c * maximum(x, y)", "maximum(c * x, c * y)"),
    ("x: Real, y: Real", "2 * maximum(x, y)", "x + y + abs(x - y)"),
    ("x: Real, y: Real, z: Real", "maximum(x, maximum(y, z))", "maximum(maximum(z, x), y)"),
    ("x: Real, y: Real, z: Real", "maximum(x, y) + z", "maximum(x + z, z + y)"),
    ("x: Real, y: Real", "minimum(x, y)", "-maximum(-x, -y)"),
    ("x: Nonnegative", "relu(x)", "abs(x)"),
    # --- exponentials ---
    ("x: Real", "exp(x) * exp(-x)", "1"),
    ("x: Real", "1 / (1 + exp(-x))", "sigmoid(x)"),
    ("x: Real", "tanh(x)", "(exp(2 * x) - 1) / (exp(2 * x) + 1)"),
    ("x: Real", "sigmoid(x)", "(1 + tanh(x / 2)) / 2"),
    ("x: Real", "log(1 + exp(x))", "softplus(x)"),
    ("x: Real, y: Real", "log(exp(x) + exp(y))", "logsumexp(stack([x, y]), 0)"),
    ("x: Tensor['n'], c: Real", "softmax(x + c, 0)", "softmax(x, 0)"),
    ("x: Tensor['n']", "exp(log_softmax(x, 0))", "softmax(x, 0)"),
    ("x: Tensor['n']", "logsumexp(x, 0)", "log(exp(x).sum())"),
    ("x: Tensor['m', 'n']", "softmax(x, 1).sum(axis=1)", "ones(x.shape[0])"),
    ("x: Real", "softmax(stack([x, 0]), 0)[0]", "sigmoid(x)"),
    # --- functions ---
    ("f: Function, x: Real, y: Real", "f(x + y)", "f(y + x)"),
    ("f: Function, x: Tensor['n']", "f(x)[0]", "f(x[0])"),
    ("f: Nondecreasing, x: Real, y: Real", "f(maximum(x, y))", "maximum(f(x), f(y))"),
    ("f: Nondecreasing, x: Tensor['n']", "f(min(x))", "min(f(x))"),
    ("f: Differentiable, x: Real", "derivative(lambda z: f(3 * z))(x)", "3 * derivative(f)(3 * x)"),
    ("f: Differentiable, x: Tensor['n']", "jacobian(f)(x)", "diag(derivative(f)(x))"),
    (
        "f: Differentiable['p'], A: Tensor['p', 'q'], v: Tensor['q']",
        "grad(lambda u: f(A @ u))(v)",
        "A.T @ grad(f)(A @ v)",
    ),
    ("F: Differentiable['p', 'q'], x: Tensor['p']", "jacobian(lambda u: 2 * F(u))(x)", "2 * jacobian(F)(x)"),
    (
        "F: Differentiable['p', 'q'], G: Differentiable['q', 'r'], x: Tensor['p']",
        "jacobian(lambda u: G(F(u)))(x)",
        "jacobian(G)(F(x)) @ jacobian(F)(x)",
    ),
    (
        "F: Differentiable['n*m'], X: Tensor['n', 'm']",
        "grad(lambda Z: F(Z.flatten()))(X).flatten()",
        "grad(F)(X.flatten())",
    ),
    # --- derivatives ---
    (
        "f: Smooth, x: Real",
        "derivative(derivative(lambda z: f(2 * z)))(x)",
        "4 * derivative(derivative(f))(2 * x)",
    ),
    ("f: Smooth, x: Real", "derivative(lambda z: f(z) * z)(x)", "f(x) + x * derivative(f)(x)"),
    ("A: Tensor['n', 'n'], x: Tensor['n']", "jacobian(grad(lambda v: v @ A @ v))(x)", "A + A.T"),
    ("x: Real", "derivative(derivative(lambda z: z**3))(x)", "6 * x"),
    ("x: Real", "derivative(tanh)(x)", "1 - tanh(x)**2"),
    ("x: Real", "derivative(sigmoid)(x)", "sigmoid(x) * (1 - sigmoid(x))"),
    ("x: Real", "derivative(softplus)(x)", "sigmoid(x)"),
    ("x: Positive", "derivative(log)(x)", "1 / x"),
    ("x: Real", "derivative(relu)(x)", "where(x > 0, 1, 0)"),
    ("x: Tensor['n']", "grad(lambda z: logsumexp(z, 0))(x)", "softmax(x, 0)"),
    (
        "x: Tensor['n']",
        "jacobian(lambda z: softmax(z, 0))(x)",
        "diag(softmax(x, 0)) - outer(softmax(x, 0), softmax(x, 0))",
    ),
    ("X: Tensor['m', 'n'], W: Tensor['m', 'n']", "grad(lambda Z: (W * Z).sum())(X)", "W"),
]

REFUTED = [
    # --- definedness: (parameters, left, right); "undefined" below checks the reason ---
    ("x: Real", "x / x", "1"),
    ("x: Nonnegative", "x / x", "1"),
    ("x: Real, y: Real", "(x * y) / y", "x"),
    ("x: Real", "log(x**2)", "2 * log(abs(x))"),
    ("x: Nonnegative", "exp(log(x))", "x"),
    ("x: Real", "sqrt(x)**2", "x"),
    ("x: Real", "tanh(x) / tanh(x)", "1"),
    ("x: Real", "1 / (x**2 - 7)", "1 / (x**2 - 7) + 0 / (x - 7)"),
    ("x: Tensor['n']", "x[1] - x[1]", "0"),
    ("x: Tensor['n']", "x[x.shape[0]]", "x[x.shape[0]]"),
    ("x: Tensor['n']", "x[x.shape[0] - 2]", "x[x.shape[0] - 2] + 0"),
    ("i: Index['n'], x: Tensor['n']", "x[i + 1] - x[i + 1]", "0"),
    ("i: Index['n'], x: Tensor['n']", "x[i - 1] - x[i - 1]", "0"),
    ("X: Tensor['n', 'n']", "conv2d(X, ones(2, 2)).sum()", "4 * avg_pool2d(X, 2, 1).sum()"),
    ("X: Tensor['n', 'n']", "max_pool2d(X, 2)", "max_pool2d(X, 2)"),
    ("x: Tensor[3]", "max(x[3:])", "0"),
    ("x: Tensor['n']", "0 * x[1]", "0"),
    ("x: Tensor[3]", "x[3]**0", "1"),
    ("n: Size", "arange(n)[1]", "1"),
    ("n: Size", "array([5, 6])[n]", "where(n == 1, 6, 5)"),
    ("x: Tensor['n']", "summation(lambda i: 0 * x[i + 1], x.shape[0])", "0"),
    ("x: Tensor['n']", "fromfunction(lambda i: x[i + 1], x.shape) * 0", "zeros(x.shape[0])"),
    ("x: Real", "0 * log(x)", "0"),
    ("x: Real", "(1 / x)**0", "1"),
    ("x: Real", "(x / x * x)**0", "1"),
    ("x: Real", "relu(0 * log(x))", "0"),
    ("f: Function, x: Real", "f(1 / x) - f(1 / x)", "0"),
    ("F: Differentiable['p'], x: Tensor['p', 2]", "F(x.flatten()) - F(x.flatten())", "0"),
    ("x: Real", "derivative(lambda z: 1 / z - 1 / z)(x)", "0"),
    ("x: Real", "derivative(lambda z: 0 * log(z))(x)", "0"),
    ("x: Positive", "derivative(log)(-x)", "-1 / x"),
    ("x: Tensor['n']", "mean(x[1:]) * 0", "0"),
    ("n: Size, x: Real", "x / (n - 1) * (n - 1)", "x"),
    ("n: Size, x: Real", "x * (n // (n - 3))", "x * (n // (n - 3))"),
]
DIFFERENT = [
    ("x: Tensor['n']", "x", "x[1:]"),
    ("m: Size, n: Size", "ones(m)", "ones(n)"),
    ("x: Tensor['n']", "x[None]", "x[:, None]"),
    ("A: Tensor['m', 'n']", "A", "A.T"),
    ("x: Real", "0.299 * x", "0.3 * x"),
    ("k: Size", "k**2", "k"),
    ("n: Size", "summation(lambda i: i, n)", "summation(lambda i: i, (1, n))"),
    ("i: Index['n'], j: Index['n']", "kronecker_delta(i, j)", "1"),
    ("x: Tensor['n']", "max(pad(x, 1))", "max(x)"),
    ("x: Real, y: Real", "relu(x + y)", "relu(x) + relu(y)"),
    ("c: Real, x: Real", "relu(c * x)", "c * relu(x)"),
    ("x: Real, y: Real", "abs(x + y)", "abs(x) + abs(y)"),
    ("x: Real", "where(x >= 0, 1, 0)", "where(x > 0, 1, 0)"),
    ("x: Real", "minimum(x, 100)", "x"),
    ("x: Real", "sqrt(x**2)", "x"),
    ("x: Tensor['n']", "softmax(2 * x, 0)", "softmax(x, 0)"),
    ("x: Real, y: Real", "exp(x * y)", "exp(x) * exp(y)"),
    ("x: Real", "sigmoid(x)", "tanh(x)"),
    ("f: Function, x: Real, y: Real", "f(x + y)", "f(x) + f(y)"),
    ("f: Function, x: Real, y: Real", "f(maximum(x, y))", "maximum(f(x), f(y))"),
    ("f: Nondecreasing, x: Real, y: Real", "f(x + y)", "f(x) + f(y)"),
    ("f: Nondecreasing, x: Tensor['n']", "f(mean(x))", "mean(f(x))"),
    ("f: Differentiable, x: Real", "derivative(lambda z: f(3 * z))(x)", "derivative(f)(3 * x)"),
    ("f: Differentiable['p'], x: Tensor['p']", "f(2 * x)", "2 * f(x)"),
    (
        "f: Differentiable['n'], A: Tensor['n', 'n'], v: Tensor['n']",
        "grad(lambda u: f(A @ u))(v)",
        "A @ grad(f)(A @ v)",
    ),
    ("F: Differentiable['n', 'n'], x: Tensor['n']", "jacobian(F)(x)", "jacobian(F)(x).T"),
    ("f: Smooth, x: Real", "derivative(derivative(f))(x)", "derivative(f)(x)"),
    ("x: Real", "derivative(relu)(x)", "1"),
    ("x: Positive", "x", "1"),
    ("x: Nonnegative", "x", "0"),
    ("x: Tensor[3, 'n']", "x[0]", "x[1]"),
    ("N: Real, S: Real", "N * S", "N"),
]


@pytest.mark.parametrize("statement", PROVED, ids=lambda s: f"{s[1]} = {s[2]}")
def test_true_statements_are_proved(statement: tuple[str, str, str]) -> None:
    assert_proved(prove(stated(*statement)))


@pytest.mark.parametrize("statement", REFUTED, ids=lambda s: f"{s[1]} = {s[2]}")
def test_undefined_refutes(statement: tuple[str, str, str]) -> None:
    verdict = prove(stated(*statement))
    assert_refuted(verdict, stated(*statement))
    assert verdict.counterexample is not None
    assert verdict.counterexample.undefined
    assert "undefined" in verdict.counterexample.left + verdict.counterexample.right


@pytest.mark.parametrize("statement", DIFFERENT, ids=lambda s: f"{s[1]} = {s[2]}")
def test_false_statements_are_refuted(statement: tuple[str, str, str]) -> None:
    assert_refuted(prove(stated(*statement)), stated(*statement))


REFUSED = [
    ("x: Real", "x * (1 / 3)", "x / 3", "Fraction(1, 3)"),
    ("x: Real", "x * 0.1 + (0.1 + 0.2) * x", "x", "0.30000000000000004"),
    ("x: Real, y: Real", "x if x > y else y", "maximum(x, y)", "where(condition, a, b)"),
    ("x: Real, y: Real", "__builtins__['max'](x, y)", "maximum(x, y)", "maximum"),
    ("n: Size", "__builtins__['sum'](i for i in range(n))", "n", "summation"),
    ("x: Tensor['n']", "__builtins__['sum'](x)", "x.sum()", "summation"),
    ("x: Tensor['n']", "sum([v for v in x])", "x.sum()", "summation"),
    ("x: Tensor['n']", "len(x) * 1", "x.shape[0]", ".shape[0]"),
    ("x: Real", "__import__('math').exp(x)", "exp(x)", "exp"),
    ("f: Function, x: Real", "derivative(f)(x)", "f(x)", "declare it Differentiable"),
    ("f: Nondecreasing, x: Real", "derivative(f)(x)", "f(x)", "declare it Differentiable"),
    ("f: Differentiable, x: Real", "derivative(derivative(f))(x)", "f(x)", "Smooth"),
    ("x: Tensor['m', 'n']", "x[0, 0, 0]", "0", "3 indices"),
    ("x: Tensor['n']", "x + 'a'", "0", "str"),
    ("x: Tensor['n']", "conv2d(x, x)", "0", "conv2d"),
]


@pytest.mark.parametrize(("parameters", "left", "right", "word"), REFUSED, ids=lambda s: s)
def test_what_cannot_be_read_is_refused_in_one_helpful_sentence(
    parameters: str, left: str, right: str, word: str
) -> None:
    with pytest.raises(SymconvError) as refused:
        prove(stated(parameters, left, right))
    sentence = located(refused.value)
    assert word in sentence and "\n" not in sentence
    assert "claim stated (<string>:" in sentence


def test_an_empty_literal_is_a_tensor_as_any_other() -> None:
    assert symconv.array([[], []]).shape == (2, 0)
    assert symconv.abs(symconv.array([])).definition is not None  # its entry at a free index, though there is none
    assert repr(symconv.concat([[], [1]])) == "tensor([1])"
