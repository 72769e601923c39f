"""Activations, entry by entry, with PyTorch's names, defaults and meaning."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from symconv.dispatch import operation
from symconv.errors import ShapeError
from symconv.kernel import terms as t
from symconv.kernel.calculus import ERF, EXP, HALF, RELU, SIGMOID, SOFTPLUS, TANH, root
from symconv.kernel.terms import Apply, Term
from symconv.tensors.elementwise import apply_builtin
from symconv.tensors.tensor import as_tensor, elementwise, entry_or_tensor, show_shape


@operation
def relu(x: Any) -> Any:
    """The positive part: relu(x) = max(x, 0), entry by entry.

    Source: torch.nn.functional.relu.

    >>> from symconv import relu
    >>> relu([-2, 3])
    tensor([0, 3])
    """
    return apply_builtin(RELU, x)


@operation
def relu6(x: Any) -> Any:
    """relu6(x) = min(max(x, 0), 6), entry by entry.

    Source: torch.nn.functional.relu6.

    >>> from symconv import relu6
    >>> relu6([-2, 3, 7])
    tensor([0, 3, 6])
    """
    return _each(lambda entry: _clipped(entry, t.ZERO, t.number(6)), x)


@operation
def hardtanh(x: Any, min_val: Any = -1, max_val: Any = 1) -> Any:
    """hardtanh(x) = min(max(x, min_val), max_val), entry by entry.

    PyTorch refuses a min_val above max_val, which gives max_val here.
    Shapes: min_val and max_val are scalars.
    Source: torch.nn.functional.hardtanh.

    >>> from symconv import hardtanh
    >>> hardtanh([-2, 0.5, 7])
    tensor([-1, 1/2, 1])
    """
    low, high = _scalar(min_val, "min_val"), _scalar(max_val, "max_val")
    return _each(lambda entry: _clipped(entry, low, high), x)


@operation
def leaky_relu(x: Any, negative_slope: Any = 0.01) -> Any:
    """x where x > 0 and negative_slope * x elsewhere: max(x, 0) - negative_slope * max(-x, 0), entry by entry.

    Shapes: negative_slope is a scalar.
    Source: torch.nn.functional.leaky_relu.

    >>> from symconv import leaky_relu
    >>> leaky_relu([-2, 3])
    tensor([-1/50, 3])
    """
    slope = _scalar(negative_slope, "negative_slope")

    def entry(value: Term) -> Term:
        return t.subtract(Apply(RELU, value), t.multiply(slope, Apply(RELU, t.negate(value))))

    return _each(entry, x)


@operation
def elu(x: Any, alpha: Any = 1) -> Any:
    """x where x > 0 and alpha * (exp(x) - 1) elsewhere, entry by entry.

    Shapes: alpha is a scalar.
    Source: torch.nn.functional.elu; Clevert et al. (2016), arXiv:1511.07289.

    >>> from symconv import elu
    >>> elu([-1, 3])
    tensor([-1 + exp(-1), 3])
    """
    scale = _scalar(alpha, "alpha")

    def entry(value: Term) -> Term:
        negative = t.multiply(scale, t.subtract(Apply(EXP, value), t.ONE))
        return t.where(t.Compare(value, t.ZERO, "gt"), value, negative)

    return _each(entry, x)


@operation
def sigmoid(x: Any) -> Any:
    """sigmoid(x) = 1 / (1 + exp(-x)), entry by entry.

    Source: torch.nn.functional.sigmoid.

    >>> from symconv import sigmoid
    >>> sigmoid([0])
    tensor([1/2])
    """
    return apply_builtin(SIGMOID, x)


@operation
def softplus(x: Any) -> Any:
    """softplus(x) = log(1 + exp(x)), entry by entry.

    Source: torch.nn.functional.softplus (without its threshold, from which on it returns x).

    >>> from symconv import softplus
    >>> softplus([0])
    tensor([log(2)])
    """
    return apply_builtin(SOFTPLUS, x)


@operation
def silu(x: Any) -> Any:
    """silu(x) = x * sigmoid(x), entry by entry.

    Source: torch.nn.functional.silu.

    >>> from symconv import silu
    >>> silu([0])
    tensor([0])
    """
    return _each(lambda entry: t.multiply(entry, Apply(SIGMOID, entry)), x)


@operation
def mish(x: Any) -> Any:
    """mish(x) = x * tanh(softplus(x)), entry by entry.

    Source: torch.nn.functional.mish; Misra (2019), arXiv:1908.08681.

    >>> from symconv import mish
    >>> mish([0])
    tensor([0])
    """
    return _each(lambda entry: t.multiply(entry, Apply(TANH, Apply(SOFTPLUS, entry))), x)


@operation
def gelu(x: Any, approximate: str = "none") -> Any:
    """x times the normal distribution function at x, entry by entry.

    gelu(x) = x/2 * (1 + erf(x / sqrt(2)));  with "tanh", x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 * x**3)))

    Raises: ValueError for another ``approximate``.
    Source: torch.nn.functional.gelu; Hendrycks & Gimpel (2016), arXiv:1606.08415.

    >>> from symconv import gelu, tensor
    >>> gelu(tensor("x", (1,)))
    tensor([(erf(sqrt(2)*x[0]/2) + 1)*x[0]/2])
    """
    if approximate not in _GELU:
        raise ValueError(f'gelu with approximate={approximate!r}; need "none" or "tanh"')
    share = _GELU[approximate]
    return _each(lambda entry: t.multiply(HALF, entry, t.add(t.ONE, share(entry))), x)


def _erf_share(x: Term) -> Term:
    return Apply(ERF, t.divide(x, root(t.number(2))))


def _tanh_share(x: Term) -> Term:
    cubic = t.add(x, t.multiply(t.number(Fraction("0.044715")), t.power(x, 3)))
    return Apply(TANH, t.multiply(root(t.divide(t.number(2), t.PI)), cubic))


_GELU: dict[str, Callable[[Term], Term]] = {"none": _erf_share, "tanh": _tanh_share}


def _each(function: Callable[[Term], Term], x: Any) -> Any:
    """A function of every entry, each worked out once."""
    return entry_or_tensor(elementwise(function, x, keep=True))


def _clipped(x: Term, low: Term, high: Term) -> Term:
    """min(max(x, low), high)."""
    return t.negate(t.maximum(t.negate(t.maximum(x, low)), t.negate(high)))


def _scalar(value: Any, name: str) -> Term:
    """An option that is one number for all entries."""
    tensor = as_tensor(value)
    if tensor.extents:
        raise ShapeError(f"{name} is a scalar, not a tensor of shape {show_shape(tensor.extents)}")
    return tensor.at(())
