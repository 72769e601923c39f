"""Terms at symbolic sizes, expanded into pieces; see `comparison` for what they are compared by."""

from __future__ import annotations

import functools

from symconv.errors import OpenRoom, Undecided
from symconv.kernel import calculus
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general import sets, signs
from symconv.kernel.general.maxima import Family
from symconv.kernel.general.pieces import (
    Env,
    Factor,
    Index,
    Name,
    Piece,
    Scope,
    divided,
    few,
    fresh,
    merged,
    negated,
    put_in,
)
from symconv.kernel.general.products import Constraint
from symconv.kernel.general.switches import Border, Switches
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.terms import Builtin, Condition, Term


class Unshown(Undecided):
    """What a law asks of a term is not shown: that ``term``, with ``env`` put in, is as it is ``wanted``."""

    def __init__(self, what: str, wanted: str, term: Term, env: Env) -> None:
        super().__init__(f"no rule shows that {what} {wanted}")
        self.what = what
        self.wanted = wanted
        self.term = term
        self.env = env


_FEW = 4
"""The numbers of which a maximum over a range becomes one by switches, if that takes few pieces."""
_FEW_PIECES = 48


class Normalizer(Switches):
    """Expands terms into pieces.

    ``significance`` orders the digits of an index below m*k: the size with the larger number is the length of the
    lower digit. With ``blocks`` an index below 2*n has a digit for its half. ``expanded`` writes sigmoid, tanh and
    softplus by exp and log.
    """

    def pieces(self, term: Term, env: Env, scope: Scope) -> list[Piece]:
        """A term as a sum of pieces. Raises `Undecided` for what has no place in the normal form."""
        match term:
            case t.Number():
                return [Piece(term.value)] if term.value else []
            case t.Constant():
                return [Piece(factors=(Factor(self.plain(("constant", term.name), positive=True), ()),))]
            case t.IndexNumber():
                return [Piece(weight=self.index(term.index, env, scope))]
            case t.Entry():
                return [Piece(factors=(self._entry(term, env, scope),))]
            case t.Add():
                return few(merged(p for part in term.parts for p in self.pieces(part, env, scope)))
            case t.Mul():
                return self.product([self.pieces(part, env, scope) for part in term.parts])
            case t.Power():
                return self._power(term, env, scope)
            case t.Sum():
                return self._sum(term, env, scope)
            case t.Where():
                return self._where(term, env, scope)
            case t.Apply():
                return self._apply(term, env, scope)
            case t.Network():
                return [self._network(term, env, scope)]
            case t.Max() | t.MaxOver():
                return self._maximum(term, env, scope)
            case t.Read():
                inner = self._inside(term.index, term.definition.shape, env, scope, "a tensor")
                values = dict(zip(term.definition.variables, inner, strict=True))
                return self.pieces(term.definition.body, {**env, **values}, scope)
            case t.Infinity():
                raise Undecided("an infinity outside of a maximum")

    def _entry(self, term: t.Entry, env: Env, scope: Scope) -> Factor:
        index = self._inside(term.index, term.variable.shape, env, scope, term.variable.name)
        digits = [d for i, n in zip(index, term.variable.shape, strict=True) for d, _ in self.digits(i, n)]
        if term.variable not in self._variables:
            name = Name(len(self.names), ("entry", term.variable), positive=term.variable.sign == "positive")
            self.names.append(name)
            self._variables[term.variable] = name
        return Factor(self._variables[term.variable], tuple(digits))

    def _inside(self, index: Index, shape: Index, env: Env, scope: Scope, name: str) -> Index:
        """The index put in, known to be inside the shape."""
        put = tuple(self.index(i, env, scope) for i in index)
        for i, extent in zip(put, put_in(shape, env), strict=True):
            for digit, length in self.digits(i, extent):
                for bound in (digit, length - 1 - digit):
                    if not self.implied(Constraint(bound), scope):
                        text = f"whether the index {i} is inside an axis of {name} of length {extent}"
                        raise OpenRoom(text, bound)
        return put

    def index(self, term: IndexTerm, env: Env, scope: Scope) -> IndexTerm:
        """The index term put in; floor(r/n) is 0 where 0 <= r < n, which merging axes and splitting them leaves."""
        put = term.substitute(env)
        floors = [
            atom for m, _ in put.terms for atom in m if isinstance(atom, ix.Floor) and atom.denominator.constant is None
        ]
        for floor in floors:
            if self._is_below(floor.numerator, floor.denominator, scope):
                put = ix.replaced(put, floor, ix.ZERO)
        return put

    def _is_below(self, value: IndexTerm, length: IndexTerm, scope: Scope) -> bool:
        """Whether 0 <= value < length; for a length l*k by the digits of the value."""
        if length.is_affine:
            bounds = (Constraint(value), Constraint(length - 1 - value))
            return all(self.implied(bound, scope) for bound in bounds)
        atoms = length.terms[0][0] if len(length.terms) == 1 else ()
        for place in (ix.index(atom) for atom in dict.fromkeys(atoms) if atom in self.sizes):
            high, low = divided(value, place)
            if self._is_below(low, place, scope) and self._is_below(high, length // place, scope):
                return True
        return False

    def _power(self, term: t.Power, env: Env, scope: Scope) -> list[Piece]:
        exponent = term.exponent.substitute(env).constant
        if exponent is None:
            raise Undecided(f"a power with the exponent {term.exponent}")
        if exponent >= 0:
            base = self.pieces(term.base, env, scope)  # asked for also by an exponent 0: the base has to be defined
            return self.product([base] * exponent)
        base = self.pieces(term.base, env, scope)
        if not self._is_positive(term.base, base, env, scope):
            raise Unshown("a divisor", "is not 0", term.base, env)
        return self.product([self.reciprocal(base, scope)] * -exponent)

    def _is_positive(self, term: Term, pieces: list[Piece], env: Env, scope: Scope) -> bool:
        if signs.is_positive(term, env, signs.Prover(self.implied, scope)):
            return True
        factors = term.parts if isinstance(term, t.Mul) else (term,)
        if all(self._is_positive_count(part, env, scope) for part in factors):
            return True
        return self.is_positive_sum(pieces, scope)

    def _is_positive_count(self, term: Term, env: Env, scope: Scope) -> bool:
        """Whether a number made of index terms, with cases, is at least 1 in every case."""
        values = self._counts(term, env, scope)
        return values is not None and all(self.implied(Constraint(value - 1), scope + case) for case, value in values)

    def _counts(self, term: Term, env: Env, scope: Scope) -> list[tuple[Scope, IndexTerm]] | None:
        """The values of a number made of index terms, case by case; ``None`` if it is made of something else."""
        match term:
            case t.Number() if term.value.denominator == 1:
                return [((), ix.index(term.value.numerator))]
            case t.IndexNumber():
                return [((), self.index(term.index, env, scope))]
            case t.Add():
                found: list[tuple[Scope, IndexTerm]] = [((), ix.ZERO)]
                for part in term.parts:
                    values = self._counts(part, env, scope)
                    if values is None:
                        return None
                    found = [(a + b, x + y) for a, x in found for b, y in values]
                return [(c, v) for c, v in found if not sets.is_impossible(c, [*self.assumptions, *scope])]
            case t.Where() if not t.is_real(term.condition):
                found = []
                for holds, branch in ((True, term.then), (False, term.otherwise)):
                    for case in self.cases(term.condition, holds, env, scope):
                        if not sets.is_impossible(case, [*self.assumptions, *scope]):
                            values = self._counts(branch, env, scope + case)
                            if values is None:
                                return None
                            found += [(case + c, v) for c, v in values]
                return found
        return None

    def _sum(self, term: t.Sum, env: Env, scope: Scope) -> list[Piece]:
        value, bound, ranges = self.ranging(term.variable, term.extent.substitute(env))
        inner = self.pieces(term.body, {**env, term.variable: value}, scope + ranges)
        return [q for piece in inner for q in self.reduced(self.counted(piece.within(ranges, bound), scope))]

    def ranging(self, variable: IndexVar, extent: IndexTerm) -> tuple[IndexTerm, tuple[IndexVar, ...], Scope]:
        """A fresh variable with 0 <= value < extent; of a length m*k it has two digits, of length 1 it is 0."""
        value, variables, ranges = ix.ZERO, [], []
        for length, place in reversed(self.places(extent)):
            if length == ix.ONE:  # its only value is 0
                continue
            digit = IndexVar(variable.name)
            variables.append(digit)
            ranges += [Constraint(ix.index(digit)), Constraint(length - 1 - digit)]
            value = value + place * digit
        return value, tuple(variables), tuple(ranges)

    def places(self, extent: IndexTerm) -> list[tuple[IndexTerm, IndexTerm]]:
        """(length, place value) of the digits of an index below ``extent``, most significant first."""
        number = ix.product(f for f in ix.factors(extent) if f.constant is not None)
        found = [f for f in ix.factors(extent) if f.constant is None]
        blocks = [number] if self.blocks and number != ix.ONE else []
        if len(blocks + found) < 2 or not all(self.implied(Constraint(f), ()) for f in blocks + found):
            return [(extent, ix.ONE)]
        lengths = blocks + sorted(found, key=self._significance)
        if not blocks:
            lengths[0] = lengths[0] * number
        return [(length, ix.product(lengths[n + 1 :])) for n, length in enumerate(lengths)]

    def _significance(self, length: IndexTerm) -> tuple[int, int]:
        """Lengths of lower digits last: as the method says, else as the sizes are declared."""
        variables = list(length.variables())
        return max(self.significance.get(v, 0) for v in variables), min(v.number for v in variables)

    def digits(self, index: IndexTerm, extent: IndexTerm) -> list[tuple[IndexTerm, IndexTerm]]:
        """(digit, length) of an index of an axis; an axis of length m*k has two digits."""
        result, rest = [], index
        for length, place in self.places(extent):
            digit, rest = divided(rest, place)
            result.append((digit, length))
        return result

    def _where(self, term: t.Where, env: Env, scope: Scope) -> list[Piece]:
        if t.is_real(term.condition):
            return self._real_where(term, env, scope)
        result: list[Piece] = []
        for holds, branch in ((True, term.then), (False, term.otherwise)):
            if isinstance(branch, t.Number) and not branch.value:
                continue
            for case in self.cases(term.condition, holds, env, scope):
                if not sets.is_impossible(case, [*self.assumptions, *scope]):
                    result += [piece.within(case) for piece in self.pieces(branch, env, scope + case)]
        return result

    def cases(self, condition: Condition, holds: bool, env: Env, scope: Scope) -> list[Scope]:
        """Disjoint conjunctions of constraints that together say that the condition holds (or does not)."""
        match condition:
            case bool():
                return [()] if condition is holds else []
            case t.Not():
                return self.cases(condition.part, not holds, env, scope)
            case t.And() | t.Or():
                together = isinstance(condition, t.And) is holds
                first, *rest = condition.parts
                others = t.And(tuple(rest)) if isinstance(condition, t.And) else t.Or(tuple(rest))
                if not rest:
                    return self.cases(first, holds, env, scope)
                # both hold; or the first decides alone, or else the others do
                alone = [] if together else self.cases(first, holds, env, scope)
                before = self.cases(first, holds if together else not holds, env, scope)
                return [*alone, *(a + b for b in self.cases(others, holds, env, scope) for a in before)]
            case t.IndexCompare():
                value = self.index(condition.term, env, scope)
                if condition.relation == "ge":
                    return [(Constraint(value if holds else -value - 1),)]
                parts = self._equal_parts(value, scope)
                zero = [Constraint(part, equality=True) for part in parts]
                if holds:
                    return [tuple(zero)]
                return [(*zero[:n], Constraint(side - 1)) for n, part in enumerate(parts) for side in (part, -part)]
            case _:
                raise Undecided("a condition on entries beside one on indices")

    def _equal_parts(self, value: IndexTerm, scope: Scope) -> list[IndexTerm]:
        """``value == 0`` digit by digit: k*q + r = 0 with -k < r < k says q = 0 and r = 0."""
        if value.is_affine:
            return [value]
        for place in {v for m, _ in value.terms if len(m) > 1 for v in m if v in self.sizes}:
            high, low = divided(value, ix.index(place))
            small = (Constraint(ix.index(place) - 1 - low), Constraint(ix.index(place) - 1 + low))
            if high.is_affine and low.is_affine and all(self.implied(bound, scope) for bound in small):
                return [high, low] if low.terms else [high]
        return [value]

    def _real_where(self, term: t.Where, env: Env, scope: Scope) -> list[Piece]:
        if self.switching:
            self.kinks = self.kinks or bool(term.kink)
            border: Border = "open" if term.kink.has_no_slope_at_zero else "counts"
            if term.kink == t.Kink.LEFT_OUT and isinstance(term.condition, t.Compare):
                border = "kink"
            holds = self._holds(term.condition, env, scope, border)
            then, otherwise = self.pieces(term.then, env, scope), self.pieces(term.otherwise, env, scope)
            return otherwise + self.product([holds, then + negated(map(fresh, otherwise))])
        if not isinstance(term.condition, t.Compare):
            raise Undecided("a condition on several entries at once")
        compare = term.condition
        self.kinks = self.kinks or bool(term.kink)
        gap = self.pieces(compare.left, env, scope) + negated(self.pieces(compare.right, env, scope))
        if term.kink.has_no_slope_at_zero and not self.is_seen_to_vary(gap, scope):
            raise Undecided("whether a derivative is taken at a kink")
        indicator = self.derived(("sign", compare.relation), gap, scope)
        then, otherwise = self.pieces(term.then, env, scope), self.pieces(term.otherwise, env, scope)
        return otherwise + self.product([[indicator], then + negated([fresh(p) for p in otherwise])])

    def _holds(self, condition: Condition, env: Env, scope: Scope, border: Border) -> list[Piece]:
        """1 where a condition on entries and indices holds, else 0."""
        match condition:
            case t.Compare():
                gap = self.pieces(condition.left, env, scope) + negated(self.pieces(condition.right, env, scope))
                return self.indicator(condition.relation, gap, scope, border)
            case t.Not():
                return [Piece(), *negated(self._holds(condition.part, env, scope, border))]
            case t.And():
                return self.product([self._holds(part, env, scope, border) for part in condition.parts])
            case t.Or():
                return self._holds(t.Not(t.And(tuple(map(t.Not, condition.parts)))), env, scope, border)
            case _:
                return [Piece(constraints=case) for case in self.cases(condition, True, env, scope)]

    def _apply(self, term: t.Apply, env: Env, scope: Scope) -> list[Piece]:
        function = term.function
        if isinstance(function, Builtin):
            self._check_domain(function, term.argument, env, scope)
            if self._is_argument(function, term.argument, env, scope):
                self._used.add(f"{function.name}(a) = a for a >= 0")
                return self.pieces(term.argument, env, scope)
            written = calculus.definition(function, term.argument)
            if written is not None and (self.expanded or function.name in ("relu", "abs")):
                self._used.add(f"definition of {function.name}")
                return self.pieces(written, env, scope)
        argument = self.pieces(term.argument, env, scope)
        return [
            piece.within(case)
            for case, part in self.split(argument, scope)
            for piece in self._applied(function, term.order, part, scope + case)
        ]

    def _applied(
        self, function: t.FunctionSymbol | Builtin, order: int, argument: list[Piece], scope: Scope
    ) -> list[Piece]:
        if self.switching:
            return self.by_switches(argument, lambda part: self.applied(function, order, part, scope))
        return self.applied(function, order, argument, scope)

    def _is_argument(self, function: Builtin, argument: Term, env: Env, scope: Scope) -> bool:
        """Whether the function leaves what is not negative as it is, and its argument is so."""
        prove = signs.Prover(self.implied, scope)
        return function.name in ("relu", "abs") and signs.is_nonnegative(argument, env, prove)

    def _check_domain(self, function: Builtin, argument: Term, env: Env, scope: Scope) -> None:
        prove = signs.Prover(self.implied, scope)
        if function.name == "log" and not signs.is_positive(argument, env, prove):
            raise Unshown("the argument of a logarithm", "is positive", argument, env)
        if function.name == "root" and not signs.is_nonnegative(argument, env, prove):
            raise Unshown("the argument of a root", "is not negative", argument, env)

    def _network(self, term: t.Network, env: Env, scope: Scope) -> Piece:
        """An abstract network at a vector: derived from all its entries; outputs and partials are coordinates."""
        length = term.argument.shape[0].substitute(env)
        position = IndexVar("r")
        r = ix.index(position)
        ranges = (Constraint(r), Constraint(length - 1 - r))
        vector = self.pieces(term.argument.body, {**env, term.argument.variables[0]: r}, scope + ranges)
        leading: Index = () if term.output is None else (term.output.substitute(env),)
        leading += put_in(term.derivatives, env)
        head = ("network", term.function, term.output is not None, len(term.derivatives))
        return self.derived(head, [piece.within(ranges) for piece in vector], scope, leading, position)

    def _maximum(self, term: t.Max | t.MaxOver, env: Env, scope: Scope) -> list[Piece]:
        """A maximum; of few numbers by switches, where these are asked for and no number is minus infinity."""
        parts: list[tuple[Term, Env]] = []
        if self.switching and isinstance(term, t.Max):
            parts = [(part, env) for part in term.parts]
        elif self.switching and isinstance(term, t.MaxOver):
            count = term.extent.substitute(env).constant
            if count is not None and count <= _FEW:
                parts = [(term.body, {**env, term.variable: ix.index(number)}) for number in range(count)]
        try:
            values = [self.pieces(part, inner, scope) for part, inner in parts]
            largest = functools.reduce(lambda a, b: self.larger(a, b, scope), values) if values else None
        except Undecided:
            if isinstance(term, t.Max):
                raise
            largest = None
        if largest is None or (isinstance(term, t.MaxOver) and len(largest) > _FEW_PIECES):
            return self.maximum(self._families(term, env, scope), scope)
        return largest

    def _families(self, term: Term, env: Env, scope: Scope) -> list[Family]:
        """What a maximum runs over."""
        match term:
            case t.Max():
                return [family for part in term.parts for family in self._families(part, env, scope)]
            case t.MaxOver():
                value, bound, ranges = self.ranging(term.variable, term.extent.substitute(env))
                inner = self._families(term.body, {**env, term.variable: value}, scope + ranges)
                return [family.within(ranges, bound) for family in inner]
            case t.Where() if not t.is_real(term.condition):
                found = []
                for holds, branch in ((True, term.then), (False, term.otherwise)):
                    for case in self.cases(term.condition, holds, env, scope):
                        if not sets.is_impossible(case, [*self.assumptions, *scope]):
                            found += [f.within(case) for f in self._families(branch, env, scope + case)]
                return found
            case t.Infinity() if term.sign < 0:
                return []
            case t.Read():
                inner_index = self._inside(term.index, term.definition.shape, env, scope, "a tensor")
                values = dict(zip(term.definition.variables, inner_index, strict=True))
                return self._families(term.definition.body, {**env, **values}, scope)
            case _:
                return [Family(tuple(self.pieces(term, env, scope)))]
