"""Terms written simply: the pieces of the kernel's normal form as a term again, for people to read.

A sum over a delta is contracted, conditions that always hold are dropped, what a sum does not run over stands before
it, and the borders become cases. Nothing here is trusted: whoever shows the term has it pass the gate first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from symconv.errors import Undecided
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.calculus import Replacement
from symconv.kernel.general import sets
from symconv.kernel.general.gate import Goal, Method
from symconv.kernel.general.normal import Normalizer
from symconv.kernel.general.pieces import ARGUMENT, COORDINATES, Factor, Name, Piece, Scope, fresh, is_unit, merged
from symconv.kernel.general.products import Constraint
from symconv.kernel.general.switches import chosen, first_switch, switched_by
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.linear import Fact
from symconv.kernel.terms import Lambda, Term
from symconv.prover.written import written_alike

_MOST_CASES = 4
_MOST_SIGNS = 3
_SIGNS = {"gt": frozenset({1}), "ge": frozenset({0, 1}), "eq": frozenset({0})}
Contraction = tuple[IndexVar, IndexTerm]
Range = tuple[IndexVar, IndexTerm]


@dataclass(frozen=True)
class Simplified:
    """A tensor written simply. ``contracted`` are the bound indices of which one value alone contributes."""

    tensor: Lambda
    contracted: tuple[Contraction, ...]


class Simplifier:
    """Writes both sides of a goal simply; one for both, so that what is alike in them is written alike."""

    def __init__(self, goal: Goal, method: Method) -> None:
        self._normalizer = method.normalizer(goal.assumptions, goal.sizes)
        self._ranges = goal.ranges

    def of(self, side: Lambda) -> Simplified:
        """The side, written simply. Raises `Undecided` where its pieces have no plain way of writing."""
        env: dict[IndexVar, IndexTerm] = {}
        back: dict[IndexVar, IndexTerm] = {}
        scope: Scope = ()
        variables = tuple(IndexVar(variable.name) for variable in side.variables)
        places = [(old, new, n) for old, new, n in zip(side.variables, variables, side.shape, strict=True)]
        for old, shown, extent in [*places, *((v, v, n) for v, n in self._ranges)]:
            env[old], digits, ranges = self._normalizer.ranging(old, extent)
            back |= _quotients(env[old], digits, shown)
            scope += ranges
        writer = _Writer(self._normalizer)
        body = writer.by_cases(self._normalizer.pieces(side.body, env, scope), scope)
        written = Replacement(lambda entry: None, back).of(body)
        return Simplified(Lambda(variables, side.shape, written), writer.contracted(back))


def _quotients(value: IndexTerm, digits: Sequence[IndexVar], shown: IndexVar) -> dict[IndexVar, IndexTerm]:
    """The digits of a value by what is shown: of k*e + a, the quotient by k and the rest."""
    rest, found = ix.index(shown), {}
    for digit in reversed(digits):
        place = IndexTerm({tuple(a for a in m if a is not digit): c for m, c in value.terms if digit in m})
        found[digit] = rest // place
        rest = rest - found[digit] * place
    return found


def entry_of(name: Name, normalizer: Normalizer) -> tuple[Term, tuple[IndexVar, ...]]:
    """An entry of a derived tensor as a term, and the free indices at which it is taken.

    Raises `Undecided` where its pieces have no plain way of writing.
    """
    base: Name = name.head[1] if name.head[0] == "reciprocal" else name
    leading = base.head[2] + base.head[3] if base.head[0] == "network" else 0
    own = base.head[-1] if base.pieces else sum(len(normalizer.places(n)) for n in _shape(base))
    indices = tuple(IndexVar("i") for _ in range(leading + own))
    index = tuple(map(ix.index, indices))
    put = dict(zip(COORDINATES, index[leading:], strict=False))
    scope = tuple(Constraint(c.term.substitute(put), c.equality) for c in base.domain)
    return _Writer(normalizer)._factor(Factor(name, index), scope), indices


def _shape(name: Name) -> tuple[IndexTerm, ...]:
    shape: tuple[IndexTerm, ...] = name.head[1].shape if name.head[0] == "entry" else ()
    return shape


class _Writer:
    """Sums of pieces as terms."""

    def __init__(self, normalizer: Normalizer) -> None:
        self._normalizer = normalizer
        self._contracted: list[Contraction] = []
        self._names: dict[tuple[str, int], IndexVar] = {}

    def contracted(self, back: dict[IndexVar, IndexTerm]) -> tuple[Contraction, ...]:
        """The bound indices that were put in, each once by its name."""
        found = {(v.name, value.substitute(back)): v for v, value in self._contracted}
        return tuple((variable, value) for (_, value), variable in found.items())

    def by_cases(self, pieces: Sequence[Piece], scope: Scope) -> Term:
        """The sum, by cases of the conditions on outer indices where these are few, else with a condition each."""
        simple = self._simple(pieces, scope)
        cases = self._normalizer.split(simple, scope)
        if not 1 < len(cases) <= _MOST_CASES:
            return self._by_signs(simple, scope)
        term = self._by_signs(cases[-1][1], scope + cases[-1][0])
        for number in range(len(cases) - 2, -1, -1):
            case, part = cases[number]
            value = self._by_signs(part, scope + case)
            if not written_alike(Lambda((), (), value), Lambda((), (), term)):
                # Whoever comes to this case has failed all before it, which need not be said again.
                failed = [Constraint(-c.term - 1) for (c, *more), _ in cases[:number] if not more and not c.equality]
                term = t.where(_condition(self._needed(case, (*scope, *failed))), value, term)
        return term

    def _by_signs(self, pieces: Sequence[Piece], scope: Scope, facts: Sequence[Fact] = ()) -> Term:
        """The sum, by cases of the signs that it switches on where these are few, else with a factor for each."""
        switches = {f for p in pieces for f in p.factors if f.name.head[0] == "sign"}
        switch = first_switch(pieces)
        if switch is None or len(switches) > _MOST_SIGNS:
            return self.sum(pieces, scope)
        u, relation = switched_by(switch), switch.name.head[1]
        form, holds = self._normalizer.linear_form(u), _SIGNS[relation]
        branches = []
        for value, signs in ((1, holds), (0, frozenset({-1, 0, 1}) - holds)):
            known = [*facts, Fact(form, signs)]
            if not self._normalizer.is_contradictory(known):
                branches.append(self._by_signs(chosen(pieces, {switch: value}), scope, known))
        then, otherwise = branches[0], branches[-1]
        if written_alike(Lambda((), (), then), Lambda((), (), otherwise)):
            return then
        return t.where(t.Compare(self.sum(u, scope), t.ZERO, relation), then, otherwise)

    def sum(self, pieces: Sequence[Piece], scope: Scope) -> Term:
        """The sum of pieces, each with its own conditions."""
        return self._sum(self._simple(pieces, scope), scope)

    def _sum(self, simple: Sequence[Piece], scope: Scope) -> Term:
        return t.add(*(self._written(fresh(piece), scope) for piece in simple))

    def _simple(self, pieces: Sequence[Piece], scope: Scope) -> list[Piece]:
        context = [*self._normalizer.assumptions, *scope]
        simple = [self._without_deltas(piece) for piece in pieces if not sets.is_impossible(piece.constraints, context)]
        simple = [replace(p, constraints=self._needed(p.constraints, scope, _ranges(p))) for p in simple]
        return sorted(merged(map(self._renamed, simple)), key=_order)

    def _renamed(self, piece: Piece) -> Piece:
        """The piece with its bound indices named in the order in which its factors show them, alike in alike pieces."""
        piece = replace(piece, factors=tuple(sorted(piece.factors, key=lambda f: (f.name.order, repr(f.index)))))
        shown = [v for f in piece.factors for i in f.index for v in i.variables() if v in piece.bound]
        keys: dict[IndexVar, tuple[str, int]] = {}
        for variable in dict.fromkeys([*shown, *piece.bound]):
            keys[variable] = variable.name, sum(name == variable.name for name, _ in keys.values())
        names = {variable: self._names.setdefault(key, IndexVar(key[0])) for variable, key in keys.items()}
        renamed = piece.put({variable: ix.index(name) for variable, name in names.items()})
        constraints = tuple(sorted(renamed.constraints, key=repr))
        return replace(renamed, bound=tuple(names.values()), constraints=constraints)

    def _without_deltas(self, piece: Piece) -> Piece:
        """Bound indices that have one value only are put in."""
        while (found := _determined(piece)) is not None:
            variable, value = found
            put = {variable: value}
            self._contracted = [(v, e.substitute(put)) for v, e in [*self._contracted, found]]
            piece = replace(piece, bound=tuple(v for v in piece.bound if v is not variable)).put(put)
        return piece

    def _needed(self, constraints: Scope, scope: Scope, ranges: Sequence[Range] = ()) -> Scope:
        """The constraints that do not follow from the scope and the others; those of ranges stay."""
        kept = list(dict.fromkeys(constraints))
        own = {
            c
            for variable, extent in ranges
            for c in (Constraint(ix.index(variable)), Constraint(extent - 1 - variable))
        }
        for constraint in [c for c in kept if c not in own]:
            others = [c for c in kept if c is not constraint]
            if self._follows(constraint, (*scope, *others)):
                kept = others
        return tuple(kept)

    def _follows(self, constraint: Constraint, scope: Scope) -> bool:
        sides = (constraint.term, -constraint.term) if constraint.equality else (constraint.term,)
        try:
            return all(self._normalizer.implied(Constraint(side), scope) for side in sides)
        except Undecided:
            return False

    def _written(self, piece: Piece, scope: Scope) -> Term:
        """Nested sums, each factor as far outside as its indices allow."""
        factors = [(t.number(piece.scale), ()), (t.index_number(piece.weight), tuple(piece.weight.variables()))]
        for factor, count in Counter(piece.factors).items():
            term = self._factor(factor, scope + piece.constraints)
            base, exponent = (term.base, term.exponent) if isinstance(term, t.Power) else (term, ix.ONE)
            factors.append((t.power(base, exponent * count), tuple(v for i in factor.index for v in i.variables())))
        return _nested(piece, factors, t.Sum, t.ZERO)

    def _family(self, piece: Piece, scope: Scope) -> Term:
        """What a maximum runs over."""
        piece = fresh(self._without_deltas(piece))
        piece = replace(piece, constraints=self._needed(piece.constraints, scope, _ranges(piece)))
        (factor,) = piece.factors
        return _nested(
            piece, [(self._factor(factor, scope + piece.constraints), piece.bound)], t.MaxOver, t.MINUS_INFINITY
        )

    def _factor(self, factor: Factor, scope: Scope) -> Term:
        head = factor.name.head
        match head[0]:
            case "entry":
                return t.Entry(head[1], self._position(head[1], factor.index))
            case "constant":
                return t.Constant(head[1])
            case "reciprocal":
                return t.power(self._factor(Factor(head[1], factor.index), scope), -1)
            case "network":
                return self._network(factor, scope)
        put = dict(zip(COORDINATES, factor.index, strict=False))
        pieces = [piece.put(put) for piece in factor.name.pieces]
        match head[0]:
            case "max":
                return t.maximum(*(self._family(piece, scope) for piece in pieces))
            case "apply":
                return t.Apply(head[1], self.sum(pieces, scope), head[2])
            case "sign":
                return t.where(t.Compare(self.sum(pieces, scope), t.ZERO, head[1]), t.ONE, t.ZERO)
        return self.sum(pieces, scope)

    def _network(self, factor: Factor, scope: Scope) -> Term:
        _, function, has_output, derivatives, _ = factor.name.head
        leading, coordinates = factor.index[: has_output + derivatives], factor.index[has_output + derivatives :]
        place = IndexVar("r")
        put = {**dict(zip(COORDINATES, coordinates, strict=False)), ARGUMENT: ix.index(place)}
        ranges = (Constraint(ix.index(place)), Constraint(function.domain - 1 - place))
        body = self.sum([piece.put(put) for piece in factor.name.pieces], scope + ranges)
        vector = Lambda((place,), (function.domain,), body)
        return t.Network(function, leading[0] if has_output else None, vector, leading[has_output:])

    def _position(self, variable: t.Variable, digits: Sequence[IndexTerm]) -> tuple[IndexTerm, ...]:
        left, position = list(digits), []
        for extent in variable.shape:
            position.append(sum((place * left.pop(0) for _, place in self._normalizer.places(extent)), ix.ZERO))
        return tuple(position)


def _nested(piece: Piece, factors: Sequence[tuple[Term, Sequence[IndexVar]]], kind: type, none: Term) -> Term:
    """The product of factors under the conditions and within the ranges of a piece, from the inside out."""
    ranges = _ranges(piece)
    depth = {variable: level for level, (variable, _) in enumerate(ranges, 1)}
    own = {
        c for variable, extent in ranges for c in (Constraint(ix.index(variable)), Constraint(extent - 1 - variable))
    }
    conditions = [c for c in piece.constraints if c not in own]
    body: Term = t.ONE
    for level in range(len(ranges), -1, -1):
        here = [term for term, variables in factors if max((depth.get(v, 0) for v in variables), default=0) == level]
        holds = [c for c in conditions if max((depth.get(v, 0) for v in c.term.variables()), default=0) == level]
        body = t.where(_condition(holds), t.multiply(*here, body), none)
        if level:
            variable, extent = ranges[level - 1]
            alike = kind is t.Sum and body is t.ONE and ix.is_nonnegative(extent)
            body = t.index_number(extent) if alike else kind(variable, extent, body)
    return body


def _condition(constraints: Sequence[Constraint]) -> t.Condition:
    return t.conjunction(*(t.IndexCompare(c.term, "eq" if c.equality else "ge") for c in map(_oriented, constraints)))


def _oriented(constraint: Constraint) -> Constraint:
    """An equality with the sign that puts its first name, in the order of names, on the positive side."""
    first = min((repr(m), c) for m, c in constraint.term.terms if m or len(constraint.term.terms) == 1)
    return Constraint(-constraint.term, True) if constraint.equality and first[1] < 0 else constraint


def _ranges(piece: Piece) -> list[Range]:
    """The bound indices with their extents, outer ones first. Raises `Undecided` where one has no plain range."""
    left, found = list(piece.bound), []
    while left:
        nearest = [(len(extent.terms), n, v, extent) for n, v in enumerate(left) for extent in _extents(piece, v, left)]
        if not nearest:
            raise Undecided("an index whose range is not written as 0 <= index < extent")
        _, _, variable, extent = min(nearest, key=lambda item: item[1::-1])
        found.append((variable, extent))
        left.remove(variable)
    return found


def _extents(piece: Piece, variable: IndexVar, unknown: Sequence[IndexVar]) -> list[IndexTerm]:
    """The extents that the constraints give a bound index that is at least 0; they depend on known indices."""
    if Constraint(ix.index(variable)) not in piece.constraints:
        return []
    rests = [c.term + variable for c in piece.constraints if not c.equality]
    return [rest + 1 for rest in rests if not set(rest.variables()) & set(unknown)]


def _determined(piece: Piece) -> Contraction | None:
    """A bound index that the conditions give a value: by an equality, or by bounds that meet."""
    for constraint in piece.constraints:
        for variable in (v for v in piece.bound if is_unit(constraint.term, v)):
            if constraint.equality or Constraint(-constraint.term) in piece.constraints:
                factor = dict(constraint.term.terms)[(variable,)]
                return variable, (ix.index(variable) * factor - constraint.term) * factor
    return None


def _order(piece: Piece) -> tuple[object, ...]:
    """By entries, then by where they are read; the same for pieces that differ in names of bound indices only."""
    put = {variable: ix.index(IndexVar(f"#{place}")) for place, variable in enumerate(piece.bound)}
    shown = piece.put(put)
    return tuple(f.name.order for f in piece.factors), repr([f.index for f in shown.factors]), piece.scale
