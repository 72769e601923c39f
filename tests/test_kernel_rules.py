"""Single rules of the kernel against plain numbers: infinities, slopes, signs, quotients, and where it gives up."""

from __future__ import annotations

import copy
import itertools
import math
import pickle
from collections.abc import Callable
from fractions import Fraction

import pytest
from oracle import Given, Model, Pieces, value

from symconv.errors import ClaimError, TimeLimit, Undecided, Undefined
from symconv.kernel import calculus, linear
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.bounded import quadratic
from symconv.kernel.bounded.polynomials import Polynomials
from symconv.kernel.bounded.ratios import ANY, NONNEGATIVE, ONE, POSITIVE, ZERO, ZERO_SIGN, AtKink, Ratio
from symconv.kernel.evaluate import Deadline, Evaluator
from symconv.kernel.general import functions, gate, isl_text, pieces, sets, signs
from symconv.kernel.general.functions import Weighted
from symconv.kernel.general.normal import Normalizer
from symconv.kernel.general.pieces import COORDINATES, Factor, Name
from symconv.kernel.general.products import Constraint
from symconv.kernel.index import IndexVar
from symconv.kernel.terms import Apply, Builtin, Term

N, M, I = IndexVar("n", 1), IndexVar("m", 1), IndexVar("i")
n, m, i = map(ix.index, (N, M, I))
X, P = t.Variable("x", (n,)), t.Variable("p", (n,), "positive")
Z, W, S = t.Variable("z", ()), t.Variable("w", ()), t.Variable("s", (), "nonnegative")
z, w, s = (t.Entry(variable, ()) for variable in (Z, W, S))
INFINITY = t.Infinity(1)
TANH, ERF, SIGMOID = calculus.TANH, calculus.ERF, calculus.SIGMOID


def kernel(**options: bool) -> Normalizer:
    return Normalizer((Constraint(n - 1), Constraint(m - 1)), frozenset({N, M}), **options)


# --- infinities -------------------------------------------------------------------------------------------------------


def test_infinities_are_added_multiplied_and_compared_as_limits_are() -> None:
    bounded = lambda term: value(Apply(TANH, term), {}, Model())  # noqa: E731  (1 at infinity, -1 at minus infinity)
    assert bounded(t.Add((INFINITY, t.ONE))) == bounded(t.Max((t.ONE, INFINITY))) == 1
    assert bounded(t.Add((t.MINUS_INFINITY, t.number(5)))) == bounded(t.Max((t.MINUS_INFINITY, t.MINUS_INFINITY))) == -1
    assert bounded(t.Mul((t.number(-2), t.MINUS_INFINITY))) == bounded(t.Mul((t.number(2), INFINITY))) == 1
    assert bounded(t.Mul((t.number(-2), INFINITY, INFINITY))) == -1
    for left, right, order in ((INFINITY, t.ONE, 1), (t.ONE, INFINITY, -1), (INFINITY, INFINITY, 0)):
        for relation, holds in (("gt", order > 0), ("ge", order >= 0), ("eq", order == 0)):
            assert value(t.Where(t.Compare(left, right, relation), t.ONE, t.ZERO), {}, Model()) == holds


@pytest.mark.parametrize(
    ("term", "reason"),
    [
        (t.Add((INFINITY, t.MINUS_INFINITY)), "are added"),
        (t.Mul((t.ZERO, INFINITY)), "multiplied"),
        (t.Mul((z, INFINITY)), "multiplied"),
        (Apply(calculus.EXP, INFINITY), "applied to infinity"),
        (Apply(calculus.LOG, t.MINUS_INFINITY), "applied to infinity"),
        (Apply(t.FunctionSymbol("f"), INFINITY), "applied to infinity"),
        (Apply(TANH, INFINITY, 1), "applied to infinity"),
        (INFINITY, "is infinite"),
        (Apply(calculus.RELU, INFINITY), "is infinite"),
        (t.Network(t.FunctionSymbol("F", domain=ix.ONE), None, t.Lambda((I,), (ix.ONE,), INFINITY)), "to infinity"),
        (t.index_number(n // i), "divided by 0"),
    ],
)
def test_what_has_no_value_is_undefined(term: Term, reason: str) -> None:
    with pytest.raises(Undefined, match=reason):
        value(term, {N: 3, I: 0}, Model())


@pytest.mark.parametrize("name", ["exp", "sigmoid", "tanh", "erf", "relu", "softplus"])
def test_the_value_at_minus_infinity_is_the_limit(name: str) -> None:
    """Far to the left each function is near it."""
    far = FLOATS[name](-30.0)
    assert float(value(Apply(Builtin(name), t.MINUS_INFINITY), {}, Model())) == pytest.approx(far, abs=1e-9)


def test_an_infinity_in_one_case_of_signs_is_left_open() -> None:
    term = t.Where(t.Compare(z, t.ZERO, "gt"), INFINITY, z)
    with pytest.raises(Undecided, match="infinity that depends on the sign"):
        Evaluator(Polynomials(), {}).value(term)
    assert value(t.Where(t.Compare(z, t.ZERO, "ge"), z, INFINITY), {}, Given(z=Fraction(2))) == 2


def test_a_deadline() -> None:
    with pytest.raises(TimeLimit):
        Deadline(-1.0)()
    Deadline(None)()
    Deadline(1000.0)()
    left = Deadline(1000.0).left
    assert Deadline(None).left is None and left is not None and 900 < left <= 1000


# --- derivatives ------------------------------------------------------------------------------------------------------

FLOATS: dict[str, Callable[[float], float]] = {
    "exp": math.exp,
    "log": math.log,
    "root": lambda x: x ** (1 / 3),
    "erf": math.erf,
    "relu": lambda x: max(x, 0.0),
    "abs": abs,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "tanh": math.tanh,
    "softplus": lambda x: math.log1p(math.exp(x)),
}


class Floats(Model):
    """Floating-point numbers and the usual functions."""

    def __init__(self, **numbers: float) -> None:
        super().__init__()
        self.numbers = numbers

    def number(self, value: Fraction) -> float:  # type: ignore[override]
        return float(value)

    def constant(self, name: str) -> float:  # type: ignore[override]
        return {"pi": math.pi}[name]

    def entry(self, variable: t.Variable, position: tuple[int, ...]) -> float:  # type: ignore[override]
        return self.numbers[variable.name]

    def power(self, base: float, exponent: int) -> float:  # type: ignore[override]
        return base**exponent

    def apply(self, function: t.FunctionSymbol | Builtin, x: float, order: int) -> float:  # type: ignore[override]
        if isinstance(function, Builtin) and function.name == "root":
            return x ** (1 / function.degree)
        return FLOATS[function.name](x)


@pytest.mark.parametrize("name", FLOATS)
def test_a_derivative_rule_is_the_slope(name: str) -> None:
    function = Builtin(name, 3 if name == "root" else 1)
    derived = calculus.Derivative(Z, ()).of(Apply(function, z))
    places = (0.3, 1.0, 2.5) if name in ("log", "root") else (-1.2, 0.3, 2.0)
    for place in places:
        h = 1e-6
        slope = (FLOATS[name](place + h) - FLOATS[name](place - h)) / (2 * h)
        assert value(derived, {}, Floats(z=place)) == pytest.approx(slope, rel=1e-6, abs=1e-8)  # type: ignore[comparison-overlap]


@pytest.mark.parametrize("name", ["relu", "abs", "sigmoid", "tanh", "softplus"])
def test_a_definition_has_the_value_of_its_function(name: str) -> None:
    written = calculus.definition(Builtin(name), z)
    assert written is not None and calculus.definition(calculus.EXP, z) is None
    for place in (-1.5, 0.0, 2.0):
        assert value(written, {}, Floats(z=place)) == pytest.approx(FLOATS[name](place))  # type: ignore[comparison-overlap]


def test_a_function_without_a_derivative_rule_is_refused() -> None:
    with pytest.raises(ClaimError, match="sinc has no derivative rule"):
        calculus.Derivative(Z, ()).of(Apply(Builtin("sinc"), z))
    with pytest.raises(ClaimError, match="declare it Differentiable or Smooth"):
        calculus.Derivative(Z, ()).of(Apply(t.FunctionSymbol("f"), z))


# --- index terms ------------------------------------------------------------------------------------------------------


def test_copied_index_terms_mean_the_same_over_variables_of_their_own() -> None:
    term = 2 * n * i - n // i + 3
    for copied in (copy.deepcopy(term), pickle.loads(pickle.dumps(term))):
        own = dict.fromkeys(copied.variables())
        assert [(v.name, v.least) for v in own] == [("n", 1), ("i", 0)] and not {N, I} & set(own)
        by_name = {"n": 7, "i": 2}
        assert copied.evaluate({v: by_name[v.name] for v in own}) == 2 * 7 * 2 - 7 // 2 + 3
        assert copied != term


def test_an_integer_divided_by_an_index_term() -> None:
    assert [(7 // n).evaluate({N: x}) for x in range(1, 9)] == [7 // x for x in range(1, 9)]


def test_the_sign_of_a_term_over_variables_without_a_bound_is_not_known() -> None:
    u = ix.index(COORDINATES[0])
    for term in (u, u * n, u * u + 1, n // u):
        assert ix.is_nonnegative(term) is None
    assert ix.is_nonnegative(n * i - n * n) is None
    assert ix.is_nonnegative(n * n - 1) is True and ix.is_nonnegative(-n * n) is False


# --- signs ------------------------------------------------------------------------------------------------------------


def known_sign(term: Term, scope: tuple[Constraint, ...] = ()) -> str:
    return signs.sign(term, {}, signs.Prover(kernel().implied, (*scope, Constraint(i))))


def p(index: object = 0) -> Term:
    return t.Entry(P, (ix.index(index),))  # type: ignore[arg-type]


def minus(term: Term) -> Term:
    return t.Mul((t.MINUS_ONE, term))


SIGNS: list[tuple[Term, str]] = [
    (t.PI, "positive"),
    (t.Max((z, p())), "positive"),
    (t.Max((z, s)), "nonnegative"),
    (t.Max((z, t.MINUS_ONE)), "unknown"),
    (t.MINUS_INFINITY, "unknown"),
    (t.index_number(n * m), "positive"),
    (t.index_number(n * i), "nonnegative"),
    (t.index_number(n * m - 2), "unknown"),
    (t.index_number(n - m), "unknown"),
    (t.index_number(n - 2), "unknown"),
    (Apply(t.FunctionSymbol("f"), p()), "unknown"),
    (Apply(ERF, p()), "unknown"),
    (Apply(calculus.LOG, p()), "unknown"),
    (Apply(calculus.ABS, z), "nonnegative"),
    (Apply(calculus.RELU, p()), "positive"),
    (t.Power(p(), n), "positive"),
    (t.Power(s, ix.index(3)), "nonnegative"),
    (t.Power(z, ix.index(2)), "nonnegative"),
    (t.Power(z, ix.index(0)), "positive"),
    (t.Power(z, ix.index(3)), "unknown"),
    (t.Power(s, n), "unknown"),
    (t.Power(s, ix.index(-1)), "unknown"),
    (t.Sum(I, n, p(i)), "positive"),
    (t.Where(t.Compare(z, t.ZERO, "gt"), p(), s), "nonnegative"),
    (t.Where(t.Compare(z, t.ZERO, "gt"), p(), z), "unknown"),
    (t.Add((t.ONE, minus(Apply(SIGMOID, z)))), "positive"),
    (t.Add((t.ONE, minus(Apply(SIGMOID, z)), minus(Apply(SIGMOID, w)))), "unknown"),
    (t.Add((t.number(2), minus(Apply(SIGMOID, z)), minus(Apply(SIGMOID, w)))), "positive"),
    (t.Add((Apply(SIGMOID, z), t.MINUS_ONE)), "unknown"),
    (t.Add((t.ONE, t.Mul((t.number(-2), Apply(SIGMOID, z))))), "unknown"),
    (t.Add((t.ONE, Apply(ERF, z))), "positive"),
    (t.Add((t.ONE, Apply(SIGMOID, z, 1))), "unknown"),
    (t.Add((t.ONE, minus(t.Power(Apply(TANH, z), ix.index(2))))), "positive"),
    (t.Add((t.ONE, t.Power(Apply(TANH, z), ix.index(3)))), "unknown"),
    (t.Add((t.ONE, minus(t.Power(z, ix.index(2))))), "unknown"),
    (t.Add((t.number(4), minus(t.Power(t.Add((Apply(TANH, z), t.ONE)), ix.index(2))))), "unknown"),
    (t.Add((t.ONE, minus(t.Max((Apply(TANH, z), Apply(SIGMOID, w)))))), "positive"),
    (t.Add((t.ONE, minus(t.Max((Apply(TANH, z), t.ONE))))), "nonnegative"),
    (t.Add((t.ONE, minus(t.Max((Apply(TANH, z), w))))), "unknown"),
    (t.Add((t.ONE, minus(t.Where(t.Compare(z, w, "gt"), Apply(TANH, z), t.ONE)))), "nonnegative"),
    (t.Add((t.ONE, minus(t.Where(t.Compare(z, w, "gt"), Apply(TANH, z), w)))), "unknown"),
    (t.Mul((t.number(-2), t.number(-3), p())), "positive"),
    (t.Mul((t.number(-2), p(), s)), "unknown"),
    (t.Mul((t.number(0), z)), "nonnegative"),
    (t.Mul((p(), s)), "nonnegative"),
    (t.Mul((Apply(SIGMOID, z), minus(Apply(SIGMOID, w)))), "unknown"),
    (t.Add((t.index_number(n), minus(Apply(SIGMOID, z)))), "positive"),
    (t.Add((t.index_number(i), minus(Apply(SIGMOID, z)))), "unknown"),
    (t.index_number(ix.index(-2)), "unknown"),
]


@pytest.mark.parametrize(("term", "expected"), SIGNS, ids=map(str, range(len(SIGNS))))
def test_signs_that_the_structure_shows(term: Term, expected: str) -> None:
    assert known_sign(term) == expected
    for seed in range(6):
        try:
            found = value(term, {N: 2, M: 1, I: seed % 2}, Model(seed))
        except Undefined:
            assert term is t.MINUS_INFINITY or expected == "unknown"
            continue
        assert found > 0 or expected != "positive"
        assert found >= 0 or expected == "unknown"


# --- the general normal form ------------------------------------------------------------------------------------------


def x(index: object) -> Term:
    return t.Entry(X, (ix.index(index),))  # type: ignore[arg-type]


def expanded(normalizer: Normalizer, term: Term, size: int, scope: tuple[Constraint, ...] = ()) -> None:
    """The pieces have the value of the term."""
    found = normalizer.pieces(term, {}, scope)
    for seed in range(3):
        values = {N: size, M: 2, I: 0}
        assert Pieces(normalizer, Model(seed), values).total(found, values) == value(term, values, Model(seed))


def test_a_constant_is_a_positive_number() -> None:
    normalizer = kernel()
    expanded(normalizer, t.multiply(t.PI, x(0), t.power(t.PI, -1)), 2)
    twice, square = t.add(t.PI, t.PI), t.multiply(t.PI, t.PI)
    for left, right, same in ((twice, t.multiply(t.number(2), t.PI), True), (twice, square, False)):
        sides = [normalizer.pieces(side, {}, ()) for side in (left, right)]
        assert (not normalizer.difference(*sides, ())) is same


def test_a_count_with_cases_divides_where_every_case_is_at_least_one() -> None:
    """1 + [i > 0]: the entries of a window at the border; n - 1 + [i > 0] may be 0."""
    more = t.Where(t.IndexCompare(i - 1, "ge"), t.ONE, t.ZERO)
    scope = (Constraint(i), Constraint(n - 1 - i))
    expanded(kernel(), t.divide(x(0), t.add(t.ONE, more)), 3, scope)
    expanded(kernel(), t.divide(x(0), t.multiply(t.add(t.ONE, more), t.index_number(n))), 3, scope)
    fewer = t.Where(t.IndexCompare(i - 1, "ge"), t.MINUS_ONE, t.ZERO)  # n - 1 only where 1 <= i < n
    for size in (1, 3):
        expanded(kernel(), t.divide(x(0), t.add(t.index_number(n), fewer)), size, scope)
    half, entry = t.number(Fraction(1, 2)), t.Where(t.IndexCompare(i - 1, "ge"), z, t.ONE)
    for term in (t.add(t.index_number(n - 1), more), t.add(half, t.negate(more)), t.add(t.ONE, entry), entry):
        with pytest.raises(Undecided, match="divisor"):
            kernel().pieces(t.divide(x(0), term), {}, scope)


def test_what_has_no_place_in_the_normal_form_is_left_open() -> None:
    for term, reason in (
        (t.power(z, n), "exponent n"),
        (INFINITY, "an infinity outside of a maximum"),
        (x(n), "is inside an axis of x"),
        (t.power(z, -1), "divisor"),
        (Apply(calculus.LOG, z), "logarithm"),
        (Apply(calculus.root(z).function, z), "root"),  # type: ignore[union-attr]
    ):
        with pytest.raises(Undecided, match=reason):
            kernel().pieces(term, {}, ())


@pytest.mark.parametrize("relation", ["gt", "ge", "eq"])
def test_the_sign_of_a_product_by_the_signs_of_its_factors(relation: str) -> None:
    normalizer = kernel(switching=True)
    term = t.Where(t.Compare(t.multiply(z, w), t.ZERO, relation), t.number(5), s)  # type: ignore[arg-type]
    found = normalizer.pieces(term, {}, ())
    for a, b in itertools.product((-2, 0, 3), repeat=2):
        model = Given(z=Fraction(a), w=Fraction(b), s=Fraction(7))
        holds = {"gt": a * b > 0, "ge": a * b >= 0, "eq": a * b == 0}[relation]
        assert Pieces(normalizer, model, {N: 2, M: 1}).total(found, {N: 2, M: 1}) == (5 if holds else 7)


def test_the_reciprocal_of_a_reciprocal() -> None:
    expanded(kernel(), t.power(t.power(p(), -1), -1), 2)
    expanded(kernel(), t.power(t.multiply(p(), t.power(p(n - 1), -2)), -2), 2)


def root(term: Term, degree: int = 2) -> Term:
    return calculus.root(term, degree)


def function(name: str, argument: Term) -> Term:
    return Apply(Builtin(name), argument)


q = t.Entry(t.Variable("q", (), "positive"), ())
LAWS: dict[str, tuple[Term, Term, Term]] = {
    # left = right, and what is not the same as left
    "a root to its degree": (t.power(root(p(), 3), 3), p(), t.power(root(p(), 3), 2)),
    "a root of a square": (root(t.power(z, 2)), function("abs", z), z),
    "a root of a product": (
        root(t.multiply(t.number(2), p(), q)),
        t.multiply(root(t.number(2)), root(q), root(p())),
        t.multiply(t.number(2), root(q), root(p())),
    ),
    "a root of a sum": (
        root(t.add(t.multiply(t.number(12), p()), t.multiply(t.number(4), q))),
        t.multiply(t.number(2), root(t.add(t.multiply(t.number(3), p()), q))),
        t.multiply(t.number(4), root(t.add(t.multiply(t.number(3), p()), q))),
    ),
    "tanh is odd": (
        t.add(function("tanh", z), function("tanh", t.negate(z))),
        t.ZERO,
        t.subtract(function("tanh", z), function("tanh", t.negate(z))),
    ),
    "erf is odd": (
        function("erf", t.subtract(z, w)),
        t.negate(function("erf", t.subtract(w, z))),
        function("erf", t.subtract(w, z)),
    ),
    "a logarithm of a quotient": (
        function("log", t.multiply(p(), t.power(q, -1))),
        t.subtract(function("log", p()), function("log", q)),
        t.add(function("log", p()), function("log", q)),
    ),
    "a logarithm of a softmax": (
        function("log", t.divide(function("exp", z), t.add(function("exp", z), function("exp", w)))),
        t.subtract(z, function("log", t.add(function("exp", z), function("exp", w)))),
        t.subtract(w, function("log", t.add(function("exp", z), function("exp", w)))),
    ),
    "an absolute value of cases": (
        function("abs", z),
        t.Where(t.Compare(z, t.ZERO, "gt"), z, t.negate(z)),
        t.Where(t.Compare(z, t.ZERO, "gt"), t.negate(z), z),
    ),
    "a larger exponential": (
        t.Where(t.Compare(function("exp", z), function("exp", w), "gt"), p(), q),
        t.Where(t.Compare(z, w, "gt"), p(), q),
        t.Where(t.Compare(w, z, "gt"), p(), q),
    ),
}


@pytest.mark.parametrize(
    ("law", "switching"),
    [*((law, False) for law in LAWS if "root" in law), *((law, True) for law in LAWS)],
)
def test_laws_of_functions(law: str, switching: bool) -> None:
    """The sides are one normal form, and another term is not; and numbers agree with both."""
    left, right, other = LAWS[law]
    normalizer = kernel(switching=switching)
    sides = [normalizer.pieces(side, {}, ()) for side in (left, right, other)]
    assert not normalizer.difference(sides[0], sides[1], ())
    assert normalizer.difference(sides[0], sides[2], ())
    numbers = Floats(z=0.75, w=-1.25, p=1.5, q=0.6)
    results = [value(side, {N: 1, M: 1}, numbers) for side in (left, right, other)]
    turned = [value(side, {N: 1, M: 1}, Floats(z=-0.75, w=1.25, p=1.5, q=0.6)) for side in (left, right, other)]
    assert results[0] == pytest.approx(results[1]) and turned[0] == pytest.approx(turned[1])
    assert (results[0], turned[0]) != pytest.approx((results[2], turned[2]))


def test_merging_an_axis_and_splitting_it_reads_the_same_entry() -> None:
    """floor((j*m + i) / m) = j where 0 <= i < m; also for digits of three sizes."""
    k, l = IndexVar("k", 1), IndexVar("j")
    j = ix.index(l)
    normalizer = Normalizer(tuple(Constraint(ix.index(v) - 1) for v in (N, M, k)), frozenset({N, M, k}))
    scope = (Constraint(i), Constraint(m - 1 - i), Constraint(j), Constraint(ix.index(k) - 1 - j))
    inner = i + m * j  # below m*k
    merged = (n * 0 + inner) // (m * k)
    assert normalizer.index(merged, {}, scope) == ix.ZERO
    assert normalizer.index((inner + m) // (m * k), {}, scope) != ix.ZERO  # may be m*k and more
    for a, b in itertools.product(range(2), range(3)):
        assert inner.evaluate({M: 2, I: a, l: b}) // (2 * 3) == 0


def test_sides_of_other_ranks_are_not_compared() -> None:
    vector, matrix = t.define((n,), lambda e: t.ONE), t.define((n, n), lambda e: t.ONE)
    with pytest.raises(Undecided, match="1 and 2 axes"):
        gate.check(gate.Goal(vector, matrix, (N,), (Constraint(n - 1),)), gate.Method())
    same = gate.check(gate.Goal(vector, vector, (N,), (Constraint(n - 1),)), gate.Method())
    assert same.goal.left is vector


def test_a_kink_counts_as_left_out_only_where_a_derivative_is_asked_for() -> None:
    """A slope [z > 0] at i >= 1 is [z >= 0] there, since z = 0 is left out; at i = 0 nothing says so."""
    closed = t.Where(t.Compare(z, t.ZERO, "ge"), t.ONE, t.ZERO)
    slope = t.Where(t.Compare(z, t.ZERO, "gt"), t.ONE, t.ZERO, kink=t.Kink.LEFT_OUT)
    opened = t.Where(t.Compare(z, t.ZERO, "gt"), t.ONE, t.ZERO)
    # the slope is asked for at i >= 1, and what is compared there is [z > 0] without a derivative
    asked = t.Where(t.IndexCompare(i - 1, "ge"), t.subtract(slope, closed), t.ZERO)
    for least, left_out in ((0, False), (2, True)):
        scope = (Constraint(i - least), Constraint(n - 1 - i))
        normalizer = kernel(switching=True)
        found = normalizer.pieces(t.add(asked, opened), {}, scope)
        other = normalizer.pieces(t.add(t.multiply(t.number(2), opened), t.negate(closed)), {}, scope)
        assert (not normalizer.difference(found, other, scope)) is left_out


def reciprocals(count: int) -> Term:
    positive = [t.Entry(t.Variable(f"p{k}", (), "positive"), ()) for k in range(count)]
    return t.add(*(t.power(q, -1) for q in positive))


def test_many_denominators_are_given_up() -> None:
    for count, others in ((3, t.ZERO), (3, t.ONE)):
        term, normalizer = reciprocals(count), kernel()
        sides = [normalizer.pieces(side, {}, ()) for side in (term, t.add(term, others))]
        assert (not normalizer.difference(*sides, ())) is (others is t.ZERO)
    normalizer = kernel()
    with pytest.raises(Undecided, match="too many denominators"):
        normalizer.difference(normalizer.pieces(reciprocals(13), {}, ()), [], ())


def test_orders_of_a_product_are_its_permutations() -> None:
    name = Name(0, ("entry", X))
    for places in ((0, 1, 2), (0, 0, 1), (0, 1, 1, 1), (2, 2, 2)):
        factors = [Factor(name, (ix.index(place),)) for place in places]
        found = list(pieces.arrangements(factors))
        orders = [tuple(f.index[0].constant for f in order) for order, _ in found]
        assert sorted(orders) == sorted(set(itertools.permutations(places)))
        assert all(count * len(orders) == math.factorial(len(places)) for _, count in found)
    with pytest.raises(Undecided, match="more than 24 orders"):
        list(pieces.arrangements([Factor(name, (ix.index(k),)) for k in range(5)]))
    assert repr(name) == "entry/x"


def test_pieces_that_cannot_be_compared_are_kept() -> None:
    """A product in too many orders is left as it is, neither lost nor doubled; as an argument it is refused."""
    normalizer = kernel()
    fifth = t.multiply(*(x(k) for k in (i, i + 1, i + 2, i + 3, i + 4)))
    other = t.multiply(*(x(k) for k in (i + 4, i + 3, i + 2, i + 1, i)))
    scope = (Constraint(i), Constraint(n - 5 - i))
    f = t.FunctionSymbol("f")
    found = normalizer.pieces(t.subtract(fifth, t.multiply(t.number(2), other)), {}, scope)
    assert [piece.scale for piece in normalizer._live(found, scope)] == [piece.scale for piece in found]
    with pytest.raises(Undecided, match="orders"):
        normalizer.pieces(t.add(Apply(f, t.subtract(fifth, other)), Apply(f, fifth)), {}, scope)


# --- sets -------------------------------------------------------------------------------------------------------------


def test_signs_of_floors_by_integer_sets() -> None:
    assert sets.is_nonnegative(n - n // 2) is True  # not seen by coefficients
    assert sets.is_nonnegative(n // 2 - n) is False
    assert sets.is_nonnegative(n // 2 - 3) is None
    assert sets.is_nonnegative(n // m - i) is None  # a floor by a size is beyond integer sets
    for size in range(1, 9):
        assert size - size // 2 >= 0 > size // 2 - size


def test_sums_of_fourth_powers_are_given_up() -> None:
    below = (Constraint(i), Constraint(n - 1 - i))
    with pytest.raises(Undecided, match="degree 4"):
        functions.function_of(Weighted((), (I,), below, i * i * i * i, Fraction(1)))


def test_supports_of_other_names_are_not_the_same() -> None:
    point = Weighted((i,), (I,), (Constraint(i), Constraint(n - 1 - i)), ix.ONE, Fraction(1))
    assert sets.same_supports([("x", point.region)], [("x", point.region)], [])
    assert not sets.same_supports([("x", point.region)], [("y", point.region)], [])
    assert not sets.same_supports([("x", point.region)], [("x", point.region), ("y", point.region)], [])


def test_a_domain_is_shown_by_the_variables_that_are_asked_for() -> None:
    domain = sets.isl().Set(isl_text.conditions([Constraint(n - 3), Constraint(i), Constraint(n - 1 - i)]))
    assert sets.shown(domain, [N]) == "n >= 3"
    both = sets.shown(domain, [N, I])
    assert "n >= 3" in both and "i" in both and "v" not in both
    assert sets.shown(sets.isl().Set("{ : }"), [N]) == "everywhere"
    assert sets.smallest_points(domain, [N], most=2) == [{N: 3}, {N: 4}]
    assert sets.smallest_points(domain, [I], most=2) == [{I: 0}, {I: 1}]


# --- linear arithmetic and squares ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("bound", "possible"), [(-1, False), (1, True)])
def test_elimination_that_grows_claims_no_contradiction(bound: int, possible: bool) -> None:
    """x + k y + bound >= 0 with all signs of x and y: 0 meets it for 1; for -1 opposite ones add up to -2 >= 0."""

    def system(count: int) -> list[linear.Fact]:
        signed = itertools.product(range(1, count + 1), (1, -1), (1, -1))
        return [linear.Fact({(1,): a, (2,): b * k, (): bound}, NONNEGATIVE) for k, a, b in signed]

    assert linear.contradictory(system(2)) is not possible
    assert not linear.contradictory(system(15))  # 60 of them, and 900 once x or y is eliminated
    assert linear.narrowed({(1,): 1}, ANY, system(15)) == ANY


def test_squares_of_many_variables_are_given_up() -> None:
    def squares(count: int) -> dict[tuple[int, ...], int]:
        return {(k, k): 1 for k in range(1, count + 1)} | {(): 5}

    assert quadratic.least_value(squares(32)) == 5
    assert quadratic.least_value(squares(33)) is None


# --- the bounded algebra ----------------------------------------------------------------------------------------------


def test_a_normal_form_that_is_a_number() -> None:
    algebra = Polynomials()
    a = algebra.entry(Z, ())
    one_over = algebra.inverse(algebra.add([ONE, algebra.multiply([a, a])]))
    assert ZERO.constant == 0 and algebra.number(Fraction(2, 3)).constant == Fraction(2, 3)
    assert algebra.subtract(a, a).constant == 0
    assert [form.constant for form in (a, one_over, algebra.add([a, ONE]))] == [None, None, None]


def positive_part(algebra: Polynomials, a: Ratio) -> Ratio:
    """a [a > 0], which is relu(a), written by cases."""
    return algebra.select(a, ZERO, "gt", lambda: a, lambda: ZERO, False)


def part_gap(algebra: Polynomials, name: str) -> Ratio:
    """relu(a) - a [a > 0] of an entry of its own: 0, and not seen without cases."""
    a = algebra.entry(t.Variable(name, ()), ())
    gap = algebra.subtract(algebra.maximum([a, ZERO]), positive_part(algebra, a))
    assert gap.numerator
    return gap


def test_parts_without_a_common_entry_are_decided_one_by_one() -> None:
    algebra = Polynomials()
    total = algebra.add([part_gap(algebra, f"a{k}") for k in range(8)])
    assert algebra.is_zero(total, cases=20)  # together there would be 3**8 cases
    relu = algebra.maximum([algebra.entry(Z, ()), ZERO])
    assert not algebra.is_zero(algebra.add([total, relu]), cases=20)


def test_the_case_in_which_a_difference_stays_is_told() -> None:
    algebra = Polynomials()
    relu = algebra.maximum([algebra.entry(Z, ()), ZERO])
    assert not algebra.is_zero(relu)
    ((form, constant, sign),) = algebra.linear_facts()
    assert form.keys() == {(Z, ())} and form[Z, ()] * sign > 0 and constant == 0  # z > 0


def test_without_cases_left_nothing_is_claimed() -> None:
    algebra = Polynomials()
    gap = part_gap(algebra, "a")
    assert algebra.is_zero(gap) and not algebra.is_zero(gap, cases=0)


def test_a_case_that_the_facts_exclude_is_left_out() -> None:
    """Where a >= 0: [a >= 0] = 1, while [a > 0] = 1 fails at 0."""
    algebra = Polynomials()
    a = algebra.entry(Z, ())
    positive, absolute = positive_part(algebra, a), algebra.maximum([a, algebra.negate(a)])
    above = algebra.indicator(a.numerator)
    algebra.facts.append(linear.Fact(a.numerator, NONNEGATIVE))
    assert algebra.is_zero(algebra.subtract(positive, absolute))
    assert not algebra.is_zero(algebra.subtract(above, ONE))
    algebra.facts.clear()
    assert not algebra.is_zero(algebra.subtract(positive, absolute))


def test_where_a_derivative_does_not_exist_nothing_is_asked() -> None:
    algebra = Polynomials()
    a, b = algebra.entry(Z, ()), algebra.entry(W, ())
    gap = algebra.multiply([a, b])
    slope, above = algebra.slope(gap.numerator), algebra.indicator(gap.numerator)
    # slope - [a b > 0], which is 0 but at a b = 0, beside questions that are asked before
    others = algebra.add([ONE, algebra.indicator(a.numerator), algebra.indicator(b.numerator)])
    off_kink = algebra.multiply([algebra.subtract(slope, above), others])
    assert algebra.is_zero(off_kink)
    assert not algebra.is_zero(algebra.multiply([algebra.subtract(slope, algebra.indicator(a.numerator)), others]))


def test_a_case_in_which_a_divisor_is_zero_is_not_claimed() -> None:
    algebra = Polynomials()
    gap = part_gap(algebra, "a")
    over = algebra.multiply([gap, algebra.inverse(algebra.entry(t.Variable("b", ()), ()))])
    assert algebra.is_zero(over)  # what is divided by has no case of its own
    own = Polynomials()
    a = own.entry(Z, ())
    gap = own.subtract(own.maximum([a, ZERO]), positive_part(own, a))
    assert own.is_zero(gap) and not own.is_zero(own.add([own.multiply([gap, own.inverse(own.multiply([a, a]))]), gap]))


def test_comparisons_by_each_other() -> None:
    """[a >= b] = 1 - [b > a] and [a == b] = [a >= b] - [a > b]; no two of the three are the same."""
    algebra = Polynomials()
    a, b = algebra.entry(Z, ()), algebra.entry(W, ())
    gt, ge, eq = (algebra.select(a, b, r, lambda: ONE, lambda: ZERO, False) for r in ("gt", "ge", "eq"))
    less = algebra.select(b, a, "gt", lambda: ONE, lambda: ZERO, False)
    assert algebra.is_zero(algebra.subtract(ge, algebra.subtract(ONE, less)))
    assert algebra.is_zero(algebra.subtract(eq, algebra.subtract(ge, gt)))
    for first, second in itertools.combinations((gt, ge, eq, less), 2):
        assert not algebra.is_zero(algebra.subtract(first, second))
    left_out, kept = t.Kink.LEFT_OUT, t.Kink.KEPT
    kinks = [algebra.select(a, b, r, lambda: ONE, lambda: ZERO, left_out) for r in ("gt", "ge", "eq")]
    assert algebra.is_zero(algebra.subtract(kinks[0], kinks[1])) and kinks[2] == ZERO  # a = b is left out
    assert not algebra.kinks and algebra.compare(a, a, "ge", kept) is True and algebra.kinks
    for without_slope in (left_out, t.Kink.OPEN):
        with pytest.raises(AtKink):
            algebra.compare(a, a, "ge", without_slope)


def test_maxima_of_functions_and_of_many_numbers() -> None:
    algebra = Polynomials()
    rising = t.FunctionSymbol("rho", nondecreasing=True)
    entries = [algebra.entry(t.Variable(f"a{k}", ()), ()) for k in range(10)]
    f = lambda argument: algebra.apply(rising, argument, 0)  # noqa: E731
    twice = lambda ratio: algebra.multiply([algebra.number(2), ratio])  # noqa: E731
    both = algebra.maximum([twice(f(entries[0])), twice(f(entries[1]))])
    assert algebra.is_zero(algebra.subtract(both, twice(f(algebra.maximum(entries[:2])))))
    assert not algebra.is_zero(algebra.subtract(both, f(algebra.maximum([twice(e) for e in entries[:2]]))))
    many, turned = algebra.maximum(entries), algebra.maximum(entries[::-1])
    assert not algebra.subtract(many, turned).numerator
    assert algebra.subtract(many, algebra.maximum(entries[1:])).numerator


def test_the_slope_of_a_nondecreasing_function_is_not_negative() -> None:
    algebra = Polynomials()
    a = algebra.entry(Z, ())
    rising, plain = t.FunctionSymbol("rho", nondecreasing=True, smoothness=None), t.FunctionSymbol("f", smoothness=None)
    found = [algebra.signs(algebra.apply(f, a, order).numerator) for f in (rising, plain) for order in (0, 1, 2)]
    assert found == [ANY, NONNEGATIVE, ANY, ANY, ANY, ANY]


def test_a_root_as_an_exponential_of_a_logarithm() -> None:
    algebra = Polynomials()
    a = algebra.entry(t.Variable("q", (), "positive"), ())
    third = algebra.multiply([algebra.number(Fraction(-2, 3)), algebra.log(a)])
    power = algebra.exp(third)  # a**(-2/3)
    assert algebra.is_zero(algebra.subtract(algebra.multiply([power, power, power, a, a]), ONE))
    assert not algebra.is_zero(algebra.subtract(algebra.multiply([power, power, a]), ONE))


def test_a_slope_at_its_kink_leaves_a_point_out_only_where_it_counts() -> None:
    """In the case a = 0 the slope [a > 0] is any number, so that only what it is multiplied by tells."""
    algebra = Polynomials()
    a, b = algebra.entry(Z, ()), algebra.entry(W, ())
    (atom,) = a.numerator
    slope = algebra.slope({atom: 1})
    at_zero = linear.Fact({atom: 1}, ZERO_SIGN)
    squared = algebra.add([ONE, algebra.multiply([b, b])])
    for factor, left_out in ((ONE, True), (squared, True), (b, False)):
        algebra.facts = [at_zero]
        value = algebra.add([algebra.multiply([slope, factor]), ONE])
        assert algebra._zero_by_cases(value, [50]) is left_out
        assert algebra._is_left_out(value) is left_out
    assert not algebra._left_out(b, ONE, [0])  # no case may be looked at any more
    assert not algebra._is_left_out(b)
    algebra.facts = []
    unclear = algebra.multiply([slope, algebra.exp(algebra.inverse(a))])
    algebra.facts = [at_zero]
    assert not algebra._is_left_out(unclear)  # within it a is divided by


def test_definitions_that_cannot_be_compared_are_not_one() -> None:
    below = (Constraint(i), Constraint(n - 1 - i))
    high = pieces.Piece(weight=i * i * i * i, bound=(I,), constraints=below)
    assert not kernel()._are_one([high], [pieces.Piece(Fraction(2))])
    assert kernel()._are_one([pieces.Piece()], [pieces.Piece()])


def test_a_maximum_with_an_entry_that_is_missing_is_one_over_a_set() -> None:
    term = t.MaxOver(I, ix.index(2), t.Where(t.IndexCompare(i - 1, "ge"), z, t.MINUS_INFINITY))
    found = kernel(switching=True).pieces(term, {}, ())
    assert value(term, {}, Given(z=Fraction(-3))) == -3
    assert [factor.name.head for piece in found for factor in piece.factors] == [("entry", Z)]


def test_reciprocals_of_roots_that_are_no_numbers_are_kept() -> None:
    """1/root(p)**2 for an entry p, and 1/root(3)**2 = 1/3."""
    (kept,) = kernel().pieces(t.Power(calculus.root(p()), ix.index(-2)), {}, ())
    assert [factor.name.head[0] for factor in kept.factors] == ["reciprocal", "reciprocal"]
    assert kernel().pieces(t.Power(calculus.root(t.number(3)), ix.index(-2)), {}, ()) == [pieces.Piece(Fraction(1, 3))]


def test_a_derivative_tells_what_it_drops() -> None:
    rule = calculus.Derivative(Z, ())
    other = t.Power(w, ix.index(-1))
    assert rule.of(t.Add((z, other))).value == 1 and rule.dropped == [other]  # type: ignore[union-attr]
    rule = calculus.Derivative(Z, ())
    rule.of(t.Power(z, n - 1))
    assert rule.dropped == [z]  # at n = 1 the power is 1, if z has a value
    rule = calculus.Derivative(Z, ())
    rule.of(t.Mul((z, other)))
    assert rule.dropped == []


def test_neighbouring_entries_are_other_ones() -> None:
    rule = calculus.Derivative(X, (i,))
    line = t.multiply(t.number(2), x(i))
    for rival, kink in ((x(i + 1), t.Kink.LEFT_OUT), (x(n - 1), t.Kink.OPEN), (t.power(x(i), 2), t.Kink.OPEN)):
        assert rule.of(t.Where(t.Compare(line, rival, "gt"), x(i), rival)).kink == kink  # type: ignore[union-attr]


def test_a_slope_exists_off_its_kink_alone() -> None:
    algebra = Polynomials()
    (atom,) = algebra.entry(Z, ()).numerator
    gap, opposite = {atom: 1}, {atom: -1}
    with pytest.raises(AtKink):
        algebra.slope({})
    both = algebra.add([algebra.slope(gap), algebra.slope(opposite)])
    assert both.constant == 1  # [a > 0] + [-a > 0] = 1 where a is not 0
    assert algebra.slope({atom: Fraction(3, 2)}) == algebra.slope(gap)
    assert algebra.slope({(): 2}) == ONE and algebra.slope({(): -2}) == ZERO
    sides = algebra.add([algebra.indicator(gap), algebra.indicator(opposite)])
    assert sides.constant is None  # at 0 it is 0
    assert algebra.signs(gap) != POSITIVE


def test_a_maximum_by_switches_with_a_part_that_has_no_place_is_undecided() -> None:
    by_switches = kernel(switching=True)
    scope = (Constraint(i), Constraint(n - 1 - i))
    with pytest.raises(Undecided, match="infinity"):
        by_switches.pieces(t.Max((t.Entry(X, (i,)), INFINITY)), {}, scope)


def test_indices_of_a_network_are_its_output_and_partials() -> None:
    network = t.Network(t.FunctionSymbol("F", domain=n, codomain=m), i, t.Lambda((I,), (n,), t.Entry(X, (i,))), (m,))
    found = list(t.indices_of(t.Lambda((), (), network)))
    assert i in found and m in found and n in found
