"""Index terms and conditions on them as notation, with indices counted from the scope's origin.

A term that stands at a tensor's index is printed as the value plus the origin: with the origin 1, ``X[k*i + a]`` is
X_{k(i-1)+a}, since the printed i and a are one more than their values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.index import Floor, IndexTerm, IndexVar, Monomial
from symconv.printing import notation as n
from symconv.printing.notation import Notation
from symconv.printing.scope import Scope

Signed = tuple[bool, Notation]


@dataclass(frozen=True)
class Indices:
    """Index terms in a scope."""

    scope: Scope

    def value(self, term: IndexTerm) -> Notation:
        """The integer itself."""
        return self._shown(term, 0)

    def position(self, term: IndexTerm) -> Notation:
        """The integer as an index into a tensor, which starts at the origin."""
        return self._shown(term, self.scope.origin)

    def terms(self, term: IndexTerm) -> tuple[Signed, ...]:
        """The signed parts of the integer itself."""
        shown = self.value(term)
        return shown.terms if isinstance(shown, n.Plus) else ((False, shown),)

    def is_index(self, term: IndexTerm) -> bool:
        """Whether an index, not sizes alone, occurs."""
        return any(self.scope.letter(v) is not None for v in term.variables())

    def _shown(self, term: IndexTerm, plus: int) -> Notation:
        remainder = _remainder(term)
        if remainder is not None:
            top, bottom, rest = remainder
            shown = n.Remainder(self.value(top), self.value(bottom))
            rest = rest + plus
            return shown if rest.constant == 0 else _plus([(False, shown), *self.terms(rest)])
        kept, merged = self._summands(term, plus, merge=False), self._summands(term, plus, merge=True)
        return _plus(merged if _weight(merged) <= _weight(kept) else kept)

    def _summands(self, term: IndexTerm, plus: int, *, merge: bool) -> list[Signed]:
        """The summands: k (i - 1) as it is, or multiplied out into k i - k where ``merge``."""
        rest = IndexTerm({(): plus})
        shown: list[Signed] = []
        for monomial, value in sorted(term.terms, key=lambda item: _place(self.scope, item[0])):
            letters = [(atom, self.scope.letter(atom)) for atom in monomial if isinstance(atom, IndexVar)]
            shifts = [(atom, letter.shift) for atom, letter in letters if letter is not None and letter.shift]
            others = _without_one(monomial, shifts[0][0]) if shifts else monomial
            plain = len(shifts) == 1 and not any(isinstance(atom, Floor) for atom in monomial)
            if not letters or (not shifts and not any(letter for _, letter in letters)):
                rest = rest + IndexTerm({monomial: value}) if not _has_floor(monomial) else rest
                if _has_floor(monomial):
                    shown.append((value < 0, self._product(abs(value), monomial, shifted=True)))
            elif plain and (merge or (not others and abs(value) == 1)):
                rest = rest - IndexTerm({others: value * shifts[0][1]})
                shown.append((value < 0, self._product(abs(value), monomial, shifted=False)))
            else:
                shown.append((value < 0, self._product(abs(value), monomial, shifted=True)))
        constant = [item for item in rest.terms if not item[0]]
        sizes = [item for item in rest.terms if item[0]]
        for monomial, value in [*sizes, *constant]:
            shown.append((value < 0, self._product(abs(value), monomial, shifted=False)))
        return shown

    def _product(self, value: int, monomial: Monomial, *, shifted: bool) -> Notation:
        factors: list[Notation] = [n.Integer(value)] if value != 1 or not monomial else []
        counts = Counter(monomial)
        last: list[Notation] = []
        for atom, power in counts.items():
            shown = self._atom(atom, shifted)
            raised = shown if power == 1 else n.Powered(shown, n.Integer(power))
            (last if isinstance(shown, n.Plus) else factors).append(raised)
        factors += last
        return factors[0] if len(factors) == 1 else n.Times(tuple(factors))

    def _atom(self, atom: ix.Atom, shifted: bool) -> Notation:
        if isinstance(atom, Floor):
            return n.Floored(self.value(atom.numerator), self.value(atom.denominator))
        symbol, letter = n.Symbol(self.scope.symbol(atom)), self.scope.letter(atom)
        if letter is None or not letter.shift or not shifted:
            return symbol
        return n.Plus(((False, symbol), (True, n.Integer(letter.shift))))

    # --- conditions ----------------------------------------------------------------------------------------------

    def equation(self, term: IndexTerm) -> n.Relation:
        """``term == 0`` with one index alone on the left, where there is one to isolate."""
        left, right = self.sides(term)
        return n.Relation((left, right), ("=",))

    def sides(self, term: IndexTerm) -> tuple[Notation, Notation]:
        """The two sides of ``term == 0``."""
        alone = self._isolated(term)
        if alone is None:
            left = IndexTerm({m: v for m, v in term.terms if v > 0})
            right = left - term
        else:
            left = ix.index(alone)
            factor = dict(term.terms)[(alone,)]
            right = left - term if factor == 1 else left + term
        shown = self.position if self.is_index(term) else self.value
        return shown(left), shown(right)

    def _isolated(self, term: IndexTerm) -> IndexVar | None:
        """An index with the coefficient 1 or -1 that occurs nowhere else; one whose sign no other index shares."""
        found = [
            (m[0], v) for m, v in term.terms if len(m) == 1 and isinstance(m[0], IndexVar) and self.scope.letter(m[0])
        ]
        others = Counter(term.variables())
        units = [(variable, value) for variable, value in found if abs(value) == 1 and others[variable] == 1]
        units.sort(key=lambda item: item[0].number)
        signs = Counter(value > 0 for m, value in term.terms if any(self.is_index(ix.index(a)) for a in _variables(m)))
        for variable, value in units:
            if signs[value > 0] == 1 and sum(signs.values()) > 1 and signs[value < 0] > 1:
                return variable
        return units[0][0] if units else None

    def bounds(self, terms: list[IndexTerm]) -> list[Notation]:
        """``term >= 0`` for each, a lower and an upper bound of one expression as one chain."""
        left, shown = list(terms), []
        while left:
            term = left.pop(0)
            partner = next((other for other in left if not self.is_index(term + other)), None)
            if partner is None or not self.is_index(term):
                shown.append(self._bound(term))
                continue
            left.remove(partner)
            lower, upper = (term, partner) if self._rises(term) else (partner, term)
            shown.append(self._between(lower, lower + upper))
        return shown

    def _rises(self, term: IndexTerm) -> bool:
        """Whether the first index of a term has a positive coefficient."""
        found = [(_place(self.scope, m), v) for m, v in term.terms if self.is_index(IndexTerm({m: v}))]
        return not found or min(found)[1] > 0

    def _split(self, term: IndexTerm) -> tuple[IndexTerm, IndexTerm]:
        """What indices occur in, and the rest."""
        moving = IndexTerm({m: v for m, v in term.terms if self.is_index(IndexTerm({m: v}))})
        return moving, term - moving

    def _between(self, lower: IndexTerm, width: IndexTerm) -> Notation:
        """``0 <= lower <= width``: about an index itself where it is one, else about the position that it names."""
        moving, rest = self._split(lower)
        if len(moving.terms) == 1 and moving.terms[0][1] == 1:
            items = self.position(-rest), self.position(moving), self.position(width - rest)
        else:
            items = self.position(ix.ZERO), self.position(lower), self.position(width)
        return n.Relation(items, ("<=", "<="))

    def _bound(self, term: IndexTerm) -> Notation:
        moving, rest = self._split(term)
        if not moving.terms:
            return n.Relation((self.value(_positive(rest)), self.value(-_negative(rest))), (">=",))
        if len({value > 0 for _, value in moving.terms}) > 1:
            left = IndexTerm({m: v for m, v in moving.terms if v > 0})
            return n.Relation((self.position(left), self.position(left - term)), (">=",))
        up = self._rises(term)
        left, right = (moving, -rest) if up else (-moving, rest)
        if len(moving.terms) > 1 and up:
            left, right = term, ix.ZERO
        shown = n.Relation((self.position(left), self.position(right)), (">=",) if up else ("<=",))
        return self._strict(left, right, up) or shown

    def _strict(self, left: IndexTerm, right: IndexTerm, up: bool) -> Notation | None:
        """i < n for i <= n - 1, where that is the shorter."""
        moved = right - 1 if up else right + 1
        kept, other = self.position(right), self.position(moved)
        if up or isinstance(kept, n.Integer) or _size(other) >= _size(kept):
            return None
        return n.Relation((self.position(left), other), (">",) if up else ("<",))


def _place(scope: Scope, monomial: Monomial) -> tuple[int, int, int]:
    """Indices first, in the order in which they were introduced; then sizes; the constant last."""
    variables = list(_variables(monomial))
    indices = [v.number for v in variables if scope.letter(v) is not None]
    if indices:
        return 0, min(indices), len(monomial)
    return (1, min(v.number for v in variables), -len(monomial)) if variables else (2, 0, 0)


def _variables(monomial: Monomial) -> Iterator[IndexVar]:
    return IndexTerm({monomial: 1}).variables()


def _has_floor(monomial: Monomial) -> bool:
    return any(isinstance(atom, Floor) for atom in monomial)


def _without_one(monomial: Monomial, atom: ix.Atom) -> Monomial:
    rest = list(monomial)
    rest.remove(atom)
    return tuple(rest)


def _remainder(term: IndexTerm) -> tuple[IndexTerm, IndexTerm, IndexTerm] | None:
    """(numerator, denominator, rest) of a term that is numerator - denominator * floor + rest: a remainder."""
    for monomial, value in term.terms:
        for atom in monomial:
            if isinstance(atom, Floor):
                whole = atom.denominator * IndexTerm({(atom,): 1})
                rest = term + whole - atom.numerator
                if value < 0 and len(rest.terms) < len(term.terms) - len(atom.numerator.terms):
                    return atom.numerator, atom.denominator, rest
    return None


def _plus(terms: list[Signed]) -> Notation:
    if not terms:
        return n.Integer(0)
    first = next((place for place, (negative, _) in enumerate(terms) if not negative), 0)
    ordered = [terms[first], *terms[:first], *terms[first + 1 :]]
    return ordered[0][1] if len(ordered) == 1 and not ordered[0][0] else n.Plus(tuple(ordered))


def _weight(terms: list[Signed]) -> int:
    """How long a sum is to read."""
    return len(terms)


def _size(item: Notation) -> int:
    return len(item.terms) if isinstance(item, n.Plus) else 1


def _positive(term: IndexTerm) -> IndexTerm:
    return IndexTerm({m: v for m, v in term.terms if v > 0})


def _negative(term: IndexTerm) -> IndexTerm:
    return IndexTerm({m: v for m, v in term.terms if v < 0})


def connected(part: t.Condition) -> tuple[t.Condition, ...]:
    """The parts of a conjunction, nested ones too."""
    if isinstance(part, t.And):
        return tuple(each for inner in part.parts for each in connected(inner))
    return (part,)
