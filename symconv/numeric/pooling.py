"""Average and max pooling, with PyTorch's names, argument order and meaning."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from symconv.errors import Undefined
from symconv.numeric import reductions, shaping
from symconv.numeric.arrays import Array, Data, Operand, as_array
from symconv.numeric.computed import as_size
from symconv.numeric.windows import as_images, as_pair, refuse, windows


@dataclass(frozen=True)
class Axis:
    """The windows along one axis of an input of size n; window i starts at stride*i - padding."""

    n: int
    kernel: int
    stride: int
    padding: int
    dilation: int
    ceil: bool

    @property
    def reach(self) -> int:
        """From a window's first entry to its last, both included."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def count(self) -> int:
        """The number of windows: those that fit and, under ceil_mode, one that runs off the end.

        That one is dropped if it would start in the padding on the right.
        """
        room = self.n + 2 * self.padding - self.reach
        if not self.ceil:
            return room // self.stride + 1
        count = -(-room // self.stride) + 1
        starts_inside = (count - 1) * self.stride < self.n + self.padding
        return count if starts_inside else count - 1

    @property
    def after(self) -> int:
        """How much to pad at the end, so that the last window is whole; negative if some of it is never read."""
        return (self.count - 1) * self.stride + self.reach - self.padding - self.n

    def slices(self) -> list[slice]:
        """For each place in a window, where the padded axis holds the entries that the windows have there."""
        span = (self.count - 1) * self.stride + 1
        return [slice(first, first + span, self.stride) for first in range(0, self.reach, self.dilation)]

    def has_empty_window(self) -> bool:
        """Whether some window holds padding only (which takes a dilation)."""
        start = np.arange(self.count)[:, None] * self.stride - self.padding
        entries = start + np.arange(self.kernel) * self.dilation
        return not ((entries >= 0) & (entries < self.n)).any(axis=1).all()

    def covered(self, count_padding: bool) -> np.ndarray[Any, np.dtype[np.int64]]:
        """How many entries each window averages: with the padding, but not past it, or the input's alone."""
        start = np.arange(self.count) * self.stride - self.padding
        stop = np.minimum(start + self.kernel, self.n + self.padding)
        return stop - start if count_padding else np.minimum(stop, self.n) - np.maximum(start, 0)


def avg_pool2d(
    x: Operand,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Array:
    """The average of each window, as torch.nn.functional.avg_pool2d.

    y[..., i, j] = sum over a, b of x[..., sh*i + a - ph, sw*j + b - pw] / divisor, with x = 0 in the padding

    Shapes: x (H, W), (C, H, W) or (N, C, H, W) -> the same with H' and W'.
    """
    return _average(2, x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def avg_pool1d(
    x: Operand,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """avg_pool2d with one spatial axis. Shapes: x (L,), (C, L) or (N, C, L) -> the same with L'."""
    return _average(1, x, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def max_pool2d(
    x: Operand, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> Array:
    """The maximum of each window, as torch.nn.functional.max_pool2d; the padding is minus infinity.

    y[..., i, j] = max over a, b of x[..., sh*i + dh*a - ph, sw*j + dw*b - pw]

    Shapes: x (H, W), (C, H, W) or (N, C, H, W) -> the same with H' and W'.
    """
    return _maximum(2, x, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool1d(
    x: Operand, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> Array:
    """max_pool2d with one spatial axis. Shapes: x (L,), (C, L) or (N, C, L) -> the same with L'."""
    return _maximum(1, x, kernel_size, stride, padding, dilation, ceil_mode)


def _average(
    rank: int, x: Operand, kernel: Any, stride: Any, padding: Any, ceil: bool, count_padding: bool, override: int | None
) -> Array:
    image, layout = as_images(x, rank, "pooling")
    axes = _axes(rank, image, kernel, stride, padding, 1, ceil)
    sums = _padded(image, axes, 0).linear(lambda part: _folded(np.add, part, axes), 4)
    if override is None:
        divisor: Any = np.outer(axes[0].covered(count_padding), axes[1].covered(count_padding))
    else:
        divisor = as_size(override, "divisor_override")
        if divisor == 0:
            refuse("divisor_override is 0", [override])
    return layout.back(sums / as_array(divisor).astype(image.dtype))


def _maximum(rank: int, x: Operand, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil: bool) -> Array:
    image, layout = as_images(x, rank, "pooling")
    axes = _axes(rank, image, kernel, stride, padding, dilation, ceil)
    if any(axis.has_empty_window() for axis in axes):
        raise Undefined(f"max pooling of size {kernel} has a window of padding only")
    padded = _padded(image, axes, -math.inf)
    if len(image.parts) == 1:
        return layout.back(padded.linear(lambda part: _folded(np.maximum, part, axes), 4))
    (height, width) = axes
    found = windows(
        padded, (height.kernel, width.kernel), (height.stride, width.stride), (height.dilation, width.dilation)
    )
    return layout.back(reductions.max(found, (-2, -1)))


def _axes(
    rank: int, image: Array, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil: bool
) -> tuple[Axis, Axis]:
    """The windows along height and along width."""
    kernels = as_pair(kernel, rank, "kernel_size", neutral=1, least=1)
    strides = kernels if stride is None else as_pair(stride, rank, "stride", neutral=1, least=1)
    paddings = as_pair(padding, rank, "padding", neutral=0, least=0)
    dilations = as_pair(dilation, rank, "dilation", neutral=1, least=1)
    high, wide = (
        Axis(*options, ceil)
        for options in zip(image.logical_shape[2:], kernels, strides, paddings, dilations, strict=True)
    )
    for axis in (high, wide):
        if 2 * axis.padding > axis.kernel:
            refuse(f"padding {padding} is more than half of kernel_size {kernel}", [padding, kernel])
        if axis.count < 1 or axis.n == 0:
            raise Undefined(
                f"a window of size {axis.reach} is larger than its padded input of size {axis.n + 2 * axis.padding}"
            )
    return high, wide


def _padded(image: Array, axes: tuple[Axis, Axis], value: float) -> Array:
    """The image with `value` around it, so that each window is whole."""
    around = [(axis.padding, max(axis.after, 0)) for axis in axes]
    return shaping.pad(image, ((0, 0), (0, 0), *around), constant_values=value)


def _folded(operation: Callable[[Data, Data], Data], part: Data, axes: tuple[Axis, Axis]) -> Data:
    """The sum or maximum of each window: first of its columns, then of these. Shapes: (..., H, W) -> (..., H', W')."""
    high, wide = axes
    lines = reduce(operation, [part[..., rows, :] for rows in high.slices()])
    return reduce(operation, [lines[..., columns] for columns in wide.slices()])
