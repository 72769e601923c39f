"""Activations and the softmax family, with PyTorch's names, defaults and meaning."""

from __future__ import annotations

import math

import numpy as np

from symconv.errors import ShapeError, Undefined
from symconv.numeric import reductions, shaping
from symconv.numeric.arithmetic import clip, erf, exp, expm1, log, minimum, sigmoid, softplus, tanh, where
from symconv.numeric.arrays import Array, Operand, wrap
from symconv.numeric.computed import as_size
from symconv.numeric.reductions import Axis


def relu(x: Operand) -> Array:
    """maximum(x, 0)."""
    tensor = wrap(x)
    return where(tensor > 0, tensor, 0)


def relu6(x: Operand) -> Array:
    """minimum(maximum(x, 0), 6)."""
    return clip(wrap(x), 0, 6)


def hardtanh(x: Operand, min_val: Operand = -1, max_val: Operand = 1) -> Array:
    """x, but at least min_val and at most max_val."""
    return clip(wrap(x), min_val, max_val)


def leaky_relu(x: Operand, negative_slope: Operand = 0.01) -> Array:
    """x where x > 0, and negative_slope * x elsewhere."""
    tensor = wrap(x)
    return where(tensor > 0, tensor, tensor * negative_slope)


def elu(x: Operand, alpha: Operand = 1) -> Array:
    """x where x > 0, and alpha * (exp(x) - 1) elsewhere."""
    tensor = wrap(x)
    return where(tensor > 0, tensor, expm1(minimum(tensor, 0)) * alpha)


def mish(x: Operand) -> Array:
    """x * tanh(softplus(x))."""
    tensor = wrap(x)
    return tensor * tanh(softplus(tensor))


def silu(x: Operand) -> Array:
    """x * sigmoid(x)."""
    tensor = wrap(x)
    return tensor * sigmoid(tensor)


def gelu(x: Operand, approximate: str = "none") -> Array:
    """x times the normal distribution function at x; "tanh" for the approximation by a tanh."""
    tensor = wrap(x)
    if approximate == "none":
        return 0.5 * tensor * (1 + erf(tensor / math.sqrt(2)))
    if approximate == "tanh":
        return 0.5 * tensor * (1 + tanh(math.sqrt(2 / math.pi) * (tensor + 0.044715 * tensor**3)))
    raise ValueError(f'gelu with approximate={approximate!r}; need "none" or "tanh"')


def logsumexp(x: Operand, axis: Axis = -1, keepdims: bool = False) -> Array:
    """log(sum(exp(x))) over the axis, without overflow."""
    tensor, axes = wrap(x), axis
    if tensor.ndim == 0:
        return tensor
    shift = _constant_maximum(tensor, axes)
    result = log(reductions.sum(exp(tensor - shift), axes, keepdims=True)) + shift
    return result if keepdims else shaping.squeeze(result, tuple(range(tensor.ndim)) if axis is None else axis)


def softmax(x: Operand, axis: int = -1) -> Array:
    """exp(x) / sum(exp(x)) along the axis, without overflow."""
    tensor = wrap(x)
    along = _checked_axis(tensor, axis)
    weights = exp(tensor - _constant_maximum(tensor, along))
    return weights / reductions.sum(weights, along, keepdims=True)


def log_softmax(x: Operand, axis: int = -1) -> Array:
    """log(softmax(x)), without overflow."""
    tensor = wrap(x)
    along = _checked_axis(tensor, axis)
    shifted = tensor - _constant_maximum(tensor, along)
    return shifted - log(reductions.sum(exp(shifted), along, keepdims=True))


def pixel_shuffle(x: Operand, upscale_factor: int) -> Array:
    """Channels become pixels: y[..., c, r*i + a, r*j + b] = x[..., c*r*r + r*a + b, i, j].

    Shapes: x (C*r*r, H, W) or (N, C*r*r, H, W) -> the same with (C, r*H, r*W).
    """
    tensor, r = wrap(x), int(as_size(upscale_factor, "upscale_factor"))
    if tensor.ndim not in (3, 4) or r < 1:
        raise ShapeError(f"pixel_shuffle by {r} of a tensor of {tensor.ndim} axes; need (C*r*r, H, W) and r >= 1")
    *batch, channels, height, width = tensor.logical_shape
    if channels % (r * r):
        raise Undefined(f"pixel_shuffle by {r} of {channels} channels, which {r * r} does not divide")
    blocks = shaping.reshape(tensor, (*batch, channels // (r * r), r, r, height, width))
    order = (*range(len(batch) + 1), -2, -4, -1, -3)
    return shaping.reshape(shaping.permute_dims(blocks, order), (*batch, channels // (r * r), height * r, width * r))


def _constant_maximum(tensor: Array, axis: Axis) -> Array:
    """The maximum as a constant: what is computed with it does not depend on it. 0 where all entries are -inf."""
    largest = reductions.max(Array({frozenset(): tensor.data}, tensor.ndim), axis, keepdims=True)
    return largest.linear(lambda part: np.where(np.isneginf(part), 0, part), largest.ndim)


def _checked_axis(tensor: Array, axis: int) -> Axis:
    """The axis; of a scalar, which is its only entry along axis 0 or -1, no axes."""
    return () if tensor.ndim == 0 and axis in (0, -1) else axis
