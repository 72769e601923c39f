"""Padding, with NumPy's modes: a border of constants, of the edge's entries, reflected, or from the other end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from symconv.dispatch import operation
from symconv.errors import OpenOrder, ShapeError, Undecided, Undefined
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general import sets
from symconv.kernel.index import IndexTerm
from symconv.kernel.terms import Term
from symconv.tensors.options import decided
from symconv.tensors.tensor import Index, SymbolicTensor, as_index, as_tensor, entry_or_tensor, guarded, show_shape

Widths = list[tuple[IndexTerm, IndexTerm]]
Read = Callable[[IndexTerm], Term]


@operation
def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = 0) -> Any:
    """x with a border before and after each axis, in NumPy's modes.

    y[i, j] = x[i - p, j - q] where that is inside x; elsewhere, by the mode,
    "constant": the constant;  "edge": the nearest entry;  "wrap": x at i - p modulo H, as on a circle;
    "reflect": x mirrored at its first and last entry;  "symmetric": mirrored at its border, so that these come twice

    ``pad_width`` is n, (before, after), ((before, after),), or a pair for each axis; so is ``constant_values``, which
    may be -inf for a maximum. In a corner the constant of the last axis stands. The pairs follow the axes from
    the first, and one pair is for every axis: PyTorch's pad lists numbers from the last axis backwards, and pads no
    other. It calls "edge" replicate and "wrap" circular.
    Shapes: x (H, W), pad_width ((p, p'), (q, q')) -> (p + H + p', q + W + q').
    Raises: ValueError for another mode, a negative width, or pairs that do not fit the axes; Undefined where an empty
    axis has no entry for the border; Undecided where the sizes decide whether a border is longer than what it repeats.
    Source: numpy.pad.

    >>> from symconv import pad
    >>> pad([[1, 2]], 1)
    tensor([[0, 0, 0, 0], [0, 1, 2, 0], [0, 0, 0, 0]])
    >>> pad([1, 2, 3], (1, 2), "wrap")
    tensor([3, 1, 2, 3, 1, 2])
    """
    source = as_tensor(x)
    widths = [(_width(b), _width(a)) for b, a in _pairs(pad_width, source.ndim, "pad_width")]
    if mode == "constant":
        return entry_or_tensor(_with_constants(source, widths, constant_values))
    if mode not in _PLACES:
        raise ValueError(f"pad with mode={mode!r}; need one of {', '.join(map(repr, ['constant', *_PLACES]))}")
    if isinstance(constant_values, (tuple, list)) or constant_values != 0:
        raise ValueError(f'constant_values are for mode "constant", not for {mode!r}')
    for axis, width in enumerate(widths):
        source = _extended(source, axis, width, _PLACES[mode])
    return entry_or_tensor(source)


def _padded_shape(x: SymbolicTensor, widths: Widths) -> tuple[IndexTerm, ...]:
    return tuple(before + n + after for n, (before, after) in zip(x.extents, widths, strict=True))


def _width(value: Any) -> IndexTerm:
    width = as_index(value, "a pad width")
    known = sets.is_nonnegative(width)
    if known is None:
        raise Undecided(f"whether the pad width {width} is negative depends on the sizes")
    if not known:
        raise ValueError(f"a pad width is at least 0, not {width}")
    return width


def _pairs(value: Any, ndim: int, name: str) -> list[tuple[Any, Any]]:
    """NumPy's short forms of ``((before, after), ...)``: a number, a pair for every axis, or a row for each axis."""
    if hasattr(value, "__array_interface__"):
        value = value.tolist()
    if not isinstance(value, (tuple, list)):
        return [(value, value)] * ndim
    nested = [isinstance(item, (tuple, list)) for item in value]
    rows = list(value) if any(nested) else [value]
    if any(nested) != all(nested) or any(len(row) not in (1, 2) for row in rows) or len(rows) not in (1, ndim):
        raise ValueError(f"{name} is a number, (before, after) or a pair for each of {ndim} axes, not {value!r}")
    return [(row[0], row[-1]) for row in (rows * ndim if len(rows) == 1 else rows)]


# --- constants -------------------------------------------------------------------------------------------------------


def _with_constants(x: SymbolicTensor, widths: Widths, values: Any) -> SymbolicTensor:
    constants = [(_constant(b), _constant(a)) for b, a in _pairs(values, x.ndim, "constant_values")]
    one_constant = not isinstance(values, (tuple, list)) and not getattr(values, "ndim", 0)

    def entry(index: Index) -> Term:
        position = tuple(i - before for i, (before, _) in zip(index, widths, strict=True))
        if one_constant and constants:
            return guarded(t.inside(position, x.extents), x, position, constants[0][0])
        return _bordered(x, position, constants, x.ndim - 1)

    return SymbolicTensor(_padded_shape(x, widths), entry)


def _bordered(x: SymbolicTensor, position: Index, constants: Sequence[tuple[Term, Term]], axis: int) -> Term:
    """The constant of the last axis on which the position is outside, else the entry."""
    if axis < 0:
        return t.ZERO if t.inside(position, x.extents) is False else x.at(position)
    before, after = constants[axis]
    not_before = t.at_least(position[axis], 0)
    not_behind = t.at_least(x.extents[axis] - 1, position[axis])
    inner = t.ZERO if False in (not_before, not_behind) else _bordered(x, position, constants, axis - 1)
    return t.where(not_before, t.where(not_behind, inner, after), before)


def _constant(value: Any) -> Term:
    tensor = as_tensor(value)
    if tensor.extents:
        raise ShapeError(f"a tensor is padded with scalars, not with a tensor of shape {show_shape(tensor.extents)}")
    return tensor.at(())


# --- entries of the tensor -------------------------------------------------------------------------------------------

# A mode says, of an axis of extent n, how long a border may be that repeats it once; which entry stands at a position
# before the first and behind the last; and, for any position, which entry it is at numbers for both.
Place = Callable[[IndexTerm, IndexTerm], IndexTerm]


def _mirrored(position: int, n: int, turn: int) -> int:
    """The position folded into 0 .. n - 1; ``turn`` positions lie between an entry and its image at the border."""
    period = 2 * (n - 1) + 2 * turn
    place = position % period if period else 0
    return min(place, period - turn - place)


class _Mode:
    def __init__(self, longest: Callable[[IndexTerm], IndexTerm], before: Place, behind: Place, fold: Any) -> None:
        self.longest, self.before, self.behind, self.fold = longest, before, behind, fold


_PLACES = {
    "edge": _Mode(lambda n: n, lambda _, n: ix.ZERO, lambda _, n: n - 1, lambda p, n: min(max(p, 0), n - 1)),
    "wrap": _Mode(lambda n: n, lambda p, n: p + n, lambda p, n: p - n, lambda p, n: p % n),
    "reflect": _Mode(lambda n: n - 1, lambda p, n: -p, lambda p, n: 2 * (n - 1) - p, lambda p, n: _mirrored(p, n, 0)),
    "symmetric": _Mode(lambda n: n, lambda p, n: -1 - p, lambda p, n: 2 * n - 1 - p, lambda p, n: _mirrored(p, n, 1)),
}


def _extended(x: SymbolicTensor, axis: int, width: tuple[IndexTerm, IndexTerm], mode: _Mode) -> SymbolicTensor:
    """The tensor with a border along one axis."""
    (before, after), n = width, x.extents[axis]
    if before.constant == 0 and after.constant == 0:
        return x
    text = f"an empty axis, {axis} of shape {show_shape(x.extents)}, is padded without a constant"
    if not decided(n - 1, text) and (decided(before - 1, text) or decided(after - 1, text)):
        raise Undefined(text)
    place = _placed(n, before, after, mode)
    shape = (*x.extents[:axis], before + n + after, *x.extents[axis + 1 :])
    return SymbolicTensor(
        shape, lambda index: place(index[axis], lambda at: x.at((*index[:axis], at, *index[axis + 1 :])))
    )


def _placed(n: IndexTerm, before: IndexTerm, after: IndexTerm, mode: _Mode) -> Callable[[IndexTerm, Read], Term]:
    """How to read at an index of the padded axis."""
    rooms = [] if mode is _PLACES["edge"] else [mode.longest(n) - side for side in (before, after)]
    open_rooms = [room for room in rooms if not sets.is_nonnegative(room)]
    if not open_rooms:
        return lambda i, read: _in_three(i - before, n, mode, read)
    numbers = n.constant, before.constant, after.constant
    if None in numbers:
        text = f"whether a border of {before} and {after} is longer than an axis of {n} depends on the sizes"
        raise OpenOrder(text, open_rooms[0])
    return lambda i, read: _folded(i, n, before, after, mode, read)


def _in_three(position: IndexTerm, n: IndexTerm, mode: _Mode, read: Read) -> Term:
    """Before, inside, behind."""
    not_before, not_behind = t.at_least(position, 0), t.at_least(n - 1, position)
    if not_before is False:
        return read(mode.before(position, n))
    behind = t.ZERO if not_behind is True else read(mode.behind(position, n))
    inner = behind if not_behind is False else t.where(not_behind, read(position), behind)
    return inner if not_before is True else t.where(not_before, inner, read(mode.before(position, n)))


def _folded(i: IndexTerm, n: IndexTerm, before: IndexTerm, after: IndexTerm, mode: _Mode, read: Read) -> Term:
    """A border of known length that repeats the axis more than once: a case for each position of the padded axis."""
    first, extent = before.constant or 0, n.constant or 0
    places = [mode.fold(p - first, extent) for p in range(first + extent + (after.constant or 0))]
    if i.constant is not None:
        return read(ix.index(places[i.constant]))
    result = read(ix.index(places[-1]))
    for position in range(len(places) - 2, -1, -1):
        result = t.where(t.equals(i, position), read(ix.index(places[position])), result)
    return result
