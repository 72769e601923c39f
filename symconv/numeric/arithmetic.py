"""Entry-by-entry operations: arithmetic, comparisons, choice, and the elementary functions with their slopes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from symconv.numeric.arrays import (
    VALUE,
    Array,
    Data,
    Operand,
    aligned,
    as_array,
    common_shape,
    each_part,
    first_reason,
    floating,
    lift,
    multilinear,
    newest_tag,
    operands,
)

_EXACT = 2.0**53
"""Below this, float64 holds every integer."""


def add(x: Operand, y: Operand) -> Array:
    """x + y, entry by entry."""
    return _additive(np.add, x, y)


def subtract(x: Operand, y: Operand) -> Array:
    """x - y, entry by entry."""
    left, right = operands(x, y)
    return add(left, negative(right))


def negative(x: Operand) -> Array:
    """-x, entry by entry."""
    (array,) = operands(x)
    return array.linear(np.negative, array.ndim)


def multiply(x: Operand, y: Operand) -> Array:
    """x * y, entry by entry."""
    pair = aligned(x, y)
    return multilinear(_quiet(_exact(np.multiply)), pair, pair[0].ndim)


def divide(x: Operand, y: Operand) -> Array:
    """x / y, entry by entry; NaN, with its reason, where y is 0."""
    numerator, denominator = (floating(array) for array in aligned(x, y))
    if newest_tag(denominator) is not None:
        return multiply(numerator, reciprocal(denominator))
    zero = denominator.data == 0
    divisor = np.where(zero, np.nan, denominator.data)
    quotient = _quiet(np.divide)
    ratio = numerator.linear(lambda part: quotient(part, divisor), numerator.ndim)
    return _explained(ratio, zero, "a division by zero", numerator, denominator)


def floor_divide(x: Operand, y: Operand) -> Array:
    """x // y of indices; tensors of reals have no floor division."""
    return _index_only(np.floor_divide, "//", x, y)


def remainder(x: Operand, y: Operand) -> Array:
    """x % y of indices; tensors of reals have no remainder."""
    return _index_only(np.remainder, "%", x, y)


def power(x: Operand, y: Operand) -> Array:
    """x ** y, entry by entry, with 0**0 = 1; NaN for 0 to a negative and a negative number to a fractional power."""
    base, exponent = aligned(x, y)
    tag = newest_tag(base, exponent)
    if tag is None:
        return _power_values(base, exponent)
    (base, base_slope), (exponent, exponent_slope) = base.split(tag), exponent.split(tag)
    result = power(base, exponent)
    if base_slope is not None:
        # 0 * 0**-1 is no number, yet x**0 is constant.
        slope = where(exponent == 0, 0.0, multiply(exponent, power(base, exponent - 1)))
        result = add(result, _infinitesimal(tag, multiply(slope, base_slope)))
    if exponent_slope is not None:
        slope = multiply(log(base), power(base, exponent))
        result = add(result, _infinitesimal(tag, multiply(slope, exponent_slope)))
    return result


def compare(relation: Callable[..., Any], x: Operand, y: Operand) -> Array:
    """An Array of truth values. Where a side has no value, neither has the comparison: it is NaN (in a float array)."""
    left, right = aligned(x, y)
    truth = np.asarray(relation(left.data, right.data))
    unknown = np.isnan(left.data) | np.isnan(right.data)
    if unknown.any():
        truth = np.where(unknown, np.nan, truth)
    return Array({VALUE: truth}, left.ndim, first_reason((left, right)))


def where(condition: Operand, x: Operand, y: Operand) -> Array:
    """x where the condition holds and y elsewhere; what is not chosen may be undefined."""
    test, (chosen, other) = as_array(condition), operands(x, y)
    ndim = len(common_shape(test, chosen, other))
    test, chosen, other = (lift(array, ndim) for array in (test, chosen, other))
    truth = np.nan_to_num(test.data).astype(bool)
    parts = {tags: np.where(truth, a, b) for tags, (a, b) in each_part([chosen, other])}
    unknown = np.isnan(test.data)
    if unknown.any():
        parts = {tags: np.where(unknown, np.nan, part) for tags, part in parts.items()}
    return Array(parts, ndim, first_reason((test, chosen, other)))


def maximum(x: Operand, y: Operand) -> Array:
    """The larger of x and y, entry by entry."""
    left, right = operands(x, y)
    return where(left >= right, left, right)


def minimum(x: Operand, y: Operand) -> Array:
    """The smaller of x and y, entry by entry."""
    left, right = operands(x, y)
    return where(left <= right, left, right)


def clip(x: Operand, lo: Operand, hi: Operand) -> Array:
    """x, but at least lo and at most hi: minimum(maximum(x, lo), hi)."""
    return minimum(maximum(x, lo), hi)


def abs(x: Operand) -> Array:
    """The absolute value, entry by entry."""
    (array,) = operands(x)
    return where(array >= 0, array, negative(array))


def sign(x: Operand) -> Array:
    """1, 0 or -1, entry by entry."""
    (array,) = operands(x)
    one = np.ones((), array.dtype)
    return where(array > 0, one, where(array < 0, -one, 0 * one))


def kronecker_delta(i: Operand, j: Operand) -> Array:
    """1 where i = j, and 0 elsewhere."""
    return where(compare(np.equal, i, j), 1, 0)


@dataclass(frozen=True)
class Elementary:
    """A function R -> R: its values, its slope as a function of Arrays, and where it has no value."""

    values: Callable[[Data], Data]
    slope: Callable[[Array], Array]
    lacks_value: Callable[[Data], Any] | None = None
    reason: str = ""

    def __call__(self, x: Operand) -> Array:
        array = floating(as_array(x))
        tag = newest_tag(array)
        if tag is None:
            return self._evaluate(array)
        # f(p + q eps) = f(p) + f'(p) q eps
        value, tangent = array.split(tag)
        result = self(value)
        return result if tangent is None else result.join(tag, multiply(self.slope(value), tangent))

    def _evaluate(self, array: Array) -> Array:
        result = _quiet(self.values)(array.data)
        if self.lacks_value is None:
            return Array({VALUE: result}, array.ndim, array.reason)
        hole = self.lacks_value(array.data)
        values = Array({VALUE: np.where(hole, np.nan, result)}, array.ndim)
        return _explained(values, hole, self.reason, array)


def _stable_sigmoid(x: Data) -> Data:
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


def _erf(x: Data) -> Data:
    return np.asarray(np.frompyfunc(math.erf, 1, 1)(x)).astype(x.dtype)


_EXP = Elementary(np.exp, lambda x: exp(x))
_EXPM1 = Elementary(np.expm1, lambda x: exp(x))
# `0 * log(x)`: where there is no logarithm it has no slope either.
_LOG = Elementary(
    np.log, lambda x: reciprocal(x) + 0 * log(x), lambda x: x <= 0, "the logarithm of a number that is not positive"
)
_SQRT = Elementary(np.sqrt, lambda x: 0.5 / sqrt(x), lambda x: x < 0, "the square root of a negative number")
_TANH = Elementary(np.tanh, lambda x: 1 - tanh(x) ** 2)
_ERF = Elementary(_erf, lambda x: 2 / math.sqrt(math.pi) * exp(-x * x))
_SIGMOID = Elementary(_stable_sigmoid, lambda x: sigmoid(x) * sigmoid(-x))
_SOFTPLUS = Elementary(lambda x: np.logaddexp(x, np.zeros((), x.dtype)), lambda x: sigmoid(x))
_RECIPROCAL = Elementary(np.reciprocal, lambda x: -(reciprocal(x) ** 2), lambda x: x == 0, "a division by zero")


def exp(x: Operand) -> Array:
    """e**x, entry by entry."""
    return _EXP(x)


def expm1(x: Operand) -> Array:
    """e**x - 1 without cancellation near 0."""
    return _EXPM1(x)


def log(x: Operand) -> Array:
    """The natural logarithm; NaN, with its reason, where x <= 0."""
    return _LOG(x)


def sqrt(x: Operand) -> Array:
    """The square root; NaN, with its reason, where x < 0."""
    return _SQRT(x)


def tanh(x: Operand) -> Array:
    """The hyperbolic tangent."""
    return _TANH(x)


def erf(x: Operand) -> Array:
    """The error function, 2/sqrt(pi) times the integral of exp(-t**2) from 0 to x."""
    return _ERF(x)


def sigmoid(x: Operand) -> Array:
    """1 / (1 + exp(-x)), without overflow."""
    return _SIGMOID(x)


def softplus(x: Operand) -> Array:
    """log(1 + exp(x)), without overflow."""
    return _SOFTPLUS(x)


def reciprocal(x: Operand) -> Array:
    """1 / x; NaN, with its reason, where x is 0."""
    return _RECIPROCAL(x)


def _additive(operation: Callable[..., Any], x: Operand, y: Operand) -> Array:
    pair = aligned(x, y)
    compute = _quiet(_exact(operation))
    parts = {tags: compute(a, b) for tags, (a, b) in each_part(pair)}
    return Array(parts, pair[0].ndim, first_reason(pair))


def _infinitesimal(tag: int, slope: Array) -> Array:
    """0 + slope * eps_tag, with zeros for every part that the tags of `slope` call for."""
    zero = slope.linear(np.zeros_like, slope.ndim)
    return zero.join(tag, slope)


def _index_only(operation: Callable[..., Any], symbol: str, x: Operand, y: Operand) -> Array:
    pair = aligned(x, y)
    if pair[0].dtype.kind != "i":
        raise TypeError(f"{symbol} works on indices and sizes; a tensor of reals was given")
    zero = pair[1].data == 0
    result = _quiet(operation)(pair[0].data, np.where(zero, 1, pair[1].data))
    values = np.where(zero, np.nan, result) if zero.any() else np.asarray(result)
    return _explained(Array({VALUE: values}, pair[0].ndim), zero, "a division by zero", *pair)


def _power_values(base: Array, exponent: Array) -> Array:
    hole = (base.data == 0) & (exponent.data < 0)
    whole = base.dtype.kind == "i" and not (exponent.data < 0).any()
    compute = _quiet(_exact(np.power) if whole else lambda x, y: np.power(x.astype(np.result_type(x, 0.0)), y))
    values = compute(base.data, exponent.data)
    lost = hole | np.isnan(base.data) | np.isnan(exponent.data)  # for NumPy, nan**0 and 1**nan are 1
    if lost.any():
        values = np.where(lost, np.nan, values)
    result = Array({VALUE: np.asarray(values)}, base.ndim)
    fractional = np.isnan(values) & ~hole & ~np.isnan(base.data) & ~np.isnan(exponent.data)
    result = _explained(result, hole, "0 to a negative power", base, exponent)
    return _explained(result, fractional, "a negative number to a fractional power", result)


def _explained(result: Array, hole: Any, reason: str, *sources: Array) -> Array:
    """`result` with the reason why it has no value, if it has holes, or the one that its sources bring."""
    return Array(result.parts, result.ndim, first_reason(sources) or (reason if np.any(hole) else ""))


def _exact(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Integers stay integers while they are exact, and become floats before they could overflow."""

    def compute(x: Data, y: Data) -> Any:
        if x.dtype.kind != "i":
            return operation(x, y)
        rough = operation(x.astype(np.float64), y.astype(np.float64))
        return operation(x, y) if np.all(np.abs(rough) < _EXACT) else rough

    return compute


def _quiet(operation: Callable[..., Any]) -> Callable[..., Any]:
    """NaN and infinity are carried along without NumPy's warnings."""

    def compute(*data: Data) -> Any:
        with np.errstate(all="ignore"):
            return operation(*data)

    return compute
