"""The exact laws behind the normal form: what functions, reciprocals and maxima of sums of pieces are.

    f(max S) = max f(S) for nondecreasing f    exp(a + b) = exp(a) exp(b)    log(a b) = log a + log b    exp(log a) = a
    1 + 1/a = (a + 1)/a                        max over a set of entries depends on the set alone

Each is applied only where its hypothesis is proved; a reciprocal knows in which scopes its base is positive.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

from symconv.errors import Undecided
from symconv.kernel import calculus, sets
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.comparison import Comparison
from symconv.kernel.index import IndexTerm
from symconv.kernel.pieces import (
    Factor,
    Piece,
    Scope,
    at,
    cancelled,
    few,
    fresh,
    is_fixed,
    negated,
    region_of,
    without,
)
from symconv.kernel.terms import Builtin


class Laws(Comparison):
    """Derived tensors by the laws that hold for them."""

    def product(self, factors: list[list[Piece]]) -> list[Piece]:
        """All products of one piece of each; every copy has bound indices of its own."""
        result = [Piece()]
        for pieces in factors:
            result = few([a.times(fresh(b)) for a in result for b in pieces])
        return result

    def applied(
        self, function: t.FunctionSymbol | Builtin, order: int, argument: list[Piece], scope: Scope
    ) -> list[Piece]:
        """A function of a sum of pieces without conditions on outer indices, by the laws that hold for it."""
        inner = argument[0].entry if len(argument) == 1 else None
        if inner is not None and inner.name.head[0] == "max" and function.nondecreasing and order == 0:
            self._used.add(f"{function} is non-decreasing, so it goes through the maximum")
            families = [fresh(piece).put(at(inner)) for piece in inner.name.pieces]
            return self.maximum([f for family in families for f in self._under(function, family, scope)], scope)
        if function == calculus.EXP:
            return self._exponential(argument, scope)
        if function == calculus.LOG:
            return self._logarithm(argument, scope)
        positive = isinstance(function, Builtin) and function.name in ("sigmoid", "softplus")
        return [self.derived(("apply", function, order), argument, scope, positive=positive)]

    def _under(self, function: t.FunctionSymbol | Builtin, family: Piece, scope: Scope) -> list[Piece]:
        """What a maximum runs over, with a function put around each entry."""
        alone = [replace(family, bound=(), constraints=())]
        applied = self.leaf(self.applied(function, 0, alone, scope + family.constraints), scope + family.constraints)
        return [piece.within(family.constraints, family.bound) for piece in applied]

    def _exponential(self, argument: list[Piece], scope: Scope) -> list[Piece]:
        """exp of a sum is the product of the exps; exp(n x) = exp(x)**n; exp(n log x) = x**n."""
        result = [Piece()]
        rest: list[Piece] = []
        for piece in argument:
            if piece.bound or piece.constraints or piece.scale.denominator != 1 or abs(piece.scale) > 4:
                rest.append(piece)
                continue
            base = self._exponential_of_one(replace(piece, scale=Fraction(1)), scope)
            power = base if piece.scale > 0 else self.reciprocal(base, scope)
            result = self.product([result, *[power] * abs(int(piece.scale))])
        if len(argument) > 1:
            self._used.add("exp(a + b) = exp(a) exp(b)")
        if rest:
            result = self.product([result, [self.derived(("apply", calculus.EXP, 0), rest, scope, positive=True)]])
        return result

    def _exponential_of_one(self, piece: Piece, scope: Scope) -> list[Piece]:
        if piece.entry is not None and piece.entry.name.head[:2] == ("apply", calculus.LOG):
            self._used.add("exp(log a) = a")
            return [fresh(p).put(at(piece.entry)) for p in piece.entry.name.pieces]
        return [self.derived(("apply", calculus.EXP, 0), [piece], scope, positive=True)]

    def _logarithm(self, argument: list[Piece], scope: Scope) -> list[Piece]:
        """log of a positive sum: common positive factors out, log(exp a) = a, log(1/a) = -log a."""
        pieces, multiplied = self._without_reciprocals(argument)
        common = [f for f in self._common(pieces) if f.name.positive or self._is_shown_positive(f, scope)]
        rest = [replace(p, factors=without(p.factors, common)) for p in pieces]
        if common or multiplied:
            self._used.add("log(a b) = log a + log b")
        result = [q for f in common for q in self._logarithm_of_factor(f, scope)]
        result += negated(q for f in multiplied for q in self._logarithm_of_factor(f, scope))
        if rest != [Piece()]:
            result.append(self.derived(("apply", calculus.LOG, 0), rest, scope))
        return result

    def _logarithm_of_factor(self, factor: Factor, scope: Scope) -> list[Piece]:
        name = factor.name
        if name.head[:2] == ("apply", calculus.EXP):
            return [fresh(p).put(at(factor)) for p in name.pieces]
        if name.head[0] == "reciprocal":
            return negated(self._logarithm_of_factor(Factor(name.head[1], factor.index), scope))
        if name.head[0] == "sum":
            return self._logarithm([fresh(p).put(at(factor)) for p in name.pieces], scope)
        return [self.derived(("apply", calculus.LOG, 0), [Piece(factors=(factor,))], scope)]

    def _without_reciprocals(self, pieces: list[Piece]) -> tuple[list[Piece], list[Factor]]:
        """The pieces times positive bases, so that 1/base occurs no more, and those bases: 1 + 1/a = (a + 1)/a."""
        multiplied: list[Factor] = []
        while len(pieces) > 1 and len(multiplied) < 8:
            fixed = (f for p in pieces for f in p.factors if f.name.head[0] == "reciprocal" and is_fixed(f, p))
            inverse = next((f for f in fixed if f.name.head[1].positive), None)
            if inverse is None:
                break
            base = Factor(inverse.name.head[1], inverse.index)
            pieces = [p.times(Piece(factors=(base,))) for p in pieces]
            multiplied.append(base)
        return pieces, multiplied

    def reciprocal(self, pieces: list[Piece], scope: Scope) -> list[Piece]:
        """1 over a sum that is known not to vanish; common factors are taken out first."""
        pieces, multiplied = self._without_reciprocals(pieces)
        top = tuple(multiplied)
        if len(pieces) == 1 and not pieces[0].bound and not pieces[0].constraints:
            (piece,) = pieces
            inverted = tuple(self._inverse(factor, scope) for factor in piece.factors)
            weight = () if piece.weight == ix.ONE else (self._inverse(self._weight(piece.weight), scope),)
            return [Piece(1 / piece.scale, factors=cancelled(top + inverted + weight))]
        common = self._common(pieces)
        rest = [replace(p, factors=without(p.factors, common)) for p in pieces]
        base = self.derived(("sum",), rest, scope).factors[0]
        inverted = tuple(self._inverse(factor, scope) for factor in [*common, base])
        return [Piece(factors=cancelled(top + inverted))]

    def _weight(self, weight: IndexTerm) -> Factor:
        return self.derived(("sum",), [Piece(weight=weight)], ()).factors[0]

    def _inverse(self, factor: Factor, scope: Scope) -> Factor:
        """The reciprocal of an entry, which is shown to be positive within the scope."""
        if factor.name.head[0] == "reciprocal":
            return Factor(factor.name.head[1], factor.index)
        inverse = Factor(self.plain(("reciprocal", factor.name), positive=factor.name.positive), factor.index)
        self._positive.setdefault(inverse, []).append(() if factor.name.positive else scope)
        return inverse

    def _common(self, pieces: list[Piece]) -> list[Factor]:
        shared = Counter(pieces[0].factors)
        for piece in pieces[1:]:
            shared &= Counter(piece.factors)
        bound = {v for piece in pieces for v in piece.bound}
        return [f for f in shared.elements() if not bound & {v for i in f.index for v in i.variables()}]

    def leaf(self, pieces: list[Piece], scope: Scope) -> list[Piece]:
        """A sum of pieces as what a maximum runs over: entries, of which those of another maximum are its own."""
        found = []
        for case, part in self.split(pieces, scope):
            entry = part[0].entry if len(part) == 1 else None
            if entry is None:
                found.append(self.derived(("value",), part, scope + case).within(case))
            elif entry.name.head[0] == "max":
                found += [fresh(piece).put(at(entry)).within(case) for piece in entry.name.pieces]
            else:
                found.append(part[0].within(case))
        return found

    def maximum(self, families: list[Piece], scope: Scope) -> list[Piece]:
        """The maximum over families of entries: a derived tensor whose definition is a set of entries."""
        self._check_nonempty(families, scope)
        return [self._maximum_in_case(part, scope + case).within(case) for case, part in self.split(families, scope)]

    def _maximum_in_case(self, families: list[Piece], scope: Scope) -> Piece:
        families = self._unabsorbed(families, scope)
        if len(families) == 1 and families[0].entry is not None:
            return replace(families[0], constraints=())
        return self.derived(("max",), families, scope)

    def _unabsorbed(self, families: list[Piece], scope: Scope) -> list[Piece]:
        """Without families whose entries all occur in another one."""
        kept = list(families)
        for family in families:
            others = [f for f in kept if f is not family and f.factors[0].name is family.factors[0].name]
            if any(
                sets.is_subset(region_of(family), region_of(other), [*self.assumptions, *scope]) for other in others
            ):
                kept.remove(family)
        return kept

    def _check_nonempty(self, families: list[Piece], scope: Scope) -> None:
        """A maximum runs over at least one entry wherever it is asked for."""
        if not sets.covers([(f.bound, f.constraints) for f in families], [*self.assumptions, *scope]):
            raise Undecided("whether a maximum runs over at least one entry")
