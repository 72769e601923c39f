"""Attention, with PyTorch's name, argument order and meaning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symconv.dispatch import operation
from symconv.errors import ShapeError
from symconv.kernel import terms as t
from symconv.kernel.calculus import EXP, root
from symconv.kernel.terms import Apply, Condition, Term
from symconv.tensors.linear import product
from symconv.tensors.options import require_same
from symconv.tensors.reductions import reduced
from symconv.tensors.shaping import broadcasted
from symconv.tensors.tensor import (
    BooleanTensor,
    Index,
    SymbolicTensor,
    as_tensor,
    broadcast,
    elementwise,
    entry_or_tensor,
    show_shape,
)


@operation
def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: Any = 0,
    is_causal: bool = False,
    scale: Any = None,
) -> Any:
    """For each query the average of the values, weighted by the softmax of its products with the keys.

    y[i] = sum over j of p[i, j] * value[j],  p[i] = softmax over j of (scale * <query[i], key[j]> + attn_mask[i, j])

    The scale is 1/sqrt(E) by default. A mask of conditions or truth values says which j take part; one of numbers is
    added to the scores. With ``is_causal`` those with j <= i take part.
    Shapes: query (..., L, E), key (..., S, E), value (..., S, V), attn_mask (..., L, S) or what broadcasts to it
    -> (..., L, V).
    Raises: ShapeError for fewer than two axes; Undefined if the shapes do not fit, or where no j takes part; ValueError
    for a dropout, which is random, and for a mask together with is_causal.
    Source: torch.nn.functional.scaled_dot_product_attention; Vaswani et al. (2017), arXiv:1706.03762.

    >>> from symconv import scaled_dot_product_attention
    >>> scaled_dot_product_attention([[0]], [[5], [7]], [[1, 2], [3, 6]])
    tensor([[2, 4]])
    """
    q, k, v = (as_tensor(each) for each in (query, key, value))
    for given, name in ((q, "query"), (k, "key"), (v, "value")):
        if given.ndim < 2:
            raise ShapeError(f"attention with a {name} of shape {show_shape(given.extents)}; need at least two axes")
    if dropout_p != 0:
        raise ValueError(f"attention with dropout_p={dropout_p!r}, which is random; need 0")
    require_same(k.extents[-2], v.extents[-2], f"attention with {k.extents[-2]} keys and {v.extents[-2]} values")
    scores = product(q, _transposed(k))
    factor = _factor(q, scale)
    powers = elementwise(lambda entry: t.multiply(entry, factor), scores)
    powers = _masked(powers, attn_mask, is_causal)
    total = reduced(t.sum_over, powers, (powers.ndim - 1,), keepdims=True)
    return entry_or_tensor(product(elementwise(t.divide, powers, total, keep=True), v))


def _transposed(x: SymbolicTensor) -> SymbolicTensor:
    """The last two axes exchanged."""
    shape = (*x.extents[:-2], x.extents[-1], x.extents[-2])
    return SymbolicTensor(shape, lambda index: x.at((*index[:-2], index[-1], index[-2])))


def _factor(query: SymbolicTensor, scale: Any) -> Term:
    if scale is None:
        return t.power(root(t.index_number(query.extents[-1])), -1)
    factor = as_tensor(scale)
    if factor.extents:
        raise ShapeError(f"scale is a scalar, not a tensor of shape {show_shape(factor.extents)}")
    return factor.at(())


def _masked(scores: SymbolicTensor, mask: Any, is_causal: bool) -> SymbolicTensor:
    """The exponentials of the scores, and 0 where a key does not take part."""
    if is_causal and mask is not None:
        raise ValueError("attention with is_causal and an attn_mask; need one of them")
    truth = None if mask is None else _truth(mask)
    if truth is not None:
        shape = broadcast(scores.extents, truth.extents)
        scores, truth = broadcasted(scores, shape), broadcasted(truth, shape)
    elif mask is not None:
        scores = elementwise(t.add, scores, mask)
    allowed = _allowed(scores, truth, is_causal)
    return SymbolicTensor.defined(
        scores.extents, lambda index: t.where(allowed(index), Apply(EXP, scores.at(index)), t.ZERO)
    )


def _truth(mask: Any) -> SymbolicTensor | None:
    """A mask of conditions or of truth values as ones and zeros; nothing for one of numbers."""
    if isinstance(mask, BooleanTensor):
        return as_tensor(mask)
    if getattr(mask, "dtype", None) is not None and mask.dtype.kind == "b":
        mask = mask.tolist()
    return as_tensor(_ones_and_zeros(mask)) if _holds_truth_values(mask) else None


def _holds_truth_values(mask: Any) -> bool:
    if isinstance(mask, (list, tuple)):
        return bool(mask) and all(map(_holds_truth_values, mask))
    return isinstance(mask, bool)


def _ones_and_zeros(mask: Any) -> Any:
    return [_ones_and_zeros(item) for item in mask] if isinstance(mask, (list, tuple)) else int(mask)


def _allowed(scores: SymbolicTensor, truth: SymbolicTensor | None, is_causal: bool) -> Callable[[Index], Condition]:
    if is_causal:
        return lambda index: t.at_least(index[-2], index[-1])
    if truth is None:
        return lambda _: True
    return lambda index: t.Compare(truth.at(index), t.ZERO, "gt")
