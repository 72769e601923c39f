"""Adaptive average pooling and interpolation, with PyTorch's names and meaning: a matrix for each spatial axis."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from symconv.errors import ShapeError, Undefined
from symconv.numeric import shaping
from symconv.numeric.arrays import Array, Data, Operand, as_array, wrap
from symconv.numeric.computed import as_size
from symconv.numeric.products import matmul
from symconv.numeric.windows import as_images, as_pair, refuse

_RANK_OF_MODE = {"nearest": None, "linear": 1, "bilinear": 2}

Matrix = Callable[[int, int], Data]
"""From an axis of one size to one of another."""


def adaptive_avg_pool2d(x: Operand, output_size: Any) -> Array:
    """The mean of windows floor(i*H/H') .. ceil((i+1)*H/H') - 1 of rows, and so of columns.

    Shapes: x (H, W), (C, H, W) or (N, C, H, W) -> the same with (H', W').
    """
    return _resized(2, x, output_size, "adaptive_avg_pool2d", _window_means)


def adaptive_avg_pool1d(x: Operand, output_size: Any) -> Array:
    """adaptive_avg_pool2d with one spatial axis."""
    return _resized(1, x, output_size, "adaptive_avg_pool1d", _window_means)


def interpolate(
    x: Operand, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> Array:
    """An image or a signal brought to a size, or enlarged by an integer factor, as torch.nn.functional.interpolate.

    Shapes: x (H, W) or (N, C, H, W) -> the same with (H', W'); (N, C, L) -> (N, C, L').
    """
    if (size is None) == (scale_factor is None):
        raise ValueError("interpolate needs size or scale_factor, and one of them only")
    if mode not in _RANK_OF_MODE:
        raise ValueError(f"mode {mode!r}; need one of {list(_RANK_OF_MODE)}")
    if mode == "nearest" and align_corners is not None:
        raise ValueError('align_corners is an option of the modes "linear" and "bilinear"')
    rank = 1 if wrap(x).ndim == 3 else 2
    if _RANK_OF_MODE[mode] not in (None, rank):
        raise ShapeError(f"interpolate with mode {mode!r} of a tensor of {wrap(x).ndim} axes")
    image, _ = as_images(x, rank, "interpolate")
    if scale_factor is not None:
        factors = as_pair(scale_factor, rank, "scale_factor", neutral=1, least=1)
        size = tuple(n * factor for n, factor in zip(image.logical_shape[2:], factors, strict=True))[-rank:]
        if 0 in size:
            raise Undefined("interpolate of an empty image")
    between = _between_corners if align_corners else _between
    return _resized(rank, x, size, "interpolate", _nearest if mode == "nearest" else between)


def _resized(rank: int, x: Operand, size: Any, name: str, matrix: Matrix) -> Array:
    image, layout = as_images(x, rank, name)
    height, width = image.logical_shape[2:]
    if 0 in (height, width):
        raise Undefined(f"{name} of an empty image")
    items = tuple(size) if isinstance(size, tuple | list) else (size,)
    if len(items) not in (1, rank):
        raise ValueError(f"{name} to size {size}; need an integer or {rank} of them")
    wanted = [n if item is None else as_size(item, "a size") for item, n in zip(
        items * (rank // len(items)), (height, width)[-rank:], strict=True
    )]  # fmt: skip
    if min(wanted) < 1:
        refuse(f"{name} to size {size}; need at least 1", wanted)
    rows = matrix(height, int(wanted[0]) if rank == 2 else height)
    columns = matrix(width, int(wanted[-1]))
    return layout.back(matmul(matmul(as_array(rows), image), shaping.transpose(as_array(columns))))


def _window_means(n: int, size: int) -> Data:
    means = np.zeros((size, n))
    for i in range(size):
        window = slice(math.floor(i * n / size), math.ceil((i + 1) * n / size))
        means[i, window] = 1 / len(range(n)[window])
    return means


def _nearest(n: int, size: int) -> Data:
    return np.eye(n)[[i * n // size for i in range(size)]]


def _between(n: int, size: int) -> Data:
    return _hats(n, (np.arange(size) + 0.5) * n / size - 0.5)


def _between_corners(n: int, size: int) -> Data:
    return _hats(n, np.linspace(0, n - 1, size) if size > 1 else np.zeros(1))


def _hats(n: int, places: Data) -> Data:
    """Linear interpolation at places, constant beyond the first and the last entry."""
    return np.stack([np.interp(places, np.arange(n), column) for column in np.eye(n)], axis=1)
