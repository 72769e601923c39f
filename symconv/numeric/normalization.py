"""The normalisations of layers, batches, groups and instances, with PyTorch's names, defaults and meaning."""

from __future__ import annotations

from typing import Any

from symconv.errors import ShapeError, Undefined
from symconv.numeric import reductions, shaping
from symconv.numeric.arithmetic import sqrt
from symconv.numeric.arrays import Array, Operand, wrap
from symconv.numeric.computed import as_size
from symconv.numeric.windows import refuse


def layer_norm(
    x: Operand,
    normalized_shape: Any,
    weight: Operand | None = None,
    bias: Operand | None = None,
    eps: Operand = 1e-5,
) -> Array:
    """(x - mean) / sqrt(var + eps) * weight + bias, mean and variance over the last axes.

    Shapes: x (..., *normalized_shape), weight and bias normalized_shape -> x's.
    """
    tensor = wrap(x)
    axes = _last_axes("layer_norm", tensor, normalized_shape, weight, bias)
    return _scaled(_centred(tensor, axes, eps), weight, bias)


def rms_norm(x: Operand, normalized_shape: Any, weight: Operand | None = None, eps: Operand | None = None) -> Array:
    """x / sqrt(mean(x**2) + eps) * weight, the mean over the last axes; without ``eps`` nothing is added.

    Shapes: x (..., *normalized_shape), weight normalized_shape -> x's.
    """
    tensor = wrap(x)
    axes = _last_axes("rms_norm", tensor, normalized_shape, weight)
    square = reductions.mean(tensor**2, axes, keepdims=True)
    return _scaled(tensor / sqrt(square if eps is None else square + eps), weight, None)


def batch_norm(
    x: Operand,
    running_mean: Operand | None,
    running_var: Operand | None,
    weight: Operand | None = None,
    bias: Operand | None = None,
    training: bool = False,
    momentum: Operand = 0.1,
    eps: Operand = 1e-5,
) -> Array:
    """(x - mean) / sqrt(var + eps) * weight + bias for each channel, with the running statistics or the batch's own.

    Shapes: x (N, C, ...), parameters (C,).
    """
    tensor = _batch("batch_norm", x, 2)
    if not training:
        return _by_running_statistics("batch_norm", tensor, running_mean, running_var, weight, bias, eps)
    _for_channels("batch_norm", tensor, running_mean), _for_channels("batch_norm", tensor, running_var)
    axes = tuple(axis for axis in range(-tensor.ndim, 0) if axis != 1 - tensor.ndim)
    return _by_own_statistics("batch_norm", tensor, axes, weight, bias, eps)


def instance_norm(
    x: Operand,
    running_mean: Operand | None = None,
    running_var: Operand | None = None,
    weight: Operand | None = None,
    bias: Operand | None = None,
    use_input_stats: bool = True,
    momentum: Operand = 0.1,
    eps: Operand = 1e-5,
) -> Array:
    """(x - mean) / sqrt(var + eps) * weight + bias for each channel of each image.

    Shapes: x (N, C, ..., L), parameters (C,); (N, C) with running statistics.
    """
    tensor = _batch("instance_norm", x, 3 if use_input_stats else 2)
    if not use_input_stats:
        return _by_running_statistics("instance_norm", tensor, running_mean, running_var, weight, bias, eps)
    _for_channels("instance_norm", tensor, running_mean), _for_channels("instance_norm", tensor, running_var)
    return _by_own_statistics("instance_norm", tensor, tuple(range(2 - tensor.ndim, 0)), weight, bias, eps)


def group_norm(
    x: Operand, num_groups: int, weight: Operand | None = None, bias: Operand | None = None, eps: Operand = 1e-5
) -> Array:
    """(x - mean) / sqrt(var + eps) over each group of channels of each image, times weight plus bias by channels.

    Shapes: x (N, C, ...), parameters (C,).
    """
    tensor, groups = _batch("group_norm", x, 2), as_size(num_groups, "num_groups")
    if groups < 1:
        refuse(f"num_groups is {groups}; need at least 1", [groups])
    images, channels, *spatial = tensor.logical_shape
    if channels % groups:
        raise Undefined(f"group_norm of {channels} channels in {groups} groups, which does not divide")
    each = (images, int(groups), channels // int(groups), *spatial)
    centred = _centred(shaping.reshape(tensor, each), tuple(range(-1 - len(spatial), 0)), eps)
    scale, shift = (_for_channels("group_norm", tensor, p) for p in (weight, bias))
    return _scaled(shaping.reshape(centred, tensor.logical_shape), scale, shift)


def _batch(name: str, x: Operand, least: int) -> Array:
    tensor = wrap(x)
    if tensor.ndim < least:
        raise ShapeError(f"{name} of a tensor of {tensor.ndim} axes; need (N, C, ...), at least {least} axes")
    return tensor


def _centred(tensor: Array, axes: tuple[int, ...], eps: Operand) -> Array:
    """Mean 0 and variance about 1 over the axes."""
    centred = tensor - reductions.mean(tensor, axes, keepdims=True)
    return centred / sqrt(reductions.mean(centred**2, axes, keepdims=True) + eps)


def _by_own_statistics(
    name: str, tensor: Array, axes: tuple[int, ...], weight: Operand | None, bias: Operand | None, eps: Operand
) -> Array:
    scale, shift = (_for_channels(name, tensor, p) for p in (weight, bias))
    return _scaled(_centred(tensor, axes, eps), scale, shift)


def _by_running_statistics(
    name: str,
    tensor: Array,
    running_mean: Operand | None,
    running_var: Operand | None,
    weight: Operand | None,
    bias: Operand | None,
    eps: Operand,
) -> Array:
    given = (running_mean, running_var, weight, bias)
    mean, variance, scale, shift = (_for_channels(name, tensor, p) for p in given)
    if mean is None or variance is None:
        raise TypeError(f"{name} with running statistics needs running_mean and running_var")
    return _scaled((tensor - mean) / sqrt(variance + eps), scale, shift)


def _last_axes(name: str, tensor: Array, normalized_shape: Any, *parameters: Operand | None) -> tuple[int, ...]:
    """The last axes, as many as the shape has, which is theirs and that of the parameters."""
    items = normalized_shape if isinstance(normalized_shape, tuple | list) else (normalized_shape,)
    if any(type(item) is int and item < 0 for item in items):
        raise ValueError(f"{name} with normalized_shape={normalized_shape}; need the extents of the last axes")
    shape = shaping.as_sizes(normalized_shape)
    if not shape or len(shape) > tensor.ndim:
        raise ShapeError(f"{name} over {shape} of a tensor of {tensor.ndim} axes")
    if tensor.logical_shape[-len(shape) :] != shape:
        raise Undefined(f"{name} over {shape} of a tensor of shape {tensor.logical_shape}")
    for parameter in parameters:
        if parameter is not None and wrap(parameter).logical_shape != shape:
            raise Undefined(f"{name} over {shape} with a weight or bias of shape {wrap(parameter).logical_shape}")
    return tuple(range(-len(shape), 0))


def _for_channels(name: str, tensor: Array, parameter: Operand | None) -> Array | None:
    """A parameter for each channel, ready to broadcast. Shapes: (C,) -> (C, 1, ..., 1), for x (N, C, ...)."""
    if parameter is None:
        return None
    values = wrap(parameter)
    if values.ndim != 1:
        raise ShapeError(f"{name} of a tensor of {tensor.ndim} axes with a parameter of {values.ndim}; need 1")
    if values.logical_shape[0] != tensor.logical_shape[1]:
        raise Undefined(f"{name} of {tensor.logical_shape[1]} channels with {values.logical_shape[0]} parameters")
    return shaping.reshape(values, (-1, *[1] * (tensor.ndim - 2)))


def _scaled(x: Array, weight: Operand | None, bias: Operand | None) -> Array:
    product = x if weight is None else x * weight
    return product if bias is None else product + bias
