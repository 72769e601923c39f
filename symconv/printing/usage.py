"""How a bound index is used: as an index into a tensor, or only as a number."""

from __future__ import annotations

from symconv.kernel import terms as t
from symconv.kernel.index import IndexVar
from symconv.kernel.terms import Condition, Term


def counts_only(body: Term, variable: IndexVar) -> bool:
    """Whether a variable is a number wherever it occurs, as in the sum of x^t: then it is counted from 0."""
    return not _indexes(body, variable)


def _indexes(term: Term | Condition, variable: IndexVar) -> bool:
    match term:
        case t.Entry():
            return any(variable in set(i.variables()) for i in term.index)
        case t.IndexCompare():
            return variable in set(term.term.variables())
        case t.Read():
            return any(variable in set(i.variables()) for i in term.index) or variable in term.definition.free
        case t.Network():
            places = (*term.derivatives, *(() if term.output is None else (term.output,)))
            return any(variable in set(i.variables()) for i in places) or variable in term.argument.free
        case t.Sum() | t.MaxOver():
            return _indexes(term.body, variable)
        case _:
            return any(_indexes(child, variable) for child in t.children(term))
