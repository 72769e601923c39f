"""Terms as the SymPy expressions that a user sees, and SymPy expressions as terms.

SymPy is a calculator and a witness here, never the judge. A term is evaluated in an algebra of SymPy expressions;
unknown entries are `Indexed` objects with the assumptions of their hypotheses.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

import sympy

from symconv.errors import Undecided, Undefined
from symconv.kernel import calculus
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.evaluate import Evaluator
from symconv.kernel.index import IndexVar
from symconv.kernel.terms import Term
from symconv.tensors.tensor import BooleanTensor, SymbolicTensor, as_tensor, show_shape

_SHOWN_ENTRIES = 64
_COMPARED = 4
_LONGEST_SHOWN = 80
_FUNCTIONS: dict[str, Callable[[sympy.Expr], sympy.Expr]] = {
    "exp": sympy.exp,
    "log": sympy.log,
    "erf": sympy.erf,
    "abs": sympy.Abs,
    "tanh": sympy.tanh,
    "relu": lambda x: sympy.Max(0, x),
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
}


class NondecreasingFunction(sympy.Function):  # type: ignore[misc]
    """An unknown nondecreasing function, as SymPy sees one: it goes through a maximum and a minimum."""

    is_real = True

    @classmethod
    def eval(cls, *arguments: sympy.Expr) -> sympy.Expr | None:
        (argument,) = arguments
        if isinstance(argument, (sympy.Max, sympy.Min)):
            return _extreme(argument.func, [cls(part) for part in argument.args])
        if isinstance(-argument, (sympy.Max, sympy.Min)):
            opposite = sympy.Min if isinstance(-argument, sympy.Max) else sympy.Max
            return _extreme(opposite, [cls(-part) for part in (-argument).args])
        return None


def _extreme(kind: Any, parts: Iterable[sympy.Expr], evaluate: bool = True) -> sympy.Expr:
    """SymPy's Max or Min, left as it is where they raise: they take g(0) for a number, and cannot compare it."""
    arguments = list(parts)
    try:
        return kind(*arguments, evaluate=evaluate)
    except ValueError:
        return kind(*arguments, evaluate=False)


class SymPyExpressions:
    """The algebra of SymPy expressions."""

    def number(self, value: Fraction) -> sympy.Expr:
        return sympy.Rational(value.numerator, value.denominator)

    def constant(self, name: str) -> sympy.Expr:
        return sympy.pi

    def entry(self, variable: t.Variable, position: tuple[int, ...]) -> sympy.Expr:
        return _entry_symbol(variable.name, variable.sign, position)

    def add(self, values: Sequence[sympy.Expr]) -> sympy.Expr:
        return sympy.Add(*values)

    def multiply(self, values: Sequence[sympy.Expr]) -> sympy.Expr:
        return sympy.Mul(*values)

    def power(self, base: sympy.Expr, exponent: int) -> sympy.Expr:
        if base == 0 and exponent < 0:
            raise Undefined("division by 0")
        return base**exponent

    def maximum(self, values: Sequence[sympy.Expr]) -> sympy.Expr:
        parts = [part for value in values for part in (value.args if isinstance(value, sympy.Max) else [value])]
        numbers = [part for part in parts if part.is_Rational]
        others = dict.fromkeys(part for part in parts if not part.is_Rational)
        least = [max(numbers)] if numbers else []
        # Max compares its arguments in pairs, which takes seconds for a window of ten.
        return _extreme(sympy.Max, [*least, *others], evaluate=len(least) + len(others) <= _COMPARED)

    def apply(self, function: t.FunctionSymbol | t.Builtin, argument: sympy.Expr, order: int) -> sympy.Expr:
        if isinstance(function, t.FunctionSymbol):
            return _function(function.name + "'" * order, function.nondecreasing and order == 0)(argument)
        if function.name == "root":
            return _root(argument, function.degree)
        if function.name == "log" and argument == 0:
            raise Undefined("logarithm of 0")
        return _FUNCTIONS[function.name](argument)

    def network(
        self,
        function: t.FunctionSymbol,
        output: int | None,
        argument: Sequence[sympy.Expr],
        derivatives: tuple[int, ...],
    ) -> sympy.Expr:
        name = function.name + ("" if output is None else f"_{output}") + "".join(f".d{r}" for r in derivatives)
        return _function(name, False)(*argument)

    def compare(self, left: sympy.Expr, right: sympy.Expr, relation: str, kink: t.Kink) -> bool | None:
        known = _relation(left, right, relation)
        return bool(known) if known in (sympy.true, sympy.false) else None

    def select(
        self,
        left: sympy.Expr,
        right: sympy.Expr,
        relation: str,
        then: Callable[[], sympy.Expr],
        otherwise: Callable[[], sympy.Expr],
        kink: t.Kink,
    ) -> sympy.Expr:
        return sympy.Piecewise((then(), _relation(left, right, relation)), (otherwise(), True))


def _relation(left: sympy.Expr, right: sympy.Expr, relation: str) -> Any:
    kind = {"gt": sympy.Gt, "ge": sympy.Ge, "eq": sympy.Eq}[relation]
    return kind(left, right)


def _root(argument: sympy.Expr, degree: int) -> sympy.Expr:
    if argument.is_negative:
        raise Undefined("root of a negative number")
    return argument ** sympy.Rational(1, degree)


@functools.lru_cache(maxsize=100_000)
def _entry_symbol(name: str, sign: str, position: tuple[int, ...]) -> sympy.Expr:
    assumptions = {"real": {"real": True}, "positive": {"positive": True}, "nonnegative": {"nonnegative": True}}[sign]
    if not position:
        return sympy.Symbol(name, **assumptions)
    return sympy.IndexedBase(name, **assumptions)[position]


@functools.lru_cache(maxsize=1000)
def _function(name: str, nondecreasing: bool) -> Any:
    if nondecreasing:
        return type(name, (NondecreasingFunction,), {})
    return sympy.Function(name, real=True)


def expression(term: Term, values: dict[IndexVar, int] | None = None) -> sympy.Expr:
    """A term without free indices as a SymPy expression."""
    return Evaluator(SymPyExpressions(), values or {}).value(term)


def entries(tensor: SymbolicTensor) -> Any:
    """The entries of a tensor of literal extents as SymPy expressions, in nested lists."""
    extents = [n.constant for n in tensor.extents]
    if any(n is None for n in extents):
        raise Undecided(
            f"the entries of a tensor of shape {show_shape(tensor.extents)} cannot be listed: its extents are symbols"
        )
    evaluator = Evaluator(SymPyExpressions(), {})

    def nested(index: tuple[int, ...]) -> Any:
        if len(index) == len(extents):
            return evaluator.value(tensor.at(tuple(map(ix.index, index))))
        return [nested((*index, i)) for i in range(extents[len(index)] or 0)]

    return nested(())


def show(tensor: SymbolicTensor) -> str:
    """A tensor as text: its entries where they are few, else its shape."""
    extents = [n.constant for n in tensor.extents]
    count = 1
    for n in extents:
        count *= -1 if n is None else n
    if not 0 <= count <= _SHOWN_ENTRIES or any(n is None for n in extents):
        return _described(tensor)
    try:
        shown = entries(tensor)
    except KeyError:  # a free index without a value
        return _described(tensor)
    return f"tensor({shown})" if tensor.extents else str(shown)


def show_conditions(conditions: BooleanTensor) -> str:
    """Conditions as text: each where they are few, else their shape."""
    shape = show_shape(conditions.extents)
    extents = [n.constant for n in conditions.extents]
    if any(n is None for n in extents) or math.prod(n or 0 for n in extents) > _SHOWN_ENTRIES:
        return f"<conditions of shape {shape}>"
    try:
        shown = entries(SymbolicTensor(conditions.extents, conditions._symconv_entry))
    except KeyError:  # a free index without a value
        return f"<conditions of shape {shape}>"
    return f"conditions({_holds(shown)})" if conditions.extents else str(_holds(shown))


def _holds(shown: Any) -> Any:
    """The condition under which an entry is 1, and not 0."""
    if isinstance(shown, list):
        return [_holds(item) for item in shown]
    if not isinstance(shown, sympy.Piecewise):
        return sympy.true if shown == 1 else sympy.false
    holds = sympy.false
    for value, condition in reversed(shown.args):
        inner = _holds(value)
        rest = holds if inner == sympy.true else sympy.And(sympy.Not(condition), holds)
        holds = sympy.Or(sympy.And(condition, inner), rest)
    return holds


def _described(tensor: SymbolicTensor) -> str:
    """A tensor whose entries cannot be listed: how it was made, where that is short, and its shape."""
    from symconv.printing.tensors import by_operations

    made = by_operations(tensor)
    shown = made[1] if made is not None else ""
    name = f" {shown}" if shown and "\n" not in shown and len(shown) <= _LONGEST_SHOWN else ""
    return f"<symbolic tensor{name} of shape {show_shape(tensor.extents)}>"


def term_of(value: sympy.Expr) -> Term:
    """A SymPy expression over symbols and entries as a term; raises TypeError for what has no meaning here."""
    if value.is_Rational:
        return t.number(Fraction(int(value.p), int(value.q)))
    if value.is_Float:
        return as_tensor(float(value)).at(())
    if value in (sympy.oo, -sympy.oo):
        return t.Infinity(1 if value is sympy.oo else -1)
    if value is sympy.pi:
        return t.PI
    if value is sympy.E:
        return t.Apply(calculus.EXP, t.ONE)
    if isinstance(value, sympy.Symbol):
        return t.Entry(_known_variable(value.name, 0, _sign_of(value)), ())
    if isinstance(value, sympy.Indexed):
        return t.Entry(
            _known_variable(str(value.base), len(value.indices), _sign_of(value)),
            tuple(ix.index(int(i)) for i in value.indices),
        )
    return _compound(value)


def _compound(value: sympy.Expr) -> Term:
    arguments = value.args
    if isinstance(value, sympy.Add):
        return t.add(*map(term_of, arguments))
    if isinstance(value, sympy.Mul):
        return t.multiply(*map(term_of, arguments))
    if isinstance(value, sympy.Max):
        return t.maximum(*map(term_of, arguments))
    if isinstance(value, sympy.Min):
        return t.negate(t.maximum(*(t.negate(term_of(a)) for a in arguments)))
    if isinstance(value, sympy.Pow) and value.exp.is_Rational:
        base, exponent = term_of(value.base), value.exp
        return t.power(base if exponent.q == 1 else calculus.root(base, int(exponent.q)), int(exponent.p))
    for name, function in (
        ("exp", sympy.exp),
        ("log", sympy.log),
        ("erf", sympy.erf),
        ("abs", sympy.Abs),
        ("tanh", sympy.tanh),
    ):
        if isinstance(value, function):
            return t.Apply(t.Builtin(name), term_of(arguments[0]))
    raise TypeError(
        f"the SymPy expression {value} has no meaning here; "
        "use +, -, *, /, powers, exp, log, Max and entries of tensors"
    )


def _sign_of(value: sympy.Expr) -> t.Sign:
    return "positive" if value.is_positive else "nonnegative" if value.is_nonnegative else "real"


@functools.lru_cache(maxsize=10_000)
def _known_variable(name: str, rank: int, sign: t.Sign) -> t.Variable:
    """One variable for all occurrences of a SymPy name; its indices are literal and not bounded."""
    return t.Variable(name, (ix.index(2**62),) * rank, sign)
