"""Network operations on symbolic tensors: against PyTorch, against plain loops, and at symbolic sizes."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from exact import exact_array
from network_cases import NetworkCase, network_cases

from symconv.dispatch import reading
from symconv.errors import ShapeError, Undecided, Undefined
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.evaluate import Evaluator
from symconv.kernel.index import Floor, IndexTerm, IndexVar
from symconv.tensors import activations, attention, convolution, losses, normalization, padding, pooling, resizing
from symconv.tensors.construction import tensor
from symconv.tensors.options import Layout
from symconv.tensors.tensor import IndexScalar, SymbolicTensor, as_shape, as_tensor

OURS = SimpleNamespace(
    **{
        name: getattr(room, name)
        for room, names in (
            (convolution, "conv1d conv2d conv_transpose2d unfold pixel_shuffle"),
            (pooling, "avg_pool1d avg_pool2d max_pool1d max_pool2d"),
            (activations, "relu relu6 leaky_relu elu hardtanh sigmoid softplus silu gelu mish"),
            (normalization, "softmax log_softmax logsumexp layer_norm rms_norm batch_norm group_norm instance_norm"),
            (resizing, "adaptive_avg_pool1d adaptive_avg_pool2d interpolate"),
            (losses, "mse_loss cross_entropy kl_div"),
            (attention, "scaled_dot_product_attention"),
            (padding, "pad"),
        )
        for name in names.split()
    }
)
RATIONAL = [
    "conv2d", "conv1d", "conv_transpose2d", "avg_pool2d", "avg_pool1d", "max_pool2d", "max_pool1d", "unfold",
    "pixel_shuffle", "relu", "relu6", "hardtanh", "leaky_relu", "mse_loss",
]  # fmt: skip
TRANSCENDENTAL = [
    "layer_norm", "rms_norm", "batch_norm", "softmax", "log_softmax", "logsumexp", "sigmoid", "silu", "softplus", "elu",
    "gelu", "mish", "group_norm", "instance_norm", "adaptive_avg_pool2d", "adaptive_avg_pool1d", "interpolate",
    "cross_entropy", "kl_div", "scaled_dot_product_attention",
]  # fmt: skip

# --- PyTorch ---------------------------------------------------------------------------------------------------------


def run_torch(case: NetworkCase) -> Any:
    """PyTorch's value, or None where it refuses the case."""
    from test_torch_agreement import run_torch as run

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return run(case)


def run_symbolic(case: NetworkCase) -> Any:
    """The symbolic tensor, or None where it refuses the case."""
    try:
        return getattr(OURS, case.name)(*case.args, **case.kwargs)
    except (Undefined, ShapeError, ValueError):
        return None


def assert_exactly(case: NetworkCase, found: Any, expected: Any) -> None:
    """The same shape, and the same rational numbers; expected are floats of rationals of small denominators."""
    assert (found is None) == (expected is None), f"{case}: {found} against {expected}"
    if expected is not None:
        assert found.shape == expected.shape, str(case)
        for number, value in zip(found.ravel(), expected.ravel(), strict=True):
            assert Fraction(number) == Fraction(float(value)).limit_denominator(1000), f"{case}: {number}, {value}"
            assert float(number) == value, f"{case}: {number}, {value}"


def check_exactly(cases: list[NetworkCase]) -> None:
    for case in cases:
        found = run_symbolic(case)
        assert_exactly(case, None if found is None else exact_array(found), run_torch(case))


@pytest.mark.parametrize("name", RATIONAL)
def test_values_and_refusals_are_torchs(name: str) -> None:
    pytest.importorskip("torch")
    check_exactly(network_cases(name)[:60])


@pytest.mark.slow
@pytest.mark.parametrize("name", RATIONAL)
def test_values_and_refusals_are_torchs_in_all_cases(name: str) -> None:
    pytest.importorskip("torch")
    check_exactly(network_cases(name)[60:])


def approximate_array(found: SymbolicTensor) -> Any:
    """The numbers of a tensor, each worked out with sure bounds and then rounded."""
    exact = pytest.importorskip("symconv.prover.exact")
    evaluator = Evaluator(exact.ExactNumbers({}), {})
    shape = tuple(map(evaluator.index, found.extents))
    values = [
        exact.approximate(evaluator.value(found.at(tuple(map(ix.index, position))))) for position in np.ndindex(shape)
    ]
    return np.array(values, float).reshape(shape)


@pytest.mark.parametrize("name", TRANSCENDENTAL)
def test_values_of_transcendental_functions_are_torchs(name: str) -> None:
    pytest.importorskip("torch")
    cases = sorted(network_cases(name), key=lambda case: np.size(case.args[0]))
    compared = [(case, run_symbolic(case), run_torch(case)) for case in cases[:30]]
    assert sum(expected is not None for _, _, expected in compared) > 20
    for case, found, expected in compared:
        assert (found is None) == (expected is None), str(case)
        if expected is None:
            continue
        np.testing.assert_allclose(
            approximate_array(as_tensor(found)), expected, rtol=1e-9, atol=1e-12, err_msg=str(case), strict=True
        )


@pytest.mark.parametrize("mask", [[[1, 0, 1], [0, 1, 1]], [[1, 1, 0]], [[0, 0, 1], [0, 1, 0]]])
def test_a_mask_of_conditions_says_which_keys_take_part(mask: list[list[int]]) -> None:
    torch = pytest.importorskip("torch")
    query, key, value = numbers(2, 3) / 8, numbers(3, 3) / 8, numbers(3, 2)
    tensors = [torch.tensor(x.astype(float)) for x in (query, key, value)]
    expected = torch.nn.functional.scaled_dot_product_attention(*tensors, torch.tensor(mask) > 0, scale=2.0)
    exact = [[[Fraction(str(entry)) for entry in row] for row in x.tolist()] for x in (query, key, value)]
    found = OURS.scaled_dot_product_attention(*exact, as_tensor(mask) > 0, scale=2)
    np.testing.assert_allclose(approximate_array(found), expected.numpy(), rtol=1e-9)
    again = OURS.scaled_dot_product_attention(*exact, [[entry > 0 for entry in row] for row in mask], scale=2)
    np.testing.assert_array_equal(approximate_array(again), approximate_array(found))
    floats = [x.astype(float) for x in (query, key, value)]
    twin = OURS.scaled_dot_product_attention(*floats, np.array(mask) > 0, scale=2)
    np.testing.assert_allclose(twin, expected.numpy(), rtol=1e-9)


def test_a_query_without_a_key_has_no_value() -> None:
    one = [[1]]
    with pytest.raises(Undefined):
        exact_array(OURS.scaled_dot_product_attention(one, one, one, as_tensor([[0]]) > 0))
    with pytest.raises(Undefined):
        OURS.scaled_dot_product_attention(*[np.ones((1, 1))] * 3, np.zeros((1, 1), bool))


def test_that_the_comparison_can_fail() -> None:
    case = network_cases("relu")[0]
    good = np.array([Fraction(1, 3), 2], object)
    expected = np.array([1 / 3, 2.0])
    assert_exactly(case, good, expected)
    for bad in (None, good.reshape(2, 1), good + Fraction(1, 10**12)):
        with pytest.raises(AssertionError):
            assert_exactly(case, bad, expected)
    with pytest.raises(AssertionError):
        assert_exactly(case, good, None)


# --- plain loops -----------------------------------------------------------------------------------------------------


def numbers(*shape: int) -> Any:
    """Whole numbers of both signs, no two rows or axes alike."""
    values = [(7 * place * place + 3 * place) % 31 - 11 for place in range(int(np.prod(shape)))]
    return np.array(values, object).reshape(shape)


def loop_conv2d(x: Any, w: Any, s: int, p: int, d: int, groups: int) -> Any:
    (channels, height, width), (outputs, own, kh, kw) = x.shape, w.shape
    rows, columns = ((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k in ((height, kh), (width, kw)))
    y = np.zeros((outputs, rows, columns), object)
    for o, i, j, c, a, b in itertools.product(*map(range, (outputs, rows, columns, own, kh, kw))):
        h, v = s * i + d * a - p, s * j + d * b - p
        if 0 <= h < height and 0 <= v < width:
            y[o, i, j] += x[o // (outputs // groups) * own + c, h, v] * w[o, c, a, b]
    assert channels == own * groups
    return y


def loop_conv_transpose2d(x: Any, w: Any, s: int, p: int, extra: int, groups: int, d: int) -> Any:
    (channels, height, width), (_, per, kh, kw) = x.shape, w.shape
    rows, columns = ((n - 1) * s - 2 * p + d * (k - 1) + extra + 1 for n, k in ((height, kh), (width, kw)))
    y = np.zeros((per * groups, rows, columns), object)
    for c, h, v, o, a, b in itertools.product(*map(range, (channels, height, width, per, kh, kw))):
        i, j = s * h + d * a - p, s * v + d * b - p
        if 0 <= i < rows and 0 <= j < columns:
            y[c // (channels // groups) * per + o, i, j] += x[c, h, v] * w[c, o, a, b]
    return y


def loop_windows(x: Any, k: int, s: int, p: int, d: int) -> Iterator[tuple[tuple[int, int], list[Any]]]:
    """The place of each window, and its entries that are no padding."""
    rows, columns = ((n + 2 * p - d * (k - 1) - 1) // s + 1 for n in x.shape)
    for i, j in itertools.product(range(rows), range(columns)):
        places = [(s * i + d * a - p, s * j + d * b - p) for a in range(k) for b in range(k)]
        yield (i, j), [x[h, v] for h, v in places if 0 <= h < x.shape[0] and 0 <= v < x.shape[1]]


@pytest.mark.parametrize(("s", "p", "d", "groups"), [(1, 0, 1, 1), (2, 1, 1, 2), (3, 2, 2, 1), (1, 1, 2, 2)])
def test_convolutions_are_the_loops(s: int, p: int, d: int, groups: int) -> None:
    x, w = numbers(4, 5, 7), numbers(6, 4 // groups, 2, 3)
    found = OURS.conv2d(x.tolist(), w.tolist(), None, s, p, d, groups)
    assert_same(exact_array(found), loop_conv2d(x, w, s, p, d, groups))
    x, w = numbers(4, 2, 3), numbers(4, 3, 2, 3)
    found = OURS.conv_transpose2d(x.tolist(), w.tolist(), None, s, p // 2, s - 1, groups, d)
    assert_same(exact_array(found), loop_conv_transpose2d(x, w, s, p // 2, s - 1, groups, d))


@pytest.mark.parametrize(("k", "s", "p"), [(2, 2, 0), (3, 1, 1), (2, 3, 1), (4, 2, 2)])
def test_pools_are_the_loops(k: int, s: int, p: int) -> None:
    x = numbers(5, 7)
    windows, x = dict(loop_windows(x, k, s, p, 1)), x.tolist()
    for found, value in (
        (OURS.max_pool2d(x, k, s, p), max),
        (OURS.avg_pool2d(x, k, s, p), lambda entries: Fraction(sum(entries), k * k)),
        (OURS.avg_pool2d(x, k, s, p, False, False), lambda entries: Fraction(sum(entries), len(entries))),
        (OURS.avg_pool2d(x, k, s, p, divisor_override=-3), lambda entries: Fraction(sum(entries), -3)),
    ):
        wanted = np.empty(found.shape, object)
        for place, entries in windows.items():
            wanted[place] = value(entries)
        assert_same(exact_array(found), wanted)


def assert_same(found: Any, wanted: Any) -> None:
    assert found.shape == wanted.shape
    assert found.tolist() == wanted.tolist()


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_same_padding_puts_the_odd_zero_behind() -> None:
    assert exact_array(OURS.conv1d([1] * 6, [1] * 4, padding="same")).tolist() == [3, 4, 4, 4, 3, 2]
    image = OURS.conv2d(tensor("X", (2, 3)), [[0, 1], [0, 0]], padding="same")
    assert str(image) == "tensor([[X[0, 1], X[0, 2], 0], [X[1, 1], X[1, 2], 0]])"


def test_ceil_mode_drops_windows_that_start_in_the_padding_behind() -> None:
    assert OURS.avg_pool2d([[1] * 9] * 9, 4, 4, 2, ceil_mode=True).shape == (3, 3)
    # The last window is [7] and one place of padding: with it, 7/2, although the kernel is 3.
    found = OURS.avg_pool1d([1, 2, 3, 4, 5, 6, 7], 3, 3, 1, ceil_mode=True)
    assert exact_array(found).tolist() == [1, 4, Fraction(13, 3)]
    assert exact_array(OURS.avg_pool1d([1, 2, 3, 4], 2, 3, ceil_mode=True)).tolist() == [Fraction(3, 2), 4]


def test_padding_of_a_maximum_is_minus_infinity() -> None:
    assert exact_array(OURS.max_pool2d([[-1, -2], [-3, -4]], 3, 1, 1)).tolist() == [[-1, -1], [-1, -1]]
    with pytest.raises(Undefined, match="all padding"):
        OURS.max_pool1d([1, 2], 2, 1, 1, dilation=3)


def test_entries_are_sympy_expressions_outside_of_claims() -> None:
    x = tensor("x", (4,))
    assert str(OURS.max_pool1d(x, 2)) == "tensor([Max(x[0], x[1]), Max(x[2], x[3])])"
    assert str(OURS.conv1d(x, [1, 2], 3, stride=2)[1]) == "x[2] + 2*x[3] + 3"
    assert str(OURS.softmax(x[:2])[0]) == "exp(x[0])/(exp(x[0]) + exp(x[1]))"
    assert str(OURS.relu(-3)) == "0"
    assert str(OURS.softmax(2)) == "1"


def test_two_channels_are_not_mixed_by_two_groups() -> None:
    x = tensor("x", (2, 1, 1))
    y = OURS.conv2d(x, [[[[2]]], [[[3]]], [[[5]]], [[[7]]]], groups=2)
    assert [str(y[o, 0, 0]) for o in range(4)] == ["2*x[0, 0, 0]", "3*x[0, 0, 0]", "5*x[1, 0, 0]", "7*x[1, 0, 0]"]


IMAGE = np.ones((2, 3, 5), int)
FILTERS = np.ones((2, 2, 3, 3), int)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda f: f.conv2d(IMAGE, np.ones((2, 2, 5, 5), int)), Undefined, "window of extent 5 is larger .* 3"),
        (lambda f: f.conv2d(IMAGE, FILTERS[:, :1]), Undefined, "2 channels in 1 groups"),
        (lambda f: f.conv2d(IMAGE, FILTERS, [1, 2, 3]), Undefined, "bias"),
        (lambda f: f.conv2d(IMAGE, FILTERS, 1), ShapeError, r"bias has shape \(\); need \(2,\)"),
        (lambda f: f.conv2d(IMAGE, FILTERS[0, 0]), ShapeError, "filters w of 2"),
        (lambda f: f.conv2d([1, 2], [1]), ShapeError, r"need \(H, W\)"),
        (lambda f: f.conv2d(IMAGE, FILTERS, stride=0), ValueError, "stride is 0"),
        (lambda f: f.conv2d(IMAGE, FILTERS, stride=IndexScalar(0)), Undefined, "stride is 0"),
        (lambda f: f.conv2d(IMAGE, FILTERS, stride=1.5), TypeError, "stride is an integer"),
        (lambda f: f.conv2d(IMAGE, FILTERS, stride=(1, 1, 1)), ValueError, "an integer or a pair"),
        (lambda f: f.conv2d(IMAGE, FILTERS, padding=-1), ValueError, "at least 0"),
        (lambda f: f.conv2d(IMAGE, FILTERS, padding="full"), ValueError, '"same" or "valid"'),
        (lambda f: f.conv2d(IMAGE, FILTERS, stride=2, padding="same"), ValueError, "stride 1"),
        (lambda f: f.conv2d(IMAGE, FILTERS, groups=3), Undefined, "does not divide"),
        (lambda f: f.conv2d(np.ones((2, 0, 3), int), FILTERS[..., :1, :1]), Undefined, "larger"),
        (lambda f: f.conv2d(np.ones((2, 0, 3), int), FILTERS, padding=2), Undefined, "empty"),
        (lambda f: f.conv_transpose2d(IMAGE, FILTERS, output_padding=1), ValueError, "output_padding is 1"),
        (lambda f: f.conv_transpose2d([[1]], [[1]], padding=1), Undefined, "extent -1"),
        (lambda f: f.avg_pool2d(IMAGE, 3, padding=2), ValueError, "at most half"),
        (lambda f: f.avg_pool2d(IMAGE, IndexScalar(3), padding=2), Undefined, "at most half"),
        (lambda f: f.avg_pool2d(IMAGE, 2, divisor_override=0), ValueError, "is 0"),
        (lambda f: f.max_pool2d(IMAGE, 4), Undefined, "larger"),
        (lambda f: f.unfold([[1]], 1), ShapeError, "2 axes"),
        (lambda f: f.unfold(IMAGE, 1, padding="same"), TypeError, "padding"),
        (lambda f: f.pixel_shuffle(IMAGE, 2), Undefined, "divide"),
        (lambda f: f.gelu(1, approximate="tan"), ValueError, "approximate"),
        (lambda f: f.leaky_relu([1], [1, 2]), ShapeError, "scalar"),
        (lambda f: f.layer_norm(IMAGE, 3), Undefined, "layer_norm"),
        (lambda f: f.layer_norm(IMAGE, ()), ShapeError, "layer_norm"),
        (lambda f: f.rms_norm(IMAGE, 3), Undefined, "rms_norm"),
        (lambda f: f.rms_norm(IMAGE, ()), ShapeError, "rms_norm"),
        (lambda f: f.rms_norm(IMAGE, -1), ValueError, "not an axis"),
        (lambda f: f.layer_norm(IMAGE, 5, weight=1), ShapeError, "weight"),
        (lambda f: f.batch_norm(IMAGE, [1], [1]), Undefined, "3 channels, on axis 1"),
        (lambda f: f.batch_norm(IMAGE, 1, 1), ShapeError, r"parameter of shape \(\); need \(C,\)"),
        (lambda f: f.batch_norm([1, 2], [1], [1]), ShapeError, r"1 axes; need \(N, C\)"),
        (lambda f: f.batch_norm(IMAGE, None, None), TypeError, "running_mean and running_var"),
        (lambda f: f.instance_norm([[1]]), ShapeError, r"2 axes; need \(N, C, L\)"),
        (lambda f: f.instance_norm(IMAGE, weight=[1]), Undefined, "instance_norm of 3 channels"),
        (lambda f: f.group_norm(IMAGE, 2), Undefined, "3 channels in 2 groups, which does not divide"),
        (lambda f: f.group_norm(IMAGE, 0), ValueError, "at least 1"),
        (lambda f: f.group_norm([1, 2], 1), ShapeError, r"1 axes; need \(N, C\)"),
        (lambda f: f.adaptive_avg_pool2d(IMAGE, 0), ValueError, "at least 1"),
        (lambda f: f.adaptive_avg_pool2d(IMAGE, (1, 1, 1)), ValueError, "an integer or a pair"),
        (lambda f: f.adaptive_avg_pool1d(np.ones((2, 0), int), 1), Undefined, "empty"),
        (lambda f: f.interpolate(IMAGE), ValueError, "size or scale_factor"),
        (lambda f: f.interpolate(IMAGE, 2, 2), ValueError, "one of them"),
        (lambda f: f.interpolate(IMAGE, 2, mode="bicubic"), ValueError, "nearest"),
        (lambda f: f.interpolate(IMAGE, 2, mode="bilinear"), ShapeError, r"3 axes \(N, C, L\).*x\[None\]"),
        (lambda f: f.interpolate(IMAGE[0], 2, mode="linear"), ShapeError, "'linear' of a tensor of 2 axes"),
        (lambda f: f.interpolate([1, 2], 2), ShapeError, r"1 axes; need \(H, W\), \(N, C, L\)"),
        (lambda f: f.interpolate(IMAGE, (2, 2)), ValueError, "an integer"),
        (lambda f: f.interpolate(IMAGE, 2, align_corners=True), ValueError, "bilinear"),
        (lambda f: f.interpolate(IMAGE, scale_factor=0), ValueError, "at least 1"),
        (lambda f: f.interpolate(IMAGE, scale_factor=1.5), TypeError, "scale_factor is an integer"),
        (lambda f: f.mse_loss([1], [1], reduction="average"), ValueError, "'none', 'sum', 'mean'"),
        (lambda f: f.mse_loss([1, 2], [1, 2, 3]), Undefined, "broadcast"),
        (lambda f: f.cross_entropy(1, 1), ShapeError, "scalar"),
        (lambda f: f.cross_entropy([1, 2], [[1, 0]]), ShapeError, "target"),
        (lambda f: f.cross_entropy([1, 2], [1, 0, 0]), Undefined, "target"),
        (lambda f: f.cross_entropy([1, 2], [1, 0], [1]), Undefined, "1 weights"),
        (lambda f: f.cross_entropy([1, 2], [1, 0], label_smoothing=[1]), ShapeError, "scalar"),
        (lambda f: f.kl_div([1], [1], reduction="average"), ValueError, "'batchmean'"),
        (lambda f: f.scaled_dot_product_attention([1], [[1]], [[1]]), ShapeError, "query"),
        (lambda f: f.scaled_dot_product_attention(*[[[1]]] * 3, dropout_p=0.5), ValueError, "random"),
        (lambda f: f.scaled_dot_product_attention(*[[[1]]] * 3, [[1]], is_causal=True), ValueError, "one of them"),
        (lambda f: f.scaled_dot_product_attention([[1]], [[1], [2]], [[1]]), Undefined, "2 keys and 1 values"),
        (lambda f: f.scaled_dot_product_attention([[1]], [[1, 2]], [[1]]), Undefined, "matrix product"),
        (lambda f: f.scaled_dot_product_attention(*[[[1]]] * 3, scale=[1]), ShapeError, "scalar"),
        (lambda f: f.softmax(IMAGE, 3), ShapeError, "axis 3"),
    ],
)
def test_errors_say_what_was_given(call: Callable[[Any], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message) as caught, reading("symbolic"):
        call(OURS)
    assert error is not ValueError or not isinstance(caught.value, ShapeError)


# --- symbolic sizes --------------------------------------------------------------------------------------------------

Sizes = dict[str, Any]


def indexed(*shape: Any) -> SymbolicTensor:
    """Whole numbers of both signs, a polynomial in the index; undefined outside of the shape."""
    extents = as_shape(shape)

    def entry(index: tuple[IndexTerm, ...]) -> t.Term:
        value = sum(((i + 2 * axis) * (i + 2 * axis) * (axis - 2) + 3 * i for axis, i in enumerate(index)), ix.index(4))
        return t.where(t.inside(index, extents), t.index_number(value), t.power(t.ZERO, -1))

    return SymbolicTensor(extents, entry)


# Calls whose shapes and options are expressions in sizes; the right ones hold the result's shape.
SYMBOLIC: dict[str, tuple[Callable[..., Any], Callable[..., tuple[Any, ...]]]] = {
    "avg_pool2d": (lambda f, C, m, k, **_: f.avg_pool2d(indexed(C, m * k, m * k), k), lambda C, m, k, **_: (C, m, m)),
    "max_pool2d": (lambda f, C, m, k, **_: f.max_pool2d(indexed(C, m * k, m * k), k), lambda C, m, k, **_: (C, m, m)),
    "pool of two kernels": (
        lambda f, m, k, n, r, **_: f.max_pool2d(indexed(m * k, n * r), (k, r)),
        lambda m, n, **_: (m, n),
    ),
    "pool of stride 1": (
        lambda f, n, k, **_: f.avg_pool2d(indexed(n + k - 1, n + k - 1), k, 1),
        lambda n, **_: (n, n),
    ),
    "padded pool": (
        lambda f, n, p, **_: f.max_pool2d(indexed(n, n + 1), 2 * p + 1, 1, p),
        lambda n, **_: (n, n + 1),
    ),
    "padded average": (lambda f, n, p, **_: f.avg_pool1d(indexed(n), 2 * p + 1, 1, p), lambda n, **_: (n,)),
    "average without padding": (
        lambda f, n, p, **_: f.avg_pool2d(indexed(n, n), 2 * p, 1, p, False, False),
        lambda n, **_: (n + 1, n + 1),
    ),
    "ceil_mode": (
        lambda f, m, k, **_: f.avg_pool2d(indexed(m * k, m * k), k, ceil_mode=True),
        lambda m, **_: (m, m),
    ),
    "ceil_mode with a divisor": (
        lambda f, m, k, n, **_: f.avg_pool1d(indexed(m, n * k), k, ceil_mode=True, count_include_pad=False),
        lambda m, n, **_: (m, n),
    ),
    "dilated pool": (
        lambda f, n, k, r, **_: f.max_pool1d(indexed(n + r * (k - 1)), k, 1, 0, r),
        lambda n, **_: (n,),
    ),
    "conv2d of stride k": (
        lambda f, C, n, m, k, **_: f.conv2d(indexed(C, m * k, m * k), indexed(n, C, k, k), indexed(n), stride=k),
        lambda n, m, **_: (n, m, m),
    ),
    "conv2d": (
        lambda f, n, m, k, r, **_: f.conv2d(indexed(n + k - 1, m + r - 1), indexed(k, r)),
        lambda n, m, **_: (n, m),
    ),
    "conv2d of a batch": (
        lambda f, N, C, n, k, **_: f.conv2d(indexed(N, C, n + k - 1, k), indexed(2, C, k, k)),
        lambda N, n, **_: (N, 2, n, 1),
    ),
    "conv2d with padding": (
        lambda f, n, k, p, **_: f.conv2d(indexed(n, n), indexed(k, k), padding=p + k),
        lambda n, k, p, **_: (n + 2 * p + k + 1, n + 2 * p + k + 1),
    ),
    "conv2d same": (
        lambda f, n, m, p, **_: f.conv2d(indexed(n, m), indexed(2 * p + 1, 2 * p), padding="same"),
        lambda n, m, **_: (n, m),
    ),
    "conv1d dilated": (
        lambda f, n, k, r, **_: f.conv1d(indexed(n + r * (k - 1)), indexed(k), dilation=r),
        lambda n, **_: (n,),
    ),
    "depthwise": (
        lambda f, C, n, k, **_: f.conv2d(indexed(C, n + k - 1, n + k - 1), indexed(C, 1, k, k), groups=C),
        lambda C, n, **_: (C, n, n),
    ),
    "groups": (
        lambda f, C, n, k, r, **_: f.conv1d(indexed(C * r, n + k - 1), indexed(2 * C, r, k), groups=C),
        lambda C, n, **_: (2 * C, n),
    ),
    "conv_transpose2d": (
        lambda f, n, m, k, r, **_: f.conv_transpose2d(indexed(n, m), indexed(k, r)),
        lambda n, m, k, r, **_: (n + k - 1, m + r - 1),
    ),
    "conv_transpose2d of stride k": (
        lambda f, C, m, k, n, **_: f.conv_transpose2d(indexed(C, m, m), indexed(C, n, k, k), indexed(n), stride=k),
        lambda m, k, n, **_: (n, m * k, m * k),
    ),
    "conv_transpose2d with padding": (
        lambda f, C, m, k, r, **_: f.conv_transpose2d(indexed(C, m, m), indexed(C, 1, k, k), None, 2, k - 1, 1, C, 2),
        lambda C, m, k, **_: (C, 2 * m, 2 * m),
    ),
    "unfold": (
        lambda f, C, m, k, r, **_: f.unfold(indexed(C, m * k, m * r), (k, r), stride=(k, r)),
        lambda C, m, k, r, **_: (C * k * r, m * m),
    ),
    "pixel_shuffle": (
        lambda f, C, r, n, m, **_: f.pixel_shuffle(indexed(C * r**2, n, m), r),
        lambda C, r, n, m, **_: (C, n * r, m * r),
    ),
    "adaptive_avg_pool2d": (
        lambda f, C, n, m, k, **_: f.adaptive_avg_pool2d(indexed(C, n * k, m + 1), (n, 2)),
        lambda C, n, **_: (C, n, 2),
    ),
    "interpolate nearest": (
        lambda f, C, n, m, k, **_: f.interpolate(indexed(1, C, n, m), scale_factor=(2, k)),
        lambda C, n, m, k, **_: (1, C, 2 * n, m * k),
    ),
    "interpolate bilinear": (
        lambda f, C, n, m, k, **_: f.interpolate(indexed(1, C, n, m), (2, k), mode="bilinear"),
        lambda C, k, **_: (1, C, 2, k),
    ),
    "interpolate bilinear by a factor": (
        lambda f, C, n, m, **_: f.interpolate(indexed(1, C, n, m), scale_factor=(2, 3), mode="bilinear"),
        lambda C, n, m, **_: (1, C, 2 * n, 3 * m),
    ),
    "interpolate with aligned corners": (
        lambda f, C, n, m, k, **_: f.interpolate(indexed(1, C, n, m), (2, k + 1), None, "bilinear", True),
        lambda C, k, **_: (1, C, 2, k + 1),
    ),
    "interpolate signals": (
        lambda f, N, C, n, k, **_: f.interpolate(indexed(N, C, n), k, mode="linear"),
        lambda N, C, k, **_: (N, C, k),
    ),
    "interpolate signals by a factor": (
        lambda f, N, C, n, k, **_: f.interpolate(indexed(N, C, n), scale_factor=k),
        lambda N, C, n, k, **_: (N, C, n * k),
    ),
    "pad": (
        lambda f, n, m, **_: f.pad(f.pad(indexed(n + 1, m), ((1, 1), (0, 0)), "reflect"), ((0, 0), (1, 0)), "wrap"),
        lambda n, m, **_: (n + 3, m + 1),
    ),
    "mse_loss": (lambda f, n, m, **_: f.mse_loss(indexed(n, m), indexed(m)), lambda **_: ()),
}
VALUES: list[dict[str, int]] = [
    {"N": 2, "C": 3, "n": 2, "m": 2, "k": 3, "r": 2, "p": 1},
    {"N": 1, "C": 2, "n": 3, "m": 1, "k": 2, "r": 3, "p": 2},
    {"N": 1, "C": 1, "n": 1, "m": 3, "k": 1, "r": 1, "p": 1},
]


def as_sizes(values: dict[str, int]) -> tuple[Sizes, dict[IndexVar, int]]:
    variables = {name: IndexVar(name, 1) for name in values}
    return {name: IndexScalar(v) for name, v in variables.items()}, {v: values[name] for name, v in variables.items()}


@pytest.mark.parametrize("name", SYMBOLIC)
def test_one_definition_serves_symbolic_and_literal_sizes(name: str) -> None:
    call, shape = SYMBOLIC[name]
    sizes, numbers_of = as_sizes(VALUES[0])
    general = call(OURS, **sizes)
    assert general.extents == as_shape(shape(**sizes))
    for values in VALUES:
        numbers_of = dict(zip(numbers_of, values.values(), strict=True))
        assert_same(exact_array(general, numbers_of), exact_array(call(OURS, **values)))


@pytest.mark.parametrize(
    "call",
    [
        lambda f, n, k, **_: f.conv2d(indexed(n, n), indexed(k, k)),
        lambda f, n, k, p, **_: f.conv2d(indexed(n, k, k), indexed(2, p, 1, 1)),
        lambda f, k, **_: f.conv2d(indexed(2 * k, 3, 3), indexed(4, 2, 1, 1), groups=k),
        lambda f, n, k, p, **_: f.max_pool2d(indexed(n * k, n * k), k, padding=p),
        lambda f, n, k, **_: f.avg_pool2d(indexed(n + 4, n + 4), 3, k, ceil_mode=True),
        lambda f, n, k, **_: f.max_pool1d(indexed(n + 4), 2, 1, 1, dilation=k),
        lambda f, n, k, p, **_: f.conv_transpose2d(indexed(n, n), indexed(k, k), padding=p),
        lambda f, n, k, p, **_: f.conv_transpose2d(indexed(n, n), indexed(1, 1), stride=k, output_padding=p),
        lambda f, n, k, **_: f.pixel_shuffle(indexed(n, 2, 2), k),
        lambda f, n, k, **_: f.conv1d(indexed(n), [1], stride=k, padding="same"),
    ],
)
def test_what_depends_on_the_sizes_is_undecided(call: Callable[..., Any]) -> None:
    sizes, _ = as_sizes(VALUES[0])
    with pytest.raises(Undecided, match="depends on the sizes"):
        call(OURS, **sizes)


# --- what a term holds -----------------------------------------------------------------------------------------------


def nodes(term: Any) -> Iterator[Any]:
    """A term and all that is below it, also within definitions."""
    yield term
    match term:
        case t.Sum() | t.MaxOver():
            yield from nodes(term.body)
        case t.Read():
            yield from nodes(term.definition.body)
        case _:
            for child in t.children(term):
                yield from nodes(child)


def floors(term: Any) -> list[Floor]:
    indices = [i for node in nodes(term) for i in t.own_indices(node)]
    return [atom for i in indices for monomial, _ in i.terms for atom in monomial if isinstance(atom, Floor)]


def test_a_plain_definition_has_no_guard_and_no_floor() -> None:
    sizes, _ = as_sizes(VALUES[0])
    C, m, k, n, p = (IndexScalar(sizes[name].index) for name in "Cmknp")
    w, big = tensor("w", (n, C, k, k)), tensor("x", (C, m * k, m * k))
    plain = {
        "conv2d": OURS.conv2d(big, w, stride=k),
        "depthwise": OURS.conv2d(big, tensor("w", (C, 1, k, k)), stride=k, groups=C),
        "conv1d": OURS.conv1d(tensor("x", (n + k - 1,)), tensor("w", (k,))),
        "valid": OURS.conv2d(big, w, stride=k, padding="valid"),
        "avg_pool2d": OURS.avg_pool2d(big, k),
        "ceil_mode": OURS.max_pool2d(big, k, ceil_mode=True),
        "max_pool2d": OURS.max_pool2d(big, k),
    }
    for name, result in plain.items():
        body = result.definition.body
        assert not floors(body), name
        assert not [node for node in nodes(body) if isinstance(node, t.Where)], name
    guarded = OURS.conv2d(big, w, stride=k, padding=p).definition.body
    assert [node for node in nodes(guarded) if isinstance(node, t.Where)]
    assert floors(OURS.conv2d(tensor("x", (2 * C, k, k)), tensor("w", (2 * n, C, k, k)), groups=2).definition.body)


def test_a_transpose_of_stride_1_has_no_floor() -> None:
    sizes, _ = as_sizes(VALUES[0])
    n, k = sizes["n"], sizes["k"]
    x, w = tensor("x", (n, n)), tensor("w", (k, k))
    assert not floors(OURS.conv_transpose2d(x, w).definition.body)
    assert floors(OURS.conv_transpose2d(x, w, stride=2).definition.body)


def test_one_spatial_axis_sums_over_nothing_else() -> None:
    def sums(result: Any) -> int:
        return sum(isinstance(node, t.Sum) for node in nodes(result.definition.body))

    assert sums(OURS.conv1d(tensor("x", (5,)), tensor("w", (3,)))) == 1
    assert sums(OURS.conv2d(tensor("x", (5, 5)), tensor("w", (3, 3)))) == 2
    assert sums(OURS.conv2d(tensor("x", (2, 5, 5)), tensor("w", (2, 2, 3, 3)))) == 3


def test_a_layout_leads_there_and_back() -> None:
    for rank, leading in itertools.product((1, 2), (0, 1, 2)):
        layout = Layout(rank, leading)
        items = tuple(map(ix.index, range(2, 2 + rank + leading)))
        assert len(layout.full(items, ix.ONE)) == 4
        assert layout.kept(layout.full(items, ix.ONE)) == items


def test_sums_in_denominators_are_shared() -> None:
    """The sum of softmax is one definition, read by each entry."""
    y = OURS.softmax(tensor("x", (3,)))
    reads = {id(n.definition) for i in range(3) for n in nodes(y.at((ix.index(i),))) if isinstance(n, t.Read)}
    assert len(reads) == 3  # softmax, its sum and its exponentials
