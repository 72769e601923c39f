"""The polynomial fragment of terms, evaluated over all entries at once with NumPy.

A grid is a list of points, each a value for every index variable in scope. A term's value over a grid is a list of rows
(point, monomial, coefficient): a monomial is its atoms' numbers, one column for each factor, and 0 for "no factor".

    sum      one finer grid, with a point for each value of the bound index; rows go back to the point they came from
    where    the part of the grid where the condition holds, and the rest
    add      rows below each other
    multiply columns beside each other, rows of one point paired
    read     the different positions that are read, each once; their rows handed out to the points

Two sides agree iff the rows of left and minus right cancel: atoms sorted within a row, rows sorted, equal ones added.

Exact: coefficients are int64 over one common denominator, and a bound on them is kept in Python integers; past 2^62 it
gives up. It also gives up (`NotPolynomial`) on whatever is no polynomial in entries and on anything undefined, so that
True always means: defined and equal at every entry. The caller then asks the engine that explains.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.errors import SymconvError, TimeLimit
from symconv.kernel import terms as t
from symconv.kernel.index import Floor, IndexTerm, IndexVar

LIMIT = 2**62  # of a coefficient or a packed row
INDEX_BITS = 20  # every index value is below 2^20
MOST_ROWS = 3_000_000

Ints = npt.NDArray[np.int64]


class NotPolynomial(Exception):
    """The term is outside the fragment, undefined somewhere, or too large."""


class Grid:
    """Points, and the value of each variable at them. A value not bound here is the parent's, at ``source``."""

    __slots__ = ("count", "parent", "source", "values")

    def __init__(
        self, count: int, values: dict[IndexVar, Ints], parent: Grid | None = None, source: Ints | None = None
    ) -> None:
        if count > MOST_ROWS:
            raise NotPolynomial("too many points")
        for value in values.values():
            if count and (value.min() <= -(1 << INDEX_BITS) or value.max() >= 1 << INDEX_BITS):
                raise NotPolynomial("a large index")
        self.count, self.values, self.parent, self.source = count, values, parent, source

    def __getitem__(self, variable: IndexVar) -> Ints:
        found = self.values.get(variable)
        if found is None:
            if self.parent is None:
                raise NotPolynomial(f"{variable} has no value")
            found = self.parent[variable]
            if self.source is not None:
                found = found[self.source]
            self.values[variable] = found
        return found

    def part(self, places: Ints) -> Grid:
        return Grid(len(places), {}, self, places)


@dataclass(slots=True)
class Rows:
    """Rows over a grid; ``points`` is None where there is one for each point, in order."""

    count: int
    points: Ints | None
    columns: tuple[Ints, ...]
    coefficient: Ints | int
    denominator: int
    bound: int  # of the absolute value of every coefficient

    def __post_init__(self) -> None:
        if self.bound >= LIMIT or self.denominator >= LIMIT:
            raise NotPolynomial("large coefficients")
        if self.count > MOST_ROWS:
            raise NotPolynomial("too many rows")

    def at_points(self) -> Ints:
        return np.arange(self.count) if self.points is None else self.points

    def taken(self, places: Ints, points: Ints | None) -> Rows:
        """Some of the rows, or several times the same, at other points."""
        coefficient = self.coefficient if isinstance(self.coefficient, int) else self.coefficient[places]
        columns = tuple(column[places] for column in self.columns)
        return Rows(len(places), points, columns, coefficient, self.denominator, self.bound)

    def moved(self, source: Ints) -> Rows:
        """The rows at the points that a finer grid's points came from."""
        points = source if self.points is None else source[self.points]
        return Rows(self.count, points, self.columns, self.coefficient, self.denominator, self.bound)


def _none() -> Rows:
    empty = np.zeros(0, dtype=np.int64)
    return Rows(0, empty, (), 0, 1, 0)


@dataclass
class GridEvaluator:
    """Terms over grids. Atoms are numbered from 1, the entries of a tensor in a row."""

    tick: Callable[[], None] = lambda: None
    first: dict[object, int] = field(default_factory=dict)
    atoms: int = 0

    def __post_init__(self) -> None:
        self._rules: dict[type, Callable[..., Rows]] = {
            t.Number: self._number,
            t.Constant: self._constant,
            t.IndexNumber: self._index_number,
            t.Entry: self._entry,
            t.Add: lambda term, grid: added([self.rows(part, grid) for part in term.parts]),
            t.Mul: self._multiply,
            t.Power: self._power,
            t.Sum: self._sum,
            t.Where: self._where,
            t.Read: self._read,
        }

    def rows(self, term: t.Term, grid: Grid) -> Rows:
        if grid.count == 0:
            return _none()
        rule = self._rules.get(type(term))
        if rule is None:
            raise NotPolynomial(type(term).__name__)
        return rule(term, grid)

    # --- indices -------------------------------------------------------------------------------------------------

    def index(self, term: IndexTerm, grid: Grid) -> Ints | int:
        """The values of an index term: an array, or an integer where it is the same everywhere."""
        constant = term.constant
        if (constant is None and _bound(term) >= LIMIT) or (constant is not None and abs(constant) >= 1 << INDEX_BITS):
            raise NotPolynomial("a large index")
        return constant if constant is not None else self._index(term, grid)

    def _index(self, term: IndexTerm, grid: Grid) -> Ints | int:
        total: Ints | int = 0
        for monomial, value in term.terms:
            product: Ints | int = value
            for atom in monomial:
                factor = grid[atom] if isinstance(atom, IndexVar) else self._floor(atom, grid)
                product = factor if isinstance(product, int) and product == 1 else product * factor
            total = product if isinstance(total, int) and total == 0 else total + product
        return total

    def _floor(self, atom: Floor, grid: Grid) -> Ints | int:
        numerator, denominator = self._index(atom.numerator, grid), self._index(atom.denominator, grid)
        if np.any(np.equal(denominator, 0)):
            raise NotPolynomial("an index is divided by 0")
        return numerator // denominator

    def _position(
        self, index: tuple[IndexTerm, ...], shape: tuple[IndexTerm, ...], grid: Grid
    ) -> list[tuple[Ints | int, int]]:
        """The index on each axis with the extent; every point is inside."""
        found = []
        for i, n in zip(index, shape, strict=True):
            position, extent = self.index(i, grid), self.index(n, grid)
            low, high = _ends(position)
            least, most = _ends(extent)
            if low < 0 or (high >= least and np.any(position >= extent)):
                raise NotPolynomial("an index leaves its tensor")
            found.append((position, most))
        return found

    def _flat(self, position: list[tuple[Ints | int, int]], grid: Grid) -> tuple[Ints | int, int]:
        """Row-major numbers of positions, and how many there are."""
        flat: Ints | int = 0
        size = 1
        for place, extent in position:
            flat, size = (place if size == 1 else flat * extent + place), size * extent
            if size >= LIMIT:
                raise NotPolynomial("a large tensor")
        return flat, size

    def _holds(self, condition: t.Condition, grid: Grid) -> Any:
        match condition:
            case bool():
                return condition
            case t.IndexCompare():
                value = self.index(condition.term, grid)
                return value == 0 if condition.relation == "eq" else value >= 0
            case t.And():
                return _all([self._holds(part, grid) for part in condition.parts])
            case t.Or():
                return _negated(_all([_negated(self._holds(part, grid)) for part in condition.parts]))
            case t.Not():
                return _negated(self._holds(condition.part, grid))
        raise NotPolynomial("a condition on entries")

    # --- terms ---------------------------------------------------------------------------------------------------

    def _number(self, term: t.Number, grid: Grid) -> Rows:
        value = term.value
        if not value:
            return _none()
        return Rows(grid.count, None, (), value.numerator, value.denominator, abs(value.numerator))

    def _index_number(self, term: t.IndexNumber, grid: Grid) -> Rows:
        value = self.index(term.index, grid)
        return Rows(grid.count, None, (), value, 1, max(map(abs, _ends(value))))

    def _atom_numbers(self, key: object, count: int) -> int:
        """The first of so many numbers for atoms that belong together."""
        if key not in self.first:
            self.first[key] = self.atoms + 1
            self.atoms += count
        return self.first[key]

    def _constant(self, term: t.Constant, grid: Grid) -> Rows:
        number = self._atom_numbers(("constant", term.name), 1)
        return Rows(grid.count, None, (np.full(grid.count, number),), 1, 1, 1)

    def _entry(self, term: t.Entry, grid: Grid) -> Rows:
        if any(n.constant is None for n in term.variable.shape):
            raise NotPolynomial("a tensor of unknown shape")
        flat, size = self._flat(self._position(term.index, term.variable.shape, grid), grid)
        number = flat + self._atom_numbers(term.variable, size)
        column = np.full(grid.count, number) if isinstance(number, int) else number
        return Rows(grid.count, None, (column,), 1, 1, 1)

    def _multiply(self, term: t.Mul, grid: Grid) -> Rows:
        factors = [self.rows(part, grid) for part in term.parts]  # all of them: each has to be defined
        product = factors[0]
        for factor in factors[1:]:
            product = multiplied(product, factor, grid.count)
        return product

    def _power(self, term: t.Power, grid: Grid) -> Rows:
        low, high = _ends(self.index(term.exponent, grid))
        base = self.rows(term.base, grid)
        if low != high or high > 64:
            raise NotPolynomial("an exponent that varies")
        base = _inverse(collected(base), grid.count) if low < 0 else base
        product = self._number(t.ONE, grid)
        for _ in range(abs(low)):
            product = multiplied(product, base, grid.count)
        return product

    def _sum(self, term: t.Sum, grid: Grid) -> Rows:
        self.tick()
        extent = self.index(term.extent, grid)
        if isinstance(extent, int):
            extent = max(extent, 0)
            _check_size(extent * grid.count)
            source = np.repeat(np.arange(grid.count), extent)
            value = np.tile(np.arange(extent), grid.count)
        else:
            extent = np.maximum(extent, 0)
            _check_size(int(extent.sum()))
            source = np.repeat(np.arange(grid.count), extent)
            value = np.arange(len(source)) - np.repeat(np.cumsum(extent) - extent, extent)
        return self.rows(term.body, Grid(len(source), {term.variable: value}, grid, source)).moved(source)

    def _where(self, term: t.Where, grid: Grid) -> Rows:
        holds = self._holds(term.condition, grid)
        if isinstance(holds, (bool, np.bool_)):
            return self.rows(term.then if holds else term.otherwise, grid)
        if holds.all():
            return self.rows(term.then, grid)
        parts = []
        for places, branch in ((np.flatnonzero(holds), term.then), (np.flatnonzero(~holds), term.otherwise)):
            parts.append(self.rows(branch, grid.part(places)).moved(places))
        return added(parts)

    def _read(self, term: t.Read, grid: Grid) -> Rows:
        definition = term.definition
        position = self._position(term.index, definition.shape, grid)
        places = [np.full(grid.count, i) if isinstance(i, int) else i for i, _ in position]
        free = [grid[variable] for variable in definition.free]
        radix = [n for _, n in position] + [int(value.max()) + 1 for value in free]
        if math.prod(radix) > 4 * grid.count + 64 or any(value.min() < 0 for value in free):
            bound = dict(zip(definition.variables, places, strict=True))
            return self.rows(definition.body, Grid(grid.count, bound, grid))
        flat, size = self._flat(list(zip([*places, *free], radix, strict=True)), grid)
        if isinstance(flat, int):
            flat = np.full(grid.count, flat)
        return self._read_once(definition, flat, size, radix)

    def _read_once(self, definition: t.Lambda, flat: Ints, size: int, radix: list[int]) -> Rows:
        wanted = np.zeros(size, dtype=bool)
        wanted[flat] = True
        different = np.flatnonzero(wanted)
        number = (np.cumsum(wanted) - 1)[flat]
        values = np.unravel_index(different, radix) if radix else ()
        bound = dict(zip([*definition.variables, *definition.free], values, strict=True))
        rows = self.rows(definition.body, Grid(len(different), bound))
        if rows.points is None:
            return rows.taken(number, None)
        return _joined(number, collected(rows), len(different))


# --- rows ------------------------------------------------------------------------------------------------------------


def _check_size(count: int) -> None:
    if count > MOST_ROWS:
        raise NotPolynomial("too many points")


def _bound(term: IndexTerm) -> int:
    """A bound on an index term and all that it is computed from, every variable being below 2^20."""
    total = 0
    for monomial, value in term.terms:
        product = abs(value)
        for atom in monomial:
            if isinstance(atom, IndexVar):
                product <<= INDEX_BITS
            else:
                product *= max(_bound(atom.numerator), _bound(atom.denominator), 1)
        total += product
    return total


def _ends(value: Ints | int) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (int(value.min()), int(value.max()))


def _all(parts: list[Ints | bool]) -> Ints | bool:
    total: Ints | bool = True
    for part in parts:
        total = part if isinstance(total, (bool, np.bool_)) and total else total & part
    return total


def _negated(part: Ints | bool) -> Ints | bool:
    return (not part) if isinstance(part, (bool, np.bool_)) else ~part


def added(parts: list[Rows]) -> Rows:
    """All rows, over the least common denominator."""
    parts = [part for part in parts if part.count]
    if len(parts) < 2:
        return parts[0] if parts else _none()
    denominator = math.lcm(*(part.denominator for part in parts))
    scales = [denominator // part.denominator for part in parts]
    bound = max(part.bound * scale for part, scale in zip(parts, scales, strict=True))
    if bound >= LIMIT:
        raise NotPolynomial("large coefficients")
    coefficients = [part.coefficient * scale for part, scale in zip(parts, scales, strict=True)]
    same = isinstance(coefficients[0], int) and all(isinstance(c, int) and c == coefficients[0] for c in coefficients)
    if not same:
        full = [
            np.full(part.count, c, dtype=np.int64) if isinstance(c, int) else c
            for part, c in zip(parts, coefficients, strict=True)
        ]
    width = max(len(part.columns) for part in parts)
    columns = tuple(np.concatenate([_column(part, place) for part in parts]) for place in range(width))
    points = np.concatenate([part.at_points() for part in parts])
    return Rows(len(points), points, columns, coefficients[0] if same else np.concatenate(full), denominator, bound)


def _column(rows: Rows, place: int) -> Ints:
    return rows.columns[place] if place < len(rows.columns) else np.zeros(rows.count, dtype=np.int64)


def multiplied(left: Rows, right: Rows, count: int) -> Rows:
    """Every row of a point times every row of the same point."""
    if left.points is None and right.points is not None:
        left, right = right, left
    if left.points is None:
        return _beside(left, right)
    if right.points is None:
        return _beside(left, right.taken(left.points, None))
    left, right = collected(left), collected(right)
    order, starts, counts = _by_point(right, count)
    times = counts[left.at_points()]
    _check_size(int(times.sum()))
    first = np.repeat(np.arange(left.count), times)
    second = order[_spread(starts[left.at_points()], times)]
    left = left.taken(first, left.at_points()[first])
    return _beside(left, right.taken(second, None))


def _beside(left: Rows, right: Rows) -> Rows:
    """Row by row; the points are those of the left."""
    bound = left.bound * right.bound
    if bound >= LIMIT:
        raise NotPolynomial("large coefficients")
    coefficient = left.coefficient * right.coefficient
    denominator = left.denominator * right.denominator
    if isinstance(coefficient, int) and denominator > 1:
        common = math.gcd(coefficient, denominator)
        coefficient, denominator, bound = coefficient // common, denominator // common, bound // common
    return Rows(left.count, left.points, left.columns + right.columns, coefficient, denominator, bound)


def _joined(number: Ints, rows: Rows, count: int) -> Rows:
    """At each new point the rows of the point whose number it has."""
    order, starts, counts = _by_point(rows, count)
    times = counts[number]
    _check_size(int(times.sum()))
    return rows.taken(order[_spread(starts[number], times)], np.repeat(np.arange(len(number)), times))


def _by_point(rows: Rows, count: int) -> tuple[Ints, Ints, Ints]:
    """The rows in the order of their points; where each point's begin, and how many they are."""
    points = rows.at_points()
    counts = np.bincount(points, minlength=count)
    return np.argsort(points, kind="stable"), np.cumsum(counts) - counts, counts


def _spread(starts: Ints, times: Ints) -> Ints:
    """start, start + 1, ... so many times, one after the other."""
    ends = np.cumsum(times)
    first: Ints = np.repeat(starts - (ends - times), times)
    return np.arange(int(ends[-1]) if len(ends) else 0) + first


def _inverse(rows: Rows, count: int) -> Rows:
    """1 / a nonzero number at each point."""
    if rows.columns and any(column.any() for column in rows.columns):
        raise NotPolynomial("division by entries")
    points = rows.at_points()
    if rows.count != count or len(np.unique(points)) != count:
        raise NotPolynomial("division by 0")
    values = np.full(count, rows.coefficient) if isinstance(rows.coefficient, int) else rows.coefficient
    ordered = np.empty(count, dtype=np.int64)
    ordered[points] = values
    different = [int(value) for value in np.unique(ordered)]
    if 0 in different:
        raise NotPolynomial("division by 0")
    common = math.lcm(*different)
    if common >= LIMIT or common * rows.denominator >= LIMIT:
        raise NotPolynomial("large coefficients")
    return Rows(count, None, (), common // ordered * rows.denominator, common, common * rows.denominator)


def collected(rows: Rows) -> Rows:
    """Each monomial once for each point, none with coefficient 0."""
    if rows.points is None or rows.count < 2:
        return rows
    words, columns = _words(rows)
    order = np.argsort(words[0], kind="stable") if len(words) == 1 else np.lexsort(words[::-1])
    new = np.zeros(rows.count, dtype=bool)
    new[0] = True
    for word in words:
        ordered = word[order]
        new[1:] |= ordered[1:] != ordered[:-1]
    starts = np.flatnonzero(new)
    longest = int(np.diff(starts, append=rows.count).max())
    if rows.bound * longest >= LIMIT:
        raise NotPolynomial("large coefficients")
    if isinstance(rows.coefficient, int):
        sums = rows.coefficient * np.diff(starts, append=rows.count)
    else:
        sums = np.add.reduceat(rows.coefficient[order], starts)
    kept = np.flatnonzero(sums)
    if not len(kept):
        return _none()
    places, sums = order[starts[kept]], sums[kept]
    bound = max(-int(sums.min()), int(sums.max()))
    kept_columns = tuple(column[places] for column in columns)
    return Rows(len(places), rows.at_points()[places], kept_columns, sums, rows.denominator, bound)


def _words(rows: Rows) -> tuple[list[Ints], list[Ints]]:
    """Each row as a few integers, equal for equal point and monomial, and its columns in order."""
    columns = list(rows.columns)
    if len(columns) == 2:
        columns = [np.minimum(*columns), np.maximum(*columns)]
    elif len(columns) > 2:
        ordered = np.sort(np.stack(columns, axis=1), axis=1)
        columns = [ordered[:, place] for place in range(len(columns))]
    words: list[Ints] = []
    used = 64
    for value in (rows.at_points(), *columns):
        bits = int(value.max()).bit_length()
        if used + bits > 62:
            words.append(value)
            used = bits
        else:
            words[-1] = (words[-1] << bits) | value
            used += bits
    return words, columns


# --- sides ---------------------------------------------------------------------------------------------------------


def agree(
    left: t.Lambda, right: t.Lambda, indices: Sequence[tuple[IndexVar, int]], tick: Callable[[], None] = lambda: None
) -> int:
    """The number of entries compared, all defined and equal at all values of the free indices; 0 if some differ.

    A side without axes stands for the same entry everywhere.
    Raises: NotPolynomial where this does not say.
    """
    try:
        return _agree(left, right, indices, tick)
    except TimeLimit:
        raise
    except (SymconvError, OverflowError, MemoryError, RecursionError) as problem:
        raise NotPolynomial(str(problem)) from None


def _agree(left: t.Lambda, right: t.Lambda, indices: Sequence[tuple[IndexVar, int]], tick: Callable[[], None]) -> int:
    shape = _common_shape(left, right)
    extents = [*(extent for _, extent in indices), *shape]
    count = math.prod(extents)
    _check_size(count)
    values = np.unravel_index(np.arange(count), extents) if extents and count else [np.arange(0)] * len(extents)
    walker = GridEvaluator(tick)
    sides = []
    for side in (left, right):
        axes = [*(variable for variable, _ in indices), *side.variables]
        sides.append(walker.rows(side.body, Grid(count, dict(zip(axes, values, strict=False)))))
    minus = replace(sides[1], coefficient=-sides[1].coefficient)
    difference = added([sides[0], minus])
    if difference.points is None:  # one side is 0 throughout
        difference = difference.moved(np.arange(difference.count))
    rest = collected(difference)
    return 0 if rest.count and np.any(rest.coefficient) else max(count, 1)


def _common_shape(left: t.Lambda, right: t.Lambda) -> list[int]:
    shapes = [[extent.constant for extent in side.shape] for side in (left, right)]
    known = [[n for n in shape if n is not None and n >= 0] for shape in shapes]
    if known != shapes or (all(shapes) and known[0] != known[1]):
        raise NotPolynomial("shapes that vary or differ")
    return known[0] or known[1]
