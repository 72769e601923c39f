"""Index terms: integer polynomials in sizes, free and bound indices, with floor division.

They are what a tensor is indexed by and what ranges over. An index term is kept in one canonical form, a sorted tuple
of (monomial, coefficient), so that equal polynomials are equal objects to ``==`` and ``hash``. A variable is known by
its number, never by its name: two variables are one only if they are the same, so nothing can be captured.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Union

_numbers = itertools.count()


class IndexVar:
    """A size, a free index or a bound index. Two of one name are two variables.

    ``least`` is a lower bound that holds by hypothesis (1 for a size, 0 for an index); ``None`` where there is none.
    """

    __slots__ = ("key", "least", "name", "number", "term")

    def __init__(self, name: str, least: int | None = 0) -> None:
        self.name = name
        self.least = least
        self.number = next(_numbers)
        self.key: tuple[object, ...] = (0, self.number)
        self.term = IndexTerm({(self,): 1})

    def __reduce__(self) -> tuple[object, ...]:
        # A copy is a variable of its own, with a number of its own: numbers name variables.
        return IndexVar, (self.name, self.least)

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Floor:
    """``floor(numerator / denominator)``, an atom of index terms that could not be divided out."""

    numerator: IndexTerm
    denominator: IndexTerm

    @property
    def key(self) -> tuple[object, ...]:
        return (1, self.numerator.key, self.denominator.key)

    def __repr__(self) -> str:
        return f"floor(({self.numerator})/({self.denominator}))"


Atom = IndexVar | Floor
Monomial = tuple[Atom, ...]
Linear = tuple[int, tuple[tuple[IndexVar, int], ...]]
IndexLike = Union["IndexTerm", IndexVar, int]


class IndexTerm:
    """An integer polynomial over index variables and floors, in canonical form."""

    __slots__ = ("_hash", "_linear", "constant", "terms")

    terms: tuple[tuple[Monomial, int], ...]
    constant: int | None
    """The integer that this term is, or ``None`` if it depends on a variable."""
    _linear: Linear | bool | None

    def __init__(self, coefficients: Mapping[Monomial, int]) -> None:
        kept = [(monomial, value) for monomial, value in coefficients.items() if value]
        if len(kept) > 1:
            kept.sort(key=_order)
        self._set(tuple(kept))

    def _set(self, terms: tuple[tuple[Monomial, int], ...]) -> None:
        self.terms = terms
        self.constant = (terms[0][1] if not terms[0][0] and len(terms) == 1 else None) if terms else 0
        self._hash: int | None = None
        self._linear = False

    @property
    def linear(self) -> Linear | None:
        """(constant, ((variable, coefficient), ...)) of a term without products and floors."""
        if self._linear is False:
            self._linear = _linear(self.terms)
        return self._linear  # type: ignore[return-value]

    @property
    def key(self) -> tuple[object, ...]:
        return tuple((_monomial_key(monomial), value) for monomial, value in self.terms)

    @property
    def is_affine(self) -> bool:
        """Whether every monomial has degree at most one (a floor counts as a variable)."""
        return all(len(monomial) <= 1 for monomial, _ in self.terms)

    def variables(self) -> Iterator[IndexVar]:
        """The variables that occur, also within floors; with repetitions."""
        for monomial, _ in self.terms:
            for atom in monomial:
                if isinstance(atom, IndexVar):
                    yield atom
                else:
                    yield from atom.numerator.variables()
                    yield from atom.denominator.variables()

    def multiplied(self) -> Iterator[IndexVar]:
        """The variables of products and of floors by what is no number: what makes a term other than linear."""
        for monomial, _ in self.terms:
            for atom in monomial:
                if isinstance(atom, Floor):
                    yield from atom.denominator.variables()
                    yield from atom.numerator.multiplied()
                elif len(monomial) > 1:
                    yield atom

    def __reduce__(self) -> tuple[object, ...]:
        return IndexTerm, (dict(self.terms),)  # sorted anew by the numbers of the copied variables

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, IndexTerm) and self.terms == other.terms)

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(self.terms)
        return self._hash

    def __add__(self, other: IndexLike) -> IndexTerm:
        return self._plus(index(other), 1)

    __radd__ = __add__

    def __neg__(self) -> IndexTerm:
        return _sorted(tuple([(monomial, -value) for monomial, value in self.terms]))

    def __sub__(self, other: IndexLike) -> IndexTerm:
        return self._plus(index(other), -1)

    def _plus(self, other: IndexTerm, factor: int) -> IndexTerm:
        number = other.constant
        if number is not None:
            if self.constant is not None:
                return _integer(self.constant + factor * number)
            return self._plus_constant(factor * number) if number else self
        total = dict(self.terms)
        for monomial, value in other.terms:
            total[monomial] = total.get(monomial, 0) + factor * value
        return IndexTerm(total)

    def _plus_constant(self, number: int) -> IndexTerm:
        """Most sums are of this kind, of a term that is no number. The constant is the first of the terms, so nothing
        needs to be sorted.
        """
        rest = self.terms
        if rest and not rest[0][0]:
            number += rest[0][1]
            rest = rest[1:]
        return _sorted((((), number), *rest) if number else rest)

    def __rsub__(self, other: IndexLike) -> IndexTerm:
        return index(other) - self

    def __mul__(self, other: IndexLike) -> IndexTerm:
        factor = index(other)
        number = factor.constant
        if number is not None:
            if self.constant is not None:
                return _integer(self.constant * number)
            if number:
                return self if number == 1 else _sorted(tuple([(m, value * number) for m, value in self.terms]))
            return ZERO
        total: dict[Monomial, int] = {}
        for left, a in self.terms:
            for right, b in factor.terms:
                monomial = _merge(left, right)
                total[monomial] = total.get(monomial, 0) + a * b
        return IndexTerm(total)

    __rmul__ = __mul__

    def __floordiv__(self, other: IndexLike) -> IndexTerm:
        return _floor_divide(self, index(other))

    def __rfloordiv__(self, other: IndexLike) -> IndexTerm:
        return _floor_divide(index(other), self)

    def __mod__(self, other: IndexLike) -> IndexTerm:
        return self - (self // other) * other

    def substitute(self, values: Mapping[IndexVar, IndexTerm]) -> IndexTerm:
        """This term with index terms put in for variables, all at once."""
        if self.linear is not None:
            return self._substitute_linear(*self.linear, values)
        if values.keys().isdisjoint(self.variables()):
            return self
        total: dict[Monomial, int] = {}
        for monomial, value in self.terms:
            put = [atom for atom in monomial if _is_put(atom, values)]
            kept = _remove(monomial, put) or ()
            for rest, factor in product(_substitute_atom(atom, values) for atom in put).terms:
                whole = _merge(kept, rest)
                total[whole] = total.get(whole, 0) + value * factor
        return IndexTerm(total)

    def _substitute_linear(
        self, constant: int, parts: tuple[tuple[IndexVar, int], ...], values: Mapping[IndexVar, IndexTerm]
    ) -> IndexTerm:
        if not any(variable in values for variable, _ in parts):
            return self
        total: dict[Monomial, int] = {(): constant}
        for variable, factor in parts:
            for monomial, value in values[variable].terms if variable in values else (((variable,), 1),):
                total[monomial] = total.get(monomial, 0) + factor * value
        return IndexTerm(total)

    def evaluate(self, values: Mapping[IndexVar, int]) -> int:
        """The integer at integers for the variables."""
        linear = self.linear
        if linear is not None:
            total, parts = linear
            for variable, value in parts:
                total += value * values[variable]
            return total
        total = 0
        for monomial, value in self.terms:
            for atom in monomial:
                value *= values[atom] if isinstance(atom, IndexVar) else _evaluate_floor(atom, values)
            total += value
        return total

    def __repr__(self) -> str:
        if self.constant is not None:
            return str(self.constant)
        text = ""
        for monomial, value in self.terms[::-1] if self.terms[0][0] == () else self.terms:
            factors = [repr(atom) for atom in monomial]
            if abs(value) != 1 or not factors:
                factors.insert(0, str(abs(value)))
            sign = ("-" if value < 0 else "") if not text else (" - " if value < 0 else " + ")
            text += sign + "*".join(factors)
        return text


def index(value: IndexLike) -> IndexTerm:
    """An integer, a variable or an index term, as an index term."""
    if isinstance(value, IndexTerm):
        return value
    if isinstance(value, IndexVar):
        return value.term
    return _integer(int(value))


def _sorted(terms: tuple[tuple[Monomial, int], ...]) -> IndexTerm:
    """The index term of terms that are in order already, without zeros."""
    made = IndexTerm.__new__(IndexTerm)
    made._set(terms)
    return made


@functools.lru_cache(maxsize=1024)
def _integer(value: int) -> IndexTerm:
    return IndexTerm({(): value})


def _order(item: tuple[Monomial, int]) -> tuple[object, ...]:
    """Shorter monomials first, then by their atoms."""
    monomial = item[0]
    if len(monomial) == 1:
        return (1, (monomial[0].key,))
    return _monomial_key(monomial)


def product(factors: Iterable[IndexLike]) -> IndexTerm:
    """The product of index terms; 1 for none."""
    total = ONE
    for factor in factors:
        total = total * factor
    return total


def replaced(term: IndexTerm, floor: Floor, value: IndexTerm) -> IndexTerm:
    """The term with its value put in for a floor (not within other floors)."""
    kept = IndexTerm({monomial: factor for monomial, factor in term.terms if floor not in monomial})
    for monomial, factor in term.terms:
        if floor in monomial:
            kept = kept + product(value if atom == floor else _atom(atom) for atom in monomial) * factor
    return kept


def _atom(atom: Atom) -> IndexTerm:
    return IndexTerm({(atom,): 1})


def is_nonnegative(term: IndexTerm) -> bool | None:
    """Whether a term is at least 0 at all allowed values: yes, no (it is below 0 at all of them), or not known.

    Each variable is written as its least value plus a nonnegative rest; a polynomial in the rests without a negative
    coefficient is at least 0. A constant is always decided.
    """
    if term.constant is not None:
        return term.constant >= 0
    if term.linear is not None:
        number, parts = term.linear
        for variable, factor in parts:
            if variable.least is None:
                return None
            number += factor * variable.least
        if number >= 0 and all(factor > 0 for _, factor in parts):
            return True
        return False if number < 0 and all(factor < 0 for _, factor in parts) else None
    if any(variable.least is None for variable in term.variables()):
        return None
    rests = {variable: index(variable) + (variable.least or 0) for variable in term.variables()}
    shifted = term.substitute(rests)
    if _is_plainly_nonnegative(shifted):
        return True
    return False if _is_plainly_nonnegative(-shifted - 1) else None


def _is_plainly_nonnegative(term: IndexTerm) -> bool:
    """Whether no coefficient is negative, where all variables are nonnegative; also within floors."""
    return all(value > 0 and all(map(_is_nonnegative_atom, monomial)) for monomial, value in term.terms)


def _is_nonnegative_atom(atom: Atom) -> bool:
    if isinstance(atom, IndexVar):
        return True
    return _is_plainly_nonnegative(atom.numerator) and _is_plainly_nonnegative(atom.denominator - 1)


def _linear(terms: tuple[tuple[Monomial, int], ...]) -> Linear | None:
    constant, parts = 0, []
    for monomial, value in terms:
        if not monomial:
            constant = value
        elif len(monomial) == 1 and isinstance(monomial[0], IndexVar):
            parts.append((monomial[0], value))
        else:
            return None
    return constant, tuple(parts)


@functools.lru_cache(maxsize=20_000)
def _monomial_key(monomial: Monomial) -> tuple[object, ...]:
    return (len(monomial), tuple(atom.key for atom in monomial))


def _merge(left: Monomial, right: Monomial) -> Monomial:
    if not left or not right:
        return left or right
    return tuple(sorted(left + right, key=lambda atom: atom.key))


def _is_put(atom: Atom, values: Mapping[IndexVar, IndexTerm]) -> bool:
    """Whether something is put in for the atom, or within it."""
    if isinstance(atom, IndexVar):
        return atom in values
    return not all(map(values.keys().isdisjoint, (atom.numerator.variables(), atom.denominator.variables())))


def _substitute_atom(atom: Atom, values: Mapping[IndexVar, IndexTerm]) -> IndexTerm:
    if isinstance(atom, IndexVar):
        return values[atom]
    return atom.numerator.substitute(values) // atom.denominator.substitute(values)


def _evaluate_floor(atom: Floor, values: Mapping[IndexVar, int]) -> int:
    return atom.numerator.evaluate(values) // atom.denominator.evaluate(values)


def _floor_divide(numerator: IndexTerm, denominator: IndexTerm) -> IndexTerm:
    """Floor division with what divides exactly taken out: floor((q*a + r)/q) = a + floor(r/q)."""
    if denominator.constant == 0:
        raise ZeroDivisionError("floor division of an index by 0")
    if denominator.constant is None and not is_nonnegative(denominator - 1):
        return IndexTerm({(Floor(numerator, denominator),): 1})
    if len(denominator.terms) == 1:
        whole, rest = _divide_terms(numerator, *denominator.terms[0])
    else:
        whole, rest = _divide_by_sum(numerator, denominator)
    if not rest.terms:
        return whole
    if rest.constant is not None and denominator.constant is not None:
        return whole + rest.constant // denominator.constant
    inner = _inner_floor(rest, denominator)
    if inner is not None:
        top = inner.numerator + replaced(rest, inner, ZERO) * inner.denominator
        return whole + _floor_divide(top, inner.denominator * denominator)
    return whole + IndexTerm({(Floor(rest, denominator),): 1})


def _inner_floor(numerator: IndexTerm, denominator: IndexTerm) -> Floor | None:
    """A floor by a size within one: floor((floor(a/s) + c)/t) = floor((a + c s)/(s t)) for s, t >= 1."""
    for monomial, factor in numerator.terms:
        atom = monomial[0] if len(monomial) == 1 else None
        if isinstance(atom, Floor) and factor == 1 and is_nonnegative(atom.denominator - 1):
            sizes = atom.denominator.constant is None or denominator.constant is None
            if sizes and is_nonnegative(denominator - 1) and replaced(numerator, atom, ZERO).linear is not None:
                return atom
    return None


def _divide_terms(numerator: IndexTerm, monomial: Monomial, value: int) -> tuple[IndexTerm, IndexTerm]:
    """Quotient and rest, term by term, of division by ``value * monomial``."""
    whole: dict[Monomial, int] = {}
    rest: dict[Monomial, int] = {}
    for term, coefficient in numerator.terms:
        quotient = _remove(term, monomial)
        if quotient is None:
            rest[term] = coefficient
            continue
        factor = coefficient // value if not monomial or coefficient % value == 0 else 0
        whole[quotient] = whole.get(quotient, 0) + factor
        rest[term] = coefficient - factor * value
    return IndexTerm(whole), IndexTerm(rest)


def _divide_by_sum(numerator: IndexTerm, denominator: IndexTerm) -> tuple[IndexTerm, IndexTerm]:
    """Quotient and rest by a sum, by its last monomial: n*i + p*i + j = i*(n + p) + j."""
    monomial, value = denominator.terms[-1]
    whole, _ = _divide_terms(numerator, monomial, value)
    return whole, numerator - whole * denominator


@functools.lru_cache(maxsize=1024)
def factors(term: IndexTerm) -> tuple[IndexTerm, ...]:
    """Factors whose product is the term, linear ones as far as they are found: 2*h*w + 2*h*p = 2 * h * (w + p)."""
    if len(term.terms) == 1:
        monomial, scale = term.terms[0]
        atoms = tuple(IndexTerm({(atom,): 1}) for atom in monomial)
        return atoms if scale == 1 and atoms else (_integer(scale), *atoms)
    for variable in dict.fromkeys(term.variables()):
        # (variable + rest) * factor has the factor at the variable; (a*variable + rest)**2 has 2*a*rest there.
        coefficient, square = _coefficient(term, variable), dict(term.terms).get((variable, variable), 0)
        root = math.isqrt(square) if square > 0 else 1
        for factor in (index(variable), _primitive(coefficient), root * index(variable) + coefficient // (2 * root)):
            if factor.constant is None and (rest := exact_quotient(term, factor)) is not None:
                return factors(factor) + factors(rest)
    return (term,)


def _coefficient(term: IndexTerm, variable: IndexVar) -> IndexTerm:
    """What is multiplied by the variable, to its first power."""
    found = ((_remove(m, (variable,)), value) for m, value in term.terms)
    return IndexTerm({m: value for m, value in found if m is not None and variable not in m})


def _primitive(term: IndexTerm) -> IndexTerm:
    """The term without the common divisor of its coefficients."""
    divisor = math.gcd(*(value for _, value in term.terms)) or 1
    return _sorted(tuple([(monomial, value // divisor) for monomial, value in term.terms]))


def exact_quotient(term: IndexTerm, factor: IndexTerm) -> IndexTerm | None:
    """The quotient of polynomials that divide without a rest."""
    quotient, rest = ZERO, term
    while rest.terms:
        more, _ = _divide_terms(rest, *factor.terms[-1])
        if not more.terms:
            return None
        quotient, rest = quotient + more, rest - more * factor
    return quotient


def _remove(term: Monomial, monomial: Iterable[Atom]) -> Monomial | None:
    """``term`` without the atoms of ``monomial``, or ``None`` if it lacks one."""
    left = list(term)
    for atom in monomial:
        if atom not in left:
            return None
        left.remove(atom)
    return tuple(left)


ZERO = IndexTerm({})
ONE = IndexTerm({(): 1})
