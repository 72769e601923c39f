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
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from symconv.errors import Undecided
from symconv.kernel import calculus, sets, signs
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.sets import Constraint, Weighted
from symconv.kernel.terms import Builtin, Condition, Term

Env = dict[IndexVar, IndexTerm]
Scope = tuple[Constraint, ...]
Index = tuple[IndexTerm, ...]
Form = dict[tuple["Name", ...], Any]

_MOST_PIECES = 600
_MOST_OCCURRENCES = 4


@dataclass(eq=False)
class Name:
    """A tensor that factors are entries of; known by identity. ``order`` sorts signatures.

    A derived tensor's definition is ``pieces`` over the shared coordinates; it is read only within its ``domain``.
    """

    order: int
    head: tuple[Any, ...]
    pieces: tuple[Piece, ...] = ()
    domain: Scope = ()
    positive: bool = False

    def __repr__(self) -> str:
        return "/".join(map(str, self.head))


@dataclass(frozen=True)
class Factor:
    """An entry of a tensor, or of its reciprocal."""

    name: Name
    index: Index


@dataclass(frozen=True)
class Piece:
    """``scale * weight * product of factors``, summed over the bound indices that meet the constraints."""

    scale: Fraction = Fraction(1)
    weight: IndexTerm = ix.ONE
    factors: tuple[Factor, ...] = ()
    bound: tuple[IndexVar, ...] = ()
    constraints: Scope = ()

    def within(self, constraints: Iterable[Constraint], bound: Iterable[IndexVar] = ()) -> Piece:
        return replace(self, constraints=(*constraints, *self.constraints), bound=(*bound, *self.bound))

    def times(self, other: Piece) -> Piece:
        return Piece(
            self.scale * other.scale,
            self.weight * other.weight,
            _cancelled(self.factors + other.factors),
            self.bound + other.bound,
            self.constraints + other.constraints,
        )

    def put(self, values: Env) -> Piece:
        return replace(
            self,
            weight=self.weight.substitute(values),
            factors=tuple(Factor(f.name, _put(f.index, values)) for f in self.factors),
            constraints=tuple(Constraint(c.term.substitute(values), c.equality) for c in self.constraints),
        )

    @property
    def entry(self) -> Factor | None:
        """The factor, if the piece is a single one and nothing else; constraints do not count."""
        alone = self.scale == 1 and self.weight == ix.ONE and len(self.factors) == 1 and not self.bound
        return self.factors[0] if alone else None

    def outer(self) -> set[IndexVar]:
        """The variables that the piece does not bind."""
        terms = [self.weight, *(i for f in self.factors for i in f.index), *(c.term for c in self.constraints)]
        return {v for term in terms for v in term.variables()} - set(self.bound)


# Definitions of derived tensors are written over these, so that equal definitions are equal functions.
_COORDINATES = [IndexVar(f"u{n}") for n in range(24)]
_ARGUMENT = IndexVar("r")


@dataclass
class Normalizer:
    """Expands terms into pieces, names derived tensors, and compares.

    ``assumptions`` hold throughout; ``sizes`` are the variables that stand for one number each (all others are
    indices). ``significance`` orders the digits of an index below m*k: the size with the larger number is the length
    of the
    lower digit.
    """

    assumptions: Scope
    sizes: frozenset[IndexVar]
    significance: dict[IndexVar, int] = field(default_factory=dict)
    expanded: bool = False
    names: list[Name] = field(default_factory=list)
    kinks: bool = False

    def __post_init__(self) -> None:
        self._variables: dict[t.Variable, Name] = {}
        self._forms: dict[Name, Any] = {}
        self._used: set[str] = set()
        self._positive: dict[Factor, list[Scope]] = {}

    @property
    def rules(self) -> tuple[str, ...]:
        """The laws that were applied, beyond comparing functions on index tuples."""
        return tuple(sorted(self._used))

    # --- terms into pieces --------------------------------------------------------------------------------------

    def pieces(self, term: Term, env: Env, scope: Scope) -> list[Piece]:
        """A term as a sum of pieces. Raises `Undecided` for what has no place in the normal form."""
        match term:
            case t.Number():
                return [Piece(term.value)] if term.value else []
            case t.Constant():
                return [Piece(factors=(Factor(self._plain(("constant", term.name), positive=True), ()),))]
            case t.IndexNumber():
                return [Piece(weight=term.index.substitute(env))]
            case t.Entry():
                return [Piece(factors=(self._entry(term, env, scope),))]
            case t.Add():
                return _few([p for part in term.parts for p in self.pieces(part, env, scope)])
            case t.Mul():
                return self._product([self.pieces(part, env, scope) for part in term.parts])
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
                return self._maximum(self._families(term, env, scope), scope)
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
        for i, extent in zip(put, _put(shape, env), strict=True):
            for digit, length in self.digits(i, extent):
                for bound in (digit, length - 1 - digit):
                    if not self.implied(Constraint(bound), scope):
                        raise Undecided(f"whether the index {i} is inside an axis of {name} of length {extent}")
        return put

    def index(self, term: IndexTerm, env: Env, scope: Scope) -> IndexTerm:
        """The index term put in; floor(r/n) is 0 where 0 <= r < n, which merging axes and splitting them leaves."""
        put = term.substitute(env)
        floors = [
            atom for m, _ in put.terms for atom in m if isinstance(atom, ix.Floor) and atom.denominator.constant is None
        ]
        for floor in floors:
            inside = (Constraint(floor.numerator), Constraint(floor.denominator - 1 - floor.numerator))
            if floor.numerator.is_affine and all(self.implied(bound, scope) for bound in inside):
                put = ix.without(put, floor)
        return put

    def implied(self, constraint: Constraint, scope: Scope) -> bool:
        """Whether the assumptions and the scope imply ``term >= 0``."""
        if constraint in scope or ix.is_nonnegative(constraint.term):
            return True
        return sets.is_impossible([*self.assumptions, *scope, Constraint(-constraint.term - 1)])

    def _product(self, factors: list[list[Piece]]) -> list[Piece]:
        """All products of one piece of each; every copy has bound indices of its own."""
        result = [Piece()]
        for pieces in factors:
            result = _few([a.times(_fresh(b)) for a in result for b in pieces])
        return result

    def _power(self, term: t.Power, env: Env, scope: Scope) -> list[Piece]:
        exponent = term.exponent.substitute(env).constant
        if exponent is None:
            raise Undecided(f"a power with the exponent {term.exponent}")
        if exponent >= 0:
            base = self.pieces(term.base, env, scope)  # asked for also by an exponent 0: the base has to be defined
            return self._product([base] * exponent)
        if not signs.is_positive(term.base, env, lambda c: self.implied(c, scope)):
            raise Undecided("a divisor is not shown to be other than 0")
        return self._product([self.reciprocal(self.pieces(term.base, env, scope), scope) for _ in range(-exponent)])

    def _sum(self, term: t.Sum, env: Env, scope: Scope) -> list[Piece]:
        value, bound, ranges = self.ranging(term.variable, term.extent.substitute(env))
        inner = self.pieces(term.body, {**env, term.variable: value}, scope + ranges)
        return [piece.within(ranges, bound) for piece in inner]

    def ranging(self, variable: IndexVar, extent: IndexTerm) -> tuple[IndexTerm, tuple[IndexVar, ...], Scope]:
        """A fresh variable with 0 <= value < extent; of a length m*k it has two digits."""
        value, variables, ranges = ix.ZERO, [], []
        for length, place in reversed(self._places(extent)):
            digit = IndexVar(variable.name)
            variables.append(digit)
            ranges += [Constraint(ix.index(digit)), Constraint(length - 1 - digit)]
            value = value + place * digit
        return value, tuple(variables), tuple(ranges)

    def _places(self, extent: IndexTerm) -> list[tuple[IndexTerm, IndexTerm]]:
        """(length, place value) of the digits of an index below ``extent``, most significant first."""
        if len(extent.terms) != 1 or len(extent.terms[0][0]) < 2:
            return [(extent, ix.ONE)]
        atoms, scale = extent.terms[0]
        ordered = sorted(atoms, key=lambda a: self.significance.get(a, 0) if isinstance(a, IndexVar) else 0)
        lengths = [ix.index(a) if isinstance(a, IndexVar) else ix.IndexTerm({(a,): 1}) for a in ordered]
        lengths[0] = lengths[0] * scale
        return [(length, ix.product(lengths[n + 1 :])) for n, length in enumerate(lengths)]

    def digits(self, index: IndexTerm, extent: IndexTerm) -> list[tuple[IndexTerm, IndexTerm]]:
        """(digit, length) of an index of an axis; an axis of length m*k has two digits."""
        result, rest = [], index
        for length, place in self._places(extent):
            digit, rest = _divided(rest, place)
            result.append((digit, length))
        return result

    def _where(self, term: t.Where, env: Env, scope: Scope) -> list[Piece]:
        if _is_real(term.condition):
            return self._real_where(term, env, scope)
        result: list[Piece] = []
        for holds, branch in ((True, term.then), (False, term.otherwise)):
            for case in self.cases(term.condition, holds, env, scope):
                if not sets.is_impossible([*self.assumptions, *scope, *case]):
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
                ahead = [
                    a + b for a in self.cases(first, holds, env, scope) for b in self.cases(others, holds, env, scope)
                ]
                if together:
                    return ahead
                # first decides alone, or else the others do
                behind = [
                    a + b
                    for a in self.cases(first, not holds, env, scope)
                    for b in self.cases(others, holds, env, scope)
                ]
                return [*self.cases(first, holds, env, scope), *behind]
            case t.IndexCompare():
                value = self.index(condition.term, env, scope)
                if condition.relation == "ge":
                    return [(Constraint(value if holds else -value - 1),)]
                if holds:
                    return [tuple(Constraint(part, equality=True) for part in self._equal_parts(value, scope))]
                return [(Constraint(value - 1),), (Constraint(-value - 1),)]
            case _:
                raise Undecided("a condition on entries beside one on indices")

    def _equal_parts(self, value: IndexTerm, scope: Scope) -> list[IndexTerm]:
        """``value == 0`` digit by digit: k*q + r = 0 with -k < r < k says q = 0 and r = 0."""
        if value.is_affine:
            return [value]
        for place in {v for m, _ in value.terms if len(m) > 1 for v in m if v in self.sizes}:
            high, low = _divided(value, ix.index(place))
            small = (Constraint(ix.index(place) - 1 - low), Constraint(ix.index(place) - 1 + low))
            if high.is_affine and low.is_affine and all(self.implied(bound, scope) for bound in small):
                return [high, low] if low.terms else [high]
        return [value]

    def _real_where(self, term: t.Where, env: Env, scope: Scope) -> list[Piece]:
        if not isinstance(term.condition, t.Compare):
            raise Undecided("a condition on several entries at once")
        compare = term.condition
        self.kinks = self.kinks or term.kink
        gap = self.pieces(compare.left, env, scope) + _negated(self.pieces(compare.right, env, scope))
        indicator = self._derived(("sign", compare.relation), gap, scope)
        then, otherwise = self.pieces(term.then, env, scope), self.pieces(term.otherwise, env, scope)
        return otherwise + self._product([[indicator], then + _negated([_fresh(p) for p in otherwise])])

    # --- derived tensors --------------------------------------------------------------------------------------------

    def _plain(self, head: tuple[Any, ...], *, positive: bool = False) -> Name:
        found = next((name for name in self.names if name.head == head and not name.pieces), None)
        if found is None:
            found = Name(len(self.names), head, positive=positive)
            self.names.append(found)
        return found

    def _derived(
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
        definition, coordinates, domain = self._intrinsic(pieces, scope, own)
        key = (*head, len(coordinates))
        name = next((n for n in self.names if n.head == key and n.pieces and self._same(n, definition, domain)), None)
        if name is None:
            name = Name(len(self.names), key, definition or (Piece(Fraction(0)),), domain, positive)
            self.names.append(name)
        return Piece(factors=(Factor(name, leading + coordinates),))

    def _intrinsic(
        self, pieces: Sequence[Piece], scope: Scope, own: IndexVar | None
    ) -> tuple[tuple[Piece, ...], Index, Scope]:
        """The pieces over coordinates that they show themselves, those coordinates, and where they are asked for.

        Where a factor's index is a function of the outer indices, that index is a coordinate; so f(z[i + 1]) and
        f(z[j]) are entries of one tensor f(z). ``own`` runs within the definition: the position in a network's argument.
        """
        outer = {v for piece in pieces for v in piece.outer()} - self.sizes - {own}
        shown = sorted(self._shown(pieces, own), key=lambda item: item[:2])
        found: list[IndexTerm] = []
        put: Env = {}
        for _, _, index in shown:
            now = index.substitute(put)
            variable = next((v for v in sorted(outer - put.keys(), key=lambda v: v.number) if _unit(now, v)), None)
            if variable is None:
                continue
            factor = dict(now.terms)[(variable,)]
            value = (ix.index(_COORDINATES[len(found)]) - (now - ix.index(variable) * factor)) * factor
            put = {v: e.substitute({variable: value}) for v, e in put.items()} | {variable: value}
            found.append(index)
            pieces = [piece.put({variable: value}) for piece in pieces]
        for variable in sorted({v for piece in pieces for v in piece.outer()} & outer, key=lambda v: v.number):
            put = {v: e.substitute({variable: ix.index(_COORDINATES[len(found)])}) for v, e in put.items()}
            put[variable] = ix.index(_COORDINATES[len(found)])
            pieces = [piece.put({variable: put[variable]}) for piece in pieces]
            found.append(ix.index(variable))
        if own is not None:
            pieces = [piece.put({own: ix.index(_ARGUMENT)}) for piece in pieces]
        return tuple(pieces), tuple(found), _fresh(Piece(constraints=_distinct(scope)).put(put)).constraints

    def _shown(self, pieces: Sequence[Piece], own: IndexVar | None) -> Iterator[tuple[int, int, IndexTerm]]:
        for piece in pieces:
            for factor in piece.factors:
                for axis, index in enumerate(factor.index):
                    if not set(index.variables()) & {*piece.bound, own}:
                        yield factor.name.order, axis, index

    def _same(self, name: Name, pieces: tuple[Piece, ...], domain: Scope) -> bool:
        """Whether a name stands for these pieces: everywhere, or where they are read (within the name's domain)."""
        if name not in self._forms:
            self._forms[name] = _supports(name.pieces) if name.head[0] == "max" else self.form(name.pieces)
        if self._agree(name, pieces, ()):
            return True
        return bool(domain) and self._agree(name, pieces, domain) and self._is_within(domain, name.domain)

    def _agree(self, name: Name, pieces: tuple[Piece, ...], domain: Scope) -> bool:
        if name.head[0] == "max":
            return sets.same_supports(self._forms[name], _supports(pieces), [*self.assumptions, *domain])
        return self._vanishes(_added(self._forms[name], self.form(_negated(pieces))), domain)

    def _is_within(self, inner: Scope, outer: Scope) -> bool:
        """Whether coordinates that meet the inner scope, at some values of its other indices, meet the outer one."""
        coordinates = [v for v in _COORDINATES if any(v in c.term.variables() for c in (*inner, *outer))]

        def region(scope: Scope) -> sets.Region:
            others = {v for c in scope for v in c.term.variables()} - self.sizes
            return tuple(map(ix.index, coordinates)), tuple(others | set(coordinates)), scope

        return sets.is_subset(region(inner), region(outer), self.assumptions)

    def _apply(self, term: t.Apply, env: Env, scope: Scope) -> list[Piece]:
        function = term.function
        if isinstance(function, Builtin):
            self._check_domain(function, term.argument, env, scope)
            written = calculus.definition(function, term.argument)
            if written is not None and (self.expanded or function.name in ("relu", "abs")):
                self._used.add(f"definition of {function.name}")
                return self.pieces(written, env, scope)
        argument = self.pieces(term.argument, env, scope)
        return [
            piece.within(case)
            for case, part in self._split(argument, scope)
            for piece in self._applied(function, term.order, part, scope + case)
        ]

    def _split(self, pieces: list[Piece], scope: Scope) -> list[tuple[Scope, list[Piece]]]:
        """Cases in which no piece has a condition on outer indices alone: f(p if c else q) = f(p) if c else f(q)."""
        known = [*self.assumptions, *scope]
        for number, piece in enumerate(pieces):
            for constraint in piece.constraints:
                if set(constraint.term.variables()) & set(piece.bound):
                    continue
                sides = [constraint, Constraint(-constraint.term - 1)]
                if constraint.equality:
                    sides.append(Constraint(constraint.term - 1))
                cases = [side for side in sides if not sets.is_impossible([*known, side])]
                if cases == [constraint]:
                    rest = replace(piece, constraints=tuple(c for c in piece.constraints if c != constraint))
                    return self._split([*pieces[:number], rest, *pieces[number + 1 :]], scope)
                if constraint not in cases:
                    return self._split([*pieces[:number], *pieces[number + 1 :]], scope)
                self._used.add("cases of a condition on indices")
                return [((c, *m), part) for c in cases for m, part in self._split(pieces, (*scope, c))]
        return [((), pieces)]

    def _applied(
        self, function: t.FunctionSymbol | Builtin, order: int, argument: list[Piece], scope: Scope
    ) -> list[Piece]:
        """A function of a sum of pieces without conditions on outer indices, by the laws that hold for it."""
        inner = argument[0].entry if len(argument) == 1 else None
        if inner is not None and inner.name.head[0] == "max" and function.nondecreasing and order == 0:
            self._used.add(f"{function} is non-decreasing, so it goes through the maximum")
            families = [_fresh(piece).put(_at(inner)) for piece in inner.name.pieces]
            return self._maximum([f for family in families for f in self._under(function, family, scope)], scope)
        if function == calculus.EXP:
            return self._exponential(argument, scope)
        if function == calculus.LOG:
            return self._logarithm(argument, scope)
        positive = isinstance(function, Builtin) and function.name in ("sigmoid", "softplus")
        return [self._derived(("apply", function, order), argument, scope, positive=positive)]

    def _under(self, function: t.FunctionSymbol | Builtin, family: Piece, scope: Scope) -> list[Piece]:
        """What a maximum runs over, with a function put around each entry."""
        alone = [replace(family, bound=(), constraints=())]
        applied = self._leaf(self._applied(function, 0, alone, scope + family.constraints), scope + family.constraints)
        return [piece.within(family.constraints, family.bound) for piece in applied]

    def _check_domain(self, function: Builtin, argument: Term, env: Env, scope: Scope) -> None:
        prove: Callable[[Constraint], bool] = lambda c: self.implied(c, scope)  # noqa: E731
        if function.name == "log" and not signs.is_positive(argument, env, prove):
            raise Undecided("the argument of a logarithm is not shown to be positive")
        if function.name == "root" and not signs.is_nonnegative(argument, env, prove):
            raise Undecided("the argument of a root is not shown to be at least 0")

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
            result = self._product([result, *[power] * abs(int(piece.scale))])
        if len(argument) > 1:
            self._used.add("exp(a + b) = exp(a) exp(b)")
        if rest:
            result = self._product([result, [self._derived(("apply", calculus.EXP, 0), rest, scope, positive=True)]])
        return result

    def _exponential_of_one(self, piece: Piece, scope: Scope) -> list[Piece]:
        if piece.entry is not None and piece.entry.name.head[:2] == ("apply", calculus.LOG):
            self._used.add("exp(log a) = a")
            return [_fresh(p).put(_at(piece.entry)) for p in piece.entry.name.pieces]
        return [self._derived(("apply", calculus.EXP, 0), [piece], scope, positive=True)]

    def _logarithm(self, argument: list[Piece], scope: Scope) -> list[Piece]:
        """log of a positive sum: common positive factors out, log(exp a) = a, log(1/a) = -log a."""
        pieces, multiplied = self._without_reciprocals(argument)
        common = [f for f in self._common(pieces) if f.name.positive or self._is_shown_positive(f, scope)]
        rest = [replace(p, factors=_without(p.factors, common)) for p in pieces]
        if common or multiplied:
            self._used.add("log(a b) = log a + log b")
        result = [q for f in common for q in self._logarithm_of_factor(f, scope)]
        result += _negated(q for f in multiplied for q in self._logarithm_of_factor(f, scope))
        if rest != [Piece()]:
            result.append(self._derived(("apply", calculus.LOG, 0), rest, scope))
        return result

    def _logarithm_of_factor(self, factor: Factor, scope: Scope) -> list[Piece]:
        name = factor.name
        if name.head[:2] == ("apply", calculus.EXP):
            return [_fresh(p).put(_at(factor)) for p in name.pieces]
        if name.head[0] == "reciprocal":
            return _negated(self._logarithm_of_factor(Factor(name.head[1], factor.index), scope))
        if name.head[0] == "sum":
            return self._logarithm([_fresh(p).put(_at(factor)) for p in name.pieces], scope)
        return [self._derived(("apply", calculus.LOG, 0), [Piece(factors=(factor,))], scope)]

    def _without_reciprocals(self, pieces: list[Piece]) -> tuple[list[Piece], list[Factor]]:
        """The pieces times positive bases, so that 1/base occurs no more, and those bases: 1 + 1/a = (a + 1)/a."""
        multiplied: list[Factor] = []
        while len(pieces) > 1 and len(multiplied) < 8:
            fixed = (f for p in pieces for f in p.factors if f.name.head[0] == "reciprocal" and _is_fixed(f, p))
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
            return [Piece(1 / piece.scale, factors=_cancelled(top + inverted + weight))]
        common = self._common(pieces)
        rest = [replace(p, factors=_without(p.factors, common)) for p in pieces]
        base = self._derived(("sum",), rest, scope).factors[0]
        inverted = tuple(self._inverse(factor, scope) for factor in [*common, base])
        return [Piece(factors=_cancelled(top + inverted))]

    def _weight(self, weight: IndexTerm) -> Factor:
        return self._derived(("sum",), [Piece(weight=weight)], ()).factors[0]

    def _inverse(self, factor: Factor, scope: Scope) -> Factor:
        """The reciprocal of an entry, which is shown to be positive within the scope."""
        if factor.name.head[0] == "reciprocal":
            return Factor(factor.name.head[1], factor.index)
        inverse = Factor(self._plain(("reciprocal", factor.name), positive=factor.name.positive), factor.index)
        self._positive.setdefault(inverse, []).append(() if factor.name.positive else scope)
        return inverse

    def _common(self, pieces: list[Piece]) -> list[Factor]:
        shared = Counter(pieces[0].factors)
        for piece in pieces[1:]:
            shared &= Counter(piece.factors)
        bound = {v for piece in pieces for v in piece.bound}
        return [f for f in shared.elements() if not bound & {v for i in f.index for v in i.variables()}]

    def _network(self, term: t.Network, env: Env, scope: Scope) -> Piece:
        """An abstract network at a vector: derived from all its entries; outputs and partials are coordinates."""
        length = term.argument.shape[0].substitute(env)
        position = IndexVar("r")
        r = ix.index(position)
        ranges = (Constraint(r), Constraint(length - 1 - r))
        vector = self.pieces(term.argument.body, {**env, term.argument.variables[0]: r}, scope + ranges)
        leading: Index = () if term.output is None else (term.output.substitute(env),)
        leading += _put(term.derivatives, env)
        head = ("network", term.function, term.output is not None, len(term.derivatives))
        return self._derived(head, [piece.within(ranges) for piece in vector], scope, leading, position)

    # --- maxima ------------------------------------------------------------------------------------------------------

    def _families(self, term: Term, env: Env, scope: Scope) -> list[Piece]:
        """What a maximum runs over: pieces of one factor each, over the bound indices of the maximum."""
        match term:
            case t.Max():
                return [family for part in term.parts for family in self._families(part, env, scope)]
            case t.MaxOver():
                value, bound, ranges = self.ranging(term.variable, term.extent.substitute(env))
                inner = self._families(term.body, {**env, term.variable: value}, scope + ranges)
                return [family.within(ranges, bound) for family in inner]
            case t.Where() if not _is_real(term.condition):
                found = []
                for holds, branch in ((True, term.then), (False, term.otherwise)):
                    for case in self.cases(term.condition, holds, env, scope):
                        if not sets.is_impossible([*self.assumptions, *scope, *case]):
                            found += [f.within(case) for f in self._families(branch, env, scope + case)]
                return found
            case t.Infinity() if term.sign < 0:
                return []
            case t.Read():
                inner_index = self._inside(term.index, term.definition.shape, env, scope, "a tensor")
                values = dict(zip(term.definition.variables, inner_index, strict=True))
                return self._families(term.definition.body, {**env, **values}, scope)
            case _:
                return self._leaf(self.pieces(term, env, scope), scope)

    def _leaf(self, pieces: list[Piece], scope: Scope) -> list[Piece]:
        """A sum of pieces as what a maximum runs over: entries, of which those of another maximum are its own."""
        found = []
        for case, part in self._split(pieces, scope):
            entry = part[0].entry if len(part) == 1 else None
            if entry is None:
                found.append(self._derived(("value",), part, scope + case).within(case))
            elif entry.name.head[0] == "max":
                found += [_fresh(piece).put(_at(entry)).within(case) for piece in entry.name.pieces]
            else:
                found.append(part[0].within(case))
        return found

    def _maximum(self, families: list[Piece], scope: Scope) -> list[Piece]:
        """The maximum over families of entries: a derived tensor whose definition is a set of entries."""
        self._check_nonempty(families, scope)
        return [self._maximum_in_case(part, scope + case).within(case) for case, part in self._split(families, scope)]

    def _maximum_in_case(self, families: list[Piece], scope: Scope) -> Piece:
        families = self._unabsorbed(families, scope)
        if len(families) == 1 and families[0].entry is not None:
            return replace(families[0], constraints=())
        return self._derived(("max",), families, scope)

    def _unabsorbed(self, families: list[Piece], scope: Scope) -> list[Piece]:
        """Without families whose entries all occur in another one."""
        kept = list(families)
        for family in families:
            others = [f for f in kept if f is not family and f.factors[0].name is family.factors[0].name]
            if any(sets.is_subset(_region(family), _region(other), [*self.assumptions, *scope]) for other in others):
                kept.remove(family)
        return kept

    def _check_nonempty(self, families: list[Piece], scope: Scope) -> None:
        """A maximum runs over at least one entry wherever it is asked for."""
        if not sets.covers([(f.bound, f.constraints) for f in families], [*self.assumptions, *scope]):
            raise Undecided("whether a maximum runs over at least one entry")

    # --- comparing -----------------------------------------------------------------------------------------------

    def form(self, pieces: Iterable[Piece]) -> Form:
        """Signature -> function from index tuples to coefficients; repeated names are symmetrised."""
        found: dict[tuple[Name, ...], list[Any]] = {}
        for piece in pieces:
            factors = sorted(piece.factors, key=lambda f: f.name.order)
            signature = tuple(f.name for f in factors)
            for arrangement in _arrangements(factors):
                coordinates = tuple(i for f in arrangement for i in f.index)
                point = Weighted(coordinates, piece.bound, piece.constraints, piece.weight, piece.scale)
                found.setdefault(signature, []).append(sets.function_of(point))
        return {signature: sets.total(functions) for signature, functions in found.items()}

    def _vanishes(self, form: Form, scope: Scope = ()) -> bool:
        return not any(sets.nonzero_pieces(f, [*self.assumptions, *scope]) for f in form.values())

    def difference(
        self, left: list[Piece], right: list[Piece], scope: Scope
    ) -> list[tuple[tuple[Name, ...], Any, Any]]:
        """Where the two sums of pieces differ: (signature, domain, coefficient); empty when they are equal."""
        pieces = self._cleared(left + _negated(right), scope)
        context = [*self.assumptions, *scope]
        return [(s, *found) for s, f in self.form(pieces).items() for found in sets.nonzero_pieces(f, context)]

    def _cleared(self, pieces: list[Piece], scope: Scope) -> list[Piece]:
        """The pieces times the bases of reciprocals with fixed coordinates, which are not 0 anywhere in the scope."""
        for _ in range(12):
            fixed = (f for p in pieces for f in p.factors if f.name.head[0] == "reciprocal" and _is_fixed(f, p))
            factor = next((f for f in fixed if self._is_shown_positive(f, scope)), None)
            if factor is None:
                return pieces
            self._used.add("denominators that are not 0 are cleared")
            base: Name = factor.name.head[1]
            value = [Piece(factors=(Factor(base, factor.index),))]
            if base.head[0] == "sum":
                value = [p.put(_at(factor)) for p in base.pieces]
            kept = [replace(p, factors=_without(p.factors, [factor])) for p in pieces if factor in p.factors]
            others = [p for p in pieces if factor not in p.factors]
            pieces = _few(kept + [a.times(_fresh(b)) for a in others for b in value])
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


def _is_fixed(factor: Factor, piece: Piece) -> bool:
    return not {v for i in factor.index for v in i.variables()} & set(piece.bound)


def _is_real(condition: Condition) -> bool:
    if isinstance(condition, bool):
        return False
    return isinstance(condition, t.Compare) or any(_is_real(part) for part in t.children(condition))  # type: ignore[arg-type]


def _put(index: Index, values: Env) -> Index:
    return tuple(i.substitute(values) for i in index)


def _at(factor: Factor) -> Env:
    """The coordinates of a derived tensor's definition at a factor's index."""
    return dict(zip(_COORDINATES, factor.index, strict=False))


def _negated(pieces: Iterable[Piece]) -> list[Piece]:
    return [replace(piece, scale=-piece.scale) for piece in pieces]


def _region(family: Piece) -> sets.Region:
    return family.factors[0].index, family.bound, family.constraints


def _distinct(scope: Scope) -> Scope:
    return tuple(dict.fromkeys(scope))


def _few(pieces: list[Piece]) -> list[Piece]:
    if len(pieces) > _MOST_PIECES:
        raise Undecided(f"a product that expands into more than {_MOST_PIECES} pieces")
    return pieces


def _fresh(piece: Piece) -> Piece:
    """The piece with its bound indices renamed, so that it can stand beside another copy of itself."""
    names = {variable: IndexVar(variable.name) for variable in piece.bound}
    put = {variable: ix.index(name) for variable, name in names.items()}
    return replace(piece.put(put), bound=tuple(names.values()))


def _cancelled(factors: tuple[Factor, ...]) -> tuple[Factor, ...]:
    """Without pairs of an entry and its reciprocal."""
    kept = list(factors)
    for factor in factors:
        if factor.name.head[0] == "reciprocal" and factor in kept:
            base = Factor(factor.name.head[1], factor.index)
            if base in kept:
                kept.remove(base)
                kept.remove(factor)
    return tuple(kept)


def _without(factors: tuple[Factor, ...], removed: Iterable[Factor]) -> tuple[Factor, ...]:
    kept = list(factors)
    for factor in removed:
        kept.remove(factor)
    return tuple(kept)


def _divided(index: IndexTerm, place: IndexTerm) -> tuple[IndexTerm, IndexTerm]:
    """Quotient and rest by a place value, monomial by monomial."""
    if place == ix.ONE:
        return index, ix.ZERO
    whole = index // place
    quotient = IndexTerm({m: c for m, c in whole.terms if not any(isinstance(a, ix.Floor) for a in m)})
    return quotient, index - quotient * place


def _unit(index: IndexTerm, variable: IndexVar) -> bool:
    """Whether the index is the variable, with factor 1 or -1, plus what does not depend on it."""
    factor = dict(index.terms).get((variable,), 0)
    return abs(factor) == 1 and not any(v is variable for v in (index - ix.index(variable) * factor).variables())


def _added(left: Form, right: Form) -> Form:
    return {s: sets.total([f[s] for f in (left, right) if s in f]) for s in left.keys() | right.keys()}


def _arrangements(factors: list[Factor]) -> Iterator[list[Factor]]:
    """All orders of the factors within each repeated name."""
    groups = [list(group) for _, group in itertools.groupby(factors, key=lambda f: f.name)]
    if any(len(group) > _MOST_OCCURRENCES for group in groups):
        raise Undecided(f"a product with more than {_MOST_OCCURRENCES} entries of one tensor")
    for orders in itertools.product(*(itertools.permutations(group) for group in groups)):
        yield [factor for order in orders for factor in order]


def _supports(pieces: Iterable[Piece]) -> list[tuple[Name, Weighted]]:
    return [
        (p.factors[0].name, Weighted(p.factors[0].index, p.bound, p.constraints, ix.ONE, Fraction(1)))
        for p in pieces
        if p.factors
    ]
