"""Those who write NumPy's or PyTorch's names are told symconv's; arithmetic with arrays stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import symconv as sc
from symconv.dispatch import reading
from symconv.errors import SymbolicControlFlow
from symconv.kernel import index as ix
from symconv.kernel.index import IndexVar
from symconv.tensors.tensor import BooleanTensor, IndexScalar, SymbolicTensor

n = IndexScalar(ix.index(IndexVar("n", 1)))
x, X, z = sc.tensor("x", (3,)), sc.tensor("X", (2, 3)), sc.tensor("z", (n,))
Call = Callable[[], Any]

ARGUMENTS: dict[str, Call] = {
    "softmax has no argument dim; write axis": lambda: sc.softmax(x, dim=0),
    "sum has no argument dim; write axis": lambda: X.sum(dim=1),
    "mean has no argument keepdim; write keepdims": lambda: X.mean(1, keepdim=True),
    "concat has no argument dim; write axis": lambda: sc.concat([x, x], dim=0),
    "clip has no argument min; write lo": lambda: sc.clip(x, min=0, max=1),
    "permute_dims has no argument dims; write axes": lambda: sc.permute_dims(X, dims=(1, 0)),
    "conv2d has no argument strides; write stride": lambda: sc.conv2d(X, [[1]], strides=2),
    "var has no argument correction; it divides by n; for n - 1": lambda: sc.var(x, correction=1),
    "exp has no argument base; it takes x": lambda: sc.exp(x, base=2),
    "sum has no argument out; a tensor is a value": lambda: x.sum(out=None),
}
ATTRIBUTES = {
    "view": "reshape(x, shape)",
    "permute": "permute_dims(x, axes)",
    "unsqueeze": "expand_dims(x, axis)",
    "squeeze": "squeeze(x)",
    "mT": "x.T",
    "std": "sqrt(var(x))",
    "repeat": "concat([x, x])",
    "clamp": "clip(x, lo, hi)",
    "exp": "exp(x)",
    "grad": "grad(f)(x)",
    "detach": "leave it out",
    "contiguous": "leave it out",
}
NUMPYS: dict[str, Call] = {
    "NumPy's exp takes no symbolic tensor; write symconv.exp(x)": lambda: np.exp(x),
    "NumPy's absolute takes no symbolic tensor; write symconv.abs(x)": lambda: np.abs(x),
    "NumPy's sum takes no symbolic tensor; write symconv.sum(x)": lambda: np.sum(x),
    "NumPy's concatenate takes no symbolic tensor; write symconv.concat([x, y], axis)": lambda: np.concatenate([x, x]),
    "NumPy's where takes no symbolic tensor; write symconv.where(": lambda: np.where(x > 0, x, 0),
    "NumPy's multiply takes no symbolic tensor; write x * y": lambda: np.multiply(np.ones(3), x, out=np.ones(3)),
    "NumPy's svd takes no symbolic tensor; use the operations of symconv": lambda: np.linalg.svd(X),
}
OTHERS: dict[str, Call] = {
    "concat takes a list of tensors, as in concat([x, y]), not a tensor of 1 axes": lambda: sc.concat(x, x),
    "stack takes a list of tensors, as in stack([x, y])": lambda: sc.stack(z),
    "layer_norm with normalized_shape=-1; need the extents of the last axes": lambda: sc.layer_norm(X, -1),
    "for the whole part of a quotient write //": lambda: z[: n / 2],
    "for x.size() write x.shape, for x.size(0) x.shape[0]": lambda: z.size(0),
    "flatten takes no axes; for x.flatten(1) write reshape(x, (x.shape[0], -1))": lambda: X.flatten(1),
    "x itself in NumPy and exchanges the axes in PyTorch; write x.T": lambda: X.transpose(0, 1),
}


@pytest.mark.parametrize("message", [*ARGUMENTS, *NUMPYS, *OTHERS])
def test_the_message_names_what_to_write(message: str) -> None:
    call = (ARGUMENTS | NUMPYS | OTHERS)[message]
    with pytest.raises((TypeError, ValueError)) as caught, reading("symbolic"):
        call()
    assert message in str(caught.value)


@pytest.mark.parametrize("message", [*ARGUMENTS, *NUMPYS])
def test_so_it_does_outside_of_claims(message: str) -> None:
    with pytest.raises(TypeError) as caught:
        (ARGUMENTS | NUMPYS)[message]()
    assert message in str(caught.value)


def test_the_numeric_reading_names_arguments_too() -> None:
    with pytest.raises(TypeError, match="softmax has no argument dim; write axis"):
        sc.softmax(np.ones(3), dim=0)


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_an_attribute_names_what_to_write(name: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(x, name)
    assert str(caught.value).startswith(f"a tensor has no attribute {name}; ") and ATTRIBUTES[name] in str(caught.value)


def test_an_unknown_attribute_has_no_hint() -> None:
    with pytest.raises(AttributeError, match=r"^a tensor has no attribute argsort$"):
        x.argsort  # noqa: B018


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("relu", "relu(x)"),
        ("exp", "exp(x)"),
        ("clamp", "clip(x, lo, hi)"),
        ("sum", "sum(x)"),
        ("sigmoid", "sigmoid(x)"),
    ],
)
def test_functions_of_torch_name_what_to_write(name: str, instead: str) -> None:
    torch = pytest.importorskip("torch")
    with pytest.raises(TypeError) as caught:
        getattr(torch, name)(x)
    assert str(caught.value) == f"PyTorch's {name} takes no symbolic tensor; write symconv.{instead}"
    with pytest.raises(TypeError, match=r"write symconv.softmax\(x\)"):
        torch.nn.functional.softmax(x, dim=0)


LEFT = np.array([2.0, 3.0, 5.0])
ARITHMETIC: dict[str, tuple[Call, list[str]]] = {
    "times": (lambda: LEFT * x, ["2*x[0]", "3*x[1]", "5*x[2]"]),
    "plus": (lambda: LEFT + x, ["x[0] + 2", "x[1] + 3", "x[2] + 5"]),
    "minus": (lambda: LEFT - x, ["2 - x[0]", "3 - x[1]", "5 - x[2]"]),
    "over": (lambda: LEFT / x, ["2/x[0]", "3/x[1]", "5/x[2]"]),
    "a scalar": (lambda: np.float64(2) * x, ["2*x[0]", "2*x[1]", "2*x[2]"]),
    "an array without axes": (lambda: np.array(2) * x, ["2*x[0]", "2*x[1]", "2*x[2]"]),
    "a matrix": (lambda: np.eye(3)[::-1] @ x, ["x[2]", "x[1]", "x[0]"]),
    "conditions": (lambda: LEFT * (x == x), ["2", "3", "5"]),
}


@pytest.mark.parametrize("name", ARITHMETIC)
def test_arithmetic_with_an_array_in_front_stays(name: str) -> None:
    call, wanted = ARITHMETIC[name]
    found = call()
    assert isinstance(found, SymbolicTensor)
    assert [str(entry) for entry in found.tolist()] == wanted


def test_an_integer_of_numpy_and_a_size_stay_a_size() -> None:
    for found in (np.int64(3) * n, np.int64(3) + n, np.int64(7) // n):
        assert isinstance(found, IndexScalar)
    assert str(np.int64(3) * n) == "3*n" and isinstance(np.int64(3) < n, BooleanTensor)


def test_in_place_arithmetic_gives_the_name_to_the_product() -> None:
    left = kept = LEFT.copy()
    left *= x
    assert isinstance(left, SymbolicTensor) and str(left[0]) == "2*x[0]"
    np.testing.assert_array_equal(kept, LEFT)


def test_a_constant_is_an_array_outside_of_claims() -> None:
    constant = sc.array([3, 4])
    assert np.linalg.norm(constant) == 5 and np.allclose(constant, [3, 4])
    assert np.shape(x) == (3,) and np.ndim(X) == 2
    with pytest.raises(TypeError, match="unknown entries"):
        np.asarray(x)


def test_a_comparison_shows_its_conditions() -> None:
    assert repr(x[:2] > 0) == "conditions([x[0] > 0, x[1] > 0])"
    assert repr(x[:1] <= 2) == "conditions([x[0] <= 2])"
    assert repr(sc.tensor("s", ()) > 0) == "s > 0"
    assert repr(sc.arange(3) == 1) == "conditions([False, True, False])"
    assert repr((x[:1] > 0) & (x[:1] < 2)) == "conditions([(x[0] > 0) & (x[0] < 2)])"
    assert repr((x[:1] > 2) | (x[:1] < 0)) == "conditions([(x[0] > 2) | (x[0] < 0)])"
    assert repr(z > 0) == "<conditions of shape (n,)>"
    with pytest.raises(SymbolicControlFlow):
        bool(x > 0)
