"""Convolution, its transpose, unfold and pixel shuffle, with PyTorch's names, argument order and meaning.

"Convolution" is cross-correlation: the kernel slides without being flipped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symconv.dispatch import operation
from symconv.errors import ShapeError
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.index import IndexTerm
from symconv.kernel.terms import Condition, Term
from symconv.tensors.options import (
    Axes,
    Axis,
    Layout,
    Pair,
    as_images,
    decided,
    entry_in,
    over,
    padding_of,
    pair,
    require,
    require_same,
)
from symconv.tensors.shaping import reshaped
from symconv.tensors.tensor import Index, SymbolicTensor, as_index, as_tensor, show_shape

# --- convolution -----------------------------------------------------------------------------------------------------


@operation
def conv2d(
    x: Any,
    w: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: Any = 1,
) -> Any:
    """Slide each filter of `w` along `x`, without flipping it, and add the bias.

    y[n, o, i, j] = bias[o] + sum over c, a, b of w[o, c, a, b] * x[n, g*D + c, s*i + d*a - p, s*j + d*b - p]

    with x = 0 in the padding, D = C/groups and g = o // (O/groups) the group of o. ``stride``, ``padding`` and
    ``dilation`` are an integer or one for each axis; ``padding`` may be "valid" (none) or "same" (for stride 1; the odd
    row or column of zeros goes to the bottom and right).
    Shapes: x (N, C, H, W), w (O, C/groups, K, L), bias (O,) -> y (N, O, H', W')
    with H' = (H + 2p - d(K - 1) - 1)//s + 1; x (C, H, W) -> y (O, H', W');
    a one-channel image x (H, W) with w (K, L) and a scalar bias -> y (H', W').
    Raises: ShapeError for other ranks; Undefined if a window is larger than the padded input, or channels do not fit.
    Source: torch.nn.functional.conv2d; Dumoulin & Visin (2016), arXiv:1603.07285.

    >>> from symconv import conv2d, tensor
    >>> conv2d(tensor("X", (3, 3)), [[0, 0, 0], [0, -1, 0], [0, 1, 0]], padding=1)[0, 0]
    -X[0, 0] + X[1, 0]
    """
    return _convolved("conv2d", 2, x, w, bias, stride, padding, dilation, groups)


@operation
def conv1d(
    x: Any,
    w: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: Any = 1,
) -> Any:
    """`conv2d` along one axis.

    y[n, o, i] = bias[o] + sum over c, a of w[o, c, a] * x[n, g*D + c, s*i + d*a - p]

    Shapes: x (N, C, L), w (O, C/groups, K), bias (O,) -> y (N, O, L') with L' = (L + 2p - d(K - 1) - 1)//s + 1;
    x (C, L) -> y (O, L'); x (L,) with w (K,) and a scalar bias -> y (L',).
    Raises: as `conv2d`.
    Source: torch.nn.functional.conv1d.

    >>> from symconv import conv1d
    >>> conv1d([1, 2, 4, 8], [-1, 1], stride=2)
    tensor([1, 4])
    """
    return _convolved("conv1d", 1, x, w, bias, stride, padding, dilation, groups)


def _convolved(
    name: str, rank: int, x: Any, w: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: Any
) -> SymbolicTensor:
    image, layout = as_images(x, rank, name)
    kernels = _filters(name, w, layout)
    outputs, own, high, wide = kernels.extents
    batch, channels, *spatial = image.extents
    count, per = _groups(name, groups, outputs, "output channels")
    require_same(
        own * count,
        channels,
        lambda: f"{name} of {channels} channels in {count} groups, with filters of {own} channels; need {own * count}",
    )
    axes = _axes(name, rank, (spatial[0], spatial[1]), (high, wide), stride, padding, dilation)
    shift = _bias(name, bias, layout, outputs)

    def entry(index: Index) -> Term:
        n, o, *window = index
        first = (o // per) * own if count.constant != 1 else ix.ZERO

        def product(offsets: Index) -> Term:
            c, a, b = offsets
            read = entry_in(image, axes, (n, first + c), tuple(window), (a, b), t.ZERO)
            return t.multiply(read, kernels.at((o, c, a, b)))

        return t.add(over(t.sum_over, "cab", (own, high, wide), product), shift(o))

    return layout.back((batch, outputs, *(axis.count for axis in axes)), entry)


def _filters(name: str, w: Any, layout: Layout) -> SymbolicTensor:
    """`w` as (O, C, K, L): without channels for an input without them."""
    kernels = as_tensor(w)
    own = Layout(layout.rank, 2 if layout.leading else 0)
    if kernels.ndim != own.rank + own.leading:
        given = f"{name} of an input of {layout.rank + layout.leading} axes with filters w of {kernels.ndim}"
        raise ShapeError(f"{given}, shape {show_shape(kernels.extents)}; need {own.rank + own.leading}")
    lifted = own.lift(kernels)

    def text() -> str:
        return f"{name} with filters w of shape {show_shape(kernels.extents)}, of which one is empty"

    for extent in lifted.extents:
        require(extent - 1, text)
    return lifted


def _groups(name: str, groups: Any, channels: IndexTerm, what: str) -> tuple[IndexTerm, IndexTerm]:
    """The number of groups, and how many of the channels one has."""
    count = as_index(groups, "groups")
    require(count - 1, lambda: f"groups is {count}; need at least 1", groups)
    per = channels // count
    require_same(
        per * count, channels, lambda: f"{name} with {channels} {what} in {count} groups, which does not divide"
    )
    return count, per


def _axes(name: str, rank: int, extents: Pair, kernel: Pair, stride: Any, padding: Any, dilation: Any) -> Axes:
    """The windows along height and width."""
    steps = pair(stride, rank, "stride", neutral=1, least=1)
    spread = pair(dilation, rank, "dilation", neutral=1, least=1)
    around = padding_of(padding, rank, kernel, steps, spread, stride)
    high, wide = (Axis(*given[:4], *given[4]) for given in zip(extents, kernel, steps, spread, around, strict=True))
    for axis in (high, wide):
        axis.check(name)
    return high, wide


def _bias(name: str, bias: Any, layout: Layout, outputs: IndexTerm) -> Callable[[IndexTerm], Term]:
    """What is added to an output channel."""
    if bias is None:
        return lambda _: t.ZERO
    values = as_tensor(bias)
    if values.ndim != (1 if layout.leading else 0):
        raise ShapeError(
            f"{name}: the bias has shape {show_shape(values.extents)}; need "
            + (f"({outputs},)" if layout.leading else "a scalar")
        )
    if not layout.leading:
        return lambda _: values.at(())
    require_same(
        values.extents[0],
        outputs,
        f"{name}: a bias of shape {show_shape(values.extents)} for {outputs} output channels",
    )
    return lambda o: values.at((o,))


# --- transpose -------------------------------------------------------------------------------------------------------


@operation
def conv_transpose2d(
    x: Any,
    w: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: Any = 1,
    dilation: Any = 1,
) -> Any:
    """The transpose of `conv2d` as a linear map: each input entry adds its multiple of the filter to the output.

    y[n, o, i, j] = bias[o] + sum over c, a, b of w[c, o, a, b] * x[n, c, (i + p - d*a)/s, (j + p - d*b)/s]

    over those c, a, b at which the index of x is a whole number inside x, and c is in the group of o.
    Shapes: x (N, C, H, W), w (C, O/groups, K, L), bias (O,) -> y (N, O, H', W')
    with H' = (H - 1)*s - 2*p + d*(K - 1) + output_padding + 1; x (C, H, W) -> y (O, H', W');
    a one-channel image x (H, W) with w (K, L) and a scalar bias -> y (H', W').
    Raises: ShapeError for other ranks; ValueError unless output_padding is smaller than stride or dilation; Undefined
    if the channels do not fit, or nothing is left of the output.
    Source: torch.nn.functional.conv_transpose2d; Dumoulin & Visin (2016), arXiv:1603.07285, section 4.

    >>> from symconv import conv_transpose2d, tensor
    >>> conv_transpose2d(tensor("x", (1, 2)), [[1, 2, 3]], stride=(1, 2))
    tensor([[x[0, 0], 2*x[0, 0], 3*x[0, 0] + x[0, 1], 2*x[0, 1], 3*x[0, 1]]])
    """
    name = "conv_transpose2d"
    image, layout = as_images(x, 2, name)
    kernels = _filters(name, w, layout)
    inputs, per, high, wide = kernels.extents
    batch, channels, *spatial = image.extents
    require_same(inputs, channels, f"{name} of {channels} channels with filters w for {inputs}")
    count, own = _groups(name, groups, channels, "channels")
    outputs = per * count
    axes = _transposed_axes(spatial, (high, wide), stride, padding, output_padding, dilation)
    shift = _bias(name, bias, layout, outputs)

    def entry(index: Index) -> Term:
        n, o, i, j = index
        group = o // per if count.constant != 1 else ix.ZERO

        def product(offsets: Index) -> Term:
            c, a, b = offsets
            values = axes[0].value(i, a), axes[1].value(j, b)
            hit = t.conjunction(*(axis.hits(value) for axis, value in zip(axes, values, strict=True)))
            position = tuple(value // axis.stride for axis, value in zip(axes, values, strict=True))
            channel = group * own + c
            if hit is False or t.inside(position, image.extents[2:]) is False:
                return t.ZERO
            read = t.where(hit, image.at((n, channel, *position)), t.ZERO)
            return t.multiply(read, kernels.at((channel, o - group * per, a, b)))

        return t.add(over(t.sum_over, "cab", (own, high, wide), product), shift(o))

    return layout.back((batch, outputs, *(axis.count for axis in axes)), entry)


class _TransposedAxis:
    """Along one axis: entry ``a`` of the filter at input position ``h`` adds to output position ``s*h + d*a - p``."""

    def __init__(
        self,
        n: IndexTerm,
        kernel: IndexTerm,
        stride: IndexTerm,
        dilation: IndexTerm,
        padding: IndexTerm,
        extra: IndexTerm,
    ) -> None:
        self.stride, self.dilation, self.padding = stride, dilation, padding
        self.last = stride * (n - 1)
        reach = dilation * (kernel - 1)
        self.count = self.last - 2 * padding + reach + extra + 1
        self.starts_inside = bool(ix.is_nonnegative(padding - reach))
        self.ends_inside = bool(ix.is_nonnegative(padding - reach - extra))

    def value(self, i: IndexTerm, a: IndexTerm) -> IndexTerm:
        """``s*h`` for the input position that entry ``a`` of the filter takes to output position ``i``."""
        return i + self.padding - self.dilation * a

    def hits(self, value: IndexTerm) -> Condition:
        """Whether there is such an input position."""
        behind_start = True if self.starts_inside else t.at_least(value, 0)
        before_end = True if self.ends_inside else t.at_least(self.last - value, 0)
        return t.conjunction(behind_start, before_end, t.equals(value % self.stride, 0))


def _transposed_axes(
    extents: list[IndexTerm], kernel: Pair, stride: Any, padding: Any, output_padding: Any, dilation: Any
) -> tuple[_TransposedAxis, _TransposedAxis]:
    steps = pair(stride, 2, "stride", neutral=1, least=1)
    spread = pair(dilation, 2, "dilation", neutral=1, least=1)
    cut = pair(padding, 2, "padding", neutral=0, least=0)
    extra = pair(output_padding, 2, "output_padding", neutral=0, least=0)
    for more, step, gap in zip(extra, steps, spread, strict=True):
        if not ix.is_nonnegative(step - 1 - more):
            text = f"output_padding is {more}; need less than stride {step} or dilation {gap}"
            require(
                gap - 1 - more if decided(gap - step, text) else step - 1 - more, text, output_padding, stride, dilation
            )
    high, wide = (_TransposedAxis(*given) for given in zip(extents, kernel, steps, spread, cut, extra, strict=True))
    for axis, extent in zip((high, wide), extents, strict=True):
        require(extent - 1, "conv_transpose2d of an empty input")
        require(axis.count - 1, f"conv_transpose2d with padding {axis.padding} leaves an output of extent {axis.count}")
    return high, wide


# --- unfold, pixel shuffle -------------------------------------------------------------------------------------------


@operation
def unfold(x: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """The windows of an image as the columns of a matrix (im2col).

    y[n, (c*K + a)*L + b, i*W' + j] = x[n, c, s*i + d*a - p, s*j + d*b - p], with x = 0 in the padding

    Shapes: x (N, C, H, W) -> y (N, C*K*L, H'*W') with H' = (H + 2p - d(K - 1) - 1)//s + 1;
    x (C, H, W) -> y (C*K*L, H'*W').
    Raises: ShapeError for other ranks; Undefined if a window is larger than the padded input.
    Source: torch.nn.functional.unfold.

    >>> from symconv import unfold
    >>> unfold([[[1, 2, 3], [4, 5, 6]]], 2)
    tensor([[1, 2], [2, 3], [4, 5], [5, 6]])
    """
    image, layout = as_images(x, 2, "unfold")
    if not layout.leading:
        raise ShapeError("unfold of a tensor of 2 axes; need (C, H, W) or (N, C, H, W)")
    if isinstance(padding, str):
        raise TypeError(f"unfold's padding is an integer or a pair, not {padding!r}")
    batch, channels, *spatial = image.extents
    high, wide = pair(kernel_size, 2, "kernel_size", neutral=1, least=1)
    axes = _axes("unfold", 2, (spatial[0], spatial[1]), (high, wide), stride, padding, dilation)
    rows, columns = (axis.count for axis in axes)

    def entry(index: Index) -> Term:
        n, c, a, b, i, j = index
        return entry_in(image, axes, (n, c), (i, j), (a, b), t.ZERO)

    windows = SymbolicTensor((batch, channels, high, wide, rows, columns), entry)
    shape = (batch, channels * high * wide, rows * columns)
    return reshaped(windows, shape if layout.leading == 2 else shape[1:])


@operation
def pixel_shuffle(x: Any, upscale_factor: Any) -> Any:
    """Channels become pixels, r*r of them each.

    y[n, c, r*i + a, r*j + b] = x[n, c*r*r + r*a + b, i, j]

    Shapes: x (N, C*r*r, H, W) -> y (N, C, r*H, r*W); x (C*r*r, H, W) -> y (C, r*H, r*W).
    Raises: ShapeError for other ranks; Undefined unless r*r divides the number of channels.
    Source: torch.nn.functional.pixel_shuffle; Shi et al. (2016), arXiv:1609.05158.

    >>> from symconv import pixel_shuffle
    >>> pixel_shuffle([[[1]], [[2]], [[3]], [[4]]], 2)
    tensor([[[1, 2], [3, 4]]])
    """
    source = as_tensor(x)
    r = as_index(upscale_factor, "upscale_factor")
    require(r - 1, f"upscale_factor is {r}; need at least 1", upscale_factor)
    if source.ndim not in (3, 4):
        raise ShapeError(f"pixel_shuffle of a tensor of {source.ndim} axes; need (C*r*r, H, W) or (N, C*r*r, H, W)")
    *batch, channels, height, width = source.extents
    blocks = channels // (r * r)
    require_same(
        blocks * r * r, channels, f"pixel_shuffle by {r} of {channels} channels, which {r * r} does not divide"
    )

    def entry(index: Index) -> Term:
        *n, c, i, a, j, b = index
        return source.at((*n, (c * r + a) * r + b, i, j))

    pixels = SymbolicTensor((*batch, blocks, height, r, width, r), entry)
    return reshaped(pixels, (*batch, blocks, height * r, width * r))
