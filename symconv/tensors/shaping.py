"""Moving entries about: reshaping, joining, turning. All are views: an entry is looked up, not worked out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from symconv.dispatch import active_reading, operation
from symconv.errors import ShapeError, Undecided, Undefined
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general import sets
from symconv.kernel.index import IndexTerm
from symconv.kernel.terms import Term
from symconv.tensors.tensor import (
    Index,
    Shape,
    SymbolicTensor,
    as_index,
    as_shape,
    as_tensor,
    entry_or_tensor,
    guarded,
    is_integer,
    same_extent,
    show_shape,
    stretched,
)

# --- axes ------------------------------------------------------------------------------------------------------------


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """The axes named by an integer, by several, or by ``None`` (all), each counted from the front and once."""
    if axis is None:
        return tuple(range(ndim))
    places = tuple(axis_of(item, ndim) for item in (axis if isinstance(axis, (tuple, list)) else (axis,)))
    if len(set(places)) < len(places):
        raise ValueError(f"axis {axis!r} names one axis twice")
    return places


def axis_of(axis: Any, ndim: int) -> int:
    """One axis, counted from the front."""
    if not is_integer(axis):
        raise TypeError(f"an axis is a literal integer, not {axis!r}")
    if not -ndim <= axis < ndim:
        raise ShapeError(f"axis {axis} of a tensor of {ndim} axes")
    return int(axis) % ndim


# --- reshape ---------------------------------------------------------------------------------------------------------


@operation
def reshape(x: Any, shape: Any) -> Any:
    """The entries of x, in row-major order, in another shape; one literal size may be -1.

    y[i, j] = x[i*n + j]  for x (m*n,) -> y (m, n);   y[i] = x[i // n, i % n]  for x (m, n) -> y (m*n,)

    Shapes: x (...), of as many entries as the new shape.
    Raises: Undefined where the numbers of entries differ; ValueError for a negative size other than one -1.

    >>> from symconv import reshape, tensor
    >>> reshape(tensor("x", (6,)), (2, -1))
    tensor([[x[0], x[1], x[2]], [x[3], x[4], x[5]]])
    """
    source = as_tensor(x)
    return entry_or_tensor(reshaped(source, _new_shape(shape, source.extents)))


def reshaped(x: SymbolicTensor, shape: Shape) -> SymbolicTensor:
    """``x`` in another shape of as many entries. A reshape of a reshape reads the first tensor."""
    if ix.product(shape).constant == 0:
        return SymbolicTensor(shape, lambda _: t.ZERO)
    return _Reshaped(x.source if isinstance(x, _Reshaped) else x, shape)


class _Reshaped(SymbolicTensor):
    """A view that remembers what it reshapes, so that merging axes and splitting them again leaves no trace."""

    def __init__(self, source: SymbolicTensor, shape: Shape) -> None:
        self.source = source
        blocks = _blocks(source.extents, shape)
        ndim = source.ndim

        def entry(index: Index) -> Term:
            position = [ix.ZERO] * ndim
            for block in blocks:
                block.move(index, position)
            return source.at(tuple(position))

        super().__init__(shape, entry)


@dataclass(frozen=True, slots=True)
class _Block:
    """Neighbouring axes of the old shape and of the new one that hold the same entries: (axis, extent) each."""

    old: tuple[tuple[int, IndexTerm], ...]
    new: tuple[tuple[int, IndexTerm], ...]

    def move(self, index: Index, position: list[IndexTerm]) -> None:
        """Write the digits of the old axes: flat // V_k - n_k * (flat // V_(k-1))."""
        flat = ix.ZERO
        for axis, extent in self.new:
            flat = flat * extent + index[axis]
        behind, quotient = ix.ONE, flat
        for axis, extent in reversed(self.old[1:]):
            behind = behind * extent
            following = flat // behind
            position[axis] = quotient - following * extent
            quotient = following
        position[self.old[0][0]] = quotient


def _blocks(old: Shape, new: Shape) -> list[_Block]:
    """The shapes cut wherever as many entries lie before in both; extents of 1 hold no entries and are left out.

    Soundness of a cut: the numbers of entries before it are one polynomial, so those between two cuts are too. Those
    behind the last one may be equal by the hypotheses only.
    """
    old_axes = [(axis, n) for axis, n in enumerate(old) if n.constant != 1]
    new_axes = [(axis, n) for axis, n in enumerate(new) if n.constant != 1]
    cuts = {before: place for place, before in enumerate(_running_products(new_axes), 1)}
    blocks = []
    old_start = new_start = 0
    for place, before in enumerate(_running_products(old_axes), 1):
        if before in cuts:
            blocks.append(_Block(tuple(old_axes[old_start:place]), tuple(new_axes[new_start : cuts[before]])))
            old_start, new_start = place, cuts[before]
    # What is left holds equally many entries as well, by the hypotheses on sizes.
    rest = _Block(tuple(old_axes[old_start:]), tuple(new_axes[new_start:]))
    return [*blocks, rest] if rest.old else blocks


def _running_products(axes: Sequence[tuple[int, IndexTerm]]) -> list[IndexTerm]:
    products, total = [], ix.ONE
    for _, extent in axes:
        total = total * extent
        products.append(total)
    return products


def _new_shape(shape: Any, old: Shape) -> Shape:
    """The shape asked for, with its -1 worked out."""
    items = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    open_places = [place for place, item in enumerate(items) if is_integer(item) and item == -1]
    if len(open_places) > 1 or any(is_integer(item) and item < -1 for item in items):
        raise ValueError(f"shape {items}: sizes are not negative, and at most one is -1")
    if open_places:
        (place,) = open_places
        before, after = as_shape(items[:place]), as_shape(items[place + 1 :])
        return (*before, _inferred(old, before + after), *after)
    new = as_shape(items)
    try:
        if same_extent(ix.product(old), ix.product(new)):
            return new
    except Undecided:
        raise Undecided(
            f"whether shapes {show_shape(old)} and {show_shape(new)} hold equally many entries depends on the sizes"
        ) from None
    raise Undefined(f"shape {show_shape(old)} of {ix.product(old)} entries is reshaped to {show_shape(new)}")


def _inferred(old: Shape, known: Shape) -> IndexTerm:
    """The extent that -1 stands for: what is left of the old shape when the known extents are divided out."""
    left, rest = list(old), []
    for extent in known:
        if extent in left:
            left.remove(extent)
        else:
            rest.append(extent)
    total, part = ix.product(left), ix.product(rest)
    empty = ix.product(known).constant == 0
    quotient = ix.ZERO if empty else total // part
    if not empty and quotient * part == total and sets.is_nonnegative(ix.product(known) - 1):
        return quotient
    text = f"shape {show_shape(old)} of {ix.product(old)} entries is reshaped to {show_shape(known)} and -1"
    if empty or (total.constant is not None and part.constant is not None):
        raise Undefined(f"{text}, which does not divide")
    raise Undecided(f"{text}; whether that divides depends on the sizes")


# --- axes: order, extents of 1, repetition ---------------------------------------------------------------------------


@operation
def permute_dims(x: Any, axes: Any = None) -> Any:
    """x with its axes in the given order, by default reversed.

    y[i_axes[0], i_axes[1], ...] = x[i_0, i_1, ...]

    Raises: ShapeError or ValueError unless axes is a permutation of x's axes.

    >>> from symconv import permute_dims, zeros
    >>> permute_dims(zeros(2, 3, 5), (2, 0, 1)).shape
    (5, 2, 3)
    """
    source = as_tensor(x)
    if axes is None:
        return entry_or_tensor(source.T)
    order = axes_of(axes, source.ndim)
    if len(order) != source.ndim:
        raise ShapeError(f"axes {axes!r} do not permute the {source.ndim} axes of shape {show_shape(source.extents)}")
    places = [order.index(axis) for axis in range(source.ndim)]
    shape = tuple(source.extents[axis] for axis in order)
    return entry_or_tensor(SymbolicTensor(shape, lambda index: source.at(tuple(index[place] for place in places))))


@operation
def transpose(x: Any, axes: Any = None) -> Any:
    """NumPy's name for `permute_dims`.

    >>> from symconv import transpose
    >>> transpose([[1, 2], [3, 4]])
    tensor([[1, 3], [2, 4]])
    """
    return permute_dims(x, axes)


@operation
def squeeze(x: Any, axis: Any = None) -> Any:
    """x without the given axes, each of extent 1 (by default, all of extent 1).

    Raises: Undefined for an axis whose extent is not 1.

    >>> from symconv import squeeze
    >>> squeeze([[[1], [2]]])
    tensor([1, 2])
    """
    source = as_tensor(x)
    places = _unit_axes(source) if axis is None else axes_of(axis, source.ndim)
    for place in places:
        if not same_extent(source.extents[place], ix.ONE):
            raise Undefined(f"axis {place} of shape {show_shape(source.extents)} is squeezed, and its extent is not 1")
    kept = tuple(n for place, n in enumerate(source.extents) if place not in places)
    return entry_or_tensor(reshaped(source, kept))


def _unit_axes(x: SymbolicTensor) -> tuple[int, ...]:
    return tuple(place for place, extent in enumerate(x.extents) if same_extent(extent, ix.ONE))


@operation
def expand_dims(x: Any, axis: Any) -> Any:
    """x with axes of extent 1 put in, so that they stand at the given places of the result.

    >>> from symconv import expand_dims
    >>> expand_dims([1, 2], -1)
    tensor([[1], [2]])
    """
    source = as_tensor(x)
    count = len(axis) if isinstance(axis, (tuple, list)) else 1
    places = () if axis is None else axes_of(axis, source.ndim + count)
    if axis is None:
        raise TypeError("expand_dims takes the places of the new axes, not None")
    extents = iter(source.extents)
    shape = tuple(ix.ONE if place in places else next(extents) for place in range(source.ndim + count))
    return reshaped(source, shape)


@operation
def broadcast_to(x: Any, shape: Any) -> Any:
    """x repeated to a shape, by NumPy's rule: axes are put in front, and an extent of 1 is stretched.

    Raises: Undefined where an extent is neither 1 nor the one asked for; ShapeError if x has more axes than the shape.

    >>> from symconv import broadcast_to
    >>> broadcast_to([1, 2], (2, 2))
    tensor([[1, 2], [1, 2]])
    """
    return entry_or_tensor(broadcasted(as_tensor(x), as_shape(shape)))


def broadcasted(x: SymbolicTensor, shape: Shape) -> SymbolicTensor:
    """``x`` stretched to a shape."""
    if x.ndim > len(shape):
        raise ShapeError(
            f"shape {show_shape(x.extents)} has more axes than {show_shape(shape)}, to which it is broadcast"
        )
    for own, wanted in zip(reversed(x.extents), reversed(shape), strict=False):
        if own.constant != 1 and not same_extent(own, wanted):
            raise Undefined(f"shape {show_shape(x.extents)} does not broadcast to {show_shape(shape)}")
    return SymbolicTensor(shape, stretched(x, shape))


# --- joining ---------------------------------------------------------------------------------------------------------


@operation
def concat(xs: Any, axis: int = 0) -> Any:
    """The tensors one behind the other along an axis.

    z[i, j] = x[i, j] if i < m else y[i - m, j]

    Shapes: x (m, n), y (k, n) -> z (m + k, n), and alike for more tensors and axes.
    Raises: Undefined where the other extents differ; ShapeError for tensors without axes, or of different ranks.

    >>> from symconv import concat, tensor
    >>> concat([tensor("x", (2,)), [0]])
    tensor([x[0], x[1], 0])
    """
    parts = _listed(xs, axis, "concat")
    place = axis_of(axis, _common_rank(parts, "concat", least=1))
    _same_extents([part.extents[:place] + part.extents[place + 1 :] for part in parts], "concat", parts)
    ends = _running_sums([part.extents[place] for part in parts])
    first = parts[0].extents

    def entry(index: Index) -> Term:
        return _piece(parts, ends, place, index)

    return SymbolicTensor((*first[:place], ends[-1], *first[place + 1 :]), entry)


def _piece(parts: Sequence[SymbolicTensor], ends: Sequence[IndexTerm], place: int, index: Index) -> Term:
    """The entry of the first part that ends behind the index; the last part needs no condition."""
    start = ends[0] - parts[0].extents[place]
    own = (*index[:place], index[place] - start, *index[place + 1 :])
    if len(parts) == 1:
        return parts[0].at(own)
    here = t.at_least(ends[0] - 1, index[place])
    if here is True:
        return parts[0].at(own)
    return guarded(here, parts[0], own, _piece(parts[1:], ends[1:], place, index))


def _running_sums(extents: Sequence[IndexTerm]) -> list[IndexTerm]:
    ends = [extents[0]]
    for extent in extents[1:]:
        ends.append(ends[-1] + extent)
    return ends


@operation
def stack(xs: Any, axis: int = 0) -> Any:
    """Tensors of one shape along a new axis.

    >>> from symconv import stack
    >>> stack([[1, 2], [3, 4]], axis=1)
    tensor([[1, 3], [2, 4]])
    """
    parts = _listed(xs, axis, "stack")
    place = axis_of(axis, _common_rank(parts, "stack", least=0) + 1)
    _same_extents([part.extents for part in parts], "stack", parts)
    first = parts[0].extents

    def entry(index: Index) -> Term:
        return _layer(parts, 0, index[place], (*index[:place], *index[place + 1 :]))

    return SymbolicTensor((*first[:place], ix.index(len(parts)), *first[place:]), entry)


def _layer(parts: Sequence[SymbolicTensor], number: int, chosen: IndexTerm, index: Index) -> Term:
    if chosen.constant is not None:
        return parts[chosen.constant].at(index)
    here = parts[number].at(index)
    return (
        here
        if number == len(parts) - 1
        else t.where(t.equals(chosen, number), here, _layer(parts, number + 1, chosen, index))
    )


def _listed(xs: Any, axis: Any, name: str) -> list[SymbolicTensor]:
    """The tensors of a list; in their place, one tensor that is not read row by row is a slip."""
    if isinstance(xs, SymbolicTensor) and (isinstance(axis, SymbolicTensor) or active_reading() is not None):
        raise TypeError(f"{name} takes a list of tensors, as in {name}([x, y]), not a tensor of {xs.ndim} axes")
    return [as_tensor(x) for x in xs]


def _common_rank(parts: Sequence[SymbolicTensor], name: str, least: int) -> int:
    if not parts:
        raise ValueError(f"{name} of no tensors")
    ranks = [part.ndim for part in parts]
    if len(set(ranks)) > 1 or ranks[0] < least:
        raise ShapeError(f"{name} of tensors of {ranks} axes; need the same number" + (", at least 1" if least else ""))
    return ranks[0]


def _same_extents(shapes: Sequence[Shape], name: str, parts: Sequence[SymbolicTensor]) -> None:
    for shape in shapes[1:]:
        if not all(map(same_extent, shapes[0], shape)):
            raise Undefined(f"{name} of shapes " + " and ".join(show_shape(part.extents) for part in parts))


# --- turning ---------------------------------------------------------------------------------------------------------


@operation
def flip(x: Any, axis: Any = None) -> Any:
    """x in reverse order along the axes (all of them by default): y[i] = x[n - 1 - i].

    >>> from symconv import flip
    >>> flip([1, 2, 3])
    tensor([3, 2, 1])
    """
    source = as_tensor(x)
    axes = axes_of(axis, source.ndim)

    def entry(index: Index) -> Term:
        return source.at(
            tuple(n - 1 - i if a in axes else i for a, (n, i) in enumerate(zip(source.extents, index, strict=True)))
        )

    return entry_or_tensor(SymbolicTensor(source.extents, entry))


@operation
def roll(x: Any, shift: Any, axis: Any = None) -> Any:
    """x with its entries moved on by a shift, round the end; of the flattened tensor if there is no axis.

    y[i] = x[(i - shift) % n]

    Several shifts and axes go together as in NumPy; shifts along one axis add up.

    >>> from symconv import roll
    >>> roll([1, 2, 3, 4], 1)
    tensor([4, 1, 2, 3])
    """
    source = as_tensor(x)
    if axis is None:
        flat = reshaped(source, (ix.product(source.extents),))
        return entry_or_tensor(reshaped(_rolled(flat, _shifts(shift, (0,))), source.extents))
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    return _rolled(source, _shifts(shift, tuple(axis_of(item, source.ndim) for item in axes)))


def _shifts(shift: Any, axes: tuple[int, ...]) -> dict[int, IndexTerm]:
    """The whole shift along each axis."""
    shifts = [as_index(item, "a shift") for item in (shift if isinstance(shift, (tuple, list)) else (shift,))]
    if len(shifts) != len(axes) and 1 not in (len(shifts), len(axes)):
        raise ValueError(f"roll by {len(shifts)} shifts along {len(axes)} axes; need one for each axis")
    count = 0 if not shifts or not axes else max(len(shifts), len(axes))
    total: dict[int, IndexTerm] = {}
    for place in range(count):
        axis = axes[place % len(axes)]
        total[axis] = total.get(axis, ix.ZERO) + shifts[place % len(shifts)]
    return total


def _rolled(x: SymbolicTensor, shifts: dict[int, IndexTerm]) -> SymbolicTensor:
    """``x`` rolled along each axis in turn."""
    for axis, shift in shifts.items():
        x = SymbolicTensor(x.extents, partial(_rolled_entry, x, axis, _turn(shift, x.extents[axis])))
    return x


Turn = Callable[[IndexTerm, Callable[[IndexTerm], Term]], Term]


def _rolled_entry(x: SymbolicTensor, axis: int, turn: Turn, index: Index) -> Term:
    return turn(index[axis], lambda place: x.at((*index[:axis], place, *index[axis + 1 :])))


def _turn(shift: IndexTerm, extent: IndexTerm) -> Turn:
    """How to read at (i - shift) % n.

    For 0 <= shift <= n that is i - shift from shift on, and i - shift + n before: no division by a size is left.
    """
    if shift.constant is not None and extent.constant:
        shift = shift % extent
    for start in (shift, shift + extent):
        if sets.is_nonnegative(start) and sets.is_nonnegative(extent - start):
            return partial(_two_pieces, start, extent)
    return partial(_turned_by_cases, shift, extent)


def _turned_by_cases(shift: IndexTerm, extent: IndexTerm, i: IndexTerm, read: Callable[[IndexTerm], Term]) -> Term:
    """The same where the hypotheses on a free or bound index say in which of the cases 0..n, -n..0 the shift is."""
    if extent.constant == 0:
        return read(i)
    result = read((i - shift) % extent)
    for start in (shift + extent, shift):
        known = t.conjunction(t.at_least(start, 0), t.at_least(extent, start))
        result = t.where(known, _two_pieces(start, extent, i, read), result) if known is not False else result
    return result


def _two_pieces(start: IndexTerm, extent: IndexTerm, i: IndexTerm, read: Callable[[IndexTerm], Term]) -> Term:
    behind = t.at_least(i, start)
    if isinstance(behind, bool):
        return read(i - start if behind else i - start + extent)
    return t.where(behind, read(i - start), read(i - start + extent))
