"""Terms: what an entry of a tensor is, as an immutable expression over index terms.

The same term is read at symbolic sizes (free indices stay symbols) and at fixed ones (`evaluate`). Bound variables are
objects, so a substitution cannot capture them. Constructors fold constants and nothing else: no law is applied here.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from symconv.kernel import index as ix
from symconv.kernel.index import IndexTerm, IndexVar

Sign = Literal["real", "positive", "nonnegative"]


class Variable:
    """A tensor of independent real entries: a parameter of a claim. Known by identity; ``shape`` guards its indices."""

    __slots__ = ("name", "shape", "sign")

    def __init__(self, name: str, shape: tuple[IndexTerm, ...], sign: Sign = "real") -> None:
        self.name = name
        self.shape = shape
        self.sign = sign

    def __repr__(self) -> str:
        return self.name


class FunctionSymbol:
    """A function that a claim takes as a parameter, known by identity.

    R -> R when ``domain`` is ``None``; otherwise R^domain -> R, or R^domain -> R^codomain. ``smoothness`` is how
    often it may be differentiated (0: not at all; ``None``: as often as needed).
    """

    __slots__ = ("codomain", "domain", "name", "nondecreasing", "smoothness")

    def __init__(
        self,
        name: str,
        *,
        nondecreasing: bool = False,
        smoothness: int | None = 0,
        domain: IndexTerm | None = None,
        codomain: IndexTerm | None = None,
    ) -> None:
        self.name = name
        self.nondecreasing = nondecreasing
        self.smoothness = smoothness
        self.domain = domain
        self.codomain = codomain

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Builtin:
    """A known function R -> R: ``exp``, ``log``, ``root`` (of ``degree``), ``erf``, or one defined by those."""

    name: str
    degree: int = 1

    @property
    def nondecreasing(self) -> bool:
        return self.name in _NONDECREASING

    def __repr__(self) -> str:
        return self.name if self.degree == 1 else f"{self.name}{self.degree}"


_NONDECREASING = frozenset({"exp", "log", "root", "erf", "relu", "sigmoid", "tanh", "softplus"})


class _Node:
    """Nodes compare and hash by identity: two equal terms may be two objects, and nothing here relies on it."""

    __slots__ = ()


@dataclass(frozen=True, eq=False, slots=True)
class Number(_Node):
    value: Fraction


@dataclass(frozen=True, eq=False, slots=True)
class Infinity(_Node):
    """Plus or minus infinity: the neutral element of a minimum or maximum, and nothing else."""

    sign: int


@dataclass(frozen=True, eq=False, slots=True)
class Constant(_Node):
    """A named positive real number: pi."""

    name: str


@dataclass(frozen=True, eq=False, slots=True)
class IndexNumber(_Node):
    """An index term used as a number."""

    index: IndexTerm


@dataclass(frozen=True, eq=False, slots=True)
class Entry(_Node):
    variable: Variable
    index: tuple[IndexTerm, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Add(_Node):
    parts: tuple[Term, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Mul(_Node):
    parts: tuple[Term, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Power(_Node):
    """``base ** exponent`` with an integer exponent; 0**0 = 1; a negative exponent asks for a base that is not 0."""

    base: Term
    exponent: IndexTerm


@dataclass(frozen=True, eq=False, slots=True)
class Sum(_Node):
    """The sum of ``body`` over ``variable`` = 0 .. extent - 1; 0 when the extent is not positive."""

    variable: IndexVar
    extent: IndexTerm
    body: Term


@dataclass(frozen=True, eq=False, slots=True)
class Max(_Node):
    """The largest of finitely many terms."""

    parts: tuple[Term, ...]


@dataclass(frozen=True, eq=False, slots=True)
class MaxOver(_Node):
    """The largest of ``body`` over ``variable`` = 0 .. extent - 1; minus infinity when the range is empty."""

    variable: IndexVar
    extent: IndexTerm
    body: Term


class Kink(enum.IntEnum):
    """What the border is between the cases of a derivative.

    Where both sides of a comparison agree at single points only, whatever the other unknowns are, these are
    ``LEFT_OUT``: they are kinks. Where they may agree all over, as t y and 0 do at y = 0, the border is ``KEPT``: a
    proof holds there too, and numbers there refute nothing. It is ``OPEN`` where the term need not be continuous
    there, so that nothing is said where both sides are one.
    """

    NONE = 0
    LEFT_OUT = 1
    KEPT = 2
    OPEN = 3

    @property
    def has_no_slope_at_zero(self) -> bool:
        """Whether there is no value to be told where the two sides are one and the same."""
        return self in (Kink.LEFT_OUT, Kink.OPEN)


@dataclass(frozen=True, eq=False, slots=True)
class Where(_Node):
    """``then`` where the condition holds, else ``otherwise``; only the chosen one needs to be defined.

    ``kink`` marks the cases of a derivative.
    """

    condition: Condition
    then: Term
    otherwise: Term
    kink: Kink = Kink.NONE


@dataclass(frozen=True, eq=False, slots=True)
class Apply(_Node):
    """A function R -> R, or its derivative of some order, at a term."""

    function: FunctionSymbol | Builtin
    argument: Term
    order: int = 0


@dataclass(frozen=True, eq=False, slots=True)
class Network(_Node):
    """Component ``output`` of an abstract R^p -> R^q (``None`` for R^p -> R), differentiated by the inputs listed."""

    function: FunctionSymbol
    output: IndexTerm | None
    argument: Lambda
    derivatives: tuple[IndexTerm, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Read(_Node):
    """An entry of a tensor that is defined by a term: ``definition`` at ``index``."""

    definition: Lambda
    index: tuple[IndexTerm, ...]


Term = (
    Number
    | Infinity
    | Constant
    | IndexNumber
    | Entry
    | Add
    | Mul
    | Power
    | Sum
    | Max
    | MaxOver
    | Where
    | Apply
    | Network
    | Read
)


@dataclass(frozen=True, eq=False)
class Lambda:
    """A tensor as a function: index variables, the extents that they run over, and the entry at them."""

    variables: tuple[IndexVar, ...]
    shape: tuple[IndexTerm, ...]
    body: Term

    @cached_property
    def free(self) -> tuple[IndexVar, ...]:
        """The variables of the body that the lambda does not bind, each once."""
        bound = set(self.variables)
        return tuple(dict.fromkeys(v for v in free_variables(self.body) if v not in bound))


@dataclass(frozen=True, eq=False, slots=True)
class IndexCompare(_Node):
    """``term >= 0`` or ``term == 0``."""

    term: IndexTerm
    relation: Literal["ge", "eq"]


@dataclass(frozen=True, eq=False, slots=True)
class Compare(_Node):
    """``left > right``, ``left >= right`` or ``left == right`` of real terms."""

    left: Term
    right: Term
    relation: Literal["gt", "ge", "eq"]


@dataclass(frozen=True, eq=False, slots=True)
class And(_Node):
    parts: tuple[Condition, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Or(_Node):
    parts: tuple[Condition, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Not(_Node):
    part: Condition


Condition = bool | IndexCompare | Compare | And | Or | Not

ZERO = Number(Fraction(0))
ONE = Number(Fraction(1))
MINUS_ONE = Number(Fraction(-1))
MINUS_INFINITY = Infinity(-1)
PI = Constant("pi")


def number(value: int | Fraction) -> Number:
    return Number(Fraction(value))


def index_number(value: IndexTerm) -> Term:
    constant = value.constant
    return IndexNumber(value) if constant is None else number(constant)


def add(*parts: Term) -> Term:
    """A sum; numbers are added up, zeros dropped."""
    constant = Fraction(0)
    kept: list[Term] = []
    for part in parts:
        if isinstance(part, Number):
            constant += part.value
        else:
            kept.append(part)
    if constant:
        kept.append(Number(constant))
    if len(kept) < 2:
        return kept[0] if kept else ZERO
    return Add(tuple(kept))


def multiply(*parts: Term) -> Term:
    """A product; numbers are multiplied up. A zero stays beside its factors, which must be defined."""
    constant = Fraction(1)
    kept: list[Term] = []
    for part in parts:
        if isinstance(part, Number):
            constant *= part.value
        else:
            kept.append(part)
    if (
        constant == 0
        and all(isinstance(part, (Entry, IndexNumber)) for part in kept)
        and not any(map(_may_leave, kept))
    ):
        return ZERO
    if constant != 1:
        kept.insert(0, Number(constant))
    if len(kept) < 2:
        return kept[0] if kept else ONE
    return Mul(tuple(kept))


def _may_leave(part: Term) -> bool:
    """Whether an entry's index is not known to be inside its tensor."""
    return isinstance(part, Entry) and not all(
        i.constant is not None and n.constant is not None and 0 <= i.constant < n.constant
        for i, n in zip(part.index, part.variable.shape, strict=True)
    )


def negate(part: Term) -> Term:
    return Infinity(-part.sign) if isinstance(part, Infinity) else multiply(MINUS_ONE, part)


def subtract(left: Term, right: Term) -> Term:
    return add(left, negate(right))


def power(base: Term, exponent: IndexTerm | int) -> Term:
    exponent = ix.index(exponent)
    value = exponent.constant
    if value == 1:
        return base
    if isinstance(base, Number) and value is not None and (base.value or value >= 0):
        return Number(base.value**value)
    return Power(base, exponent)


def divide(left: Term, right: Term) -> Term:
    return multiply(left, power(right, -1))


def where(condition: Condition, then: Term, otherwise: Term, *, kink: Kink = Kink.NONE) -> Term:
    if isinstance(condition, bool):
        return then if condition else otherwise
    return Where(condition, then, otherwise, kink)


def maximum(*parts: Term) -> Term:
    """The largest of terms; nested maxima are flattened, minus infinities dropped."""
    kept: list[Term] = []
    for part in parts:
        if isinstance(part, Max):
            kept.extend(part.parts)
        elif not (isinstance(part, Infinity) and part.sign < 0):
            kept.append(part)
    if all(isinstance(part, Number) for part in kept) and kept:
        return Number(max(part.value for part in kept if isinstance(part, Number)))
    if len(kept) < 2:
        return kept[0] if kept else MINUS_INFINITY
    return Max(tuple(kept))


def at_least(left: IndexTerm, right: IndexTerm | int) -> Condition:
    """``left >= right``, decided where the hypotheses on sizes decide it."""
    difference = left - right
    known = ix.is_nonnegative(difference)
    return IndexCompare(difference, "ge") if known is None else known


def equals(left: IndexTerm, right: IndexTerm | int) -> Condition:
    """``left == right`` of index terms."""
    difference = left - right
    if difference.constant is not None:
        return difference.constant == 0
    if ix.is_nonnegative(difference - 1) or ix.is_nonnegative(-difference - 1):
        return False
    return IndexCompare(difference, "eq")


def conjunction(*parts: Condition) -> Condition:
    kept = [part for part in parts if part is not True]
    if any(part is False for part in kept):
        return False
    return And(tuple(kept)) if len(kept) > 1 else (kept[0] if kept else True)


def disjunction(*parts: Condition) -> Condition:
    kept = [part for part in parts if part is not False]
    if any(part is True for part in kept):
        return True
    return Or(tuple(kept)) if len(kept) > 1 else (kept[0] if kept else False)


def negation(part: Condition) -> Condition:
    if isinstance(part, bool):
        return not part
    return part.part if isinstance(part, Not) else Not(part)


def inside(position: tuple[IndexTerm, ...], shape: tuple[IndexTerm, ...]) -> Condition:
    """``0 <= position < shape`` on every axis."""
    lower = (at_least(i, 0) for i in position)
    upper = (at_least(n - 1 - i, 0) for i, n in zip(position, shape, strict=True))
    return conjunction(*lower, *upper)


def define(
    shape: tuple[IndexTerm, ...], entry: Callable[[tuple[IndexTerm, ...]], Term], names: str = "ijklmnpq"
) -> Lambda:
    """A lambda over fresh variables, one for each axis."""
    variables = tuple(IndexVar(names[axis % len(names)]) for axis in range(len(shape)))
    return Lambda(variables, shape, entry(tuple(map(ix.index, variables))))


def sum_over(
    extents: tuple[IndexTerm, ...], body: Callable[[tuple[IndexTerm, ...]], Term], names: str = "abcdefgh"
) -> Term:
    """The nested sum over fresh bound variables."""
    variables = tuple(IndexVar(names[axis % len(names)]) for axis in range(len(extents)))
    term = body(tuple(map(ix.index, variables)))
    for variable, extent in zip(reversed(variables), reversed(extents), strict=True):
        term = Sum(variable, extent, term)
    return term


def max_over(
    extents: tuple[IndexTerm, ...], body: Callable[[tuple[IndexTerm, ...]], Term], names: str = "abcdefgh"
) -> Term:
    """The nested maximum over fresh bound variables."""
    variables = tuple(IndexVar(names[axis % len(names)]) for axis in range(len(extents)))
    term = body(tuple(map(ix.index, variables)))
    for variable, extent in zip(reversed(variables), reversed(extents), strict=True):
        term = MaxOver(variable, extent, term)
    return term


def free_variables(term: Term | Condition) -> list[IndexVar]:
    """The index variables that occur free, with repetitions."""
    found: list[IndexVar] = []
    _add_free(term, found)
    return found


def _add_free(term: Term | Condition, found: list[IndexVar]) -> None:
    match term:
        case Sum() | MaxOver():
            found += term.extent.variables()
            before = len(found)
            _add_free(term.body, found)
            found[before:] = [v for v in found[before:] if v is not term.variable]
        case Read():
            for part in term.index:
                found += part.variables()
            found += term.definition.free
        case Network():
            for part in ((term.output,) if term.output is not None else ()) + term.derivatives:
                found += part.variables()
            found += term.argument.free
        case _:
            for part in own_indices(term):
                found += part.variables()
            for child in children(term):
                _add_free(child, found)


def nodes_of(tensor: Lambda | Term | Condition) -> Iterator[Any]:
    """All terms, conditions and lambdas of something and of the tensors that it reads, each object once."""
    seen: set[int] = set()
    waiting: list[Any] = [tensor]
    while waiting:
        node = waiting.pop()
        if isinstance(node, bool) or id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        match node:
            case Lambda() | Sum() | MaxOver():
                waiting.append(node.body)
            case Read():
                waiting.append(node.definition)
            case Network():
                waiting.append(node.argument)
            case _:
                waiting += children(node)


def indices_of(tensor: Lambda) -> Iterator[IndexTerm]:
    """All index terms of a tensor and of those that it reads."""
    for node in nodes_of(tensor):
        match node:
            case Lambda():
                yield from node.shape
            case Sum() | MaxOver():
                yield node.extent
            case Read():
                yield from node.index
            case Network():
                yield from ((node.output,) if node.output is not None else ()) + node.derivatives
            case _:
                yield from own_indices(node)


def is_real(condition: Condition) -> bool:
    """Whether a condition asks about real numbers, so that its border is a kink."""
    if isinstance(condition, bool):
        return False
    return isinstance(condition, Compare) or any(is_real(part) for part in children(condition))  # type: ignore[arg-type]


def is_piecewise(tensor: Lambda) -> bool:
    """Whether something is a maximum of few numbers, or asks which of two numbers is larger."""
    return any(
        isinstance(node, (Max, Compare))
        or (isinstance(node, Apply) and isinstance(node.function, Builtin) and node.function.name in ("relu", "abs"))
        for node in nodes_of(tensor)
    )


def own_indices(term: Term | Condition) -> tuple[IndexTerm, ...]:
    """The index terms that a node itself carries."""
    match term:
        case IndexNumber():
            return (term.index,)
        case Entry():
            return term.index
        case Power():
            return (term.exponent,)
        case IndexCompare():
            return (term.term,)
        case _:
            return ()


def children(term: Term | Condition) -> tuple[Term | Condition, ...]:
    """The terms and conditions directly below a node that binds nothing."""
    match term:
        case Add() | Mul() | Max() | And() | Or():
            return term.parts
        case Power():
            return (term.base,)
        case Where():
            return (term.condition, term.then, term.otherwise)
        case Apply():
            return (term.argument,)
        case Compare():
            return (term.left, term.right)
        case Not():
            return (term.part,)
        case _:
            return ()
