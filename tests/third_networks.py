"""Network operations of the third reading, by plain loops over windows, from PyTorch's documentation."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import third_numbers as real
import third_reading as third
from third_numbers import Clock, Undefined
from third_reading import Array

HALF = Fraction(1, 2)


# --- activations -----------------------------------------------------------------------------------------------------


def relu(x: Any) -> Array:
    return third.maximum(x, 0)


def relu6(x: Any) -> Array:
    return third.clip(x, 0, 6)


def hardtanh(x: Any, min_val: Any = -1, max_val: Any = 1) -> Array:
    return third.clip(x, min_val, max_val)


def leaky_relu(x: Any, negative_slope: Any = 0.01) -> Array:
    return third.where(third.Array.of(x) > 0, x, Array.of(negative_slope) * x)


def elu(x: Any, alpha: Any = 1) -> Array:
    return third.where(third.Array.of(x) > 0, x, Array.of(alpha) * (third.exp(third.minimum(x, 0)) - 1))


def silu(x: Any) -> Array:
    return x * third.sigmoid(x)


def softplus(x: Any) -> Array:
    return third.log(1 + third.exp(x))


def gelu(x: Any, approximate: str = "none") -> Array:
    x = Array.of(x)
    if approximate == "tanh":
        return x * HALF * (1 + third.tanh(third.sqrt(2 / third.pi) * (x + Array.of(0.044715) * x**3)))
    return x * HALF * (1 + third.erf(x / third.sqrt(2)))


def layer_norm(x: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: Any = 1e-5) -> Array:
    x, axes = _last_axes(x, normalized_shape, weight, bias)
    return _scaled((x - third.mean(x, axes, True)) / third.sqrt(third.var(x, axes, True) + eps), weight, bias)


def rms_norm(x: Any, normalized_shape: Any, weight: Any = None, eps: Any = 0) -> Array:
    x, axes = _last_axes(x, normalized_shape, weight)
    return _scaled(x / third.sqrt(third.mean(x * x, axes, True) + eps), weight, None)


def _last_axes(x: Any, normalized_shape: Any, *parameters: Any) -> tuple[Array, tuple[int, ...]]:
    x, shape = Array.of(x), third.sizes_of(normalized_shape)
    if x.entries.shape[-len(shape) :] != shape:
        raise Undefined("normalised over another shape")
    for parameter in parameters:
        if parameter is not None and Array.of(parameter).entries.shape != shape:
            raise Undefined("normalised with parameters of another shape")
    return x, tuple(range(-len(shape), 0))


def _scaled(x: Array, weight: Any, bias: Any) -> Array:
    product = x if weight is None else x * weight
    return product if bias is None else product + bias


# --- images ----------------------------------------------------------------------------------------------------------


def _options(value: Any, rank: int, least: int) -> tuple[int, ...]:
    values = value if isinstance(value, tuple | list) else (value,) * rank
    found = tuple(int(v.__index__()) for v in values)
    if any(v < least for v in found):
        computed = any(isinstance(v, third.Int | Array) for v in values)
        raise Undefined(f"option {value}") if computed else ValueError(f"option {value}")
    return found


def _image(x: Any, rank: int) -> tuple[Any, int]:
    """(N, C, ...) and the number of leading axes that there were."""
    entries = Array.of(x).entries
    leading = entries.ndim - rank
    if leading not in (0, 1, 2):
        raise TypeError("no image")
    return entries.reshape((1,) * (2 - leading) + entries.shape), leading


def _back(result: Any, leading: int) -> Array:
    return Array(result[(0,) * (2 - leading)])


def _grid(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    Clock.tick()
    return itertools.product(*map(range, shape))


def conv2d(
    x: Any, w: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: Any = 1
) -> Array:
    return _convolution(2, x, w, bias, stride, padding, dilation, groups)


def conv1d(
    x: Any, w: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: Any = 1
) -> Array:
    return _convolution(1, x, w, bias, stride, padding, dilation, groups)


def _convolution(rank: int, x: Any, w: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: Any) -> Array:
    image, leading = _image(x, rank)
    kernel = _image(w, rank)[0]
    steps, spread, (groups,) = _options(stride, rank, 1), _options(dilation, rank, 1), _options(groups, 1, 1)
    outputs, own, *window = kernel.shape
    if own * groups != image.shape[1] or outputs % groups or 0 in (own, outputs, *window):
        raise Undefined("channels and groups do not fit")
    if padding == "same" and steps != (1,) * rank:
        raise ValueError("padding 'same' with a stride")
    before, after = _same(window, spread, rank) if padding == "same" else _both(padding, rank)
    sizes = tuple(
        (n + b + a - d * (k - 1) - 1) // s + 1
        for n, k, s, d, b, a in zip(image.shape[2:], window, steps, spread, before, after, strict=True)
    )
    if min(sizes) < 1:
        raise Undefined("a window larger than its input")
    result = np.empty((image.shape[0], outputs, *sizes), object)
    for n, o in _grid(result.shape[:2]):
        first = o // (outputs // groups) * own
        for place in _grid(sizes):
            terms = []
            for c in range(own):
                for offset in _grid(tuple(window)):
                    at = tuple(
                        s * i + d * a - b for s, i, d, a, b in zip(steps, place, spread, offset, before, strict=True)
                    )
                    if all(0 <= i < m for i, m in zip(at, image.shape[2:], strict=True)):
                        terms.append(real.mul(kernel[(o, c, *offset)], image[(n, first + c, *at)]))
            result[(n, o, *place)] = third.total(terms)
    return _with_bias(_back(result, leading), bias, rank, outputs)


def _both(padding: Any, rank: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    widths = (0,) * rank if padding == "valid" else _options(padding, rank, 0)
    return widths, widths


def _same(window: Any, spread: Any, rank: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    total = [d * (k - 1) for k, d in zip(window, spread, strict=True)]
    return tuple(n // 2 for n in total), tuple(n - n // 2 for n in total)


def _with_bias(result: Array, bias: Any, rank: int, outputs: int) -> Array:
    if bias is None:
        return result
    values = Array.of(bias)
    if values.ndim and values.entries.shape != (outputs,):
        raise Undefined("a bias of another length")
    return result + (third.reshape(values, (-1,) + (1,) * rank) if values.ndim else values)


def conv_transpose2d(
    x: Any,
    w: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: Any = 1,
    dilation: Any = 1,
) -> Array:
    """Each entry of the input adds its multiple of the kernel."""
    image, leading = _image(x, 2)
    kernel = _image(w, 2)[0] if leading else Array.of(w).entries[None, None]
    steps, spread, cut = _options(stride, 2, 1), _options(dilation, 2, 1), _options(padding, 2, 0)
    extra, (groups,) = _options(output_padding, 2, 0), _options(groups, 1, 1)
    channels, each, *window = kernel.shape
    if channels != image.shape[1] or channels % groups:
        raise Undefined("channels and groups do not fit")
    if any(e >= max(s, d) for e, s, d in zip(extra, steps, spread, strict=True)):
        raise Undefined("output_padding is not smaller than stride or dilation")
    sizes = tuple(
        (n - 1) * s - 2 * p + d * (k - 1) + e + 1
        for n, s, p, d, k, e in zip(image.shape[2:], steps, cut, spread, window, extra, strict=True)
    )
    if min(sizes) < 1:
        raise Undefined("nothing is left of the output")
    result = np.full((image.shape[0], each * groups, *sizes), Fraction(0), object)
    for n, c, o in _grid((image.shape[0], channels, each)):
        output = c // (channels // groups) * each + o
        for place in _grid(image.shape[2:]):
            for offset in _grid(tuple(window)):
                at = tuple(s * i + d * a - p for s, i, d, a, p in zip(steps, place, spread, offset, cut, strict=True))
                if all(0 <= i < m for i, m in zip(at, sizes, strict=True)):
                    term = real.mul(kernel[(c, o, *offset)], image[(n, c, *place)])
                    result[(n, output, *at)] = real.add(result[(n, output, *at)], term)
    return _with_bias(_back(result, leading), bias, 2, each * groups)


@dataclass(frozen=True)
class Windows:
    """The windows of a pooling along one axis of n entries."""

    n: int
    kernel: int
    stride: int
    padding: int
    dilation: int
    ceil: bool

    def count(self) -> int:
        room = self.n + 2 * self.padding - self.dilation * (self.kernel - 1) - 1
        count = (-(-room // self.stride) if self.ceil else room // self.stride) + 1
        if self.ceil and (count - 1) * self.stride >= self.n + self.padding:
            count -= 1
        if count < 1 or self.n == 0:
            raise Undefined("a window larger than its input")
        return count

    def inside(self, i: int) -> list[int]:
        """The entries of the input in window i."""
        places = (i * self.stride - self.padding + a * self.dilation for a in range(self.kernel))
        return [place for place in places if 0 <= place < self.n]

    def padded(self, i: int) -> int:
        """How many entries window i has with the padding, but not past it."""
        start = i * self.stride - self.padding
        return min(start + self.kernel, self.n + self.padding) - start


def _windows(rank: int, image: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil: Any) -> list[Windows]:
    kernels = _options(kernel, rank, 1)
    strides = kernels if stride is None else _options(stride, rank, 1)
    found = zip(image.shape[2:], kernels, strides, _options(padding, rank, 0), _options(dilation, rank, 1), strict=True)
    windows = [Windows(*row, bool(ceil)) for row in found]
    if any(2 * axis.padding > axis.kernel for axis in windows):
        raise Undefined("padding of more than half a window")
    return windows


def _pooled(image: Any, leading: int, windows: list[Windows], combine: Any) -> Array:
    sizes = tuple(axis.count() for axis in windows)
    result = np.empty((*image.shape[:2], *sizes), object)
    for n, c in _grid(result.shape[:2]):
        for place in _grid(sizes):
            rows = [axis.inside(i) for axis, i in zip(windows, place, strict=True)]
            entries = [image[(n, c, *at)] for at in itertools.product(*rows)]
            result[(n, c, *place)] = combine(place, entries)
    return _back(result, leading)


def _average(
    rank: int, x: Any, kernel: Any, stride: Any, padding: Any, ceil: Any, include: Any, divisor: Any = None
) -> Array:
    image, leading = _image(x, rank)
    windows = _windows(rank, image, kernel, stride, padding, 1, ceil)

    def combine(place: Any, entries: Any) -> Any:
        whole = math.prod(axis.padded(i) for axis, i in zip(windows, place, strict=True))
        count = divisor if divisor is not None else whole if include else len(entries)
        return real.div(third.total(entries), real.number(count))

    return _pooled(image, leading, windows, combine)


def avg_pool2d(
    x: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: Any = False,
    count_include_pad: Any = True,
    divisor_override: Any = None,
) -> Array:
    return _average(2, x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def avg_pool1d(
    x: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: Any = False,
    count_include_pad: Any = True,
) -> Array:
    return _average(1, x, kernel_size, stride, padding, ceil_mode, count_include_pad)


def _maxima(rank: int, x: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil: Any) -> Array:
    image, leading = _image(x, rank)
    windows = _windows(rank, image, kernel, stride, padding, dilation, ceil)
    return _pooled(image, leading, windows, lambda place, entries: third.largest(entries))


def max_pool2d(
    x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: Any = False
) -> Array:
    return _maxima(2, x, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool1d(
    x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: Any = False
) -> Array:
    return _maxima(1, x, kernel_size, stride, padding, dilation, ceil_mode)


def unfold(x: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Array:
    """Column l holds window l: row c*kh*kw + a*kw + b is entry a, b of channel c."""
    image, leading = _image(x, 2)
    if not leading:
        raise TypeError("unfold of an image without channels")
    window, steps = _options(kernel_size, 2, 1), _options(stride, 2, 1)
    spread, width = _options(dilation, 2, 1), _options(padding, 2, 0)
    sizes = [
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, p, d, k, s in zip(image.shape[2:], width, spread, window, steps, strict=True)
    ]
    if min(sizes) < 1:
        raise Undefined("a window larger than its input")
    columns = []
    for n, c, a, b in _grid((*image.shape[:2], *window)):
        for i, j in _grid(tuple(sizes)):
            row, column = steps[0] * i + spread[0] * a - width[0], steps[1] * j + spread[1] * b - width[1]
            is_inside = 0 <= row < image.shape[2] and 0 <= column < image.shape[3]
            columns.append(image[n, c, row, column] if is_inside else Fraction(0))
    result = np.empty(len(columns), object)
    result[:] = columns
    return Array(result.reshape(image.shape[0], -1, sizes[0] * sizes[1])[() if leading == 2 else 0])


def pixel_shuffle(x: Any, upscale_factor: Any) -> Array:
    image, leading = _image(x, 2)
    (r,) = _options(upscale_factor, 1, 1)
    count, channels, height, width = image.shape
    if not leading or channels % (r * r):
        raise Undefined("pixel_shuffle of channels that do not fit")
    result = np.empty((count, channels // (r * r), height * r, width * r), object)
    for n, c, i, j in _grid(result.shape):
        result[n, c, i, j] = image[n, c * r * r + i % r * r + j % r, i // r, j // r]
    return _back(result, leading)
