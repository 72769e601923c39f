"""An oracle for the kernel: what terms, and the pieces that they expand into, are at given numbers.

`Model` is an exact world in which the laws that the kernel uses hold and little else does: exp is 2**x and log its
inverse, other known functions are some monotone ones, and an unknown function has an arbitrary value at each argument.
`Pieces` sums the pieces of the general normal form by plain loops, derived tensors by their definitions. Neither shares
code with isl.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from math import floor

from symconv.errors import SymconvError, Undefined
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.evaluate import Evaluator
from symconv.kernel.general.normal import Normalizer
from symconv.kernel.general.pieces import ARGUMENT, COORDINATES, Name, Piece
from symconv.kernel.general.products import Constraint
from symconv.kernel.index import IndexTerm, IndexVar


class Unclear(SymconvError):
    """A point that settles nothing: a kink, or an exponential that is not rational."""


class Model:
    """An algebra of exact rationals. Entries are small integers, drawn anew for each seed."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def _drawn(self, low: int, high: int, *key: object) -> Fraction:
        return Fraction(random.Random(f"{self.seed}/{key}").randint(low, high))

    def number(self, value: Fraction) -> Fraction:
        return Fraction(value)

    def constant(self, name: str) -> Fraction:
        return Fraction(22, 7)

    def entry(self, variable: t.Variable, position: tuple[int, ...]) -> Fraction:
        if variable.sign == "positive":
            return Fraction(2) ** int(self._drawn(0, 2, variable.name, position))
        return self._drawn(-3 if variable.sign == "real" else 0, 3, variable.name, position)

    def add(self, values: Sequence[Fraction]) -> Fraction:
        return sum(values, Fraction(0))

    def multiply(self, values: Sequence[Fraction]) -> Fraction:
        total = Fraction(1)
        for value in values:
            total *= value
        return total

    def power(self, base: Fraction, exponent: int) -> Fraction:
        if exponent < 0 and base == 0:
            raise Undefined("division by 0")
        return base**exponent

    def maximum(self, values: Sequence[Fraction]) -> Fraction:
        return max(values)

    def apply(self, function: t.FunctionSymbol | t.Builtin, x: Fraction, order: int) -> Fraction:
        if isinstance(function, t.Builtin):
            return _builtin(function, x)
        if function.nondecreasing and order == 0:
            return floor(x) + max(x, Fraction(0))
        return self._drawn(-4, 4, function.name, order, x)

    def network(
        self, function: t.FunctionSymbol, output: int | None, argument: Sequence[Fraction], derivatives: tuple[int, ...]
    ) -> Fraction:
        return self._drawn(-4, 4, function.name, output, tuple(argument), tuple(sorted(derivatives)))

    def compare(self, left: Fraction, right: Fraction, relation: str, kink: bool) -> bool:
        if kink and left == right:
            raise Unclear("a derivative at a kink")
        return {"gt": left > right, "ge": left >= right, "eq": left == right}[relation]

    def select(
        self,
        left: Fraction,
        right: Fraction,
        relation: str,
        then: Callable[[], Fraction],
        otherwise: Callable[[], Fraction],
        kink: bool,
    ) -> Fraction:
        return then() if self.compare(left, right, relation, kink) else otherwise()


class Given(Model):
    """The model with numbers that are put in."""

    def __init__(self, **numbers: Fraction) -> None:
        super().__init__()
        self.numbers = numbers

    def entry(self, variable: t.Variable, position: tuple[int, ...]) -> Fraction:
        return self.numbers[variable.name + "".join(map(str, position))]


def _builtin(function: t.Builtin, x: Fraction) -> Fraction:
    match function.name:
        case "exp":
            if x.denominator != 1 or abs(x) > 200:
                raise Unclear("2**x that is not rational, or large")
            return Fraction(2) ** x.numerator
        case "log":
            if x <= 0:
                raise Undefined("logarithm of a number that is not positive")
            exponent = x.numerator.bit_length() - x.denominator.bit_length()
            if Fraction(2) ** exponent != x:
                raise Unclear("a logarithm that is not rational")
            return Fraction(exponent)
        case "root":
            if x < 0:
                raise Undefined("root of a negative number")
            return _exact_root(x, function.degree)
        case "erf":
            return x**3 / (1 + abs(x) ** 3)
        case "relu":
            return max(x, Fraction(0))
        case "abs":
            return abs(x)
        case "sigmoid":
            return 1 / (1 + _builtin(t.Builtin("exp"), -x))
        case "tanh":
            decay = _builtin(t.Builtin("exp"), -2 * x)
            return (1 - decay) / (1 + decay)
        case "softplus":
            return _builtin(t.Builtin("log"), 1 + _builtin(t.Builtin("exp"), x))
    raise Unclear(function.name)


def _exact_root(x: Fraction, degree: int) -> Fraction:
    """The root of a number that is a power of a rational number."""
    parts = [round(whole ** (1 / degree)) for whole in (x.numerator, x.denominator)]
    found = Fraction(*parts)
    if found**degree != x:
        raise Unclear("a root that is not rational")
    return found


def value(term: t.Term, values: dict[IndexVar, int], model: Model) -> Fraction:
    """The value of a term at integers for its index variables; raises `Undefined` where it has none."""
    return Evaluator(model, dict(values)).value(term)


class Pieces:
    """The value of pieces at integers for the sizes and free indices."""

    def __init__(self, normalizer: Normalizer, model: Model, sizes: dict[IndexVar, int]) -> None:
        self.normalizer = normalizer
        self.model = model
        self.sizes = sizes

    def total(self, pieces: Iterable[Piece], values: dict[IndexVar, int]) -> Fraction:
        found = (self._at(p, point) for p in pieces for point in points(p.bound, p.constraints, values))
        return sum(found, Fraction(0))

    def _at(self, piece: Piece, values: dict[IndexVar, int]) -> Fraction:
        product = piece.scale * piece.weight.evaluate(values)
        # A sum over no index is 0 times what is summed, which need not exist.
        for factor in piece.factors if product else ():
            product *= self._entry(factor.name, tuple(i.evaluate(values) for i in factor.index))
        return product

    def _entry(self, name: Name, index: tuple[int, ...]) -> Fraction:
        inner = dict(self.sizes)
        match name.head[0]:
            case "entry":
                return self.model.entry(name.head[1], self._position(name.head[1], index))
            case "constant":
                return self.model.constant(name.head[1])
            case "reciprocal":
                return self.model.power(self._entry(name.head[1], index), -1)
            case "network":
                return self._network(name, index, inner)
        inner |= dict(zip(COORDINATES, index, strict=False))
        if name.head[0] == "max":
            # Where it has no entries it stands in positive factors that cancel, and any number will do.
            found = (self._at(p, point) for p in name.pieces for point in points(p.bound, p.constraints, inner))
            return max(found, default=Fraction(7))
        total = self.total(name.pieces, inner)
        match name.head[0]:
            case "sign":
                return Fraction(self.model.compare(total, Fraction(0), name.head[1], False))
            case "apply":
                return self.model.apply(name.head[1], total, name.head[2])
        return total

    def _network(self, name: Name, index: tuple[int, ...], inner: dict[IndexVar, int]) -> Fraction:
        function, has_output, derivatives = name.head[1:4]
        leading, coordinates = index[: has_output + derivatives], index[has_output + derivatives :]
        inner |= dict(zip(COORDINATES, coordinates, strict=False))
        length = function.domain.evaluate(self.sizes)
        argument = [self.total(name.pieces, {**inner, ARGUMENT: r}) for r in range(length)]
        return self.model.network(function, leading[0] if has_output else None, argument, leading[has_output:])

    def _position(self, variable: t.Variable, digits: tuple[int, ...]) -> tuple[int, ...]:
        """The index of an axis from its digits. Outside of the tensor in positive factors that cancel."""
        position, left = [], list(digits)
        for extent in variable.shape:
            places = [place.evaluate(self.sizes) for _, place in self.normalizer.places(extent)]
            position.append(sum(place * left.pop(0) for place in places))
        return tuple(position)


def points(
    bound: Sequence[IndexVar], constraints: Iterable[Constraint], values: dict[IndexVar, int]
) -> Iterator[dict[IndexVar, int]]:
    """All values of the bound indices, from 0 on, that meet the constraints; by plain loops."""
    checks = list(constraints)
    ready = [c for c in checks if not any(v in bound for v in c.term.variables())]
    if not all(meets(c, values) for c in ready):
        return
    if not bound:
        yield dict(values)
        return
    rest = [c for c in checks if c not in ready]
    tops = [(top, v) for v in bound if (top := _top(v, bound, rest, values)) is not None]
    top, variable = min(tops, key=lambda item: item[0]) if tops else (40, bound[0])
    others = [v for v in bound if v is not variable]
    for number in range(top + 1):
        yield from points(others, rest, {**values, variable: number})


def _top(
    variable: IndexVar, bound: Sequence[IndexVar], constraints: list[Constraint], values: dict[IndexVar, int]
) -> int | None:
    """The largest value of an index that a constraint ``c - variable >= 0`` allows."""
    tops = []
    for constraint in constraints:
        rest: IndexTerm = constraint.term + ix.index(variable)
        if not any(v in bound for v in rest.variables()):
            tops.append(rest.evaluate(values))
    return min(tops) if tops else None


def meets(constraint: Constraint, values: dict[IndexVar, int]) -> bool:
    found = constraint.term.evaluate(values)
    return found == 0 if constraint.equality else found >= 0
