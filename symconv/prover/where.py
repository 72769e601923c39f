"""Where a refuted claim fails, and where it holds: at which sizes, and at which entries.

What is said of given sizes is checked there, by the normal forms of all entries. What is said of every size is what
isl derives from the difference of the general reading: outside of its domain the sides are shown to agree.
"""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from symconv.claims import Claim, TensorType
from symconv.errors import SymconvError, TimeLimit, Undecided, Undefined
from symconv.kernel import index as ix
from symconv.kernel.bounded.polynomials import Polynomials
from symconv.kernel.evaluate import Evaluator
from symconv.kernel.general.products import Constraint
from symconv.kernel.index import IndexTerm
from symconv.kernel.terms import Sign
from symconv.prover import bounded, exact, points
from symconv.prover import sizes as choice
from symconv.prover.exact import ExactNumbers
from symconv.prover.general import Failing
from symconv.prover.limits import interrupted_after
from symconv.prover.reading import Position, Reading, Sizes, compared_shape, entry, positions, read, shape_of
from symconv.prover.witnesses import Witness
from symconv.tensors.tensor import SymbolicTensor

_MOST_ENTRIES = 80
_MOST_COMBINATIONS = 128
_MOST_NAMED = 3
_MOST_STEPS = 4000
"""What it may take to say where a claim holds: beside the counterexample it is a comfort. Counted, so that a claim has
the same verdict on each machine; the seconds are for what one step may run away with.
"""
_SECONDS = 5.0

Index = tuple[IndexTerm, ...]
Alternatives = list[list[Constraint]]


Row = tuple[int, ...]
Condition = tuple[str, Callable[[Row], bool]]
Table = dict[Row, bool | None]


@dataclass(frozen=True)
class Place:
    """A part of a tensor in words: which places belong to it, and the same as constraints on index terms."""

    words: str
    holds: Callable[[Position, Position], bool]
    alternatives: Callable[[Index, Index], Alternatives]


def sentences(
    claim: Claim,
    step: int,
    failed_at: Sizes,
    failing: Failing | None,
    functions: Mapping[str, Witness],
    tick: Callable[[], None],
) -> tuple[str, ...]:
    """What is known of where the claim holds, one sentence each; nothing where there is nothing to say."""
    found: list[str] = []
    steps = itertools.count()

    def limited() -> None:
        tick()
        if next(steps) > _MOST_STEPS:
            raise _Enough

    with contextlib.suppress(_Enough, TimeLimit), interrupted_after(_SECONDS):
        table = _checked(claim, step, failed_at, functions, limited)
        found.append(_of_sizes(claim, failed_at, table))
        of_entries = _of_entries(claim, step, table, failing, functions, limited)
        differing = of_entries and _shapes_differ(claim, step, failed_at)
        found.append(f"where their shapes agree, {of_entries}" if differing else of_entries)
    tick()
    return tuple(filter(None, found))


class _Enough(Exception):
    """It takes too long to say where a claim holds."""


# ---- sizes -----------------------------------------------------------------------------------------------------------


def _checked(
    claim: Claim, step: int, failed_at: Sizes, functions: Mapping[str, Witness], tick: Callable[[], None]
) -> Table:
    """Whether the step holds, at the failing sizes and at small ones around; ``None`` where that is open. Without a
    pattern in sight nothing more is looked at.
    """
    table: Table = {tuple(failed_at.values()): False}
    small = (s for s in _around(claim, failed_at) if choice.entries(claim, s) <= _MOST_ENTRIES)
    for sizes in itertools.islice(small, _MOST_COMBINATIONS):
        row = tuple(sizes.values())
        table[row] = _holds(claim, step, sizes, functions, tick)
        if table[row] is None and len(row) > 1 and max(row) <= _least_box(row):
            break
    return table


def _least_box(names: Sequence[object]) -> int:
    """Up to which sizes all has to be known for a pattern to be told."""
    return 3 if len(names) < 4 else 2


def _around(claim: Claim, failed_at: Sizes) -> list[Sizes]:
    """Small sizes, and those up to a little more than the failing one where there is only one name."""
    names = list(failed_at)
    if not names:
        return []
    limit = {1: max(4, failed_at[names[0]] + 2), 2: 4, 3: 3}.get(len(names), 2)
    rows = (dict(zip(names, row, strict=True)) for row in itertools.product(range(1, limit + 1), repeat=len(names)))
    return [s for s in rows if s != failed_at and choice.is_allowed(claim, s)]


def _holds(
    claim: Claim, step: int, sizes: Sizes, functions: Mapping[str, Witness], tick: Callable[[], None]
) -> bool | None:
    """Whether one step holds at given sizes; ``None`` where that is open."""
    try:
        if _seen_to_differ(_concrete(claim, step, sizes, functions), tick):
            return False
        failures = [f for f in bounded.check(read(claim, sizes), tick).failures if f.pair.number == step]
    except TimeLimit:
        raise
    except Undefined:
        return False
    except SymconvError:
        return None
    return True if not failures else None if failures[0].open else False


def _seen_to_differ(reading: Reading, tick: Callable[[], None]) -> bool:
    """Whether numbers tell the sides apart, which takes less than their normal forms do."""
    shape = compared_shape(*(shape_of(side, Evaluator(Polynomials(), {})) for side in _sides(reading)))
    return _differs(reading, _spots(reading, shape), tick)


def _sides(reading: Reading) -> tuple[SymbolicTensor, SymbolicTensor]:
    pair = reading.pairs[0]
    return pair.left, pair.right


def _of_sizes(claim: Claim, failed_at: Sizes, table: Table) -> str:
    """The pattern of the sizes at which the claim was found to hold and to fail."""
    names = list(claim.sizes)
    if True not in table.values():
        return ""
    if len(names) == 1:
        good, bad = ([row[0] for row, holds in sorted(table.items()) if holds is wanted] for wanted in (True, False))
        return f"holds at {names[0]} = {_numbers(good)}; fails at {names[0]} = {_numbers(bad)}"
    largest, rows = _whole_box(table)
    if largest < _least_box(names):
        return ""
    every = sum(max(sizes.values()) <= largest for sizes in [failed_at, *_around(claim, failed_at)])
    if 4 * len(rows) < 3 * every:
        return ""  # the small ones among many combinations have too little in them for a pattern
    what = "for" if len(rows) == every else f"at {len(rows)} of the {every} combinations of"
    checked = f"checked {what} {', '.join(names)} up to {largest}"
    good_rows = {row for row, good in rows.items() if good}
    for words, holds in _conditions(claim, names):
        if good_rows and {row for row in rows if holds(row)} == good_rows:
            return f"holds where {words}, and fails elsewhere ({checked})"
    return ""


def _whole_box(table: Table) -> tuple[int, Table]:
    """The largest n so that all is known for sizes up to n, and what is known there."""
    best: tuple[int, Table] = (0, {})
    for largest in range(1, max(map(max, table)) + 1):
        rows = {row: holds for row, holds in table.items() if max(row) <= largest}
        if None in rows.values() or len(rows) == len(best[1]):
            break
        best = largest, rows
    return best


def _numbers(values: Sequence[int]) -> str:
    if len(values) > 6 and list(values) == list(range(values[0], values[-1] + 1)):
        return f"{values[0]}, ..., {values[-1]}"
    return ", ".join(map(str, values))


def _conditions(claim: Claim, names: Sequence[str]) -> list[Condition]:
    """Conditions on sizes that a claim may hold under, simple ones first."""
    pairs = list(itertools.combinations(range(len(names)), 2))
    ordered = [*pairs, *((b, a) for a, b in pairs)]
    found = [_equal_sizes(claim, names, a, b) for a, b in pairs]
    found += [c for place in range(len(names)) for value in (1, 2, 3) for c in _bounds(names[place], place, value)]
    found += [c for a, b in ordered for c in _relations(names[a], names[b], a, b)]
    found += [c for place in range(len(names)) for c in _parities(names[place], place)]
    return found + [c for a, b in ordered for c in _either(names[a], names[b], a, b)]


def _equal_sizes(claim: Claim, names: Sequence[str], a: int, b: int) -> Condition:
    square = " (square inputs)" if _is_square(claim, names[a], names[b]) else ""
    return f"{names[a]} = {names[b]}{square}", lambda row: row[a] == row[b]


def _bounds(name: str, place: int, value: int) -> list[Condition]:
    return [
        (f"{name} = {value}", lambda row: row[place] == value),
        (f"{name} <= {value}", lambda row: row[place] <= value),
        (f"{name} > {value}", lambda row: row[place] > value),
    ]


def _relations(first: str, second: str, a: int, b: int) -> list[Condition]:
    return [
        (f"{first} <= {second}", lambda row: row[a] <= row[b]),
        (f"{first} < {second}", lambda row: row[a] < row[b]),
        (f"{second} is a multiple of {first}", lambda row: row[b] % row[a] == 0),
    ]


def _parities(name: str, place: int) -> list[Condition]:
    return [
        (f"{name} is even", lambda row: row[place] % 2 == 0),
        (f"{name} is odd", lambda row: row[place] % 2 == 1),
    ]


def _either(first: str, second: str, a: int, b: int) -> list[Condition]:
    return [
        (f"{first} = 1 or {second} = 1", lambda row: 1 in (row[a], row[b])),
        (f"{first} = 1 or {first} = {second}", lambda row: row[a] in (1, row[b])),
    ]


def _is_square(claim: Claim, first: str, second: str) -> bool:
    """Whether two sizes are the height and the width of an input."""
    shapes = [tuple(map(str, p.type.dimensions)) for p in claim.parameters if isinstance(p.type, TensorType)]
    return any(shape[-2:] in ((first, second), (second, first)) for shape in shapes)


def _shapes_differ(claim: Claim, step: int, sizes: Sizes) -> bool:
    """Whether the sides have shapes that cannot be compared at these sizes."""
    try:
        reading = _only(read(claim, sizes), step)
        left, right = (shape_of(side, Evaluator(Polynomials(), {})) for side in _sides(reading))
    except (SymconvError, KeyError):
        return False
    return bool(left and right and left != right)


# ---- entries ---------------------------------------------------------------------------------------------------------


def _of_entries(
    claim: Claim,
    step: int,
    table: Table,
    failing: Failing | None,
    functions: Mapping[str, Witness],
    tick: Callable[[], None],
) -> str:
    """Which entries differ, at sizes large enough for a pattern, or for every size where isl derives it."""
    for sizes in _telling_sizes(claim, table):
        try:
            found = _Entries.of(claim, step, sizes, functions, tick)
        except TimeLimit:
            raise
        except SymconvError:
            continue
        if found is not None and found.is_telling:
            return found.sentence(failing)
    return ""


def _telling_sizes(claim: Claim, table: Table) -> list[Sizes]:
    """Failing sizes, those first that are at least 3 all over, the smallest of them first."""
    rows = [dict(zip(claim.sizes, row, strict=True)) for row, holds in table.items() if holds is False]
    return sorted(rows, key=lambda s: (min(s.values(), default=3) < 3, choice.entries(claim, s)))[:8]


@dataclass(frozen=True)
class _Entries:
    """The places of a step at given sizes, and those at which its sides differ; ``axes`` names free indices."""

    sizes: Sizes
    shape: Position
    differing: frozenset[Position]
    axes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        claim: Claim,
        step: int,
        sizes: Sizes,
        functions: Mapping[str, Witness],
        tick: Callable[[], None],
    ) -> _Entries | None:
        """The differing places; ``None`` where it is open whether some place differs."""
        reading = _only(read(claim, sizes), step)
        concrete = _concrete(claim, step, sizes, functions)
        free = tuple(reading.indices)
        ranges = tuple(extent for _, extent in reading.indices.values())
        shape = compared_shape(*(shape_of(side, Evaluator(Polynomials(), {})) for side in _sides(reading)))
        if bool(free) == bool(shape) or len(list(positions(shape or ranges))) > 4 * _MOST_ENTRIES:
            return None
        differing, algebra = set(), Polynomials()
        for spot in _spots(reading, shape):
            if _differs(concrete, [spot], tick):
                differing.add(spot.position if shape else spot.indices)
            elif not _is_shown_equal(reading, spot, algebra, tick):
                return None
        return cls(sizes, shape or ranges, frozenset(differing), free)

    @property
    def is_telling(self) -> bool:
        """Whether the axes are long enough for first and last to be told apart, and some but not all places differ."""
        return max(self.shape) > 2 and 0 < len(self.differing) < len(list(positions(self.shape)))

    def sentence(self, failing: Failing | None) -> str:
        """In which part of the tensor the sides differ."""
        at = ", ".join(f"{name} = {value}" for name, value in self.sizes.items())
        here = f" (at {at})" if at else ""
        for part in self._parts():
            if self.differing == {place for place in positions(self.shape) if part.holds(place, self.shape)}:
                return f"the sides differ {part.words} only" + (
                    " (for every size)" if self._is_derived(part, failing) else here
                )
        if len(self.differing) <= _MOST_NAMED and not self.axes:
            return f"the sides differ at {', '.join(str(list(p)) for p in sorted(self.differing))} only{here}"
        return ""

    def _parts(self) -> list[Place]:
        return _of_indices(self.axes, self.shape) if self.axes else _of_axes(self.shape)

    def _is_derived(self, part: Place, failing: Failing | None) -> bool:
        """Whether isl shows that the sides agree outside of a part, whatever the sizes are."""
        if failing is None:
            return False
        found = failing.disagreement
        pairs = found.ranges if self.axes else tuple(zip(found.index, found.shape, strict=True))
        if len(pairs) != len(self.shape):
            return False
        try:
            return found.is_within(part.alternatives(tuple(i for i, _ in pairs), tuple(n for _, n in pairs)))
        except Undecided:
            return False


def _only(reading: Reading, step: int) -> Reading:
    return replace(reading, pairs=tuple(p for p in reading.pairs if p.number == step))


def _concrete(claim: Claim, step: int, sizes: Sizes, functions: Mapping[str, Witness]) -> Reading:
    """The step with functions put in."""
    return _only(read(claim, sizes, {name: witness.function for name, witness in functions.items()}), step)


@dataclass(frozen=True)
class _Spot:
    """An entry of a step at values of the free indices."""

    position: Position
    indices: tuple[int, ...]


def _spots(reading: Reading, shape: Position) -> list[_Spot]:
    return [_Spot(place, tuple(values.values())) for values in reading.index_values() for place in positions(shape)]


def _is_shown_equal(reading: Reading, spot: _Spot, algebra: Polynomials, tick: Callable[[], None]) -> bool:
    """Whether the normal forms show that the sides agree at a place."""
    values = dict(zip((variable for variable, _ in reading.indices.values()), spot.indices, strict=True))
    evaluator = Evaluator(algebra, values, tick)
    tick()
    left, right = (evaluator.value(entry(side, spot.position)) for side in _sides(reading))
    gap = algebra.subtract(left, right)
    return not algebra.conditions and algebra.is_zero(gap)


def _differs(reading: Reading, spots: Sequence[_Spot], tick: Callable[[], None]) -> bool:
    """Whether some numbers are found at which the sides differ, at one of the places."""
    indices = [variable for variable, _ in reading.indices.values()]
    for numbers in _probes(points.unknowns_of(reading)):
        algebra = ExactNumbers(points.Point(reading, {}, numbers).by_variable())
        for spot in spots:
            tick()
            evaluator = Evaluator(algebra, dict(zip(indices, spot.indices, strict=True)))
            try:
                if exact.differ(*(evaluator.value(entry(side, spot.position)) for side in _sides(reading))):
                    return True
            except TimeLimit:
                raise
            except SymconvError:
                continue
    return False


def _probes(signs: Mapping[points.Key, Sign]) -> Iterator[points.Assignment]:
    """A few points of small numbers: distinct, of both signs, and drawn at random, as far as they are allowed."""
    count, source = len(signs), random.Random(0)
    rows = [[n + 1 for n in range(count)], [(n + 1) * (-1) ** n for n in range(count)]]
    rows += [[source.randint(-5, 5) for _ in range(count)] for _ in range(6)]
    for row in rows:
        yield {
            key: number if points.allowed(number, sign) else -number or points.simplest(sign)
            for (key, sign), number in zip(signs.items(), map(Fraction, row), strict=True)
        }


def _of_axes(shape: Position) -> list[Place]:
    """The parts of a tensor that have names: of its last two axes, rows and columns."""
    if len(shape) == 1:
        return [
            _end("in the first entry", [(0, False)]),
            _end("in the last entry", [(0, True)]),
            _end("in the first and the last entry", [(0, False), (0, True)]),
        ]
    row, column = len(shape) - 2, len(shape) - 1
    parts = [
        _end("in the first row", [(row, False)]),
        _end("in the last row", [(row, True)]),
        _end("in the first column", [(column, False)]),
        _end("in the last column", [(column, True)]),
        _end("in the first and the last row", [(row, False), (row, True)]),
        _end("in the first and the last column", [(column, False), (column, True)]),
        _end("in the last row and the last column", [(row, True), (column, True)]),
        _end("in the first row and the first column", [(row, False), (column, False)]),
        _end("on the border", [(row, False), (row, True), (column, False), (column, True)]),
    ]
    if shape[row] == shape[column]:
        parts += [
            _order("on the diagonal", row, column, lambda a, b: [[Constraint(a - b, equality=True)]]),
            _order("above the diagonal", row, column, lambda a, b: [[Constraint(b - a - 1)]]),
            _order("below the diagonal", row, column, lambda a, b: [[Constraint(a - b - 1)]]),
            _order("off the diagonal", row, column, _unequal),
        ]
    return parts


def _of_indices(names: Sequence[str], shape: Position) -> list[Place]:
    """Conditions on free indices."""
    parts = []
    for axis, name in enumerate(names):
        parts += [
            _end(f"where {name} = 0", [(axis, False)]),
            _end(f"where {name} is the last index", [(axis, True)]),
            _end(f"where {name} = 0 or the last index", [(axis, False), (axis, True)]),
        ]
    for a, b in itertools.combinations(range(len(names)), 2):
        parts += [
            _order(f"where {names[a]} = {names[b]}", a, b, lambda x, y: [[Constraint(x - y, equality=True)]]),
            _order(f"where {names[a]} < {names[b]}", a, b, lambda x, y: [[Constraint(y - x - 1)]]),
            _order(f"where {names[a]} > {names[b]}", a, b, lambda x, y: [[Constraint(x - y - 1)]]),
            _order(f"where {names[a]} and {names[b]} are different", a, b, _unequal),
        ]
    return parts


def _unequal(a: IndexTerm, b: IndexTerm) -> Alternatives:
    return [[Constraint(a - b - 1)], [Constraint(b - a - 1)]]


def _end(words: str, ends: Sequence[tuple[int, bool]]) -> Place:
    """The first or last places along axes."""

    def alternatives(index: Index, shape: Index) -> Alternatives:
        terms = (index[axis] - (shape[axis] - 1) if last else index[axis] for axis, last in ends)
        return [[Constraint(term, equality=True)] for term in terms]

    return _place(words, alternatives)


def _order(words: str, a: int, b: int, rule: Callable[[IndexTerm, IndexTerm], Alternatives]) -> Place:
    """A relation between the indices of two axes."""
    return _place(words, lambda index, shape: rule(index[a], index[b]))


def _place(words: str, alternatives: Callable[[Index, Index], Alternatives]) -> Place:
    """One definition for both: at integers, the constraints are evaluated."""

    def holds(place: Position, shape: Position) -> bool:
        found = alternatives(tuple(map(ix.index, place)), tuple(map(ix.index, shape)))
        return any(all(map(_is_met, constraints)) for constraints in found)

    return Place(words, holds, alternatives)


def _is_met(constraint: Constraint) -> bool:
    value = constraint.term.constant
    if value is None:
        raise Undecided("a place is given by integers")
    return value == 0 if constraint.equality else value >= 0
