"""The algebra of normal forms: sums, products, quotients, functions and maxima of sparse polynomials over QQ.

A monomial is the sorted tuple of its atoms' numbers. Atoms are entries of tensors and applications of functions to
normal forms; equal arguments make equal atoms. The laws between atoms are applied as they are made and multiplied:

    exp(p) exp(q) = exp(p + q)              log(exp(p) q) = p + log(q)  for q > 0        root_d(p)^d = p
    max(p + c, q + c) = max(p, q) + c       max(f(p), f(q)) = f(max(p, q))  for nondecreasing f
    [p > 0]^2 = [p > 0]                     [p > 0] [-p > 0] = 0

Each law holds wherever both of its sides are defined.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from symconv.errors import Undecided, Undefined
from symconv.kernel import linear
from symconv.kernel import terms as t
from symconv.kernel.bounded import quadratic
from symconv.kernel.bounded.ratios import (
    ADDED_SIGNS,
    ANY,
    FACTS,
    FUNCTION_SIGNS,
    NEGATIVE,
    NONNEGATIVE,
    NOT_ZERO,
    ONE,
    POSITIVE,
    ZERO,
    ZERO_SIGN,
    AtKink,
    Atom,
    Condition,
    Monomial,
    Polynomial,
    Ratio,
    Rational,
    Signs,
    common_atoms,
    content,
    difference,
    divided,
    least_common,
    nonzero,
    prime_factors,
    quotient,
    usual,
    without_atoms,
)


@dataclass
class RatioAlgebra:
    """The algebra of normal forms. ``expanded`` writes sigmoid, tanh and softplus by exp and log."""

    expanded: bool = False
    facts: list[linear.Fact] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    kinks: list[Ratio] = field(default_factory=list)
    looking: bool = False
    """Whether cases of signs are looked at, so that the slope at a kink is a number of which nothing is known."""

    def __post_init__(self) -> None:
        self._atoms: dict[int, Atom] = {}
        self._numbers: dict[object, int] = {}
        self._factors: list[Polynomial] = []
        self._factor_numbers: dict[frozenset[tuple[Monomial, Rational]], int] = {}
        self._quotients: list[Ratio] = []
        self._leaves: dict[int, frozenset[int]] = {}
        self._entries: dict[tuple[t.Variable, tuple[int, ...]], Ratio] = {}

    # --- numbers, entries, sums and products -------------------------------------------------------------------

    def number(self, value: Rational) -> Ratio:
        if isinstance(value, Fraction) and value.denominator == 1:
            value = value.numerator
        return Ratio({(): value}) if value else ZERO

    def constant(self, name: str) -> Ratio:
        return self._atom(("constant", name), Atom("constant", name, signs=POSITIVE))

    def entry(self, variable: t.Variable, position: tuple[int, ...]) -> Ratio:
        found = self._entries.get((variable, position))
        if found is None:
            signs = {"real": ANY, "positive": POSITIVE, "nonnegative": NONNEGATIVE}[variable.sign]
            found = self._atom((variable, position), Atom("entry", (variable, position), signs=signs))
            self._entries[variable, position] = found
        return found

    def add(self, values: Sequence[Ratio]) -> Ratio:
        denominator = least_common([value.denominator for value in values])
        total: Polynomial = {}
        for value in values:
            for monomial, coefficient in self._over(value, denominator).items():
                total[monomial] = total.get(monomial, 0) + coefficient
        return Ratio(nonzero(total), denominator) if denominator else Ratio(nonzero(total))

    def multiply(self, values: Sequence[Ratio]) -> Ratio:
        numerator: Polynomial = {(): 1}
        denominator: tuple[int, ...] = ()
        for value in values:
            numerator = self._product(numerator, value.numerator)
            denominator += value.denominator
        return self._cancelled(numerator, tuple(sorted(denominator))) if denominator else Ratio(numerator)

    def negate(self, value: Ratio) -> Ratio:
        return Ratio({m: -c for m, c in value.numerator.items()}, value.denominator)

    def subtract(self, left: Ratio, right: Ratio) -> Ratio:
        return self.add([left, self.negate(right)])

    def power(self, base: Ratio, exponent: int) -> Ratio:
        if exponent < 0:
            base, exponent = self.inverse(base), -exponent
        result = ONE
        while exponent:
            if exponent & 1:
                result = self.multiply([result, base])
            base = self.multiply([base, base]) if exponent > 1 else base
            exponent >>= 1
        return result

    def inverse(self, value: Ratio) -> Ratio:
        """1/value; the condition that it is not 0 is checked or kept."""
        if not value.numerator:
            raise Undefined("division by 0")
        self._require(NOT_ZERO, value, "a divisor is not 0")
        scale, unit, factors = self._factored(value.numerator)
        top = self.multiply(
            [Ratio({(): quotient(1, scale)}), self.exp(self.negate(unit)), *self._factor_values(value.denominator)]
        )
        return self._cancelled(top.numerator, tuple(sorted(top.denominator + factors)))

    def _product(self, left: Polynomial, right: Polynomial) -> Polynomial:
        if len(left) == 1 and () in left:
            scale = left[()]
            return right if scale == 1 else {m: scale * c for m, c in right.items()}
        total: Polynomial = {}
        for a, x in left.items():
            for b, y in right.items():
                if a and b and a[0] < 0 and b[0] < 0:
                    for monomial, z in self._reduced(a + b).items():
                        total[monomial] = total.get(monomial, 0) + x * y * z
                else:
                    monomial = tuple(sorted(a + b)) if a and b else a or b
                    total[monomial] = total.get(monomial, 0) + x * y
        return nonzero(total)

    def _reduced(self, monomial: Monomial) -> Polynomial:
        """A product of atoms that have laws between them (their numbers are negative), in normal form."""
        exponents: list[Ratio] = []
        kept: list[int] = []
        squares: Polynomial = {(): 1}
        for number, count in Counter(monomial).items():
            atom = self._atoms[number]
            if atom.kind == "exp":
                exponents.append(self.multiply([Ratio({(): count}), atom.parts[0]]))
            elif atom.kind == "root":
                degree = int(atom.head)
                squares = self._product(squares, self.power(atom.parts[0], count // degree).numerator)
                kept += [number] * (count % degree)
            elif atom.kind == "sign":
                if -1 in (self._sign_numbers(kept, atom)):
                    return {}
                kept.append(number)
            elif atom.kind == "slope":
                kept.append(number)
            else:
                kept += [number] * count
        exponential = self._exp_as_polynomial(self.add(exponents)) if exponents else {(): 1}
        merged = {tuple(sorted(kept + list(m))): c for m, c in exponential.items()}
        return self._product(merged, squares) if squares != {(): 1} else merged

    def _sign_numbers(self, kept: list[int], atom: Atom) -> Iterator[int]:
        """-1 for each kept [q > 0] with q a negative multiple of this [p > 0]'s p."""
        opposite = self._primitive_key({m: -c for m, c in atom.parts[0].numerator.items()})
        for number in kept:
            other = self._atoms[number]
            if other.kind == "sign" and self._primitive_key(other.parts[0].numerator) == opposite:
                yield -1

    # --- quotients -------------------------------------------------------------------------------------------

    def _over(self, value: Ratio, denominator: tuple[int, ...]) -> Polynomial:
        """The numerator over a multiple of the value's own denominator."""
        if value.denominator == denominator:
            return value.numerator
        numerator = value.numerator
        for number in (Counter(denominator) - Counter(value.denominator)).elements():
            numerator = self._product(numerator, self._factors[number])
        return numerator

    def _factor_values(self, factors: tuple[int, ...]) -> list[Ratio]:
        return [Ratio(self._factors[number]) for number in factors]

    def _cancelled(self, numerator: Polynomial, denominator: tuple[int, ...]) -> Ratio:
        """The quotient without the factors that obviously divide: an atom in every monomial, or the whole numerator."""
        kept: list[int] = []
        for number in denominator:
            factor = self._factors[number]
            quotient = divided(numerator, factor)
            if quotient is None:
                kept.append(number)
            else:
                numerator = quotient
        return Ratio(numerator, tuple(kept) if numerator else ())

    def _factored(self, polynomial: Polynomial) -> tuple[Rational, Ratio, tuple[int, ...]]:
        """A polynomial as rational * exp(unit) * product of factors."""
        scale = content(polynomial)
        unit, rest = self._without_exponential(polynomial)
        common = common_atoms(rest)
        atoms = tuple(n for n in common.elements() if n > 0 or self._atoms[n].kind == "root")
        numbers = [self._factor({(n,): 1}) for n in atoms]
        rest = {without_atoms(m, atoms): quotient(c, scale) for m, c in rest.items()}
        if len(rest) == 1 and () in rest:
            return scale * rest[()], unit, tuple(sorted(numbers))
        leading = rest[max(rest)]
        if leading < 0:
            scale, rest = -scale, {m: -c for m, c in rest.items()}
        return scale, unit, tuple(sorted([*numbers, self._factor(rest)]))

    def _factor(self, polynomial: Polynomial) -> int:
        key = frozenset(polynomial.items())
        if key not in self._factor_numbers:
            self._factor_numbers[key] = len(self._factors)
            self._factors.append(polynomial)
        return self._factor_numbers[key]

    def _without_exponential(self, polynomial: Polynomial) -> tuple[Ratio, Polynomial]:
        """``(u, q)`` with polynomial = exp(u) q, the same q for every exp(v) * polynomial."""
        exponents = [self._exponent(monomial) for monomial in polynomial]
        if not any(exponent.numerator for exponent in exponents) or any(exponent.denominator for exponent in exponents):
            return ZERO, polynomial
        unit = Ratio(usual([exponent.numerator for exponent in exponents]))
        if not unit.numerator:
            return unit, polynomial
        return unit, self._product(self._exp_as_polynomial(self.negate(unit)), polynomial)

    def _exponent(self, monomial: Monomial) -> Ratio:
        for number in monomial:
            if number < 0 and self._atoms[number].kind == "exp":
                return self._atoms[number].parts[0]
        return ZERO

    # --- atoms -----------------------------------------------------------------------------------------------

    def _atom(self, key: object, atom: Atom) -> Ratio:
        number = self._numbers.get(key)
        if number is None:
            place = len(self._numbers) + 1
            number = self._numbers[key] = -place if atom.kind in ("exp", "root", "sign", "slope") else place
            self._atoms[number] = atom
        return Ratio({(number,): 1})

    def _name(self, value: Ratio) -> object:
        """One hashable name for all ways of writing a value."""
        if not value.denominator:
            return frozenset(value.numerator.items())
        for number, other in enumerate(self._quotients):
            if not self.subtract(value, other).numerator:
                return number
        self._quotients.append(value)
        return len(self._quotients) - 1

    def apply(self, function: t.FunctionSymbol | t.Builtin, argument: Ratio, order: int) -> Ratio:
        if isinstance(function, t.FunctionSymbol):
            return self._application(function, argument, order)
        match function.name:
            case "exp":
                return self.exp(argument)
            case "log":
                return self.log(argument)
            case "root":
                return self.root(argument, function.degree)
            case "relu":
                return self.maximum([argument, ZERO])
            case "abs":
                return self.maximum([argument, self.negate(argument)])
            case "erf" | "tanh" if argument.numerator and argument.numerator[max(argument.numerator)] < 0:
                return self.negate(self.apply(function, self.negate(argument), order))
            case "erf" | "tanh" if not argument.numerator:
                return ZERO
        return self._definition(function, argument) if self.expanded else self._application(function, argument, order)

    def _application(self, function: t.FunctionSymbol | t.Builtin, argument: Ratio, order: int) -> Ratio:
        signs = FUNCTION_SIGNS.get(function.name, ANY) if isinstance(function, t.Builtin) else ANY
        if isinstance(function, t.FunctionSymbol) and function.nondecreasing and order == 1:
            signs = NONNEGATIVE
        return self._atom(
            ("apply", function, order, self._name(argument)), Atom("apply", (function, order), (argument,), signs)
        )

    def _definition(self, function: t.Builtin, x: Ratio) -> Ratio:
        match function.name:
            case "sigmoid":
                return self.inverse(self.add([ONE, self.exp(self.negate(x))]))
            case "tanh":
                decay = self.exp(self.multiply([Ratio({(): -2}), x]))
                return self.multiply([self.subtract(ONE, decay), self.inverse(self.add([ONE, decay]))])
            case "softplus":
                return self.log(self.add([ONE, self.exp(x)]))
        return self._application(function, x, 0)

    def network(
        self, function: t.FunctionSymbol, output: int | None, argument: Sequence[Ratio], derivatives: tuple[int, ...]
    ) -> Ratio:
        key = ("network", function, output, derivatives, *map(self._name, argument))
        return self._atom(key, Atom("network", (function, output, derivatives), tuple(argument)))

    def exp(self, argument: Ratio) -> Ratio:
        """exp, with rational multiples of logarithms taken out: exp(n log p) = p^n."""
        if not argument.numerator:
            return ONE
        if argument.denominator:
            return self._exponential(argument)
        rest: Polynomial = {}
        factors: list[Ratio] = []
        for monomial, coefficient in argument.numerator.items():
            if len(monomial) == 1 and self._atoms[monomial[0]].kind == "log":
                factors.append(self._rational_power(self._atoms[monomial[0]].parts[0], Fraction(coefficient)))
            else:
                rest[monomial] = coefficient
        if not factors:
            return self._exponential(argument)
        return self.multiply([*factors, self._exponential(Ratio(rest)) if rest else ONE])

    def _exp_as_polynomial(self, argument: Ratio) -> Polynomial:
        """exp without a denominator: as one atom where taking logarithms out leaves one, as in exp(-log p) = 1/p."""
        found = self.exp(argument)
        return (self._exponential(argument) if found.denominator else found).numerator

    def _exponential(self, argument: Ratio) -> Ratio:
        return self._atom(("exp", self._name(argument)), Atom("exp", "exp", (argument,), POSITIVE))

    def _rational_power(self, base: Ratio, exponent: Fraction) -> Ratio:
        """base^exponent for a positive base."""
        if exponent.denominator == 1:
            return self.power(base, exponent.numerator)
        return self.power(self.root(base, exponent.denominator), exponent.numerator)

    def log(self, argument: Ratio) -> Ratio:
        """log, with positive factors and exponentials taken out: log(exp(p) q / r) = p + log(q) - log(r)."""
        if not argument.numerator:
            raise Undefined("logarithm of 0")
        self._require(POSITIVE, argument, "the argument of a logarithm is positive")
        scale, unit, factors = self._factored(argument.numerator)
        parts = [(number, 1) for number in factors] + [(number, -1) for number in argument.denominator]
        if scale < 0 or any(self.signs(self._factors[number]) != POSITIVE for number, _ in parts):
            return self._logarithm(argument)
        logarithms = [self.multiply([Ratio({(): sign}), self._log_of_factor(number)]) for number, sign in parts]
        return self.add([unit, *self._log_of_rational(Fraction(scale)), *logarithms])

    def _log_of_factor(self, number: int) -> Ratio:
        return self._logarithm(Ratio(self._factors[number]))

    def _log_of_rational(self, value: Fraction) -> Iterator[Ratio]:
        for whole, sign in ((value.numerator, 1), (value.denominator, -1)):
            for prime, count in prime_factors(whole).items():
                yield self.multiply([Ratio({(): sign * count}), self._logarithm(Ratio({(): prime}))])

    def _logarithm(self, argument: Ratio) -> Ratio:
        return self._atom(("log", self._name(argument)), Atom("log", "log", (argument,)))

    def root(self, argument: Ratio, degree: int) -> Ratio:
        """The root of a nonnegative value; rational content, positive denominators and exponentials taken out."""
        if not argument.numerator:
            return ZERO
        self._require(NONNEGATIVE, argument, f"the argument of a root of degree {degree} is not negative")
        if any(self.signs(self._factors[number]) != POSITIVE for number in argument.denominator):
            return self._plain_root(argument, degree)
        bottom = self.multiply([self._root_of_polynomial(self._factors[n], degree) for n in argument.denominator])
        return self.multiply([self._root_of_polynomial(argument.numerator, degree), self.inverse(bottom)])

    def _root_of_polynomial(self, polynomial: Polynomial, degree: int) -> Ratio:
        scale, unit, factors = self._factored(polynomial)
        square = self._absolute_root(scale, unit, factors, degree)
        if square is not None:
            return square
        signs = {n: self.signs(self._factors[n]) for n in factors}
        # Where one factor is 0, another might be below 0 and its root undefined, unless none of them can be.
        taken = NONNEGATIVE if scale > 0 and all(each <= NONNEGATIVE for each in signs.values()) else POSITIVE
        positive = [n for n in factors if signs[n] <= taken]
        others = [n for n in factors if n not in positive]
        if scale < 0:
            others, scale = [self._factor(self._product({(): scale}, self._expanded_factors(others)))], 1
        pieces = [
            self._root_of_rational(Fraction(scale), degree),
            self.exp(self.multiply([Ratio({(): Fraction(1, degree)}), unit])),
        ]
        for number, count in Counter(positive).items():
            pieces.append(self.power(Ratio(self._factors[number]), count // degree))
            pieces += [self._plain_root(Ratio(self._factors[number]), degree)] * (count % degree)
        if others:
            pieces.append(self._plain_root(Ratio(self._expanded_factors(others)), degree))
        return self.multiply(pieces)

    def _absolute_root(self, scale: Rational, unit: Ratio, factors: tuple[int, ...], degree: int) -> Ratio | None:
        """The root of degree 2 of c * p^2 is root(c) |p|."""
        counts = Counter(factors)
        if degree != 2 or scale < 0 or not counts or any(count % 2 for count in counts.values()):
            return None
        half = [Ratio(self._factors[n]) for n, count in counts.items() for _ in range(count // 2)]
        inner = self.multiply(half)
        return self.multiply(
            [
                self._root_of_rational(Fraction(scale), 2),
                self.exp(self.multiply([Ratio({(): Fraction(1, 2)}), unit])),
                self.maximum([inner, self.negate(inner)]),
            ]
        )

    def _expanded_factors(self, factors: Iterable[int]) -> Polynomial:
        total: Polynomial = {(): 1}
        for number in factors:
            total = self._product(total, self._factors[number])
        return total

    def _root_of_rational(self, value: Fraction, degree: int) -> Ratio:
        pieces: list[Ratio] = []
        for whole, sign in ((value.numerator, 1), (value.denominator, -1)):
            for prime, count in prime_factors(whole).items():
                pieces.append(self.number(Fraction(prime) ** (sign * (count // degree))))
                for _ in range(count % degree):
                    plain = self._plain_root(Ratio({(): prime}), degree)
                    # 1/root(p) = root(p)^(degree - 1) / p keeps roots out of denominators.
                    pieces.append(
                        plain
                        if sign > 0
                        else self.multiply([self.power(plain, degree - 1), self.number(Fraction(1, prime))])
                    )
        return self.multiply(pieces)

    def _plain_root(self, argument: Ratio, degree: int) -> Ratio:
        if argument.denominator:
            return self._atom(
                ("quotient root", degree, self._name(argument)),
                Atom("apply", (t.Builtin("root", degree), 0), (argument,), NONNEGATIVE),
            )
        inside = self._termwise_signs(argument.numerator)
        signs = POSITIVE if POSITIVE in (inside, self._square_signs(argument.numerator)) else NONNEGATIVE
        return self._atom(("root", degree, self._name(argument)), Atom("root", degree, (argument,), signs))

    # --- maxima ----------------------------------------------------------------------------------------------

    def maximum(self, values: Sequence[Ratio]) -> Ratio:
        denominator = least_common([value.denominator for value in values])
        if any(self.signs(self._factors[number]) != POSITIVE for number in denominator):
            different = {self._name(value): value for value in values}
            if len(different) == 1:
                return values[0]
            return self._atom(("max", frozenset(different)), Atom("max", "max", tuple(different.values())))
        largest = self._largest([self._over(value, denominator) for value in values])
        return self._cancelled(largest.numerator, tuple(sorted(largest.denominator + denominator)))

    def _largest(self, polynomials: list[Polynomial]) -> Ratio:
        """max of polynomials, up to a common summand and a common positive factor."""
        kept = self._pulled(self._undominated(self._flattened(polynomials)))
        if len(kept) == 1:
            return Ratio(kept[0])
        shift = usual(kept)
        rest = [difference(p, shift) for p in kept]
        scale, atoms = self._common_positive(rest)
        rest = [{without_atoms(m, atoms): quotient(c, scale) for m, c in p.items()} for p in rest]
        rest = self._pulled(rest)
        if len(rest) == 1:
            inner = Ratio(rest[0])
        else:
            parts = tuple(Ratio(p) for p in rest)
            inner = self._atom(
                ("max", frozenset(map(self._name, parts))), Atom("max", "max", parts, self._max_signs(rest))
            )
        return self.add([Ratio(shift), self.multiply([Ratio({tuple(sorted(atoms)): scale}), inner])])

    def _flattened(self, polynomials: list[Polynomial]) -> list[Polynomial]:
        """max(p + c max(q, r), s) = max(p + c q, p + c r, s) for c > 0; each polynomial once."""
        found: dict[object, Polynomial] = {}
        todo = list(polynomials)
        while todo:
            polynomial = todo.pop()
            inner = self._inner_max(polynomial)
            if inner is None:
                found.setdefault(frozenset(polynomial.items()), polynomial)
                continue
            number, scale = inner
            rest = {m: c for m, c in polynomial.items() if m != (number,)}
            for part in self._atoms[number].parts:
                todo.append(difference(rest, {m: -scale * c for m, c in part.numerator.items()}))
        return list(found.values())

    def _inner_max(self, polynomial: Polynomial) -> tuple[int, Rational] | None:
        for monomial, scale in polynomial.items():
            if len(monomial) == 1 and scale > 0:
                atom = self._atoms[monomial[0]]
                if atom.kind == "max" and not any(part.denominator for part in atom.parts):
                    return monomial[0], scale
        return None

    def _undominated(self, polynomials: list[Polynomial]) -> list[Polynomial]:
        """Without those that another is known to reach."""
        numbers = [p for p in polynomials if not p or p.keys() == {()}]
        if len(numbers) > 1:
            largest = max(numbers, key=lambda p: p.get((), 0))
            polynomials = [p for p in polynomials if p not in numbers] + [largest]
        if len(polynomials) > 8 and not self.facts:
            return polynomials
        kept: list[Polynomial] = []
        for place, polynomial in enumerate(polynomials):
            rivals = kept + polynomials[place + 1 :]
            if not any(self.signs(difference(rival, polynomial)) <= NONNEGATIVE for rival in rivals):
                kept.append(polynomial)
        return kept

    def _pulled(self, polynomials: list[Polynomial]) -> list[Polynomial]:
        """max(f(p), f(q)) = f(max(p, q)) and max(-f(p), -f(q)) = -f(min(p, q)) for nondecreasing f."""
        groups: dict[tuple[t.FunctionSymbol | t.Builtin, int], list[Ratio]] = {}
        rest: list[Polynomial] = []
        for polynomial in polynomials:
            found = self._nondecreasing_of(polynomial)
            if found is None:
                rest.append(polynomial)
            else:
                groups.setdefault((found[0], found[1]), []).append(found[2])
        for (function, sign), arguments in groups.items():
            oriented = [value if sign > 0 else self.negate(value) for value in arguments]
            inner = self.maximum(oriented) if len(oriented) > 1 else oriented[0]
            applied = self.apply(function, inner if sign > 0 else self.negate(inner), 0)
            if applied.denominator:  # a logarithm has come out of an exponential, as in exp(-log p) = 1/p
                return polynomials
            rest.append({m: sign * c for m, c in applied.numerator.items()})
        return rest

    def _nondecreasing_of(self, polynomial: Polynomial) -> tuple[t.FunctionSymbol | t.Builtin, int, Ratio] | None:
        """``(f, sign, p)`` when the polynomial is sign * f(p) for a nondecreasing f."""
        if len(polynomial) != 1:
            return None
        (monomial, coefficient), *_ = polynomial.items()
        if len(monomial) != 1 or abs(coefficient) != 1:
            return None
        atom, sign = self._atoms[monomial[0]], 1 if coefficient > 0 else -1
        if atom.kind in ("exp", "log", "root"):
            degree = int(atom.head) if atom.kind == "root" else 1
            return t.Builtin(atom.kind, degree), sign, atom.parts[0]
        if atom.kind != "apply":
            return None
        function, order = atom.head
        return (function, sign, atom.parts[0]) if function.nondecreasing and order == 0 else None

    def _common_positive(self, polynomials: list[Polynomial]) -> tuple[Rational, Monomial]:
        """A positive rational and nonnegative atoms that divide all polynomials."""
        together = {(k, *m): c for k, p in enumerate(polynomials) for m, c in p.items()}
        common = common_atoms({m[1:]: c for m, c in together.items()})
        atoms = tuple(n for n in common.elements() if self._atoms[n].signs <= NONNEGATIVE)
        return content(together), atoms

    def _max_signs(self, polynomials: list[Polynomial]) -> Signs:
        signs = [self._termwise_signs(p) for p in polynomials]  # an atom outlives the present facts
        if POSITIVE in signs:
            return POSITIVE
        if any(s <= NONNEGATIVE for s in signs):
            return NONNEGATIVE
        return frozenset().union(*signs)

    # --- conditions on entries ---------------------------------------------------------------------------------

    def compare(self, left: Ratio, right: Ratio, relation: str, kink: t.Kink) -> bool | None:
        difference = self._sign_polynomial(self.subtract(left, right))
        signs = self.signs(difference)
        if kink.has_no_slope_at_zero and not difference:
            raise AtKink("a derivative is taken at a kink")
        if kink and 0 in signs:
            self.kinks.append(Ratio(difference))
            if kink.has_no_slope_at_zero and not self._is_rarely_zero(difference):
                raise Undecided("whether a derivative is taken at kinks only")
            signs = signs - ZERO_SIGN if kink == t.Kink.LEFT_OUT else signs
        holds = {"gt": POSITIVE, "ge": NONNEGATIVE, "eq": ZERO_SIGN}[relation]
        if signs <= holds:
            return True
        return None if signs & holds else False

    def select(
        self,
        left: Ratio,
        right: Ratio,
        relation: str,
        then: Callable[[], Ratio],
        otherwise: Callable[[], Ratio],
        kink: t.Kink,
    ) -> Ratio:
        """otherwise + [condition] (then - otherwise), each branch read under its own condition."""
        p = self._sign_polynomial(self.subtract(left, right))
        yes, no = FACTS[relation]
        first = self._under(p, yes, then)
        second = self._under(p, no, otherwise)
        gap = self.subtract(first, second)
        return second if not gap.numerator else self.add([second, self.multiply([self._holds(p, relation, kink), gap])])

    def _under(self, p: Polynomial, signs: Signs, branch: Callable[[], Ratio]) -> Ratio:
        self.facts.append(linear.Fact(p, signs))
        try:
            return branch()
        finally:
            self.facts.pop()

    def _holds(self, p: Polynomial, relation: str, kink: t.Kink) -> Ratio:
        opposite = {m: -c for m, c in p.items()}
        if kink == t.Kink.LEFT_OUT and self._is_rarely_zero(p):  # off the kink p is not 0
            return ZERO if relation == "eq" else self.slope(p)
        if relation == "gt":
            return self.indicator(p)
        if relation == "ge":
            return self.subtract(ONE, self.indicator(opposite))
        return self.subtract(ONE, self.add([self.indicator(p), self.indicator(opposite)]))

    def _is_rarely_zero(self, p: Polynomial) -> bool:
        """Whether p is 0 on no open set, as a polynomial in entries is; a maximum may tie on one."""
        return bool(p) and all(self._atoms[n].kind in ("entry", "constant") for m in p for n in m)

    def indicator(self, p: Polynomial) -> Ratio:
        """[p > 0], the same for every positive multiple of p."""
        signs = self.signs(p)
        if signs == POSITIVE:
            return ONE
        if not signs & POSITIVE:
            return ZERO
        scale = content(p)
        primitive = {m: quotient(c, scale) for m, c in p.items()}
        return self._atom(
            ("sign", frozenset(primitive.items())), Atom("sign", "sign", (Ratio(primitive),), NONNEGATIVE)
        )

    def slope(self, p: Polynomial) -> Ratio:
        """[p > 0] in a derivative, which exists only where p is not 0; so [p > 0] = 1 - [-p > 0]."""
        if self.looking and self.signs(p) == ZERO_SIGN:  # any number: it counts where it is not multiplied by 0
            return self._atom(("slope", frozenset()), Atom("slope", "slope", (ZERO,), ANY))
        if not p:
            raise AtKink("a derivative is taken at a kink")
        signs = self.signs(p) - ZERO_SIGN
        if len(signs) == 1:
            return ONE if signs == POSITIVE else ZERO
        if p[max(p)] < 0:
            return self.subtract(ONE, self.slope({m: -c for m, c in p.items()}))
        scale = content(p)
        primitive = {m: quotient(c, scale) for m, c in p.items()}
        return self._atom(
            ("slope", frozenset(primitive.items())), Atom("slope", "slope", (Ratio(primitive),), NONNEGATIVE)
        )

    def _primitive_key(self, p: Polynomial) -> object:
        scale = content(p)
        return frozenset((m, quotient(c, scale)) for m, c in p.items())

    def _sign_polynomial(self, value: Ratio) -> Polynomial:
        """A polynomial with the sign of the value, whose denominator is not 0.

        Raises: Undecided where it may be 0. The value of where(y > 0, 1/y, 2), which is written over y, is 2 there.
        """
        if self._may_vanish(value.denominator) and (self.looking or not self.conditions):
            raise Undecided("the sign of a quotient is asked for, of which a denominator may be 0 in another case")
        return self._cleared(value)

    def _may_vanish(self, factors: tuple[int, ...]) -> bool:
        polynomials = (self._factors[number] for number in factors)
        return any(0 in self.signs(p) and 0 in self._square_signs(p) for p in polynomials)

    def _cleared(self, value: Ratio) -> Polynomial:
        """The value times the square of its denominator, up to a positive number."""
        numerator = value.numerator
        for number in value.denominator:
            if self.signs(self._factors[number]) != POSITIVE:
                numerator = self._product(numerator, self._factors[number])
        return numerator

    def signs(self, p: Polynomial) -> Signs:
        """The signs that a polynomial may have; never one too few."""
        if not p:
            return ZERO_SIGN
        own = self._termwise_signs(p)
        if not self.facts or len(own) == 1:
            return own
        narrowed = linear.narrowed(p, own, self.facts)
        return narrowed & self._signs_of_factors(p) if len(p) == 1 and len(narrowed) > 1 else narrowed

    def _signs_of_factors(self, p: Polynomial) -> Signs:
        """The signs of a single product by those that the facts leave for each of its atoms."""
        ((monomial, coefficient),) = p.items()
        total = POSITIVE if coefficient > 0 else NEGATIVE
        for number in monomial:
            signs = linear.narrowed({(number,): 1}, self._atoms[number].signs, self.facts)
            total = frozenset(a * b for a in total for b in signs)
        return total

    def _termwise_signs(self, p: Polynomial) -> Signs:
        total: Signs = ZERO_SIGN
        for monomial, coefficient in p.items():
            signs = self._monomial_signs(monomial)
            total = ADDED_SIGNS[total, signs if coefficient > 0 else frozenset(-s for s in signs)]
            if total == ANY:
                return ANY
        return total

    def _monomial_signs(self, monomial: Monomial) -> Signs:
        total: Signs = POSITIVE
        for number, count in Counter(monomial).items():
            signs = self._atoms[number].signs
            if count % 2 == 0:
                signs = frozenset(s * s for s in signs)
            total = frozenset(a * b for a in total for b in signs)
        return total

    def _square_signs(self, p: Polynomial) -> Signs:
        """The signs that completing squares leaves a polynomial."""
        return quadratic.signs(p, lambda number: self._atoms[number].signs)

    def _require(self, wanted: Signs, value: Ratio, text: str) -> None:
        """Check that a value has one of the wanted signs, or keep the condition as open."""
        p = self._cleared(value)
        signs = self.signs(p)
        shown = signs <= wanted or self._square_signs(p) <= wanted
        if shown and not (0 in wanted and self._may_vanish(value.denominator)):
            return
        if not signs & wanted:
            raise Undefined(f"this never holds: {text}")
        self.conditions.append(Condition(wanted, value, text))
