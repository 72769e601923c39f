"""The exact laws behind the normal form: what functions, reciprocals and maxima of sums of pieces are.

    f(max S) = max f(S) for nondecreasing f    exp(a + b) = exp(a) exp(b)    log(a b) = log a + log b    exp(log a) = a
    1 + 1/a = (a + 1)/a                        max over a set of entries depends on the set alone
    max(c a + d, c b + d) = c max(a, b) + d for c >= 0

Each is applied only where its hypothesis is proved; a reciprocal knows in which scopes its base is positive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import gcd, lcm

from symconv.errors import Undecided
from symconv.kernel import calculus, sets
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.comparison import Comparison
from symconv.kernel.index import IndexTerm, IndexVar
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
        rising = [p for p in argument if self._maximum_in(p, scope)] if function.nondecreasing and order == 0 else []
        if len(rising) == 1:
            return self._through_the_maximum(function, rising[0], [p for p in argument if p is not rising[0]], scope)
        if function == calculus.EXP:
            return self._exponential(argument, scope)
        if function == calculus.LOG:
            return self._logarithm(argument, scope)
        positive = isinstance(function, Builtin) and function.name in ("sigmoid", "softplus")
        return [self.derived(("apply", function, order), argument, scope, positive=positive)]

    def _maximum_in(self, piece: Piece, scope: Scope) -> Factor | None:
        """The one maximum in a piece that does not fall when the maximum rises."""
        found = [f for f in piece.factors if f.name.head[0] == "max"]
        if len(found) != 1 or piece.scale < 0 or piece.weight != ix.ONE or piece.bound:
            return None
        others = without(piece.factors, found)
        return found[0] if all(self._is_nonnegative(f, scope) for f in others) else None

    def _through_the_maximum(
        self, function: t.FunctionSymbol | Builtin, piece: Piece, others: list[Piece], scope: Scope
    ) -> list[Piece]:
        """f(c max S + b) is the maximum of f(c s + b) over S, for c >= 0."""
        self._used.add(f"{function} is non-decreasing, so it goes through the maximum")
        (entry,) = (f for f in piece.factors if f.name.head[0] == "max")
        scale = replace(piece, factors=without(piece.factors, [entry]))
        found: list[Piece] = []
        for family in (fresh(p).put(at(entry)) for p in entry.name.pieces):
            inner = scope + family.constraints
            values = [v.times(scale) for v in self._values(family)] + [fresh(p) for p in others]
            for case, part in self.split(values, inner):
                applied = self.leaf(self.applied(function, 0, part, inner + case), inner + case)
                found += [p.within(case).within(family.constraints, family.bound) for p in applied]
        return self.maximum(found, scope)

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
        for alike in _by_signature(rest):
            result = self.product([result, [self.derived(("apply", calculus.EXP, 0), alike, scope, positive=True)]])
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
        found = [(case, self._maximum_in_case(part, scope + case)) for case, part in self.split(families, scope)]
        return [piece.within(case) for case, pieces in found for piece in pieces]

    def _maximum_in_case(self, families: list[Piece], scope: Scope) -> list[Piece]:
        """max(c a + d, c b + d) = c max(a, b) + d for c >= 0, over the at least one entry that there is."""
        if not families:
            raise Undecided("a maximum over no entries")
        values = [self._values(family) for family in families]
        shift = self._common_addends(values, scope)
        if shift:
            self._used.add("a common addend goes through the maximum")
            return [*self._maximum_in_case(self._less(families, scope, shift=shift), scope), *shift]
        scale, common = self._common_scale(values, scope)
        if scale != 1 or common:
            self._used.add("a common factor that is not negative goes through the maximum")
            inner = self._maximum_in_case(self._less(families, scope, scale, common), scope)
            return [piece.times(Piece(scale, factors=tuple(common))) for piece in inner]
        if not any(values):
            return []
        families = self._unabsorbed(families, scope)
        if len(families) == 1 and families[0].entry is not None:
            return [replace(families[0], constraints=())]
        return [self.derived(("max",), families, scope)]

    def _values(self, family: Piece) -> list[Piece]:
        """What a family's entries are: a sum of pieces, of which the family's bound indices are outer ones."""
        (factor,) = family.factors
        if factor.name.head[0] != "value":
            return [Piece(factors=(factor,))]
        return [fresh(p).put(at(factor)) for p in factor.name.pieces if p.scale]

    def _common_addends(self, values: list[list[Piece]], scope: Scope) -> list[Piece]:
        """The pieces that every value has, and that are the same for all entries of a family."""
        known = self._known(scope)
        first = [p for p in values[0] if not p.bound and not p.constraints and p.outer() <= known]
        return [p for p in dict.fromkeys(first) if all(value.count(p) == 1 for value in values)]

    def _common_scale(self, values: list[list[Piece]], scope: Scope) -> tuple[Fraction, list[Factor]]:
        """The positive content of all values together, and their common factors that are known not to be negative."""
        pieces = [piece for value in values for piece in value]
        if not pieces:
            return Fraction(1), []
        numerators = gcd(*(piece.scale.numerator for piece in pieces))
        content = Fraction(numerators, lcm(*(piece.scale.denominator for piece in pieces)))
        known = self._known(scope)
        fixed = [f for f in self._common(pieces) if all(v in known for i in f.index for v in i.variables())]
        return content, [f for f in fixed if self._is_nonnegative(f, scope)]

    def _known(self, scope: Scope) -> set[IndexVar]:
        """The variables that stand for one number throughout a maximum: sizes and outer indices."""
        return {v for c in scope for v in c.term.variables()} | self.sizes

    def _is_nonnegative(self, factor: Factor, scope: Scope) -> bool:
        head = factor.name.head
        if head[0] == "entry":
            return bool(head[1].sign != "real")
        return factor.name.positive or self._is_shown_positive(factor, scope)

    def _less(
        self,
        families: list[Piece],
        scope: Scope,
        scale: Fraction = Fraction(1),
        common: Sequence[Factor] = (),
        shift: Sequence[Piece] = (),
    ) -> list[Piece]:
        """The families of the same values without the addends, divided by the scale and the common factors."""
        found: list[Piece] = []
        for family in families:
            kept = [p for p in self._values(family) if p not in shift]
            values = [replace(p, scale=p.scale / scale, factors=without(p.factors, common)) for p in kept]
            leaves = self.leaf(values, scope + family.constraints)
            found += [piece.within(family.constraints, family.bound) for piece in leaves]
        return found

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


def _by_signature(pieces: list[Piece]) -> list[list[Piece]]:
    """The pieces that multiply entries of the same tensors, together: a sum is known by its part for each signature."""
    found: dict[tuple[int, ...], list[Piece]] = {}
    for piece in pieces:
        found.setdefault(tuple(sorted(f.name.order for f in piece.factors)), []).append(piece)
    return [found[signature] for signature in sorted(found)]
