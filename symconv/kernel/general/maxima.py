"""Maxima of sums: a derived tensor whose definition is a set of entries, by the laws of the maximum.

max(a + c, b + c) = max(a, b) + c         max(p a, p b) = p max(a, b) for p >= 0      max(max(a, b), c) = max(a, b, c)
f(max S) = max f(S) for nondecreasing f   max over a set of entries depends on the set alone
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm

from symconv.errors import Undecided
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general import sets
from symconv.kernel.general.laws import Laws
from symconv.kernel.general.pieces import Factor, Piece, Scope, at, few, fresh, merged, region_of, without
from symconv.kernel.index import IndexVar
from symconv.kernel.terms import Builtin


@dataclass(frozen=True)
class Family:
    """What a maximum runs over: a sum of pieces, for all values of ``bound`` that meet the constraints."""

    pieces: tuple[Piece, ...]
    constraints: Scope = ()
    bound: tuple[IndexVar, ...] = ()

    def within(self, constraints: Scope, bound: tuple[IndexVar, ...] = ()) -> Family:
        return Family(self.pieces, (*constraints, *self.constraints), (*bound, *self.bound))


class Maxima(Laws):
    """Maxima, and nondecreasing functions of them."""

    def maximum(self, families: Sequence[Family], scope: Scope) -> list[Piece]:
        """The largest of all sums. Raises `Undecided` unless there is at least one wherever it is asked for."""
        if not sets.covers([(f.bound, f.constraints) for f in families], [*self.assumptions, *scope]):
            raise Undecided("whether a maximum runs over at least one entry")
        if not families:  # asked for nowhere, as within a sum over nothing
            return []
        opened = [part for family in families for part in self._opened(family, scope)]
        few([piece for family in opened for piece in family.pieces])
        outside, factor, inside = self._drawn_out(opened, scope)
        if not any(family.pieces for family in inside):
            return outside
        entries = [entry for family in inside for entry in self._entries(family, scope)]
        largest = [self._of_entries(part, scope + case).within(case) for case, part in self.split(entries, scope)]
        return outside + self.product([[factor], largest])

    def applied(
        self, function: t.FunctionSymbol | Builtin, order: int, argument: list[Piece], scope: Scope
    ) -> list[Piece]:
        """A function of a sum; a nondecreasing one goes through a maximum that is added to something."""
        if function.nondecreasing and order == 0:
            opened = self._opened(Family(tuple(merged(argument))), scope)
            total = not isinstance(function, Builtin) or function.name not in ("log", "root")
            if (len(opened) > 1 or opened[0].bound) and (
                total or all(self.is_positive_sum(list(f.pieces), scope + f.constraints) for f in opened)
            ):
                self._used.add(f"{function} is non-decreasing, so it goes through the maximum")
                values = [self.applied(function, 0, list(f.pieces), scope + f.constraints) for f in opened]
                return self.maximum([replace(f, pieces=tuple(v)) for f, v in zip(opened, values, strict=True)], scope)
        if isinstance(function, Builtin) and function.name == "root" and order == 0:
            return self._root(function.degree, merged(argument), scope)
        return super().applied(function, order, argument, scope)

    def _root(self, degree: int, argument: list[Piece], scope: Scope) -> list[Piece]:
        """The root of a product is the product of roots, where all factors are at least 0; that of a square is |a|."""
        head = ("apply", Builtin("root", degree), 0)
        piece = argument[0] if len(argument) == 1 else Piece(Fraction(0))
        counts = Counter(piece.factors)
        known = all(f.name.nonnegative or (degree == 2 and count % 2 == 0) for f, count in counts.items())
        if piece.scale <= 0 or piece.bound or piece.weight != ix.ONE or not known:
            return self._root_without_powers(degree, argument, scope)
        parts = [] if piece.scale == 1 else [[self.derived(head, [Piece(piece.scale)], scope)]]
        for factor, count in counts.items():
            whole, rest = divmod(count, degree)
            parts += [self.absolute(factor, scope)] * whole
            parts += [[self.derived(head, [Piece(factors=(factor,))], scope)]] * rest
        return self.product([*parts, [Piece(constraints=piece.constraints)]])

    def _root_without_powers(self, degree: int, argument: list[Piece], scope: Scope) -> list[Piece]:
        """root(c**d a) = c root(a) for what is at least 0 and common to all summands."""
        shared = Counter(f for f in common_factors([(piece, ()) for piece in argument]) if f.name.nonnegative)
        whole = [factor for factor, count in shared.items() for _ in range(count // degree)]
        scale = _power_in(common_scale([piece.scale for piece in argument]), degree)
        if whole or scale != 1:
            self._used.add("root(c**d a) = c root(a) for c >= 0")
        power = Piece(scale**degree, factors=tuple(whole * degree))
        root = self.derived(("apply", Builtin("root", degree), 0), [divided_by(p, power) for p in argument], scope)
        return [root.times(Piece(scale, factors=tuple(whole)))]

    def absolute(self, factor: Factor, scope: Scope) -> list[Piece]:
        """The absolute value of an entry."""
        entry = Piece(factors=(factor,))
        if factor.name.nonnegative:
            return [entry]
        return self.maximum([Family((entry,)), Family((replace(entry, scale=Fraction(-1)),))], scope)

    def is_nonnegative(self, factor: Factor, scope: Scope) -> bool:
        """Whether an entry is at least 0 everywhere in the scope."""
        return factor.name.nonnegative or (factor in self._positive and self._is_shown_positive(factor, scope))

    def _opened(self, family: Family, scope: Scope) -> list[Family]:
        """c + p max S, with p >= 0, as all c + p s for s in S."""
        for number, piece in enumerate(family.pieces):
            inner = self._largest(piece, scope)
            if inner is None:
                continue
            rest = [*family.pieces[:number], *family.pieces[number + 1 :]]
            coefficient = replace(piece, factors=without(piece.factors, [inner]))
            opened: list[Family] = []
            for entry in (fresh(each).put(at(inner)) for each in inner.name.pieces):
                alone = replace(entry, bound=(), constraints=())
                summed = Family(tuple(merged([*rest, coefficient.times(alone)])), entry.constraints, entry.bound)
                opened += self._opened(summed.within(family.constraints, family.bound), scope)
            return opened
        return [family]

    def _largest(self, piece: Piece, scope: Scope) -> Factor | None:
        """The maximum of a piece that is one times something at least 0."""
        inner = next((f for f in piece.factors if f.name.head[0] == "max"), None)
        if inner is None or piece.bound or piece.constraints or piece.scale < 0 or not ix.is_nonnegative(piece.weight):
            return None
        return inner if all(self.is_nonnegative(f, scope) for f in without(piece.factors, [inner])) else None

    def _drawn_out(self, families: Sequence[Family], scope: Scope) -> tuple[list[Piece], Piece, list[Family]]:
        """Summands that all have, a factor at least 0 that all have, and what is left of each."""
        families = [replace(family, pieces=tuple(merged(family.pieces))) for family in families]
        outside = [p for p in families[0].pieces if all(p in f.pieces and _is_outside(p, f.bound) for f in families)]
        left = [replace(f, pieces=tuple(p for p in f.pieces if p not in outside)) for f in families]
        if outside:
            self._used.add("max(a + c, b + c) = max(a, b) + c")
        every = [(piece, family.bound) for family in left for piece in family.pieces]
        shared = [f for f in common_factors(every) if self.is_nonnegative(f, scope)]
        factor = Piece(common_scale([p.scale for p, _ in every]), factors=tuple(shared))
        if factor != Piece():
            self._used.add("max(p a, p b) = p max(a, b) for p >= 0")
        return outside, factor, [replace(f, pieces=tuple(divided_by(p, factor) for p in f.pieces)) for f in left]

    def _entries(self, family: Family, scope: Scope) -> list[Piece]:
        """A family as entries: of a tensor of its own where the sum is not one already."""
        found = []
        for case, part in self.split(list(family.pieces), scope + family.constraints):
            entry = part[0].entry if len(part) == 1 else None
            value = part[0] if entry is not None else self.derived(("value",), part, scope + family.constraints + case)
            found.append(value.within((*family.constraints, *case), family.bound))
        return found

    def _of_entries(self, entries: list[Piece], scope: Scope) -> Piece:
        entries = self._unabsorbed(entries, scope)
        if len(entries) == 1 and entries[0].entry is not None:
            return replace(entries[0], constraints=())
        return self.derived(("max",), entries, scope)

    def _unabsorbed(self, entries: list[Piece], scope: Scope) -> list[Piece]:
        """Without entries that all occur among others."""
        kept = list(entries)
        for entry in entries:
            others = [e for e in kept if e is not entry and e.factors[0].name is entry.factors[0].name]
            context = [*self.assumptions, *scope]
            if any(sets.is_subset(region_of(entry), region_of(other), context) for other in others):
                kept.remove(entry)
        return kept


def _is_outside(piece: Piece, bound: Sequence[IndexVar]) -> bool:
    return not piece.bound and not piece.constraints and not piece.outer() & set(bound)


def common_scale(scales: Sequence[Fraction]) -> Fraction:
    numerator, denominator = gcd(*(s.numerator for s in scales)), lcm(*(s.denominator for s in scales))
    return Fraction(numerator, denominator) if numerator else Fraction(1)


def common_factors(pieces: Sequence[tuple[Piece, Sequence[IndexVar]]]) -> list[Factor]:
    """The factors that all pieces have, and that no bound index moves."""
    shared = Counter(pieces[0][0].factors) if pieces else Counter()
    for piece, _ in pieces[1:]:
        shared &= Counter(piece.factors)
    moving = {v for piece, bound in pieces for v in (*piece.bound, *bound)}
    return [f for f in shared.elements() if not moving & {v for i in f.index for v in i.variables()}]


def _power_in(value: Fraction, degree: int) -> Fraction:
    """A number whose power of the degree is a factor of the value; the largest, as far as primes below 100 go."""

    def root(whole: int) -> int:
        found = 1
        for prime in range(2, 100):
            while whole % prime**degree == 0:
                whole, found = whole // prime**degree, found * prime
        return found

    return Fraction(root(value.numerator), root(value.denominator))


def divided_by(piece: Piece, factor: Piece) -> Piece:
    return replace(piece, scale=piece.scale / factor.scale, factors=without(piece.factors, factor.factors))
