"""Images brought to another size: adaptive average pooling and interpolation, with PyTorch's names and meaning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from symconv.dispatch import operation
from symconv.errors import ShapeError
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.index import IndexTerm
from symconv.kernel.terms import Condition, Term
from symconv.tensors.options import Pair, as_images, over, pair, require
from symconv.tensors.tensor import Index, SymbolicTensor, as_index, as_tensor

# --- adaptive average ------------------------------------------------------------------------------------------------


@operation
def adaptive_avg_pool2d(x: Any, output_size: Any) -> Any:
    """The average of windows that cover the image, as many as the output has entries.

    y[n, c, i, j] is the mean of x[n, c, a, b] over floor(i*H/H') <= a < ceil((i+1)*H/H'), and so for b

    Where H' does not divide H, the windows overlap and differ in size. ``output_size`` is an integer or a pair, in
    which ``None`` keeps the size of the input.
    Shapes: x (N, C, H, W), (C, H, W) or (H, W) -> the same with (H', W').
    Raises: ShapeError for other ranks; ValueError for a size below 1; Undefined for an empty image.
    Source: torch.nn.functional.adaptive_avg_pool2d.

    >>> from symconv import adaptive_avg_pool2d
    >>> adaptive_avg_pool2d([[1, 2, 3, 4, 5, 6, 7]], (1, 3))
    tensor([[2, 4, 6]])
    """
    return _adapted("adaptive_avg_pool2d", 2, x, output_size)


@operation
def adaptive_avg_pool1d(x: Any, output_size: Any) -> Any:
    """`adaptive_avg_pool2d` along one axis.

    Shapes: x (N, C, L), (C, L) or (L,) -> the same with L'.
    Raises: as `adaptive_avg_pool2d`.
    Source: torch.nn.functional.adaptive_avg_pool1d.

    >>> from symconv import adaptive_avg_pool1d
    >>> adaptive_avg_pool1d([1, 2, 3, 4, 5, 6, 7], 3)
    tensor([2, 4, 6])
    """
    return _adapted("adaptive_avg_pool1d", 1, x, output_size)


def _adapted(name: str, rank: int, x: Any, output_size: Any) -> SymbolicTensor:
    image, layout = as_images(x, rank, name)
    spatial = (image.extents[2], image.extents[3])
    _refuse_empty(name, spatial)
    counts = _sizes(name, rank, spatial, output_size)

    def entry(index: Index) -> Term:
        lead, windows = index[:2], index[2:]
        ranges = [_window(i, n, o) for i, n, o in zip(windows, spatial, counts, strict=True)]
        (top, rows), (left, columns) = ranges
        total = over(t.sum_over, "ab", (rows, columns), lambda a: image.at((*lead, top + a[0], left + a[1])))
        return t.divide(total, t.multiply(t.index_number(rows), t.index_number(columns)))

    return layout.back((*image.extents[:2], *counts), entry)


def _window(i: IndexTerm, n: IndexTerm, count: IndexTerm) -> tuple[IndexTerm, IndexTerm]:
    """Where window ``i`` starts, and how long it is."""
    if count.constant == 1:
        return ix.ZERO, n
    start, stop = (i * n) // count, -(-(i + 1) * n // count)
    return start, stop - start


def _sizes(name: str, rank: int, spatial: Pair, given: Any) -> Pair:
    """The output's height and width; ``None`` keeps the input's."""
    items = tuple(given) if isinstance(given, (tuple, list)) else (given,)
    if len(items) not in (1, rank):
        raise ValueError(f"{name}: the size is an integer" + (" or a pair" if rank == 2 else "") + f", not {given!r}")
    wanted = []
    for item, n in zip(items * (rank // len(items)), spatial[-rank:], strict=True):
        size = n if item is None else as_index(item, "a size")
        require(size - 1, f"{name} to size {size}; need at least 1", item)
        wanted.append(size)
    return (ix.ONE if rank == 1 else wanted[0]), wanted[-1]


def _refuse_empty(name: str, spatial: Pair) -> None:
    for n in spatial:
        require(n - 1, f"{name} of an empty image, of {spatial[0]} x {spatial[1]}")


# --- interpolation ---------------------------------------------------------------------------------------------------


@operation
def interpolate(
    x: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> Any:
    """An image or a signal brought to a size, or enlarged by an integer factor.

    "nearest":   y[n, c, i, j] = x[n, c, floor(i*H/H'), floor(j*W/W')]
    "bilinear":  x read at the row (i + 1/2)*H/H' - 1/2, or with ``align_corners`` i*(H - 1)/(H' - 1), moved into the
    image, and so for the column; between two rows or columns linearly
    "linear":    the same along the only axis of a signal (N, C, L)

    ``size`` and ``scale_factor`` are an integer or, of an image, a pair; one of them is given.
    Shapes: x (N, C, H, W) or (H, W) -> the same with (H', W'); (N, C, L) -> (N, C, L'). Three axes are a batch of
    signals, as in PyTorch: an image (C, H, W) is ``x[None]``.
    Raises: ShapeError for other ranks, and for a mode of another rank; ValueError for another mode, for a size or
    factor below 1, and unless one of them is given; Undefined for an empty image.
    Source: torch.nn.functional.interpolate, which takes no (H, W).

    >>> from symconv import interpolate
    >>> interpolate([[1, 2]], scale_factor=2)
    tensor([[1, 1, 2, 2], [1, 1, 2, 2]])
    >>> interpolate([[0, 4]], (1, 4), mode="bilinear")
    tensor([[0, 1, 3, 4]])
    """
    rank, ways = _spatial_axes(x, mode), _ways(mode, align_corners)
    image, layout = as_images(x, rank, "interpolate")
    spatial = (image.extents[2], image.extents[3])
    _refuse_empty("interpolate", spatial)
    high, wide = _resized(rank, spatial, size, scale_factor)

    def entry(index: Index) -> Term:
        lead, (i, j) = index[:2], index[2:]
        return t.add(*(_weighed(image, lead, row, column) for row in ways(high, i) for column in ways(wide, j)))

    return layout.back((*image.extents[:2], high.size, wide.size), entry)


_MODES = {"nearest": (1, 2), "linear": (1,), "bilinear": (2,)}
"""How many spatial axes each mode is for."""


def _spatial_axes(x: Any, mode: str) -> int:
    """1 for signals (N, C, L), 2 for images."""
    if mode not in _MODES:
        raise ValueError(f"interpolate with mode={mode!r}; need one of {', '.join(map(repr, _MODES))}")
    axes = as_tensor(x).ndim
    if axes not in (2, 3, 4):
        raise ShapeError(f"interpolate of a tensor of {axes} axes; need (H, W), (N, C, L) or (N, C, H, W)")
    rank = 1 if axes == 3 else 2
    if rank not in _MODES[mode]:
        hint = ' (N, C, L), which takes "nearest" or "linear"; an image (C, H, W) is x[None]' if rank == 1 else ""
        raise ShapeError(f"interpolate with mode={mode!r} of a tensor of {axes} axes{hint}")
    return rank


@dataclass(frozen=True)
class _Resized:
    """An axis of extent ``n`` that is brought to ``size``, which is ``n * factor`` where there is a factor."""

    n: IndexTerm
    size: IndexTerm
    factor: IndexTerm | None


def _resized(rank: int, spatial: Pair, size: Any, scale_factor: Any) -> tuple[_Resized, _Resized]:
    if (size is None) == (scale_factor is None):
        raise ValueError("interpolate needs size or scale_factor, and one of them only")
    if size is not None:
        wanted = _sizes("interpolate", rank, spatial, size)
        high, wide = (_Resized(n, count, None) for n, count in zip(spatial, wanted, strict=True))
        return high, wide
    factors = pair(scale_factor, rank, "scale_factor", neutral=1, least=1)
    high, wide = (_Resized(n, n * factor, factor) for n, factor in zip(spatial, factors, strict=True))
    return high, wide


@dataclass(frozen=True)
class _Part:
    """An entry along an axis that is a part of an output entry where the condition holds, with its weight."""

    place: IndexTerm
    weight: Term
    condition: Condition


def _weighed(image: SymbolicTensor, lead: Index, row: _Part, column: _Part) -> Term:
    holds = t.conjunction(row.condition, column.condition)
    if holds is False:
        return t.ZERO
    read = image.at((*lead, row.place, column.place))
    return t.where(holds, t.multiply(row.weight, column.weight, read), t.ZERO)


Ways = Callable[[_Resized, IndexTerm], list[_Part]]


def _ways(mode: str, align_corners: bool | None) -> Ways:
    """Which entries along an axis make one of the output."""
    if mode == "nearest":
        if align_corners is not None:
            raise ValueError('align_corners is an option of the modes "linear" and "bilinear"')
        return _nearest
    return _between_corners if align_corners else _between


def _nearest(axis: _Resized, i: IndexTerm) -> list[_Part]:
    place = (i * axis.n) // axis.size if axis.factor is None else i // axis.factor
    return [_Part(place, t.ONE, True)]


def _between(axis: _Resized, i: IndexTerm) -> list[_Part]:
    """At ((2i + 1)*n - size) / (2*size)."""
    if axis.factor is None:
        return _linear(axis.n, (2 * i + 1) * axis.n - axis.size, 2 * axis.size)
    return _linear(axis.n, 2 * i + 1 - axis.factor, 2 * axis.factor)


def _between_corners(axis: _Resized, i: IndexTerm) -> list[_Part]:
    """At i*(n - 1) / (size - 1); the only entry of an output of size 1 is the first."""
    if axis.size.constant == 1:
        return [_Part(ix.ZERO, t.ONE, True)]
    return _linear(axis.n, i * (axis.n - 1), axis.size - 1)


def _linear(n: IndexTerm, numerator: IndexTerm, denominator: IndexTerm) -> list[_Part]:
    """The entries on both sides of a position; before the first and behind the last it is these."""
    place = numerator // denominator
    share = t.divide(t.index_number(numerator - place * denominator), t.index_number(denominator))
    behind_first, before_last = t.at_least(place, 0), t.at_least(n - 2, place)
    inside = t.conjunction(behind_first, before_last)
    return [
        _Part(place, t.subtract(t.ONE, share), inside),
        _Part(place + 1, share, inside),
        _Part(ix.ZERO, t.ONE, t.negation(behind_first)),
        _Part(n - 1, t.ONE, t.conjunction(behind_first, t.negation(before_last))),
    ]
