"""Dimensions of a tensor as text: the grammar of ``"m*k"`` and ``"(n - k)//s + 1"``.

    sum      =  product  { ("+" | "-") product }
    product  =  factor   { ("*" | "//") factor }
    factor   =  "-" factor  |  integer  |  name  |  "(" sum ")"

The text is read by this parser alone and is never evaluated as Python, so a claim from a stranger can be read safely.
"""

from __future__ import annotations

import itertools
import keyword
import operator
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeVar

from symconv.errors import ClaimError

__all__ = ["Binary", "Dimension", "Name", "Negation", "Number", "parse_dimension"]

T = TypeVar("T")

LONGEST_TEXT: Final = 200
LARGEST_INTEGER: Final = 10**9
DEEPEST_NESTING: Final = 50
LONGEST_SHOWN: Final = 60
MOST_PRODUCTS: Final = 2000

ACCEPTED: Final = "a dimension is an expression in + - * //, integers, names and parentheses"

_OPERATIONS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
}
_PRECEDENCE: Final = {"+": 1, "-": 1, "*": 2, "//": 2}
_SPACED: Final = {"+": " + ", "-": " - ", "*": "*", "//": "//"}
_TIGHTER_THAN_UNARY: Final = 3
_ATOM: Final = 4
_DIGITS: Final = "0123456789"

# What people write out of habit, and what to write here.
_INSTEAD: Final = {
    ",": 'each dimension is a text of its own, as in Tensor["m", "n"]',
    "/": "sizes are divided by //",
    "^": "a power is written as a product",
    "**": "a power is written as a product",
    ".": "a size is an integer",
}


# ---- the expression ------------------------------------------------------------------------------------------------


class Dimension:
    """An arithmetic expression over size names; made by `parse_dimension`.

    >>> window = parse_dimension("(n-k) // s+1")
    >>> str(window)
    '(n - k)//s + 1'
    >>> window.names
    ('n', 'k', 's')
    >>> window.evaluate({"n": 7, "k": 3, "s": 2})
    3
    """

    @property
    def names(self) -> tuple[str, ...]:
        """The size names, each once, in order of first appearance."""
        return tuple(dict.fromkeys(self._names()))

    def evaluate(self, sizes: Mapping[str, T]) -> T | int:
        """The value at these sizes, by their own ``+ - * //``, so that symbolic sizes serve as well as integers.

        Raises: KeyError for a name without a size; ZeroDivisionError where ``//`` meets the integer 0.
        """
        raise NotImplementedError

    def _names(self) -> Iterator[str]:
        raise NotImplementedError

    @property
    def _precedence(self) -> int:
        return _ATOM

    def _within(self, precedence: int) -> str:
        """The text as an operand of something that binds with `precedence`."""
        return str(self) if self._precedence >= precedence else f"({self})"


@dataclass(frozen=True)
class Number(Dimension):
    """A non-negative integer."""

    value: int

    def __str__(self) -> str:
        return str(self.value)

    def evaluate(self, sizes: Mapping[str, T]) -> T | int:
        return self.value

    def _names(self) -> Iterator[str]:
        return iter(())


@dataclass(frozen=True)
class Name(Dimension):
    """A size by its name."""

    name: str

    def __str__(self) -> str:
        return self.name

    def evaluate(self, sizes: Mapping[str, T]) -> T | int:
        return sizes[self.name]

    def _names(self) -> Iterator[str]:
        yield self.name


@dataclass(frozen=True)
class Negation(Dimension):
    """``-operand``. It binds tighter than a product, so ``-a//b`` is ``(-a)//b``, as in Python."""

    operand: Dimension

    def __str__(self) -> str:
        return f"-{self.operand._within(_TIGHTER_THAN_UNARY)}"

    def evaluate(self, sizes: Mapping[str, T]) -> T | int:
        # `0 - x` rather than `-x`: a symbolic size then needs no operation beyond the four of the grammar.
        return _apply("-", 0, self.operand.evaluate(sizes))

    def _names(self) -> Iterator[str]:
        return self.operand._names()

    @property
    def _precedence(self) -> int:
        return _TIGHTER_THAN_UNARY


@dataclass(frozen=True)
class Binary(Dimension):
    """``left operator right``, where the operator is one of ``+ - * //``."""

    operator: str
    left: Dimension
    right: Dimension

    def __str__(self) -> str:
        # The operators associate to the left, so only the right operand is put in parentheses at equal precedence.
        left, right = self.left._within(self._precedence), self.right._within(self._precedence + 1)
        return f"{left}{_SPACED[self.operator]}{right}"

    def evaluate(self, sizes: Mapping[str, T]) -> T | int:
        return _apply(self.operator, self.left.evaluate(sizes), self.right.evaluate(sizes))

    def _names(self) -> Iterator[str]:
        yield from self.left._names()
        yield from self.right._names()

    @property
    def _precedence(self) -> int:
        return _PRECEDENCE[self.operator]


def _apply(sign: str, left: T | int, right: T | int) -> T | int:
    value: T | int = _OPERATIONS[sign](left, right)
    return value


# ---- reading one ---------------------------------------------------------------------------------------------------


def parse_dimension(given: object) -> Dimension:
    """Read a dimension, which is a text in the grammar above or a positive integer.

    Raises: ClaimError, which says what was given, at which column, and what is accepted.

    >>> parse_dimension("m * k").evaluate({"m": 2, "k": 3})
    6
    >>> parse_dimension(3)
    Number(value=3)
    >>> parse_dimension("m k")
    Traceback (most recent call last):
    symconv.errors.ClaimError: unexpected "k" at column 3 of "m k" (a product is written with *); a dimension is an \
expression in + - * //, integers, names and parentheses
    """
    dimension = _Parser(_checked_text(given)).parse() if isinstance(given, str) else Number(_checked_integer(given))
    if not dimension.names and dimension.evaluate({}) < 1:
        raise ClaimError(f"the dimension {_as_given(given)} is less than 1; every dimension is at least 1")
    return dimension


def _checked_text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise ClaimError(
            f"a dimension of {len(text)} characters, beginning {quoted(text[:20])}, is too long; "
            f"at most {LONGEST_TEXT} are accepted"
        )
    return text


def _checked_integer(given: object) -> int:
    try:
        number = operator.index(given)  # type: ignore[arg-type]  # whether it is an integer is the question
    except TypeError:
        number = None
    if number is None or isinstance(given, bool):
        raise ClaimError(f"{described(given)} is not a dimension; it is text or a positive integer")
    return _not_too_large(number)


def _not_too_large(number: int) -> int:
    if abs(number) > LARGEST_INTEGER:
        raise ClaimError(f"a dimension holds an integer beyond {LARGEST_INTEGER}, the largest that is accepted")
    return number


@dataclass(frozen=True)
class _Token:
    text: str
    column: int


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        end = position + _token_length(text, position)
        if not text[position].isspace():
            yield _Token(text[position:end], position + 1)
        position = end


def _token_length(text: str, start: int) -> int:
    if text[start] in _DIGITS:
        return _run_length(text, start, _DIGITS.__contains__)
    if text[start].isidentifier():
        # Python's own notion of a name: a regular expression's \w lacks the vowel signs of Hindi, among others.
        return _run_length(text, start, lambda letter: f"_{letter}".isidentifier())
    return 2 if text.startswith(("//", "**"), start) else 1


def _run_length(text: str, start: int, belongs: Callable[[str], bool]) -> int:
    return next((end for end in range(start, len(text)) if not belongs(text[end])), len(text)) - start


class _Parser:
    """Recursive descent with one token of look-ahead; the methods follow the grammar line by line."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tuple(_tokens(text))
        self.position = 0
        self.depth = 0

    def parse(self) -> Dimension:
        if not self.tokens:
            raise ClaimError(f"the dimension {quoted(self.text)} is empty; {ACCEPTED}")
        dimension = self._sum()
        if self._next is not None:
            self._refuse(self._next)
        return dimension

    def _sum(self) -> Dimension:
        dimension = self._product()
        while sign := self._take("+", "-"):
            dimension = Binary(sign.text, dimension, self._product())
        return dimension

    def _product(self) -> Dimension:
        dimension = self._factor()
        while sign := self._take("*", "//"):
            dimension = Binary(sign.text, dimension, self._divisor(sign) if sign.text == "//" else self._factor())
        return dimension

    def _divisor(self, sign: _Token) -> Dimension:
        divisor = self._factor()
        if not divisor.names and divisor.evaluate({}) == 0:
            self._fail(f"division by 0 at column {sign.column} of {quoted(self.text)}")
        return divisor

    def _factor(self) -> Dimension:
        token = self._advance()
        if token.text in ("-", "("):
            return self._nested(token)
        if token.text[0] in _DIGITS:
            return Number(_not_too_large(int(token.text)))
        if not token.text.isidentifier():
            self._refuse(token)
        return Name(self._size_name(token))

    def _nested(self, token: _Token) -> Dimension:
        # Bounded here, so that no text can exhaust Python's stack, neither now nor when the tree is walked.
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            self._fail(f"more than {DEEPEST_NESTING} nested levels at column {token.column}")
        inner = Negation(self._factor()) if token.text == "-" else self._parenthesised(token)
        self.depth -= 1
        return inner

    def _parenthesised(self, opening: _Token) -> Dimension:
        inner = self._sum()
        if self._next is None:
            self._fail(f'"(" at column {opening.column} of {quoted(self.text)} is never closed')
        if not self._take(")"):
            self._refuse(self._next)
        return inner

    def _size_name(self, token: _Token) -> str:
        # Python itself normalises identifiers so; a parameter and its name in a dimension must stay the same word.
        name = unicodedata.normalize("NFKC", token.text)
        if keyword.iskeyword(name):
            self._fail(
                f"{quoted(name)} at column {token.column} of {quoted(self.text)} is a word of Python's own and no name "
                f"(try {quoted(name + '_')})"
            )
        return name

    @property
    def _next(self) -> _Token | None:
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def _take(self, *wanted: str) -> _Token | None:
        token = self._next
        if token is None or token.text not in wanted:
            return None
        self.position += 1
        return token

    def _advance(self) -> _Token:
        token = self._next
        if token is None:
            self._fail(f"{quoted(self.text)} ends where an integer, a name or a parenthesis is missing")
        self.position += 1
        return token

    def _refuse(self, token: _Token) -> NoReturn:
        hint = _INSTEAD.get(token.text, "a product is written with *" if _begins_operand(token.text) else None)
        where = f"unexpected {quoted(token.text)} at column {token.column} of {quoted(self.text)}"
        self._fail(f"{where} ({hint})" if hint else where)

    def _fail(self, problem: str) -> NoReturn:
        raise ClaimError(f"{problem}; {ACCEPTED}")


def _begins_operand(text: str) -> bool:
    return text == "(" or text[0] in _DIGITS or text.isidentifier()


# ---- what follows from sizes that are at least 1 ---------------------------------------------------------------------


def is_always_positive(dimension: Dimension) -> bool:
    """Whether a dimension is seen to be at least 1 wherever its sizes are: as a polynomial in what they exceed 1 by.

    >>> [is_always_positive(parse_dimension(text)) for text in ("m + k - 1", "m - 1", "m//2")]
    [True, False, False]
    """
    try:
        value = dimension.evaluate({name: _Polynomial({(): 1, (name,): 1}) for name in dimension.names})
    except (TypeError, OverflowError):  # a floor is no polynomial, and a product of many sums has too many terms
        return False
    terms = _terms(value)
    return terms.get((), 0) >= 1 and all(factor >= 0 for factor in terms.values())


@dataclass(frozen=True)
class _Polynomial:
    """Integer factors of products of names."""

    terms: Mapping[tuple[str, ...], int]

    def __add__(self, other: _Polynomial | int) -> _Polynomial:
        total = dict(self.terms)
        for names, factor in _terms(other).items():
            total[names] = total.get(names, 0) + factor
        return _Polynomial(total)

    def __mul__(self, other: _Polynomial | int) -> _Polynomial:
        if len(self.terms) * len(_terms(other)) > MOST_PRODUCTS:
            raise OverflowError("a product of too many sums")
        total: dict[tuple[str, ...], int] = {}
        for (left, a), (right, b) in itertools.product(self.terms.items(), _terms(other).items()):
            names = tuple(sorted(left + right))
            total[names] = total.get(names, 0) + a * b
        return _Polynomial(total)

    def __sub__(self, other: _Polynomial | int) -> _Polynomial:
        return self + _Polynomial(_terms(other)) * -1

    def __rsub__(self, other: int) -> _Polynomial:
        return self * -1 + other

    __radd__ = __add__
    __rmul__ = __mul__


def _terms(value: _Polynomial | int) -> Mapping[tuple[str, ...], int]:
    return value.terms if isinstance(value, _Polynomial) else {(): value}


# ---- wording, shared by this room ----------------------------------------------------------------------------------


def quoted(text: str) -> str:
    """The text in double quotes, fit for one line of any terminal.

    >>> print(quoted("m\\n"))
    "m\\n"
    """
    return '"' + "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text) + '"'


def shown(value: object) -> str:
    """Any value on one short line; ``...`` for one that is long or cannot print itself.

    >>> shown([1, "m"]), shown(10**5000)
    ("[1, 'm']", '...')
    """
    try:
        text = quoted(value) if isinstance(value, str) else repr(value)
    except Exception:  # an integer of 5000 digits, a user's broken __repr__
        return "..."
    return "..." if len(text) > LONGEST_SHOWN or "\n" in text else text


def described(value: object) -> str:
    """A short description of any value, with its type.

    >>> described(2.5)
    '2.5, a float,'
    """
    kind, text = type(value).__name__, shown(value)
    article = "an" if kind[0].lower() in "aeiou" else "a"
    return f"a value of type {kind}" if text == "..." else f"{text}, {article} {kind},"


def _as_given(given: object) -> str:
    return quoted(given) if isinstance(given, str) else str(given)
