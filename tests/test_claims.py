"""Claims as their authors write them: what a signature means, what a body may return, and every refusal.

The claims are given as source text and read twice, with annotations as objects and postponed, since both must mean
the same.
"""

from __future__ import annotations

import ast
import itertools
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symconv.claims as vocabulary
from symconv import prove
from symconv.claims import (
    Annotation,
    Claim,
    Differentiable,
    Equation,
    Function,
    FunctionType,
    Index,
    IndexType,
    Nondecreasing,
    Nonnegative,
    Parameter,
    Positive,
    Real,
    ScalarType,
    Size,
    SizeType,
    Smooth,
    Tensor,
    TensorType,
    by,
    claim,
    claims_of,
    equal,
    fallacy,
    located,
    parse_dimension,
    read_annotation,
)
from symconv.errors import ClaimError, ShapeError, SymbolicControlFlow, TimeLimit, Undefined
from tests.statements import stated

OBJECTS, POSTPONED = "", "from __future__ import annotations"

ACCEPTED = (
    'a parameter is Tensor["m", "n"], Size, Real, Positive, Nonnegative (these two also as tensors: Positive["n"]), '
    'Index["n"], Function, Nondecreasing, Differentiable or Smooth (these two also with sizes: '
    'Differentiable["p", "q"])'
)
RETURN_ONE = "a claim ends with `return equal(left, right)`, or with a tuple of such equations"

Load = Callable[..., dict[str, Any]]


def load(source: str, first_line: str = OBJECTS, **names: Any) -> dict[str, Any]:
    """Run a module's source, whose first line is `first_line`, and give its namespace."""
    namespace: dict[str, Any] = {**vars(vocabulary), "__name__": "paper", "__file__": "paper.py", **names}
    exec(compile(first_line + "\n" + textwrap.dedent(source), "paper.py", "exec", dont_inherit=True), namespace)
    return namespace


@pytest.fixture(params=[OBJECTS, POSTPONED], ids=["objects", "postponed"])
def read(request: pytest.FixtureRequest) -> Load:
    return lambda source, **names: load(source, request.param, **names)


def refusal(claim_: Claim, **values: Any) -> str:
    with pytest.raises(ClaimError) as caught:
        claim_.read(values)
    return located(caught.value)


# ---- what a signature means ----------------------------------------------------------------------------------------

POOLING = '''\
@claim
def pooling(X: Tensor["C", "m*k", "m*k"], k: Size, sigma: Nondecreasing):
    """sigma(maxpool(X)) = maxpool(sigma(X)).

    For every non-decreasing sigma.
    """
    return equal(sigma(X), sigma(X + k - k))
'''


def test_a_function_becomes_a_claim(read: Load) -> None:
    pooling = read(POOLING)["pooling"]
    assert (pooling.name, pooling.kind, pooling.file, pooling.line) == ("pooling", "claim", "paper.py", 2)
    assert pooling.doc == "sigma(maxpool(X)) = maxpool(sigma(X)).\n\nFor every non-decreasing sigma."
    assert pooling.sizes == ("C", "m", "k")
    assert [str(parameter) for parameter in pooling.parameters] == [
        'X: Tensor["C", "m*k", "m*k"]',
        "k: Size",
        "sigma: Nondecreasing",
    ]
    assert pooling.problem is None
    assert pooling.unused == ()
    assert repr(pooling) == "<claim pooling at paper.py:2>"


KINDS = [
    ('Tensor["n"]', TensorType((parse_dimension("n"),)), "n", "x real n"),
    ('Tensor[3, "n"]', TensorType((parse_dimension(3), parse_dimension("n"))), "n", "x real 3 x n"),
    ('Tensor["n + 1", "n"]', TensorType((parse_dimension("n+1"), parse_dimension("n"))), "n", "x real (n + 1) x n"),
    ("Tensor[()]", TensorType(()), "", "x real"),
    ("Real", ScalarType("real"), "", "x real"),
    ("Positive", ScalarType("positive"), "", "x > 0"),
    ("Nonnegative", ScalarType("nonnegative"), "", "x >= 0"),
    ("Size", SizeType(), "", "x >= 1"),
    ('Index["n*m"]', IndexType(parse_dimension("n*m")), "nm", "0 <= x < n*m"),
    ("Function", FunctionType("any"), "", "x R -> R"),
    ("Nondecreasing", FunctionType("nondecreasing"), "", "x non-decreasing"),
    ("Differentiable", FunctionType("differentiable"), "", "x differentiable"),
    ('Differentiable["p"]', FunctionType("differentiable", parse_dimension("p")), "p", "x differentiable R^p -> R"),
    (
        'Smooth["N*m", 3]',
        FunctionType("smooth", parse_dimension("N*m"), parse_dimension(3)),
        "Nm",
        "x smooth R^(N*m) -> R^3",
    ),
]


@pytest.mark.parametrize(("written", "meaning", "names", "hypothesis"), KINDS, ids=[kind[0] for kind in KINDS])
def test_every_kind_of_parameter(read: Load, written: str, meaning: Any, names: str, hypothesis: str) -> None:
    parameter = read(f"@claim\ndef f(x: {written}): return equal(x, x)\n")["f"].parameters[0]
    assert parameter == Parameter("x", meaning)
    assert str(parameter) == f"x: {written}"
    assert "".join(meaning.names) == names
    assert parameter.names == (("x",) if written == "Size" else tuple(names))
    assert parameter.hypothesis == hypothesis
    assert read_annotation(str(meaning), vars(vocabulary)) == meaning


@pytest.mark.parametrize("name", ["N", "S", "E", "Q", "I", "lambda_", "λ", "match", "print", "Tensor"])
def test_every_identifier_is_a_parameter_and_a_size(read: Load, name: str) -> None:
    source = f"@claim\ndef f(x: Tensor['{name}', '{name} + 1'], {name}: Size): return equal(x, {name})\n"
    assert read(source)["f"].sizes == (name,)
    source = f"@claim\ndef f({name}: Real): return equal({name}, {name})\n"
    assert read(source)["f"].parameters == (Parameter(name, ScalarType("real")),)


def test_sizes_come_in_order_of_first_appearance(read: Load) -> None:
    source = """
    @claim
    def f(i: Index["b"], k: Size, f: Smooth["c", "a"], X: Tensor["d*b"]):
        return equal(f(X), i * k)
    """
    assert read(source)["f"].sizes == ("b", "k", "c", "a", "d")


def test_hypotheses_in_one_line(read: Load) -> None:
    assert read(POOLING)["pooling"].hypotheses == "C, m, k >= 1; X real C x m*k x m*k; sigma non-decreasing"
    shrinking = read('@claim\ndef f(x: Tensor["n - 1", "n // 2"]): return equal(x, x)\n')["f"]
    assert shrinking.hypotheses == "n >= 1; n - 1 >= 1; n//2 >= 1; x real (n - 1) x n//2"
    assert [str(size) for size in shrinking.dimensions] == ["n - 1", "n//2"]
    assert read("@claim\ndef f(): return equal(1, 1)\n")["f"].hypotheses == "none"


def test_annotations_may_use_constants_modules_and_text(read: Load) -> None:
    source = """
    K = 3
    @claim
    def f(x: Tensor[K, "n"], y: symconv.Tensor["n"], z: "Tensor['n']"):
        return equal(x, y, z)
    """
    parameters = read(source, symconv=vocabulary)["f"].parameters
    assert [str(parameter.type) for parameter in parameters] == ['Tensor[3, "n"]', 'Tensor["n"]', 'Tensor["n"]']


def test_postponed_annotations_see_enclosing_functions() -> None:
    source = """
    def outer(K, T):
        @claim
        def f(x: T[K, "n"]):
            return equal(x, K, T)
        return f
    f = outer(5, Tensor)
    """
    assert str(load(source, POSTPONED)["f"].parameters[0]) == 'x: Tensor[5, "n"]'


def test_our_words_are_known_where_they_were_imported_for_type_checkers_only() -> None:
    namespace: dict[str, Any] = {"claim": claim, "equal": equal}
    exec(f"{POSTPONED}\n@claim\ndef f(x: Tensor['n']): return equal(x, x)\n", namespace)
    assert namespace["f"].problem is None


def test_keyword_only_parameters_and_empty_parentheses_are_fine(read: Load) -> None:
    source = "@claim()\ndef f(*, x: Real): return equal(x, x)\n@fallacy()\ndef g(x: Real): return equal(x, -x)\n"
    namespace = read(source)
    assert namespace["f"].problem is None
    assert (namespace["f"].kind, namespace["g"].kind) == ("claim", "fallacy")


# ---- unused parameters ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "unused"),
    [
        ("def f(x: Real, y: Real): return equal(x, x)", ("y",)),
        ("def f(shape: Real, x: Tensor['n']): return equal(x.shape, (1, 'shape'))", ("shape",)),
        ("def f(k: Size, x: Tensor['k']): return equal(x, x)", ()),
        ("def f(k: Size, g: Smooth['2*k']): return equal(g, g)", ()),
        ("def f(k: Size, x: Real): return equal(x, x)", ("k",)),
        ("def f(x: Real, y: Real): return equal(x, fromfunction(lambda i: y, 3))", ()),
        ("def f(x: Real, y: Real): return equal(x, [y for _ in range(3)])", ()),
    ],
)
def test_unused_parameters(read: Load, source: str, unused: tuple[str, ...]) -> None:
    assert read(f"@claim\n{source}\n")["f"].unused == unused


# ---- signatures that are refused -----------------------------------------------------------------------------------

REFUSED = [
    ("def f(x): return 1", 'parameter x is not annotated; write x: Real, or x: Tensor["m", "n"]'),
    (
        "def f(x: Real = 1): return 1",
        "x has a default; a claim is about every value, so it takes none",
    ),
    (
        "def f(*, x: Real = 1): return 1",
        "x has a default; a claim is about every value, so it takes none",
    ),
    (
        "def f(a: Real, b: Real = 1, *, c: Real, d: Real = 2): return 1",
        "b and d have defaults; a claim is about every value, so it takes none",
    ),
    ("def f(*x: Real): return 1", "it takes *x; each parameter of a claim has a name and an annotation of its own"),
    ("def f(**x: Real): return 1", "it takes **x; each parameter of a claim has a name and an annotation of its own"),
    (
        "def f(x: Real, /): return 1",
        "it has parameters without a name (/); the parameters of a claim are passed by name",
    ),
    ("def f(x: Real): yield 1", "it is a generator; a claim is a plain function that returns equal(left, right)"),
    (
        "async def f(x: Real): return 1",
        "it is an async function; a claim is a plain function that returns equal(left, right)",
    ),
    (
        "async def f(x: Real): yield 1",
        "it is an async function; a claim is a plain function that returns equal(left, right)",
    ),
    (
        "def f(n: Real, X: Tensor['m', 'n']): return 1",
        'n is a size in X: Tensor["m", "n"] and also a parameter, n: Real; rename one of them, or state n: Size',
    ),
    (
        "def f(i: Index['i']): return 1",
        'i is a size in i: Index["i"] and also a parameter, i: Index["i"]; rename one of them, or state i: Size',
    ),
    (
        "def f(X: Tensor['m k']): return 1",
        'parameter X, Tensor["m k"]: unexpected "k" at column 3 of "m k" (a product is written with *); '
        "a dimension is an expression in + - * //, integers, names and parentheses",
    ),
    (
        "def f(X: Tensor['m', 2.5]): return 1",
        'parameter X, Tensor["m", 2.5]: 2.5, a float, is not a dimension; it is text or a positive integer',
    ),
    (
        "def f(X: Tensor[-1]): return 1",
        "parameter X, Tensor[-1]: the dimension -1 is less than 1; every dimension is at least 1",
    ),
    (
        "def f(X: Tensor): return 1",
        'parameter X, Tensor: a tensor needs its dimensions, as in Tensor["m", "n"]; Real is a scalar',
    ),
    ("def f(X: Tensor['n']['m']): return 1", 'parameter X, Tensor["n"]["m"]: Tensor takes one pair of brackets'),
    (
        "def f(i: Index): return 1",
        'parameter i, Index: a free index needs the one size that it stays below, as in Index["n"]',
    ),
    (
        "def f(i: Index['m', 'n']): return 1",
        'parameter i, Index["m", "n"]: a free index needs the one size that it stays below, as in Index["n"]',
    ),
    ("def f(k: Size['n']): return 1", 'parameter k, Size["n"]: Size takes no brackets'),
    (
        "def f(x: Real['n']): return 1",
        'parameter x, Real["n"]: Real takes no brackets; a real tensor is Tensor["m", "n"]',
    ),
    (
        "def f(g: Function['n']): return 1",
        'parameter g, Function["n"]: Function takes no brackets; it is R -> R, and a function of vectors is '
        'Differentiable["p", "q"]',
    ),
    (
        "def f(g: Smooth['p', 'q', 'r']): return 1",
        'parameter g, Smooth["p", "q", "r"]: Smooth is R -> R, Smooth["p"] is R^p -> R and '
        'Smooth["p", "q"] is R^p -> R^q; got 3 sizes',
    ),
    (
        "def f(g: Smooth[()]): return 1",
        'parameter g, Smooth[()]: Smooth is R -> R, Smooth["p"] is R^p -> R and '
        'Smooth["p", "q"] is R^p -> R^q; got 0 sizes',
    ),
    ("def f(n: int): return 1", f"parameter n, int: not a kind of parameter (did you mean Size?); {ACCEPTED}"),
    ("def f(n: float): return 1", f"parameter n, float: not a kind of parameter (did you mean Real?); {ACCEPTED}"),
    ("def f(n: None): return 1", f"parameter n, None: not a kind of parameter; {ACCEPTED}"),
]

MISSPELT = [
    ("Tensr['n']", f"the name Tensr is not defined (did you mean Tensor?); {ACCEPTED}"),
    ("Foo", f"the name Foo is not defined; {ACCEPTED}"),
    ("Real | Size", f"not a kind of parameter; {ACCEPTED}"),
    ("Tensor[n]", 'the name n is not defined; a size is written as text, "n"'),
    ("Tensor['m', 2 * n]", "2 * n is not a dimension; it is text or a positive integer"),
    ("Tensor[-1]", "the dimension -1 is less than 1; every dimension is at least 1"),
    ("Tensor[-0.5]", "-0.5, a float, is not a dimension; it is text or a positive integer"),
    ("Tensor[1:2]", "1:2 is not a dimension; it is text or a positive integer"),
    ("claim.Tensr", f"claim has no Tensr; {ACCEPTED}"),
    ("list[int]", f"not a kind of parameter; {ACCEPTED}"),
    ("numpy.ndarray", f'not a kind of parameter (did you mean Tensor["m", "n"]?); {ACCEPTED}'),
]


@pytest.mark.parametrize(("source", "message"), REFUSED, ids=[source for source, _ in REFUSED])
def test_signatures_that_are_refused(read: Load, source: str, message: str) -> None:
    namespace = read(f"@claim\n{source}\n@claim\ndef after(x: Real): return equal(x, x)\n")
    assert str(namespace["f"].problem) == f"claim f (paper.py:2): {message}"
    assert refusal(namespace["f"]) == f"claim f (paper.py:2): {message}"
    assert (namespace["f"].parameters, namespace["f"].sizes, namespace["f"].unused) == ((), (), ())
    assert namespace["after"].problem is None


@pytest.mark.parametrize(("written", "message"), MISSPELT, ids=[written for written, _ in MISSPELT])
def test_misspelt_text_is_refused(written: str, message: str) -> None:
    numpy = pytest.importorskip("numpy")
    for first_line, annotation in [(OBJECTS, repr(written)), (POSTPONED, written)]:
        namespace = load(f"@claim\ndef f(x: {annotation}): return 1\n", first_line, numpy=numpy)
        assert str(namespace["f"].problem) == f"claim f (paper.py:2): parameter x, {written}: {message}"


def test_text_that_is_not_python_is_refused() -> None:
    for text in ("1 +", "", "\0", "(" * 1000, "x" + ".x" * 900, "\ud800"):
        with pytest.raises(ClaimError, match=r"not a Python expression|not defined"):
            read_annotation(text)
    with pytest.raises(ClaimError, match="of more than 2000 characters is not accepted"):
        read_annotation("x" * 2001)


def test_a_fallacy_calls_itself_one() -> None:
    problem = load("@fallacy\ndef f(x): return 1\n")["f"].problem
    assert str(problem).startswith("fallacy f (paper.py:2): parameter x is not annotated")


def test_lambdas_and_methods_are_refused(read: Load) -> None:
    namespace = read("f = claim(lambda x: 1)\nclass Paper:\n    @claim\n    def f(self): return 1\ng = Paper.f\n")
    lambda_, method = namespace["f"].problem, namespace["g"].problem
    assert str(lambda_) == (
        "claim <lambda> (paper.py:2): it is a lambda; a claim is a function with a name and annotated parameters"
    )
    assert str(method) == "claim f (paper.py:4): it is a method of Paper; a claim is a function of its own"


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ("text", '@claim takes a function, and got "text", a str; its title is the first line of its docstring'),
        (3, "@claim takes a function, and got 3, an int"),
        (len, "@claim takes a function, and got a builtin_function_or_method"),
        (int, "@claim takes a function, and got <class 'int'>, a type"),
    ],
)
def test_only_functions_are_claims(given_: Any, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        claim(given_)
    assert str(caught.value) == message


def test_a_claim_is_not_claimed_again() -> None:
    with pytest.raises(TypeError, match=r"^@fallacy takes a function, and squares is a claim already$"):

        @fallacy
        @claim
        def squares(x: Real):
            return equal(x, x)


@pytest.mark.parametrize(
    "word", [Tensor, Size, Real, Positive, Nonnegative, Index, Function, Nondecreasing, Differentiable, Smooth]
)
def test_the_words_are_not_called(word: Any) -> None:
    with pytest.raises(TypeError) as caught:
        word("X", (3, 3))
    assert str(caught.value) == (
        f"{word.word} describes a parameter of a claim and is not called; "
        'its sizes stand in brackets, as in Tensor["m", "n"], and tensor("X", (3, 3)) makes a symbolic tensor'
    )


def test_each_word_says_what_it_describes() -> None:
    words = [Tensor, Size, Real, Positive, Nonnegative, Index, Function, Nondecreasing, Differentiable, Smooth]
    assert len({word.__doc__ for word in words}) == len(words)
    assert Size.__doc__ is not None and "every positive integer" in Size.__doc__
    assert Tensor["n"] == Annotation("Tensor", (("n",),)), "what a word says of itself is no part of what is written"


@given(st.text(max_size=80) | st.text(alphabet="Tensor['m', 2*n]()\"-.", max_size=40))
def test_any_annotation_text_is_read_or_refused(text: str) -> None:
    try:
        read_annotation(text, vars(vocabulary))
    except ClaimError as problem:
        assert str(problem).isprintable()


@given(st.recursive(st.none() | st.text() | st.integers() | st.floats(), st.lists))
def test_any_annotation_object_is_read_or_refused(value: object) -> None:
    for annotation in (value, Tensor[value], Smooth[value, value], Index[value]):
        try:
            read_annotation(annotation)
        except ClaimError as problem:
            assert str(problem).isprintable()


# ---- the conclusion ------------------------------------------------------------------------------------------------


def test_equal_keeps_its_sides_as_they_are() -> None:
    left, right = object(), object()
    equation = equal(left, right)
    assert equation.sides == (left, right)
    assert equation.reasons == (None, None)


def test_a_derivation_is_a_chain_of_steps() -> None:
    equation = equal("a", by("definition", "b"), "c", by("algebra", "d"))
    assert equation.sides == ("a", "b", "c", "d")
    assert [(step.number, step.left, step.right, step.reason) for step in equation.steps] == [
        (1, "a", "b", "definition"),
        (2, "b", "c", None),
        (3, "c", "d", "algebra"),
    ]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: equal(), "equal takes two sides or more, as in equal(left, right), and got 0"),
        (lambda: equal(1), "equal takes two sides or more, as in equal(left, right), and got 1"),
        (
            lambda: equal(by("why", 1), 1),
            "the first side of equal takes no reason: by(...) says why a side equals the one before it",
        ),
        (lambda: equal(1, None), "side 2 of equal is None; each side is a tensor or a number"),
        (lambda: equal(1, by("why", None)), "side 2 of equal is None; each side is a tensor or a number"),
        (
            lambda: equal(equal(1, 1), 1),
            "side 1 of equal is an equation itself; write a chain as equal(a, b, c)",
        ),
        (
            lambda: by(1, "why"),  # type: ignore[arg-type]
            'by takes the reason first, as in by("definition of conv2d", value), and got 1, an int',
        ),
        (
            lambda: by([], "why"),  # type: ignore[arg-type]
            'by takes the reason first, as in by("definition of conv2d", value), and got a list',
        ),
        (
            lambda: by(" ", 1),
            'by takes the reason first, as in by("definition of conv2d", value), and got " ", a str',
        ),
        (
            lambda: by("a", by("b", 1)),
            "by takes one reason for a side, and got a side that has one already",
        ),
    ],
)
def test_equations_that_are_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ClaimError) as caught:
        make()
    assert str(caught.value) == message


def test_an_equation_has_no_truth_value() -> None:
    with pytest.raises(SymbolicControlFlow) as caught:
        equal(1, 1) and equal(2, 2)
    assert str(caught.value) == (
        "an equation is a statement and has no truth value; "
        "to claim several, return them as a tuple: return equal(a, b), equal(c, d)"
    )


# ---- reading a claim -----------------------------------------------------------------------------------------------


def test_a_claim_is_read_at_given_values() -> None:
    @claim
    def squares(x: Real, n: Size):
        return equal((x + n) ** 2, x**2 + 2 * n * x + n**2)

    (equation,) = squares.read({"n": 3, "x": 2})
    assert equation.sides == (25, 25)


@pytest.mark.parametrize("container", ["(equal(x, x), equal(x, -x))", "[equal(x, x), equal(x, -x)]"])
def test_several_equations_are_all_claimed(container: str) -> None:
    equations = load(f"@claim\ndef f(x: Real): return {container}\n")["f"].read({"x": 1})
    assert [equation.sides for equation in equations] == [(1, 1), (1, -1)]
    assert all(isinstance(equation, Equation) for equation in equations)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("pass", "returned nothing"),
        ("return x == x", "returned True, a bool"),
        ("return x", "returned 1, an int"),
        ("return [x]", "returned a list whose item 1 is 1, an int"),
        ("return equal(x, x), None", "returned a tuple whose item 2 is nothing"),
        ("return equal(x, x), (equal(x, x),)", "returned a tuple whose item 2 is a tuple"),
        ("return ()", "returned an empty tuple"),
        ("return {}", "returned a dict"),
        ("return by('why', x)", "returned a Reasoned"),
    ],
)
def test_what_a_claim_returns_is_an_equation(body: str, message: str) -> None:
    claim_ = load(f"@claim\ndef f(x: Real): {body}\n")["f"]
    assert refusal(claim_, x=1) == f"claim f (paper.py:2) {message}; {RETURN_ONE}"


def test_a_body_that_raises_is_a_claim_error() -> None:
    source = """
    def helper(x):
        return 1 / x
    @claim
    def f(x: Real):
        return equal(
            helper(x), 1)
    """
    with pytest.raises(ClaimError) as caught:
        load(source)["f"].read({"x": 0})
    assert str(caught.value) == "claim f (paper.py:4) raised ZeroDivisionError: division by zero"
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_message_of_many_lines_becomes_one() -> None:
    claim_ = load("@claim\ndef f(x: Real): raise ValueError('one\\n  two')\n")["f"]
    assert refusal(claim_, x=1) == "claim f (paper.py:3) raised ValueError: one two"
    claim_ = load("@claim\ndef f(x: Real): raise KeyError\n")["f"]
    assert refusal(claim_, x=1) == "claim f (paper.py:3) raised KeyError"


def test_endless_recursion_is_a_claim_error() -> None:
    claim_ = load("def g(x): return g(x)\n@claim\ndef f(x: Real): return g(x)\n")["f"]
    assert refusal(claim_, x=1).startswith("claim f (paper.py:2) raised RecursionError: maximum recursion depth")


@pytest.mark.parametrize("kind", [ShapeError, Undefined, TimeLimit, SymbolicControlFlow])
def test_what_symconv_raises_passes_through_with_its_place(kind: type[Exception]) -> None:
    def conv2d(x: object) -> None:
        raise kind("got this, need that")

    claim_ = load("@claim\ndef f(x: Real):\n    y = x\n    return equal(conv2d(y), x)\n", conv2d=conv2d)["f"]
    with pytest.raises(kind) as caught:
        claim_.read({"x": 1})
    assert str(caught.value) == "got this, need that"
    assert located(caught.value) == "claim f (paper.py:5): got this, need that"


def test_a_claim_inside_a_claim_is_located_once() -> None:
    source = "@claim\ndef f(x: Real): return equal(x)\n@claim\ndef g(x: Real): return f.read({'x': x})\n"
    assert refusal(load(source)["g"], x=1) == (
        "claim f (paper.py:3): equal takes two sides or more, as in equal(left, right), and got 1"
    )


def test_an_interruption_is_not_swallowed() -> None:
    with pytest.raises(KeyboardInterrupt):
        load("@claim\ndef f(x: Real): raise KeyboardInterrupt\n")["f"].read({"x": 1})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "claim f (paper.py:2) takes x, k, and got no x, k"),
        ({"x": 1}, "claim f (paper.py:2) takes x, k, and got no k"),
        ({"x": 1, "k": 1, "C": 2}, "claim f (paper.py:2) takes x, k, and got C"),
        ({"x": 1, "C": 2}, "claim f (paper.py:2) takes x, k, and got no k and got C"),
    ],
)
def test_values_are_the_parameters(values: dict[str, Any], message: str) -> None:
    f = load("@claim\ndef f(x: Real, k: Size): return equal(x, k)\n")["f"]
    assert refusal(f, **values) == message
    with pytest.raises(ClaimError) as caught:
        f(**values)
    assert str(caught.value) == message


def test_calling_a_claim_evaluates_it(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluator = SimpleNamespace(evaluate=lambda claim_, values: (claim_.name, values))
    monkeypatch.setitem(sys.modules, "symconv.prover", SimpleNamespace(evaluate=evaluator))
    monkeypatch.setitem(sys.modules, "symconv.prover.evaluate", evaluator)
    f = load("@claim\ndef f(x: Real): return equal(x, x)\n")["f"]
    assert f(x=2) == ("f", {"x": 2})


def test_a_claim_may_stand_inside_a_function_and_mention_itself(read: Load) -> None:
    source = """
    def outer():
        @claim
        def f(x: Real):
            return equal(f.name, "f")
        return f
    """
    f = read(source)["outer"]()
    assert f.problem is None
    assert f.read({"x": 1})[0].sides == ("f", "f")


def test_places_below_the_working_directory_are_short(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "proofs" / "pooling.py"
    path.parent.mkdir()
    path.write_text("@claim\ndef f(): return 1\n")
    namespace = dict(vars(vocabulary))
    exec(compile(path.read_text(), str(path), "exec", dont_inherit=True), namespace)
    assert namespace["f"].where == f"{path}:1"
    monkeypatch.chdir(tmp_path)
    assert namespace["f"].where == "proofs/pooling.py:1"


# ---- the claims of a file ------------------------------------------------------------------------------------------


def test_the_claims_of_a_file_in_order() -> None:
    source = """
    @claim
    def z(): return 1
    @fallacy
    def a(): return 1
    alias = z
    """
    imported = load("@claim\ndef imported(): return 1\n", __name__="other", __file__="other.py")["imported"]
    namespace = load(source, imported=imported)
    assert [each.name for each in claims_of(namespace)] == ["z", "a"]
    assert [each.name for each in claims_of(dict(namespace))] == ["z", "a"]


def test_stating_a_claim_loads_neither_sympy_nor_numpy() -> None:
    for path in Path(vocabulary.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("symconv"):
                assert node.module == "symconv.errors" or node.module.startswith("symconv.claims.")
            elif isinstance(node, ast.Import):
                assert not {alias.name for alias in node.names} & {"sympy", "numpy"}


@pytest.mark.parametrize(
    ("dimension", "said"),
    [
        ("h + k - 1", False),
        ("s*(h - 1) + k", False),
        ("2*h - 1", False),
        ("h*k*s - h + 1", None),
        ("(h - 1)*s + k", False),
        ("(h + 1)//2", None),
        ("h - 1 + k - 1", True),
        ("h - 2", True),
        ("h - k", True),
        ("h//2", True),
        ("(h - k)//s + 1", True),
        ("2*h - 2", True),
        ("h*k - 1", True),
        ("0*h", True),
    ],
)
def test_only_what_does_not_follow_is_said_of_sizes(dimension: str, said: bool | None) -> None:
    """Against all small sizes; ``None`` where it follows and may be said all the same."""
    sizes = parse_dimension(dimension)
    rows = itertools.product(range(1, 6), repeat=len(sizes.names))
    follows = all(sizes.evaluate(dict(zip(sizes.names, row, strict=True))) >= 1 for row in rows)
    assert follows is not said or (said is None and follows)

    made = stated(f'x: Tensor["{dimension}"]', "x", "x + 0")
    hypotheses = f"{', '.join(sizes.names)} >= 1"
    expected = (hypotheses, f"{dimension} >= 1") if said else (hypotheses,)
    assert said is None or made.size_hypotheses == expected


def test_the_scope_says_no_more_of_sizes_than_is_assumed() -> None:
    full = stated('x: Tensor["m + k - 1", "n - 2"], w: Tensor["k"]', "x.sum() * w.sum()", "w.sum() * x.sum()")
    assert prove(full).scope == "every m, k, n >= 1 with n - 2 >= 1"


def test_a_product_of_many_sums_is_not_multiplied_out() -> None:
    dimension = "*".join(f"({letter}+1)" for letter in "abcdefghijklmnopqrstuvw")
    made = stated(f'x: Tensor["{dimension}"]', "x", "x + 0")
    assert len(made.size_hypotheses) == 2  # said, though it follows
