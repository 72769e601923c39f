"""Notation as formulas, and the few formulas that are put together as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from symconv.claims import Claim
from symconv.claims.dimensions import Binary, Dimension, Negation, Number
from symconv.claims.dimensions import Name as SizeName
from symconv.faces.exposition import Formula
from symconv.printing import notation as n
from symconv.printing.latex import latex
from symconv.printing.notation import Notation
from symconv.printing.plain import plain
from symconv.printing.scope import Scope


def formula(item: Notation) -> Formula:
    """Notation, set both ways."""
    return Formula(latex(item), plain(item))


def joined(parts: Iterable[Formula], latex_between: str = r",\ ", text_between: str = ", ") -> Formula:
    """Formulas in a row."""
    kept = list(parts)
    return Formula(latex_between.join(p.latex for p in kept), text_between.join(p.text for p in kept))


def scope_of(claim: Claim, origin: int) -> Scope:
    """A scope in which the sizes and parameters of the claim have their names."""
    return Scope(origin, [*claim.sizes, *(parameter.name for parameter in claim.parameters)])


def size_values(scope: Scope, sizes: Mapping[str, int], indices: Mapping[str, int] | None = None) -> Formula:
    """``m = 1, k = 2``; free indices are counted from the scope's origin."""
    values = {**sizes, **{name: value + scope.origin for name, value in (indices or {}).items()}}
    relations = [n.Relation((n.Symbol(scope.named(name)), n.Integer(value)), ("=",)) for name, value in values.items()]
    return joined(map(formula, relations))


def dimension(scope: Scope, size: Dimension) -> Notation:
    """The extent of an axis as it is written in the signature."""
    match size:
        case Number(value):
            return n.Integer(value)
        case SizeName(name):
            return n.Symbol(scope.named(name))
        case Negation(operand):
            return n.negated(dimension(scope, operand))
        case Binary(operator, left, right):
            first, second = dimension(scope, left), dimension(scope, right)
            if operator in "+-":
                start = first.terms if isinstance(first, n.Plus) else ((False, first),)
                return n.Plus((*start, (operator == "-", second)))
            return n.Times((first, second)) if operator == "*" else n.Floored(first, second)
        case _:
            raise TypeError(f"no dimension: {size!r}")
