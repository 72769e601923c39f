"""Pieces: products of entries summed over bound indices, what a term at symbolic sizes is expanded into."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from symconv.errors import Undecided
from symconv.kernel import index as ix
from symconv.kernel.general import sets
from symconv.kernel.general.functions import Written
from symconv.kernel.general.products import Constraint
from symconv.kernel.index import IndexTerm, IndexVar

Env = dict[IndexVar, IndexTerm]
Scope = tuple[Constraint, ...]
Index = tuple[IndexTerm, ...]
Form = dict[tuple["Name", ...], dict[Written, Fraction]]
"""What is compared: for each product of entries the points at which it occurs, as written, and how often."""

MOST_PIECES = 600
_MOST_ORDERS = 24


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

    @property
    def nonnegative(self) -> bool:
        """Whether every entry is at least 0."""
        return self.positive or (self.head[0] == "entry" and self.head[1].sign == "nonnegative")

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
            cancelled(self.factors + other.factors),
            self.bound + other.bound,
            self.constraints + other.constraints,
        )

    def put(self, values: Env) -> Piece:
        return replace(
            self,
            weight=self.weight.substitute(values),
            factors=tuple(Factor(f.name, put_in(f.index, values)) for f in self.factors),
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
# They stand for any integers, which have no least value.
COORDINATES = [IndexVar(f"u{n}", least=None) for n in range(24)]
ARGUMENT = IndexVar("r")


def is_fixed(factor: Factor, piece: Piece) -> bool:
    return not {v for i in factor.index for v in i.variables()} & set(piece.bound)


def put_in(index: Index, values: Env) -> Index:
    return tuple(i.substitute(values) for i in index)


def at(factor: Factor) -> Env:
    """The coordinates of a derived tensor's definition at a factor's index."""
    return dict(zip(COORDINATES, factor.index, strict=False))


def negated(pieces: Iterable[Piece]) -> list[Piece]:
    return [replace(piece, scale=-piece.scale) for piece in pieces]


def region_of(family: Piece) -> sets.Region:
    return family.factors[0].index, family.bound, family.constraints


def distinct(scope: Scope) -> Scope:
    return tuple(dict.fromkeys(scope))


def few(pieces: list[Piece]) -> list[Piece]:
    if len(pieces) > MOST_PIECES:
        raise Undecided(f"a product that expands into more than {MOST_PIECES} pieces")
    return pieces


def fresh(piece: Piece) -> Piece:
    """The piece with its bound indices renamed, so that it can stand beside another copy of itself."""
    names = {variable: IndexVar(variable.name) for variable in piece.bound}
    put = {variable: ix.index(name) for variable, name in names.items()}
    return replace(piece.put(put), bound=tuple(names.values()))


def contracted(piece: Piece) -> Piece:
    """The piece without sums over an index of which a condition says what it is: the sum over b of [b = i] f(b) is f(i)
    where i is in the range of b.
    """
    for constraint in piece.constraints:
        for variable in piece.bound if constraint.equality else ():
            if is_unit(constraint.term, variable):
                factor = dict(constraint.term.terms)[(variable,)]
                value = (ix.index(variable) * factor - constraint.term) * factor
                kept = tuple(c for c in piece.constraints if c != constraint)
                bound = tuple(v for v in piece.bound if v is not variable)
                return contracted(replace(piece, constraints=kept, bound=bound).put({variable: value}))
    return piece


def cancelled(factors: tuple[Factor, ...]) -> tuple[Factor, ...]:
    """Without pairs of an entry and its reciprocal."""
    kept = list(factors)
    for factor in factors:
        if factor.name.head[0] == "reciprocal" and factor in kept:
            base = Factor(factor.name.head[1], factor.index)
            if base in kept:
                kept.remove(base)
                kept.remove(factor)
    return tuple(kept)


def without(factors: tuple[Factor, ...], removed: Iterable[Factor]) -> tuple[Factor, ...]:
    kept = list(factors)
    for factor in removed:
        kept.remove(factor)
    return tuple(kept)


def divided(index: IndexTerm, place: IndexTerm) -> tuple[IndexTerm, IndexTerm]:
    """Quotient and rest by a place value, monomial by monomial."""
    if place == ix.ONE:
        return index, ix.ZERO
    whole = index // place
    quotient = IndexTerm({m: c for m, c in whole.terms if not any(isinstance(a, ix.Floor) for a in m)})
    return quotient, index - quotient * place


def merged(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces with those that are alike as written added up."""
    found: dict[Piece, Fraction] = {}
    for piece in pieces:
        alike = replace(piece, scale=Fraction(1))
        found[alike] = found.get(alike, Fraction(0)) + piece.scale
    return [replace(piece, scale=scale) for piece, scale in found.items() if scale]


def is_unit(index: IndexTerm, variable: IndexVar) -> bool:
    """Whether the index is the variable, with factor 1 or -1, plus what does not depend on it."""
    factor = dict(index.terms).get((variable,), 0)
    return abs(factor) == 1 and not any(v is variable for v in (index - ix.index(variable) * factor).variables())


def added(left: Form, right: Form) -> Form:
    total = {signature: dict(points) for signature, points in left.items()}
    for signature, points in right.items():
        into = total.setdefault(signature, {})
        for point, scale in points.items():
            into[point] = into.get(point, Fraction(0)) + scale
    return total


def arrangements(factors: list[Factor]) -> Iterator[tuple[list[Factor], int]]:
    """The different orders of the factors within each repeated name, and how many permutations give each."""
    groups = [Counter(group) for _, group in itertools.groupby(factors, key=lambda f: f.name)]
    repeated = math.prod(map(_repetitions, groups))
    for group in groups:
        if math.factorial(group.total()) > _MOST_ORDERS * _repetitions(group):
            name = next(iter(group)).name
            of = name.head[1] if name.head[0] == "entry" else "a derived tensor"
            raise Undecided(f"a product of {group.total()} entries of {of} in more than {_MOST_ORDERS} orders")
    for orders in itertools.product(*map(_orders, groups)):
        yield [factor for order in orders for factor in order], repeated


def _repetitions(group: Counter[Factor]) -> int:
    return math.prod(map(math.factorial, group.values()))


def _orders(group: Counter[Factor]) -> Iterator[tuple[Factor, ...]]:
    if not group:
        yield ()
    for factor in group:
        for rest in _orders(group - Counter([factor])):
            yield (factor, *rest)


def supports(pieces: Iterable[Piece]) -> list[tuple[Name, sets.Region]]:
    return [(piece.factors[0].name, region_of(piece)) for piece in pieces if piece.factors]
