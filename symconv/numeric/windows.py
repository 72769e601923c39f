"""Sliding windows over the last two axes: what convolution, pooling and unfold have in common.

Everything runs on images of shape (N, C, H, W); `Layout` brings smaller ranks there and back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from symconv.errors import ShapeError, Undefined
from symconv.numeric import shaping
from symconv.numeric.arrays import Array, Data, Operand, wrap
from symconv.numeric.computed import Computed, as_size

Pair: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Layout:
    """How a tensor of `rank` spatial axes became (N, C, H, W)."""

    rank: int
    leading: int
    """How many of N and C the tensor had."""

    def back(self, image: Array) -> Array:
        """The (N, C, H', W') result in the rank that the input had."""
        return shaping.reshape(image, image.logical_shape[2 - self.leading : 2] + image.logical_shape[4 - self.rank :])


def as_images(x: Operand, rank: int, name: str) -> tuple[Array, Layout]:
    """x as (N, C, H, W), from `rank` spatial axes with none, C, or N and C before them."""
    tensor = wrap(x)
    leading = tensor.ndim - rank
    if not 0 <= leading <= 2:
        raise ShapeError(f"{name} of a tensor of {tensor.ndim} axes; need {rank}, {rank + 1} or {rank + 2}")
    shape = tensor.logical_shape
    full = (1,) * (2 - leading) + shape[:leading] + (1,) * (2 - rank) + shape[leading:]
    return shaping.reshape(tensor, full), Layout(rank, leading)


def as_pair(value: Any, rank: int, name: str, *, neutral: int, least: int) -> Pair:
    """An option (an integer, or one for each spatial axis) for height and width, at least `least`.

    A tensor of one spatial axis is an image of height 1, for which the option is `neutral`.
    """
    given = tuple(value) if isinstance(value, tuple | list) else (value,)
    sizes = [as_size(item, name) for item in given]
    if len(sizes) not in (1, rank):
        raise ValueError(f"{name} is {value}; need an integer or {rank} of them")
    for size in sizes:
        if size < least:
            refuse(f"{name} is {value}; need at least {least}", sizes)
    first, last = (neutral if rank == 1 else sizes[0]), sizes[-1]
    return int(first), int(last)


def refuse(reason: str, options: Sequence[object]) -> NoReturn:
    """Raise Undefined if the fault depends on sizes that were computed, and ValueError if it was written down."""
    raise (Undefined if any(_is_computed(option) for option in options) else ValueError)(reason)


def _is_computed(option: object) -> bool:
    if isinstance(option, tuple | list):
        return any(_is_computed(item) for item in option)
    return isinstance(option, Computed)


def reach(kernel: Pair, dilation: Pair) -> Pair:
    """The height and width from a window's first row and column to its last, both included."""
    return dilation[0] * (kernel[0] - 1) + 1, dilation[1] * (kernel[1] - 1) + 1


def windows(x: Array, kernel: Pair, stride: Pair, dilation: Pair) -> Array:
    """All windows in place. Shapes: (..., H, W) -> (..., H', W', kh, kw) with H' = (H - dh*(kh - 1) - 1)//sh + 1."""
    height, width = reach(kernel, dilation)
    if height > x.logical_shape[-2] or width > x.logical_shape[-1]:
        size, image = (height, width), x.logical_shape[-2:]
        raise Undefined(f"a window of size {size} is larger than its padded input of size {image}")

    def view(part: Data) -> Data:
        every = sliding_window_view(part, (height, width), axis=(-2, -1))
        return np.asarray(every[..., :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]])

    return x.linear(view, x.ndim + 2)


def columns(x: Array, kernel: Pair, stride: Pair, dilation: Pair) -> Array:
    """The windows with their entries before their positions. Shapes: (N, C, H, W) -> (N, C, kh, kw, H', W')."""
    return shaping.permute_dims(windows(x, kernel, stride, dilation), (0, 1, 4, 5, 2, 3))


def scatter(pieces: Array, kernel: Pair, stride: Pair, dilation: Pair, extra: Pair) -> Array:
    """Add each window's entries up where the window lies: the adjoint of `columns`.

    Shapes: (N, C, kh, kw, H, W) -> (N, C, H', W') with H' = sh*(H - 1) + dh*(kh - 1) + 1 + extra.
    """
    rows, cols = pieces.logical_shape[-2:]
    height, width = reach(kernel, dilation)
    size = stride[0] * (rows - 1) + height + extra[0], stride[1] * (cols - 1) + width + extra[1]

    def add_up(part: Data) -> Data:
        image = np.zeros(part.shape[:-4] + size, part.dtype)
        for a, b in np.ndindex(*kernel):
            top, left = a * dilation[0], b * dilation[1]
            lines = slice(top, top + stride[0] * (rows - 1) + 1, stride[0])
            dots = slice(left, left + stride[1] * (cols - 1) + 1, stride[1])
            image[..., lines, dots] += part[..., a, b, :, :]
        return image

    return pieces.linear(add_up, 4)


def unfold(x: Operand, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Array:
    """The windows of an image as the columns of a matrix, as torch.nn.functional.unfold.

    Shapes: x (C, H, W) -> (C*kh*kw, H'*W'); (N, C, H, W) -> (N, C*kh*kw, H'*W').
    """
    if wrap(x).ndim == 2:
        raise ShapeError("unfold of a tensor of 2 axes; need (C, H, W) or (N, C, H, W)")
    image, layout = as_images(x, 2, "unfold")
    kernel = as_pair(kernel_size, 2, "kernel_size", neutral=1, least=1)
    steps = as_pair(stride, 2, "stride", neutral=1, least=1)
    spread = as_pair(dilation, 2, "dilation", neutral=1, least=1)
    top, left = as_pair(padding, 2, "padding", neutral=0, least=0)
    found = columns(shaping.pad(image, ((0, 0), (0, 0), (top, top), (left, left))), kernel, steps, spread)
    n, c, kh, kw, h, w = found.logical_shape
    shape = (n, c * kh * kw, h * w)
    return shaping.reshape(found, shape if layout.leading == 2 else shape[1:])
