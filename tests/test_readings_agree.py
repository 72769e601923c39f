"""The symbolic and the numeric reading share no code; they give the same values, and refuse the same calls."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import symconv
from symconv import Real, ShapeError, Undefined, claim, dispatch, equal, numeric, prove
from symconv.kernel.evaluate import Evaluator
from symconv.numeric import Computed
from symconv.prover.exact import ExactNumbers, approximate
from symconv.prover.reading import entry, positions, shape_of
from symconv.tensors.tensor import IndexScalar, as_tensor

NAMES = {name: getattr(symconv, name) for name in symconv.__all__}
X, A, B = [1, 2, 3], [[1, 2, 3], [4, 5, 6]], [[1, 2, 3]]

VALUES: dict[str, Any] = {
    # what NumPy 2 gives for x = [1, 2, 3], A = [[1, 2, 3], [4, 5, 6]], B = [[1, 2, 3]], and one = 1
    "roll(x, (1, 1), (0, 0))": [2, 3, 1],
    "roll(A, (1, 2), 0)": [[4, 5, 6], [1, 2, 3]],
    "roll(A, 1, (0, 1))": [[6, 4, 5], [3, 1, 2]],
    "roll(A, 1)": [[6, 1, 2], [3, 4, 5]],
    "einsum('ij,ij->ij', A, B)": [[1, 4, 9], [4, 10, 18]],
    "einsum('...i->...', A)": [6, 15],
    "reshape(A, (-1, 2))": [[1, 2], [3, 4], [5, 6]],
    "linear(x, A, 1)": [15, 33],
    "linear(x, A, [1])": [15, 33],
    "linear(x, x, 1)": 15,
    "pad(x, (1, 2))": [0, 1, 2, 3, 0, 0],
    "pad(B, ((1,), (0,)))": [[0, 0, 0], [1, 2, 3], [0, 0, 0]],
    "expand_dims(x, (0, 2))": [[[1], [2], [3]]],
    "cumsum(A)": [1, 3, 6, 10, 15, 21],
    "x[-1]": 3,
    "x[one - 2:]": [3],
    "x[7:2]": [],
    "sum(x[3:])": 0,
    "prod(x[3:])": 1,
    "(one - 1)**(one - 1)": 1,
    "summation(lambda i: i + 1, one - 3)": 0,
    "summation(lambda i: i, (1, one))": 1,
    "clip(x, 2, 1)": [1, 1, 1],
    "trace(A)": 6,
    "array([[0, -1], [1, 0]])[one, 0]": 1,
}
REFUSALS: dict[str, type[Exception]] = {
    "roll(A, (1, 2, 3), (0, 1))": ValueError,
    "einsum('...i->i', A)": ValueError,
    "einsum('ii', B)": Undefined,
    "einsum('ij,jk', A, A)": Undefined,
    "einsum('ij->k', A)": ValueError,
    "reshape(A, (one - 2, 3))": Undefined,
    "reshape(A, (-2, 3))": ValueError,
    "reshape(A, (4, 2))": Undefined,
    "linear(x, B, [1, 2])": Undefined,
    "linear(x, x, [1])": ShapeError,
    "pad(A, ((1, 2), 3))": ValueError,
    "pad(A, (1, 2, 3))": ValueError,
    "pad(A, ((1, 2, 3), (1, 2, 3)))": ValueError,
    "pad(A, -1)": ValueError,
    "pad(A, 0.5)": TypeError,
    "broadcast_to(A, (3,))": ShapeError,
    "broadcast_to(A, (3, 3))": Undefined,
    "expand_dims(x, None)": TypeError,
    "expand_dims(x, (0, 0))": ValueError,
    "concat([x, x], axis=None)": TypeError,
    "concat([x, x], axis=1)": ShapeError,
    "concat([A, B.T])": Undefined,
    "concat([])": ValueError,
    "stack([x, x], axis=None)": TypeError,
    "cumsum(A, (0, 1))": TypeError,
    "sum(x, 5)": ShapeError,
    "sum(A, (0, 0))": ValueError,
    "x[one - 2]": Undefined,
    "x[3]": Undefined,
    "x[0, 0]": ShapeError,
    "x[0.5]": TypeError,
    "x[True]": TypeError,
    "x[::0]": ValueError,
    "max(x[3:])": Undefined,
    "mean(x[3:])": Undefined,
    "1 / (one - 1)": Undefined,
    "one % (one - 1)": Undefined,
    "(x - 1)**-1": Undefined,
    "(x - 2)**0.5": Undefined,
    "log(x - 1)": Undefined,
    "sqrt(x - 2)": Undefined,
    "matmul(2, x)": ShapeError,
    "A @ A": Undefined,
    "conv2d(A, ones((3, 3)))": Undefined,
    "conv2d(A, ones((1, 1)), stride=0)": ValueError,
    "conv2d(x, ones((1, 1)))": ShapeError,
    "max_pool2d(A, 3)": Undefined,
    "max_pool2d(A, 2, padding=2)": ValueError,
    "tensordot(A, A, 1)": Undefined,
    "squeeze(A, 0)": Undefined,
    "permute_dims(A, (0,))": ShapeError,
    "eye(one - 2)": Undefined,
    "where(x > 0, x, [1, 2])": Undefined,
    "softmax(x, 3)": ShapeError,
    "layer_norm(A, (2,))": Undefined,
    "rms_norm(A, (2,))": Undefined,
    "rms_norm(0 * x, x.shape)": Undefined,
}


def symbolic_value(text: str) -> Any:
    with dispatch.reading("symbolic"):
        given = {"x": as_tensor(X), "A": as_tensor(A), "B": as_tensor(B), "one": IndexScalar(1)}
        tensor, evaluator = as_tensor(eval(text, NAMES | given)), Evaluator(ExactNumbers({}), {})
        shape = shape_of(tensor, evaluator)
        entries = [approximate(evaluator.value(entry(tensor, place))) for place in positions(shape)]
    return np.array(entries).reshape(shape)


def numeric_value(text: str) -> Any:
    with dispatch.reading("numeric"):
        given = {"x": numeric.wrap(X), "A": numeric.wrap(A), "B": numeric.wrap(B), "one": Computed(1)}
        found = numeric.wrap(eval(text, NAMES | given))
        return np.asarray(numeric.unwrap(numeric.check_defined(found)))


@pytest.mark.parametrize("text", VALUES)
@pytest.mark.parametrize("value", [symbolic_value, numeric_value])
def test_values(text: str, value: Any) -> None:
    found = value(text)
    assert found.shape == np.shape(VALUES[text])
    np.testing.assert_allclose(found, VALUES[text])


@pytest.mark.parametrize("text", REFUSALS)
@pytest.mark.parametrize("value", [symbolic_value, numeric_value])
def test_refusals(text: str, value: Any) -> None:
    with pytest.raises(REFUSALS[text]) as refused:
        value(text)
    assert type(refused.value) is REFUSALS[text]
    assert "\n" not in str(refused.value)


K = symconv.array([[0, -1], [1, 0]])
HALF = K[1, 0] / 2
AREA = symconv.ones((3, 3)) / 9
DATA = np.array([[1.5, 2.0], [0.1, 3.0]])


@pytest.mark.parametrize(
    ("parameters", "left", "right"),
    [
        ("x: Tensor[2]", "K @ x", "stack([-x[1], x[0]])"),
        ("x: Tensor[2]", "x @ K + K[0] * x", "stack([x[1], -x[0] - x[1]])"),
        ("x: Tensor[2]", "summation(lambda i, j: K[i, j] * x[j], *K.shape)", "x[0] - x[1]"),
        ("x: Tensor[2]", "DATA @ x", "stack([1.5 * x[0] + 2 * x[1], 0.1 * x[0] + 3 * x[1]])"),
        ("x: Real", "HALF * x + x * HALF", "x"),
        ("x: Real", "2 * pi * x", "pi * x + x * pi"),
        ("x: Real", "where(x > pi, 1, 0) + where(pi >= x, 1, 0)", "1"),
        ("X: Tensor['m + 2', 'n + 2']", "conv2d(X, AREA)", "avg_pool2d(X, 3, stride=1)"),
    ],
)
def test_constants_made_outside_of_a_claim(parameters: str, left: str, right: str) -> None:
    names = NAMES | {"K": K, "HALF": HALF, "AREA": AREA, "DATA": DATA}
    exec(f"@claim\ndef stated({parameters}):\n    return equal({left}, {right})", names)
    verdict = prove(names["stated"])
    assert verdict.status == "proved" and not verdict.faults


def test_a_symbolic_tensor_with_unknowns_is_no_array() -> None:
    np.testing.assert_array_equal(np.asarray(K), [[0, -1], [1, 0]])
    with pytest.raises(TypeError, match="unknown entries"):
        np.asarray(symconv.tensor("x", (2,)))


@pytest.mark.parametrize("one", [1.0, Fraction(1)])
def test_a_division_by_zero_that_python_works_out_itself_is_undefined(one: Any) -> None:
    names = NAMES | {"one": one}
    exec("@claim\ndef stated(n: Size, x: Real):\n    return equal((one / (n - 1)) * (n - 1) * x, x)", names)
    verdict = prove(names["stated"])
    assert verdict.status == "refuted" and not verdict.faults
    assert verdict.counterexample is not None and verdict.counterexample.sizes == {"n": 1}
    assert "NumPy" in verdict.counterexample.confirmed_by


def test_a_claim_outlives_its_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @claim
    def stated(x: Real):
        return equal(x + x, 2 * x)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "getcwd", lambda: (_ for _ in ()).throw(FileNotFoundError()))
    assert "test_readings_agree.py" in stated.where
