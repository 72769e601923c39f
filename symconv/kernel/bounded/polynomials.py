"""The zero test at fixed sizes: by normal form, by definitions written out, by cases of signs.

A difference whose normal form is 0 vanishes wherever the claim is defined. A difference of polynomials in entries alone
vanishes only if its normal form is 0: there the answer is complete.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symconv.errors import Undefined
from symconv.kernel import linear
from symconv.kernel.bounded.algebra import RatioAlgebra
from symconv.kernel.bounded.ratios import (
    ZERO_SIGN,
    AtKink,
    Polynomial,
    Ratio,
    Rational,
    quotient,
)


class Polynomials(RatioAlgebra):
    """The algebra of normal forms, with the question whether a value vanishes.

    ``open_case`` are the signs of a case in which the last value that was asked for was not seen to vanish, and
    ``open_value`` is what it is there (``None``: it has none). Without signs, and without a value: it vanished, or has
    too many cases.
    """

    open_case: tuple[linear.Fact, ...] = ()
    open_value: Ratio | None = None

    def is_zero(self, value: Ratio, cases: int = 200) -> bool:
        """Whether a value is proved to vanish: by its normal form, by definitions, or in every case of its signs."""
        self.open_case, self.open_value = (), None
        if not value.numerator:
            return True
        if self._is_polynomial(value.numerator):
            return False
        again = self.rebuilt(value, expanded=True)
        parts = self._independent(again)
        if len(parts) > 1 and all(self._zero_by_cases(part, [cases]) for part in parts):
            return True
        return self._zero_by_cases(again, [cases])

    def _independent(self, value: Ratio) -> list[Ratio]:
        """The value as a sum of parts without an entry in common: it vanishes if each of them does."""
        groups: list[tuple[set[int], Polynomial]] = []
        for monomial, coefficient in value.numerator.items():
            entries = {e for number in monomial for e in self._entries_of(number)}
            joined: Polynomial = {monomial: coefficient}
            apart = []
            for other, part in groups:
                if other & entries:
                    entries, joined = entries | other, {**part, **joined}
                else:
                    apart.append((other, part))
            groups = [*apart, (entries, joined)]
        return [Ratio(part, value.denominator) for _, part in groups]

    def _entries_of(self, number: int) -> frozenset[int]:
        """The entries that an atom depends on."""
        if number not in self._leaves:
            parts = self._atoms[number].parts
            below = [part.numerator for part in parts] + [self._factors[n] for p in parts for n in p.denominator]
            inner = (self._entries_of(n) for p in below for monomial in p for n in monomial)
            self._leaves[number] = frozenset().union(*inner) if parts else frozenset({number})
        return self._leaves[number]

    def _is_polynomial(self, p: Polynomial) -> bool:
        """Whether only entries and constants occur, so that a normal form other than 0 means: not zero."""
        return all(self._atoms[n].kind in ("entry", "constant") for m in p for n in m)

    def supports(self, p: Polynomial) -> set[frozenset[Any]] | None:
        """The entries that occur in each term of a polynomial in entries alone; ``None`` for any other."""
        if not self._is_polynomial(p):
            return None
        kinds = {n: self._atoms[n] for m in p for n in m}
        return {frozenset(kinds[n].head for n in m if kinds[n].kind == "entry") for m in p}

    def linear_facts(self) -> list[tuple[dict[Any, Rational], Rational, int]]:
        """Of the open case what is linear in entries alone: coefficients by entry, the constant, the sign."""
        found = []
        for fact in self.open_case:
            if len(fact.signs) == 1 and all(len(m) < 2 and self._is_polynomial({m: 1}) for m in fact.form):
                heads = {self._atoms[m[0]].head: c for m, c in fact.form.items() if m}
                found.append((heads, fact.form.get((), 0), next(iter(fact.signs))))
        return found

    def _zero_by_cases(self, value: Ratio, budget: list[int]) -> bool:
        budget[0] -= 1
        if budget[0] < 0:
            self.open_case, self.open_value = (), None
            return False
        again = self.rebuilt(value, expanded=True)
        if not again.numerator:
            return True
        questions = list(self._open_questions(again.numerator))
        if not questions:
            self.open_case, self.open_value = tuple(self.facts), again
            return False
        # Simple questions first: the signs of x and y decide that of x*y.
        split = min(questions, key=lambda p: (max(map(len, p)), len(p)))
        kinks = set(self._kinks_of(again.numerator))
        opposite = {m: -c for m, c in split.items()}
        skip_zero = bool(kinks & {self._primitive_key(split), self._primitive_key(opposite)})
        return all(self._case(again, split, sign, budget) for sign in ((1, -1) if skip_zero else (1, -1, 0)))

    def _kinks_of(self, p: Polynomial) -> Iterator[object]:
        """The conditions of derivatives within p: where one is 0, p has no value."""
        for number in {n for m in p for n in m}:
            atom = self._atoms[number]
            if atom.kind == "slope":
                yield self._primitive_key(atom.parts[0].numerator)
            for part in atom.parts:
                yield from self._kinks_of(part.numerator)

    def _case(self, value: Ratio, split: Polynomial, sign: int, budget: list[int]) -> bool:
        fact = linear.Fact(split, frozenset({sign}))
        if linear.contradictory([*self.facts, fact]):
            return True
        self.facts.append(fact)
        try:
            return self._zero_by_cases(value, budget)
        except AtKink:
            return True  # the entry itself has no value there, and nothing is claimed of it
        except Undefined:
            self.open_case, self.open_value = tuple(self.facts), None
            return False
        finally:
            self.facts.pop()

    def _open_questions(self, p: Polynomial) -> Iterator[Polynomial]:
        """Polynomials whose sign would decide a maximum or an indicator within p; inner ones first."""
        for number in sorted({n for m in p for n in m}):
            atom = self._atoms[number]
            for part in atom.parts:
                yield from self._open_questions(part.numerator)
            if atom.kind in ("sign", "slope"):
                yield atom.parts[0].numerator
            elif atom.kind == "max":
                first, second, *_ = atom.parts
                yield self._sign_polynomial(self.subtract(first, second))

    def rebuilt(self, value: Ratio, *, expanded: bool) -> Ratio:
        """The value made anew under the present facts, with or without definitions written out."""
        outer, self.expanded = self.expanded, expanded
        silent, self.conditions = self.conditions, []
        try:
            return self._rebuilt(value, self._solved())
        finally:
            self.expanded, self.conditions = outer, silent

    def _solved(self) -> dict[int, Ratio]:
        """What equalities among the facts say of entries: x - y = 0 puts y in for x."""
        known: dict[int, Ratio] = {}
        for fact in self.facts:
            if fact.signs == ZERO_SIGN:
                p = self._rebuilt_polynomial(dict(fact.form), dict(known)).numerator
                entry = next((n for n in self._linear_entries(p) if n not in known), None)
                if entry is not None:
                    rest = {m: quotient(-c, p[entry,]) for m, c in p.items() if m != (entry,)}
                    known[entry] = Ratio(rest)
        return known

    def _linear_entries(self, p: Polynomial) -> Iterator[int]:
        """Entries that occur in a polynomial once, with a number as coefficient, and not within its other atoms."""
        for monomial in p:
            if len(monomial) == 1 and self._atoms[monomial[0]].kind == "entry":
                others = (n for m in p if m != monomial for n in m)
                if not any(monomial[0] in self._entries_of(n) for n in others):
                    yield monomial[0]

    def _rebuilt(self, value: Ratio, known: dict[int, Ratio]) -> Ratio:
        numerator = self._rebuilt_polynomial(value.numerator, known)
        if not value.denominator:
            return numerator
        bottom = [self.inverse(self._rebuilt_polynomial(self._factors[n], known)) for n in value.denominator]
        return self.multiply([numerator, *bottom])

    def _rebuilt_polynomial(self, p: Polynomial, known: dict[int, Ratio]) -> Ratio:
        for number in {n for m in p for n in m}:
            if number not in known:
                known[number] = self._rebuilt_atom(number, known)
        products = [self.multiply([self.number(c), *(known[n] for n in m)]) for m, c in p.items()]
        return self.add(products)

    def _rebuilt_atom(self, number: int, known: dict[int, Ratio]) -> Ratio:
        atom = self._atoms[number]
        parts = [self._rebuilt(part, known) for part in atom.parts]
        match atom.kind:
            case "apply":
                function, order = atom.head
                return self.apply(function, parts[0], order)
            case "network":
                function, output, derivatives = atom.head
                return self.network(function, output, parts, derivatives)
            case "max":
                return self.maximum(parts)
            case "exp":
                return self.exp(parts[0])
            case "log":
                return self.log(parts[0])
            case "root":
                return self.root(parts[0], int(atom.head))
            case "sign":
                return self.indicator(self._sign_polynomial(parts[0]))
            case "slope":
                return self.slope(self._sign_polynomial(parts[0]))
            case _:
                return Ratio({(number,): 1})
