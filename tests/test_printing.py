"""Formulas say what the terms are: read back by a reader of our own, they give the same numbers."""

from __future__ import annotations

import itertools
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from latex_reader import Reader
from oracle import Model
from random_terms import SIGMA, SIZES, A, B, D, F, I, P, Terms, W, X, Y, Z, i, k, m, n
from test_general_kernel import found

from symconv.errors import ClaimError, Undefined
from symconv.kernel import calculus
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.index import IndexVar
from symconv.kernel.terms import Term
from symconv.printing import notation
from symconv.printing.latex import latex
from symconv.printing.names import escaped, name_of, verbatim
from symconv.printing.plain import plain
from symconv.printing.scope import Scope
from symconv.printing.writing import TooLong, Writer

TENSORS = {variable.name: variable for variable in (X, Y, A, B, D, Z, W, P)}
NAMES = [*TENSORS, "n", "m", "k", "F", "sigma", "rho"]
RISING = t.FunctionSymbol("rho", nondecreasing=True)
FUNCTIONS = {r"\sigma": SIGMA, r"\rho": RISING, "F": F}


def printed(term: Term, origin: int = 1) -> tuple[str, str]:
    """The LaTeX of a term with the free index i, and the letter that stands for it."""
    scope = Scope(origin, NAMES)
    scope.declare(I, n)
    return latex(Writer(scope).top(term, {})), scope.symbol(I).latex


def read(text: str, letter: str, values: dict[IndexVar, int], model: Model, origin: int = 1) -> Fraction:
    """What the LaTeX says at these sizes and this index."""
    numbers = {size.name: Fraction(values[size]) for size in SIZES} | {letter: Fraction(values[I] + origin)}
    shapes = {name: tuple(e.evaluate(values) for e in variable.shape) for name, variable in TENSORS.items()}
    return Reader(text, model, TENSORS, FUNCTIONS, shapes).value(numbers)


def compared_at(seed: int, depth: int) -> int:
    """How often a random term had a value, which its LaTeX gave too; 0 for one that cannot be drawn or is long."""
    try:
        term = Terms(seed).term("", [(I, n)], depth)
        return assert_says(term, seed, top=2)
    except (ClaimError, TooLong):  # the derivative of a function without one
        return 0


def assert_says(term: Term, seed: int = 0, top: int = 3) -> int:
    """The LaTeX of a term gives its value wherever it has one; how often it had."""
    text, letter = printed(term)
    compared = 0
    for row in itertools.product(range(1, top + 1), repeat=3):
        sizes = dict(zip(SIZES, row, strict=True))
        for place in range(sizes[SIZES[0]]):
            values, model = {**sizes, I: place}, Model(seed)
            expected = found(term, values, model)
            if isinstance(expected, Fraction):
                assert read(text, letter, values, model) == expected, f"{text} at {values}"
                compared += 1
    return compared


@pytest.mark.parametrize("block", range(6))
def test_random_terms_are_read_back(block: int) -> None:
    assert sum(compared_at(seed, 2 + seed % 2) for seed in range(block * 30, block * 30 + 30)) > 60


@pytest.mark.slow
@pytest.mark.parametrize("block", range(4))
def test_many_random_terms_are_read_back(block: int) -> None:
    assert sum(compared_at(seed, 3) for seed in range(5000 + block * 100, 5100 + block * 100)) > 100


@given(st.integers(0, 10**9))
def test_drawn_terms_are_read_back(seed: int) -> None:
    compared_at(seed, 2)


def test_the_comparison_can_fail() -> None:
    """A formula that says something else is caught."""
    term = t.Sum(a := IndexVar("a"), n, t.Entry(X, (ix.index(a),)))
    text, letter = printed(term)
    values = {**dict.fromkeys(SIZES, 2), I: 0}
    assert read(text, letter, values, Model(1)) == found(term, values, Model(1))
    for wrong in (text.replace("{n}", "{n-1}"), text.replace("x_{a}", "x_{1}"), f"2 {text}"):
        assert read(wrong, letter, values, Model(1)) != found(term, values, Model(1)), wrong


# --- how terms are written -------------------------------------------------------------------------------------------


def entry(variable: t.Variable, *index: ix.IndexLike) -> t.Entry:
    return t.Entry(variable, tuple(map(ix.index, index)))


a, b = IndexVar("a"), IndexVar("b")
x_i, z, w = entry(X, i), entry(Z), entry(W)
CASES: list[tuple[Term, str]] = [
    (t.power(x_i, 2), r"\left(x_{i}\right)^{2}"),
    (t.power(z, 2), "z^{2}"),
    (t.divide(t.ONE, t.index_number(k * k)), r"\frac{1}{k^{2}}"),
    (t.negate(t.negate(z)), "z"),
    (t.subtract(z, t.subtract(w, z)), "z - (w - z)"),
    (t.multiply(t.number(-1), t.add(z, w)), "-z - w"),
    (t.multiply(t.number(Fraction(-2, 3)), z), r"-\frac{2}{3} z"),
    (t.add(t.negate(z), w), "w - z"),
    (t.multiply(t.add(z, w), t.add(z, t.number(1))), "(z + w) (z + 1)"),
    (t.Sum(a, n, t.Sum(b, n, entry(B, a, b))), r"\sum_{a=1}^{n} \sum_{b=1}^{n} B_{a,b}"),
    (t.Sum(a, n, t.Sum(a, n, entry(X, a))), r"\sum_{a=1}^{n} \sum_{b=1}^{n} x_{b}"),
    (
        t.multiply(t.Sum(a, n, entry(X, a)), t.Sum(b, m, entry(Y, b))),
        r"\left(\sum_{a=1}^{n} x_{a}\right) \sum_{b=1}^{m} y_{b}",
    ),
    (t.add(t.Sum(a, n, entry(X, a)), z), r"\sum_{a=1}^{n} x_{a} + z"),
    (t.Sum(a, n, t.add(entry(X, a), z)), r"\sum_{a=1}^{n} (x_{a} + z)"),
    (t.Sum(a, n, t.power(z, ix.index(a))), r"\sum_{a=0}^{n - 1} z^{a}"),
    (t.Sum(a, ix.ONE, entry(X, a)), "x_{1}"),
    (t.MaxOver(a, k, t.MaxOver(b, k, entry(B, k * i + a, b))), r"\max_{1 \le a,b \le k} B_{k(i-1)+a,b}"),
    (t.negate(t.MaxOver(a, n, t.negate(entry(X, a)))), r"\min_{1 \le a \le n} x_{a}"),
    (t.negate(t.maximum(t.negate(z), t.negate(w))), r"\min(z, w)"),
    (t.Max((z, t.negate(z))), r"\left|z\right|"),
    (t.Max((z, t.ZERO)), r"\max(z, 0)"),
    (t.Apply(calculus.RELU, z), r"\operatorname{relu}(z)"),
    (t.Apply(calculus.EXP, t.negate(z)), "e^{-z}"),
    (t.Apply(calculus.LOG, z), r"\log(z)"),
    (calculus.root(z), r"\sqrt{z}"),
    (calculus.root(z, 3), r"\sqrt[3]{z}"),
    (t.Apply(SIGMA, z, 2), r"\sigma''(z)"),
    (t.power(t.Apply(calculus.TANH, z), 2), r"\tanh(z)^{2}"),
    (t.where(t.equals(ix.index(a), i), x_i, t.ZERO), r"\delta_{i,a} \, x_{i}"),
    (
        t.where(t.at_least(n - 2, i), entry(X, i + 1), t.ZERO),
        r"\begin{cases} x_{i+1} & \text{if } i < n \\ 0 & \text{if } i = n \end{cases}",
    ),
    (t.add(z, t.where(t.at_least(n - 2, i), entry(X, i + 1), t.ZERO)), r"z + [i < n] \, x_{i+1}"),
    (entry(X, 2 * i), "x_{2i-1}"),
    (entry(X, n - 1 - i), "x_{n-i+1}"),
    (entry(X, i // 2), r"x_{\left\lfloor\frac{i-1}{2}\right\rfloor+1}"),
    (entry(X, i % 2), r"x_{((i-1)\bmod2)+1}"),
    (t.index_number(ix.index(i)), "i - 1"),
    (t.PI, r"\pi"),
]  # fmt: skip


@pytest.mark.parametrize(("term", "text"), CASES)
def test_terms_are_written_as_by_hand(term: Term, text: str) -> None:
    scope = Scope(1, NAMES)
    scope.declare(I, n)
    if r"\delta" in text:
        scope.declare(a, n)
    assert latex(Writer(scope).top(term, {})) == text


def test_indices_from_zero_are_pythons() -> None:
    term = t.Sum(a, k, entry(D, k * i + a))
    assert printed(term, origin=0)[0] == r"\sum_{a=0}^{k - 1} D_{ki+a}"


def test_the_derivative_of_a_network() -> None:
    r = IndexVar("r")
    vector = t.Lambda((r,), (n,), t.Apply(SIGMA, entry(X, r)))
    whole = t.Lambda((r,), (n,), entry(X, r))
    assert printed(t.Network(F, None, whole))[0] == "F(x)"
    assert (
        printed(t.Network(F, None, vector, (i,)))[0]
        == r"\partial_{i} F\left(\left(\sigma(x_{r})\right)_{r=1}^{n}\right)"
    )


def test_text_is_as_good_without_latex() -> None:
    term = t.multiply(t.power(t.index_number(k), -2), t.Sum(a, k, entry(D, k * i + a)))
    scope = Scope(1, NAMES)
    scope.declare(I, n)
    assert plain(Writer(scope).top(term, {})) == "1/k² · Σ_a=1..k D[k(i-1)+a]"


def test_cases_of_text_line_up() -> None:
    scope = Scope(1, NAMES)
    scope.declare(I, n)
    shown = plain(Writer(scope).top(t.where(t.at_least(n - 2, i), entry(X, i + 1), t.negate(z)), {}))
    assert shown == "⎧ x[i+1]  if i < n\n⎩ -z      if i = n"


# --- names and text --------------------------------------------------------------------------------------------------

HOSTILE = [r"\input{/etc/passwd}", "$x$", "100%", "a_b^c", r"}\end{document}", '#1 & ~ < > | " `', "\x00\x1b[0m", "^^M"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_a_command(text: str) -> None:
    shown = escaped(text)
    known = r"\\(textbackslash|textless|textgreater|textbar)\{\}|\\[{}$&#%_]|\\[\^~`]\{\}"
    rest = re.sub(known, "", shown)
    assert not set(rest) & set("\\{}$&#%_^~\x00\x1b"), shown


def test_two_names_never_look_alike() -> None:
    scope = Scope(1, ["x1", "x_1", "lambda_", "λ"])
    shown = [scope.named(name).latex for name in ("x1", "x_1", "lambda_", "λ")]
    assert len(set(shown)) == 4


@given(st.from_regex(r"[^\W\d]\w{0,8}", fullmatch=True))
def test_every_identifier_has_balanced_latex(identifier: str) -> None:
    for name in (name_of(identifier), verbatim(identifier)):
        assert name.latex.replace(r"\_", "").count("{") == name.latex.replace(r"\_", "").count("}")
        assert "$" not in name.latex and "%" not in name.latex


def test_pi_and_delta_keep_their_meaning() -> None:
    scope = Scope(1, ["pi", "delta"])
    assert [scope.named(name).latex for name in ("pi", "delta")] == [r"\mathrm{pi}", r"\mathrm{delta}"]


def test_bound_letters_are_fresh() -> None:
    """A tensor, a size and an outer index keep their letters; the bound index gives way."""
    scope = Scope(1, ["a", "b", "n"])
    scope.declare(IndexVar("i"), n)
    term = t.Sum(IndexVar("a"), n, t.Sum(IndexVar("row"), n, t.ONE))
    shown = Writer(scope).top(term, {})
    assert isinstance(shown, notation.Big)
    letters = {shown.variable, shown.body.variable} if isinstance(shown.body, notation.Big) else set()
    assert len(letters) == 2
    assert not letters & {notation.Symbol(name_of(name)) for name in ("a", "b", "n", "i")}


def test_a_reader_refuses_what_is_outside() -> None:
    with pytest.raises(Undefined):
        read("x_{n+1}", "i", {**dict.fromkeys(SIZES, 2), I: 0}, Model(0))
