"""The numeric reading against NumPy, plain loops and central differences."""

from __future__ import annotations

import ast
import math
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from network_cases import NetworkCase, network_cases, shape_of

import symconv.numeric as sn
from symconv.errors import ShapeError, SymbolicControlFlow, Undefined
from symconv.numeric import Computed, loops

Values = np.ndarray[Any, np.dtype[Any]]


def numbers(*shape: int, seed: int = 1) -> Values:
    """Irregular numbers, with no ties, none near 0."""
    random = np.random.default_rng(seed)
    return random.uniform(0.3, 1.7, shape) * random.choice([-1, 1], shape)


def assert_same(value: Any, expected: Any, tolerance: float = 1e-12) -> None:
    """The same shape, and the same numbers to rounding; NaN is equal to nothing."""
    value, expected = np.asarray(sn.unwrap(value)), np.asarray(expected)
    assert value.shape == expected.shape, f"{value.shape} against {expected.shape}"
    np.testing.assert_allclose(value, expected, rtol=tolerance, atol=tolerance, equal_nan=False)


def assert_undefined(compute: Callable[[], Any], reason: str) -> None:
    """The value is refused, at once or when it is checked, for the reason."""
    with pytest.raises(Undefined, match=reason):
        sn.check_defined(compute())


def differences(f: Callable[[Values], Any], x: Values, step: float = 1e-6) -> Values:
    """Central differences. Shapes: f(x).shape + x.shape."""
    slopes = []
    for place in np.ndindex(x.shape):
        change = np.zeros_like(x)
        change[place] = step
        slopes.append((np.asarray(f(x + change)) - np.asarray(f(x - change))) / (2 * step))
    return np.moveaxis(np.array(slopes), 0, -1).reshape(slopes[0].shape + x.shape)


def test_that_the_helpers_can_fail() -> None:
    for wrong in (np.ones(3), np.full(2, 1 + 1e-9), np.full(2, np.nan), 1.0):
        with pytest.raises(AssertionError):
            assert_same(wrong, np.ones(2))
    with pytest.raises(AssertionError):
        assert_same(np.nan, np.nan)
    with pytest.raises(pytest.fail.Exception):
        assert_undefined(lambda: sn.wrap(1.0), "a")
    with pytest.raises(AssertionError):
        assert_undefined(lambda: sn.log(0), "a square root")
    assert_same(differences(lambda v: v**3, np.array([2.0])), [[12.0]], 1e-8)


def test_that_no_code_is_shared_with_the_symbolic_reading() -> None:
    sources = Path(sn.__file__).parent.glob("*.py")
    imports = [node for path in sources for node in ast.walk(ast.parse(path.read_text()))]
    modules = {node.module or "" for node in imports if isinstance(node, ast.ImportFrom)}
    ours = {module for module in modules if module.startswith("symconv")}
    assert all(module.startswith("symconv.numeric") or module == "symconv.errors" for module in ours)


# --- computed integers -----------------------------------------------------------------------------------------------


def test_computed_integers_stay_computed() -> None:
    n = Computed(7)
    for value in (
        n + 1,
        1 + n,
        n - 1,
        9 - n,
        2 * n,
        n * 2,
        n // 2,
        30 // n,
        n % 4,
        30 % n,
        -n,
        +n,
        abs(-n),
        n**2,
        2**n,
    ):
        assert isinstance(value, Computed)
    assert [n + 1, 9 - n, 30 // n, 30 % n, -n, n**2, 2**n] == [8, 2, 4, 2, -7, 49, 128]
    assert type(n / 2) is float and n / 2 == 3.5 and 7 / n == 1 and n**-1 == 1 / 7
    assert isinstance(n * Fraction(1, 2), Fraction) and n * 0.5 == 3.5
    assert Computed(0) ** 0 == 1 and {n: 1}[7] == 1 and np.zeros(n).shape == (7,)


def test_computed_division_by_zero() -> None:
    zero = Computed(0)
    assert all(math.isnan(value) for value in (1 / zero, Computed(1) / 0, zero**-1))
    for divide in (lambda: 1 // zero, lambda: 1 % zero, lambda: Computed(1) // 0):
        assert_undefined(divide, "divided by zero")


def test_shapes_are_computed() -> None:
    x = sn.wrap(numbers(2, 3))
    assert x.shape == (2, 3) and all(isinstance(n, Computed) for n in x.shape) and x.size == 6
    assert_same(sn.conv2d(sn.ones(x.shape), sn.ones((x.shape[0] - 1, 1))), np.ones((2, 3)))


# --- values ----------------------------------------------------------------------------------------------------------

X, Y, V = numbers(2, 3, seed=2), numbers(3, 5, seed=3), numbers(3, seed=4)
P = np.abs(X)

AGAINST_NUMPY: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    *[(name, (x, *axis), {"keepdims": keep})
      for name in ("sum", "mean", "max", "min", "var", "prod")
      for x in (X, numbers(2, 3, 5), np.array(0.5))
      for axis in ([()] if x.ndim == 0 else [(), (0,), (-1,), ((0, 1),), ((-1, 0),)])
      for keep in (False, True)],
    *[(name, (x,), {}) for name in ("exp", "tanh", "abs", "sign") for x in (X, np.array(-0.5), np.zeros((0, 2)))],
    ("log", (P,), {}), ("sqrt", (P,), {}), ("sum", (np.zeros((0, 3)), 0), {}), ("prod", (np.zeros((0, 3)), 0), {}),
    ("maximum", (X, V), {}), ("minimum", (X, 0.5), {}), ("clip", (X, -0.5, 0.5), {}), ("power", (P, X), {}),
    ("power", (X, 3), {}), ("power", (np.zeros(2), 0), {}), ("where", (X > 0, X, V), {}), ("where", (True, V, X), {}),
    ("concat", ([X, X[:, :0], X], 1), {}), ("concat", ([X, Y[:2, :3]],), {}), ("stack", ([X, 2 * X], -1), {}),
    ("pad", (X, 1), {}), ("pad", (X, (1, 2)), {}), ("pad", (X, ((1, 2), (0, 3))), {"constant_values": -5}),
    ("pad", (X, ((1, 2), (0, 3))), {"constant_values": ((1, 2), (3, 4))}), ("pad", (V, ((2, 1),)), {}),
    ("flip", (X,), {}), ("flip", (X, 1), {}), ("flip", (X, (0, -1)), {}),
    ("roll", (X, 1), {}), ("roll", (X, -2, 1), {}), ("roll", (X, (1, 2), (0, 1)), {}),
    *[("einsum", (s, *xs), {}) for s, *xs in [
        ("ij,jk", X, Y), ("ij,jk->ki", X, Y), ("ij->", X), ("ii", Y[:, :3]), ("ii->i", Y[:, :3]), ("...j,j", X, V),
        ("i,j,k->kji", V, V, V), ("...ij,...jk->...ik", numbers(2, 1, 2, 3), numbers(5, 3, 2)), ("ba", X),
        ("ij,ij->i", X, np.ones((1, 3))), ("i...->...", X)]],
    ("tensordot", (X, Y, 1), {}), ("tensordot", (X, Y, 0), {}), ("tensordot", (X, Y, ([1], [0])), {}),
    ("tensordot", (X, X, 2), {}), ("tensordot", (X, numbers(5, 3, 2), ([0, 1], [2, 1])), {}),
    ("outer", (X, V), {}), ("dot", (X, Y), {}), ("dot", (V, V), {}), ("dot", (X, numbers(2, 3, 5)), {}),
    ("dot", (2, V), {}),
    ("matmul", (X, Y), {}), ("matmul", (V, Y), {}), ("matmul", (X, V), {}), ("matmul", (V, V), {}),
    ("matmul", (numbers(2, 1, 2, 3), numbers(5, 3, 2)), {}),
    ("diag", (V,), {}), ("diag", (V, 2), {}), ("diag", (V, -1), {}), ("diag", (Y,), {}), ("diag", (Y, 2), {}),
    ("diag", (Y, -1), {}), ("trace", (Y,), {}), ("trace", (Y, 1), {}), ("trace", (X, -1), {}),
    ("eye", (3,), {}), ("eye", (2, 3), {}), ("eye", (3, 5, -1), {}), ("ones", ((2, 3),), {}), ("zeros", (2,), {}),
    ("full", ((2, 3), 0.5), {}), ("arange", (5,), {}), ("cumsum", (X, 1), {}), ("cumsum", (X,), {}),
    ("reshape", (X, (3, 2)), {}), ("reshape", (X, (-1,)), {}), ("reshape", (X, (1, 3, -1)), {}),
    ("reshape", (V, 3), {}),
    ("permute_dims", (X, (1, 0)), {}), ("transpose", (numbers(2, 3, 5),), {}),
    ("transpose", (numbers(2, 3, 5), (2, 0, 1)), {}), ("squeeze", (X[:1, :, None],), {}), ("squeeze", (X[:1], 0), {}),
    ("expand_dims", (X, 1), {}), ("expand_dims", (X, (0, -1)), {}), ("broadcast_to", (V, (2, 3)), {}),
    ("broadcast_to", (0.5, (2, 3)), {}), ("array", ([[1, 2], [3, 0.5]],), {}),
]  # fmt: skip


@pytest.mark.parametrize("name, args, options", AGAINST_NUMPY, ids=lambda v: v if isinstance(v, str) else "")
def test_values_agree_with_numpy(name: str, args: tuple[Any, ...], options: dict[str, Any]) -> None:
    assert_same(getattr(sn, name)(*args, **options), getattr(np, name)(*args, **options))


OPERATORS: list[Callable[[Any, Any], Any]] = [
    lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / b, lambda a, b: abs(a) ** b,
    lambda a, b: -a + +b, lambda a, b: a < b, lambda a, b: a <= b, lambda a, b: a > b, lambda a, b: a >= b,
    lambda a, b: a == b, lambda a, b: a != b, lambda a, b: (a < b) & (a > 0) | (b > a),
]  # fmt: skip


@pytest.mark.parametrize("operator", OPERATORS)
def test_operators_agree_with_numpy(operator: Callable[[Any, Any], Any]) -> None:
    for a, b in [(X, V), (V, X), (X, np.array(0.5)), (X[:, None], Y[None, :2, :3]), (np.zeros((0, 3)), V)]:
        assert_same(operator(sn.wrap(a), sn.wrap(b)), operator(a, b))
        assert_same(operator(a, sn.wrap(b)), operator(a, b))
        assert_same(operator(sn.wrap(a), b), operator(a, b))
    assert_same(operator(sn.wrap(X), 2), operator(X, 2))
    assert_same(operator(sn.wrap(X), Fraction(1, 2)), operator(X, 0.5))


def test_methods_agree_with_numpy() -> None:
    x = sn.wrap(X)
    assert_same(x.T, X.T)
    assert_same(x.sum(0) + x.mean(0) + x.max(axis=0) - x.min(axis=0), X.sum(0) + X.mean(0) + X.max(0) - X.min(0))
    assert_same(x.reshape(3, 2) + x.reshape((3, -1)), 2 * X.reshape(3, 2))
    assert_same(x.flatten(), X.flatten())
    assert_same(sn.wrap(numbers(2, 3, 5)).transpose(2, 0, 1), numbers(2, 3, 5).transpose(2, 0, 1))
    assert_same(x.transpose() @ x, X.T @ X)
    assert_same(~(x > 0), X <= 0)
    assert_same(X.T @ x, X.T @ X)
    assert float(sn.wrap(0.5)) == 0.5 and sn.pi == math.pi
    assert_same(sn.array([[x[0, 0], 2], [V[0], x[1].sum()]]), [[X[0, 0], 2], [V[0], X[1].sum()]])
    assert_same(sn.erf(x), np.vectorize(math.erf)(X))
    assert_same(sn.ones(2, 3), np.ones((2, 3)))


def test_dtypes() -> None:
    small = numbers(3, 3).astype(np.float32)
    for f in (sn.exp, sn.relu, sn.sigmoid, sn.softmax, sn.gelu, sn.logsumexp, sn.layer_norm):
        result = f(small, 3) if f is sn.layer_norm else f(small)
        assert result.dtype == np.float32
    assert (sn.wrap(small) * 2 + Fraction(1, 3) - 0.5).dtype == np.float32
    assert sn.avg_pool2d(small, 2).dtype == sn.conv2d(small, [[1, 2]]).dtype == np.float32
    wrapped = sn.wrap(small)
    assert sn.summation(lambda i: wrapped[i, 0] * i, 3).dtype == np.float32
    assert sn.wrap(np.arange(3)).dtype == sn.wrap([1, 2]).dtype == sn.wrap(np.ones(2, bool)).dtype == np.float64
    assert isinstance(sn.unwrap(sn.wrap(1)), np.float64)
    with pytest.raises(TypeError):
        sn.wrap(np.ones(2, complex))


def test_stability_for_large_inputs() -> None:
    large = sn.wrap([-1000.0, 0.0, 1000.0])
    assert_same(sn.softmax(large), [0, 0, 1])
    assert_same(sn.log_softmax(large), [-2000, -1000, 0])
    assert_same(sn.logsumexp(large), 1000)
    assert_same(sn.sigmoid(large), [0, 0.5, 1])
    assert_same(sn.softplus(large), [0, math.log(2), 1000])
    assert_same(sn.silu(large), [0, 0, 1000])
    assert_same(sn.gelu(large), [0, 0, 1000])
    assert_same(sn.elu(large), [-1, 0, 1000])
    for f in (sn.softmax, sn.log_softmax, sn.logsumexp, sn.sigmoid, sn.softplus, sn.silu, sn.gelu, sn.tanh):
        assert np.isfinite(sn.jacobian(f)(large).data).all()


# --- indices ---------------------------------------------------------------------------------------------------------


def random_key(random: Random, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """A key of integers, slices, None and perhaps an ellipsis that NumPy takes too."""
    key: list[Any] = []
    for size in shape[: random.randint(0, len(shape))]:
        ends = [None, *range(-size - 2, size + 3)]
        cut = slice(random.choice(ends), random.choice(ends), random.choice([None, 1, 2, -1, -2]))
        key.append(random.choice([random.randrange(-size, size), cut, cut]))
    for extra in (None, ...):
        if random.random() < 0.3:
            key.insert(random.randint(0, len(key)), extra)
    return tuple(key)


def test_literal_keys_read_as_in_numpy() -> None:
    random, x = Random(7), numbers(2, 3, 5)
    for _ in range(500):
        key = random_key(random, x.shape)
        assert_same(sn.wrap(x)[key], x[key])


def test_computed_indices_do_not_wrap() -> None:
    x = sn.wrap(V)
    assert_same(x[-1], V[-1])
    assert_same(x[Computed(2)], V[2])
    assert_undefined(lambda: x[Computed(-1)], "index -1 leaves an axis of size 3")
    assert_undefined(lambda: x[Computed(3)], "index 3 leaves")
    assert_undefined(lambda: x[3], "index 3 leaves")
    assert_undefined(lambda: x[-4], "index -4 leaves")
    assert_undefined(lambda: sn.wrap(X)[Computed(2)], "index 2 leaves an axis of size 2")
    assert_undefined(lambda: sn.fromfunction(lambda i: x[i - 1], 3), "index -1 leaves")
    assert_undefined(lambda: sn.zeros(0)[Computed(0)], "index 0 leaves an axis of size 0")
    for key in (slice(-2, None), slice(None, -1), slice(2, -1, -1), slice(-1, None, -1), slice(-7, None)):
        bounds = (None if bound is None else Computed(bound) for bound in (key.start, key.stop, key.step))
        assert_same(x[slice(*bounds)], V[key])  # the bounds of a slice do, as in NumPy


def test_what_is_not_chosen_may_be_outside() -> None:
    x = sn.wrap(V)
    assert_same(sn.fromfunction(lambda i: sn.where(i > 0, x[i - 1], 0), 3), [0, V[0], V[1]])
    assert_same(sn.where(Computed(0) > 0, x[Computed(-1)], 5), 5)
    assert_same(sn.where(x > 0, sn.log(x), 0), np.where(V > 0, np.log(np.abs(V)), 0))
    assert_same(sn.grad(lambda a: sn.where(a > 0, sn.log(a), 0).sum())(x), np.where(V > 0, 1 / V, 0))


def test_zero_extended() -> None:
    x = sn.zero_extended(X)
    assert_same(sn.fromfunction(lambda i, j: x[i - 1, j - 2], (4, 7)), np.pad(X, ((1, 1), (2, 2))))
    assert_same(sn.array([x[-1, 0], x[1, 2], x[Computed(2), 0]]), [0, X[1, 2], 0])
    assert_same(x[1], X[1])
    assert_same(x[-1], np.zeros(3))
    assert_same(sn.jacobian(lambda a: sn.zero_extended(a)[2, 0])(X), np.zeros((2, 3)))


def test_the_index_as_a_number() -> None:
    x = sn.wrap(V)
    n = 3
    assert_same(sn.summation(lambda i: i * x[i] / (i + 1), n), sum(i * V[i] / (i + 1) for i in range(n)))
    assert_same(sn.fromfunction(lambda i, j: x[i] ** j, (3, 4)), V[:, None] ** np.arange(4))
    assert_same(sn.fromfunction(lambda i, j: x[abs(i - j)], (3, 3)), V[np.abs(np.subtract.outer(range(3), range(3)))])
    assert_same(sn.fromfunction(lambda i: x[(i + 4) % 3] * (i // 2), 5), [V[(i + 4) % 3] * (i // 2) for i in range(5)])
    assert_same(sn.fromfunction(lambda i: 2**i, 70), 2.0 ** np.arange(70))
    assert_same(sn.fromfunction(lambda i: 2 ** (-i), 5), 0.5 ** np.arange(5))
    assert_same(sn.fromfunction(lambda i: i**40 * i**3, 9), np.arange(9.0) ** 43)
    assert_same(sn.fromfunction(sn.kronecker_delta, (3, 5)), np.eye(3, 5))
    assert_same(sn.fromfunction(lambda i: sn.kronecker_delta(i, Computed(2)), 4), [0, 0, 1, 0])
    assert_same(sn.fromfunction(lambda i: x[sn.minimum(i, 2)], 5), V[[0, 1, 2, 2, 2]])


# --- loops -----------------------------------------------------------------------------------------------------------


def by_loops(f: Callable[..., Any], *sizes: int) -> Values:
    return np.array([float(f(*index)) for index in np.ndindex(*sizes)]).reshape(sizes)


def test_sums_over_ranges() -> None:
    x, y = sn.wrap(X), sn.wrap(Y)
    assert_same(sn.summation(lambda i, j: x[i, j] * y[j, i], 2, 3), sum(X[i, j] * Y[j, i] for i, j in np.ndindex(2, 3)))
    assert_same(sn.summation(lambda i: x[:, i], (1, 2)), X[:, 1:].sum(1))
    assert_same(sn.summation(lambda i: x[0, i], [1, 2]), X[0, 1:].sum())
    assert_same(sn.summation(lambda i: 1, Computed(5)), 5)
    for empty in (0, -2, (3, 2), (5, 1)):
        assert_same(sn.summation(lambda i: x[:, i], empty), np.zeros(2))
    assert_same(sn.maximum_over(lambda i, j: x[i, j], 2, 3), X.max())
    assert_same(sn.minimum_over(lambda i: x[:, i], 3), X.min(1))
    assert_undefined(lambda: sn.maximum_over(lambda i: x[i, 0], 0), "empty range")
    assert_undefined(lambda: sn.minimum_over(lambda i: x[i, 0], (2, 1)), "empty range")


def test_a_convolution_by_its_textbook_formula() -> None:
    x, w = numbers(2, 7, 7), numbers(3, 2, 2, 3)
    image, kernels = sn.wrap(x), sn.wrap(w)

    def entry(o: Any, i: Any, j: Any) -> Any:
        return sn.summation(lambda c, a, b: image[c, 2 * i + a, j + b] * kernels[o, c, a, b], 2, 2, 3)

    assert_same(sn.fromfunction(entry, (3, 3, 5)), sn.unwrap(sn.conv2d(x, w, stride=(2, 1))))


def test_ranges_that_depend_on_outer_indices() -> None:
    n, v = 5, numbers(5)
    x = sn.wrap(v)
    triangle = sum(v[i] * v[j] for i in range(n) for j in range(i))
    assert_same(sn.summation(lambda i: sn.summation(lambda j: x[i] * x[j], i), n), triangle)
    assert_same(
        sn.fromfunction(lambda i: sn.maximum_over(lambda j: x[j], (i, n - 1)), n), [v[i:].max() for i in range(n)]
    )
    assert_same(sn.fromfunction(lambda i: sn.summation(lambda j: x[i + j], n - i), n), [v[i:].sum() for i in range(n)])
    assert_same(
        sn.summation(lambda i: sn.where(i > 0, sn.maximum_over(lambda j: x[j], i), 0), n),
        sum(v[:i].max() for i in range(1, n)),
    )
    deep = sum(v[i] * v[j] * v[k] for i in range(n) for j in range(i) for k in range(j, i))
    nested = sn.summation(
        lambda i: sn.summation(lambda j: sn.summation(lambda k: x[i] * x[j] * x[k], (j, i - 1)), i), n
    )
    assert_same(nested, deep)
    assert_undefined(lambda: sn.fromfunction(lambda i: sn.maximum_over(lambda j: x[j], i), n), "empty range")


def test_an_index_that_shapes_a_tensor() -> None:
    v = numbers(5)
    x = sn.wrap(v)
    assert_same(sn.summation(lambda i: x[i:].sum(), 5), sum(v[i:].sum() for i in range(5)))
    assert_same(sn.fromfunction(lambda i: sn.ones(i + 1).sum(), 4), [1, 2, 3, 4])
    assert_same(
        sn.fromfunction(lambda i: sn.summation(lambda j: (x[j : i + 1] ** 2).sum(), (0, i)), 5),
        [sum((v[j : i + 1] ** 2).sum() for j in range(i + 1)) for i in range(5)],
    )
    assert_same(sn.maximum_over(lambda i: x[: i + 1].sum(), 5), v.cumsum().max())


def test_ranges_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "MOST_POINTS", 4)
    monkeypatch.setattr("symconv.numeric.calculus.MOST_ENTRIES", 7)
    test_a_convolution_by_its_textbook_formula()
    test_ranges_that_depend_on_outer_indices()
    test_sums_over_ranges()
    assert_same(sn.jacobian(sn.tanh)(V), np.diag(1 - np.tanh(V) ** 2))


INSIDE_LOOPS: list[Callable[[Any], Any]] = [
    lambda a: sn.conv2d(a, a[:2, :2], padding=1, stride=2),
    lambda a: sn.conv_transpose2d(a, a[1:, 1:], stride=2, output_padding=1),
    lambda a: sn.max_pool2d(a, 2, 1, 1, 2),
    lambda a: sn.avg_pool2d(a, 2, 2, 1, True, False),
    lambda a: sn.unfold(sn.stack([a, 2 * a]), 2),
    lambda a: sn.softmax(a, 0) + sn.log_softmax(a, 1),
    lambda a: sn.logsumexp(a, None),
    lambda a: sn.layer_norm(a, 3, a[0], a[1]),
    lambda a: sn.einsum("ij,...j,jk->...ik", a, W3, a),
    lambda a: sn.tensordot(a, W3, 1) @ a @ a[0],
    lambda a: sn.concat([a, W3, a[:1] * 0]),
    lambda a: sn.pad(sn.roll(sn.flip(a, 0), 1, 1), 1, constant_values=-2),
    lambda a: sn.diag(sn.diag(a), 1) + sn.trace(a),
    lambda a: a.max(0) - a.min() + sn.prod(a, 1) + sn.cumsum(a, 0)[1],
    lambda a: sn.var(a, 1, True) * a.T,
    lambda a: sn.where(a > W3, a, W3) + sn.clip(a, -1, W3[0]),
    lambda a: sn.stack([a, W3], 2)[..., 1, None, ::-1] + a[0, 1],
    lambda a: sn.outer(a, W3[0]).reshape(3, 9).sum(0),
    lambda a: sn.grad(lambda b: (b @ b * a).sum())(a * W3),
    lambda a: sn.jacobian(lambda b: sn.conv2d(b, W3[:2, :2]) * a[:2, :2])(W3),
    lambda a: sn.derivative(sn.derivative(lambda t: sn.tanh(t) * t**3))(a),
    lambda a: sn.summation(lambda i: a[i] * i, 3),
    lambda a: sn.fromfunction(lambda i, j: sn.zero_extended(a)[i - 1, j + 1] * sn.kronecker_delta(i, j), (3, 3)),
    lambda a: sn.gelu(a) / (2 + sn.sigmoid(a)) + sn.sqrt(a**2),
]
W3 = sn.wrap(numbers(3, 3, seed=9))


@pytest.mark.parametrize("f", INSIDE_LOOPS)
def test_operations_inside_loops(f: Callable[[Any], Any]) -> None:
    """Each operation on values of two loops at once is the operation at each loop point."""
    x = sn.wrap(numbers(3, 3, seed=8))

    def point(i: Any, j: Any) -> Any:
        return (f(x * (i + 1) + W3 * j) * 0.5).sum()

    assert_same(sn.fromfunction(point, (2, 3)), by_loops(lambda i, j: point(Computed(i), Computed(j)), 2, 3))


@pytest.mark.parametrize("f", INSIDE_LOOPS)
def test_derivatives_of_operations(f: Callable[[Any], Any]) -> None:
    x = numbers(3, 3, seed=8)
    assert_same(sn.jacobian(f)(x), differences(lambda a: sn.unwrap(f(sn.wrap(a))), x), 1e-6)


@pytest.mark.parametrize("f", INSIDE_LOOPS)
def test_derivatives_inside_loops(f: Callable[[Any], Any]) -> None:
    x = sn.wrap(numbers(3, 3, seed=8))

    def point(i: Any) -> Any:
        return (sn.grad(lambda a: (f(a * (i + 1)) * i).sum())(x + W3 * i) * W3).sum()

    assert_same(sn.fromfunction(point, 3), by_loops(lambda i: point(Computed(i)), 3), 1e-10)


# --- derivatives -----------------------------------------------------------------------------------------------------

ELEMENTWISE: list[Callable[[Any], Any]] = [
    sn.exp, sn.tanh, sn.erf, sn.abs, sn.sigmoid, sn.softplus, sn.silu, sn.gelu, sn.relu, sn.relu6, sn.elu,
    sn.leaky_relu, sn.hardtanh, lambda x: sn.gelu(x, "tanh"), lambda x: sn.log(x**2), lambda x: sn.sqrt(1 + x * x),
    lambda x: 1 / x,
    lambda x: x**3, lambda x: x**-2, lambda x: 2**x, lambda x: abs(x) ** x, lambda x: x**0, lambda x: x**1 / (1 + x**2),
    lambda x: sn.maximum(x, -x) * sn.minimum(x, 0.5), lambda x: sn.clip(x, -0.5, 0.5), sn.sign,
]  # fmt: skip


@pytest.mark.parametrize("f", ELEMENTWISE)
def test_derivative(f: Callable[[Any], Any]) -> None:
    x = numbers(7)
    first, second = sn.derivative(f), sn.derivative(sn.derivative(f))
    assert_same(first(x), np.diag(differences(lambda a: sn.unwrap(f(sn.wrap(a))), x)), 1e-7)
    assert_same(second(x), np.diag(differences(lambda a: sn.unwrap(first(sn.wrap(a))), x)), 1e-6)
    assert_same(first(x[0]), sn.unwrap(first(x))[0])
    assert_same(sn.jacobian(f)(x), np.diag(sn.unwrap(first(x))))


def test_derivatives_at_zero() -> None:
    assert_same(sn.derivative(lambda x: x**2)(0.0), 0)
    assert_same(sn.derivative(lambda x: x**1)(0.0), 1)
    assert_same(sn.derivative(lambda x: x**0)(0.0), 0)
    assert_undefined(lambda: sn.derivative(sn.sqrt)(0.0), "division by zero")


def test_nested_derivatives_are_not_confused() -> None:
    def inner(x: Any) -> Any:
        return x * sn.derivative(lambda y: x + y)(1.0)

    assert_same(sn.derivative(inner)(1.0), 1)
    assert_same(sn.derivative(lambda x: sn.derivative(lambda y: x**2 * y**3)(x))(2.0), 12 * 2.0**3)
    fourth = sn.tanh
    for _ in range(4):
        fourth = sn.derivative(fourth)
    t = math.tanh(0.3)
    assert_same(fourth(0.3), 8 * t * (1 - t * t) * (2 - 3 * t * t), 1e-12)


def test_jacobians_have_the_shapes_of_jax() -> None:
    a, b = sn.wrap(X), sn.wrap(Y)
    assert_same(sn.jacobian(sn.matmul, 1)(a, b), np.einsum("ij,kl->ilj k".replace(" ", ""), X, np.eye(5)))
    assert sn.jacobian(sn.matmul)(a, b).shape == (2, 5, 2, 3)
    first, second = sn.jacobian(sn.matmul, (0, 1))(a, b)
    assert first.shape == (2, 5, 2, 3) and second.shape == (2, 5, 3, 5)
    assert_same(sn.jacobian(lambda x: x.sum())(2.0), 1)
    assert_same(sn.grad(lambda x: (x**2).sum())(a), 2 * X)
    assert_same(sn.grad(lambda x: 3.0)(a), np.zeros((2, 3)))
    assert_same(sn.jacobian(lambda x: V)(a), np.zeros((3, 2, 3)))
    assert sn.jacobian(lambda x: sn.concat([x, x]))(sn.zeros(0, 3)).shape == (0, 3, 0, 3)
    hessian = sn.jacobian(sn.grad(lambda x: (x @ x.T).sum()))(a)
    assert_same(hessian, 2 * np.einsum("ab,ij->aibj", np.ones((2, 2)), np.eye(3)))
    with pytest.raises(ShapeError):
        sn.grad(sn.tanh)(a)
    with pytest.raises(TypeError):
        sn.jacobian(sn.tanh, 1)(a)


def test_a_derivative_of_a_sum_over_indices() -> None:
    x = numbers(5)
    total = sn.grad(lambda a: sn.summation(lambda i: sn.summation(lambda j: sn.exp(a[i] * a[j]), i), 5))
    expected = [sum(x[j] * math.exp(x[i] * x[j]) for j in range(5) if j != i) for i in range(5)]
    assert_same(total(x), expected)
    assert_same(sn.jacobian(lambda a: sn.maximum_over(lambda i: a[i], 5))(x), np.eye(5)[x.argmax()])


def differentiable_cases(name: str) -> list[NetworkCase]:
    return [case for case in network_cases(name) if len(shape_of(case.args[0])) > 1][:25]


@pytest.mark.parametrize("name", ["conv2d", "conv_transpose2d", "avg_pool2d", "max_pool2d"])
def test_jacobians_of_windows_against_differences(name: str) -> None:
    tested = 0
    for case in differentiable_cases(name):
        x = np.array(case.args[0], float) + numbers(*shape_of(case.args[0])) / 9

        def f(a: Any, case: NetworkCase = case) -> Any:
            return getattr(sn, name)(a, *case.args[1:], **case.kwargs)

        try:
            f(x)
        except (Undefined, ValueError):
            continue
        tested += 1
        assert_same(sn.jacobian(f)(x), differences(lambda a, f=f: sn.unwrap(f(a)), x), 1e-6)
    assert tested > 10


# --- what has no value, and what is wrong ----------------------------------------------------------------------------

UNDEFINED: list[tuple[Callable[[], Any], str]] = [
    (lambda: sn.wrap(X) / 0, "division by zero"),
    (lambda: 1 / sn.zeros(2), "division by zero"),
    (lambda: 1 / (1 / sn.zeros(2)), "division by zero"),
    (lambda: sn.zeros(2) ** -1, "0 to a negative power"),
    (lambda: (-sn.ones(2)) ** 0.5, "fractional power"),
    (lambda: sn.log(sn.zeros(2)), "logarithm"),
    (lambda: sn.exp(sn.log(sn.zeros(2))), "logarithm"),
    (lambda: sn.log(-1), "logarithm"),
    (lambda: sn.sqrt(-1), "square root"),
    (lambda: sn.where(sn.log(0) > 0, 1, 2), "logarithm"),
    (lambda: sn.maximum(sn.log(0), 1), "logarithm"),
    (lambda: sn.relu(sn.sqrt(-1)), "square root"),
    (lambda: (1.0, (sn.wrap(X), sn.sqrt(-1))), "square root"),
    (lambda: sn.exp(1000), "inf"),
    (lambda: sn.wrap(X) + sn.wrap(Y), r"shapes \(2, 3\) and \(3, 5\)"),
    (lambda: sn.wrap(X) @ X, r"\(2, 3\) and \(2, 3\)"),
    (lambda: sn.matmul(numbers(2, 2, 3), numbers(3, 3, 2)), "@ of shapes"),
    (lambda: sn.einsum("ij,jk", X, X), "sizes 3 and 2"),
    (lambda: sn.tensordot(X, X, 1), "tensordot"),
    (lambda: sn.concat([X, Y]), "concat"),
    (lambda: sn.stack([X, X.T]), "stack"),
    (lambda: sn.reshape(X, (4, 2)), "reshape"),
    (lambda: sn.reshape(X, (4, -1)), "reshape"),
    (lambda: sn.broadcast_to(X, (2, 2)), "broadcast"),
    (lambda: sn.squeeze(X, 0), "squeezed"),
    (lambda: sn.max(sn.zeros(0)), "maximum of no entries"),
    (lambda: sn.mean(sn.zeros(0, 2), 0), "mean of no entries"),
    (lambda: sn.conv2d(X, np.ones((3, 3))), r"\(3, 3\) is larger .* \(2, 3\)"),
    (lambda: sn.conv2d(np.ones((3, 5, 5)), np.ones((2, 1, 2, 2)), groups=2), "3 channels in 2 groups"),
    (lambda: sn.conv2d(np.ones((2, 5, 5)), np.ones((2, 2, 2, 2)), np.ones(3)), "bias"),
    (lambda: sn.conv_transpose2d(np.ones((3, 5, 5)), np.ones((2, 1, 2, 2))), "3 channels"),
    (lambda: sn.conv_transpose2d(np.ones((1, 1)), np.ones((2, 2)), padding=1), "output of size"),
    (lambda: sn.max_pool2d(X, 3), "window of size 3 is larger than its padded input of size 2"),
    (lambda: sn.max_pool2d(X, 2, 1, 1, 3), "padding only"),
    (lambda: sn.avg_pool2d(X, Computed(2), padding=Computed(2)), "more than half"),
    (lambda: sn.conv2d(X, X, stride=Computed(0)), "stride"),
    (lambda: sn.pixel_shuffle(np.ones((3, 2, 2)), 2), "3 channels"),
    (lambda: sn.layer_norm(X, 2), "layer_norm"),
    (lambda: sn.ones(Computed(-1)), "size -1"),
]


@pytest.mark.parametrize("compute, reason", UNDEFINED)
def test_undefined(compute: Callable[[], Any], reason: str) -> None:
    assert_undefined(compute, reason)


WRONG: list[tuple[Callable[[], Any], type[Exception]]] = [
    (lambda: bool(sn.wrap(1) > 0), SymbolicControlFlow),
    (lambda: list(sn.wrap(V)), SymbolicControlFlow),
    (lambda: len(sn.wrap(V)), SymbolicControlFlow),
    (lambda: float(sn.wrap(V)), SymbolicControlFlow),
    (lambda: sn.summation(lambda i: float(i), 3), SymbolicControlFlow),
    (lambda: sn.wrap(V)[sn.wrap(V)], TypeError),
    (lambda: sn.wrap(V)[np.array([1, 2])], TypeError),
    (lambda: sn.wrap(V)[1.0], TypeError),  # type: ignore[index]
    (lambda: sn.wrap(V)[True], TypeError),
    (lambda: sn.wrap(V)[::0], ValueError),
    (lambda: sn.wrap(V)[0, 0], ShapeError),
    (lambda: sn.wrap(V)[..., ...], ShapeError),
    (lambda: sn.wrap(V) // 2, TypeError),
    (lambda: sn.wrap("3"), TypeError),  # type: ignore[arg-type]
    (lambda: sn.wrap([[1, 2], [3]]), ShapeError),
    (lambda: sn.sum(V, 1), ShapeError),
    (lambda: sn.sum(X, (0, -2)), ValueError),
    (lambda: sn.summation(lambda: 1), TypeError),
    (lambda: sn.summation(lambda i: i, 2.0), TypeError),  # type: ignore[arg-type]
    (lambda: sn.fromfunction(lambda i: sn.wrap(V), 2), ShapeError),
    (lambda: sn.matmul(2, X), ShapeError),
    (lambda: sn.einsum("ij", V), ShapeError),
    (lambda: sn.einsum("i,i", V), ValueError),
    (lambda: sn.einsum("i->ii", V), ValueError),
    (lambda: sn.diag(numbers(2, 2, 2)), ShapeError),
    (lambda: sn.pad(X, -1), ValueError),
    (lambda: sn.concat([X, V]), ShapeError),
    (lambda: sn.concat([]), ValueError),
    (lambda: sn.ones(2.0), TypeError),
    (lambda: sn.conv2d(V, X), ShapeError),
    (lambda: sn.conv2d(X, np.ones((1, 1, 2, 2))), ShapeError),
    (lambda: sn.conv2d(X, X, stride=0), ValueError),
    (lambda: sn.conv2d(X, X, stride=1.5), TypeError),
    (lambda: sn.conv2d(X, X, stride=2, padding="same"), ValueError),
    (lambda: sn.conv2d(X, X, padding="full"), ValueError),
    (lambda: sn.conv2d(X, X, padding=(1, 2, 3)), ValueError),
    (lambda: sn.avg_pool2d(X, 2, padding=2), ValueError),
    (lambda: sn.avg_pool2d(V, 2), ShapeError),
    (lambda: sn.unfold(X, 2), ShapeError),
    (lambda: sn.gelu(X, "quick"), ValueError),
    (lambda: sn.layer_norm(V, (2, 3)), ShapeError),
]


@pytest.mark.parametrize("compute, error", WRONG)
def test_wrong_use(compute: Callable[[], Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        compute()


def test_minus_infinity_is_allowed_until_the_end() -> None:
    padded = sn.pad(X, 1, constant_values=-math.inf)
    assert_same(sn.check_defined(sn.max(padded)), X.max())
    assert_undefined(lambda: padded, "-inf")


# --- speed -----------------------------------------------------------------------------------------------------------


def test_large_images_are_quick() -> None:
    image, kernels = sn.wrap(numbers(3, 512, 512)), sn.wrap(numbers(3, 3, 3, 3))
    small = sn.wrap(numbers(16, 16))
    calls: list[Callable[[], Any]] = [
        lambda: sn.conv2d(image, kernels, padding=1),
        lambda: sn.conv_transpose2d(image, kernels),
        lambda: sn.avg_pool2d(image, 3, 1),
        lambda: sn.max_pool2d(image, 3, 1),
        lambda: sn.max_pool2d(image, 512),
        lambda: sn.gelu(image),
        lambda: sn.jacobian(lambda a: sn.conv2d(a, kernels[0, 0]))(small),
        lambda: sn.fromfunction(lambda i, j: sn.maximum_over(lambda a, b: image[0, i + a, j + b], 2, 2), (511, 511)),
    ]
    for call in calls:
        start = time.perf_counter()
        call()
        # Each takes less than 0.1 s on one idle core; the limit leaves room for busy ones.
        assert time.perf_counter() - start < 2
