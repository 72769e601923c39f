"""What SymPy does wrong, or differently than symconv needs, pinned: why it proves nothing here.

Each test states what SymPy does today, at an input as symconv's users would write it. **A failure is news, not a bug of
symconv**: a new SymPy release behaves differently. Read what the test says; if SymPy's answer is right now, turn the
test's expectation round (or delete it) and see whether something of ours can be simplified; if it is wrong in another
way, pin that. Nothing in symconv may come to rely on the new answer while older releases are allowed. Tests that
accept several answers list those of the releases since 1.13.
"""

from __future__ import annotations

import pytest
import sympy
from sympy import (
    Abs,
    Eq,
    Function,
    Heaviside,
    IndexedBase,
    KroneckerDelta,
    Lambda,
    MatrixSymbol,
    Max,
    Min,
    Mod,
    Piecewise,
    Q,
    Rational,
    Sum,
    Symbol,
    Trace,
    ask,
    ceiling,
    exp,
    floor,
    lambdify,
    latex,
    log,
    oo,
    pi,
    piecewise_fold,
    refine,
    simplify,
    sympify,
)

i, j, k, l = sympy.symbols("i j k l", integer=True)
n, m = sympy.symbols("n m", integer=True, positive=True)
x, y, z, w = IndexedBase("x"), IndexedBase("y"), Symbol("z", real=True), Symbol("w", real=True)
a, b, c, p = (Symbol(name, real=True) for name in "abcp")
positive = Symbol("p", positive=True)


def at(expression: sympy.Expr, **values: int) -> sympy.Expr:
    """The expression at numbers for its symbols, by name."""
    symbols = {s.name: s for s in expression.free_symbols if isinstance(s, Symbol)}
    return expression.subs({symbols[name]: value for name, value in values.items() if name in symbols})


# --- sums and deltas -------------------------------------------------------------------------------------------------


def test_a_delta_with_a_stride_loses_divisibility() -> None:
    """The sum over i of delta(2i, k) x[i] is 0 at k = 1; SymPy reads x[1/2]."""
    found = Sum(KroneckerDelta(2 * i, k) * x[i], (i, 0, n - 1)).doit()
    assert found.subs({k: 1, n: 4}).has(x[Rational(1, 2)])


def test_a_delta_with_a_symbolic_coefficient_loses_divisibility() -> None:
    found = Sum(KroneckerDelta(i * j, k) * x[i], (i, 0, n)).doit()
    assert found.has(x[k / j])


def test_conditions_on_the_index_leave_their_sum() -> None:
    """The index of the sum becomes free."""
    summed = Sum(Piecewise((x[i], x[i] > 0), (0, True)), (i, 1, n))
    assert i not in summed.free_symbols and i in piecewise_fold(summed).free_symbols


def test_a_ranged_delta_forgets_its_range() -> None:
    """At j = -1 the sum over 0..n-1 is 0; SymPy reads x[-1]."""
    found = Sum(KroneckerDelta(i, j, (0, n - 1)) * x[i], (i, 0, n - 1)).doit()
    assert at(found, j=-1, n=3).has(x[-1])


def test_a_gradient_by_deltas_has_the_same_fault() -> None:
    """The derivative by x[1] of the sum over j < n of x[2j] y[j] is 0."""
    found = Sum(x[2 * j] * y[j], (j, 0, n - 1)).diff(x[k]).doit()
    assert found.subs({k: 1, n: 3}) != 0


@pytest.mark.parametrize(
    "difference",
    [
        Sum(x[i], (i, 1, n)) - Sum(x[j], (j, 1, n)),
        Sum(x[i] * y[j], (i, 1, n), (j, 1, m)) - Sum(x[i] * y[j], (j, 1, m), (i, 1, n)),
        Sum(x[i + 1], (i, 0, n - 1)) - Sum(x[i], (i, 1, n)),
        Sum(x[i], (i, 1, n)) * Sum(y[j], (j, 1, m)) - Sum(x[i] * y[j], (i, 1, n), (j, 1, m)),
    ],
    ids=["renamed", "exchanged", "shifted", "multiplied"],
)
def test_equal_sums_are_not_seen_to_be_equal(difference: sympy.Expr) -> None:
    assert simplify(difference) != 0


# --- ranges ----------------------------------------------------------------------------------------------------------


def test_a_reversed_range_is_not_empty() -> None:
    """Karr's convention, where Python, NumPy and isl have an empty sum."""
    f = Function("f")
    assert Sum(1, (i, 1, -3)).doit() == -3
    assert Sum(f(i), (i, 5, 0)).doit() == -f(1) - f(2) - f(3) - f(4)


def test_a_reversed_range_of_a_delta_has_two_values() -> None:
    lower, upper = sympy.symbols("lower upper", integer=True)
    general = Sum(KroneckerDelta(i, j), (i, lower, upper)).doit().subs({lower: 5, upper: 0, j: 2})
    assert general == 0 and Sum(KroneckerDelta(i, 2), (i, 5, 0)).doit() == -1


def test_numeric_code_has_the_other_convention() -> None:
    summed = Sum(i, (i, 5, n))
    assert lambdify(n, summed)(2) == 0 and summed.subs(n, 2).doit() == -7


def test_ranges_are_joined_without_their_condition() -> None:
    """Right only for 0 <= first + 1 <= last + 1."""
    first, last = sympy.symbols("first last", integer=True)
    joined = simplify(Sum(x[i], (i, 0, first)) + Sum(x[i], (i, first + 1, last)))
    assert joined == Sum(x[i], (i, 0, last))


def test_limits_need_not_be_integers() -> None:
    assert Sum(1, (i, 1, Rational(5, 2))).doit() == Rational(5, 2)
    assert Sum(1, (i, 1, z)).doit() == z


def test_orthogonality_keeps_its_condition_as_it_was_written() -> None:
    """That n divides j - k is for us to say."""
    found = Sum(exp(2 * sympy.I * pi * i * (j - k) / n), (i, 0, n - 1)).doit()
    assert not found.has(Mod)


def test_short_literal_ranges_are_written_out() -> None:
    assert len(Sum(x[i], (i, 0, 60)).doit().args) == 61


# --- names and binding -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "substituted",
    [lambda term: term.subs(j, i), lambda term: term.xreplace({j: i}), lambda term: Lambda(j, term)(i)],
    ids=["subs", "xreplace", "Lambda"],
)
def test_substitution_captures_bound_symbols(substituted) -> None:  # type: ignore[no-untyped-def]
    assert substituted(Sum(x[i] * y[j], (i, 0, n))) == Sum(x[i] * y[i], (i, 0, n))


def test_a_derivative_by_the_bound_index_is_captured() -> None:
    summed = Sum(x[i] * y[i], (i, 1, n))
    t = Symbol("t", integer=True)
    assert summed.diff(x[i]) == Sum(y[i], (i, 1, n))
    assert summed.diff(x[t]) != Sum(y[i], (i, 1, n))


def test_two_symbols_of_one_name_are_different() -> None:
    assert Sum(x[i], (Symbol("i"), 0, 2)).doit() == 3 * x[i]


def test_text_loses_assumptions() -> None:
    assert sympify(str(n)).is_positive is None


def test_entries_have_no_bounds_and_are_not_real() -> None:
    short = IndexedBase("s", shape=(3,))
    assert short[7].is_real is None
    assert x in x[i].free_symbols or IndexedBase("x").label in x[i].free_symbols


# --- maxima, absolute values, cases, relations -----------------------------------------------------------------------


def test_folding_is_exponential() -> None:
    terms = [Piecewise((Symbol(f"t{place}"), Symbol(f"u{place}") > 0), (0, True)) for place in range(6)]
    assert len(piecewise_fold(sum(terms)).args) == 2**6


@pytest.mark.parametrize(
    "difference",
    [
        Max(a + c, b + c) - Max(a, b) - c,
        Max(positive * a, 0) - positive * Max(a, 0),
        Max(a, b) + Min(a, b) - a - b,
        Max(a, -a) - Abs(a),
        Max(a, 0) - Max(-a, 0) - a,
    ],
    ids=["translation", "positive scaling", "largest and smallest", "absolute value", "relu"],
)
def test_laws_of_maxima_are_missing(difference: sympy.Expr) -> None:
    assert simplify(difference) != 0


def test_the_slope_of_relu_at_its_kink_is_a_half() -> None:
    """PyTorch says 0; symconv says that there is none."""
    slope = Max(0, z).diff(z)
    assert slope == Heaviside(z) and slope.subs(z, 0) == Rational(1, 2)


def test_a_maximum_refuses_values_of_unknown_functions_at_numbers() -> None:
    """g(0) has no free symbol, counts as a number, and cannot be compared."""

    class G(Function):  # type: ignore[misc]
        is_real = True

    with pytest.raises(ValueError, match="comparable"):
        Max(G(0), z)


def test_minus_infinity_leaves_a_maximum() -> None:
    assert Max(-oo, z) == z


def test_integer_reasoning_is_absent() -> None:
    assert ((i > 0) & (i < 1)) not in (False, sympy.false)
    assert ((i <= 0) | (i >= 1)) not in (True, sympy.true)


def test_assumptions_do_not_decide_inequalities_of_sizes() -> None:
    assert (n * m - n).is_nonnegative is None
    assert (n * m >= n) not in (True, sympy.true)
    assert refine(Max(i, j), Q.ge(i, j)) == Max(i, j)


def test_inequalities_are_not_chained() -> None:
    try:
        answer = ask(Q.lt(i, k), Q.lt(i, j) & Q.lt(j, k))
    except ValueError:  # some releases refuse relations among the assumptions
        answer = None
    assert answer is None


@pytest.mark.parametrize(
    "difference",
    [n * floor(i / n) + Mod(i, n) - i, floor(n / 2) + floor((n + 1) / 2) - n],
    ids=["quotient and remainder", "halves"],
)
def test_laws_of_floors_are_missing(difference: sympy.Expr) -> None:
    assert simplify(difference) != 0


# --- tests for equality ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "difference",
    [Mod(n**7 - n, 42), floor(n / 2) + floor((n + 1) / 2) - n, ceiling(n / 2) - floor((n + 1) / 2)],
    ids=["Fermat", "halves", "rounding"],
)
def test_equals_says_false_of_true_identities(difference: sympy.Expr) -> None:
    """It tries values that the assumptions exclude: its False refutes nothing."""
    assert all(difference.subs(n, value) == 0 for value in range(1, 20))
    assert difference.equals(0) is not True


def test_double_equals_compares_structure() -> None:
    assert (z + 1) ** 2 != z**2 + 2 * z + 1


def test_floats_poison_what_they_touch() -> None:
    assert simplify(0.1 * z + 0.2 * z - 0.3 * z) != 0
    assert Eq(0.1 * 3, 0.3) in (False, sympy.false)


# --- simplify --------------------------------------------------------------------------------------------------------


def test_quotients_lose_their_domain_when_they_are_made() -> None:
    assert z / z == 1 and x[i] / x[i] == 1
    assert simplify((z**2 - 1) / (z - 1)) == z + 1


# --- derivatives by matrices -----------------------------------------------------------------------------------------


def test_derivatives_by_a_matrix_forget_terms_in_some_releases() -> None:
    """0 up to 1.14, the identity matrix afterwards: reason enough not to ask."""
    matrix = MatrixSymbol("E", 3, 3)
    found = (Trace(matrix) + 1).diff(matrix)
    is_zero = found == 0 or found == sympy.ZeroMatrix(3, 3) or getattr(found, "is_zero_matrix", False) is True
    assert is_zero or sympy.Matrix(found.as_explicit()) == sympy.eye(3)


# --- text that runs --------------------------------------------------------------------------------------------------


def test_sympify_runs_text() -> None:
    """Which is why nothing that symconv reads gets there."""
    assert str(sympify("__import__('os').sep.join(['a', 'b'])")) in ("a/b", "a*b", "a\\b")


def test_lambdify_runs_the_names_of_symbols() -> None:
    hostile = Symbol("__import__('os').getpid()")
    import os

    try:
        found = lambdify([], hostile)()
    except Exception:
        return  # a release that refuses it is welcome
    assert found == os.getpid()


def test_latex_is_not_escaped() -> None:
    assert latex(Symbol(r"\input{secret}")) == r"\input{secret}"


# --- numbers from symbols --------------------------------------------------------------------------------------------


def test_numeric_code_wraps_indices() -> None:
    """x[j - 1] at j = 0 is the last entry: an error of padding stays hidden."""
    assert lambdify((x, j), x[j - 1])([10, 20, 30], 0) == 30


def test_numeric_code_evaluates_every_branch() -> None:
    import numpy as np

    guarded = lambdify(z, Piecewise((log(z), z > 0), (0, True)), "numpy")
    with pytest.warns(RuntimeWarning):
        assert guarded(np.array([-1.0, 1.0])).tolist() == [0, 0]


def test_nested_sums_stay_as_they_are() -> None:
    nested = Sum(Sum(i * z, (i, 0, j)), (j, 0, n))
    assert nested.evalf(subs={n: 2, z: 1}).has(Sum)


# --- LaTeX -----------------------------------------------------------------------------------------------------------


def test_a_square_of_an_entry_reads_as_a_superscript() -> None:
    assert latex(x[i] ** 2) == "{x}_{i}^{2}"


@pytest.mark.parametrize(
    ("name", "shown"), [("kernel_size", "kernel_{size}"), ("x__2", "x^{2}"), ("lamda", r"\lambda")]
)
def test_names_change_their_meaning_in_print(name: str, shown: str) -> None:
    assert latex(Symbol(name)) == shown


def test_a_ranged_delta_prints_without_its_range() -> None:
    assert "n" not in latex(KroneckerDelta(i, j, (0, n - 1))).replace(r"\in", "")


def test_a_double_sum_prints_as_one() -> None:
    assert latex(Sum(x[i] * y[j], (i, 1, n), (j, 1, m))).count(r"\sum") == 1
