"""Integer sets and piecewise quasi-polynomials, by isl. Nothing else knows isl's strings or spaces.

A variable is named by its number, so that one variable has one name in every set and isl aligns them by itself.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, TypeAlias

from symconv.errors import Undecided
from symconv.kernel import index as ix
from symconv.kernel.general import isl_text, products
from symconv.kernel.general.products import Constraint
from symconv.kernel.index import Floor, IndexTerm, IndexVar

# isl's objects; their types are not checked further.
PwQPolynomial: TypeAlias = Any
QPolynomial: TypeAlias = Any
Map: TypeAlias = Any
Set: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Weighted:
    """``weight`` at the points ``coordinates`` of all values of ``bound`` that meet the constraints."""

    coordinates: tuple[IndexTerm, ...]
    bound: tuple[IndexVar, ...]
    constraints: tuple[Constraint, ...]
    weight: IndexTerm
    scale: Fraction


_MOST_OPERATIONS = 500_000
"""Steps of isl for one sum: half a second. What is proved in proofs/ takes a fifth of it."""


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
    text, names = _canonical(" and ".join(isl_text.constraint(c, isl_text.number) for c in every))
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


def is_nonnegative(term: IndexTerm) -> bool | None:
    """Whether a term is at least 0 at all allowed values: yes, no (below 0 at all of them), or not known."""
    known = ix.is_nonnegative(term)
    if known is not None:
        return known
    least = (Constraint(ix.index(v) - v.least) for v in dict.fromkeys(term.variables()) if v.least is not None)
    allowed = [*least, *_hypotheses.get()]
    if is_impossible([Constraint(-term - 1)], allowed):
        return True
    return False if is_impossible([Constraint(term)], allowed) else None


@dataclass(frozen=True, slots=True)
class Written:
    """Points as isl's text, the same for all ways of naming bound indices and ordering constraints.

    ``terms`` are what is written.
    """

    text: str
    coordinates: int
    bound: int
    terms: tuple[IndexTerm, ...] = field(default=(), compare=False)


def written(point: Weighted) -> Written:
    """The points without their scale.

    A bound index that occurs in a product becomes one more coordinate: functions that are equal there are so when
    they are summed over it.
    """
    if len(point.coordinates) > len(isl_text.COORDINATES):
        raise Undecided(f"a product with more than {len(isl_text.COORDINATES)} indices")
    solved, constraints, left, weight = _solved(point)
    terms = [*solved, *(c.term for c in constraints)]
    hidden = products.hidden([*terms, *products.floors_in(weight)], left)
    if hidden:
        return written(replace(point, coordinates=(*point.coordinates, *map(ix.index, hidden))))
    shown = [v for term in (*terms, weight) for v in term.variables() if v in left] if left else []
    called = {variable: f"b{n}" for n, variable in enumerate(dict.fromkeys([*shown, *left]))}

    def name(variable: IndexVar) -> str:
        return called.get(variable) or isl_text.name(variable)

    names = [isl_text.name(c) for c in isl_text.COORDINATES[: len(solved)]]
    equations = [f"{t} = {isl_text.affine(term, name)}" for t, term in zip(names, solved, strict=True)]
    body = " and ".join([*equations, *sorted({isl_text.constraint(c, name) for c in constraints})]) or "true"
    inner = [*names, *called.values()]
    whole = dict.fromkeys(monomial for term in terms for monomial in products.opaque(term))
    factors = [IndexTerm({part: 1}) for monomial, _ in weight.terms for part in products.parted(monomial, whole)]
    parameters = isl_text.parameters([*terms, *factors], name, exclude=inner)
    text = f"{parameters} -> {{ [{', '.join(inner)}] -> ({isl_text.polynomial(weight, whole, name)}) : {body} }}"
    return Written(text, len(names), len(left), (*terms, weight))


def function(points: Written) -> PwQPolynomial:
    """The coefficient at each tuple of coordinates: the sum of the weights of all bound values that give this tuple."""
    canonical, variables = _canonical(points.text)
    return _named(_function(canonical, points.coordinates, points.bound), variables)


def function_of(point: Weighted) -> PwQPolynomial:
    """The function of one weighted set of points, its scale included; over the coordinates that it is written over."""
    return scaled(function(written(point)), point.scale)


def scaled(function: PwQPolynomial, scale: Fraction) -> PwQPolynomial:
    return function if scale == 1 else function.scale_val(_value(scale))


@functools.lru_cache(maxsize=20_000)
def _function(text: str, coordinates: int, bound: int) -> PwQPolynomial:
    function = isl().PwQPolynomial(text)
    with _patience():
        for _ in range(bound):
            function = _summed_out(function, coordinates)
    return function


@contextmanager
def _patience() -> Iterator[None]:
    """Sums over many indices may have more pieces than can be waited for; how many steps isl takes is counted."""
    context = isl().DEFAULT_CONTEXT
    context.reset_operations()
    context.set_max_operations(_MOST_OPERATIONS)
    try:
        yield
    except isl().Error as problem:
        raise Undecided(f"a sum that isl does not write without its indices: {problem}") from None
    finally:
        context.set_max_operations(0)
        context.reset_operations()


def _canonical(text: str) -> tuple[str, dict[str, str]]:
    """The text with its variables named in the order in which they occur, so that alike questions are one question;
    and what each was called.
    """
    names: dict[str, str] = {}
    renamed = re.sub(isl_text.PARAMETER, lambda match: names.setdefault(match[0], f"p{len(names)}"), text)
    return renamed, {new: old for old, new in names.items()}


def _named(function: PwQPolynomial, names: dict[str, str]) -> PwQPolynomial:
    """The function with its parameters called as they were."""
    kind, space = isl().dim_type.param, function.get_space()
    for place in range(space.dim(kind)):
        function = function.set_dim_name(kind, place, names[space.get_dim_name(kind, place)])
    return function


def total(functions: Sequence[PwQPolynomial]) -> PwQPolynomial:
    """The pointwise sum."""
    result = functions[0]
    for function in functions[1:]:
        result = result.add(function)
    return result


def nonzero_pieces(
    function: PwQPolynomial, context: Iterable[Constraint], terms: Iterable[IndexTerm] = ()
) -> Iterator[tuple[Any, Any]]:
    """The pieces of a function, within the context, on which its polynomial is not seen to vanish.

    ``terms`` are those that the function is made of: products in them are looked into.
    """
    within = Context(context, terms)
    for domain, polynomial in function.intersect_params(within.region.params()).get_pieces():
        for part in within.parts(domain.make_disjoint()):
            simpler = polynomial.gist(part)
            if not within.is_zero(simpler) and not within.is_zero(polynomial):
                yield part, simpler


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

    def is_zero(self, polynomial: QPolynomial) -> bool:
        """Whether a polynomial is 0, products multiplied out."""
        if polynomial.is_zero() or not self.has_products:
            return bool(polynomial.is_zero())
        kinds, space = isl().dim_type, polynomial.get_domain_space()
        denominator = math.lcm(
            *(term.get_coefficient_val().get_den_val().to_python() for term in polynomial.get_terms())
        )
        total = ix.ZERO
        for term in polynomial.get_terms():
            if any(term.get_exp(kinds.div, place) for place in range(term.dim(kinds.div))):
                return False
            factors = [self.words[space.get_dim_name(kinds.param, p)] for p in _powers(term, kinds.param)]
            factors += [ix.index(isl_text.COORDINATES[p]) for p in _powers(term, kinds.set)]
            total = total + ix.product(factors) * int(Fraction(str(term.get_coefficient_val())) * denominator)
        return total == ix.ZERO


def _powers(term: Any, kind: Any) -> Iterator[int]:
    """The places of a kind that a term multiplies, each as often as it does."""
    return (place for place in range(term.dim(kind)) for _ in range(term.get_exp(kind, place)))


def _summed_out(function: PwQPolynomial, position: int) -> PwQPolynomial:
    """The function with one coordinate summed over its values."""
    kinds = isl().dim_type
    parts: list[PwQPolynomial] = []
    for domain, polynomial in function.get_pieces():
        for basic in domain.make_disjoint().get_basic_sets():
            relation = isl().Map.from_domain(isl().Set.from_basic_set(basic))
            relation = relation.move_dims(kinds.out, 0, kinds.in_, position, 1)
            parts += _sums_over_interval(relation, polynomial, position)
    if parts:
        return total(parts)
    return isl().PwQPolynomial.zero(function.space.drop_dims(kinds.in_, position, 1))


def _sums_over_interval(relation: Map, polynomial: QPolynomial, position: int) -> Iterator[PwQPolynomial]:
    """The sum of a polynomial over the one output coordinate of a relation, which must run over an interval."""
    low, high = relation.lexmin_pw_multi_aff(), relation.lexmax_pw_multi_aff()
    if not relation.is_single_valued() and not _between(low, high).is_equal(relation):
        raise Undecided("a sum over a range with gaps, whose points would have to be counted by residues")
    first = isl().PwQPolynomial.from_pw_aff(low.get_pw_aff(0))
    last = isl().PwQPolynomial.from_pw_aff(high.get_pw_aff(0))
    domain = relation.domain()
    for degree, coefficient in _by_power(polynomial, position):
        over = isl().PwQPolynomial.from_qpolynomial(coefficient).intersect_domain(domain)
        one = isl().PwQPolynomial.from_qpolynomial(isl().QPolynomial.one_on_domain(coefficient.get_domain_space()))
        yield over.mul(_power_sum(degree, last, one).sub(_power_sum(degree, first.sub(one), one)))


def _between(low: Any, high: Any) -> Map:
    """{ x -> y : low(x) <= y <= high(x) }."""
    up, down = isl().Map("{ [y] -> [z] : z >= y }"), isl().Map("{ [y] -> [z] : z <= y }")
    below, above = isl().Map.from_pw_multi_aff(low), isl().Map.from_pw_multi_aff(high)
    return below.apply_range(up).intersect(above.apply_range(down))


def _power_sum(degree: int, n: Any, one: Any) -> Any:
    """1**degree + ... + n**degree as a polynomial in n; differences of it are sums over intervals of integers."""
    after = n.add(one)
    match degree:
        case 0:
            return n
        case 1:
            return n.mul(after).scale_val(_value(Fraction(1, 2)))
        case 2:
            return n.mul(after).mul(n.add(after)).scale_val(_value(Fraction(1, 6)))
        case 3:
            return _power_sum(1, n, one).pow(2)
    raise Undecided(f"a sum of powers of degree {degree}")


def _by_power(polynomial: Any, position: int) -> Iterator[tuple[int, Any]]:
    """The polynomial by powers of one coordinate: (degree, coefficient over the other coordinates)."""
    kinds = isl().dim_type
    space = polynomial.get_domain_space()
    for term in polynomial.get_terms():
        factor = isl().QPolynomial.val_on_domain(space, term.get_coefficient_val())
        for kind in (kinds.param, kinds.set):
            for place in range(space.dim(kind)):
                if kind != kinds.set or place != position:
                    power = term.get_exp(kind, place)
                    factor = (
                        factor.mul(isl().QPolynomial.var_on_domain(space, kind, place).pow(power)) if power else factor
                    )
        if any(term.get_exp(kinds.div, place) for place in range(term.dim(kinds.div))):
            raise Undecided("a sum whose coefficient holds a floor division")
        yield term.get_exp(kinds.set, position), factor.drop_dims(kinds.in_, position, 1)


def _solved(point: Weighted) -> tuple[list[IndexTerm], list[Constraint], list[IndexVar], IndexTerm]:
    """Bound variables that a coordinate shows with a unit coefficient are written by that coordinate."""
    coordinates, constraints, weight = list(point.coordinates), list(point.constraints), point.weight
    left = list(point.bound)
    for place in range(len(coordinates)):
        variable, value = _solution(coordinates[place], isl_text.COORDINATES[place], left)
        if variable is None or value is None:
            continue
        left.remove(variable)
        put = {variable: value}
        coordinates = [c.substitute(put) for c in coordinates]
        constraints = [Constraint(c.term.substitute(put), c.equality) for c in constraints]
        weight = weight.substitute(put)
    return _without_floors(coordinates, constraints, left, weight)


def _without_floors(
    coordinates: list[IndexTerm], constraints: list[Constraint], left: list[IndexVar], weight: IndexTerm
) -> tuple[list[IndexTerm], list[Constraint], list[IndexVar], IndexTerm]:
    """A floor by a size that is a coordinate is known by what it divides: t = floor(n/d) says d t <= n < d t + d."""
    for place, coordinate in enumerate(isl_text.COORDINATES[: len(coordinates)]):
        term = coordinates[place]
        floor = next((m[0] for m, n in term.terms if len(m) == 1 and abs(n) == 1 and products.is_whole(m[0])), None)
        if not isinstance(floor, Floor):
            continue
        factor = dict(term.terms)[(floor,)]
        value = (ix.index(coordinate) - (term - IndexTerm({(floor,): factor}))) * factor
        coordinates = [ix.replaced(c, floor, value) for c in coordinates]
        constraints = [Constraint(ix.replaced(c.term, floor, value), c.equality) for c in constraints]
        weight = ix.replaced(weight, floor, value)
        rest = floor.numerator - floor.denominator * value
        constraints += [Constraint(rest), Constraint(floor.denominator - 1 - rest)]
    return coordinates, constraints, left, weight


def _solution(term: IndexTerm, coordinate: IndexVar, bound: list[IndexVar]) -> tuple[IndexVar | None, IndexTerm | None]:
    """``(b, value)`` when ``coordinate = term`` can be solved for a bound variable b."""
    for monomial, factor in term.terms:
        if len(monomial) == 1 and abs(factor) == 1 and monomial[0] in bound:
            variable = monomial[0]
            rest = term - ix.index(variable) * factor
            if not any(v is variable for v in rest.variables()):
                return variable, (ix.index(coordinate) - rest) * factor
    return None, None


def _value(scale: Fraction) -> Any:
    return isl().Val(f"{scale.numerator}/{scale.denominator}")


Region = tuple[Sequence[IndexTerm], Sequence[IndexVar], Iterable[Constraint]]


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


def is_subset(inner: Region, outer: Region, context: Iterable[Constraint]) -> bool:
    """Whether one set of coordinates, given by what bound indices make of them, is within another."""
    within = Context(context, _terms([inner, outer]))
    return _is_subset(_projected(*inner), _projected(*outer), within)


def _is_subset(inner: Set, outer: Set, within: Context) -> bool:
    return within.is_empty(inner.intersect_params(within.region.params()).subtract(outer))


def same_supports(
    left: Iterable[tuple[Any, Weighted]], right: Iterable[tuple[Any, Weighted]], context: Iterable[Constraint]
) -> bool:
    """Whether two families of named points run over the same points of each name, within the context."""
    left, right = list(left), list(right)
    first, second = _supports(left), _supports(right)
    if first.keys() != second.keys():
        return False
    within = Context(context, _terms((p.coordinates, p.bound, p.constraints) for _, p in (*left, *right)))
    return all(_is_subset(a[name], b[name], within) for name in first for a, b in ((first, second), (second, first)))


def _supports(points: Iterable[tuple[Any, Weighted]]) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for name, point in points:
        support = _projected(point.coordinates, point.bound, point.constraints)
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
