"""Integer sets, by isl: what cannot be met, what covers, what lies within what; and what isl says of points and places.

A variable is named by its number, so that one variable has one name in every set and isl aligns them by itself.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias

from symconv.errors import Undecided
from symconv.kernel import index as ix
from symconv.kernel.general import isl_text, products
from symconv.kernel.general.products import Constraint
from symconv.kernel.index import IndexTerm, IndexVar

# isl's objects; their types are not checked further.
Map: TypeAlias = Any
Set: TypeAlias = Any

Region: TypeAlias = tuple[Sequence[IndexTerm], Sequence[IndexVar], Iterable[Constraint]]
"""Coordinates, and the bound variables of which they are made where these meet the constraints."""


def isl() -> Any:
    import islpy

    return islpy


def is_impossible(constraints: Iterable[Constraint], context: Iterable[Constraint] = ()) -> bool:
    """Whether no integers meet the constraints, within a context that some integers meet.

    Only what shares variables with the constraints, directly or by others, is looked at: the rest can be met by itself.
    """
    asked, known = tuple(constraints), tuple(context)
    if all(constraint in known for constraint in asked):
        return False
    if any(not c.equality and Constraint(-c.term - 1) in known for c in asked):
        return True
    together = _connected(asked, known)
    every = [*together, *products.facts(together)]
    text, names = isl_text.canonical(" and ".join(isl_text.constraint(c, isl_text.number) for c in every))
    return _is_empty(f"[{', '.join(names)}] -> {{ [] : {text or 'true'} }}")


@functools.lru_cache(maxsize=20_000)
def _is_empty(text: str) -> bool:
    return bool(isl().Set(text).is_empty())


def _connected(constraints: tuple[Constraint, ...], context: tuple[Constraint, ...]) -> dict[Constraint, None]:
    """The constraints and those of the context that hang together with them, in order."""
    found = dict.fromkeys(constraints)
    known = {v for c in constraints for v in c.term.variables()}
    left = [(c, set(c.term.variables())) for c in context]
    while True:
        near = [(c, variables) for c, variables in left if variables & known]
        if not near:
            return found
        left = [item for item in left if not item[1] & known]  # before the variables of the near ones are known too
        for constraint, variables in near:
            found[constraint] = None
            known |= variables


_hypotheses: ContextVar[tuple[Constraint, ...]] = ContextVar("hypotheses", default=())


@contextmanager
def assuming(hypotheses: Iterable[Constraint]) -> Iterator[None]:
    """What sizes are assumed to be while a claim is read; what is proved is proved under the same assumptions."""
    token = _hypotheses.set(tuple(hypotheses))
    try:
        yield
    finally:
        _hypotheses.reset(token)


def is_nonnegative(term: IndexTerm, where: Iterable[Constraint] = ()) -> bool | None:
    """Whether a term is at least 0 at all allowed values: yes, no (below 0 at all of them), or not known.

    ``where`` is what holds beside the hypotheses.
    """
    known = ix.is_nonnegative(term)
    if known is not None:
        return known
    places = tuple(where)
    variables = dict.fromkeys(v for each in (term, *(c.term for c in places)) for v in each.variables())
    least = (Constraint(ix.index(v) - v.least) for v in variables if v.least is not None)
    allowed = [*least, *places, *_hypotheses.get()]
    if is_impossible([Constraint(-term - 1)], allowed):
        return True
    return False if is_impossible([Constraint(term)], allowed) else None


class Context:
    """What is known where a question is asked of isl; products in ``terms``, those of the question, are looked into.

    isl sees a product as one number. What it finds is looked at again, by what is known of products.
    """

    def __init__(self, constraints: Iterable[Constraint], terms: Iterable[IndexTerm]) -> None:
        given, asked = list(constraints), list(terms)
        known = [*given, *products.facts(given, asked)]
        self.region: Set = isl().Set(isl_text.conditions(known))
        every = [*asked, *(c.term for c in known)]
        self.has_products = any(True for term in every for _ in products.opaque(term))
        self.words = isl_text.vocabulary(every) if self.has_products else {}

    def parts(self, domain: Set) -> Iterator[Set]:
        """The parts of a domain that are not seen to be empty."""
        for basic in domain.get_basic_sets():
            part = isl().Set.from_basic_set(basic)
            if not part.is_empty() and not (self.has_products and is_impossible(self._constraints(basic))):
                yield part

    def is_empty(self, domain: Set) -> bool:
        return bool(domain.is_empty()) or (self.has_products and not any(True for _ in self.parts(domain)))

    def _constraints(self, basic: Any) -> Iterator[Constraint]:
        """What isl says of a basic set, but for what it says by numbers of its own."""
        kinds = isl().dim_type
        for found in basic.get_constraints():
            if any(found.involves_dims(kinds.div, place, 1) for place in range(found.dim(kinds.div))):
                continue
            term = ix.index(int(str(found.get_constant_val())))
            for place in range(found.dim(kinds.param)):
                word = self.words[found.get_dim_name(kinds.param, place)]
                term = term + word * int(str(found.get_coefficient_val(kinds.param, place)))
            for place in range(found.dim(kinds.set)):
                coordinate = ix.index(isl_text.COORDINATES[place])
                term = term + coordinate * int(str(found.get_coefficient_val(kinds.set, place)))
            yield Constraint(term, bool(found.is_equality()))


def _terms(regions: Iterable[Region]) -> list[IndexTerm]:
    return [term for coordinates, _, constraints in regions for term in (*coordinates, *(c.term for c in constraints))]


def covers(parts: Iterable[tuple[Sequence[IndexVar], Iterable[Constraint]]], context: Iterable[Constraint]) -> bool:
    """Whether at all values that meet the context at least one part has a point."""
    regions: list[Region] = [((), bound, tuple(constraints)) for bound, constraints in parts]
    within = Context(context, _terms(regions))
    missing = within.region
    for region in regions:
        missing = missing.subtract(_projected(*region))
    return within.is_empty(missing)


def holds_somewhere(domains: Iterable[Set], context: Iterable[Constraint], terms: Iterable[IndexTerm]) -> bool:
    """Whether at all values of the parameters that meet the context some domain has a point."""
    within = Context(context, terms)
    missing = within.region.params()
    for domain in domains:
        missing = missing.subtract(domain.params())
    return within.is_empty(missing)


def is_subset(inner: Region, outer: Region, context: Iterable[Constraint]) -> bool:
    """Whether one set of coordinates, given by what bound indices make of them, is within another."""
    within = Context(context, _terms([inner, outer]))
    return _is_subset(_projected(*inner), _projected(*outer), within)


def _is_subset(inner: Set, outer: Set, within: Context) -> bool:
    return within.is_empty(inner.intersect_params(within.region.params()).subtract(outer))


def same_supports(
    left: Iterable[tuple[Any, Region]], right: Iterable[tuple[Any, Region]], context: Iterable[Constraint]
) -> bool:
    """Whether two families of named regions have the same points of each name, within the context."""
    left, right = list(left), list(right)
    first, second = _supports(left), _supports(right)
    if first.keys() != second.keys():
        return False
    within = Context(context, _terms(region for _, region in (*left, *right)))
    return all(_is_subset(a[name], b[name], within) for name in first for a, b in ((first, second), (second, first)))


def _supports(regions: Iterable[tuple[Any, Region]]) -> dict[Any, Set]:
    found: dict[Any, Set] = {}
    for name, region in regions:
        support = _projected(*region)
        found[name] = found[name].union(support) if name in found else support
    return found


def _projected(coordinates: Sequence[IndexTerm], bound: Sequence[IndexVar], constraints: Iterable[Constraint]) -> Set:
    """{ coordinates : some bound values meet the constraints }."""
    kept = list(constraints)
    terms = [*coordinates, *(c.term for c in kept)]
    if products.hidden(terms, bound):
        shown = next(term for term in terms if products.hidden([term], bound))
        raise Undecided(f"the index {shown} is a product of sizes or indices")
    names = [isl_text.name(c) for c in isl_text.COORDINATES[: len(coordinates)]]
    equations = [f"{t} = {isl_text.affine(term)}" for t, term in zip(names, coordinates, strict=True)]
    body = " and ".join([*equations, *map(isl_text.constraint, kept)]) or "true"
    inner = [*names, *map(isl_text.name, bound)]
    text = f"{isl_text.parameters(terms, exclude=inner)} -> {{ [{', '.join(inner)}] : {body} }}"
    return isl().Set(text).project_out(isl().dim_type.set, len(names), len(bound))


def smallest_points(domain: Set, variables: Sequence[IndexVar], most: int = 4) -> list[dict[IndexVar, int]]:
    """Some of the smallest values of variables at which a domain is not empty; one that does not occur is left out."""
    kinds = isl().dim_type
    left = domain.params()
    wanted = {isl_text.name(variable): variable for variable in variables}
    for place in reversed(range(left.dim(kinds.param))):
        if left.get_dim_name(kinds.param, place) not in wanted:
            left = left.project_out(kinds.param, place, 1)
    names = [left.get_dim_name(kinds.param, place) for place in range(left.dim(kinds.param))]
    left = isl().Set.from_params(left).move_dims(kinds.set, 0, kinds.param, 0, len(names))
    found: list[dict[IndexVar, int]] = []
    while not left.is_empty() and len(found) < most:
        smallest = left.lexmin()
        point = smallest.sample_point()
        values = [int(str(point.get_coordinate_val(kinds.set, place))) for place in range(len(names))]
        found.append({wanted[name]: value for name, value in zip(names, values, strict=True)})
        left = left.subtract(smallest)
    return found


def is_within(domains: Iterable[Set], alternatives: Iterable[Iterable[Constraint]]) -> bool:
    """Whether at all values of the parameters at which some domain has a point one alternative holds."""
    left = [domain.params() for domain in domains]
    for constraints in alternatives:
        allowed = isl().Set(isl_text.conditions(constraints)).params()
        left = [domain.subtract(allowed) for domain in left]
    return all(domain.is_empty() for domain in left)


def smallest_solutions(constraints: Iterable[Constraint], variables: Sequence[IndexVar]) -> list[dict[IndexVar, int]]:
    """Some of the smallest values of variables that meet constraints."""
    return smallest_points(isl().Set(isl_text.conditions(constraints)), variables)


def shown(domain: Set, variables: Iterable[IndexVar]) -> str:
    """The sizes and indices of a domain as a condition, with variables by their names."""
    names = {isl_text.name(variable): variable.name for variable in variables}
    kinds = isl().dim_type
    left = domain.params()
    for place in reversed(range(left.dim(kinds.param))):
        if left.get_dim_name(kinds.param, place) not in names:
            left = left.project_out(kinds.param, place, 1)
    text = str(left.coalesce()).partition(":")[2].strip(" }")
    return re.sub(isl_text.PARAMETER, lambda match: names.get(match.group(), match.group()), text) or "everywhere"
