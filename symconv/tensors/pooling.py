"""Average and max pooling, with PyTorch's names, argument order and meaning."""

from __future__ import annotations

from typing import Any

from symconv.dispatch import operation
from symconv.errors import Undecided, Undefined
from symconv.kernel import terms as t
from symconv.kernel.index import IndexTerm
from symconv.kernel.terms import Term
from symconv.tensors.options import Axes, Axis, as_images, decided, entry_in, is_literal, over, pair, require
from symconv.tensors.tensor import Index, SymbolicTensor, as_index

# --- average ---------------------------------------------------------------------------------------------------------


@operation
def avg_pool2d(
    x: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: Any = None,
) -> Any:
    """The average of each window.

    y[n, c, i, j] = sum over a < K, b < L of x[n, c, s*i + a - p, s*j + b - p] / D, with x = 0 in the padding

    D = K*L, but windows are counted only as far as the padded input goes (with ``ceil_mode`` the last one may run off
    it; one that would start in the padding behind is left out), and without the padding if not ``count_include_pad``.
    ``divisor_override`` replaces D. The stride is the kernel size by default.
    Shapes: x (N, C, H, W), (C, H, W) or (H, W) -> the same with H' = (H + 2p - K)//s + 1 (with ``ceil_mode``, rounded
    up instead of down).
    Raises: ShapeError for other ranks; ValueError if the padding is more than half of the kernel; Undefined if a window
    is larger than the padded input; Undecided for ``ceil_mode`` where the last window depends on the sizes.
    Source: torch.nn.functional.avg_pool2d.

    >>> from symconv import avg_pool2d, tensor
    >>> avg_pool2d(tensor("X", (2, 2)), 2)
    tensor([[X[0, 0]/4 + X[0, 1]/4 + X[1, 0]/4 + X[1, 1]/4]])
    """
    return _averaged("avg_pool2d", 2, x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


@operation
def avg_pool1d(
    x: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Any:
    """`avg_pool2d` along one axis.

    y[n, c, i] = sum over a < K of x[n, c, s*i + a - p] / D

    Shapes: x (N, C, L), (C, L) or (L,) -> the same with L' = (L + 2p - K)//s + 1.
    Raises: as `avg_pool2d`.
    Source: torch.nn.functional.avg_pool1d.

    >>> from symconv import avg_pool1d
    >>> avg_pool1d([1, 3, 5, 7], 2)
    tensor([2, 6])
    """
    return _averaged("avg_pool1d", 1, x, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def _averaged(
    name: str,
    rank: int,
    x: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    with_padding: bool,
    override: Any,
) -> SymbolicTensor:
    image, layout = as_images(x, rank, name)
    axes = _axes(name, rank, image, kernel_size, stride, padding, 1, ceil_mode)
    divisor = _divisor_override(override)
    extents = (axes[0].kernel, axes[1].kernel)

    def entry(index: Index) -> Term:
        lead, window = index[:2], index[2:]
        total = over(t.sum_over, "ab", extents, lambda offsets: entry_in(image, axes, lead, window, offsets, t.ZERO))
        if divisor is not None:
            return t.divide(total, t.index_number(divisor))
        counts = (_counted(axis, i, with_padding) for axis, i in zip(axes, window, strict=True))
        return t.divide(total, t.multiply(*counts))

    return layout.back((*image.extents[:2], *(axis.count for axis in axes)), entry)


def _divisor_override(value: Any) -> IndexTerm | None:
    """The divisor, known not to be 0."""
    if value is None:
        return None
    divisor = as_index(value, "divisor_override")
    if divisor.constant == 0:
        raise ValueError("divisor_override is 0") if is_literal(value) else Undefined("divisor_override is 0")
    return divisor


def _counted(axis: Axis, i: IndexTerm, with_padding: bool) -> Term:
    """How many entries of window ``i`` an average counts along an axis: min(start + K, end) - max(start, 0)."""
    start = axis.start(i)
    stop = start + axis.kernel
    if with_padding:
        ends_inside, end = axis.ends_in_padding, axis.n + axis.after
    else:
        ends_inside, end = axis.ends_inside, axis.n
    whole = t.index_number(axis.kernel)
    upper = whole if ends_inside else t.where(t.at_least(end, stop), whole, t.index_number(end - start))
    if with_padding or axis.before.constant == 0:
        return upper
    return t.where(t.at_least(start, 0), upper, t.add(upper, t.index_number(start)))


# --- maximum ---------------------------------------------------------------------------------------------------------


@operation
def max_pool2d(
    x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> Any:
    """The maximum of each window; the padding is minus infinity.

    y[n, c, i, j] = max over a < K, b < L of x[n, c, s*i + d*a - p, s*j + d*b - p]

    The stride is the kernel size by default. With ``ceil_mode`` the last window may run off the padded input; one that
    would start in the padding behind is left out.
    Shapes: x (N, C, H, W), (C, H, W) or (H, W) -> the same with H' = (H + 2p - d(K - 1) - 1)//s + 1 (rounded up with
    ``ceil_mode``).
    Raises: ShapeError for other ranks; ValueError if the padding is more than half of the kernel; Undefined if a window
    is larger than the padded input, or all of it is padding (which takes a dilation); Undecided for ``ceil_mode`` where
    the last window depends on the sizes.
    Source: torch.nn.functional.max_pool2d.

    >>> from symconv import max_pool2d
    >>> max_pool2d([[-1, -2], [-3, -4]], 3, 1, 1)
    tensor([[-1, -1], [-1, -1]])
    """
    return _largest("max_pool2d", 2, x, kernel_size, stride, padding, dilation, ceil_mode)


@operation
def max_pool1d(
    x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> Any:
    """`max_pool2d` along one axis.

    y[n, c, i] = max over a < K of x[n, c, s*i + d*a - p]

    Shapes: x (N, C, L), (C, L) or (L,) -> the same with L' = (L + 2p - d(K - 1) - 1)//s + 1.
    Raises: as `max_pool2d`.
    Source: torch.nn.functional.max_pool1d.

    >>> from symconv import max_pool1d
    >>> max_pool1d([1, 3, 7, 5, 2], 2)
    tensor([3, 7])
    """
    return _largest("max_pool1d", 1, x, kernel_size, stride, padding, dilation, ceil_mode)


def _largest(
    name: str, rank: int, x: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> SymbolicTensor:
    image, layout = as_images(x, rank, name)
    axes = _axes(name, rank, image, kernel_size, stride, padding, dilation, ceil_mode)
    for axis in axes:
        _refuse_windows_of_padding(name, axis)
    extents = (axes[0].kernel, axes[1].kernel)

    def entry(index: Index) -> Term:
        lead, window = index[:2], index[2:]
        return over(
            t.max_over, "ab", extents, lambda offsets: entry_in(image, axes, lead, window, offsets, t.MINUS_INFINITY)
        )

    return layout.back((*image.extents[:2], *(axis.count for axis in axes)), entry)


def _refuse_windows_of_padding(name: str, axis: Axis) -> None:
    """Refuse an axis along which a window has no entry of the input.

    Each window starts at n - 1 or before and ends at 0 or behind, since padding is at most half of the kernel. Its gaps
    are of d entries, so it can only step over the input if d > n; then the windows are tried one by one.
    """
    unpadded = axis.before.constant == 0 and axis.ends_inside
    if (
        unpadded
        or axis.dilation.constant == 1
        or decided(axis.n - axis.dilation, f"{name}, whether a window is all padding")
    ):
        return
    given = [term.constant for term in (axis.n, axis.count, axis.kernel, axis.stride, axis.dilation, axis.before)]
    if None in given:
        raise Undecided(f"{name}: whether a window is all padding depends on the sizes")
    n, count, kernel, stride, dilation, before = (int(number or 0) for number in given)
    for i in range(count):
        positions = [stride * i + dilation * a - before for a in range(kernel)]
        if not any(0 <= position < n for position in positions):
            raise Undefined(
                f"{name}: window {i} is all padding, at the positions {positions} of an input of extent {n}"
            )


# --- windows ---------------------------------------------------------------------------------------------------------


def _axes(
    name: str,
    rank: int,
    image: SymbolicTensor,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: bool,
) -> Axes:
    """The windows along height and width."""
    kernel = pair(kernel_size, rank, "kernel_size", neutral=1, least=1)
    steps = kernel if stride is None else pair(stride, rank, "stride", neutral=1, least=1)
    width = pair(padding, rank, "padding", neutral=0, least=0)
    spread = pair(dilation, rank, "dilation", neutral=1, least=1)
    for k, p in zip(kernel, width, strict=True):
        require(k - 2 * p, f"{name}: padding is {p}; need at most half of kernel_size {k}", padding, kernel_size)
    high, wide = (
        Axis(n, k, s, d, p, p, bool(ceil_mode))
        for n, k, s, d, p in zip(image.extents[2:], kernel, steps, spread, width, strict=True)
    )
    for axis in (high, wide):
        axis.check(name)
    return high, wide
