"""What is to be set, as a tree that says which part belongs to which, and how strongly each form binds.

The trees are neither LaTeX nor text; `latex` and `plain` set them, and ask `level` where parentheses are needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from symconv.printing.names import Name


class Level(IntEnum):
    """How strongly a form binds. An open form (a sum sign, a maximum) takes all that follows it."""

    LOGIC = 0
    RELATION = 1
    CASES = 2
    SUM = 3
    OPEN = 4
    PRODUCT = 5
    POWER = 6
    ATOM = 7


@dataclass(frozen=True)
class Integer:
    """A natural number."""

    value: int


@dataclass(frozen=True)
class Symbol:
    name: Name


@dataclass(frozen=True)
class Word:
    """The name of an operation or of an option, upright."""

    text: str


@dataclass(frozen=True)
class Infinite:
    pass


@dataclass(frozen=True)
class Whole:
    """The place of an index that runs over its whole axis."""


@dataclass(frozen=True)
class Span:
    """The places from ``low`` to ``high`` on an axis, both included."""

    low: Notation
    high: Notation


@dataclass(frozen=True)
class Subscripted:
    """``base`` with indices: an entry of a tensor."""

    base: Notation
    indices: tuple[Notation, ...]


@dataclass(frozen=True)
class Plus:
    """A sum with signs; ``terms`` are (negative, part)."""

    terms: tuple[tuple[bool, Notation], ...]


@dataclass(frozen=True)
class Times:
    """A product: of numbers, of whole tensors entry by entry ("odot"), or of matrices ("ordered")."""

    factors: tuple[Notation, ...]
    sign: Literal["", "odot", "ordered"] = ""


@dataclass(frozen=True)
class Fraction:
    top: Notation
    bottom: Notation


@dataclass(frozen=True)
class Powered:
    """A power; of a whole tensor entry by entry, where ``entrywise``."""

    base: Notation
    exponent: Notation
    entrywise: bool = False


@dataclass(frozen=True)
class Transposed:
    base: Notation


@dataclass(frozen=True)
class Big:
    """A sum, maximum or minimum over one index from ``low`` to ``high``, both included."""

    operator: Literal["sum", "max", "min"]
    variable: Notation
    low: Notation
    high: Notation
    body: Notation


@dataclass(frozen=True)
class Call:
    """``function(arguments; options)``, with primes for derivatives."""

    function: Notation
    arguments: tuple[Notation, ...]
    primes: int = 0
    options: tuple[tuple[str, Notation], ...] = ()


@dataclass(frozen=True)
class Partial:
    """The partial derivatives of a function of a vector by the inputs at these places, at an argument."""

    places: tuple[Notation, ...]
    function: Notation
    argument: Notation


@dataclass(frozen=True)
class Slope:
    """The derivative of an expression by a tensor; ``at`` says what the tensor is, where that is no parameter."""

    of: Notation
    by: Notation
    at: Notation | None = None


@dataclass(frozen=True)
class Exponential:
    exponent: Notation


@dataclass(frozen=True)
class Root:
    radicand: Notation
    degree: int


@dataclass(frozen=True)
class Absolute:
    content: Notation


@dataclass(frozen=True)
class Floored:
    top: Notation
    bottom: Notation


@dataclass(frozen=True)
class Remainder:
    top: Notation
    bottom: Notation


@dataclass(frozen=True)
class Delta:
    """Kronecker's delta: 1 where the two indices are equal, else 0."""

    left: Notation
    right: Notation


@dataclass(frozen=True)
class Bracket:
    """Iverson's bracket: 1 where the condition holds, else 0, whatever the factor beside it."""

    condition: Notation


@dataclass(frozen=True)
class Cases:
    """(value, condition) in order; no condition for the last: otherwise."""

    rows: tuple[tuple[Notation, Notation | None], ...]


@dataclass(frozen=True)
class Vector:
    """(body) for an index from ``low`` to ``high``."""

    body: Notation
    variable: Notation
    low: Notation
    high: Notation


@dataclass(frozen=True)
class Tuple:
    items: tuple[Notation, ...]


@dataclass(frozen=True)
class Matrix:
    rows: tuple[tuple[Notation, ...], ...]


@dataclass(frozen=True)
class Relation:
    """``left op right``, or a chain such as 1 <= i <= n."""

    items: tuple[Notation, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True)
class Logic:
    operator: Literal["and", "or", "not"]
    parts: tuple[Notation, ...]


Notation = (
    Integer
    | Symbol
    | Word
    | Infinite
    | Whole
    | Span
    | Subscripted
    | Plus
    | Times
    | Fraction
    | Powered
    | Transposed
    | Big
    | Call
    | Partial
    | Slope
    | Exponential
    | Root
    | Absolute
    | Floored
    | Remainder
    | Delta
    | Bracket
    | Cases
    | Vector
    | Tuple
    | Matrix
    | Relation
    | Logic
)

_LEVELS: dict[type, Level] = {
    Plus: Level.SUM,
    Times: Level.PRODUCT,
    Remainder: Level.SUM,
    Big: Level.OPEN,
    Cases: Level.CASES,
    Relation: Level.RELATION,
    Logic: Level.LOGIC,
    Powered: Level.POWER,
    Transposed: Level.POWER,
    Subscripted: Level.POWER,
    Exponential: Level.POWER,
    Fraction: Level.POWER,
    Partial: Level.POWER,
    Slope: Level.POWER,
    Delta: Level.POWER,
    Root: Level.POWER,
}


def level(item: Notation) -> Level:
    """How strongly a form binds; a product that ends in an open form is open."""
    if isinstance(item, Times):
        last = item.factors[-1]
        return Level.OPEN if level(last) == Level.OPEN else Level.PRODUCT
    if isinstance(item, Slope) and is_tall(item.of) and item.at is None:
        return Level.OPEN
    if isinstance(item, Symbol) and "_" in item.name.latex:
        return Level.ATOM
    return _LEVELS.get(type(item), Level.ATOM)


def needs_parentheses(item: Notation, least: Level, *, last: bool = True) -> bool:
    """Whether a part stands in parentheses where forms from ``least`` on may stand; open forms only at the end."""
    own = level(item)
    if own == Level.OPEN:
        return not last or least > Level.PRODUCT
    return own < least


def is_connected(item: Notation) -> bool:
    """Whether a condition has parts, so that within another it stands in parentheses."""
    return isinstance(item, Logic) and item.operator != "not"


def negated(item: Notation) -> Plus:
    return Plus(((True, item),))


def is_tall(item: object) -> bool:
    """Whether a form is higher than a line, so that parentheses around it must grow."""
    match item:
        case Fraction() | Big() | Cases() | Matrix() | Slope() | Floored() | Partial() | Vector():
            return True
        case Integer() | Symbol() | Word() | Infinite() | Whole() | Delta() | Subscripted():
            return isinstance(item, Subscripted) and is_tall(item.base)
        case Plus():
            return any(is_tall(part) for _, part in item.terms)
        case Times():
            return any(map(is_tall, item.factors))
        case Call():
            return any(map(is_tall, item.arguments))
        case Powered():
            return is_tall(item.base)
        case Transposed():
            return is_tall(item.base)
        case Root():
            return is_tall(item.radicand)
        case Absolute():
            return is_tall(item.content)
        case Bracket():
            return is_tall(item.condition)
        case Tuple():
            return any(map(is_tall, item.items))
        case Relation():
            return any(map(is_tall, item.items))
        case Logic():
            return any(map(is_tall, item.parts))
        case _:
            return False
