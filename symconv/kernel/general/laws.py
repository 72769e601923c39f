"""The exact laws behind the normal form: what functions and reciprocals of sums of pieces are.

    exp(a + b) = exp(a) exp(b)    log(a b) = log a + log b    exp(log a) = a    1 + 1/a = (a + 1)/a
    root(a)**d = a    erf(-a) = -erf(a)    a sum of n times 1/n is 1

Each is applied only where its hypothesis is proved; a reciprocal knows in which scopes its base is positive.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

from symconv.kernel import calculus
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general import sets
from symconv.kernel.general.pieces import (
    Factor,
    Name,
    Piece,
    Scope,
    at,
    cancelled,
    few,
    fresh,
    is_fixed,
    merged,
    negated,
    without,
)
from symconv.kernel.general.products import Constraint
from symconv.kernel.general.variation import Variation
from symconv.kernel.index import IndexTerm
from symconv.kernel.terms import Builtin


class Laws(Variation):
    """Derived tensors by the laws that hold for them."""

    def product(self, factors: list[list[Piece]]) -> list[Piece]:
        """All products of one piece of each; every copy has bound indices of its own."""
        result = [Piece()]
        for pieces in factors:
            result = few([c for a in result for b in pieces for c in self.reduced(a.times(fresh(b)))])
        return result

    def reduced(self, piece: Piece) -> list[Piece]:
        """A product by the laws of its factors: root(a)**d = a, and a size over itself is 1."""
        for factor, count in Counter(piece.factors).items():
            degree = _degree(factor.name)
            if degree and count >= degree:
                self._used.add("root(a)**d = a")
                rest = replace(piece, factors=without(piece.factors, [factor] * degree))
                return self.product([[rest], [p.put(at(factor)) for p in factor.name.pieces]])
            if factor.name.head[0] == "reciprocal":
                quotient = _over_a_count(piece, factor) or _over_a_root(piece, factor, count)
                if quotient is not None:
                    return self.reduced(quotient)
        return [piece]

    def is_positive_sum(self, pieces: list[Piece], scope: Scope) -> bool:
        """Whether every piece adds positive numbers only, and at all values of the scope at least one adds one."""
        positive = all(
            piece.scale > 0
            and all(factor.name.positive for factor in piece.factors)
            and self.implied(Constraint(piece.weight - 1), scope + piece.constraints)
            for piece in pieces
        )
        return positive and sets.covers([(p.bound, p.constraints) for p in pieces], [*self.assumptions, *scope])

    def _is_shown_positive(self, inverse: Factor, scope: Scope) -> bool:
        """Also where the base is a sum of positive numbers, whatever entries it is read at."""
        if inverse.name.head[0] != "reciprocal":
            return False
        base: Name = inverse.name.head[1]
        if base.positive or super()._is_shown_positive(inverse, scope):
            return True
        whole = [fresh(piece).put(at(inverse)) for piece in base.pieces]
        return base.head[0] == "sum" and self.is_positive_sum(whole, scope)

    def counted(self, piece: Piece, scope: Scope) -> Piece:
        """A sum over an index that nothing shows is its length times what is summed."""
        for variable in piece.bound:
            own = [c for c in piece.constraints if variable in c.term.variables()]
            others = tuple(c for c in piece.constraints if c not in own)
            lengths = [c.term + variable + 1 for c in own if c != Constraint(ix.index(variable))]
            shown = {v for i in (piece.weight, *(i for f in piece.factors for i in f.index)) for v in i.variables()}
            if variable in shown or len(own) != 2 or len(lengths) != 1 or any(c.equality for c in own):
                continue
            (length,) = lengths
            # A reciprocal was shown to be one within the range only: where that may be empty, n/n is not cancelled.
            inverted = any(f.name.head[0] == "reciprocal" for f in piece.factors)
            least = Constraint(length - 1 if inverted else length)
            if not set(length.variables()) & set(piece.bound) and self.implied(least, scope + others):
                left = tuple(v for v in piece.bound if v is not variable)
                return self.counted(replace(piece, weight=piece.weight * length, bound=left, constraints=others), scope)
        return piece

    def applied(
        self, function: t.FunctionSymbol | Builtin, order: int, argument: list[Piece], scope: Scope
    ) -> list[Piece]:
        """A function of a sum of pieces without conditions on outer indices, by the laws that hold for it."""
        if function == calculus.EXP:
            return self._exponential(argument, scope)
        if function == calculus.LOG:
            return self._logarithm(argument, scope)
        if function in (calculus.ERF, calculus.TANH) and order == 0:
            factor, flipped = self.oriented(("apply", function, 0), argument, scope)
            if flipped:
                self._used.add(f"{function}(-a) = -{function}(a)")
            return [Piece(Fraction(-1 if flipped else 1), factors=(factor,))]
        positive = isinstance(function, Builtin) and function.name in ("sigmoid", "softplus")
        return [self.derived(("apply", function, order), argument, scope, positive=positive)]

    def _exponential(self, argument: list[Piece], scope: Scope) -> list[Piece]:
        """exp of a sum is the product of the exps; exp(n x) = exp(x)**n; exp(n log x) = x**n."""
        result = [Piece()]
        rest: list[Piece] = []
        for piece in argument:
            if piece.bound or piece.constraints or piece.scale.denominator != 1 or abs(piece.scale) > 4:
                rest.append(piece)
                continue
            base = self._exponential_of_one(replace(piece, scale=Fraction(1)), scope)
            if piece.scale < 0 and self.chosen_cases and not self.is_positive_sum(base, scope):
                # log a was read in one case of a switch: that a is positive is not known where the switch is off
                whole = [replace(piece, scale=Fraction(1))]
                base = [self.derived(("apply", calculus.EXP, 0), whole, scope, positive=True)]
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
        pieces, multiplied = self._without_reciprocals(argument, scope)
        common = [f for f in self._common(pieces) if f.name.positive or self._is_shown_positive(f, scope)]
        rest = [replace(p, factors=without(p.factors, common)) for p in pieces]
        if common or multiplied:
            self._used.add("log(a b) = log a + log b")
        result = [q for f in common for q in self.logarithm_of_factor(f, scope)]
        result += negated(q for f in multiplied for q in self.logarithm_of_factor(f, scope))
        if len(rest) == 1 and rest[0] == Piece(factors=rest[0].factors[:1]) and rest[0].factors:
            result += self.logarithm_of_factor(rest[0].factors[0], scope)  # positive, as the whole is
        elif rest != [Piece()]:
            result.append(self.derived(("apply", calculus.LOG, 0), rest, scope))
        return result

    def logarithm_of_factor(self, factor: Factor, scope: Scope) -> list[Piece]:
        name = factor.name
        if name.head[:2] == ("apply", calculus.EXP):
            return [fresh(p).put(at(factor)) for p in name.pieces]
        if name.head[0] == "reciprocal":
            return negated(self.logarithm_of_factor(Factor(name.head[1], factor.index), scope))
        degree = _degree(name)
        if degree is not None:
            self._used.add("log(root(a)) = log(a)/d")
            inside = self._logarithm([fresh(p).put(at(factor)) for p in name.pieces], scope)
            return [replace(p, scale=p.scale / degree) for p in inside]
        if name.head[0] == "sum":
            return self._logarithm([fresh(p).put(at(factor)) for p in name.pieces], scope)
        return [self.derived(("apply", calculus.LOG, 0), [Piece(factors=(factor,))], scope)]

    def _without_reciprocals(self, pieces: list[Piece], scope: Scope) -> tuple[list[Piece], list[Factor]]:
        """The pieces times positive bases, so that 1/base occurs no more, and those bases: 1 + 1/a = (a + 1)/a."""
        multiplied: list[Factor] = []
        while len(pieces) > 1 and len(multiplied) < 8:
            fixed = (f for p in pieces for f in p.factors if f.name.head[0] == "reciprocal" and is_fixed(f, p))
            inverse = next((f for f in fixed if self._is_shown_positive(f, scope)), None)
            if inverse is None:
                break
            base = Factor(inverse.name.head[1], inverse.index)
            pieces = self._multiplied(pieces, base)
            multiplied.append(base)
        return pieces, multiplied

    def _multiplied(self, pieces: list[Piece], base: Factor) -> list[Piece]:
        """The pieces times a base; a sum is multiplied out where that leaves less: S - a = b for S = a + b."""
        products = [p.times(Piece(factors=(base,))) for p in pieces]
        if base.name.head[0] != "sum":
            return products
        whole = [p for p in products if base in p.factors]
        rest = [p for p in products if base not in p.factors]
        written = [replace(p, factors=without(p.factors, [base])) for p in whole]
        out = merged(rest + self.product([written, [q.put(at(base)) for q in base.name.pieces]]))
        return out if len(out) < len(products) else products

    def reciprocal(self, pieces: list[Piece], scope: Scope) -> list[Piece]:
        """1 over a sum that is known not to vanish; common factors are taken out first."""
        pieces, multiplied = self._without_reciprocals(pieces, scope)
        top = tuple(multiplied)
        if len(pieces) == 1 and self._has_positive_factors(pieces[0], scope):
            (piece,) = pieces
            inverted = tuple(self._inverse(factor, scope) for factor in piece.factors)
            weight = () if piece.weight == ix.ONE else (self._inverse(self._weight(piece.weight), scope),)
            return [Piece(1 / piece.scale, factors=cancelled(top + inverted + weight))]
        common = [f for f in self._common(pieces) if self._is_positive_unless_zero(f, scope)]
        rest = [replace(p, factors=without(p.factors, common)) for p in pieces]
        base = self.derived(("sum",), rest, scope).factors[0]
        inverted = tuple(self._inverse(factor, scope) for factor in [*common, base])
        return [Piece(factors=cancelled(top + inverted))]

    def _has_positive_factors(self, piece: Piece, scope: Scope) -> bool:
        """Whether a product that is positive is one of positive factors: at most one of them is not seen to be."""
        others = [f for f in piece.factors if not self._is_positive_unless_zero(f, scope)]
        plain = piece.scale > 0 and not piece.bound and not piece.constraints
        return plain and len(others) < 2 and self.implied(Constraint(piece.weight - 1), scope)

    def _is_positive_unless_zero(self, factor: Factor, scope: Scope) -> bool:
        """Whether an entry is at least 0, so that it is positive where a product of it is not 0."""
        name = factor.name
        if name.nonnegative or _degree(name) is not None or self._is_shown_positive(factor, scope):
            return True
        pieces = [fresh(p).put(at(factor)) for p in name.pieces]
        if name.head[0] == "value":
            return self.is_positive_sum(pieces, scope)
        if name.head[0] != "max":
            return False
        above = [p for p in pieces if self._is_positive_unless_zero(p.factors[0], scope + p.constraints)]
        return bool(above) and sets.covers([(p.bound, p.constraints) for p in above], [*self.assumptions, *scope])

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
        shared = Counter(pieces[0].factors) if pieces else Counter()
        for piece in pieces[1:]:
            shared &= Counter(piece.factors)
        bound = {v for piece in pieces for v in piece.bound}
        return [f for f in shared.elements() if not bound & {v for i in f.index for v in i.variables()}]


def _over_a_count(piece: Piece, inverse: Factor) -> Piece | None:
    """n/n = 1 where the reciprocal is one of a number made of sizes, which is not 0 where it is asked for."""
    base: Name = inverse.name.head[1]
    if base.head[0] != "sum" or len(base.pieces) != 1 or base.pieces[0].factors or base.pieces[0].bound:
        return None
    count = base.pieces[0].put(at(inverse))
    weight = None if count.constraints or count.weight == ix.ONE else ix.exact_quotient(piece.weight, count.weight)
    if weight is None:
        return None
    return replace(piece, scale=piece.scale / count.scale, weight=weight, factors=without(piece.factors, [inverse]))


def _degree(name: Name) -> int | None:
    """The degree of the root that a tensor is."""
    function, order = name.head[1:3] if name.head[0] == "apply" else (None, 0)
    return function.degree if isinstance(function, Builtin) and function.name == "root" and not order else None


def _over_a_root(piece: Piece, inverse: Factor, count: int) -> Piece | None:
    """1/root(c)**d = 1/c for a positive number c."""
    base: Name = inverse.name.head[1]
    degree = _degree(base)
    if degree is None or count < degree or len(base.pieces) != 1:
        return None
    (number,) = base.pieces
    if number.scale <= 0 or number != Piece(number.scale):
        return None
    return replace(piece, scale=piece.scale / number.scale, factors=without(piece.factors, [inverse] * degree))


def _by_signature(pieces: list[Piece]) -> list[list[Piece]]:
    """The pieces that multiply entries of the same tensors, together: a sum is known by its part for each signature."""
    found: dict[tuple[int, ...], list[Piece]] = {}
    for piece in pieces:
        found.setdefault(tuple(sorted(f.name.order for f in piece.factors)), []).append(piece)
    return [found[signature] for signature in sorted(found)]
