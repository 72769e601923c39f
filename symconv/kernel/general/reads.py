"""Whether what a term reads lies inside its tensors, at all indices that its sums, conditions and axes allow.

An index that is free is known by its least value only: who has declared it may know more. So it is with a derivative
at what may be a kink, which has no more value than an entry that is not there.
"""

from __future__ import annotations

from collections.abc import Sequence

from symconv.kernel import terms as t
from symconv.kernel.general import sets
from symconv.kernel.general.products import Constraint
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.terms import Condition, Lambda, Term

Known = tuple[Constraint, ...]


def ranges(variables: Sequence[IndexVar], extents: Sequence[IndexTerm]) -> Known:
    """0 <= variable < extent, for each."""
    return tuple(
        c for v, n in zip(variables, extents, strict=True) for c in (Constraint(v.term), Constraint(n - 1 - v))
    )


def facts(condition: Condition, holds: bool) -> Known:
    """What a condition on indices says of them where it holds, or where it does not; of any other one nothing."""
    match condition:
        case t.Not():
            return facts(condition.part, not holds)
        case t.And() | t.Or() if isinstance(condition, t.And) is holds:
            return tuple(fact for part in condition.parts for fact in facts(part, holds))
        case t.IndexCompare(relation="ge"):
            return (Constraint(condition.term if holds else -condition.term - 1),)
        case t.IndexCompare() if holds:
            return (Constraint(condition.term, equality=True),)
        case _:
            return ()


def may_leave(term: Term | Condition | Lambda, known: Known = ()) -> bool:
    """Whether an entry may be read that is not there, or a slope at a kink, by what is known of the indices."""
    return _Reads().may_leave(term, known)


def holds_infinity(term: Term | Lambda) -> bool:
    """Whether there is an infinity in a term, which then has no value, unless a maximum has a number that is larger."""
    return any(isinstance(node, t.Infinity) for node in t.nodes_of(term))


class _Reads:
    def __init__(self) -> None:
        self._lambdas: dict[int, bool] = {}

    def may_leave(self, term: Term | Condition | Lambda, known: Known) -> bool:
        match term:
            case bool():
                return False
            case Lambda():
                return self._of_lambda(term)
            case t.Entry():
                return not _is_inside(term.index, term.variable.shape, known)
            case t.Read():
                inside = _is_inside(term.index, term.definition.shape, known)
                return not inside or self._of_lambda(term.definition)
            case t.Network():
                return self._of_lambda(term.argument)
            case t.Sum() | t.MaxOver():
                return self.may_leave(term.body, (*known, *ranges((term.variable,), (term.extent,))))
            case t.Where():
                return (
                    term.kink.has_no_slope_at_zero
                    or self.may_leave(term.condition, known)
                    or self.may_leave(term.then, (*known, *facts(term.condition, True)))
                    or self.may_leave(term.otherwise, (*known, *facts(term.condition, False)))
                )
            case _:
                return any(self.may_leave(part, known) for part in t.children(term))

    def _of_lambda(self, tensor: Lambda) -> bool:
        """Of a shared definition, once: at all its own indices, whoever reads it."""
        if id(tensor) not in self._lambdas:
            self._lambdas[id(tensor)] = self.may_leave(tensor.body, ranges(tensor.variables, tensor.shape))
        return self._lambdas[id(tensor)]


def _is_inside(index: Sequence[IndexTerm], shape: Sequence[IndexTerm], known: Known) -> bool:
    bounds = (bound for i, n in zip(index, shape, strict=True) for bound in (i, n - 1 - i))
    return all(sets.is_nonnegative(bound, known) for bound in bounds)
