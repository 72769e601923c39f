"""Functions entry by entry, with NumPy's broadcasting."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symconv.dispatch import operation
from symconv.kernel import calculus
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.terms import Term
from symconv.tensors.tensor import (
    BooleanTensor,
    IndexScalar,
    SymbolicTensor,
    as_tensor,
    broadcast,
    elementwise,
    entry_or_tensor,
    is_integer,
    scalar,
    stretched,
)

pi = scalar(t.PI)


def apply_builtin(function: t.Builtin, x: Any) -> Any:
    """A known function of every entry."""
    return entry_or_tensor(elementwise(lambda entry: t.Apply(function, entry), x, keep=True))


@operation
def exp(x: Any) -> Any:
    """The exponential function of every entry.

    >>> from symconv import exp, tensor
    >>> exp(tensor("x", (2,)))
    tensor([exp(x[0]), exp(x[1])])
    """
    return apply_builtin(calculus.EXP, x)


@operation
def log(x: Any) -> Any:
    """The natural logarithm of every entry. Undefined where an entry is not positive."""
    return apply_builtin(calculus.LOG, x)


@operation
def sqrt(x: Any) -> Any:
    """The square root of every entry. Undefined where an entry is negative.

    >>> from symconv import sqrt
    >>> sqrt([4, 8])
    tensor([2, 2*sqrt(2)])
    """
    return apply_builtin(t.Builtin("root", 2), x)


@operation
def tanh(x: Any) -> Any:
    """The hyperbolic tangent of every entry."""
    return apply_builtin(calculus.TANH, x)


@operation
def erf(x: Any) -> Any:
    """The error function of every entry: 2/sqrt(pi) times the integral of exp(-t**2) from 0 to x."""
    return apply_builtin(calculus.ERF, x)


@operation
def abs(x: Any) -> Any:
    """The absolute value of every entry.

    >>> from symconv import abs
    >>> abs([-2, 3])
    tensor([2, 3])
    """
    return apply_builtin(calculus.ABS, x)


@operation
def sign(x: Any) -> Any:
    """1 where an entry is positive, -1 where it is negative, 0 where it is 0."""

    def entry(value: Term) -> Term:
        negative = t.where(t.Compare(t.ZERO, value, "gt"), t.MINUS_ONE, t.ZERO)
        return t.where(t.Compare(value, t.ZERO, "gt"), t.ONE, negative)

    return entry_or_tensor(elementwise(entry, x))


@operation
def maximum(x: Any, y: Any) -> Any:
    """The larger of two tensors, entry by entry.

    >>> from symconv import maximum
    >>> maximum([1, 5], [3, 2])
    tensor([3, 5])
    """
    return entry_or_tensor(elementwise(t.maximum, x, y))


@operation
def minimum(x: Any, y: Any) -> Any:
    """The smaller of two tensors, entry by entry."""
    return entry_or_tensor(elementwise(lambda a, b: t.negate(t.maximum(t.negate(a), t.negate(b))), x, y))


@operation
def clip(x: Any, lo: Any, hi: Any) -> Any:
    """Every entry moved into the interval from ``lo`` to ``hi``: minimum(maximum(x, lo), hi)."""
    return minimum(maximum(x, lo), hi)


@operation
def where(condition: Any, x: Any, y: Any) -> Any:
    """``x`` where the condition holds, ``y`` elsewhere. Only the chosen one needs to be defined.

    >>> from symconv import tensor, where
    >>> x = tensor("x", (2,))
    >>> where([1, 0], x, -x)
    tensor([x[0], -x[1]])
    """
    chosen = condition if isinstance(condition, BooleanTensor) else _nonzero(condition)
    a, b = as_tensor(x), as_tensor(y)
    shape = broadcast(chosen.extents, a.extents, b.extents)
    skipped = len(shape) - len(chosen.extents)
    fixed = [n.constant == 1 for n in chosen.extents]
    a_at, b_at = stretched(a, shape), stretched(b, shape)

    def entry(index: tuple[ix.IndexTerm, ...]) -> Term:
        own = tuple(ix.ZERO if one else i for one, i in zip(fixed, index[skipped:], strict=True))
        return t.where(chosen.condition(own), a_at(index), b_at(index))

    return entry_or_tensor(SymbolicTensor(shape, entry))


def _nonzero(condition: Any) -> BooleanTensor:
    """NumPy's truth of a number: whether it is not 0."""
    if isinstance(condition, bool):
        return BooleanTensor((), lambda _: condition)
    if isinstance(condition, (list, tuple)):
        condition = [int(item) if isinstance(item, bool) else item for item in condition]
    if hasattr(condition, "dtype") and condition.dtype.kind == "b":
        condition = condition.astype(int)
    tensor = as_tensor(condition)

    def holds(index: tuple[ix.IndexTerm, ...]) -> t.Condition:
        entry = tensor.at(index)
        return bool(entry.value) if isinstance(entry, t.Number) else t.negation(t.Compare(entry, t.ZERO, "eq"))

    return BooleanTensor(tensor.extents, holds)


@operation
def power(x: Any, y: Any) -> Any:
    """``x ** y`` entry by entry, with 0**0 = 1.

    The exponent is an integer, a size or an index (a negative one asks for x != 0), a rational number (asks for x >=
    0; a negative one for x > 0), or any tensor (asks for x > 0).
    """
    if isinstance(y, IndexScalar):
        return entry_or_tensor(elementwise(lambda entry: t.power(entry, y.index), x))
    if is_integer(y):
        return entry_or_tensor(elementwise(lambda entry: t.power(entry, int(y)), x))
    return entry_or_tensor(elementwise(_power, x, y, keep=True))


def _power(base: Term, exponent: Term) -> Term:
    if isinstance(exponent, t.Number):
        return _rational_power(base, exponent.value)
    if isinstance(exponent, t.IndexNumber):
        return t.power(base, exponent.index)
    return t.Apply(calculus.EXP, t.multiply(exponent, t.Apply(calculus.LOG, base)))


def _rational_power(base: Term, exponent: Fraction) -> Term:
    if exponent.denominator == 1:
        return t.power(base, exponent.numerator)
    return t.power(calculus.root(base, exponent.denominator), exponent.numerator)
