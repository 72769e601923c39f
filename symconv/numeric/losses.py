"""Losses, with PyTorch's names, defaults and meaning."""

from __future__ import annotations

import math

from symconv.errors import ShapeError, Undefined
from symconv.numeric import reductions, shaping
from symconv.numeric.activations import log_softmax
from symconv.numeric.arithmetic import exp, log, where
from symconv.numeric.arrays import Array, Operand, wrap


def mse_loss(x: Operand, target: Operand, *, reduction: str = "mean") -> Array:
    """(x - target)**2, averaged, summed, or as it is ("none")."""
    losses = (wrap(x) - target) ** 2
    return _combined(losses, reduction, {"mean": math.prod(losses.logical_shape)})


def cross_entropy(
    x: Operand, target: Operand, weight: Operand | None = None, *, reduction: str = "mean", label_smoothing: Operand = 0
) -> Array:
    """-sum over the classes of weight * target * log_softmax(x); the target holds probabilities.

    Shapes: x, target (N, C, ...) or (C,), weight (C,).
    """
    tensor, wanted = wrap(x), wrap(target)
    if tensor.ndim == 0 or tensor.ndim != wanted.ndim:
        raise ShapeError(f"cross_entropy of {tensor.ndim} axes with a target of {wanted.ndim}")
    if tensor.logical_shape != wanted.logical_shape:
        raise Undefined(f"cross_entropy of shape {tensor.logical_shape} with a target of shape {wanted.logical_shape}")
    axis = 0 if tensor.ndim == 1 else 1
    classes = tensor.logical_shape[axis]
    share = wrap(label_smoothing)
    products = -(wanted * (1 - share) + share / classes) * log_softmax(tensor, axis)
    if weight is not None:
        weights = wrap(weight)
        if weights.ndim != 1:
            raise ShapeError(f"cross_entropy with a weight of {weights.ndim} axes; need 1")
        if weights.logical_shape != (classes,):
            raise Undefined(f"cross_entropy of {classes} classes with {weights.logical_shape[0]} weights")
        products = products * shaping.reshape(weights, (-1, *[1] * (tensor.ndim - 1 - axis)))
    losses = reductions.sum(products, axis)
    return _combined(losses, reduction, {"mean": math.prod(losses.logical_shape)})


def kl_div(x: Operand, target: Operand, *, reduction: str = "mean", log_target: bool = False) -> Array:
    """target * (log(target) - x), or exp(target) * (target - x); 0 where the target is 0."""
    tensor, wanted = wrap(x), wrap(target)
    if log_target:
        losses = exp(wanted) * (wanted - tensor)
    else:
        losses = where(wanted == 0, 0.0, wanted * log(wanted)) - wanted * tensor
    first = tensor.logical_shape[0] if tensor.ndim else 1
    return _combined(losses, reduction, {"mean": math.prod(losses.logical_shape), "batchmean": first})


def _combined(losses: Array, reduction: str, counts: dict[str, int]) -> Array:
    if reduction == "none":
        return losses
    if reduction not in {"sum", *counts}:
        raise ValueError(f"reduction {reduction!r}; need one of {['none', 'sum', *counts]}")
    count = counts.get(reduction, 1)
    if count == 0:
        raise Undefined("the average of no losses")
    return reductions.sum(losses) / count
