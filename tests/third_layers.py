"""Normalisation, attention, losses, padding and resizing of the third reading: a loop for each entry, by definition."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import third_numbers as real
import third_reading as third
from third_networks import softplus
from third_numbers import Undefined
from third_reading import Array

Place = tuple[int, ...]


def mish(x: Any) -> Array:
    return x * third.tanh(softplus(x))


# --- normalisation ---------------------------------------------------------------------------------------------------


def _by_groups(x: Array, group: Callable[[Place], Any], eps: Any) -> Array:
    """Each entry less the mean of its group, over the root of the group's variance plus eps."""
    places: dict[Any, list[Place]] = {}
    for place in np.ndindex(x.entries.shape):
        places.setdefault(group(place), []).append(place)
    result = np.empty(x.entries.shape, object)
    for members in places.values():
        values = [x.entries[place] for place in members]
        mean = _mean(values)
        gaps = [real.add(value, real.neg(mean)) for value in values]
        deviation = real.root(real.add(_mean([real.mul(gap, gap) for gap in gaps]), Array.of(eps).entries.item()))
        for place, gap in zip(members, gaps, strict=True):
            result[place] = real.div(gap, deviation)
    return Array(result)


def _mean(values: Sequence[Any]) -> Any:
    return real.div(third.total(list(values)), Fraction(len(values)))


def _channel(place: Place) -> int:
    """Of an entry of (N, C, ...)."""
    return place[1]


def _scaled(x: Array, weight: Any, bias: Any) -> Array:
    """Times the weight and plus the bias of each entry's channel."""
    parameters = [None if p is None else Array.of(p).entries.ravel() for p in (weight, bias)]
    channels = x.entries.shape[1]
    if any(p is not None and len(p) != channels for p in parameters):
        raise Undefined("parameters for another number of channels")
    result = x.entries.copy()
    for place in np.ndindex(result.shape):
        scale, shift = (None if p is None else p[_channel(place)] for p in parameters)
        result[place] = result[place] if scale is None else real.mul(result[place], scale)
        result[place] = result[place] if shift is None else real.add(result[place], shift)
    return Array(result)


def batch_norm(
    x: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: Any = 0.1,
    eps: Any = 1e-5,
) -> Array:
    x = Array.of(x)
    if training:
        return _scaled(_by_groups(x, _channel, eps), weight, bias)
    deviation = third.sqrt(Array.of(running_var) + eps)
    return _scaled(_scaled(_scaled(x, None, -Array.of(running_mean)), 1 / deviation, None), weight, bias)


def instance_norm(
    x: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: Any = 0.1,
    eps: Any = 1e-5,
) -> Array:
    if not use_input_stats:
        return batch_norm(x, running_mean, running_var, weight, bias, eps=eps)
    return _scaled(_by_groups(Array.of(x), lambda place: place[:2], eps), weight, bias)


def group_norm(x: Any, num_groups: Any, weight: Any = None, bias: Any = None, eps: Any = 1e-5) -> Array:
    x, count = Array.of(x), int(num_groups)
    channels = x.entries.shape[1]
    if count < 1 or channels % count:
        raise Undefined(f"{channels} channels in {count} groups")
    own = channels // count
    return _scaled(_by_groups(x, lambda place: (place[0], place[1] // own), eps), weight, bias)


# --- attention and losses --------------------------------------------------------------------------------------------


def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: Any = 0,
    is_causal: bool = False,
    scale: Any = None,
) -> Array:
    q, k, v = (Array.of(each) for each in (query, key, value))
    factor = 1 / third.sqrt(q.shape[-1]) if scale is None else Array.of(scale)
    scores = third.matmul(q, Array(np.swapaxes(k.entries, -1, -2))) * factor
    mask = None if attn_mask is None else Array.of(attn_mask)
    allowed = np.ones(scores.entries.shape, object)
    if is_causal:
        allowed = np.tri(*scores.entries.shape[-2:]) * allowed
    elif mask is not None and isinstance(mask.entries.flat[0], bool):
        allowed = allowed * np.vectorize(int, otypes=[object])(mask.entries)
    elif mask is not None:
        scores = scores + mask
    powers = third.exp(scores) * Array.of(allowed)
    return third.matmul(powers / third.sum_(powers, -1, True), v)


def _combined(losses: Array, reduction: str, counts: dict[str, Any]) -> Array:
    if reduction == "none":
        return losses
    total = third.sum_(losses)
    return total if reduction == "sum" else total / counts[reduction]


def mse_loss(x: Any, target: Any, *, reduction: str = "mean") -> Array:
    gaps = Array.of(x) - target
    return _combined(gaps * gaps, reduction, {"mean": gaps.entries.size})


def cross_entropy(
    x: Any, target: Any, weight: Any = None, *, reduction: str = "mean", label_smoothing: Any = 0
) -> Array:
    x, target, divisor = Array.of(x), Array.of(target), None
    if x.ndim == 1 and target.ndim == 0:
        place = int(target.entries.item())
        if not 0 <= place < len(x.entries):
            raise Undefined("a class outside of the scores")
        target = Array.of([int(c == place) for c in range(len(x.entries))])
        divisor = None if weight is None else Array.of(weight).entries[place]
    if x.entries.shape != target.entries.shape:
        raise Undefined("a target of another shape")
    axis = min(x.ndim - 1, 1)
    classes = x.entries.shape[axis]
    share = Array.of(label_smoothing)
    terms = (target * (1 - share) + share / classes) * third.log_softmax(x, axis)
    if weight is not None:
        terms = terms * third.reshape(weight, (-1,) + (1,) * (x.ndim - 1 - axis))
    losses = -third.sum_(terms, axis)
    return _combined(losses, reduction, {"mean": losses.entries.size if divisor is None else divisor})


def kl_div(x: Any, target: Any, *, reduction: str = "mean", log_target: bool = False) -> Array:
    x, target = Array.of(x), Array.of(target)
    if log_target:
        losses = third.exp(target) * (target - x)
    else:
        losses = third.where(third.same(target, 0), 0, target * (third.log(target) - x))
    first = x.entries.shape[0] if x.ndim else 1
    return _combined(losses, reduction, {"mean": losses.entries.size, "batchmean": first})


# --- padding ---------------------------------------------------------------------------------------------------------


def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = 0) -> Array:
    """By loops: an entry of the input, or the constant of the border that is met last, as in NumPy."""
    entries = Array.of(x).entries
    widths = [(int(b), int(a)) for b, a in _pairs(pad_width, entries.ndim)]
    if any(w < 0 for pair in widths for w in pair):
        raise ValueError("a negative width")
    constants = [
        tuple(Array.of(value).entries.item() for value in pair) for pair in _pairs(constant_values, entries.ndim)
    ]
    result = np.empty([n + b + a for n, (b, a) in zip(entries.shape, widths, strict=True)], object)
    for place in np.ndindex(result.shape):
        inner = tuple(i - b for i, (b, _) in zip(place, widths, strict=True))
        if mode != "constant":
            inner = tuple(_brought_inside(i, n, mode) for i, n in zip(inner, entries.shape, strict=True))
        value = None
        for axis, (i, n) in enumerate(zip(inner, entries.shape, strict=True)):
            if not 0 <= i < n:
                value = constants[axis][i >= n]
        result[place] = entries[inner] if value is None else value
    return Array(result)


def _brought_inside(i: int, n: int, mode: str) -> int:
    """Step by step, from the border inwards: to the nearest entry, round the circle, or mirrored."""
    if n == 0:
        raise Undefined("an empty axis is padded without a constant")
    while not 0 <= i < n:
        match mode:
            case "edge":
                i = 0 if i < 0 else n - 1
            case "wrap":
                i = i + n if i < 0 else i - n
            case "symmetric":
                i = -1 - i if i < 0 else 2 * n - 1 - i
            case "reflect":
                i = 0 if n == 1 else -i if i < 0 else 2 * (n - 1) - i
            case _:
                raise ValueError(mode)
    return i


def _pairs(value: Any, ndim: int) -> list[tuple[Any, Any]]:
    if not isinstance(value, tuple | list):
        return [(value, value)] * ndim
    rows = list(value) if any(isinstance(item, tuple | list) for item in value) else [value]
    pairs = [(row[0], row[-1]) for row in rows]
    if len(pairs) not in (1, ndim):
        raise ValueError("pad_width")
    return pairs * ndim if len(pairs) == 1 else pairs


# --- resizing --------------------------------------------------------------------------------------------------------


Weights = Callable[[int, int, int], Iterable[tuple[int, Fraction]]]
"""Of an axis of n entries brought to m: which entries make entry i, and with which weights."""


def _resized(x: Any, rank: int, size: Any, weights: Weights) -> Array:
    entries = Array.of(x).entries
    spatial = entries.shape[entries.ndim - rank :]
    wanted = size if isinstance(size, tuple | list) else (size,) * rank
    counts = [n if m is None else int(m) for n, m in zip(spatial, wanted, strict=True)]
    if min(*counts, *spatial) < 1:
        raise Undefined(f"an image of {spatial} brought to {counts}")
    lead = entries.shape[: entries.ndim - rank]
    result = np.empty((*lead, *counts), object)
    for place in np.ndindex(result.shape):
        axes = [weights(n, m, i) for n, m, i in zip(spatial, counts, place[len(lead) :], strict=True)]
        terms = []
        for parts in itertools.product(*axes):
            value = entries[(*place[: len(lead)], *(at for at, _ in parts))]
            terms.append(real.mul(math.prod((weight for _, weight in parts), start=Fraction(1)), value))
        result[place] = third.total(terms)
    return Array(result)


def _window(n: int, m: int, i: int) -> list[tuple[int, Fraction]]:
    """The entries from floor(i n / m) to ceil((i + 1) n / m), each with the same weight."""
    inside = [a for a in range(n) if a >= i * n // m and a * m < (i + 1) * n]
    return [(a, Fraction(1, len(inside))) for a in inside]


def _nearest(n: int, m: int, i: int) -> list[tuple[int, Fraction]]:
    return [(i * n // m, Fraction(1))]


def _hat(n: int, at: Fraction) -> list[tuple[int, Fraction]]:
    """Linear interpolation at a place that is moved into 0 .. n - 1."""
    at = min(max(at, Fraction(0)), Fraction(n - 1))
    return [(a, 1 - abs(at - a)) for a in range(n) if abs(at - a) < 1]


def _between(n: int, m: int, i: int) -> list[tuple[int, Fraction]]:
    return _hat(n, (i + Fraction(1, 2)) * n / m - Fraction(1, 2))


def _between_corners(n: int, m: int, i: int) -> list[tuple[int, Fraction]]:
    return _hat(n, Fraction(i * (n - 1), m - 1) if m > 1 else Fraction(0))


def adaptive_avg_pool2d(x: Any, output_size: Any) -> Array:
    return _resized(x, 2, output_size, _window)


def adaptive_avg_pool1d(x: Any, output_size: Any) -> Array:
    return _resized(x, 1, output_size, _window)


def interpolate(
    x: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> Array:
    if mode == "nearest" and align_corners is not None:
        raise ValueError("align_corners of mode nearest")
    spatial = Array.of(x).entries.shape
    spatial = spatial if len(spatial) == 2 else spatial[2:]
    if mode not in ("nearest", {1: "linear", 2: "bilinear"}[len(spatial)]):
        raise ValueError(f"mode {mode} of {len(spatial)} axes")
    if size is None:
        factors = scale_factor if isinstance(scale_factor, tuple | list) else (scale_factor,) * len(spatial)
        size = tuple(n * f for n, f in zip(spatial, factors, strict=True))
    between = _between_corners if align_corners else _between
    return _resized(x, len(spatial), size, _nearest if mode == "nearest" else between)
