"""The numeric reading against PyTorch in float64: values, refusals and derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from network_cases import NetworkCase, network_cases, operations, shape_of

import symconv as sc
import symconv.numeric as sn
from symconv.errors import ShapeError, Undefined

torch = pytest.importorskip("torch")
F = torch.nn.functional

# Where PyTorch calls the axis `dim`.
ALONG_AXIS = {"softmax", "log_softmax", "logsumexp"}
SPATIAL_AXES = {
    "conv2d": 2, "conv1d": 1, "conv_transpose2d": 2, "avg_pool2d": 2, "avg_pool1d": 1, "max_pool2d": 2, "max_pool1d": 1,
    "adaptive_avg_pool2d": 2, "adaptive_avg_pool1d": 1, "interpolate": 2,
}  # fmt: skip


def as_torch(value: Any) -> Any:
    """A nested list as a tensor; options stay."""
    return torch.tensor(value, dtype=torch.float64) if isinstance(value, list) else value


def torch_function(case: NetworkCase) -> Callable[..., Any]:
    """PyTorch's function of the case's tensors, which also takes an image (H, W) without channels."""
    function = getattr(torch if case.name in ALONG_AXIS | {"sigmoid"} else F, case.name)
    options = {name: as_torch(value) for name, value in case.kwargs.items()}
    if case.name in ALONG_AXIS:
        options["dim"] = options.pop("axis", -1)
    if len(shape_of(case.args[0])) != SPATIAL_AXES.get(case.name):
        return lambda *args: function(*args, **options)
    if "bias" in options:
        options["bias"] = torch.tensor([float(case.kwargs["bias"])], dtype=torch.float64)

    def on_one_channel(*args: Any) -> Any:
        lifted = [a[None, None] if isinstance(a, torch.Tensor) else a for a in args]
        return function(*lifted, **options)[0, 0]

    return on_one_channel


def run_torch(case: NetworkCase) -> Any:
    """PyTorch's value, or None where it refuses the case."""
    scalars = [torch.tensor(float(case.args[0]), dtype=torch.float64)] if isinstance(case.args[0], int) else []
    args = scalars or [as_torch(argument) for argument in case.args]
    try:
        return torch_function(case)(*args).numpy()
    except (RuntimeError, ValueError):
        return None


def run_numeric(case: NetworkCase) -> Any:
    """The numeric reading's value, or None where it refuses the case."""
    try:
        return sn.unwrap(getattr(sn, case.name)(*case.args, **case.kwargs))
    except (Undefined, ShapeError, ValueError):
        return None


def assert_agree(case: NetworkCase, value: Any, expected: Any) -> None:
    """Both refuse, or both give the same shape and, to rounding, the same numbers."""
    assert (value is None) == (expected is None), f"{case}: {value} against {expected}"
    if expected is not None:
        assert value.shape == expected.shape, f"{case}: {value.shape} against {expected.shape}"
        np.testing.assert_allclose(value, expected, rtol=1e-9, atol=1e-9, err_msg=str(case))


@pytest.mark.parametrize("name", operations())
def test_network_operations_agree_with_torch(name: str) -> None:
    cases = network_cases(name)
    agreed = [(case, run_numeric(case), run_torch(case)) for case in cases]
    for case, value, expected in agreed:
        assert_agree(case, value, expected)
    assert sum(expected is not None for _, _, expected in agreed) > len(cases) / 2


def test_that_the_comparison_can_fail() -> None:
    case = network_cases("conv2d")[0]
    good = np.ones((2, 3))
    assert_agree(case, good, good)
    for bad in (None, np.ones((3, 2)), good + 1e-6, np.full((2, 3), np.nan)):
        with pytest.raises(AssertionError):
            assert_agree(case, bad, good)
    with pytest.raises(AssertionError):
        assert_agree(case, good, None)


def test_that_the_table_holds_what_it_promises() -> None:
    for name in SPATIAL_AXES:
        ranks = {len(shape_of(case.args[0])) for case in network_cases(name)}
        # Three axes are a batch of signals to interpolate, as in PyTorch.
        assert ranks == ({2, 3, 4} if name == "interpolate" else {SPATIAL_AXES[name] + more for more in (0, 1, 2)})
    for name in ("batch_norm", "instance_norm", "group_norm"):
        assert {len(shape_of(case.args[0])) for case in network_cases(name)} == {2, 3, 4, 5}
    for name in ("conv2d", "conv_transpose2d", "avg_pool2d", "max_pool2d"):
        assert any(run_torch(case) is None for case in network_cases(name))
    assert network_cases("conv2d") == network_cases("conv2d")


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("weight", [None, [2.0, 0.5, 3.0]])
@pytest.mark.parametrize("smoothing", [0, 0.25])
def test_the_cross_entropy_of_a_class_is_torchs(reduction: str, weight: list[float] | None, smoothing: float) -> None:
    scores = [[3.0, -1.0, 2.5], [0.0, 4.0, -7.0]]
    options = {"reduction": reduction, "label_smoothing": smoothing}
    for z, c in [(z, c) for z in scores for c in range(3)]:
        expected = F.cross_entropy(as_torch(z), torch.tensor(c), as_torch(weight), **options).numpy()
        for value in (sn.cross_entropy(z, c, weight, **options), sc.cross_entropy(z, c, weight, **options)):
            np.testing.assert_allclose(float(sn.unwrap(value)), expected, rtol=1e-12)


def test_a_class_outside_of_the_scores_has_no_loss() -> None:
    for c in (3, -1):
        with pytest.raises(Undefined):
            sc.cross_entropy([3, -1, 2], c)
        with pytest.raises(Undefined):
            sn.check_defined(sn.cross_entropy([3, -1, 2], c))
    for module in (sc, sn):
        with pytest.raises(ShapeError):
            module.cross_entropy([[3, -1, 2]], 1)
        with pytest.raises(ShapeError):
            module.cross_entropy([3, -1, 2], 1.5)


DIFFERENTIABLE = [
    "conv2d", "conv1d", "conv_transpose2d", "avg_pool2d", "max_pool2d", "unfold", "pixel_shuffle", "linear",
    "layer_norm", "rms_norm", "batch_norm", "softmax", "log_softmax", "logsumexp", "sigmoid", "silu", "softplus", "elu",
    "gelu", "leaky_relu", "mish", "group_norm", "instance_norm", "adaptive_avg_pool2d", "interpolate", "mse_loss",
    "cross_entropy", "scaled_dot_product_attention",
]  # fmt: skip


def smooth_cases(name: str, count: int) -> list[NetworkCase]:
    """Cases that both accept, with the first argument moved off the kinks."""
    cases = [case for case in network_cases(name) if shape_of(case.args[0]) and run_torch(case) is not None]
    return cases[:count]


def off_the_kinks(argument: Any) -> Any:
    """Irregular numbers near a tensor of integers."""
    values = np.array(argument, float)
    return values + np.random.default_rng(5).uniform(0.1, 0.4, values.shape)


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_jacobians_agree_with_torch(name: str) -> None:
    for case in smooth_cases(name, 12):
        tensors = [off_the_kinks(a) if isinstance(a, list) else a for a in case.args]
        moved = [torch.tensor(a) if isinstance(a, np.ndarray) else a for a in tensors]
        # PyTorch has no derivative by running statistics.
        last = 1 if name in ("batch_norm", "instance_norm") else 2
        for place in [i for i, a in enumerate(case.args) if isinstance(a, list)][:last]:
            expected = torch.func.jacrev(torch_function(case), place)(*moved)
            operation = getattr(sn, name)
            value = sn.jacobian(lambda *args, f=operation, k=case.kwargs: f(*args, **k), place)(*tensors)
            assert_agree(case, sn.unwrap(value), expected.numpy())


@pytest.mark.parametrize(
    "name", ["softmax", "logsumexp", "silu", "gelu", "softplus", "layer_norm", "rms_norm", "sigmoid"]
)
def test_second_derivatives_agree_with_torch(name: str) -> None:
    for case in smooth_cases(name, 30):
        x = off_the_kinks(case.args[0])
        if x.size > 30:
            continue
        rest, operation = case.args[1:], getattr(sn, name)
        hessian = sn.jacobian(sn.jacobian(lambda a, f=operation, r=rest, k=case.kwargs: f(a, *r, **k)))(x)
        inner = torch_function(case)
        expected = torch.func.jacrev(torch.func.jacrev(lambda a, f=inner, r=rest: f(a, *r)))(torch.tensor(x))
        assert_agree(case, sn.unwrap(hessian), expected.numpy())


def test_a_network_of_two_layers_agrees_with_torch() -> None:
    random = np.random.default_rng(2)
    x, w, v = random.normal(size=(2, 7, 7)), random.normal(size=(3, 2, 3, 3)), random.normal(size=(5, 27))

    def loss(xp: Any, conv: Any, pool: Any, gelu: Any, lse: Any, x: Any, w: Any, v: Any) -> Any:
        hidden = gelu(pool(conv(x, w), 2, 1, 0)).reshape(-1)[:27]
        return lse(v @ hidden, 0)

    def numeric(x: Any, w: Any, v: Any) -> Any:
        return loss(sn, sn.conv2d, sn.max_pool2d, sn.gelu, sn.logsumexp, x, w, v)

    def pytorch(x: Any, w: Any, v: Any) -> Any:
        return loss(torch, F.conv2d, F.max_pool2d, F.gelu, torch.logsumexp, x, w, v)

    for place in range(3):
        value = sn.unwrap(sn.grad(numeric, place)(*map(sn.wrap, (x, w, v))))
        expected = torch.func.grad(pytorch, place)(*map(torch.tensor, (x, w, v))).numpy()
        np.testing.assert_allclose(value, expected, rtol=1e-9, atol=1e-12)
