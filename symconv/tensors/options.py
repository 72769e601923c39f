"""Ranks and options of the operations on images, normalised once: what convolution and pooling have in common.

Every operation works on images (N, C, H, W). A `Layout` lifts smaller ranks there and back; one spatial axis is an
image of height 1. An `Axis` holds the windows along one axis: entry ``a`` of window ``i`` stands at ``s*i + d*a - p``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from symconv.errors import OpenRoom, ShapeError, Undefined
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general import sets
from symconv.kernel.index import IndexTerm
from symconv.kernel.terms import Condition, Term
from symconv.tensors.tensor import Index, IndexScalar, Shape, SymbolicTensor, as_index, as_tensor, same_extent

Pair = tuple[IndexTerm, IndexTerm]

# --- what must hold --------------------------------------------------------------------------------------------------


Text = str | Callable[[], str]
"""What is said of a fault; a function where writing it takes longer than seeing that there is none."""


def _written(text: Text) -> str:
    return text if isinstance(text, str) else text()


def decided(room: IndexTerm, question: Text) -> bool:
    """Whether ``room >= 0``; raises `Undecided` when that depends on the sizes."""
    known = sets.is_nonnegative(room)
    if known is None:
        raise OpenRoom(f"{_written(question)}: whether {room} is at least 0 depends on the sizes", room)
    return known


def require(room: IndexTerm, text: Text, *options: Any) -> None:
    """Refuse ``room < 0``: `ValueError` if the options at fault were written down, `Undefined` if they are sizes."""
    if not decided(room, text):
        said = _written(text)
        raise (ValueError(said) if all(map(is_literal, options)) and options else Undefined(said))


def require_same(left: IndexTerm, right: IndexTerm, text: Text) -> None:
    """Refuse two extents that differ."""
    if not same_extent(left, right):
        raise Undefined(_written(text))


def is_literal(option: Any) -> bool:
    """Whether an option was written down as a number, not computed from sizes."""
    if isinstance(option, (tuple, list)):
        return all(map(is_literal, option))
    return not isinstance(option, (IndexScalar, IndexTerm))


# --- ranks -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Layout:
    """How ``rank`` spatial axes, behind ``leading`` of the axes N and C, lie in (N, C, H, W)."""

    rank: int
    leading: int

    def full(self, items: Index, filler: IndexTerm) -> Index:
        """An index or shape of the small rank, with fillers on the axes that it lacks."""
        lead, spatial = items[: self.leading], items[self.leading :]
        return (filler,) * (2 - self.leading) + lead + (filler,) * (2 - self.rank) + spatial

    def kept(self, items: Index) -> Index:
        """An index or shape of (N, C, H, W) without the axes that were put in."""
        return items[2 - self.leading : 2] + items[4 - self.rank :]

    def lift(self, x: SymbolicTensor) -> SymbolicTensor:
        """``x`` seen as (N, C, H, W)."""
        return SymbolicTensor(self.full(x.extents, ix.ONE), lambda index: x.at(self.kept(index)))

    def back(self, shape: Shape, entry: Callable[[Index], Term]) -> SymbolicTensor:
        """The result, in the rank of the input, whose entries at (N, C, H, W) are given; each is worked out once."""
        return SymbolicTensor.defined(self.kept(shape), lambda index: entry(self.full(index, ix.ZERO)))


def as_images(x: Any, rank: int, name: str) -> tuple[SymbolicTensor, Layout]:
    """``x`` as (N, C, H, W), and the way back."""
    tensor = as_tensor(x)
    leading = tensor.ndim - rank
    if not 0 <= leading <= 2:
        accepted = "(H, W), (C, H, W) or (N, C, H, W)" if rank == 2 else "(L,), (C, L) or (N, C, L)"
        raise ShapeError(f"{name} of a tensor of {tensor.ndim} axes; need {accepted}")
    layout = Layout(rank, leading)
    return layout.lift(tensor), layout


# --- options ---------------------------------------------------------------------------------------------------------


def pair(value: Any, rank: int, name: str, *, neutral: int, least: int) -> Pair:
    """An option for height and width, at least ``least``, from an integer or one for each spatial axis.

    The height of an image of rank 1 has the option ``neutral``.
    """
    items = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    if len(items) not in (1, rank):
        raise ValueError(f"{name} is an integer" + (" or a pair" if rank == 2 else "") + f", not {value!r}")
    terms = [as_index(item, name) for item in items]
    for term in terms:
        require(term - least, partial("{} is {}; need at least {}".format, name, term, least), value)
    return (ix.index(neutral) if rank == 1 else terms[0]), terms[-1]


def padding_of(value: Any, rank: int, kernel: Pair, stride: Pair, dilation: Pair, raw_stride: Any) -> tuple[Pair, Pair]:
    """(before, after) for height and for width. "same" puts the odd row or column of zeros behind."""
    if not isinstance(value, str):
        high, wide = pair(value, rank, "padding", neutral=0, least=0)
        return (high, high), (wide, wide)
    if value not in ("same", "valid"):
        raise ValueError(f'padding is an integer, a pair, "same" or "valid", not {value!r}')
    if value == "valid":
        return (ix.ZERO, ix.ZERO), (ix.ZERO, ix.ZERO)
    for step in stride:
        require(1 - step, f'padding "same" needs stride 1, not {raw_stride!r}', raw_stride)
    high, wide = (d * (k - 1) for k, d in zip(kernel, dilation, strict=True))
    return (high // 2, high - high // 2), (wide // 2, wide - wide // 2)


# --- windows ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Axis:
    """The windows along one axis of extent ``n``, padded by ``before`` and ``after``.

    With ``ceil`` the last one may run off the padded end, provided that it starts before the padding behind.
    """

    n: IndexTerm
    kernel: IndexTerm
    stride: IndexTerm
    dilation: IndexTerm
    before: IndexTerm
    after: IndexTerm
    ceil: bool = False

    @property
    def reach(self) -> IndexTerm:
        """The extent of a window from its first entry to its last, both included."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def room(self) -> IndexTerm:
        """How far a window may move within the padded axis."""
        return self.n + self.before + self.after - self.reach

    @cached_property
    def count(self) -> IndexTerm:
        """The number of windows."""
        if not self.ceil:
            return self.room // self.stride + 1
        count = 1 - (-self.room) // self.stride
        starts_inside = decided(self.n + self.before - 1 - (count - 1) * self.stride, "ceil_mode")
        return count if starts_inside else count - 1

    @cached_property
    def overhang(self) -> IndexTerm:
        """How far the last window reaches beyond the input; negative where it stays within."""
        return (self.count - 1) * self.stride + self.reach - self.before - self.n

    @cached_property
    def ends_inside(self) -> bool:
        """Whether it is known that no window reaches beyond the end of the input."""
        fits = not self.ceil and ix.is_nonnegative(-self.after)
        return bool(fits or ix.is_nonnegative(-self.overhang))

    @cached_property
    def ends_in_padding(self) -> bool:
        """Whether it is known that no window reaches beyond the padding."""
        return not self.ceil or bool(ix.is_nonnegative(self.after - self.overhang))

    def check(self, name: str) -> None:
        """Refuse windows that do not fit, and an empty input."""

        def text() -> str:
            padded = self.n + self.before + self.after
            return f"{name}: a window of extent {self.reach} is larger than its padded input, of extent {padded}"

        require(self.room + self.stride - 1 if self.ceil else self.room, text)
        if self.ceil or self.before.constant != 0 or self.after.constant != 0:
            require(self.n - 1, f"{name} of an empty input")

    def start(self, i: IndexTerm) -> IndexTerm:
        """Where window ``i`` starts; negative in the padding."""
        return self.stride * i - self.before

    def position(self, i: IndexTerm, a: IndexTerm) -> IndexTerm:
        """Where entry ``a`` of window ``i`` stands."""
        return self.start(i) + self.dilation * a

    def inside(self, position: IndexTerm) -> Condition:
        """Whether an entry of a window is one of the input, not padding. Without padding nothing is asked."""
        behind_start = True if self.before.constant == 0 else t.at_least(position, 0)
        before_end = True if self.ends_inside else t.at_least(self.n - 1 - position, 0)
        return t.conjunction(behind_start, before_end)


Axes = tuple[Axis, Axis]


def entry_in(image: SymbolicTensor, axes: Axes, lead: Index, windows: Index, offsets: Index, padding: Term) -> Term:
    """The entry of an image, or of its padding, at offsets in a window."""
    spatial = tuple(axis.position(i, a) for axis, i, a in zip(axes, windows, offsets, strict=True))
    inside = t.conjunction(*(axis.inside(position) for axis, position in zip(axes, spatial, strict=True)))
    if t.inside(spatial, image.extents[2:]) is False:
        return padding
    return t.where(inside, image.at((*lead, *spatial)), padding)


Fold = Callable[[Shape, Callable[[Index], Term], str], Term]


def over(fold: Fold, names: str, extents: Shape, body: Callable[[Index], Term]) -> Term:
    """A sum or maximum over ranges. A range of extent 1 needs no bound index."""
    bound = [n.constant != 1 for n in extents]
    some = tuple(n for n, kept in zip(extents, bound, strict=True) if kept)
    own_names = "".join(name for name, kept in zip(names, bound, strict=True) if kept)
    return fold(some, lambda inner: body(tuple(_filled(bound, inner))), own_names)


def _filled(bound: Iterable[bool], inner: Index) -> Iterator[IndexTerm]:
    rest = iter(inner)
    for kept in bound:
        yield next(rest) if kept else ix.ZERO
