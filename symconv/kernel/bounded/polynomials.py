"""The zero test at fixed sizes: by normal form, by definitions written out, by cases of signs.

A difference whose normal form is 0 vanishes wherever the claim is defined. A difference of polynomials in entries alone
vanishes only if its normal form is 0: there the answer is complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from symconv.errors import Undefined
from symconv.kernel import linear
from symconv.kernel.bounded.algebra import RatioAlgebra
from symconv.kernel.bounded.ratios import (
    ZERO_SIGN,
    Polynomial,
    Ratio,
    Rational,
    divided,
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
            if len(fact.signs) == 1 and all(
                len(m) < 2 and all(self._atoms[n].kind == "entry" for n in m) for m in fact.form
            ):
                heads = {self._atoms[m[0]].head: c for m, c in fact.form.items() if m}
                found.append((heads, fact.form.get((), 0), next(iter(fact.signs))))
        return found

    def _zero_by_cases(self, value: Ratio, budget: list[int]) -> bool:
        budget[0] -= 1
        if budget[0] < 0:
            self.open_case, self.open_value = (), None
            return False
        try:
            again = self.rebuilt(value, expanded=True)
        except Undefined:
            if self._is_left_out(value):
                return True
            raise
        if not again.numerator:
            return True
        slopes, rest = self._at_kinks(again)
        if slopes.numerator:
            return self._left_out(slopes, rest, budget)
        questions = list(self._open_questions(again.numerator))
        if not questions:
            self.open_case, self.open_value = tuple(self.facts), again
            return False
        # Simple questions first: the signs of x and y decide that of x*y.
        split = min(questions, key=lambda p: (max(map(len, p)), len(p)))
        return all(self._case(split, sign, lambda: self._zero_by_cases(again, budget)) for sign in (1, -1, 0))

    def _at_kinks(self, value: Ratio) -> tuple[Ratio, Ratio]:
        """What slopes at their kinks are multiplied by, and what they are added to."""
        nowhere = {n for m in value.numerator for n in m if n < 0 and self._is_nowhere(n)}
        slopes: Polynomial = {}
        for monomial, coefficient in value.numerator.items():
            if nowhere & set(monomial):
                left = tuple(n for n in monomial if n not in nowhere)
                slopes[left] = slopes.get(left, 0) + coefficient
        rest = {m: c for m, c in value.numerator.items() if not nowhere & set(m)}
        return Ratio({m: c for m, c in slopes.items() if c}), Ratio(rest, value.denominator if rest else ())

    def _is_left_out(self, value: Ratio) -> bool:
        """Whether a slope at its kink counts for certain, whatever the denominators are."""
        if not any(self._atoms[n].kind == "slope" for m in value.numerator for n in m):
            return False
        try:
            slopes, _ = self._at_kinks(self.rebuilt(Ratio(value.numerator), expanded=True))
        except Undefined:
            return False
        return 0 not in self.signs(slopes.numerator)

    def _is_nowhere(self, number: int) -> bool:
        atom = self._atoms[number]
        return atom.kind == "slope" and not atom.parts[0].numerator

    def _left_out(self, slopes: Ratio, rest: Ratio, budget: list[int]) -> bool:
        """Whether the rest vanishes wherever the slopes do not count: where they do, there is no value."""
        budget[0] -= 1
        if budget[0] < 0:
            self.open_case, self.open_value = (), None
            return False
        slopes = self.rebuilt(slopes, expanded=True)
        if 0 not in self.signs(slopes.numerator):
            return True
        if slopes.numerator and divided(rest.numerator, slopes.numerator) is not None:
            return True
        questions = list(self._open_questions(slopes.numerator))
        if not questions:
            return self._zero_by_cases(rest, budget)
        split = min(questions, key=lambda p: (max(map(len, p)), len(p)))
        return all(self._case(split, sign, lambda: self._left_out(slopes, rest, budget)) for sign in (1, -1, 0))

    def _case(self, split: Polynomial, sign: int, shown: Callable[[], bool]) -> bool:
        fact = linear.Fact(split, frozenset({sign}))
        if linear.contradictory([*self.facts, fact]):
            return True
        self.facts.append(fact)
        try:
            return shown()
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
            if atom.kind in ("sign", "slope") and atom.parts[0].numerator:
                yield atom.parts[0].numerator
            elif atom.kind == "max":
                first, second, *_ = atom.parts
                gap = self._cleared(self.subtract(first, second))
                if gap:  # a quotient and a polynomial may be one
                    yield gap

    def rebuilt(self, value: Ratio, *, expanded: bool) -> Ratio:
        """The value made anew under the present facts, with or without definitions written out."""
        outer, self.expanded = self.expanded, expanded
        silent, self.conditions = self.conditions, []
        looking, self.looking = self.looking, True
        try:
            return self._rebuilt(value, self._solved())
        finally:
            self.expanded, self.conditions, self.looking = outer, silent, looking

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
