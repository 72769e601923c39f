"""Softmax and its relatives, and the normalisations of layers, batches, groups and instances, by definition."""

from __future__ import annotations

from typing import Any

from symconv.dispatch import operation
from symconv.errors import ShapeError
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.calculus import EXP, LOG, root
from symconv.kernel.terms import Apply
from symconv.tensors.options import require, require_same
from symconv.tensors.reductions import averaged, reduced
from symconv.tensors.shaping import axes_of, axis_of, reshaped
from symconv.tensors.tensor import (
    SymbolicTensor,
    as_index,
    as_shape,
    as_tensor,
    elementwise,
    entry_or_tensor,
    is_integer,
    show_shape,
)

# --- softmax ---------------------------------------------------------------------------------------------------------


@operation
def softmax(x: Any, axis: int = -1) -> Any:
    """Positive weights that add up to 1 along an axis.

    softmax(x)[i] = exp(x[i]) / sum over j of exp(x[j])

    The last axis by default, where PyTorch without ``dim`` chooses by the rank: axis 0 of three axes, axis 1 of four.
    Shapes: x (..., n, ...) -> the same.
    Source: torch.nn.functional.softmax, where the axis is called ``dim``.

    >>> from symconv import softmax
    >>> softmax([0, 0])
    tensor([1/2, 1/2])
    """
    powers = _exponentials(as_tensor(x))
    total = reduced(t.sum_over, powers, _along(axis, powers.ndim), keepdims=True)
    return entry_or_tensor(elementwise(t.divide, powers, total, keep=True))


@operation
def log_softmax(x: Any, axis: int = -1) -> Any:
    """The logarithm of `softmax`.

    log_softmax(x)[i] = x[i] - log(sum over j of exp(x[j]))

    The last axis by default, as `softmax`.
    Shapes: x (..., n, ...) -> the same.
    Source: torch.nn.functional.log_softmax, where the axis is called ``dim``.

    >>> from symconv import log_softmax
    >>> log_softmax([0, 0])
    tensor([-log(2), -log(2)])
    """
    source = as_tensor(x)
    total = _logsumexp(source, _along(axis, source.ndim), keepdims=True)
    return entry_or_tensor(elementwise(t.subtract, source, total))


@operation
def logsumexp(x: Any, axis: Any = -1, keepdims: bool = False) -> Any:
    """log(sum over j of exp(x[j])), along an axis, several, or all of them (``None``).

    Shapes: the axes are left out, or have extent 1 with keepdims.
    Raises: Undefined over no entries.
    Source: torch.logsumexp, where the axis is called ``dim``.

    >>> from symconv import logsumexp
    >>> logsumexp([0, 0, 0])
    log(3)
    """
    source = as_tensor(x)
    axes = axes_of(axis, source.ndim) if isinstance(axis, (tuple, list)) or axis is None else _along(axis, source.ndim)
    return entry_or_tensor(_logsumexp(source, axes, keepdims))


def _logsumexp(x: SymbolicTensor, axes: tuple[int, ...], keepdims: bool) -> SymbolicTensor:
    total = reduced(t.sum_over, _exponentials(x), axes, keepdims)
    return elementwise(lambda entry: Apply(LOG, entry), total, keep=True)


def _exponentials(x: SymbolicTensor) -> SymbolicTensor:
    return elementwise(lambda entry: Apply(EXP, entry), x, keep=True)


def _along(axis: Any, ndim: int) -> tuple[int, ...]:
    """The axis; a scalar is its only entry along its axis 0 or -1."""
    if ndim == 0 and axis_of(axis, 1) == 0:
        return ()
    return (axis_of(axis, ndim),)


# --- normalisation ---------------------------------------------------------------------------------------------------


@operation
def layer_norm(x: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: Any = 1e-5) -> Any:
    """Bring the last axes to mean 0 and variance about 1, then scale and shift.

    y = (x - mean(x)) / sqrt(var(x) + eps) * weight + bias,  mean and biased variance over the axes of normalized_shape

    Shapes: x (..., *normalized_shape) -> the same; weight and bias of shape normalized_shape; eps a scalar.
    Raises: ShapeError if x has fewer axes; Undefined if the shapes differ, or where the variance is 0 and eps too.
    Source: torch.nn.functional.layer_norm; Ba et al. (2016), arXiv:1607.06450.

    >>> from symconv import layer_norm
    >>> layer_norm([1, 3], 2, eps=3)
    tensor([-1/2, 1/2])
    """
    source = as_tensor(x)
    axes, (scale, shift) = _last_axes("layer_norm", source, normalized_shape, weight, bias)
    return _standardised(source, axes, eps, scale, shift)


@operation
def rms_norm(x: Any, normalized_shape: Any, weight: Any = None, eps: Any = None) -> Any:
    """Bring the last axes to a mean square of about 1, then scale.

    y = x / sqrt(mean(x**2) + eps) * weight,  the mean over the axes of normalized_shape

    Without ``eps`` nothing is added, where PyTorch adds the machine epsilon of the dtype.
    Shapes: x (..., *normalized_shape) -> the same; weight of shape normalized_shape; eps a scalar.
    Raises: ShapeError if x has fewer axes; Undefined if the shapes differ, or where x is 0 and eps too.
    Source: torch.nn.functional.rms_norm; Zhang & Sennrich (2019), arXiv:1910.07467.

    >>> from symconv import rms_norm
    >>> rms_norm([1, 7], 2)
    tensor([1/5, 7/5])
    """
    source = as_tensor(x)
    axes, (scale,) = _last_axes("rms_norm", source, normalized_shape, weight)
    return _normalised(source, _mean_square(source, axes), 0 if eps is None else eps, scale, None)


def _last_axes(
    name: str, x: SymbolicTensor, normalized_shape: Any, *parameters: Any
) -> tuple[tuple[int, ...], list[SymbolicTensor | None]]:
    """The axes that are brought to one scale, and the parameters, which have their shape."""
    items = normalized_shape if isinstance(normalized_shape, (tuple, list)) else (normalized_shape,)
    if any(is_integer(item) and item < 0 for item in items):
        raise ValueError(
            f"{name} with normalized_shape={normalized_shape!r}; need the extents of the last axes, as in "
            f"{name}(x, x.shape[-1]), not an axis"
        )
    shape = as_shape(items)
    if not shape or len(shape) > x.ndim:
        raise ShapeError(
            f"{name} over {show_shape(shape)} of a tensor of shape {show_shape(x.extents)}; need its last axes"
        )
    _require_shape(name, x.extents[-len(shape) :], shape, "x ends in the shape")
    tensors = [None if value is None else as_tensor(value) for value in parameters]
    for tensor in tensors:
        if tensor is not None:
            _require_shape(name, tensor.extents, shape, "weight or bias has the shape")
    return axes_of(tuple(range(-len(shape), 0)), x.ndim), tensors


@operation
def batch_norm(
    x: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: Any = 0.1,
    eps: Any = 1e-5,
) -> Any:
    """Bring each channel to mean 0 and variance about 1, then scale and shift it.

    y[n, c, i, j] = (x[n, c, i, j] - mean[c]) / sqrt(var[c] + eps) * weight[c] + bias[c]

    In inference mean and variance are the running ones; in training they are those of the batch, over n, i and j (the
    variance biased), and the running ones may be ``None``. How a layer then updates these, with its ``momentum``, is no
    part of the result. PyTorch refuses to train on one value for each channel, which gives ``bias`` here.
    Shapes: x (N, C, ...), which is (N, C), (N, C, L), (N, C, H, W) or more, parameters (C,). Axis 1 is the channel, as
    in PyTorch: a single image (C, H, W) is ``x[None]``.
    Raises: ShapeError for a vector or a scalar; Undefined unless the variance plus eps is positive.
    Source: torch.nn.functional.batch_norm; Ioffe & Szegedy (2015), arXiv:1502.03167.

    >>> from symconv import batch_norm
    >>> batch_norm([[1, 5]], [1, 2], [3, 8], eps=1)
    tensor([[0, 1]])
    >>> batch_norm([[1, 5], [3, 9]], None, None, training=True, eps=0)
    tensor([[-1, -1], [1, 1]])
    """
    source = _batch("batch_norm", x)
    mean, variance = (_for_channels("batch_norm", source, value) for value in (running_mean, running_var))
    scale, shift = (_for_channels("batch_norm", source, value) for value in (weight, bias))
    if not training:
        return _with_running_statistics("batch_norm", source, mean, variance, scale, shift, eps)
    return _standardised(source, (0, *range(2, source.ndim)), eps, scale, shift)


@operation
def instance_norm(
    x: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: Any = 0.1,
    eps: Any = 1e-5,
) -> Any:
    """Bring each channel of each image to mean 0 and variance about 1, then scale and shift it.

    y[n, c, i, j] = (x[n, c, i, j] - mean[n, c]) / sqrt(var[n, c] + eps) * weight[c] + bias[c]

    with mean and biased variance over i and j; without ``use_input_stats``, with the running ones, as `batch_norm`.
    PyTorch refuses the statistics of a single pixel, which give ``bias`` here.
    Shapes: x (N, C, L), (N, C, H, W) or more, parameters (C,); (N, C) with running statistics only. Axis 1 is the
    channel, as in PyTorch: a single image (C, H, W) is ``x[None]``.
    Raises: ShapeError for smaller ranks; Undefined unless the variance plus eps is positive.
    Source: torch.nn.functional.instance_norm; Ulyanov et al. (2016), arXiv:1607.08022.

    >>> from symconv import instance_norm
    >>> instance_norm([[[1, 5], [7, 3]]], eps=0)
    tensor([[[-1, 1], [1, -1]]])
    """
    source = _batch("instance_norm", x, 3 if use_input_stats else 2)
    mean, variance = (_for_channels("instance_norm", source, value) for value in (running_mean, running_var))
    scale, shift = (_for_channels("instance_norm", source, value) for value in (weight, bias))
    if not use_input_stats:
        return _with_running_statistics("instance_norm", source, mean, variance, scale, shift, eps)
    return _standardised(source, tuple(range(2, source.ndim)), eps, scale, shift)


@operation
def group_norm(x: Any, num_groups: Any, weight: Any = None, bias: Any = None, eps: Any = 1e-5) -> Any:
    """Bring each group of channels of each image to mean 0 and variance about 1, then scale and shift each channel.

    y[n, c, i, j] = (x[n, c, i, j] - mean[n, g]) / sqrt(var[n, g] + eps) * weight[c] + bias[c],  g = c // (C/num_groups)

    with mean and biased variance over i, j and the channels of the group. PyTorch refuses a single group of one value,
    which gives ``bias`` here.
    Shapes: x (N, C, ...), which is (N, C), (N, C, L), (N, C, H, W) or more, parameters (C,). Axis 1 is the channel, as
    in PyTorch: a single image (C, H, W) is ``x[None]``.
    Raises: ShapeError for a vector or a scalar; Undefined unless num_groups divides C, and the variance plus eps is
    positive.
    Source: torch.nn.functional.group_norm; Wu & He (2018), arXiv:1803.08494.

    >>> from symconv import group_norm
    >>> group_norm([[1, 5, 2, 8]], 2, eps=0)
    tensor([[-1, 1, -1, 1]])
    """
    source, count = _batch("group_norm", x), as_index(num_groups, "num_groups")
    require(count - 1, f"num_groups is {count}; need at least 1", num_groups)
    batch, channels, *spatial = source.extents
    own = channels // count
    require_same(own * count, channels, f"group_norm of {channels} channels in {count} groups, which does not divide")
    groups = reshaped(source, (batch, count, own, *spatial))
    axes = tuple(range(2, groups.ndim))
    scale, shift = (_for_channels("group_norm", source, value) for value in (weight, bias))
    return _scaled(reshaped(_standardised(groups, axes, eps, None, None), source.extents), scale, shift)


def _batch(name: str, x: Any, least: int = 2) -> SymbolicTensor:
    """A tensor (N, C, ...) of at least so many axes."""
    source = as_tensor(x)
    if source.ndim < least:
        accepted = "(N, C), (N, C, L) or (N, C, H, W)" if least == 2 else "(N, C, L) or (N, C, H, W)"
        raise ShapeError(f"{name} of a tensor of {source.ndim} axes; need {accepted}")
    return source


def _with_running_statistics(
    name: str,
    x: SymbolicTensor,
    mean: SymbolicTensor | None,
    variance: SymbolicTensor | None,
    weight: SymbolicTensor | None,
    bias: SymbolicTensor | None,
    eps: Any,
) -> SymbolicTensor:
    if mean is None or variance is None:
        raise TypeError(f"{name} with running statistics needs running_mean and running_var")
    return _normalised(elementwise(t.subtract, x, mean), variance, eps, weight, bias)


def _standardised(
    x: SymbolicTensor, axes: tuple[int, ...], eps: Any, weight: SymbolicTensor | None, bias: SymbolicTensor | None
) -> SymbolicTensor:
    """``x`` brought to mean 0 and variance about 1 over the axes, then scaled and shifted."""
    centred = elementwise(t.subtract, x, averaged(x, axes, keepdims=True), keep=True)
    return _normalised(centred, _mean_square(centred, axes), eps, weight, bias)


def _mean_square(x: SymbolicTensor, axes: tuple[int, ...]) -> SymbolicTensor:
    return averaged(elementwise(lambda entry: t.power(entry, 2), x), axes, keepdims=True)


def _normalised(
    centred: SymbolicTensor,
    variance: SymbolicTensor,
    eps: Any,
    weight: SymbolicTensor | None,
    bias: SymbolicTensor | None,
) -> SymbolicTensor:
    """centred / sqrt(variance + eps) * weight + bias; each deviation is worked out once."""
    slack = as_tensor(eps)
    if slack.extents:
        raise ShapeError(f"eps is a scalar, not a tensor of shape {show_shape(slack.extents)}")
    deviation = elementwise(lambda entry, small: root(t.add(entry, small)), variance, slack, keep=True)
    return _scaled(elementwise(t.divide, centred, deviation, keep=True), weight, bias)


def _scaled(result: SymbolicTensor, weight: SymbolicTensor | None, bias: SymbolicTensor | None) -> SymbolicTensor:
    if weight is not None:
        result = elementwise(t.multiply, result, weight)
    return result if bias is None else elementwise(t.add, result, bias)


def _for_channels(name: str, x: SymbolicTensor, parameter: Any) -> SymbolicTensor | None:
    """A parameter for each channel of (N, C, ...) as (C, 1, ..., 1), ready to broadcast."""
    if parameter is None:
        return None
    values = as_tensor(parameter)
    if values.ndim != 1:
        raise ShapeError(f"{name} with a parameter of shape {show_shape(values.extents)}; need (C,)")
    channels = x.extents[1]
    text = f"{name} of {channels} channels, on axis 1, with a parameter of shape {show_shape(values.extents)}"
    require_same(values.extents[0], channels, text)
    return SymbolicTensor((*values.extents, *[ix.ONE] * (x.ndim - 2)), lambda index: values.at(index[:1]))


def _require_shape(name: str, found: tuple[ix.IndexTerm, ...], wanted: tuple[ix.IndexTerm, ...], what: str) -> None:
    text = f"{name} over {show_shape(wanted)}: {what} {show_shape(found)}"
    if len(found) != len(wanted):
        raise ShapeError(text)
    for left, right in zip(found, wanted, strict=True):
        require_same(left, right, text)
