"""What a claim's parameters may be: ``Tensor["C", "m*k"]``, ``Size``, ``Real``, ``Nondecreasing`` and the rest.

Two stages. What the author writes is an `Annotation`, kept word for word, and never refused while the file is being
imported, so that one misspelt claim does not take the file's other claims with it. `read_annotation` then gives what
it means, a `ParameterType`, or a `ClaimError`. Annotations come as objects or, postponed by ``from __future__ import
annotations``, as text; the text is walked as a syntax tree and is never evaluated.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NoReturn, Protocol, TypeAlias

from symconv.claims.dimensions import Binary, Dimension, Name, Number, parse_dimension, quoted, shown
from symconv.errors import ClaimError

__all__ = [
    "Annotation",
    "Differentiable",
    "Function",
    "FunctionType",
    "Index",
    "IndexType",
    "Nondecreasing",
    "Nonnegative",
    "Parameter",
    "ParameterType",
    "Positive",
    "Real",
    "ScalarType",
    "Size",
    "SizeType",
    "Smooth",
    "Tensor",
    "TensorType",
    "read_annotation",
]

Sign = Literal["real", "positive", "nonnegative"]
FunctionKind = Literal["any", "nondecreasing", "differentiable", "smooth"]

ACCEPTED: Final = (
    'a parameter is Tensor["m", "n"], Size, Real, Positive, Nonnegative (these two also as tensors: Positive["n"]), '
    'Index["n"], Function, Nondecreasing, Differentiable or Smooth (these two also with sizes: '
    'Differentiable["p", "q"])'
)

LONGEST_TEXT: Final = 2000
LONGEST_SHOWN: Final = 200


# ---- what is meant -------------------------------------------------------------------------------------------------


class _HasDimensions(Protocol):
    @property
    def dimensions(self) -> tuple[Dimension, ...]: ...


class _Described:
    """What every kind of parameter has; ``str`` gives it back as its author would write it."""

    @property
    def names(self: _HasDimensions) -> tuple[str, ...]:
        """The size names that it mentions, each once, in order of first appearance."""
        return tuple(dict.fromkeys(name for dimension in self.dimensions for name in dimension.names))

    def hypothesis(self, name: str) -> str:
        """One readable phrase for a parameter of this kind that is called `name`."""
        raise NotImplementedError


@dataclass(frozen=True)
class TensorType(_Described):
    """A real tensor, perhaps with a known sign of all its entries; without dimensions it is a scalar.

    >>> tensor = read_annotation(Tensor["C", "m*k", 3])
    >>> print(tensor)
    Tensor["C", "m*k", 3]
    >>> tensor.names
    ('C', 'm', 'k')
    >>> read_annotation(Positive["n"]).hypothesis("p")
    'p positive n'
    """

    dimensions: tuple[Dimension, ...]
    sign: Sign = "real"

    def __str__(self) -> str:
        word = "Tensor" if self.sign == "real" else self.sign.capitalize()
        return _written(word, self.dimensions) if self.dimensions else f"{word}[()]"

    def hypothesis(self, name: str) -> str:
        return " ".join((name, self.sign, " x ".join(map(_factor, self.dimensions)))).rstrip()


@dataclass(frozen=True)
class ScalarType(_Described):
    """A real number, perhaps with a known sign."""

    sign: Sign

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return ()

    def __str__(self) -> str:
        return self.sign.capitalize()

    def hypothesis(self, name: str) -> str:
        return name + {"real": " real", "positive": " > 0", "nonnegative": " >= 0"}[self.sign]


@dataclass(frozen=True)
class SizeType(_Described):
    """A positive integer that the body of the claim uses; the size is named as the parameter is."""

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return ()

    def __str__(self) -> str:
        return "Size"

    def hypothesis(self, name: str) -> str:
        return f"{name} >= 1"


@dataclass(frozen=True)
class IndexType(_Described):
    """A free index: 0 <= i < extent."""

    extent: Dimension

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return (self.extent,)

    def __str__(self) -> str:
        return _written("Index", (self.extent,))

    def hypothesis(self, name: str) -> str:
        return f"0 <= {name} < {self.extent}"


@dataclass(frozen=True)
class FunctionType(_Described):
    """A function: R -> R without a domain, R^domain -> R without a codomain, else R^domain -> R^codomain.

    >>> network = read_annotation(Differentiable["p", "q"])
    >>> network.kind, network.names
    ('differentiable', ('p', 'q'))
    """

    kind: FunctionKind
    domain: Dimension | None = None
    codomain: Dimension | None = None

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return tuple(space for space in (self.domain, self.codomain) if space is not None)

    def __str__(self) -> str:
        word = "Function" if self.kind == "any" else self.kind.capitalize()
        return _written(word, self.dimensions)

    def hypothesis(self, name: str) -> str:
        adjective = {"any": "", "nondecreasing": "non-decreasing"}.get(self.kind, self.kind)
        is_plain = self.domain is None and adjective
        spaces = "" if is_plain else f"{_space(self.domain)} -> {_space(self.codomain)}"
        return " ".join(filter(None, (name, adjective, spaces)))


ParameterType: TypeAlias = TensorType | ScalarType | SizeType | IndexType | FunctionType


@dataclass(frozen=True)
class Parameter:
    """A parameter of a claim: its name and what it is."""

    name: str
    type: ParameterType

    @property
    def names(self) -> tuple[str, ...]:
        """The size names that it brings: those in its dimensions, and its own where it is a `Size`."""
        return (self.name,) if isinstance(self.type, SizeType) else self.type.names

    @property
    def hypothesis(self) -> str:
        """One readable phrase, such as ``X real C x m*k``."""
        return self.type.hypothesis(self.name)

    def __str__(self) -> str:
        return f"{self.name}: {self.type}"


def _written(word: str, dimensions: tuple[Dimension, ...]) -> str:
    sizes = (str(size) if isinstance(size, Number) else quoted(str(size)) for size in dimensions)
    return f"{word}[{', '.join(sizes)}]" if dimensions else word


def _factor(size: Dimension) -> str:
    is_sum = isinstance(size, Binary) and size.operator in ("+", "-")
    return f"({size})" if is_sum else str(size)


def _space(size: Dimension | None) -> str:
    if size is None:
        return "R"
    return f"R^{size}" if isinstance(size, Name | Number) else f"R^({size})"


# ---- what is written -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Annotation:
    """A parameter's description as its author wrote it: a word, and what stood in brackets behind it.

    >>> Tensor["C", "m*k"]
    Tensor["C", "m*k"]
    >>> Tensor["X", (3, 3)].subscripts
    (('X', (3, 3)),)
    """

    word: str
    subscripts: tuple[tuple[object, ...], ...] = ()
    doc: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if self.doc:
            object.__setattr__(self, "__doc__", self.doc)  # so that help and editors tell what this word means

    def __getitem__(self, key: object) -> Annotation:
        return Annotation(self.word, (*self.subscripts, key if isinstance(key, tuple) else (key,)))

    def __call__(self, *args: object, **kwargs: object) -> NoReturn:
        raise TypeError(
            f"{self.word} describes a parameter of a claim and is not called; "
            'its sizes stand in brackets, as in Tensor["m", "n"], and tensor("X", (3, 3)) makes a symbolic tensor'
        )

    def __repr__(self) -> str:
        return self.word + "".join(f"[{', '.join(map(shown, keys)) or '()'}]" for keys in self.subscripts)


Tensor: Final = Annotation(
    "Tensor",
    doc="A real tensor. Each dimension is an expression in + - * // over size names, as text, or a positive integer: "
    'Tensor["C", "m*k", 3]. Every dimension is at least 1.',
)
Size: Final = Annotation(
    "Size", doc="A size that the body of the claim uses, named as the parameter is: every positive integer."
)
Real: Final = Annotation("Real", doc="A real number.")
Positive: Final = Annotation(
    "Positive", doc='A real number > 0; Positive["n"] is a tensor of such, with dimensions as those of Tensor["n"].'
)
Nonnegative: Final = Annotation(
    "Nonnegative",
    doc='A real number >= 0; Nonnegative["n"] is a tensor of such, with dimensions as those of Tensor["n"].',
)
Index: Final = Annotation("Index", doc='A free index: i: Index["n"] is any integer i with 0 <= i < n.')
Function: Final = Annotation("Function", doc="Any function R -> R, applied to each entry of a tensor.")
Nondecreasing: Final = Annotation("Nondecreasing", doc="A non-decreasing function R -> R.")
Differentiable: Final = Annotation(
    "Differentiable",
    doc="A once continuously differentiable function R -> R; "
    'Differentiable["p"] is R^p -> R, and Differentiable["p", "q"] is R^p -> R^q.',
)
Smooth: Final = Annotation(
    "Smooth",
    doc='A function with as many derivatives as needed: R -> R, and with sizes as for Differentiable["p", "q"].',
)

VOCABULARY: Final[Mapping[str, Annotation]] = {
    word.word: word
    for word in (
        Tensor,
        Size,
        Real,
        Positive,
        Nonnegative,
        Index,
        Function,
        Nondecreasing,
        Differentiable,
        Smooth,
    )
}


# ---- from what is written to what is meant ------------------------------------------------------------------------


def read_annotation(annotation: object, names: Mapping[str, object] | None = None) -> ParameterType:
    """What an annotation means; `names` are those that a postponed annotation may use.

    Raises: ClaimError, which says what was given and what is accepted.

    >>> read_annotation("Tensor['n', 'n - 1']", {"Tensor": Tensor}).dimensions
    (Name(name='n'), Binary(operator='-', left=Name(name='n'), right=Number(value=1)))
    >>> read_annotation(Size["n"])
    Traceback (most recent call last):
    symconv.errors.ClaimError: Size["n"]: Size takes no brackets
    """
    resolved = annotation
    try:
        resolved = _as_object(annotation, names or {})
        return _meaning(resolved)
    except ClaimError as problem:
        # Python stores postponed text with its own quotes and blanks, so what it stands for is shown where it is known.
        written = resolved if isinstance(resolved, Annotation) else annotation
        raise ClaimError(f"{_as_written(written)}: {problem}") from None


def _meaning(annotation: object) -> ParameterType:
    if not isinstance(annotation, Annotation):
        _refuse_kind(annotation)
    if len(annotation.subscripts) > 1:
        raise ClaimError(f"{annotation.word} takes one pair of brackets")
    return _READERS[annotation.word](annotation.word, annotation.subscripts[0] if annotation.subscripts else None)


_Keys = tuple[object, ...] | None


def _read_tensor(word: str, keys: _Keys) -> ParameterType:
    if keys is None:
        raise ClaimError('a tensor needs its dimensions, as in Tensor["m", "n"]; Real is a scalar')
    return TensorType(tuple(map(parse_dimension, keys)))


def _read_real(word: str, keys: _Keys) -> ParameterType:
    _expect_no_brackets(word, keys, '; a real tensor is Tensor["m", "n"]')
    return ScalarType("real")


def _read_signed(sign: Sign) -> Callable[[str, _Keys], ParameterType]:
    def read(word: str, keys: _Keys) -> ParameterType:
        return ScalarType(sign) if keys is None else TensorType(tuple(map(parse_dimension, keys)), sign)

    return read


def _read_index(word: str, keys: _Keys) -> ParameterType:
    if keys is None or len(keys) != 1:
        raise ClaimError('a free index needs the one size that it stays below, as in Index["n"]')
    return IndexType(parse_dimension(keys[0]))


def _read_size(word: str, keys: _Keys) -> ParameterType:
    _expect_no_brackets(word, keys)
    return SizeType()


def _read_function(kind: FunctionKind) -> Callable[[str, _Keys], ParameterType]:
    def read(word: str, keys: _Keys) -> ParameterType:
        _expect_no_brackets(word, keys, '; it is R -> R, and a function of vectors is Differentiable["p", "q"]')
        return FunctionType(kind)

    return read


def _read_map(kind: FunctionKind) -> Callable[[str, _Keys], ParameterType]:
    def read(word: str, keys: _Keys) -> ParameterType:
        if keys is not None and len(keys) not in (1, 2):
            raise ClaimError(
                f'{word} is R -> R, {word}["p"] is R^p -> R and {word}["p", "q"] is R^p -> R^q; got {len(keys)} sizes'
            )
        return FunctionType(kind, *map(parse_dimension, keys or ()))

    return read


_READERS: Final[Mapping[str, Callable[[str, _Keys], ParameterType]]] = {
    "Tensor": _read_tensor,
    "Size": _read_size,
    "Real": _read_real,
    "Positive": _read_signed("positive"),
    "Nonnegative": _read_signed("nonnegative"),
    "Index": _read_index,
    "Function": _read_function("any"),
    "Nondecreasing": _read_function("nondecreasing"),
    "Differentiable": _read_map("differentiable"),
    "Smooth": _read_map("smooth"),
}


def _expect_no_brackets(word: str, keys: _Keys, hint: str = "") -> None:
    if keys is not None:
        raise ClaimError(f"{word} takes no brackets{hint}")


# What people write for a parameter out of habit, and what to write here.
_INSTEAD: Final[Mapping[str, str]] = {
    "int": "Size",
    "float": "Real",
    "complex": "Real",
    "ndarray": 'Tensor["m", "n"]',
    "Callable": "Function",
}


def _refuse_kind(annotation: object) -> NoReturn:
    instead = _INSTEAD.get(getattr(annotation, "__name__", ""))
    hint = f" (did you mean {instead}?)" if instead else ""
    raise ClaimError(f"not a kind of parameter{hint}; {ACCEPTED}")


def _as_written(annotation: object) -> str:
    if isinstance(annotation, str):
        return quoted(annotation if len(annotation) <= LONGEST_SHOWN else f"{annotation[:LONGEST_SHOWN]}...")[1:-1]
    return (
        repr(annotation) if isinstance(annotation, Annotation) else getattr(annotation, "__name__", shown(annotation))
    )


# ---- postponed annotations: a walk over the syntax tree ------------------------------------------------------------


def _as_object(annotation: object, names: Mapping[str, object]) -> object:
    # Text inside text, `X: "Tensor['n']"` under postponed annotations, loses its quotes each time, so this ends.
    while isinstance(annotation, str):
        annotation = _resolve_text(annotation, names)
    return annotation


def _resolve_text(text: str, names: Mapping[str, object]) -> object:
    if len(text) > LONGEST_TEXT:
        raise ClaimError(f"an annotation of more than {LONGEST_TEXT} characters is not accepted")
    try:
        return _resolve(ast.parse(text.strip(), mode="eval").body, names)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # what ast.parse raises on text that is not Python
        raise ClaimError(f"not a Python expression; {ACCEPTED}") from None


def _resolve(node: ast.expr, names: Mapping[str, object]) -> object:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return _look_up(name, names)
        case ast.Attribute(value=owner, attr=attribute):
            return _attribute(_resolve(owner, names), attribute)
        case ast.Subscript(value=owner, slice=key):
            return _subscript(_resolve(owner, names), _resolve_key(key, names))
        case _:
            raise ClaimError(f"not a kind of parameter; {ACCEPTED}")


def _resolve_key(node: ast.expr, names: Mapping[str, object]) -> object:
    match node:
        case ast.Tuple(elts=items):
            return tuple(_resolve_key(item, names) for item in items)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return -number
        case ast.Name(id=name) if name not in names:
            raise ClaimError(f"the name {name} is not defined; a size is written as text, {quoted(name)}")
        case ast.Constant() | ast.Name() | ast.Attribute() | ast.Subscript():
            return _resolve(node, names)
        case _:
            raise ClaimError(f"{ast.unparse(node)} is not a dimension; it is text or a positive integer")


def _look_up(name: str, names: Mapping[str, object]) -> object:
    if name in names:
        return names[name]
    close = difflib.get_close_matches(name, VOCABULARY, n=1)
    hint = f" (did you mean {close[0]}?)" if close else ""
    raise ClaimError(f"the name {name} is not defined{hint}; {ACCEPTED}")


def _attribute(owner: object, attribute: str) -> object:
    if not hasattr(owner, attribute):
        raise ClaimError(f"{_as_written(owner)} has no {attribute}; {ACCEPTED}")
    return getattr(owner, attribute)


def _subscript(owner: object, key: object) -> object:
    if not isinstance(owner, Annotation):
        _refuse_kind(owner)
    return owner[key]
