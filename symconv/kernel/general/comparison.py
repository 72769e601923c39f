"""The normal form for every size: a sum of products is a function on index tuples.

A term at symbolic sizes is expanded into `Piece`s: a coefficient times a product of entries, summed over bound
indices that meet affine constraints. The pieces with one *signature* (the sorted names of their factors) add up to
one function from the tuple of all index values to the coefficient with which that product of entries occurs. Entries
are independent, and distinct multisets of entries are linearly independent monomials: two terms agree for all entries
at all sizes if and only if these functions agree, and isl decides that.

What is not polynomial becomes a *derived* tensor, with coordinates of its own: a function of a form, a maximum over a
set, a reciprocal. Two derived tensors are one when their definitions are equal by the same test (congruence), after
the exact laws have been applied to the definitions. So past the fragment the test is sound, and may be incomplete.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from symconv.errors import Undecided
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general import functions, sets
from symconv.kernel.general.functions import Weighted
from symconv.kernel.general.pieces import (
    ARGUMENT,
    COORDINATES,
    Env,
    Factor,
    Form,
    Index,
    Name,
    Piece,
    Scope,
    added,
    arrangements,
    at,
    contracted,
    distinct,
    few,
    fresh,
    is_fixed,
    is_unit,
    merged,
    negated,
    supports,
    without,
)
from symconv.kernel.general.products import Constraint
from symconv.kernel.index import IndexTerm, IndexVar

_MOST_SHIFTS = 6


@dataclass
class Comparison:
    """Names derived tensors, and compares sums of pieces.

    ``assumptions`` hold throughout; ``sizes`` are the variables that stand for one number each (all others are
    indices).
    """

    assumptions: Scope
    sizes: frozenset[IndexVar]
    significance: dict[IndexVar, int] = field(default_factory=dict)
    expanded: bool = False
    blocks: bool = False
    names: list[Name] = field(default_factory=list)
    kinks: bool = False

    def __post_init__(self) -> None:
        self._variables: dict[t.Variable, Name] = {}
        self._forms: dict[Name, Any] = {}
        self._used: set[str] = set()
        self._positive: dict[Factor, list[Scope]] = {}
        self.chosen_cases = 0
        """How many switches are put at 1 or 0 at present: what is shown then holds in that case only."""

    @property
    def rules(self) -> tuple[str, ...]:
        """The laws that were applied, beyond comparing functions on index tuples."""
        return tuple(sorted(self._used))

    def implied(self, constraint: Constraint, scope: Scope) -> bool:
        """Whether the assumptions and the scope imply ``term >= 0``."""
        if constraint in scope or ix.is_nonnegative(constraint.term):
            return True
        return sets.is_impossible([Constraint(-constraint.term - 1)], [*self.assumptions, *scope])

    def plain(self, head: tuple[Any, ...], *, positive: bool = False) -> Name:
        found = next((name for name in self.names if name.head == head and not name.pieces), None)
        if found is None:
            found = Name(len(self.names), head, positive=positive)
            self.names.append(found)
        return found

    def derived(
        self,
        head: tuple[Any, ...],
        pieces: Sequence[Piece],
        scope: Scope,
        leading: Index = (),
        own: IndexVar | None = None,
        *,
        positive: bool = False,
    ) -> Piece:
        """The entry of the derived tensor ``head(pieces)``, at its intrinsic coordinates."""
        definition, coordinates, domain = self._intrinsic(self._live(merged(pieces), scope), scope, own)
        key = (*head, len(coordinates))
        name = self._named(key, definition, domain)
        if name is None:
            name, coordinates = self._moved(key, definition, coordinates, domain)
        if name is None:
            name = self._new(key, definition, domain, positive)
        return Piece(factors=(Factor(name, leading + coordinates),))

    def oriented(self, head: tuple[Any, ...], pieces: Sequence[Piece], scope: Scope) -> tuple[Factor, bool]:
        """The entry of ``head(pieces)`` or of ``head(-pieces)``, whichever is named already, and whether it is that of
        the negative: for odd and even functions, and for signs.
        """
        definition, coordinates, domain = self._intrinsic(self._live(merged(pieces), scope), scope, None)
        key = (*head, len(coordinates))
        for flipped, signed in ((False, definition), (True, tuple(negated(definition)))):
            name = self._named(key, signed, domain)
            if name is not None:
                return Factor(name, coordinates), flipped
        return Factor(self._new(key, definition, domain, False), coordinates), False

    def _named(self, key: tuple[Any, ...], definition: tuple[Piece, ...], domain: Scope) -> Name | None:
        return next((n for n in self.names if n.head == key and n.pieces and self._same(n, definition, domain)), None)

    def _moved(
        self, key: tuple[Any, ...], definition: tuple[Piece, ...], coordinates: Index, domain: Scope
    ) -> tuple[Name | None, Index]:
        """A name that stands for the definition at other coordinates: z[i] below is y[i - 1] above."""
        for name in self.names:
            if name.head != key or not name.pieces or _signatures(name.pieces) != _signatures(definition):
                continue
            shift = self._shift(definition, domain, name)
            if shift is not None:
                return name, tuple(i + c for i, c in zip(coordinates, shift, strict=True))
        return None, coordinates

    def _shift(self, pieces: tuple[Piece, ...], domain: Scope, name: Name) -> tuple[IndexTerm, ...] | None:
        """How far the coordinates of a definition are from those at which a name stands for it."""
        for shift in itertools.islice(_shifts(pieces, name.pieces, name.head[-1]), _MOST_SHIFTS):
            back = {u: ix.index(u) - c for u, c in zip(COORDINATES, shift, strict=False)}
            there = Piece(constraints=domain).put(back).constraints
            if self._same(name, tuple(piece.put(back) for piece in pieces), there):
                return shift
        return None

    def _new(self, key: tuple[Any, ...], definition: tuple[Piece, ...], domain: Scope, positive: bool) -> Name:
        name = Name(len(self.names), key, definition or (Piece(Fraction(0)),), domain, positive)
        self.names.append(name)
        return name

    def _live(self, pieces: list[Piece], scope: Scope) -> list[Piece]:
        """The pieces without those that cancel: what is left shows the indices that matter."""
        groups: dict[tuple[int, ...], list[Piece]] = {}
        for piece in pieces:
            groups.setdefault(tuple(sorted(f.name.order for f in piece.factors)), []).append(piece)
        return [piece for group in groups.values() if not self._cancels(group, scope) for piece in group]

    def _cancels(self, group: list[Piece], scope: Scope) -> bool:
        if all(p.scale > 0 for p in group) or all(p.scale < 0 for p in group):
            return False
        try:
            return self._vanishes(self.form(group), scope)
        except Undecided:
            return False

    def _intrinsic(
        self, pieces: Sequence[Piece], scope: Scope, own: IndexVar | None
    ) -> tuple[tuple[Piece, ...], Index, Scope]:
        """The pieces over coordinates that they show themselves, those coordinates, and where they are asked for.

        Where a factor's index is a function of the outer indices, that index is a coordinate; so f(z[i + 1]) and
        f(z[j]) are entries of one tensor f(z). ``own`` runs within the definition: the place in a network's argument.
        """
        outer = {v for piece in pieces for v in piece.outer()} - self.sizes - {own}
        shown = sorted(self._shown(pieces, own), key=lambda item: item[:2])
        found: list[IndexTerm] = []
        put: Env = {}
        for _, _, index in shown:
            now = index.substitute(put)
            variable = next((v for v in sorted(outer - put.keys(), key=lambda v: v.number) if is_unit(now, v)), None)
            if variable is None:
                continue
            factor = dict(now.terms)[(variable,)]
            value = (ix.index(COORDINATES[len(found)]) - (now - ix.index(variable) * factor)) * factor
            put = {v: e.substitute({variable: value}) for v, e in put.items()} | {variable: value}
            found.append(index)
            pieces = [piece.put({variable: value}) for piece in pieces]
        for variable in sorted({v for piece in pieces for v in piece.outer()} & outer, key=lambda v: v.number):
            put = {v: e.substitute({variable: ix.index(COORDINATES[len(found)])}) for v, e in put.items()}
            put[variable] = ix.index(COORDINATES[len(found)])
            pieces = [piece.put({variable: put[variable]}) for piece in pieces]
            found.append(ix.index(variable))
        if own is not None:
            pieces = [piece.put({own: ix.index(ARGUMENT)}) for piece in pieces]
        return tuple(pieces), tuple(found), fresh(Piece(constraints=distinct(scope)).put(put)).constraints

    def _shown(self, pieces: Sequence[Piece], own: IndexVar | None) -> Iterator[tuple[int, int, IndexTerm]]:
        for piece in pieces:
            for factor in piece.factors:
                for axis, index in enumerate(factor.index):
                    if not set(index.variables()) & {*piece.bound, own}:
                        yield factor.name.order, axis, index

    def _same(self, name: Name, pieces: tuple[Piece, ...], domain: Scope) -> bool:
        """Whether a name stands for these pieces: everywhere, or where they are read (within the name's domain)."""
        if _signatures(name.pieces) != _signatures(pieces):
            return False
        if name not in self._forms:
            self._forms[name] = supports(name.pieces) if name.head[0] == "max" else self.form(name.pieces)
        if self._agree(name, pieces, ()):
            if name.domain and not self._is_seen_within(domain, name.domain):
                name.domain = ()  # read elsewhere too from now on, so that no other definition takes its place
            return True
        if not domain or not name.domain:
            return False
        if self._is_within(domain, name.domain):
            return self._agree(name, pieces, domain)
        alone = name.head[0] != "sign"  # [u > 0] and [u = 0] know each other by their u
        if alone and self._is_within(name.domain, domain) and self._agree(name, pieces, name.domain):
            # Where the name was read so far both are one, so that it may be read where the wider one is.
            name.pieces, name.domain = pieces, domain
            del self._forms[name]
            return True
        return False

    def _agree(self, name: Name, pieces: tuple[Piece, ...], domain: Scope) -> bool:
        if name.head[0] == "max":
            return sets.same_supports(self._forms[name], supports(pieces), [*self.assumptions, *domain])
        return self._vanishes(added(self._forms[name], self.form(negated(pieces))), domain)

    def _is_within(self, inner: Scope, outer: Scope) -> bool:
        """Whether coordinates that meet the inner scope, at some values of its other indices, meet the outer one."""
        coordinates = [v for v in COORDINATES if any(v in c.term.variables() for c in (*inner, *outer))]

        def region(scope: Scope) -> sets.Region:
            others = {v for c in scope for v in c.term.variables()} - self.sizes
            return tuple(map(ix.index, coordinates)), tuple(others | set(coordinates)), scope

        return sets.is_subset(region(inner), region(outer), self.assumptions)

    def _is_seen_within(self, inner: Scope, outer: Scope) -> bool:
        try:
            return inner == outer or (bool(inner) and self._is_within(inner, outer))
        except Undecided:
            return False

    def split(self, pieces: list[Piece], scope: Scope) -> list[tuple[Scope, list[Piece]]]:
        """Cases in which no piece has a condition on outer indices alone: f(p if c else q) = f(p) if c else f(q)."""
        known = [*self.assumptions, *scope]
        for number, piece in enumerate(pieces):
            for constraint in piece.constraints:
                if set(constraint.term.variables()) & set(piece.bound):
                    continue
                sides = [constraint, Constraint(-constraint.term - 1)]
                if constraint.equality:
                    sides.append(Constraint(constraint.term - 1))
                cases = [side for side in sides if not sets.is_impossible([side], known)]
                if cases == [constraint]:
                    rest = replace(piece, constraints=tuple(c for c in piece.constraints if c != constraint))
                    return self.split([*pieces[:number], rest, *pieces[number + 1 :]], scope)
                if constraint not in cases:
                    return self.split([*pieces[:number], *pieces[number + 1 :]], scope)
                self._used.add("cases of a condition on indices")
                return [((c, *m), part) for c in cases for m, part in self.split(pieces, (*scope, c))]
        return [((), pieces)]

    def form(self, pieces: Iterable[Piece]) -> Form:
        """Signature -> weighted points of index tuples; repeated names are symmetrised, and what is alike added up."""
        found: Form = {}
        for piece in pieces:
            factors = sorted(piece.factors, key=lambda f: f.name.order)
            signature = tuple(f.name for f in factors)
            for arrangement, count in arrangements(factors):
                coordinates = tuple(i for f in arrangement for i in f.index)
                point = Weighted(coordinates, piece.bound, piece.constraints, piece.weight, piece.scale * count)
                points, alike = found.setdefault(signature, {}), functions.written(point)
                points[alike] = points.get(alike, Fraction(0)) + point.scale
        return found

    def _nonzero(self, form: Form, scope: Scope) -> Iterator[tuple[tuple[Name, ...], Any, Any]]:
        """Where the coefficient of a product of entries is not seen to vanish: (signature, domain, coefficient).

        Points that are alike as written have cancelled; what is left is asked of isl.
        """
        context = [*self.assumptions, *scope]
        for signature, points in form.items():
            for count in dict.fromkeys(point.coordinates for point, scale in points.items() if scale):
                left = {p: scale for p, scale in points.items() if scale and p.coordinates == count}
                total = functions.total([functions.scaled(functions.function(p), scale) for p, scale in left.items()])
                for found in functions.nonzero_pieces(total, context, [term for p in left for term in p.terms]):
                    yield signature, *found

    def _vanishes(self, form: Form, scope: Scope = ()) -> bool:
        return not any(True for _ in self._nonzero(form, scope))

    def difference(
        self, left: list[Piece], right: list[Piece], scope: Scope
    ) -> list[tuple[tuple[Name, ...], Any, Any]]:
        """Where the two sums of pieces differ: (signature, domain, coefficient); empty when they are equal."""
        pieces = self._cleared(left + negated(right), scope)
        found = list(self._nonzero(self.form(pieces), scope))
        if found:
            unified = self._unified(pieces)
            if unified != pieces:
                return list(self._nonzero(self.form(unified), scope))
        return found

    def _unified(self, pieces: list[Piece]) -> list[Piece]:
        """The pieces with one name for what two names stand for: the definition of the one may have become wider since
        the other was made.
        """
        names = sorted(
            {f.name for piece in pieces for f in piece.factors if f.name.pieces}, key=lambda name: name.order
        )
        for narrow, wide in itertools.permutations(names, 2):
            if narrow.head != wide.head or _signatures(narrow.pieces) != _signatures(wide.pieces) or not narrow.domain:
                continue
            shift = self._shift(narrow.pieces, narrow.domain, wide)
            if shift is not None:
                pieces = [_renamed(piece, narrow, wide, shift) for piece in pieces]
        return pieces

    def _cleared(self, pieces: list[Piece], scope: Scope) -> list[Piece]:
        """The pieces times the bases of reciprocals with fixed coordinates, which are not 0 anywhere in the scope."""
        pieces = [contracted(piece) for piece in pieces]  # a delta may fix the coordinates of a reciprocal
        for _ in range(12):
            fixed = (f for p in pieces for f in p.factors if f.name.head[0] == "reciprocal" and is_fixed(f, p))
            factor = next((f for f in fixed if self._is_shown_positive(f, scope)), None)
            if factor is None:
                return pieces
            self._used.add("denominators that are not 0 are cleared")
            base: Name = factor.name.head[1]
            value = [Piece(factors=(Factor(base, factor.index),))]
            if base.head[0] == "sum":
                value = [p.put(at(factor)) for p in base.pieces]
            kept = [replace(p, factors=without(p.factors, [factor])) for p in pieces if factor in p.factors]
            others = [p for p in pieces if factor not in p.factors]
            pieces = few(kept + [a.times(fresh(b)) for a in others for b in value])
        raise Undecided("too many denominators")

    def _is_shown_positive(self, inverse: Factor, scope: Scope) -> bool:
        """Whether a reciprocal was shown to be positive for all values in the scope.

        It was shown so within the scopes in which it was read. Indices of those that the present scope does
        not know do not occur in the base, so that it is enough that there is a value for them.
        """
        known = self.sizes | {v for c in scope for v in c.term.variables()}
        known |= {v for i in inverse.index for v in i.variables()}
        shown = [
            (tuple({v for c in s for v in c.term.variables()} - known), s) for s in self._positive.get(inverse, [])
        ]
        return sets.covers(shown, [*self.assumptions, *scope])


def _renamed(piece: Piece, old: Name, new: Name, shift: Sequence[IndexTerm]) -> Piece:
    """The piece with entries of one tensor as entries of another. Leading indices, which no definition shows, stay."""
    factors = []
    for factor in piece.factors:
        if factor.name is old:
            count = old.head[-1]
            lead, shown = factor.index[: len(factor.index) - count], factor.index[len(factor.index) - count :]
            factor = Factor(new, lead + tuple(i + c for i, c in zip(shown, shift, strict=False)))
        factors.append(factor)
    return replace(piece, factors=tuple(factors))


def _shifts(pieces: Sequence[Piece], others: Sequence[Piece], count: int) -> Iterator[tuple[IndexTerm, ...]]:
    """How far coordinates may have to move for the pieces to show the indices that others show."""
    every = []
    for coordinate in COORDINATES[:count]:
        shown = _parts(others, coordinate)
        gaps = [
            (rest - there) * sign
            for key, parts in _parts(pieces, coordinate).items()
            for sign, rest in parts
            for other, there in shown.get(key, ())
            if sign == other
        ]
        every.append(list(dict.fromkeys([*gaps, ix.ZERO])))
    return (shift for shift in itertools.product(*every) if any(c != ix.ZERO for c in shift))


def _parts(pieces: Sequence[Piece], coordinate: IndexVar) -> dict[tuple[Name, int], list[tuple[int, IndexTerm]]]:
    """For each tensor and axis the indices that are the coordinate, or its negative, and a rest of sizes, apart from
    bound indices.
    """
    found: dict[tuple[Name, int], list[tuple[int, IndexTerm]]] = {}
    for piece in pieces:
        bound = set(piece.bound)
        for factor in piece.factors:
            for axis, index in enumerate(factor.index):
                outer = IndexTerm({m: n for m, n in index.terms if bound.isdisjoint(IndexTerm({m: 1}).variables())})
                sign = dict(outer.terms).get((coordinate,), 0)
                rest = outer - ix.index(coordinate) * sign
                if abs(sign) == 1 and not set(rest.variables()) & {*COORDINATES, ARGUMENT}:
                    found.setdefault((factor.name, axis), []).append((sign, rest))
    return found


def _signatures(pieces: Iterable[Piece]) -> set[tuple[int, ...]]:
    """Which names are multiplied in some piece: sums without a piece in common are hardly ever equal."""
    return {tuple(sorted(f.name.order for f in piece.factors)) for piece in pieces if piece.scale}
