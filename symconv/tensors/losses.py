"""Losses, with PyTorch's names, defaults and meaning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symconv.dispatch import operation
from symconv.errors import ShapeError, Undefined
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.calculus import EXP, LOG
from symconv.kernel.index import IndexTerm
from symconv.kernel.terms import Apply, Term
from symconv.tensors.normalization import log_softmax
from symconv.tensors.options import require_same
from symconv.tensors.reductions import averaged, reduced
from symconv.tensors.shaping import axes_of
from symconv.tensors.tensor import (
    IndexScalar,
    SymbolicTensor,
    as_index,
    as_tensor,
    elementwise,
    entry_or_tensor,
    is_integer,
    show_shape,
)


@operation
def mse_loss(x: Any, target: Any, *, reduction: str = "mean") -> Any:
    """The squared distance of each entry to its target; their average, their sum, or all of them ("none").

    Shapes: x and target broadcast; the result is a scalar, or for "none" of their shape.
    Raises: ValueError for another reduction; Undefined for the average of no entries.
    Source: torch.nn.functional.mse_loss.

    >>> from symconv import mse_loss
    >>> mse_loss([1, 2], [4, 2])
    9/2
    """
    losses = elementwise(lambda entry, wanted: t.power(t.subtract(entry, wanted), 2), x, target)
    return _combined("mse_loss", losses, reduction, {"mean": ix.product(losses.extents)})


@operation
def cross_entropy(x: Any, target: Any, weight: Any = None, *, reduction: str = "mean", label_smoothing: Any = 0) -> Any:
    """The cross entropy of softmax(x) and a target: a class, or the probabilities of the classes.

    loss[n] = -sum over c of weight[c] * t[n, c] * log_softmax(x)[n, c],  t = (1 - s) * target + s/C, s label_smoothing

    "mean" divides the sum of the losses by their number, "sum" does not, "none" gives all of them. For x (C,) the
    target may be a class, an index c: the loss is logsumexp(x) - x[c], as for the probabilities 1 at c and 0 elsewhere,
    but that "mean" divides by weight[c], as PyTorch's for classes. Classes of a batch are given as probabilities.
    Shapes: x, target (N, C, ...) -> (N, ...) for "none", else a scalar; x (C,), target (C,) or () -> a scalar; weight
    (C,).
    Raises: ValueError for another reduction; ShapeError for a scalar x; Undefined if the shapes differ, and for a class
    outside of x.
    Source: torch.nn.functional.cross_entropy.

    >>> from symconv import cross_entropy
    >>> cross_entropy([[0, 0]], [[1, 0]])
    log(2)
    >>> cross_entropy([0, 0, 0], 2)
    log(3)
    """
    source = as_tensor(x)
    if not source.extents:
        raise ShapeError("cross_entropy of a scalar; need (C,) or (N, C, ...)")
    if is_integer(target) or isinstance(target, IndexScalar):
        return _of_class(source, IndexScalar(as_index(target)), weight, reduction, _smoothing(label_smoothing))
    wanted = as_tensor(target)
    _require_equal_shapes("cross_entropy", source, wanted)
    axis = min(source.ndim - 1, 1)
    classes = source.extents[axis]
    products = elementwise(
        lambda entry, share: t.negate(t.multiply(entry, share)),
        log_softmax(source, axis),
        _smoothed(wanted, _smoothing(label_smoothing), classes),
    )
    if weight is not None:
        products = elementwise(t.multiply, products, _by_classes(weight, classes, source.ndim - 1 - axis))
    losses = reduced(t.sum_over, products, (axis,), keepdims=False)
    return _combined("cross_entropy", losses, reduction, {"mean": ix.product(losses.extents)})


def _of_class(x: SymbolicTensor, target: IndexScalar, weight: Any, reduction: str, smoothing: Term) -> Any:
    """The loss for one class; asking for its entry finds out whether it is one."""
    if x.ndim != 1:
        raise ShapeError(
            f"cross_entropy of shape {show_shape(x.extents)} with one class; need (C,), or probabilities for each row"
        )
    losses = elementwise(t.negate, log_softmax(x, 0))
    weights = None if weight is None else _by_classes(weight, x.extents[0], 0)
    if weights is not None:
        losses = elementwise(t.multiply, losses, weights)
    loss = as_tensor(losses[target])
    if not _is_zero(smoothing):
        loss = elementwise(_mixed(smoothing), loss, averaged(losses, (0,), keepdims=False))
    if reduction == "mean" and weights is not None:
        loss = elementwise(t.divide, loss, weights[target])
    return _combined("cross_entropy", loss, reduction, {"mean": ix.ONE})


def _mixed(share: Term) -> Callable[[Term, Term], Term]:
    return lambda own, uniform: t.add(t.multiply(t.subtract(t.ONE, share), own), t.multiply(share, uniform))


@operation
def kl_div(x: Any, target: Any, *, reduction: str = "mean", log_target: bool = False) -> Any:
    """target * (log(target) - x) for each entry, 0 where the target is 0; x holds logarithms of probabilities.

    "sum" is the Kullback-Leibler divergence of target and exp(x), "batchmean" its average over the first axis, and
    "mean" the average over all entries, which is none; "none" gives all of them. With ``log_target`` the target holds
    logarithms too.
    Shapes: x and target broadcast; the result is a scalar, or for "none" of their shape.
    Raises: ValueError for another reduction; Undefined for a negative target.
    Source: torch.nn.functional.kl_div.

    >>> from symconv import kl_div, log
    >>> kl_div([0, 0], [1, 0], reduction="sum")
    0
    """
    losses = elementwise(_log_divergence if log_target else _divergence, x, target)
    first = as_tensor(x).extents[:1]
    return _combined("kl_div", losses, reduction, {"mean": ix.product(losses.extents), "batchmean": ix.product(first)})


def _divergence(x: Term, target: Term) -> Term:
    entropy = t.multiply(target, Apply(LOG, target))
    return t.subtract(t.where(t.Compare(target, t.ZERO, "eq"), t.ZERO, entropy), t.multiply(target, x))


def _log_divergence(x: Term, target: Term) -> Term:
    return t.multiply(Apply(EXP, target), t.subtract(target, x))


def _smoothing(label_smoothing: Any) -> Term:
    share = as_tensor(label_smoothing)
    if share.extents:
        raise ShapeError(f"label_smoothing is a scalar, not a tensor of shape {show_shape(share.extents)}")
    return share.at(())


def _is_zero(term: Term) -> bool:
    return isinstance(term, t.Number) and term.value == 0


def _smoothed(target: SymbolicTensor, part: Term, classes: IndexTerm) -> SymbolicTensor:
    """The target, mixed with the uniform distribution."""
    if _is_zero(part):
        return target
    uniform = t.divide(part, t.index_number(classes))
    return elementwise(lambda entry: t.add(t.multiply(t.subtract(t.ONE, part), entry), uniform), target)


def _by_classes(weight: Any, classes: IndexTerm, behind: int) -> SymbolicTensor:
    """The weights of the classes, with axes of extent 1 behind."""
    values = as_tensor(weight)
    if values.ndim != 1:
        raise ShapeError(f"cross_entropy with a weight of shape {show_shape(values.extents)}; need (C,)")
    require_same(values.extents[0], classes, f"cross_entropy of {classes} classes with {values.extents[0]} weights")
    return SymbolicTensor((classes, *[ix.ONE] * behind), lambda index: values.at(index[:1]))


def _require_equal_shapes(name: str, x: SymbolicTensor, target: SymbolicTensor) -> None:
    text = f"{name} of shape {show_shape(x.extents)} with a target of shape {show_shape(target.extents)}"
    if not target.extents:
        text += "; a class is an index, as in t: Index['n'], or an integer"
    if x.ndim != target.ndim:
        raise ShapeError(text)
    for left, right in zip(x.extents, target.extents, strict=True):
        require_same(left, right, text)


def _combined(name: str, losses: SymbolicTensor, reduction: str, counts: dict[str, IndexTerm]) -> Any:
    """The losses, or their sum, divided by what the reduction says."""
    if reduction == "none":
        return entry_or_tensor(losses)
    if reduction not in {"sum", *counts}:
        accepted = ", ".join(map(repr, ["none", "sum", *counts]))
        raise ValueError(f"{name} with reduction={reduction!r}; need one of {accepted}")
    total = reduced(t.sum_over, losses, axes_of(None, losses.ndim), keepdims=False)
    count = counts.get(reduction, ix.ONE)
    if count.constant == 0:
        raise Undefined(f"{name}: the average of no losses")
    scale: Callable[[Term], Term] = lambda entry: t.divide(entry, t.index_number(count))  # noqa: E731
    return entry_or_tensor(total if count.constant == 1 else elementwise(scale, total))
