"""Products of sizes and indices and floors by sizes as numbers of their own, against plain loops over small integers.

A product is given to isl as one parameter that is named by how it is written. That is sound as far as the name says
the product and no other, what is said of it holds, and no index that is summed or projected is hidden in it.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import meets, points

from symconv.errors import Undecided
from symconv.kernel import index as ix
from symconv.kernel.general import functions, isl_text, products, sets
from symconv.kernel.general.comparison import Comparison
from symconv.kernel.general.functions import Weighted
from symconv.kernel.general.products import Constraint
from symconv.kernel.index import Floor, IndexTerm, IndexVar, Monomial

N, S, T = IndexVar("n", 1), IndexVar("s", 1), IndexVar("t", 1)
I, J = IndexVar("i"), IndexVar("j")
A, B = IndexVar("a"), IndexVar("b")
n, s, t, i, j, a, b = map(ix.index, (N, S, T, I, J, A, B))
Q = IndexVar("q", None)
q = ix.index(Q)
"""A number of which nothing is known, not even its sign."""

SIZES = [Constraint(n - 1), Constraint(s - 1), Constraint(t - 1), Constraint(i), Constraint(j)]
OUTER = [
    dict(zip((N, S, T, I, J), row, strict=True))
    for row in itertools.product((1, 2, 4), (1, 2, 3), (1, 3), (0, 1, 3), (0, 2))
]
Values = dict[IndexVar, int]


def below(variable: IndexTerm, extent: IndexTerm) -> list[Constraint]:
    return [Constraint(variable), Constraint(extent - 1 - variable)]


PRODUCTS = [s * i, s * j, t * i, s * t, s * s, n * s, i * j, s * t * i, s * (n - 1), s * (i + 1), s * i - t * j]
FLOORS = [
    i // s,
    (i + j) // s,
    n // s,
    (n - 1) // s + 1,
    s * (i // s),
    (s * i) // 2,
    i // (s * t),
    (s * i + j) // t,
    n // t,
]
plain = st.sampled_from([n, s, t, i, j, ix.ZERO, ix.ONE, -i, -s, 2 * n])
outer_terms = st.builds(
    lambda p, c, r, e: c * p + r + e,
    st.sampled_from(PRODUCTS + FLOORS),
    st.sampled_from([-2, -1, 1, 1, 2]),
    st.one_of(plain, st.sampled_from([-x for x in PRODUCTS])),
    st.integers(-2, 2),
)
outer_conditions = st.builds(Constraint, outer_terms, st.sampled_from([False, False, True]))
bound_terms = st.builds(
    lambda p, r, c: p * a + r * b + c, *[st.sampled_from([-1, 0, 1, 2])] * 2, st.one_of(outer_terms, plain)
)
bound_conditions = st.builds(
    Constraint, st.one_of(bound_terms, st.builds(lambda e: e // 2, bound_terms)), st.booleans()
)
extents = st.sampled_from([n, s, s * i, s * (n - 1) + 1, n // s + 1, (n - 1) // s + 1, n - s * i, i + 1, s * t, n - t])
weights = st.sampled_from([ix.ONE, a, s, s * i, a * s, s * t, i // s, s * i + a, n * a - s * i])


@st.composite
def weighted(draw: Any) -> Weighted:
    """Points over a and b with products of what is outside of them, and now and then of them too."""
    ranges = [*below(a, draw(extents)), *below(b, draw(st.sampled_from([t, a + 1, n, s * i, ix.index(2)])))]
    extra = draw(st.lists(st.one_of(bound_conditions, outer_conditions), max_size=2))
    other = st.sampled_from(
        [s * i + a, s * a + b, a + b, a, s * i, (s * i + a) // 2, a - s * j, i // s + b, s * a, a // s]
    )
    shown = tuple(draw(st.lists(st.one_of(bound_terms, other), max_size=2)))
    return Weighted(
        shown, (A, B), (*ranges, *extra), draw(weights), draw(st.sampled_from([Fraction(1), Fraction(-1, 2)]))
    )


CHANGES: list[dict[IndexVar, IndexTerm]] = [{S: t}, {S: s * s}, {I: j}, {I: i + 1}, {N: n + 1}, {J: i // s}]
EXCHANGED = {A: b, B: a}


@st.composite
def pairs(draw: Any) -> tuple[Weighted, Weighted]:
    """Points, and the same with a change in one place, or with a condition less, or written anew."""
    left = draw(weighted())
    coordinates, terms, weight = list(left.coordinates), [c.term for c in left.constraints], left.weight
    bound, put = left.bound, draw(st.sampled_from(CHANGES))
    match draw(st.sampled_from(["coordinates", "condition", "weight", "less", "more", "anew", "exchanged"])):
        case "coordinates":
            coordinates = [c.substitute(draw(st.sampled_from([put, EXCHANGED]))) for c in coordinates]
        case "condition":
            place = draw(st.integers(0, len(terms) - 1))
            terms[place] = terms[place].substitute(put)
        case "weight":
            weight = weight.substitute(put)
        case "less" if len(terms) > 4:
            terms.pop()
        case "anew":
            anew = {A: draw(st.sampled_from([n, s * i, t])) - 1 - a, B: b}
            coordinates, weight = [c.substitute(anew) for c in coordinates], weight.substitute(anew)
            terms = [*terms[:2], *(c.substitute(anew) for c in terms[2:])]
        case "exchanged":
            coordinates, weight = [c.substitute(EXCHANGED) for c in coordinates], weight.substitute(EXCHANGED)
            terms, bound = [c.substitute(EXCHANGED) for c in terms], (B, A)
    equal = [c.equality for c in left.constraints]
    constraints = [Constraint(term, equality) for term, equality in zip(terms, equal, strict=False)]
    more = draw(st.sampled_from([[], [Constraint(s * i)], [Constraint(n - s * i)]]))
    return left, Weighted(tuple(coordinates), bound, (*constraints[4:], *constraints[:4], *more), weight, left.scale)


def all_points(variables: Sequence[IndexVar], top: int = 4) -> Iterator[Values]:
    ranges = (range(-3, top) if v.least is None else range(v.least, top) for v in variables)
    return (dict(zip(variables, row, strict=True)) for row in itertools.product(*ranges))


# --- what is said of products ----------------------------------------------------------------------------------------

TERMS = [*PRODUCTS, *FLOORS, i // j, n // (s - 2), q * i, s * q, q // s, q * q, (q + i) // s * t, -n, i - q, n - s * i]
any_terms = st.builds(
    lambda x, y, p, e: x + p * y + e, *[st.sampled_from(TERMS)] * 2, st.integers(-2, 2), st.integers(-3, 3)
)
any_conditions = st.builds(Constraint, any_terms, st.booleans())


def holds(constraint: Constraint, values: Values) -> bool | None:
    """Whether a constraint is met; ``None`` where it divides by 0."""
    try:
        return meets(constraint, values)
    except ZeroDivisionError:
        return None


@settings(max_examples=150, deadline=None)
@given(st.lists(any_conditions, min_size=1, max_size=3), st.lists(any_terms, max_size=2))
def test_facts_hold_wherever_the_constraints_do(constraints: list[Constraint], mentioned: list[IndexTerm]) -> None:
    found = products.facts(constraints, mentioned)
    variables = sorted({v for c in (*constraints, *found) for v in c.term.variables()}, key=lambda v: v.number)
    for values in all_points(variables):
        if all(holds(c, values) for c in constraints):
            assert all(holds(fact, values) is not False for fact in found), values


def test_facts_are_of_products_that_occur_and_of_no_others() -> None:
    """n >= i and s >= 1 tell n s >= i s only where both products are spoken of."""
    known = [Constraint(n - i)]
    fact = Constraint(s * n - s * i - n + i)
    assert products.facts(known) == []
    assert fact in products.facts(known, [s * n, s * i])
    assert fact not in products.facts(known, [s * n])


def test_nothing_is_multiplied_by_what_may_be_negative() -> None:
    assert products.facts([Constraint(n - 3)], [n * q]) == []
    assert Constraint(n * i - 3 * i) in products.facts([Constraint(n - 3)], [n * i])
    equality = Constraint(n - 3, equality=True)
    assert Constraint(n * i - 3 * i, equality=True) in products.facts([equality], [n * i])


@pytest.mark.parametrize("bottom", [j, s - 1, q, s * i, -s])
def test_of_a_floor_by_what_may_be_0_nothing_is_said(bottom: IndexTerm) -> None:
    floor = IndexTerm({(Floor(n, bottom),): 1})
    assert not any(v is N for fact in products.facts([], [floor]) for v in fact.term.variables())


@settings(max_examples=200, deadline=None)
@given(st.lists(any_conditions, min_size=1, max_size=3), st.lists(any_conditions, max_size=2))
def test_what_is_impossible_has_no_point(constraints: list[Constraint], context: list[Constraint]) -> None:
    variables = sorted({v for c in (*constraints, *context) for v in c.term.variables()}, key=lambda v: v.number)
    least = [Constraint(ix.index(v) - v.least) for v in variables if v.least is not None]
    met = [values for values in all_points(variables) if all(holds(c, values) for c in context)]
    if met and sets.is_impossible(constraints, [*context, *least]):
        assert not any(all(holds(c, values) for c in constraints) for values in met)


IMPOSSIBLE = {
    "a product of sizes below 1": [Constraint(-s * t)],
    "a window after the last": [Constraint(n - 1 - i), Constraint(s * i - s * (n - 1) - 1)],
    "a product below one factor": [Constraint(i - 1 - s * i), Constraint(i)],
    "a floor above what is divided": [Constraint(i // s - i - 1), Constraint(i)],
    "a rest that is not below the divisor": [Constraint(i - s * (i // s) - s)],
    "a negative floor of what is not negative": [Constraint(-1 - i // s), Constraint(i)],
    "more windows than fit": [Constraint(i - (n - 1) // s - 1), Constraint(n - 1 - s * i)],
}
POSSIBLE = {
    "a product of indices of 0": [Constraint(-i * j)],
    "the last window": [Constraint(n - 1 - i), Constraint(s * i - s * (n - 1))],
    "s*i = i for s = 1 or i = 0": [Constraint(i - s * i), Constraint(i)],
    "i // s = i for s = 1": [Constraint(i // s - i), Constraint(i)],
    "the largest rest": [Constraint(i - s * (i // s) - s + 1)],
    "a square that is 2, of which isl does not know": [Constraint(s * s - 2, equality=True)],
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_facts_tell_what_is_impossible(name: str) -> None:
    least = [Constraint(ix.index(v) - v.least) for v in (N, S, T, I) if v.least is not None]
    assert sets.is_impossible(IMPOSSIBLE[name], least)


@pytest.mark.parametrize("name", POSSIBLE)
def test_what_is_possible_is_not_called_impossible(name: str) -> None:
    assert not sets.is_impossible(POSSIBLE[name], SIZES)


def test_a_sign_of_a_product_at_all_allowed_values() -> None:
    assert sets.is_nonnegative(s * i - i) is True
    assert sets.is_nonnegative(i - s * i) is None
    assert sets.is_nonnegative(i // s - i - 1) is False
    assert sets.is_nonnegative(q * i) is None
    assert sets.is_nonnegative(i - s * (i // s)) is True


def test_a_sign_by_what_is_assumed_while_it_is_asked_for() -> None:
    with sets.assuming([*SIZES, Constraint(n - s * t)]):
        assert sets.is_nonnegative(n - s) is True
        assert sets.is_nonnegative(s - 1 - n) is False
        assert sets.is_nonnegative(n - s - 1) is None
    assert sets.is_nonnegative(n - s) is None


def test_what_is_said_the_other_way_round_is_impossible_at_once() -> None:
    assert sets.is_impossible([Constraint(i * j - n - 1)], [Constraint(n - i * j)])
    assert not sets.is_impossible([Constraint(i * j - n)], [Constraint(n - i * j)])
    assert not sets.is_impossible([Constraint(n - i * j)], [Constraint(n - i * j)])


# --- names and parts -------------------------------------------------------------------------------------------------

atoms = st.one_of(
    st.sampled_from([N, S, T, I, J, Q]),
    st.builds(
        Floor, st.one_of(any_terms, plain), st.sampled_from([s, t, s * t, j, s - 2, ix.index(3), ix.index(-2), s + i])
    ),
)
monomials = st.lists(atoms, min_size=1, max_size=3).map(lambda found: tuple(sorted(found, key=lambda atom: atom.key)))


def said(name: str, values: Values, coordinates: Sequence[int] = ()) -> int:
    """What the name of a parameter says, read as Python at integers."""
    text = bytes.fromhex(name[1:]).decode() if name.startswith("w") else name
    known = {f"v{v.number}": value for v, value in values.items()} | {f"t{k}": x for k, x in enumerate(coordinates)}
    return int(eval(text, {"__builtins__": {}}, known))


@settings(max_examples=200, deadline=None)
@given(monomials)
def test_a_name_says_its_product(monomial: Monomial) -> None:
    if not products.is_opaque(monomial):
        return
    (name,) = re.findall(r"w[0-9a-f]+", isl_text.affine(IndexTerm({monomial: 5})))
    assert re.fullmatch(isl_text.PARAMETER, name)
    for values in itertools.islice(all_points([N, S, T, I, J, Q]), 0, None, 97):
        try:
            expected = IndexTerm({monomial: 1}).evaluate(values)
        except ZeroDivisionError:
            continue
        assert said(name, values) == expected


@settings(max_examples=300, deadline=None)
@given(monomials, monomials)
def test_two_products_have_two_names(first: Monomial, second: Monomial) -> None:
    if products.is_opaque(first) and products.is_opaque(second):
        names = [isl_text.affine(IndexTerm({monomial: 1})) for monomial in (first, second)]
        assert (names[0] == names[1]) == (first == second)


def test_variables_of_one_name_have_two_names_within_a_product() -> None:
    other = IndexVar("s", 1)
    assert isl_text.affine(s * i) != isl_text.affine(ix.index(other) * i)


@settings(max_examples=100, deadline=None)
@given(monomials, st.lists(monomials, max_size=3))
def test_parts_multiply_to_the_whole(monomial: Monomial, whole: list[Monomial]) -> None:
    parts = products.parted(monomial, whole)
    assert Counter(atom for part in parts for atom in part) == Counter(monomial)
    assert all(len(part) == 1 or part in whole for part in parts)


def test_products_that_are_known_are_kept_whole() -> None:
    si = (S, I)
    assert products.parted((S, S, I, I, N), [si]).count(si) == 2
    assert products.parted((S,), [si]) == [(S,)]
    assert products.parted((), [si]) == []


def test_what_is_opaque() -> None:
    by_size, by_number = Floor(i, s), Floor(s * i + 1, ix.index(2))
    cases: list[tuple[IndexTerm, set[Monomial]]] = [
        (n + 2 * i - 1, set()),
        (s * i + n, {(S, I)}),
        (i // 2 + n, set()),
        (i // s, {(by_size,)}),
        ((s * i + 1) // 2, {(S, I)}),
        (IndexTerm({(by_number,): 1, (N, S): 2}), {(S, I), (N, S)}),
        (IndexTerm({(Floor(i, ix.index(-2)),): 1}), {(Floor(i, ix.index(-2)),)}),
    ]
    for term, expected in cases:
        assert set(products.opaque(term)) == expected, term


def read(text: str, values: Values, fixed: Values) -> int:
    """isl's text of a term at integers: products as they are at ``fixed`` values, all else at ``values``."""
    text = re.sub(r"w[0-9a-f]+", lambda match: f"({said(match.group(), fixed)})", text)
    text = re.sub(r"\bfloor\(\((.*?)\)/(\d+)\)", r"((\1)//\2)", text)  # no floor within a floor below
    return int(eval(text, {"__builtins__": {}}, {f"v{v.number}": value for v, value in values.items()}))


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        bound_terms,
        outer_terms,
        st.sampled_from([s * a, a * b, a // s, i // (a + 1), (s * a) // 2, s * i + a, (a + s * i) // 2]),
    )
)
def test_where_nothing_is_hidden_no_product_moves_with_a_bound_index(term: IndexTerm) -> None:
    problem = products.hidden([term], (A, B))
    assert products.hidden([term], ()) == []
    text = isl_text.affine(term)
    for values in itertools.islice(OUTER, 0, None, 7):
        fixed = {**values, A: 0, B: 0}
        for x, y in itertools.product(range(3), repeat=2):
            inner = {**values, A: x, B: y}
            assert read(text, inner, inner) == term.evaluate(inner)
            assert problem or read(text, inner, fixed) == term.evaluate(inner)


BOUND_IN_PRODUCTS = [s * a, a * b, a // s, i // (a + 1), (s * a + 1) // 2, n * (a // 2), s * (i // (a + 1))]


@pytest.mark.parametrize("term", BOUND_IN_PRODUCTS)
def test_a_set_is_not_projected_along_what_products_hide(term: IndexTerm) -> None:
    assert products.hidden([n, term], (A, B)) == [v for v in (A, B) if v in term.variables()]
    point = Weighted((term,), (A, B), (*below(a, n), *below(b, n)), ix.ONE, Fraction(1))
    with pytest.raises(Undecided, match="product"):
        sets.covers([((A, B), (Constraint(term),))], SIZES)
    with pytest.raises(Undecided, match="product"):
        sets.is_subset(((term,), (A, B), ()), ((term,), (A, B), ()), SIZES)
    with pytest.raises(Undecided, match="product"):
        sets.same_supports([("x", point.region)], [("x", point.region)], SIZES)


@pytest.mark.parametrize("term", BOUND_IN_PRODUCTS)
def test_what_products_hide_is_not_summed_over(term: IndexTerm) -> None:
    """It becomes a coordinate, as in a condition so in a floor of a weight."""
    hidden = [v for v in (A, B) if v in term.variables()]
    ranges = (*below(a, n), *below(b, n))
    for point in (
        Weighted((term - 2 * i,), (A, B), ranges, ix.ONE, Fraction(1)),
        Weighted((), (A, B), (*ranges, Constraint(term)), ix.ONE, Fraction(1)),
        Weighted((), (A, B), ranges, s * (term // 3), Fraction(1)),
    ):
        written = functions.written(point)
        assert written.coordinates - len(point.coordinates) == 2 - written.bound >= len(hidden) - len(point.coordinates)
        assert not any(v in written.terms for v in hidden)
        assert "b0" not in "".join(bytes.fromhex(w[1:]).decode() for w in re.findall("w[0-9a-f]+", written.text))


def test_a_weight_multiplies_bound_indices_by_sizes() -> None:
    point = Weighted((), (A,), tuple(below(a, n)), s * a, Fraction(1))
    assert at(point, (), {N: 4, S: 3}) == 18
    with pytest.raises(Undecided, match="powers of degree 4"):
        functions.function_of(Weighted((), (A,), tuple(below(a, n)), s * a * a * a * a, Fraction(1)))


# --- functions and sets ----------------------------------------------------------------------------------------------


def at(point: Weighted, place: Sequence[int], values: Values) -> Fraction:
    """The coefficient that isl finds at a place, summed over the coordinates that were added."""
    added = functions.written(point).coordinates - len(point.coordinates)
    function = functions.function_of(point)
    inner = itertools.product(range(12), repeat=added)
    return sum((value_of(function, (*place, *row), values) for row in inner), Fraction(0))


def value_of(function: Any, place: Sequence[int], values: Values) -> Fraction:
    """A piecewise quasi-polynomial at integers, its products at what their names say."""
    kind, space = sets.isl().dim_type.param, function.get_space()
    parameters = [space.get_dim_name(kind, k) for k in range(space.dim(kind))]
    fixed = [f"t{k} = {x}" for k, x in enumerate(place)] + [f"{p} = {said(p, values, place)}" for p in parameters]
    names = ", ".join(f"t{k}" for k in range(len(place)))
    here = sets.isl().Set(f"[{', '.join(parameters)}] -> {{ [{names}] : {' and '.join(fixed) or 'true'} }}")
    total = Fraction(0)
    for domain, polynomial in function.intersect_domain(here).get_pieces():
        total += Fraction(str(polynomial.gist(domain).get_constant_val()))
    return total


def counted(point: Weighted, values: Values) -> Counter[tuple[int, ...]]:
    """The coefficient at each tuple of coordinates, by loops over the bound indices."""
    found: Counter[tuple[int, ...]] = Counter()
    for inner in points(point.bound, point.constraints, values):
        place = tuple(term.evaluate(inner) for term in point.coordinates)
        found[place] += point.scale * point.weight.evaluate(inner)  # type: ignore[assignment]
    return Counter({place: x for place, x in found.items() if x})


@settings(max_examples=40, deadline=None)
@given(weighted())
def test_a_function_counts_what_loops_count(point: Weighted) -> None:
    try:
        added = functions.written(point).coordinates - len(point.coordinates)
        functions.function_of(point)
    except Undecided:
        return
    for values in itertools.islice(OUTER, added, None, (5, 30, 60)[added]):
        expected = counted(point, values)
        nearby = itertools.product(*[range(-1, 3)] * len(point.coordinates))
        for place in {*itertools.islice(expected, 6), *itertools.islice(nearby, (16, 3, 1)[added])}:
            assert at(point, place, values) == expected[place], (point, values, place)


def same_texts(left: Weighted, right: Weighted) -> bool:
    return functions.written(left) == functions.written(right)


@settings(max_examples=150, deadline=None)
@given(pairs())
def test_points_alike_as_written_are_alike(pair: tuple[Weighted, Weighted]) -> None:
    """Also those that isl is not asked of, for they hold a bound index within a product."""
    left, right = pair
    renamed = {A: ix.index(B), B: ix.index(A)}
    exchanged = Weighted(
        tuple(c.substitute(renamed) for c in left.coordinates),
        (B, A),
        tuple(Constraint(c.term.substitute(renamed), c.equality) for c in reversed(left.constraints)),
        left.weight.substitute(renamed),
        left.scale,
    )
    for other in (right, exchanged):
        if same_texts(left, other):
            for values in itertools.islice(OUTER, 0, None, 11):
                first = {p: x / left.scale for p, x in counted(left, values).items()}
                assert first == {p: x / other.scale for p, x in counted(other, values).items()}


def test_bound_indices_are_named_alike_and_products_by_what_they_hold() -> None:
    def point(index: IndexVar, stride: IndexTerm, condition: IndexTerm) -> Weighted:
        x = ix.index(index)
        return Weighted(
            (stride * x,), (index,), (*below(x, n), Constraint(condition - stride * x)), ix.ONE, Fraction(1)
        )

    assert same_texts(point(A, s, i), point(B, s, i))
    assert not same_texts(point(A, s, i), point(A, t, i))
    assert not same_texts(point(A, s, i), point(A, s * s, i))
    assert not same_texts(point(A, s, i), point(A, s, j))


@settings(max_examples=150, deadline=None)
@given(pairs(), st.lists(outer_conditions, max_size=1))
def test_a_difference_that_vanishes_vanishes_everywhere(
    pair: tuple[Weighted, Weighted], context: list[Constraint]
) -> None:
    left, right = pair
    try:
        found = difference(left, right, *context)
    except Undecided:
        return
    within = [values for values in OUTER if all(meets(c, values) for c in context)]
    assert found or all(counted(left, v) == counted(right, v) for v in within)


def difference(left: Weighted, right: Weighted, *context: Constraint) -> list[Any]:
    """Where the kernel sees a difference of what is multiplied by no entries."""
    form: dict[functions.Written, Fraction] = {}
    for point, sign in ((left, 1), (right, -1)):
        written = functions.written(point)
        form[written] = form.get(written, Fraction(0)) + sign * point.scale
    kernel = Comparison(tuple(SIZES), frozenset((N, S, T)))
    return [(domain, coefficient) for _, domain, coefficient in kernel._nonzero({(): form}, context)]


def alone(weight: IndexTerm, *constraints: Constraint) -> Weighted:
    return Weighted((), (), constraints, weight, Fraction(1))


def test_a_product_is_the_same_number_in_a_weight_and_in_a_condition() -> None:
    within = Constraint(n - s * i)
    assert not difference(alone(s * i + s * t, within), alone(s * (i + t), Constraint(n - s * i)))
    assert difference(alone(s * i, within), alone(s * j, within))
    assert difference(alone(s * i, within), alone(i, within))
    both = Constraint(n - s * i - s * j)
    assert difference(alone(s * i, both), alone(s * j, both))
    assert not difference(alone(s * i + s * j, both), alone(s * (i + j), both))
    whole = Constraint(s * t * i + 5)
    assert not difference(alone(s * i * t, within), alone(t * s * i, within, whole), whole)
    assert difference(alone(s * i * t, within), alone(s * s * i, within, whole), whole)
    assert difference(alone(s * s * i, within), alone(s * i * i, within, Constraint(s * s * i)))


def test_a_floor_with_the_polynomial_of_a_product_is_not_taken_for_0() -> None:
    within = Constraint(n - s * i)
    assert difference(alone((n + 1) // 2, within), alone(n // 2, within))
    assert difference(alone(n // 2, within), alone(ix.ZERO))
    assert difference(alone(n // 2, within), alone(n // 3, within))
    assert not difference(alone(i // s, within), alone(i // s, Constraint(n - s * i)))
    assert difference(alone(i // s, within), alone(i // t, within))
    assert difference(alone(s * (i // (j + q))), alone(s * (i // (j - q))))  # floors of which nothing is known


outer_or_bound = st.one_of(bound_conditions, outer_conditions)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.lists(outer_or_bound, max_size=2), min_size=1, max_size=3),
    st.lists(outer_conditions, max_size=2),
    extents,
)
def test_covering_holds_at_all_values(
    parts: list[list[Constraint]], context: list[Constraint], extent: IndexTerm
) -> None:
    regions = [((A, B), (*below(a, extent), *below(b, t), *each)) for each in parts]
    try:
        covered = sets.covers(regions, [*SIZES, *context])
    except Undecided:
        return
    if covered:
        for values in OUTER:
            if all(meets(c, values) for c in context):
                assert any(next(points(bound, found, values), None) for bound, found in regions)


@settings(max_examples=120, deadline=None)
@given(pairs(), st.lists(outer_conditions, max_size=1))
def test_subsets_and_equal_supports_hold_at_all_values(
    pair: tuple[Weighted, Weighted], context: list[Constraint]
) -> None:
    left, right = pair
    regions = [point.region for point in (left, right)]
    try:
        subset = sets.is_subset(regions[0], regions[1], [*SIZES, *context])
        same = sets.same_supports([("x", left.region)], [("x", right.region)], [*SIZES, *context])
    except Undecided:
        return
    for values in OUTER:
        if all(meets(c, values) for c in context):
            first, second = (
                {
                    tuple(c.evaluate(x) for c in p.coordinates)
                    for p in [point]
                    for x in points(p.bound, p.constraints, values)
                }
                for point in (left, right)
            )
            assert first <= second or not subset
            assert first == second or not same


def row(start: IndexTerm, length: IndexTerm) -> Weighted:
    """The places start, ..., start + length - 1."""
    return Weighted((start + a,), (A,), tuple(below(a, length)), ix.ONE, Fraction(1))


def test_windows_with_a_stride_lie_within_the_image() -> None:
    inside = [*SIZES, Constraint(n - 1 - i)]
    assert sets.is_subset(row(s * i, t).region, row(ix.ZERO, s * (n - 1) + t).region, inside)
    assert not sets.is_subset(row(s * i + 1, t).region, row(ix.ZERO, s * (n - 1) + t).region, inside)
    assert not sets.is_subset(row(s * i, t).region, row(ix.ZERO, s * (n - 1) + t).region, SIZES)
    assert sets.covers([((A,), below(a, s * i + 1))], SIZES)
    assert not sets.covers([((A,), below(a, s * i))], SIZES)  # nothing for i = 0
    assert sets.same_supports([("x", row(s * i + s, t).region)], [("x", row(s * (i + 1), t).region)], SIZES)
    assert not sets.same_supports([("x", row(s * i, t).region)], [("x", row(s * (i + 1), t).region)], SIZES)
    assert not sets.same_supports([("x", row(s * i, t).region)], [("x", row(t * i, s).region)], SIZES)
    assert not sets.same_supports([("x", row(s * i, t).region)], [("y", row(s * i, t).region)], SIZES)


def test_where_sides_differ_is_told_with_products_left_open() -> None:
    """s*i >= n somewhere; a domain is told by sizes alone, its products being any numbers."""
    ((domain, _),) = difference(alone(ix.ONE, Constraint(s * i - n)), alone(ix.ZERO))
    assert sets.is_within([domain], [[Constraint(s * i - n)]])
    assert sets.is_within([domain], [[Constraint(s * i - n - 1)], [Constraint(s * i - n, equality=True)]])
    assert not sets.is_within([domain], [[Constraint(s * i - n - 1)]])
    assert not sets.is_within([domain], [[Constraint(t * i - n)]])
    assert sets.smallest_points(domain, [N, S])[0] == {N: 1, S: 1}
    assert "n > 0" in sets.shown(domain, [N, S]) and "w" not in sets.shown(domain, [N, S])


def test_a_floor_of_a_coordinate_by_a_size_is_read_place_by_place() -> None:
    point = Weighted((a,), (A,), (*below(a, n), Constraint(a // s - 1)), ix.ONE, Fraction(1))
    for values in ({N: 5, S: 2}, {N: 4, S: 3}, {N: 2, S: 4}):
        counts = [int(0 <= x < values[N] and x >= values[S]) for x in range(-1, 6)]
        assert [at(point, (x,), values) for x in range(-1, 6)] == counts


def test_a_floor_that_is_a_coordinate_is_known_by_what_it_divides() -> None:
    """The places a // s for a < n, each as often as it comes; also with a sign, beside more, and twice."""
    for shown in ((a // s,), (i - a // s,), (a // s, a // s), (a // s, 2 * (a // s) + i), (s * (a // s) + a // s,)):
        point = Weighted(shown, (A,), tuple(below(a, n)), ix.ONE, Fraction(1))
        for values in ({N: 5, S: 2, I: 1}, {N: 4, S: 1, I: 2}, {N: 3, S: 4, I: 0}):
            expected = counted(point, values)
            for place in itertools.product(range(-3, 9), repeat=len(shown)):
                assert at(point, place, values) == expected[place], (shown, values, place)
