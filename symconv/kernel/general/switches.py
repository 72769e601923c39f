"""Piecewise terms by switches: [u > 0] is 1 or 0, and so an entry like others, with laws of its own.

    [u > 0]**2 = [u > 0]      [-u > 0] = 1 - [u > 0] - [u = 0]      max(a, b) = b + (a - b) [a - b > 0]
    f(a + b [u > 0]) = [u > 0] f(a + b) + (1 - [u > 0]) f(a)        u [u = 0] = 0      [p u > 0] = [u > 0] for p > 0

What is left is compared in all cases of the switches that no sum runs over, but for those that contradict each other
by linear arithmetic. This is a method of its own, for goals that maxima as sets (see `maxima`) do not settle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

from symconv.errors import Undecided
from symconv.kernel import calculus, linear
from symconv.kernel import index as ix
from symconv.kernel.general.maxima import Maxima, common_factors, common_scale, divided_by
from symconv.kernel.general.pieces import (
    Factor,
    Name,
    Piece,
    Scope,
    added,
    at,
    fresh,
    is_fixed,
    merged,
    negated,
    without,
)
from symconv.kernel.index import IndexVar
from symconv.kernel.linear import Fact

Border = Literal["counts", "continuous", "kink", "open"]
"""Where the gap is 0: it counts which side that is on; the term is continuous there; it is a kink, and left out; or it
counts, but for a gap that is 0 outright, of which nothing is known.
"""

_MOST_SWITCHES = 8
_MOST_PIECES = 2000
"""In all cases together; more would take long, and claims that hold need a tenth of it."""
_PLACES = [IndexVar(f"#{place}") for place in range(24)]


@dataclass
class Switches(Maxima):
    """Maxima of few numbers, and conditions on entries, where the method is ``switching``."""

    switching: bool = False
    _zeros: dict[Name, Name] = field(default_factory=dict)
    _pieces_left: int = 0
    _monomials: dict[Piece, int] = field(default_factory=dict)

    # ---- switches ----------------------------------------------------------------------------------------------------

    def indicator(self, relation: str, gap: list[Piece], scope: Scope, border: Border = "counts") -> list[Piece]:
        """1 where ``gap > 0`` (or ``>= 0``, ``== 0``), else 0."""
        return [
            piece.within(case)
            for case, part in self.split(merged(gap), scope)
            for piece in self.by_switches(part, lambda u, s=scope + case: self._switch(relation, u, s, border))  # type: ignore[misc]
        ]

    def larger(self, left: list[Piece], right: list[Piece], scope: Scope) -> list[Piece]:
        """max(a, b) = b + (a - b) [a - b > 0]."""
        self._used.add("max(a, b) = b + (a - b) [a > b]")
        gap = left + negated(map(fresh, right))
        return merged(right + self.product([self.indicator("gt", gap, scope, "continuous"), merged(gap)]))

    def absolute(self, factor: Factor, scope: Scope) -> list[Piece]:
        if not self.switching or factor.name.nonnegative:
            return super().absolute(factor, scope)
        entry = Piece(factors=(factor,))
        return self.larger([entry], negated([entry]), scope)

    def by_switches(self, pieces: list[Piece], function: Callable[[list[Piece]], list[Piece]]) -> list[Piece]:
        """A function of pieces, in both cases of each switch that no sum runs over."""
        switch = first_switch(pieces)
        if switch is None:
            return function(merged(pieces))
        self.chosen_cases += 1
        try:
            on, off = (self.by_switches(chosen(pieces, {switch: value}), function) for value in (1, 0))
        finally:
            self.chosen_cases -= 1
        one = Piece(factors=(switch,))
        return merged(self.product([[one], on]) + self.product([[Piece(), *negated([one])], off]))

    def _switch(self, relation: str, u: list[Piece], scope: Scope, border: Border) -> list[Piece]:
        u = self._simpler(u, scope, border)
        sign = self._known_sign(u, scope)
        if border in ("kink", "open") and not sign and not self.is_seen_to_vary(u, scope):
            raise Undecided("whether a derivative is taken at a kink")
        if sign is not None:
            return [Piece()] if {"gt": sign > 0, "ge": sign >= 0, "eq": sign == 0}[relation] else []
        plain = len(u) == 1 and not u[0].bound and not u[0].constraints and u[0].weight == ix.ONE
        if plain and len(u[0].factors) > 1 and relation != "eq":
            return self._switch_of_product(relation, u[0], scope, border)
        factor, flipped = self.oriented(("sign", "gt"), u, scope)
        closed = border == "continuous" or (border == "kink" and _is_zero_on_a_border_only(u))
        zero = [] if closed else [self._zero(factor, negated(u) if flipped else u, scope)]
        greater = [Piece(factors=(factor,))]
        if relation == "eq":
            return zero
        if flipped:
            return [Piece(), *negated(greater + (zero if relation == "gt" else []))]
        return greater + (zero if relation == "ge" else [])

    def _switch_of_product(self, relation: str, u: Piece, scope: Scope, border: Border) -> list[Piece]:
        """[a b > 0] = [a > 0] [b > 0] + [-a > 0] [-b > 0], and [u >= 0] = 1 - [-u > 0]."""
        if relation == "ge":
            opposite = self._switch("gt", [replace(u, scale=-u.scale)], scope, border)
            return [Piece(), *negated(opposite)]
        first = replace(u, factors=u.factors[:1])
        rest = Piece(factors=u.factors[1:])
        signs = [
            [self._switch("gt", [replace(part, scale=part.scale * sign)], scope, border) for part in (first, rest)]
            for sign in (1, -1)
        ]
        return merged(piece for pair in signs for piece in self.product(pair))

    def _zero(self, greater: Factor, u: list[Piece], scope: Scope) -> Piece:
        """[u = 0] beside [u > 0]."""
        zero = self.derived(("sign", "eq"), u, scope)
        (factor,) = zero.factors
        if factor.index == greater.index and self._are_one(factor.name.pieces, greater.name.pieces):
            self._zeros.setdefault(factor.name, greater.name)
        return zero

    def _are_one(self, first: Sequence[Piece], second: Sequence[Piece]) -> bool:
        """Whether two definitions agree everywhere, not only where they are read."""
        try:
            return self._vanishes(added(self.form(first), self.form(negated(second))))
        except Undecided:
            return False

    def _known_sign(self, u: list[Piece], scope: Scope) -> int | None:
        if not u:
            return 0
        if self.is_positive_sum(u, scope):
            return 1
        return -1 if self.is_positive_sum(negated(u), scope) else None

    def _simpler(self, u: list[Piece], scope: Scope, border: Border) -> list[Piece]:
        """Something of the same sign: exp(a) - exp(b) has that of a - b; positive factors do not matter.

        In a continuous term a factor that is at least 0 does not matter either, since at 0 it makes the whole 0.
        """
        if len(u) == 2 and u[0].scale == -u[1].scale and all(map(_is_exponential, u)):
            signs = [1 if piece.scale > 0 else -1 for piece in u]
            parts = [[q for f in piece.factors for q in self.logarithm_of_factor(f, scope)] for piece in u]
            return merged([replace(q, scale=q.scale * s) for s, part in zip(signs, parts, strict=True) for q in part])
        shared = [
            f
            for f in common_factors([(piece, ()) for piece in u])
            if f.name.positive or (border == "continuous" and self.is_nonnegative(f, scope))
        ]
        factor = Piece(common_scale([piece.scale for piece in u]), factors=tuple(shared))
        return merged(divided_by(piece, factor) for piece in u)

    def reduced(self, piece: Piece) -> list[Piece]:
        """A product with each switch once; none where [u > 0] and [u = 0] meet, or u and [u = 0]."""
        switches = Counter(f for f in piece.factors if f.name.head[0] == "sign")
        twice = [f for f, count in switches.items() for _ in range(count - 1)]
        piece = replace(piece, factors=without(piece.factors, twice))
        for zero in (f for f in switches if f.name.head[1] == "eq"):
            (u, *more) = [p.put(at(zero)) for p in zero.name.pieces]
            if any(f.name is self._zeros.get(zero.name) and f.index == zero.index for f in switches):
                return []
            plain = not more and not u.bound and not u.constraints and u.weight == ix.ONE  # a weight may be what is 0
            if plain and u.factors and not Counter(u.factors) - Counter(piece.factors):
                return []
        return super().reduced(piece)

    # ---- all cases ---------------------------------------------------------------------------------------------------

    def difference(self, left: list[Piece], right: list[Piece], scope: Scope) -> list[tuple[Any, Any, Any]]:
        """As in `Comparison`; no difference at all where it vanishes in all cases of the switches."""
        found = super().difference(left, right, scope)
        if found and self.switching:
            pieces = self._cleared(left + negated(right), scope)
            self._pieces_left = _MOST_PIECES
            if self._vanishes_in_all_cases(pieces, scope, []):
                self._used.add("all cases of signs")
                return []
        return found

    def _vanishes_in_all_cases(self, pieces: list[Piece], scope: Scope, facts: list[Fact]) -> bool:
        pieces = merged(pieces)
        self._pieces_left -= len(pieces)
        if self._pieces_left < 0:
            return False
        if self._vanishes(self.form(pieces), scope):
            return True
        switch = first_switch(pieces)
        if switch is None or len(facts) > _MOST_SWITCHES:
            return False
        u = switched_by(switch)
        return all(
            self._vanishes_in_all_cases(left, scope, known)
            for signs, left in self._cases(pieces, switch, u)
            if not self.is_contradictory(known := [*facts, Fact(self.linear_form(u), signs)])
        )

    def is_contradictory(self, facts: Sequence[Fact]) -> bool:
        """Whether no numbers have these signs, by linear arithmetic."""
        return linear.contradictory([*facts, *self._facts(facts)])

    def _cases(
        self, pieces: list[Piece], switch: Factor, u: list[Piece]
    ) -> Iterable[tuple[frozenset[int], list[Piece]]]:
        """The signs of u, and what the pieces are for each."""
        others = [
            f for p in pieces for f in p.factors if f.index == switch.index and self._are_of_one(f.name, switch.name)
        ]
        greater = [f for f in {switch, *others} if f.name.head[1] == "gt"]
        zero = [f for f in {switch, *others} if f.name.head[1] == "eq"]
        yield frozenset({1}), chosen(pieces, dict.fromkeys(greater, 1) | dict.fromkeys(zero, 0))
        off = chosen(pieces, dict.fromkeys(greater + zero, 0))
        if not zero:
            yield frozenset({0, -1}), off
            return
        yield frozenset({-1}), off
        yield frozenset({0}), self._put_zero(chosen(pieces, dict.fromkeys(greater, 0) | dict.fromkeys(zero, 1)), u)

    def _are_of_one(self, first: Name, second: Name) -> bool:
        """Whether two switches are [u > 0] and [u = 0] of one u."""
        return self._zeros.get(first) is second or self._zeros.get(second) is first

    def _put_zero(self, pieces: list[Piece], u: list[Piece]) -> list[Piece]:
        """The pieces where u = 0: an entry that u has alone, with a number, is put in."""
        for number, piece in enumerate(u):
            if len(piece.factors) == 1 and not piece.bound and not piece.constraints and piece.weight == ix.ONE:
                (factor,) = piece.factors
                rest = [replace(p, scale=-p.scale / piece.scale) for n, p in enumerate(u) if n != number]
                if all(f.name is not factor.name for p in rest for f in p.factors):
                    return [q for p in pieces for q in self._replaced(p, factor, rest)]
        return pieces

    def _replaced(self, piece: Piece, factor: Factor, value: list[Piece]) -> list[Piece]:
        count = piece.factors.count(factor)
        return self.product([[replace(piece, factors=without(piece.factors, [factor] * count))], *[value] * count])

    def linear_form(self, u: Sequence[Piece]) -> dict[tuple[int, ...], Fraction]:
        """A sum as a linear form over its products, those that are alike being one unknown."""
        form: dict[tuple[int, ...], Fraction] = {}
        for piece in u:
            alike = _canonical(piece)
            key = () if alike == Piece() else (self._monomials.setdefault(alike, len(self._monomials)),)
            form[key] = form.get(key, Fraction(0)) + piece.scale
        return form

    def _facts(self, facts: Sequence[Fact]) -> list[Fact]:
        """What is known of the products that occur: of positive factors positive, squares at least 0."""
        used = {key[0] for fact in facts for key in fact.form if key}
        known = []
        for piece, number in self._monomials.items():
            odd = [f for f, count in Counter(piece.factors).items() if count % 2 and not f.name.positive]
            if number in used and not piece.bound and piece.weight == ix.ONE and all(f.name.nonnegative for f in odd):
                strict = all(f.name.positive for f in piece.factors) and not piece.constraints
                known.append(Fact({(number,): 1}, frozenset({1} if strict else {0, 1})))
        return known


def _is_zero_on_a_border_only(u: Sequence[Piece]) -> bool:
    """Whether u is a polynomial in entries that is not the zero polynomial, at any size and index: one product stands
    in it with a plain number, and nothing else with the same names. Then u = 0 has no inner points.
    """
    names = [tuple(sorted(f.name.order for f in piece.factors)) for piece in u]
    alone = [p for p, own in zip(u, names, strict=True) if names.count(own) == 1]
    plain = any(not p.bound and not p.constraints and p.weight == ix.ONE for p in alone)
    return plain and all(f.name.head[0] == "entry" for piece in u for f in piece.factors)


def first_switch(pieces: Sequence[Piece]) -> Factor | None:
    """A switch that no sum runs over."""
    found = (f for p in pieces for f in p.factors if f.name.head[0] == "sign" and is_fixed(f, p))
    return next(found, None)


def switched_by(switch: Factor) -> list[Piece]:
    """The u of [u > 0] or [u = 0]."""
    return [piece.put(at(switch)) for piece in switch.name.pieces]


def chosen(pieces: Sequence[Piece], values: dict[Factor, int]) -> list[Piece]:
    """The pieces with switches put at 1 or 0."""
    on = [factor for factor, value in values.items() if value]
    kept = [p for p in pieces if all(values.get(f) != 0 for f in p.factors)]
    return [replace(p, factors=tuple(f for f in p.factors if f not in on)) for p in kept]


def _is_exponential(piece: Piece) -> bool:
    """Whether a piece is a number times a product of exponentials and their reciprocals."""
    plain = not piece.bound and not piece.constraints and piece.weight == ix.ONE
    return plain and all(
        (f.name.head[1].head if f.name.head[0] == "reciprocal" else f.name.head)[:3] == _EXP for f in piece.factors
    )


_EXP = ("apply", calculus.EXP, 0)


def _canonical(piece: Piece) -> Piece:
    """The product without its number, its bound indices named in the order in which they are shown."""
    shown = [v for f in piece.factors for i in f.index for v in i.variables() if v in piece.bound]
    names = dict(zip(dict.fromkeys([*shown, *piece.bound]), _PLACES, strict=False))
    put = piece.put({variable: ix.index(name) for variable, name in names.items()})
    factors = tuple(sorted(put.factors, key=lambda f: (f.name.order, repr(f.index))))
    constraints = tuple(sorted(put.constraints, key=repr))
    return Piece(Fraction(1), put.weight, factors, tuple(names.values()), constraints)
