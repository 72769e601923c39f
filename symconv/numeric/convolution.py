"""Convolution and its transpose, with PyTorch's names, argument order and meaning.

"Convolution" is cross-correlation: the kernel slides without being flipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symconv.errors import ShapeError, Undefined
from symconv.numeric import shaping
from symconv.numeric.arrays import Array, Operand, as_array, operands, wrap
from symconv.numeric.computed import as_size
from symconv.numeric.windows import Layout, Pair, as_images, as_pair, columns, reach, refuse, scatter


@dataclass(frozen=True)
class Options:
    """The options of a convolution of images."""

    stride: Pair
    dilation: Pair
    groups: int


def conv2d(
    x: Operand,
    w: Operand,
    bias: Operand | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Array:
    """Slide each filter of w along x and add the bias, as torch.nn.functional.conv2d.

    y[n, o, i, j] = bias[o] + sum over c, a, b of w[o, c, a, b] * x[n, c, sh*i + dh*a - ph, sw*j + dw*b - pw]

    Shapes: x (N, C, H, W), w (O, C/groups, kh, kw), bias (O,) -> (N, O, H', W'); x (C, H, W) -> (O, H', W');
    a one-channel image x (H, W) with w (kh, kw), bias () -> (H', W').
    Raises: Undefined if a window is larger than the padded input or channels and groups do not fit.
    """
    return _convolve(2, x, w, bias, stride, padding, dilation, groups)


def conv1d(
    x: Operand,
    w: Operand,
    bias: Operand | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Array:
    """conv2d with one spatial axis. Shapes: x (N, C, L), (C, L) or (L,), w (O, C/groups, k) or (k,)."""
    return _convolve(1, x, w, bias, stride, padding, dilation, groups)


def conv_transpose2d(
    x: Operand,
    w: Operand,
    bias: Operand | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Array:
    """The transpose of conv2d as a linear map of images, as torch.nn.functional.conv_transpose2d.

    Each input entry adds its multiple of the kernel to the output; `padding` is then cut off on all sides.

    Shapes: x (N, C, H, W), w (C, O/groups, kh, kw), bias (O,) -> (N, O, H', W')
    with H' = (H - 1)*sh - 2*ph + dh*(kh - 1) + output_padding + 1.
    """
    options = _options(2, stride, dilation, groups)
    extra = as_pair(output_padding, 2, "output_padding", neutral=0, least=0)
    if any(e >= max(s, d) for e, s, d in zip(extra, options.stride, options.dilation, strict=True)):
        refuse(f"output_padding {output_padding} is not smaller than stride or dilation", [output_padding, stride])
    cut = as_pair(padding, 2, "padding", neutral=0, least=0)
    image, kernels, layout = _operands(2, x, w)
    n, channels, h, v = image.logical_shape
    own, each, kh, kw = kernels.logical_shape
    groups = options.groups
    if own != channels or channels % groups:
        raise Undefined(f"conv_transpose2d of {channels} channels in {groups} groups with w {kernels.logical_shape}")
    x_matrix = shaping.reshape(image, (n, groups, channels // groups, h * v))
    w_matrix = shaping.reshape(kernels, (groups, channels // groups, each * kh * kw))
    pieces = shaping.permute_dims(w_matrix, (0, 2, 1)) @ x_matrix
    full = scatter(
        shaping.reshape(pieces, (n, groups * each, kh, kw, h, v)), (kh, kw), options.stride, options.dilation, extra
    )
    rows, cols = (size - 2 * p for size, p in zip(full.logical_shape[2:], cut, strict=True))
    if rows < 1 or cols < 1:
        raise Undefined(f"conv_transpose2d with padding {padding} leaves an output of size {(rows, cols)}")
    result = full[:, :, cut[0] : cut[0] + rows, cut[1] : cut[1] + cols]
    return layout.back(_with_bias(result, bias, layout.leading))


def _convolve(
    rank: int, x: Operand, w: Operand, bias: Operand | None, stride: Any, padding: Any, dilation: Any, groups: int
) -> Array:
    options = _options(rank, stride, dilation, groups)
    image, kernels, layout = _operands(rank, x, w)
    outputs, each, kh, kw = kernels.logical_shape
    groups = options.groups
    if each * groups != image.logical_shape[1] or outputs % groups:
        channels = image.logical_shape[1]
        raise Undefined(f"a convolution of {channels} channels in {groups} groups with w {kernels.logical_shape}")
    if 0 in image.logical_shape[1:] or 0 in kernels.logical_shape:
        raise Undefined(
            f"a convolution of x {image.logical_shape} with w {kernels.logical_shape}, of which one is empty"
        )
    widths = _padding(rank, padding, (kh, kw), options)
    found = columns(shaping.pad(image, ((0, 0), (0, 0), *widths)), (kh, kw), options.stride, options.dilation)
    n, _, _, _, h, v = found.logical_shape
    x_matrix = shaping.reshape(found, (n, groups, each * kh * kw, h * v))
    w_matrix = shaping.reshape(kernels, (groups, outputs // groups, each * kh * kw))
    result = shaping.reshape(w_matrix @ x_matrix, (n, outputs, h, v))
    return layout.back(_with_bias(result, bias, layout.leading))


def _options(rank: int, stride: Any, dilation: Any, groups: Any) -> Options:
    count = as_size(groups, "groups")
    if count < 1:
        refuse(f"groups is {groups}; need at least 1", [count])
    return Options(
        as_pair(stride, rank, "stride", neutral=1, least=1),
        as_pair(dilation, rank, "dilation", neutral=1, least=1),
        int(count),
    )


def _operands(rank: int, x: Operand, w: Operand) -> tuple[Array, Array, Layout]:
    """x as (N, C, H, W) and w as (O, C, kh, kw), in one dtype."""
    image, kernels = operands(x, w)
    image, layout = as_images(image, rank, "a convolution")
    kernels = wrap(kernels)
    expected = rank if layout.leading == 0 else rank + 2
    if kernels.ndim != expected:
        raise ShapeError(
            f"a convolution of an input of {layout.leading + rank} axes with w of {kernels.ndim}; need {expected}"
        )
    return image, as_images(kernels, rank, "a convolution")[0], layout


def _padding(rank: int, padding: Any, kernel: Pair, options: Options) -> tuple[Pair, Pair]:
    """(top, bottom), (left, right). "same" puts the odd row and column of zeros at the bottom and right."""
    if padding == "valid":
        return (0, 0), (0, 0)
    if padding == "same":
        if options.stride != (1, 1):
            raise ValueError(f'padding "same" with stride {options.stride}; need stride 1')
        high, wide = (size - 1 for size in reach(kernel, options.dilation))
        return (high // 2, high - high // 2), (wide // 2, wide - wide // 2)
    if isinstance(padding, str):
        raise ValueError(f'padding {padding!r}; need an integer, a pair, "same" or "valid"')
    top, left = as_pair(padding, rank, "padding", neutral=0, least=0)
    return (top, top), (left, left)


def _with_bias(result: Array, bias: Operand | None, leading: int) -> Array:
    """Add bias[o] to each channel. Shapes: result (N, O, H, W), bias (O,), or () for an input without channels."""
    if bias is None:
        return result
    values = as_array(bias)
    if values.ndim != (1 if leading else 0):
        raise ShapeError(f"the bias has {values.ndim} axes; need {1 if leading else 0}")
    if leading and values.logical_shape != result.logical_shape[1:2]:
        raise Undefined(f"a bias of shape {values.logical_shape} for {result.logical_shape[1]} output channels")
    return result + (shaping.reshape(values, (-1, 1, 1)) if leading else values)
