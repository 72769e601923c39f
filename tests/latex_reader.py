r"""A reader of the LaTeX that symconv prints for terms: it gives the number that a formula says, in an exact model.

It knows nothing of how formulas are printed. What it takes for granted is what a mathematician does: a sum sign takes
the product that follows it, a bracket or delta that is 0 makes its product 0 whatever the other factors are, indices
start at 1, and the name of a function is followed by its argument.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from oracle import Model

from symconv.errors import Undefined
from symconv.kernel import terms as t

TOKEN = re.compile(r"\\begin\{cases\}|\\end\{cases\}|\\text\{[^}]*\}|\\operatorname\{[^}]*\}|\\[a-zA-Z]+|\\.|\d+|\S")
Env = Mapping[str, Any]
Value = Callable[[Env], Any]
SPACES = {r"\,", r"\cdot"}
STOPS = {"+", "-", ")", "]", "}", "&", r"\\", ",", "=", "<", ">", r"\le", r"\ge", r"\ne", r"\right", r"\end{cases}"}
STOPS |= {r"\text{ or }", "|", r"\rfloor", r"\bmod"}
BIGGEST, SMALLEST = float("inf"), float("-inf")
BUILTINS = {r"\exp": "exp", r"\log": "log", r"\tanh": "tanh"}
AT_INFINITY = {("exp", -1): 0, ("sigmoid", -1): 0, ("sigmoid", 1): 1, ("relu", -1): 0, ("relu", 1): BIGGEST}


@dataclass(frozen=True)
class Guard:
    """A factor that is 1 or 0."""

    value: Value


class Reader:
    """One formula. ``tensors`` and ``functions`` are known by their LaTeX, ``numbers`` are sizes and free indices."""

    def __init__(
        self,
        text: str,
        model: Model,
        tensors: Mapping[str, t.Variable],
        functions: Mapping[str, t.FunctionSymbol],
        shapes: Mapping[str, tuple[int, ...]],
    ) -> None:
        self.tokens = TOKEN.findall(text)
        self.at = 0
        self.model = model
        self.tensors = tensors
        self.functions = functions
        self.shapes = shapes

    def value(self, numbers: Env) -> Any:
        """What the whole formula is."""
        found = self.expression()
        assert self.at == len(self.tokens), f"left over: {self.tokens[self.at :]}"
        return found(numbers)

    # --- tokens --------------------------------------------------------------------------------------------------

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        token = self.next
        if token not in wanted:
            return ""
        self.at += 1
        return token

    def need(self, wanted: str) -> None:
        assert self.take(wanted), f"needs {wanted} at {self.tokens[self.at : self.at + 12]}"

    # --- sums and products ---------------------------------------------------------------------------------------

    def expression(self) -> Value:
        signs, parts = [], []
        while True:
            sign = self.take("+", "-") if parts else self.take("-")
            if parts and not sign:
                break
            signs.append(-1 if sign == "-" else 1)
            parts.append(self.product())
        return lambda env: total([s * part(env) for s, part in zip(signs, parts, strict=True)])

    def product(self) -> Value:
        factors: list[Value | Guard] = []
        while self.next and self.next not in STOPS:
            if self.take(*SPACES):
                continue
            factors.append(self.factor())
        assert factors, f"no factor at {self.tokens[self.at : self.at + 12]}"
        guards = [factor.value for factor in factors if isinstance(factor, Guard)]
        others = [factor for factor in factors if not isinstance(factor, Guard)]

        def value(env: Env) -> Any:
            if not all(guard(env) for guard in guards):
                return Fraction(0)
            return multiplied([other(env) for other in others])

        if self.take(r"\bmod"):
            bottom = self.plain_factor()
            return lambda env: Fraction(int(value(env)) % int(bottom(env)))
        return value

    def plain_factor(self) -> Value:
        found = self.factor()
        assert not isinstance(found, Guard)
        return found

    def factor(self) -> Value | Guard:
        if self.next in ("[", r"\delta") or self.tokens[self.at : self.at + 2] == [r"\left", "["]:
            return self.guard()
        base = self.base()
        if self.next != "^":
            return base
        self.need("^")
        exponent = self.group()
        return lambda env: raised(base(env), exponent(env))

    def group(self) -> Value:
        self.need("{")
        found = self.expression()
        self.need("}")
        return found

    def guard(self) -> Guard:
        if self.take(r"\delta"):
            self.need("_")
            left, right = self.indices()
            return Guard(lambda env: left(env) == right(env))
        tall = bool(self.take(r"\left"))
        self.need("[")
        holds = self.condition()
        if tall:
            self.need(r"\right")
        self.need("]")
        return Guard(holds)

    # --- what a factor may be ------------------------------------------------------------------------------------

    def base(self) -> Value:
        token = self.next
        if token.isdigit():
            self.at += 1
            return lambda env: Fraction(token)
        simple = {r"\infty": BIGGEST, r"\pi": self.model.constant("pi")}
        if token in simple:
            self.at += 1
            return lambda env: simple[token]
        readers: dict[str, Callable[[], Value]] = {
            r"\frac": self.fraction,
            r"\sum": self.sum,
            r"\max": lambda: self.extremum(max),
            r"\min": lambda: self.extremum(min),
            r"\begin{cases}": self.cases,
            r"\left": self.delimited,
            "(": self.delimited,
            r"\sqrt": self.root,
            r"\partial": self.network,
            "e": self.exponential,
        }
        if token in readers:
            return readers[token]()
        if token in BUILTINS or token.startswith(r"\operatorname"):
            self.at += 1
            return self.builtin(BUILTINS.get(token) or token[len(r"\operatorname{") : -1])
        return self.named()

    def fraction(self) -> Value:
        self.need(r"\frac")
        top, bottom = self.group(), self.group()
        return lambda env: multiplied([top(env), raised(bottom(env), -1)])

    def sum(self) -> Value:
        self.need(r"\sum")
        self.need("_")
        self.need("{")
        name = self.name()
        self.need("=")
        low = self.expression()
        self.need("}")
        self.need("^")
        high, body = self.group(), self.product()
        return lambda env: total([body({**env, name: Fraction(v)}) for v in ranging(low(env), high(env))])

    def extremum(self, best: Callable[..., Any]) -> Value:
        self.at += 1
        if not self.take("_"):
            parts = self.arguments()
            return lambda env: best([part(env) for part in parts])
        self.need("{")
        low = self.expression()
        self.need(r"\le")
        names = [self.name()]
        while self.take(","):
            names.append(self.name())
        self.need(r"\le")
        high = self.expression()
        self.need("}")
        body = self.product()
        empty = SMALLEST if best is max else BIGGEST

        def over(env: Env, left: list[str]) -> list[Any]:
            if not left:
                return [body(env)]
            span = ranging(low(env), high(env))
            return [found for v in span for found in over({**env, left[0]: Fraction(v)}, left[1:])]

        return lambda env: best(over(env, names), default=empty)

    def cases(self) -> Value:
        self.need(r"\begin{cases}")
        rows: list[tuple[Value, Value]] = []
        while not self.take(r"\end{cases}"):
            value = self.expression()
            self.need("&")
            word = self.take(r"\text{if }", r"\text{otherwise}")
            rows.append((value, self.condition() if word == r"\text{if }" else lambda env: True))
            self.take(r"\\")

        def chosen(env: Env) -> Any:
            return next(value(env) for value, holds in rows if holds(env))

        return chosen

    def delimited(self) -> Value:
        """Parentheses, bars or a floor."""
        tall = bool(self.take(r"\left"))
        kind = self.next
        self.at += 1
        found = self.expression()
        if tall:
            self.need(r"\right")
        self.need({"(": ")", "|": "|", r"\lfloor": r"\rfloor"}[kind])
        if kind == "|":
            return lambda env: abs(found(env))
        if kind == r"\lfloor":
            return lambda env: Fraction(found(env) // 1)
        return found

    def root(self) -> Value:
        self.need(r"\sqrt")
        degree = 2
        if self.take("["):
            degree = int(self.next)
            self.at += 1
            self.need("]")
        radicand = self.group()
        return lambda env: self.model.apply(t.Builtin("root", degree), radicand(env), 0)

    def exponential(self) -> Value:
        self.need("e")
        self.need("^")
        exponent = self.group()
        return lambda env: self.applied(t.Builtin("exp"), exponent(env), 0)

    def builtin(self, name: str) -> Value:
        (argument,) = self.arguments()
        return lambda env: self.applied(t.Builtin(name), argument(env), 0)

    def applied(self, function: Any, argument: Any, order: int) -> Any:
        if argument in (BIGGEST, SMALLEST):
            key = (str(function), 1 if argument > 0 else -1)
            if key not in AT_INFINITY:
                raise Undefined("a function of infinity")
            return AT_INFINITY[key]
        return self.model.apply(function, argument, order)

    # --- names ---------------------------------------------------------------------------------------------------

    def name(self) -> str:
        """A letter, perhaps with a subscript that belongs to it."""
        letter = self.next
        self.at += 1
        if letter not in self.tensors and letter not in self.functions and self.next == "_":
            self.need("_")
            self.need("{")
            letter += f"_{{{self.next}}}"
            self.at += 1
            self.need("}")
        return letter

    def named(self) -> Value:
        name = self.name()
        if name in self.functions:
            return self.function(name)
        if name in self.tensors:
            places = self.indices() if self.take("_") else []
            return lambda env: self.entry(name, tuple(int(place(env)) - 1 for place in places))
        return lambda env: env[name]

    def entry(self, name: str, position: tuple[int, ...]) -> Fraction:
        if not all(0 <= i < extent for i, extent in zip(position, self.shapes[name], strict=True)):
            raise Undefined(f"{name} at {position}")
        return self.model.entry(self.tensors[name], position)

    def indices(self) -> list[Value]:
        self.need("{")
        found = [self.expression()]
        while self.take(","):
            found.append(self.expression())
        self.need("}")
        return found

    def function(self, name: str) -> Value:
        function = self.functions[name]
        order = 0
        while self.take("'"):
            order += 1
        if function.domain is not None:
            vector = self.vector()
            return lambda env: self.model.network(function, None, vector(env), ())
        (argument,) = self.arguments()
        return lambda env: self.applied(function, argument(env), order)

    def arguments(self) -> list[Value]:
        tall = bool(self.take(r"\left"))
        self.need("(")
        found = [self.expression()]
        while self.take(","):
            found.append(self.expression())
        if tall:
            self.need(r"\right")
        self.need(")")
        return found

    def network(self) -> Value:
        places = []
        while self.take(r"\partial"):
            self.need("_")
            places.append(self.group())
        function = self.functions[self.name()]
        vector = self.vector()
        return lambda env: self.model.network(
            function, None, vector(env), tuple(sorted(int(place(env)) - 1 for place in places))
        )

    def vector(self) -> Callable[[Env], list[Any]]:
        """The argument of a function of vectors: a name, its entries, or one entry at a running index."""
        tall = bool(self.take(r"\left"))
        self.need("(")
        if self.next in self.tensors and self.tokens[self.at + 1] in (")", r"\right"):
            name = self.name()
            self.close(tall)
            return lambda env: [self.entry(name, (i,)) for i in range(self.shapes[name][0])]
        if (self.next == r"\left" and self.tokens[self.at + 1] == "(") or self.next == "(":
            self.take(r"\left")
            self.need("(")
            found = self.running()
            if found is not None:
                self.close(tall)
                return found
        raise AssertionError(f"no vector at {self.tokens[self.at : self.at + 12]}")

    def running(self) -> Callable[[Env], list[Any]] | None:
        body = self.expression()
        self.take(r"\right")
        self.need(")")
        self.need("_")
        self.need("{")
        name = self.name()
        self.need("=")
        low = self.expression()
        self.need("}")
        self.need("^")
        high = self.group()
        return lambda env: [body({**env, name: Fraction(v)}) for v in ranging(low(env), high(env))]

    def close(self, tall: bool) -> None:
        if tall:
            self.need(r"\right")
        self.need(")")

    # --- conditions ----------------------------------------------------------------------------------------------

    def condition(self) -> Value:
        parts = [self.alternatives()]
        while self.next == "," and self.take(","):
            self.take(r"\,")
            parts.append(self.alternatives())
        return lambda env: all(part(env) for part in parts)

    def alternatives(self) -> Value:
        parts = [self.relation()]
        while self.take(r"\text{ or }"):
            parts.append(self.relation())
        return lambda env: any(part(env) for part in parts)

    def relation(self) -> Value:
        if self.take(r"\operatorname{true}"):
            return lambda env: True
        if self.take(r"\neg"):
            self.need("(")
            inner = self.condition()
            self.need(")")
            return lambda env: not inner(env)
        start = self.at
        try:
            items, signs = [self.expression()], []
            while sign := self.take("=", r"\ne", "<", r"\le", ">", r"\ge"):
                signs.append(sign)
                items.append(self.expression())
            assert signs, "no relation"
        except AssertionError:
            self.at = start
            self.need("(")
            inner = self.condition()
            self.need(")")
            return inner
        return lambda env: all(
            RELATIONS[sign](a(env), b(env)) for sign, a, b in zip(signs, items, items[1:], strict=False)
        )


RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    r"\ne": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    r"\le": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    r"\ge": lambda a, b: a >= b,
}


def ranging(low: Any, high: Any) -> range:
    return range(int(low), int(high) + 1)


def total(values: list[Any]) -> Any:
    return sum(values, Fraction(0))


def multiplied(values: list[Any]) -> Any:
    product: Any = Fraction(1)
    for value in values:
        product = product * value
    return product


def raised(base: Any, exponent: Any) -> Any:
    if exponent < 0 and base == 0:
        raise Undefined("division by 0")
    return base ** int(exponent)
