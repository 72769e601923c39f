"""Whether a sum is 0 at single points only, on no open set of entries: so that these are kinks, and may be left out.

Entries are independent. Functions of them are not: sigmoid(x) + sigmoid(-x) - 1 is 0, though no two of its products
are alike, and relu(x) is 0 on half of the line. So a sum is seen to vary by an entry that its functions do not know, or
as a product of what varies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symconv.kernel import index as ix
from symconv.kernel.general import functions, isl_text, products, sets
from symconv.kernel.general.comparison import Comparison
from symconv.kernel.general.pieces import Factor, Name, Piece, Scope, at, fresh
from symconv.kernel.index import IndexTerm
from symconv.kernel.terms import Builtin

_ANALYTIC = ("erf", "tanh", "root")
"""Functions that are 0 only where their argument is."""


class Variation(Comparison):
    """What is 0 on no open set."""

    def is_seen_to_vary(self, pieces: Iterable[Piece], scope: Scope) -> bool:
        """Whether at all sizes and indices in the scope the sum is 0 on no open set of entries."""
        parts = [piece for piece in pieces if piece.scale]  # the definition of f(0) is 0 times nothing
        if self._has_a_number(_independent(parts), scope):
            return True
        if any(self._is_alone(name, parts, scope) for name in _entries_in(parts)):
            return True
        return len(parts) == 1 and not parts[0].bound and not parts[0].constraints and self._varies(parts[0], scope)

    def _has_a_number(self, pieces: Sequence[Piece], scope: Scope) -> bool:
        """Whether at all sizes and indices in the scope some product has a number other than 0 as its coefficient."""
        form = self.form(pieces)
        terms = [term for points in form.values() for point in points for term in point.terms]
        if not all(map(_is_known_at_its_place, terms)):
            return False
        found = [domain for _, domain, factor in self._nonzero(form, scope) if functions.is_number(factor)]
        return sets.holds_somewhere(found, [*self.assumptions, *scope], terms)

    def _is_alone(self, name: Name, pieces: Sequence[Piece], scope: Scope) -> bool:
        """Whether an entry of the tensor, in one product alone, has one that varies as its coefficient."""
        holding = [piece for piece in pieces if _holds(piece, name)]
        if len(holding) != 1 or any(name in _within(f) for f in holding[0].factors if not _is_entry(f)):
            return False
        (piece,) = holding
        own = [f for f in piece.factors if f.name is name]
        shown = {v for f in own for index in f.index for v in piece.bound if index == ix.index(v)}
        if len(own) != 1 or not set(piece.bound) <= shown:
            return False
        inside = [*self.assumptions, *scope]
        return sets.covers([(piece.bound, piece.constraints)], inside) and self._varies(piece, scope)

    def _varies(self, piece: Piece, scope: Scope) -> bool:
        """Whether the product of entries is one of such that are 0 on no open set, at any values of its indices."""
        within = scope + piece.constraints
        return piece.weight == ix.ONE and all(self._is_seldom_0(factor, within) for factor in piece.factors)

    def _is_seldom_0(self, factor: Factor, scope: Scope) -> bool:
        """Whether an entry is 0 on no open set. An unknown function may be exp."""
        name = factor.name
        if _is_entry(factor) or name.positive or name.head[0] == "network":
            return True
        if name.head[0] != "apply":
            return False
        function = name.head[1]
        if not isinstance(function, Builtin):
            return True
        return function.name in _ANALYTIC and self.is_seen_to_vary(_definition(factor), scope)


def _is_known_at_its_place(term: IndexTerm) -> bool:
    """Whether no place is multiplied by anything. A condition sees such a product as one number, whatever the place is;
    and if a sum runs over the place, then what is 0 as a sum need not be 0 there.
    """
    return not any(v in isl_text.COORDINATES for m in products.opaque(term) for v in IndexTerm({m: 1}).variables())


def _definition(factor: Factor) -> list[Piece]:
    return [fresh(piece).put(at(factor)) for piece in factor.name.pieces]


def _is_entry(factor: Factor) -> bool:
    return factor.name.head[0] in ("entry", "constant")


def _holds(piece: Piece, name: Name) -> bool:
    return any(f.name is name or (not _is_entry(f) and name in _within(f)) for f in piece.factors)


def _within(factor: Factor) -> set[Name]:
    """The tensors of entries that a function is one of, and the functions that it is one of."""
    found: set[Name] = set()
    waiting = [factor.name]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [f.name for piece in name.pieces for f in piece.factors]
            waiting += [part for part in name.head if isinstance(part, Name)]
    return found


def _entries_in(pieces: Sequence[Piece]) -> list[Name]:
    """The tensors of independent entries that occur as factors."""
    return list(dict.fromkeys(f.name for piece in pieces for f in piece.factors if f.name.head[0] == "entry"))


def _independent(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces of entries alone: all if there are no others, else those with an entry of which no other piece knows."""
    plain = [piece for piece in pieces if all(map(_is_entry, piece.factors))]
    others = [piece for piece in pieces if piece not in plain]
    if not others:
        return plain
    free = [name for name in _entries_in(plain) if not any(_holds(piece, name) for piece in others)]
    return [piece for piece in plain if any(_holds(piece, name) for name in free)]
