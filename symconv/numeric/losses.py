"""Losses, with PyTorch's names, defaults and meaning."""

from __future__ import annotations

import math
from typing import Any

from symconv.errors import ShapeError, Undefined
from symconv.numeric import reductions, shaping
from symconv.numeric.activations import log_softmax
from symconv.numeric.arithmetic import exp, log, where
from symconv.numeric.arrays import Array, Operand, wrap
from symconv.numeric.computed import Computed
from symconv.numeric.indexing import is_index
from symconv.numeric.shaping import ones


def mse_loss(x: Operand, target: Operand, *, reduction: str = "mean") -> Array:
    """(x - target)**2, averaged, summed, or as it is ("none")."""
    losses = (wrap(x) - target) ** 2
    return _combined(losses, reduction, {"mean": math.prod(losses.logical_shape)})


def cross_entropy(
    x: Operand, target: Operand, weight: Operand | None = None, *, reduction: str = "mean", label_smoothing: Operand = 0
) -> Array:
    """-sum over the classes of weight * target * log_softmax(x); the target holds probabilities, or is a class.

    Shapes: x, target (N, C, ...) or (C,), weight (C,); x (C,) with a class.
    """
    tensor, wanted = wrap(x), wrap(target)
    if tensor.ndim == 1 and is_index(target):
        return _of_class(tensor, target, weight, reduction, wrap(label_smoothing))
    if tensor.ndim == 0 or tensor.ndim != wanted.ndim:
        raise ShapeError(f"cross_entropy of {tensor.ndim} axes with a target of {wanted.ndim}")
    if tensor.logical_shape != wanted.logical_shape:
        raise Undefined(f"cross_entropy of shape {tensor.logical_shape} with a target of shape {wanted.logical_shape}")
    axis = 0 if tensor.ndim == 1 else 1
    classes = tensor.logical_shape[axis]
    share = wrap(label_smoothing)
    products = -(wanted * (1 - share) + share / classes) * log_softmax(tensor, axis)
    if weight is not None:
        weights = _weights(weight, classes)
        products = products * shaping.reshape(weights, (-1, *[1] * (tensor.ndim - 1 - axis)))
    losses = reductions.sum(products, axis)
    return _combined(losses, reduction, {"mean": math.prod(losses.logical_shape)})


def _weights(weight: Operand, classes: int) -> Array:
    weights = wrap(weight)
    if weights.ndim != 1:
        raise ShapeError(f"cross_entropy with a weight of {weights.ndim} axes; need 1")
    if weights.logical_shape != (classes,):
        raise Undefined(f"cross_entropy of {classes} classes with {weights.logical_shape[0]} weights")
    return weights


def _of_class(x: Array, target: Any, weight: Operand | None, reduction: str, share: Array) -> Array:
    """logsumexp(x) - x[target], with weights and smoothing; the average is by the weight of the class."""
    place = Computed(target) if isinstance(target, int) else target  # -1 is no class
    weights = ones(x.logical_shape) if weight is None else _weights(weight, x.logical_shape[0])
    losses = -weights * log_softmax(x, 0)
    loss = (1 - share) * losses[place] + share * reductions.mean(losses)
    if reduction == "mean":
        loss = loss / weights[place]
    return _combined(loss, reduction, {"mean": 1})


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
