"""Coefficient functions: weights summed over integer points, by isl as piecewise quasi-polynomials.

A function gives to each tuple of coordinates the sum of the weights of all bound values that make this tuple: images
with their fibres counted. What cannot be summed exactly is refused.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, TypeAlias

from symconv.errors import Undecided
from symconv.kernel import index as ix
from symconv.kernel.general import isl_text, products
from symconv.kernel.general.products import Constraint
from symconv.kernel.general.sets import Context, Map, Region, isl
from symconv.kernel.index import Floor, IndexTerm, IndexVar

# isl's objects; their types are not checked further.
PwQPolynomial: TypeAlias = Any
QPolynomial: TypeAlias = Any


_MOST_OPERATIONS = 500_000
"""Steps of isl for one sum: half a second. What is proved in proofs/ takes a fifth of it."""


@dataclass(frozen=True, slots=True)
class Weighted:
    """``weight`` at the points ``coordinates`` of all values of ``bound`` that meet the constraints."""

    coordinates: tuple[IndexTerm, ...]
    bound: tuple[IndexVar, ...]
    constraints: tuple[Constraint, ...]
    weight: IndexTerm
    scale: Fraction

    @property
    def region(self) -> Region:
        return self.coordinates, self.bound, self.constraints


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


def function(points: Written) -> PwQPolynomial:
    """The coefficient at each tuple of coordinates: the sum of the weights of all bound values that give this tuple."""
    canonical, variables = isl_text.canonical(points.text)
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
            if not _is_zero(simpler, within) and not _is_zero(polynomial, within):
                yield part, simpler


def _is_zero(polynomial: QPolynomial, within: Context) -> bool:
    """Whether a polynomial is 0, products multiplied out."""
    if polynomial.is_zero() or not within.has_products:
        return bool(polynomial.is_zero())
    kinds, space = isl().dim_type, polynomial.get_domain_space()
    denominator = math.lcm(*(term.get_coefficient_val().get_den_val().to_python() for term in polynomial.get_terms()))
    total = ix.ZERO
    for term in polynomial.get_terms():
        if any(term.get_exp(kinds.div, place) for place in range(term.dim(kinds.div))):
            return False
        factors = [within.words[space.get_dim_name(kinds.param, p)] for p in _powers(term, kinds.param)]
        factors += [ix.index(isl_text.COORDINATES[p]) for p in _powers(term, kinds.set)]
        total = total + ix.product(factors) * int(Fraction(str(term.get_coefficient_val())) * denominator)
    return total == ix.ZERO


def is_number(polynomial: QPolynomial) -> bool:
    """Whether a polynomial is one number other than 0 wherever it is asked for."""
    kinds = isl().dim_type
    terms = polynomial.get_terms()
    parts = (kinds.param, kinds.set, kinds.div)
    return len(terms) == 1 and not any(
        terms[0].get_exp(kind, place) for kind in parts for place in range(terms[0].dim(kind))
    )


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


def _value(scale: Fraction) -> Any:
    return isl().Val(f"{scale.numerator}/{scale.denominator}")
