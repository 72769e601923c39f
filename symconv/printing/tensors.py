"""Symbolic tensors as formulas, for those who play with them: LaTeX and Unicode text, indices from 0 as in Python."""

from __future__ import annotations

import math

from symconv.errors import SymconvError
from symconv.kernel import index as ix
from symconv.kernel.index import IndexVar
from symconv.kernel.terms import Lambda
from symconv.printing.entries import matrix_of
from symconv.printing.latex import latex
from symconv.printing.operations import NoNotation, Operations
from symconv.printing.plain import plain
from symconv.printing.scope import Scope
from symconv.printing.writing import TooLong
from symconv.tensors.tensor import IndexScalar, SymbolicTensor

MOST_ENTRIES = 64
LONGEST = 4000


def shown(tensor: SymbolicTensor) -> tuple[str, str] | None:
    """(LaTeX, text) of a tensor: its entries where its extents are small integers, else how it was made.

    >>> from symconv import tensor
    >>> shown(tensor("x", (2,)))
    ('(x_{0}, x_{1})', '(x[0], x[1])')
    """
    return by_entries(tensor) or by_operations(tensor)


def by_entries(tensor: SymbolicTensor) -> tuple[str, str] | None:
    """Its entries as a matrix; ``None`` where they are many, long, or depend on sizes or indices."""
    extents = [n.constant for n in tensor.extents]
    if None in extents or math.prod(n or 0 for n in extents) > MOST_ENTRIES or isinstance(tensor, IndexScalar):
        return None
    variables = tuple(IndexVar("i") for _ in extents)
    try:
        entries = Lambda(variables, tensor.extents, tensor.at(tuple(map(ix.index, variables))))
        found = matrix_of(entries, Scope(0))
    except (SymconvError, TooLong, KeyError):
        return None
    made = latex(found)
    return (made, plain(found)) if len(made) <= LONGEST else None


def by_operations(tensor: SymbolicTensor) -> tuple[str, str] | None:
    """How it was made, as in A x + b; ``None`` where that has no notation."""
    operations = Operations(Scope(0))
    try:
        found = operations.whole(tensor)
    except (NoNotation, TooLong, SymconvError):
        return None
    # A name that was made up for an argument says nothing without its definition.
    return None if operations.named else (latex(found), plain(found))
