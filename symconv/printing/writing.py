"""Terms of the kernel as notation.

An entry of a defined tensor is written out where it is read. Nothing is simplified by laws of arithmetic: signs are
drawn out, divisors put under a bar, conditions with the values 1 and 0 shown as Kronecker's delta or Iverson's bracket.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.terms import Lambda, Term
from symconv.printing import notation as n
from symconv.printing.conditions import Conditions
from symconv.printing.indices import Indices
from symconv.printing.names import Name
from symconv.printing.notation import Notation
from symconv.printing.products import Factors, assembled
from symconv.printing.scope import Scope
from symconv.printing.usage import counts_only

Env = Mapping[IndexVar, IndexTerm]
Signed = tuple[bool, Notation]

PI = n.Symbol(Name(r"\pi", "π"))
_SHORT = 4
"""Entries up to which the argument of a function of vectors is written out."""
LONGEST = 1200
"""Nodes from which on a formula is no longer one that a person reads."""


class TooLong(Exception):
    """A formula of more than `LONGEST` nodes."""


class Writer:
    """Terms as notation in one scope."""

    def __init__(self, scope: Scope, longest: int = LONGEST) -> None:
        self.scope = scope
        self.indices = Indices(scope)
        self.conditions = Conditions(self)
        self._left = longest

    def entry(self, tensor: Lambda, axes: Sequence[ix.IndexLike], env: Env | None = None) -> Notation:
        """The entry of a tensor at free indices that the scope knows."""
        bound = {v: ix.index(axis) for v, axis in zip(tensor.variables, axes, strict=True)}
        return self.top(tensor.body, {**(env or {}), **bound})

    def top(self, term: Term, env: Env) -> Notation:
        """A term that stands by itself, where cases may be shown as cases."""
        while isinstance(term, t.Read):
            term, env = self._read(term, env)
        if isinstance(term, t.Where):
            return self.conditions.cases(term, env)
        return self.of(term, env)

    def of(self, term: Term, env: Env) -> Notation:
        """A term within another."""
        negative, shown = self.signed(term, env)
        if not negative:
            return shown
        if isinstance(shown, n.Plus):
            return n.Plus(tuple((not sign, part) for sign, part in shown.terms))
        return n.negated(shown)

    def signed(self, term: Term, env: Env) -> Signed:
        """A term as a sign and what is left."""
        self._left -= 1
        if self._left < 0:
            raise TooLong
        match term:
            case t.Number():
                return term.value < 0, rational(abs(term.value))
            case t.Infinity():
                return term.sign < 0, n.Infinite()
            case t.IndexNumber():
                return _single(self.indices.value(term.index.substitute(env)))
            case t.Mul():
                return self._product(term, env)
            case t.Power() if term.exponent.constant is not None and term.exponent.constant < 0:
                return self._product(t.Mul((term,)), env)
            case t.Read():
                return self.signed(*self._read(term, env))
            case t.Add():
                return _single(self._sum(term, env))
            case t.Where():
                return self.conditions.within(term, env)
            case t.Constant():
                return False, PI
            case t.Entry():
                return False, self._entry(term, env)
            case _:
                return False, self._plain(term, env)

    def _plain(self, term: Term, env: Env) -> Notation:
        match term:
            case t.Power():
                return n.Powered(self.of(term.base, env), self.indices.value(term.exponent.substitute(env)))
            case t.Sum():
                return self._big("sum", term, env)
            case t.MaxOver():
                return self._big("max", term, env)
            case t.Max():
                return self._extremum("max", term, env)
            case t.Apply():
                return self._apply(term, env)
            case t.Network():
                return self._network(term, env)
            case _:
                raise TypeError(f"no notation for {term!r}")

    def _read(self, term: t.Read, env: Env) -> tuple[Term, Env]:
        values = [index.substitute(env) for index in term.index]
        return term.definition.body, {**env, **dict(zip(term.definition.variables, values, strict=True))}

    def _entry(self, term: t.Entry, env: Env) -> Notation:
        base = n.Symbol(self.scope.named(term.variable.name))
        if not term.index:
            return base
        return n.Subscripted(base, tuple(self.indices.position(i.substitute(env)) for i in term.index))

    def _sum(self, term: t.Add, env: Env) -> Notation:
        parts: list[Signed] = []
        for part in term.parts:
            negative, shown = self.signed(part, env)
            parts += shown.terms if isinstance(shown, n.Plus) and not negative else ((negative, shown),)
        kept = [(negative, part) for negative, part in parts if part != n.Integer(0)]
        return plus(kept)

    # --- products ------------------------------------------------------------------------------------------------

    def _product(self, term: t.Mul, env: Env) -> Signed:
        smallest = self._smallest(term, env)
        if smallest is not None:
            return False, smallest
        factors = Factors()
        self._collect(term, env, factors)
        return factors.negative, assembled(factors)

    def _collect(self, term: Term, env: Env, factors: Factors) -> None:
        """The factors of a term, sorted into number, numerators and denominators."""
        while isinstance(term, t.Read):
            term, env = self._read(term, env)
        match term:
            case t.Mul():
                for part in term.parts:
                    self._collect(part, env, factors)
            case t.Number():
                factors.number *= term.value
            case t.Power() if term.exponent.constant is not None and term.exponent.constant < 0:
                shown = self.of(t.power(term.base, -term.exponent), env)
                factors.divide(shown)
            case t.Where() if self.conditions.is_guard(term):
                for bracket in self.conditions.brackets(term.condition, env):
                    factors.sign(False, bracket)
                self._collect(term.then, env, factors)
            case _:
                factors.sign(*self.signed(term, env))

    def _smallest(self, term: t.Mul, env: Env) -> Notation | None:
        """min(a, b) for -max(-a, -b)."""
        if len(term.parts) != 2 or not isinstance(term.parts[0], t.Number) or term.parts[0].value != -1:
            return None
        largest: Term = term.parts[1]
        while isinstance(largest, t.Read):
            largest, env = self._read(largest, env)
        inner: Term = largest
        inner_env = env
        while isinstance(inner, t.MaxOver | t.Read):
            if isinstance(inner, t.MaxOver):
                inner = inner.body
            else:
                inner, inner_env = self._read(inner, inner_env)
        if isinstance(largest, t.MaxOver) and is_negative(inner):
            return self._big("min", largest, env)
        if isinstance(largest, t.Max) and all(map(is_negative, largest.parts)):
            return self._extremum("min", largest, env)
        return None

    # --- sums, maxima, functions ---------------------------------------------------------------------------------

    def _big(self, operator: str, term: t.Sum | t.MaxOver, env: Env) -> Notation:
        extent = term.extent.substitute(env)
        if extent.constant == 1:
            return self._body(operator, term.body, {**env, term.variable: ix.ZERO})
        counted = counts_only(term.body, term.variable)
        with self.scope.bound(term.variable.name, extent, counted=counted) as variable:
            body = self._body(operator, term.body, {**env, term.variable: ix.index(variable)})
            origin = 0 if counted else self.scope.origin
            low, high = n.Integer(origin), self.indices.value(extent - 1 + origin)
            symbol = n.Symbol(self.scope.symbol(variable))
        return n.Big(operator, symbol, low, high, body)  # type: ignore[arg-type]

    def _body(self, operator: str, body: Term, env: Env) -> Notation:
        while isinstance(body, t.Read):
            body, env = self._read(body, env)
        if operator == "min":
            return self._big("min", body, env) if isinstance(body, t.MaxOver) else self.of(t.negate(body), env)
        return self.of(body, env)

    def _extremum(self, operator: str, term: t.Max, env: Env) -> Notation:
        parts = term.parts
        if operator == "max" and len(parts) == 2 and _opposite(*parts):
            return n.Absolute(self.of(parts[0] if not is_negative(parts[0]) else parts[1], env))
        signs = [t.negate(part) if operator == "min" else part for part in parts]
        return n.Call(n.Word(operator), tuple(self.of(part, env) for part in signs))

    def _apply(self, term: t.Apply, env: Env) -> Notation:
        argument = self.of(term.argument, env)
        function = term.function
        if isinstance(function, t.FunctionSymbol):
            return n.Call(n.Symbol(self.scope.named(function.name)), (argument,), term.order)
        match function.name:
            case "exp" if not n.is_tall(argument) and "e" not in self.scope.identifiers:
                return n.Exponential(argument)
            case "root":
                return n.Root(argument, function.degree)
            case "abs":
                return n.Absolute(argument)
            case name:
                return n.Call(n.Word(name), (argument,), term.order)

    def _network(self, term: t.Network, env: Env) -> Notation:
        function: Notation = n.Symbol(self.scope.named(term.function.name))
        if term.output is not None:
            function = n.Subscripted(function, (self.indices.position(term.output.substitute(env)),))
        argument = self._vector(term.argument, env)
        if not term.derivatives:
            return n.Call(function, argument.items if isinstance(argument, n.Tuple) else (argument,))
        places = tuple(self.indices.position(place.substitute(env)) for place in term.derivatives)
        return n.Partial(places, function, argument)

    def _vector(self, tensor: Lambda, env: Env) -> Notation:
        """A vector by its name where it is a parameter, or a row of one; else by its entries."""
        extent = tensor.shape[0].substitute(env)
        (index,) = tensor.variables
        if extent.constant is not None and 0 < extent.constant <= _SHORT:
            entries = (self.of(tensor.body, {**env, index: ix.index(place)}) for place in range(extent.constant))
            return n.Tuple(tuple(entries))
        body, inner = tensor.body, dict(env)
        with self.scope.bound(index.name, extent, counted=False) as variable:
            inner[index] = ix.index(variable)
            while isinstance(body, t.Read):
                body, inner = self._read(body, inner)  # type: ignore[assignment]
            if isinstance(body, t.Entry) and body.index and body.index[-1].substitute(inner) == ix.index(variable):
                leading = tuple(i.substitute(inner) for i in body.index[:-1])
                free = all(variable not in set(i.variables()) for i in leading)
                if free and extent == body.variable.shape[-1]:
                    base = n.Symbol(self.scope.named(body.variable.name))
                    places = (*map(self.indices.position, leading), n.Whole())
                    return n.Subscripted(base, places) if leading else base
            shown = self.of(body, inner)
            low, high = n.Integer(self.scope.origin), self.indices.value(extent - 1 + self.scope.origin)
            return n.Vector(shown, n.Symbol(self.scope.symbol(variable)), low, high)


def rational(value: Fraction) -> Notation:
    """A number that is not negative."""
    if value.denominator == 1:
        return n.Integer(value.numerator)
    return n.Fraction(n.Integer(value.numerator), n.Integer(value.denominator))


def number(value: Fraction) -> Notation:
    """A number with its sign."""
    return n.negated(rational(-value)) if value < 0 else rational(value)


def plus(parts: Iterable[Signed]) -> Notation:
    """A sum; one that begins with a minus is turned so that it does not, where it can be."""
    terms = list(parts)
    if not terms:
        return n.Integer(0)
    first = next((place for place, (negative, _) in enumerate(terms) if not negative), 0)
    ordered = [terms[first], *terms[:first], *terms[first + 1 :]]
    return ordered[0][1] if len(ordered) == 1 and not ordered[0][0] else n.Plus(tuple(ordered))


def is_negative(term: Term) -> bool:
    """Whether a term is written as the opposite of another."""
    if isinstance(term, t.Mul):
        return isinstance(term.parts[0], t.Number) and term.parts[0].value < 0
    if isinstance(term, t.Number):
        return term.value <= 0
    return isinstance(term, t.Infinity) and term.sign < 0


def _single(shown: Notation) -> Signed:
    """A sum of one negative part as a sign and the part."""
    if isinstance(shown, n.Plus) and len(shown.terms) == 1:
        return shown.terms[0]
    return False, shown


def _opposite(left: Term, right: Term) -> bool:
    """Whether one of two terms is written as the opposite of the other."""
    for a, b in ((left, right), (right, left)):
        if isinstance(b, t.Mul) and len(b.parts) == 2 and is_negative(b) and b.parts[1] is a:
            return isinstance(b.parts[0], t.Number) and b.parts[0].value == -1
    return False
