"""The entries of a tensor at small literal extents, as terms and as matrices.

Sums over ranges are written out; zeros are dropped and numbers multiplied, and no other law is applied, so that each
side of an equation shows what it computes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from symconv.errors import Undefined
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.evaluate import Evaluator
from symconv.kernel.index import IndexVar
from symconv.kernel.terms import Lambda, Term
from symconv.printing import notation as n
from symconv.printing.names import Name
from symconv.printing.notation import Notation
from symconv.printing.scope import Scope
from symconv.printing.writing import Writer, number

Position = tuple[int, ...]


class WrittenOut:
    """The algebra of terms without sums over ranges."""

    def number(self, value: Fraction) -> Term:
        return t.number(value)

    def constant(self, name: str) -> Term:
        return t.Constant(name)

    def entry(self, variable: t.Variable, position: Position) -> Term:
        return t.Entry(variable, tuple(map(ix.index, position)))

    def add(self, values: Sequence[Term]) -> Term:
        parts = [part for value in values for part in (value.parts if isinstance(value, t.Add) else (value,))]
        return t.add(*parts)

    def multiply(self, values: Sequence[Term]) -> Term:
        if any(isinstance(value, t.Number) and value.value == 0 for value in values):
            return t.ZERO
        return t.multiply(*values)

    def power(self, base: Term, exponent: int) -> Term:
        if isinstance(base, t.Number) and base.value == 0 and exponent < 0:
            raise Undefined("division by 0")
        return t.number(1) if exponent == 0 else t.power(base, exponent)

    def maximum(self, values: Sequence[Term]) -> Term:
        numbers = [value.value for value in values if isinstance(value, t.Number)]
        others = [value for value in values if not isinstance(value, t.Number)]
        return t.maximum(*others, *([t.number(max(numbers))] if numbers else []))

    def apply(self, function: t.FunctionSymbol | t.Builtin, argument: Term, order: int) -> Term:
        return t.Apply(function, argument, order)

    def network(
        self, function: t.FunctionSymbol, output: int | None, argument: Sequence[Term], derivatives: Position
    ) -> Term:
        index = IndexVar("r")
        body = argument[-1] if argument else t.ZERO
        for place in range(len(argument) - 2, -1, -1):
            body = t.Where(t.IndexCompare(ix.index(index) - place, "eq"), argument[place], body)
        vector = Lambda((index,), (ix.index(len(argument)),), body)
        shown = None if output is None else ix.index(output)
        return t.Network(function, shown, vector, tuple(map(ix.index, derivatives)))

    def compare(self, left: Term, right: Term, relation: str, kink: t.Kink) -> bool | None:
        if not (isinstance(left, t.Number) and isinstance(right, t.Number)):
            return None
        order = left.value - right.value
        return {"gt": order > 0, "ge": order >= 0, "eq": order == 0}[relation]

    def select(
        self,
        left: Term,
        right: Term,
        relation: str,
        then: Callable[[], Term],
        otherwise: Callable[[], Term],
        kink: t.Kink,
    ) -> Term:
        return t.Where(t.Compare(left, right, relation), then(), otherwise(), kink)  # type: ignore[arg-type]


def matrix_of(tensor: Lambda, scope: Scope, values: dict[IndexVar, int] | None = None) -> Notation:
    """The entries of a tensor whose extents are integers at these values of its free indices.

    Raises: Undefined where an entry has no value; TooLong for entries that nobody would read.
    """
    evaluator = Evaluator(WrittenOut(), dict(values or {}))
    shape = tuple(map(evaluator.index, tensor.shape))

    def entry(position: Position) -> Notation:
        evaluator.values.update(zip(tensor.variables, position, strict=True))
        return Writer(scope).of(evaluator.value(tensor.body), {})

    return nested(shape, entry)


def nested(shape: Position, entry: Callable[[Position], Notation], place: Position = ()) -> Notation:
    """Entries as a matrix, a tuple of matrices for more than two axes, a tuple for one, and alone for none."""
    left = shape[len(place) :]
    if not left:
        return entry(place)
    if len(left) == 2 and all(left):
        rows = range(left[0])
        return n.Matrix(tuple(tuple(entry((*place, i, j)) for j in range(left[1])) for i in rows))
    return _tuple([nested(shape, entry, (*place, i)) for i in range(left[0])])


def numbers(values: object) -> Notation:
    """Nested lists of exact numbers as a matrix; text stands for a number that has no short exact form."""
    if not isinstance(values, list | tuple):
        return number(values) if isinstance(values, Fraction) else _approximate(str(values))
    rows = list(values)
    flat = (isinstance(row, list | tuple) and row and not any(isinstance(c, list | tuple) for c in row) for row in rows)
    if rows and all(flat):
        return n.Matrix(tuple(tuple(map(numbers, row)) for row in rows))
    return _tuple([numbers(row) for row in rows])


def _approximate(text: str) -> Notation:
    """Digits behind a sign of approximation, as ``≈ 0.5`` or ``≈ 1.2e-20``; any other text as a word."""
    digits, _, exponent = text.removeprefix("≈ ").partition("e")
    if not text.startswith("≈ "):
        return n.Word(text)
    power = rf" \cdot 10^{{{int(exponent)}}}" if exponent else ""
    return n.Symbol(Name(rf"\approx {digits}{power}", text))


def _tuple(items: list[Notation]) -> Notation:
    """Items in a row; a matrix that is alone in its row stands for itself."""
    alone = len(items) == 1 and isinstance(items[0], n.Matrix | n.Tuple)
    return items[0] if alone else n.Tuple(tuple(items))
