"""The grammar of dimensions: what it reads, what it means, and every sentence with which it refuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symconv.claims import Dimension, parse_dimension
from symconv.claims.dimensions import Binary, Name, Negation, Number, described, quoted, shown
from symconv.errors import ClaimError

GRAMMAR = "a dimension is an expression in + - * //, integers, names and parentheses"

NAMES = ["m", "k", "n", "N", "S", "E", "Q", "I", "lambda_", "λ", "C_in", "match"]


# ---- what it means -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("m", 7),
        ("5", 5),
        ("m*k", 21),
        ("m + k - 1", 9),
        ("m - k - 1", 3),
        ("m - (k - 1)", 5),
        ("m//k", 2),
        ("m//k*k", 6),
        ("m//(k*k)", 0),
        ("(m - k)//2 + 1", 3),
        ("-m//2", -4),
        ("-(m//2)", -3),
        ("- -m", 7),
        ("m*-k", -21),
        (" m\n*\tk ", 21),
        ("007", 7),
    ],
)
def test_a_dimension_has_pythons_value(text: str, value: int) -> None:
    assert parse_dimension(text).evaluate({"m": 7, "k": 3}) == value


@pytest.mark.parametrize("name", NAMES)
def test_every_identifier_is_a_name(name: str) -> None:
    assert parse_dimension(f"2*{name}").names == (name,)


def test_names_come_once_in_order_of_appearance() -> None:
    assert parse_dimension("(n - k)//s + k*n + C").names == ("n", "k", "s", "C")


def test_a_name_is_normalised_as_python_normalises_the_parameter() -> None:
    def function(ﬁ: int) -> None: ...  # a ligature, which Python reads as two letters

    assert parse_dimension("ﬁ").names == function.__code__.co_varnames == ("fi",)


def test_a_name_of_combining_letters_is_one_name() -> None:
    assert parse_dimension("कि*2").names == ("कि",)


@pytest.mark.parametrize("given_", [1, 3, 10**9])
def test_a_positive_integer_is_a_dimension(given_: int) -> None:
    assert parse_dimension(given_) == Number(given_)


def test_integers_of_other_libraries_are_integers() -> None:
    numpy = pytest.importorskip("numpy")
    assert parse_dimension(numpy.int64(3)) == Number(3)


class OnlyFour:
    """A size with the four operations and no others, kept as text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _with(self, left: object, sign: str, right: object) -> OnlyFour:
        return OnlyFour(f"({getattr(left, 'text', left)}{sign}{getattr(right, 'text', right)})")

    def __add__(self, other: object) -> OnlyFour:
        return self._with(self, "+", other)

    def __radd__(self, other: object) -> OnlyFour:
        return self._with(other, "+", self)

    def __sub__(self, other: object) -> OnlyFour:
        return self._with(self, "-", other)

    def __rsub__(self, other: object) -> OnlyFour:
        return self._with(other, "-", self)

    def __mul__(self, other: object) -> OnlyFour:
        return self._with(self, "*", other)

    def __rmul__(self, other: object) -> OnlyFour:
        return self._with(other, "*", self)

    def __floordiv__(self, other: object) -> OnlyFour:
        return self._with(self, "//", other)

    def __rfloordiv__(self, other: object) -> OnlyFour:
        return self._with(other, "//", self)


def test_symbolic_sizes_need_only_the_four_operations() -> None:
    value = parse_dimension("-(n - 3)//k*2 + 9//n").evaluate({"n": OnlyFour("n"), "k": OnlyFour("k")})
    assert isinstance(value, OnlyFour)
    assert value.text == "((((0-(n-3))//k)*2)+(9//n))"


def test_a_missing_size_and_a_zero_divisor_are_pythons_errors() -> None:
    with pytest.raises(KeyError, match="m"):
        parse_dimension("m").evaluate({})
    with pytest.raises(ZeroDivisionError):
        parse_dimension("m//(k - 1)").evaluate({"m": 2, "k": 1})


# ---- properties ----------------------------------------------------------------------------------------------------


def _may_divide(divisor: Dimension) -> bool:
    return bool(divisor.names) or divisor.evaluate({}) != 0


def _branches(inner: st.SearchStrategy[Dimension]) -> st.SearchStrategy[Dimension]:
    return st.one_of(
        st.builds(Binary, st.sampled_from(["+", "-", "*"]), inner, inner),
        st.builds(Binary, st.just("//"), inner, inner.filter(_may_divide)),
        st.builds(Negation, inner),
    )


LEAVES = st.one_of(
    st.integers(0, 20).map(Number),
    st.sampled_from(NAMES).map(Name),
)
TREES = st.recursive(LEAVES, _branches, max_leaves=10).filter(lambda tree: bool(tree.names) and len(str(tree)) <= 200)
SIZES = st.fixed_dictionaries({name: st.integers(1, 9) for name in NAMES})


@st.composite
def _texts(draw: st.DrawFn, depth: int = 3) -> str:
    """A text of the grammar, written as people do: chains, and parentheses and blanks where none are needed."""
    if depth == 0:
        return draw(st.sampled_from([*NAMES, "1", "2", "13"]))
    parts = draw(st.lists(_texts(depth=depth - 1), min_size=1, max_size=3))
    text = parts[0]
    for part in parts[1:]:
        text += draw(st.sampled_from(["+", "-", "*", "//", " + ", " // ", "\n-"])) + part
    return draw(st.sampled_from(["{}", "({})", "-{}", " ( {}) "])).format(text)


def _python(text: str, sizes: dict[str, int]) -> int | None:
    """Python's own value of the text, which is ours by definition; None where it divides by 0."""
    try:
        return int(eval(f"({text})", {}, sizes))
    except ZeroDivisionError:
        return None


def _ours(text: str, sizes: dict[str, int]) -> int | None:
    try:
        return parse_dimension(text).evaluate(sizes)
    except ZeroDivisionError:
        return None


def _value(tree: Dimension, sizes: dict[str, int]) -> int:
    """The value of a tree, by plain recursion and not by `evaluate`."""
    match tree:
        case Number(value):
            return value
        case Name(name):
            return sizes[name]
        case Negation(operand):
            return -_value(operand, sizes)
        case Binary("+", left, right):
            return _value(left, sizes) + _value(right, sizes)
        case Binary("-", left, right):
            return _value(left, sizes) - _value(right, sizes)
        case Binary("*", left, right):
            return _value(left, sizes) * _value(right, sizes)
        case Binary("//", left, right):
            return _value(left, sizes) // _value(right, sizes)
    raise AssertionError(tree)


@given(TREES)
def test_text_and_tree_round_trip(tree: Dimension) -> None:
    assert parse_dimension(str(tree)) == tree


@given(TREES)
def test_no_parentheses_are_superfluous(tree: Dimension) -> None:
    text = str(tree)
    for start, end in _parentheses(text):
        without = text[:start] + " " + text[start + 1 : end] + " " + text[end + 1 :]
        assert _tree_or_none(without) != tree


def _parentheses(text: str) -> list[tuple[int, int]]:
    open_, pairs = [], []
    for position, letter in enumerate(text):
        if letter == "(":
            open_.append(position)
        elif letter == ")":
            pairs.append((open_.pop(), position))
    return pairs


def _tree_or_none(text: str) -> Dimension | None:
    try:
        return parse_dimension(text)
    except ClaimError:
        return None


@given(TREES, SIZES)
def test_the_value_is_that_of_the_tree(tree: Dimension, sizes: dict[str, int]) -> None:
    try:
        expected = _value(tree, sizes)
    except ZeroDivisionError:
        return
    assert tree.evaluate(sizes) == parse_dimension(str(tree)).evaluate(sizes) == expected


@given(_texts(), SIZES)
def test_the_value_of_any_text_is_pythons(text: str, sizes: dict[str, int]) -> None:
    try:
        ours = _ours(text, sizes)
    except ClaimError as problem:
        assert any(reason in str(problem) for reason in ("less than 1", "division by 0", "too long"))
        return
    assert ours == _python(text, sizes)


@given(st.one_of(st.text(), st.text(alphabet="mk+-*/() 019_λ²\n.,\x00\ud800", max_size=60)))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        dimension = parse_dimension(text)
    except ClaimError as problem:
        assert_one_line(str(problem))
    else:
        assert parse_dimension(str(dimension)) == dimension


@given(st.one_of(st.integers(), st.floats(), st.binary(), st.none(), st.booleans(), st.lists(st.integers())))
def test_any_other_value_is_read_or_refused_in_one_line(value: object) -> None:
    try:
        dimension = parse_dimension(value)
    except ClaimError as problem:
        assert_one_line(str(problem))
    else:
        assert dimension == Number(value)  # type: ignore[arg-type]


def assert_one_line(text: str) -> None:
    assert text.isprintable(), repr(text)
    assert len(text) < 600


def test_assert_one_line_can_fail() -> None:
    with pytest.raises(AssertionError):
        assert_one_line("two\nlines")


# ---- every sentence of refusal -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("m k", f'unexpected "k" at column 3 of "m k" (a product is written with *); {GRAMMAR}'),
        ("2m", f'unexpected "m" at column 2 of "2m" (a product is written with *); {GRAMMAR}'),
        ("2(m + 1)", f'unexpected "(" at column 2 of "2(m + 1)" (a product is written with *); {GRAMMAR}'),
        ("m, n", f'unexpected "," at column 2 of "m, n" (each dimension is a text of its own, as in '
                 f'Tensor["m", "n"]); {GRAMMAR}'),
        ("m/2", f'unexpected "/" at column 2 of "m/2" (sizes are divided by //); {GRAMMAR}'),
        ("m**2", f'unexpected "**" at column 2 of "m**2" (a power is written as a product); {GRAMMAR}'),
        ("m^2", f'unexpected "^" at column 2 of "m^2" (a power is written as a product); {GRAMMAR}'),
        ("2.5*m", f'unexpected "." at column 2 of "2.5*m" (a size is an integer); {GRAMMAR}'),
        ("m²", f'unexpected "²" at column 2 of "m²"; {GRAMMAR}'),
        ("٣", f'unexpected "٣" at column 1 of "٣"; {GRAMMAR}'),
        ("m %\n2", f'unexpected "%" at column 3 of "m %\\n2"; {GRAMMAR}'),
        ("*m", f'unexpected "*" at column 1 of "*m"; {GRAMMAR}'),
        ("m)", f'unexpected ")" at column 2 of "m)"; {GRAMMAR}'),
        ("()", f'unexpected ")" at column 2 of "()"; {GRAMMAR}'),
        ("(m k)", f'unexpected "k" at column 4 of "(m k)" (a product is written with *); {GRAMMAR}'),
        ("2*(m + k", f'"(" at column 3 of "2*(m + k" is never closed; {GRAMMAR}'),
        ("m*", f'"m*" ends where an integer, a name or a parenthesis is missing; {GRAMMAR}'),
        ("", f'the dimension "" is empty; {GRAMMAR}'),
        (" \n", f'the dimension " \\n" is empty; {GRAMMAR}'),
        ("2*lambda", f'"lambda" at column 3 of "2*lambda" is a word of Python\'s own and no name '
                     f'(try "lambda_"); {GRAMMAR}'),
        ("m//0", f'division by 0 at column 2 of "m//0"; {GRAMMAR}'),
        ("m//(2 - 2)", f'division by 0 at column 2 of "m//(2 - 2)"; {GRAMMAR}'),
        ("0", 'the dimension "0" is less than 1; every dimension is at least 1'),
        ("2 - 3", 'the dimension "2 - 3" is less than 1; every dimension is at least 1'),
        (0, "the dimension 0 is less than 1; every dimension is at least 1"),
        (-3, "the dimension -3 is less than 1; every dimension is at least 1"),
        (True, "True, a bool, is not a dimension; it is text or a positive integer"),
        (2.0, "2.0, a float, is not a dimension; it is text or a positive integer"),
        (None, "None, a NoneType, is not a dimension; it is text or a positive integer"),
        (int, "<class 'int'>, a type, is not a dimension; it is text or a positive integer"),
        (10**9 + 1, "a dimension holds an integer beyond 1000000000, the largest that is accepted"),
        ("9" * 150, "a dimension holds an integer beyond 1000000000, the largest that is accepted"),
        ("m" * 201, 'a dimension of 201 characters, beginning "mmmmmmmmmmmmmmmmmmmm", is too long; '
                    "at most 200 are accepted"),
        ("(" * 51 + "m" + ")" * 51, f"more than 50 nested levels at column 51; {GRAMMAR}"),
        ("-" * 60 + "m", f"more than 50 nested levels at column 51; {GRAMMAR}"),
    ],
)  # fmt: skip
def test_refusals(text: object, message: str) -> None:
    with pytest.raises(ClaimError) as caught:
        parse_dimension(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("sign", [1, -1])
def test_an_integer_too_long_for_python_to_print_is_refused(sign: int) -> None:
    with pytest.raises(ClaimError, match="a dimension holds an integer beyond 1000000000"):
        parse_dimension(sign * 10**5000)


def test_the_deepest_and_the_longest_that_are_accepted() -> None:
    assert parse_dimension("(" * 50 + "m" + ")" * 50) == Name("m")
    assert parse_dimension("+".join("m" * 100)).evaluate({"m": 3}) == 300


def test_a_dimension_is_never_evaluated_as_python() -> None:
    with pytest.raises(ClaimError, match=r'unexpected "\(" at column 11'):
        parse_dimension("__import__('os').system('exit 1')")


# ---- the wording that the room shares ------------------------------------------------------------------------------


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("no")


def test_any_value_can_be_described() -> None:
    assert described(Unprintable()) == "a value of type Unprintable"
    assert described([0] * 100) == "a value of type list"
    assert described(3) == "3, an int,"
    assert shown(Unprintable()) == "..."
    assert quoted("a\tb\x1b") == r'"a\tb\x1b"'
