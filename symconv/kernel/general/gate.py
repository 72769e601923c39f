"""The one gate: nothing but `check` makes a `Theorem`, and it compares what was derived with what was claimed.

A goal is two tensors as lambdas, with the hypotheses on sizes and free indices. The gate asks that both have the same
shape, expands an entry of each at free indices into its normal form, and asks isl whether the difference vanishes for
all sizes, indices and entries. What it takes to do so again is kept on the theorem: `replay` is the same check.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import InitVar, dataclass
from typing import NoReturn

from symconv.errors import Undecided
from symconv.kernel.general import sets
from symconv.kernel.general.normal import Normalizer
from symconv.kernel.general.pieces import Name, Scope
from symconv.kernel.general.products import Constraint
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.terms import Entry, Lambda, MaxOver, Sum, nodes_of

_MOST_BLOCKS = 4
_AXES = "ijklmnpq"
_SEAL = object()


@dataclass(frozen=True, eq=False)
class Goal:
    """``left[i...] = right[i...]`` at all indices, for all values of the free ones and all sizes that are assumed.

    A side without axes stands for the same entry everywhere. ``ranges`` are the free indices, each below its extent.
    """

    left: Lambda
    right: Lambda
    sizes: tuple[IndexVar, ...]
    assumptions: tuple[Constraint, ...]
    ranges: tuple[tuple[IndexVar, IndexTerm], ...] = ()


@dataclass(frozen=True)
class Method:
    """How the normal form is taken: the order of digits of indices below m*k, whether definitions are expanded,
    whether an axis of 2*n is looked at block by block, and whether maxima of few numbers become switches.
    """

    digits: tuple[IndexVar, ...] = ()
    expanded: bool = False
    blocks: bool = False
    switching: bool = False

    def normalizer(self, assumptions: Scope, sizes: Iterable[IndexVar]) -> Normalizer:
        """A normalizer that works by this method."""
        significance = {variable: place for place, variable in enumerate(self.digits)}
        return Normalizer(
            assumptions, frozenset(sizes), significance, self.expanded, self.blocks, switching=self.switching
        )


@dataclass(frozen=True, eq=False)
class Theorem:
    """A goal that has passed the gate, with the method and the laws that were used.

    The seal is asked for and not kept, so that no theorem lends it to another. Python cannot keep a determined author
    from writing into an object; who is handed a theorem by a stranger asks `replay`, which believes none of it.
    """

    goal: Goal
    method: Method
    rules: tuple[str, ...]
    kinks: bool
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise Undecided("a theorem is made by checking a goal, and by nothing else")

    def __init_subclass__(cls) -> None:
        raise TypeError("a theorem is a Theorem: a subclass could say what it likes")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a theorem is neither copied nor pickled; take its goal and method, and check them again")


@dataclass(frozen=True, eq=False)
class Disagreement:
    """All sizes and indices at which two sides are not seen to agree: outside of it they are shown to.

    ``index`` is the entry that was compared, ``shape`` its ranges, ``ranges`` the free indices with theirs.
    """

    domains: tuple[sets.Set, ...]
    index: tuple[IndexTerm, ...]
    shape: tuple[IndexTerm, ...]
    ranges: tuple[tuple[IndexTerm, IndexTerm], ...]

    def is_within(self, alternatives: Iterable[Iterable[Constraint]]) -> bool:
        """Whether one of the alternatives holds wherever the sides are not seen to agree."""
        return sets.is_within(self.domains, alternatives)


class Refused(Undecided):
    """A goal whose difference is not seen to vanish; ``points`` are small sizes in the domain of the difference.

    ``disagreement`` is that domain, where all entries were compared at once. ``signatures`` are the products of
    tensors, given and derived, whose coefficients differ, as ``normalizer`` names them.
    """

    def __init__(
        self,
        text: str,
        points: tuple[dict[IndexVar, int], ...],
        where: tuple[str, ...],
        disagreement: Disagreement | None,
        signatures: tuple[tuple[Name, ...], ...],
        normalizer: Normalizer,
    ) -> None:
        super().__init__(text)
        self.points = points
        self.where = where
        self.disagreement = disagreement
        self.signatures = signatures
        self.normalizer = normalizer


def check(goal: Goal, method: Method) -> Theorem:
    """The goal as a theorem. Raises `Undecided` when it is not shown, `Refused` with the domain of the difference."""
    _refuse_malformed(goal)
    normalizer = method.normalizer(goal.assumptions, goal.sizes)
    shape = _common_shape(goal, normalizer)
    scope: list[Constraint] = []
    env: dict[IndexVar, IndexTerm] = {}
    for variable, extent in goal.ranges:
        env[variable], _, ranges = normalizer.ranging(variable, extent)
        scope += ranges
    if sets.is_impossible([*goal.assumptions, *scope]):
        raise Undecided("the hypotheses cannot be met: no sizes are as they are assumed to be")
    for side in (goal.left, goal.right) if shape else ():
        if not side.variables:  # a number has to have its value also where the other side has no entries
            normalizer.pieces(side.body, env, tuple(scope))
    axes = [_blocks(extent) if method.blocks else (extent, 1) for extent in shape]
    if method.blocks and not any(_blocks(extent)[1] > 1 for extent in _extents(goal)):
        raise Undecided("no axis has blocks")
    for block in itertools.product(*(range(count) for _, count in axes)):
        index: list[IndexTerm] = []
        inside = list(scope)
        for axis, ((extent, _), number) in enumerate(zip(axes, block, strict=True)):
            value, _, ranges = normalizer.ranging(IndexVar(_AXES[axis % len(_AXES)]), extent)
            index.append(number * extent + value)
            inside += ranges
        _compare(goal, normalizer, index, env, tuple(inside), None if method.blocks else shape)
    return Theorem(goal, method, normalizer.rules, normalizer.kinks, _SEAL)


def _refuse_malformed(goal: Goal) -> None:
    """Each index has one meaning: a size, a free index or an axis of a side; and nothing is mentioned that is none."""
    free = tuple(variable for variable, _ in goal.ranges)
    for side in (goal.left, goal.right):
        named = (*goal.sizes, *free, *side.variables)
        if len(set(named)) < len(named):
            raise Undecided("the goal is malformed: one index is declared twice")
        if len(side.variables) != len(side.shape):
            raise Undecided("the goal is malformed: a side has not one index for each axis")
        if not set(side.free) <= set(named):
            raise Undecided("the goal is malformed: a side mentions an index that is not declared")
    extents = [*goal.left.shape, *goal.right.shape, *(extent for _, extent in goal.ranges)]
    mentioned = {v for term in (*extents, *(c.term for c in goal.assumptions)) for v in term.variables()}
    if not mentioned <= set(goal.sizes):
        raise Undecided("the goal is malformed: an extent or a hypothesis mentions what is no size")


def _blocks(extent: IndexTerm) -> tuple[IndexTerm, int]:
    """(n, 2) for 2*n: the length of a block and how many there are; (extent, 1) for other extents."""
    if len(extent.terms) == 1 and len(extent.terms[0][0]) == 1 and 1 < extent.terms[0][1] <= _MOST_BLOCKS:
        monomial, count = extent.terms[0]
        return IndexTerm({monomial: 1}), count
    return extent, 1


def _extents(goal: Goal) -> Iterator[IndexTerm]:
    """The lengths of the axes, and what is summed over."""
    for node in (*nodes_of(goal.left), *nodes_of(goal.right)):
        match node:
            case Lambda():
                yield from node.shape
            case Entry():
                yield from node.variable.shape
            case Sum() | MaxOver():
                yield node.extent


def _compare(
    goal: Goal,
    normalizer: Normalizer,
    index: list[IndexTerm],
    env: dict[IndexVar, IndexTerm],
    scope: Scope,
    shape: tuple[IndexTerm, ...] | None,
) -> None:
    """Compare an entry; ``shape`` is that of the whole goal, ``None`` where the entry runs over a part of it only."""
    sides = []
    for side in (goal.left, goal.right):
        values = dict(zip(side.variables, index, strict=True)) if side.variables else {}
        sides.append(normalizer.pieces(side.body, {**env, **values}, scope))
    found = normalizer.difference(sides[0], sides[1], scope)
    if found:
        named = [*goal.sizes, *(v for term in index for v in term.variables()), *(v for v, _ in goal.ranges)]
        named += [v for value in env.values() for v in value.variables()]
        points = tuple(point for _, domain, _ in found[:4] for point in sets.smallest_points(domain, goal.sizes))
        where = tuple(dict.fromkeys(sets.shown(domain, named) for _, domain, _ in found[:4]))
        ranges = tuple((env[variable], extent) for variable, extent in goal.ranges)
        domains = tuple(domain for _, domain, _ in found)
        whole = None if shape is None else Disagreement(domains, tuple(index), shape, ranges)
        signatures = tuple(dict.fromkeys(signature for signature, _, _ in found))
        text = "the normal forms of the two sides are not seen to agree"
        raise Refused(text, points, where, whole, signatures, normalizer)


def replay(theorem: Theorem) -> Theorem:
    """The same goal through the same gate once more."""
    return check(theorem.goal, theorem.method)


def _common_shape(goal: Goal, normalizer: Normalizer) -> tuple[IndexTerm, ...]:
    """The shape over which the sides are compared; equal extents, none of them below 0, are shown, not assumed."""
    left, right = goal.left.shape, goal.right.shape
    if left and right:
        if len(left) != len(right):
            raise Undecided(f"the sides have {len(left)} and {len(right)} axes")
        for a, b in zip(left, right, strict=True):
            if a != b and not all(normalizer.implied(Constraint(gap), ()) for gap in (a - b, b - a)):
                raise Undecided(f"whether the extents {a} and {b} of the sides are equal depends on the sizes")
    for extent in left or right:
        if not normalizer.implied(Constraint(extent), ()):
            raise Undecided(f"whether the extent {extent} of a side is less than 0 depends on the sizes")
    return left or right
