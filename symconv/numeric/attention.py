"""Attention, with PyTorch's name, argument order and meaning."""

from __future__ import annotations

import math

import numpy as np

from symconv.errors import ShapeError, Undefined
from symconv.numeric import shaping
from symconv.numeric.activations import softmax
from symconv.numeric.arithmetic import where
from symconv.numeric.arrays import Array, Operand, wrap
from symconv.numeric.products import matmul


def scaled_dot_product_attention(
    query: Operand,
    key: Operand,
    value: Operand,
    attn_mask: Operand | None = None,
    dropout_p: float = 0,
    is_causal: bool = False,
    scale: Operand | None = None,
) -> Array:
    """softmax(query @ key.T * scale + attn_mask) @ value; a mask of truth values says which keys take part.

    Shapes: query (..., L, E), key (..., S, E), value (..., S, V), attn_mask (..., L, S) -> (..., L, V).
    """
    q, k, v = (wrap(each) for each in (query, key, value))
    if min(q.ndim, k.ndim, v.ndim) < 2:
        raise ShapeError(f"attention of tensors of {q.ndim}, {k.ndim} and {v.ndim} axes; need at least two")
    if dropout_p != 0:
        raise ValueError(f"attention with dropout_p={dropout_p}, which is random; need 0")
    if is_causal and attn_mask is not None:
        raise ValueError("attention with is_causal and an attn_mask; need one of them")
    if k.logical_shape[-2] != v.logical_shape[-2]:
        raise Undefined(f"attention with {k.logical_shape[-2]} keys and {v.logical_shape[-2]} values")
    turned = shaping.permute_dims(k, (*range(k.ndim - 2), k.ndim - 1, k.ndim - 2))
    scores = matmul(q, turned) * (1 / math.sqrt(q.logical_shape[-1]) if scale is None else scale)
    queries, keys = scores.logical_shape[-2:]
    mask = np.tri(queries, keys) > 0 if is_causal else attn_mask
    return matmul(softmax(_masked(scores, mask)), v)


def _masked(scores: Array, mask: Operand | None) -> Array:
    """The scores plus a mask of numbers; of truth values, minus infinity where it is false."""
    if mask is None:
        return scores
    truth = mask.data if isinstance(mask, Array) else np.asarray(mask)
    if truth.dtype.kind != "b":
        return scores + mask
    if not truth.any(axis=-1).all():
        raise Undefined("attention with a mask that leaves a query no key")
    return where(mask, scores, -math.inf)
