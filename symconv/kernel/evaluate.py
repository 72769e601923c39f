"""Terms at fixed sizes and indices, in any algebra.

One walk over a term serves every engine: the sparse polynomials that decide, exact rationals that refute, and SymPy
expressions that a person reads. An `Algebra` says what numbers, entries, sums, products and functions are; this module
says which of them a term asks for. Entries of defined tensors are computed once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Generic, Protocol, TypeVar

from symconv.errors import TimeLimit, Undecided, Undefined
from symconv.kernel import terms as t
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.terms import Condition, Kink, Term

V = TypeVar("V")
Position = tuple[int, ...]


class Algebra(Protocol[V]):
    """What a term's values are. Division by zero and the like raise `Undefined`."""

    def number(self, value: Fraction) -> V: ...
    def constant(self, name: str) -> V: ...
    def entry(self, variable: t.Variable, position: Position) -> V: ...
    def add(self, values: Sequence[V]) -> V: ...
    def multiply(self, values: Sequence[V]) -> V: ...
    def power(self, base: V, exponent: int) -> V: ...
    def maximum(self, values: Sequence[V]) -> V: ...
    def apply(self, function: t.FunctionSymbol | t.Builtin, argument: V, order: int) -> V: ...
    def network(
        self, function: t.FunctionSymbol, output: int | None, argument: Sequence[V], derivatives: Position
    ) -> V: ...
    def compare(self, left: V, right: V, relation: str, kink: Kink) -> bool | None:
        """Whether the relation holds; ``None`` when that depends on the entries."""

    def select(
        self, left: V, right: V, relation: str, then: Callable[[], V], otherwise: Callable[[], V], kink: Kink
    ) -> V:
        """``then`` where the relation holds, else ``otherwise``, when that depends on the entries."""


class Evaluator(Generic[V]):
    """The value of terms in an algebra, at integers for the index variables."""

    def __init__(
        self, algebra: Algebra[V], values: dict[IndexVar, int], tick: Callable[[], None] | None = None
    ) -> None:
        self.algebra = algebra
        self.values = values
        self._tick = tick or (lambda: None)
        self._known: dict[tuple[Any, ...], V | t.Infinity] = {}
        self._alive: list[t.Lambda] = []
        self._rules: dict[type, Callable[[Any], V | t.Infinity]] = {
            t.Number: lambda term: self.algebra.number(term.value),
            t.Constant: lambda term: self.algebra.constant(term.name),
            t.Infinity: lambda term: term,
            t.IndexNumber: lambda term: self.algebra.number(Fraction(self.index(term.index))),
            t.Entry: self._entry,
            t.Add: self._add,
            t.Mul: self._multiply,
            t.Power: self._power,
            t.Sum: self._sum,
            t.Max: lambda term: self._maximum([self._any(part) for part in term.parts]),
            t.MaxOver: lambda term: self._maximum(self._over(term)),
            t.Where: self._where,
            t.Apply: self._apply,
            t.Network: self._network,
            t.Read: self._read,
        }

    def value(self, term: Term) -> V:
        """The finite value of a term; raises `Undefined` where it has none."""
        found = self._any(term)
        if isinstance(found, t.Infinity):
            raise Undefined("the largest or smallest of no numbers is infinite")
        return found

    def index(self, term: IndexTerm) -> int:
        try:
            return term.evaluate(self.values)
        except ZeroDivisionError:
            raise Undefined("an index is divided by 0") from None

    def _any(self, term: Term) -> V | t.Infinity:
        return self._rules[type(term)](term)

    def _entry(self, term: t.Entry) -> V:
        return self.algebra.entry(term.variable, self._position(term.index, term.variable.shape, term.variable.name))

    def _position(self, index: tuple[IndexTerm, ...], shape: tuple[IndexTerm, ...], name: str) -> Position:
        position = tuple([self.index(i) for i in index])
        for axis, (i, extent) in enumerate(zip(position, shape, strict=True)):
            if not 0 <= i < self.index(extent):
                raise Undefined(f"index {i} is outside axis {axis} of {name}, of length {self.index(extent)}")
        return position

    def _add(self, term: t.Add) -> V | t.Infinity:
        return self._total([self._any(part) for part in term.parts])

    def _sum(self, term: t.Sum) -> V | t.Infinity:
        return self._total(self._over(term))

    def _over(self, term: t.Sum | t.MaxOver) -> list[V | t.Infinity]:
        """The values of the body over the range; those of a nested one of the same kind are taken together."""
        self._tick()
        outer = self.values.get(term.variable)
        nested = type(term.body) is type(term)
        found: list[V | t.Infinity] = []
        for value in range(self.index(term.extent)):
            self.values[term.variable] = value
            if nested:
                found += self._over(term.body)  # type: ignore[arg-type]
            else:
                found.append(self._any(term.body))
        if outer is not None:
            self.values[term.variable] = outer
        return found

    def _total(self, values: list[V | t.Infinity]) -> V | t.Infinity:
        infinite = {value.sign for value in values if isinstance(value, t.Infinity)}
        if len(infinite) > 1:
            raise Undefined("plus infinity and minus infinity are added")
        return t.Infinity(infinite.pop()) if infinite else self.algebra.add(values)  # type: ignore[arg-type]

    def _multiply(self, term: t.Mul) -> V | t.Infinity:
        values = [self._any(part) for part in term.parts]
        if any(isinstance(value, t.Infinity) for value in values):
            return _signed(term, values)
        return self.algebra.multiply(values)  # type: ignore[arg-type]

    def _power(self, term: t.Power) -> V:
        return self.algebra.power(self.value(term.base), self.index(term.exponent))

    def _maximum(self, values: list[V | t.Infinity]) -> V | t.Infinity:
        if any(isinstance(value, t.Infinity) and value.sign > 0 for value in values):
            return t.Infinity(1)
        finite = [value for value in values if not isinstance(value, t.Infinity)]
        return self.algebra.maximum(finite) if finite else t.MINUS_INFINITY

    def _where(self, term: t.Where) -> V | t.Infinity:
        known = self._holds(term.condition)
        if known is not None:
            return self._any(term.then if known else term.otherwise)
        return self._choose(term.condition, lambda: self._any(term.then), lambda: self._any(term.otherwise), term.kink)

    def _holds(self, condition: Condition) -> bool | None:
        """Whether a condition on indices holds; ``None`` for one that asks about entries too."""
        kind = type(condition)
        if kind is t.IndexCompare:
            value = self.index(condition.term)  # type: ignore[union-attr]
            return value == 0 if condition.relation == "eq" else value >= 0  # type: ignore[union-attr]
        if kind is t.And or kind is t.Or:
            decisive = kind is t.Or
            for part in condition.parts:  # type: ignore[union-attr]
                known = self._holds(part)
                if known is None or known is decisive:
                    return known
            return not decisive
        if kind is t.Not:
            known = self._holds(condition.part)  # type: ignore[union-attr]
            return None if known is None else not known
        return condition if isinstance(condition, bool) else None

    def _choose(
        self,
        condition: Condition,
        then: Callable[[], V | t.Infinity],
        otherwise: Callable[[], V | t.Infinity],
        kink: Kink,
    ) -> V | t.Infinity:
        """``then`` where the condition holds; connectives become nested choices, so that each asks one comparison."""
        match condition:
            case bool():
                return then() if condition else otherwise()
            case t.IndexCompare():
                value = self.index(condition.term)
                return then() if (value == 0 if condition.relation == "eq" else value >= 0) else otherwise()
            case t.Not():
                return self._choose(condition.part, otherwise, then, kink)
            case t.And():
                first, rest = condition.parts[0], t.conjunction(*condition.parts[1:])
                return self._choose(first, lambda: self._choose(rest, then, otherwise, kink), otherwise, kink)
            case t.Or():
                first, rest = condition.parts[0], t.disjunction(*condition.parts[1:])
                return self._choose(first, then, lambda: self._choose(rest, then, otherwise, kink), kink)
            case t.Compare():
                return self._compare(condition, then, otherwise, kink)

    def _compare(
        self,
        condition: t.Compare,
        then: Callable[[], V | t.Infinity],
        otherwise: Callable[[], V | t.Infinity],
        kink: Kink,
    ) -> V | t.Infinity:
        left, right = self._any(condition.left), self._any(condition.right)
        if isinstance(left, t.Infinity) or isinstance(right, t.Infinity):
            order = _rank(left) - _rank(right)
            holds = {"gt": order > 0, "ge": order >= 0, "eq": order == 0}[condition.relation]
            return then() if holds else otherwise()
        known = self.algebra.compare(left, right, condition.relation, kink)
        if known is not None:
            return then() if known else otherwise()
        return self.algebra.select(left, right, condition.relation, self._branch(then), self._branch(otherwise), kink)

    def _branch(self, branch: Callable[[], V | t.Infinity]) -> Callable[[], V]:
        """A branch whose values hold only under its condition, and so are not shared with the outside."""

        def checked() -> V:
            outside, self._known = self._known, {}
            try:
                value = branch()
            finally:
                self._known = outside
            if isinstance(value, t.Infinity):
                raise Undecided("an infinity that depends on the sign of an entry")
            return value

        return checked

    def _apply(self, term: t.Apply) -> V | t.Infinity:
        argument = self._any(term.argument)
        if not isinstance(argument, t.Infinity):
            return self.algebra.apply(term.function, argument, term.order)
        known = isinstance(term.function, t.Builtin) and term.order == 0  # a parameter may bear the name of a known one
        limit = _AT_INFINITY.get((str(term.function), argument.sign)) if known else None
        if limit is None:
            raise Undefined(f"{term.function} is applied to infinity")
        return limit if isinstance(limit, t.Infinity) else self.algebra.number(Fraction(limit))

    def _network(self, term: t.Network) -> V:
        size = self.index(term.argument.shape[0])
        argument = [self._defined(term.argument, (r,)) for r in range(size)]
        if any(isinstance(value, t.Infinity) for value in argument):
            raise Undefined(f"{term.function} is applied to infinity")
        output = None if term.output is None else self.index(term.output)
        derivatives = tuple(sorted(map(self.index, term.derivatives)))
        return self.algebra.network(term.function, output, argument, derivatives)  # type: ignore[arg-type]

    def _read(self, term: t.Read) -> V | t.Infinity:
        return self._defined(term.definition, self._position(term.index, term.definition.shape, "a tensor"))

    def _defined(self, tensor: t.Lambda, position: Position) -> V | t.Infinity:
        """An entry of a defined tensor, computed once for each position and each value of its outer variables."""
        key = (id(tensor), position, *[self.values[v] for v in tensor.free])
        found = self._known.get(key)
        if found is None:
            self._alive.append(tensor)
            outer = [self.values.get(v) for v in tensor.variables]
            self.values.update(zip(tensor.variables, position, strict=True))
            found = self._known[key] = self._any(tensor.body)
            for variable, value in zip(tensor.variables, outer, strict=True):
                if value is not None:
                    self.values[variable] = value
        return found


_AT_INFINITY: dict[tuple[str, int], int | t.Infinity] = {
    ("exp", -1): 0,
    ("sigmoid", -1): 0,
    ("sigmoid", 1): 1,
    ("tanh", -1): -1,
    ("tanh", 1): 1,
    ("erf", -1): -1,
    ("erf", 1): 1,
    ("relu", -1): 0,
    ("relu", 1): t.Infinity(1),
    ("softplus", -1): 0,
    ("abs", -1): t.Infinity(1),
    ("abs", 1): t.Infinity(1),
}


def _signed(term: t.Mul, values: Sequence[Any]) -> t.Infinity:
    """A product with an infinity: a nonzero number may stand beside it, nothing else."""
    sign = 1
    for part, value in zip(term.parts, values, strict=True):
        if isinstance(value, t.Infinity):
            sign *= value.sign
        elif isinstance(part, t.Number) and part.value:
            sign *= 1 if part.value > 0 else -1
        else:
            raise Undefined("infinity is multiplied by a term whose sign is not known")
    return t.Infinity(sign)


def _rank(value: object) -> int:
    return value.sign if isinstance(value, t.Infinity) else 0


class Deadline:
    """Raises `TimeLimit` once the time is over; called now and then by long walks."""

    def __init__(self, seconds: float | None) -> None:
        self._clock = time.monotonic
        self.end = None if seconds is None else time.monotonic() + seconds

    @property
    def left(self) -> float | None:
        """The seconds that are left, if they are limited."""
        return None if self.end is None else self.end - self._clock()

    def __call__(self) -> None:
        if self.end is not None and self._clock() > self.end:
            raise TimeLimit("the time limit is reached")
