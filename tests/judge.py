"""The judge of the campaign: whether a claim's source is contradicted, by readings that the prover has no part in.

A claim is source text. `JudgedClaim` runs it in the third reading (exact rationals, plain loops, 80 digits for what is
irrational; `third_reading.py`), at small and growing sizes, at entries with ties and zeros and at generic ones, with
functions that are as wild as their hypothesis allows. `contradiction` gives the first point at which the two sides
differ or one has no value. An entry at a kink, or where 80 digits do not tell two numbers apart, settles nothing.
"""

from __future__ import annotations

import ast
import itertools
import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import third_layers
import third_networks
import third_reading
from third_numbers import Clock, Doubt, Nothing, OutOfTime, Unclear, Undefined, add, neg, number, settled
from third_reading import Array, Int

MOST_ENTRIES = 160
SLOPES = ("derivative", "grad", "jacobian")


# --- the vocabulary of claims ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """`Tensor["n", 3]` and the like, as written."""

    word: str
    dimensions: tuple[Any, ...] = ()

    def __getitem__(self, key: Any) -> Kind:
        return Kind(self.word, key if isinstance(key, tuple) else (key,))


@dataclass(frozen=True)
class Reason:
    text: str
    side: Any


class Equal:
    """The sides of one `equal`."""

    def __init__(self, *sides: Any) -> None:
        self.sides = [Array.of(side.side if isinstance(side, Reason) else side) for side in sides]


WORDS = ["Tensor", "Size", "Real", "Positive", "Nonnegative", "Index", "Function", "Nondecreasing", "Differentiable"]
WORDS += ["Smooth"]


def vocabulary() -> dict[str, Any]:
    """What a claim's file imports from symconv, in the third reading."""
    names = {
        **vars(third_reading),
        **vars(third_networks),
        **vars(third_layers),
        **{word: Kind(word) for word in WORDS},
    }
    for name in ("sum", "max", "min"):
        names[name] = getattr(third_reading, name + "_")
    marked: Callable[..., Any] = lambda function=None: marked if function is None else function  # noqa: E731
    return names | {
        "abs": third_reading.absolute,
        "transpose": third_reading.permute_dims,
        "equal": Equal,
        "by": Reason,
        "claim": marked,
        "fallacy": marked,
        "picture": lambda function: function,
        "run": lambda name: None,
    }


def without_symconv(source: str) -> ast.Module:
    """The module without its imports from symconv, whose names the judge supplies."""
    module = ast.parse(source)
    module.body = [
        node
        for node in module.body
        if not (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("symconv", "__future__"))
    ]
    return module


# --- functions -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entrywise:
    """A function R -> R on tensors."""

    text: str
    function: Callable[[Any], Any]

    def __call__(self, x: Any) -> Array:
        return third_reading.ufunc(lambda value: settled(lambda: self.function(value)), 1)(x)


@dataclass(frozen=True)
class OfVector:
    """A function of vectors of one length."""

    text: str
    length: int
    function: Callable[[Array], Any]

    def __call__(self, x: Any) -> Array:
        vector = Array.of(x)
        if vector.entries.shape != (self.length,):
            raise Undefined(f"a function of {self.length} numbers, given shape {vector.entries.shape}")
        return Array.of(self.function(vector))


def _drawn(seed: int, x: Any) -> Any:
    """An arbitrary value at each argument."""
    if isinstance(x, Nothing):
        return x
    key = round(float(x) * 1e9 / math.pi)  # the same for a rational and for its value to 80 digits
    return Fraction(random.Random(f"{seed}/{key}").randint(-6, 6), 2)


def _polynomial(source: random.Random) -> Entrywise:
    weights = [Fraction(source.randint(-2, 2)) for _ in range(4)]
    return Entrywise(f"polynomial {list(map(str, weights))}", _horner(weights))


def _horner(weights: list[Fraction]) -> Callable[[Any], Any]:
    def value(x: Any) -> Any:
        result = Array.of(0)
        for weight in weights:
            result = result * Array(x) + weight
        return result.entries.item()

    return value


def _staircase(source: random.Random) -> Entrywise:
    """A non-decreasing function: steps of random heights, and perhaps a slope."""
    heights = [Fraction(source.randint(0, 2), 2) for _ in range(9)]
    slope, last = Fraction(source.randint(0, 1)), source.random() < 0.5

    def value(x: Any) -> Any:
        if isinstance(x, Nothing):
            return x
        if not isinstance(x, Fraction) and abs(x - round(float(x))) < 1e-20:
            raise Unclear("a step at a number that may be an integer")
        steps = sum((h for n, h in enumerate(heights, -4) if (x >= n if last else x > n)), Fraction(0))
        return add(steps, slope * x if isinstance(x, Fraction) else x * slope)

    return Entrywise(f"staircase {list(map(str, heights))}", value)


def function(kind: Kind, sizes: Mapping[str, int], source: random.Random) -> Any:
    """A function as its hypothesis allows."""
    lengths = [dimension(d, sizes) for d in kind.dimensions]
    if lengths:
        return _of_vector(lengths, source)
    if kind.word == "Function" and source.random() < 0.7:
        seed = source.randrange(10**9)
        return Entrywise(f"arbitrary {seed}", lambda x: _drawn(seed, x))
    return _staircase(source) if kind.word == "Nondecreasing" else _polynomial(source)


def _of_vector(lengths: list[int], source: random.Random) -> OfVector:
    p, outputs = lengths[0], lengths[1:]
    weights = [Array.of([source.randint(-2, 2) for _ in range(p)]) for _ in range(3 * math.prod(outputs))]

    def one(v: Array, j: int) -> Array:
        linear, square, other = (third_reading.dot(w, v) for w in weights[3 * j : 3 * j + 3])
        return linear + square**2 + other * linear * square

    def value(v: Array) -> Any:
        return third_reading.stack([one(v, j) for j in range(outputs[0])]) if outputs else one(v, 0)

    return OfVector(f"cubic in {p} variables", p, value)


# --- points ----------------------------------------------------------------------------------------------------------


def dimension(text: Any, sizes: Mapping[str, int]) -> int:
    """A dimension by Python's own arithmetic."""
    return int(eval(str(text), {"__builtins__": {}}, dict(sizes)))


@dataclass(frozen=True)
class Contradiction:
    """Where a claim is false."""

    sizes: Mapping[str, int]
    values: Mapping[str, Any]
    reason: str

    def __str__(self) -> str:
        shown = {name: _shown(value) for name, value in self.values.items()}
        return f"{self.reason} at {dict(self.sizes)}, {shown}"


def _shown(value: Any) -> Any:
    if isinstance(value, Array):
        return str(value.entries.tolist()).replace("Fraction", "")
    return value.text if isinstance(value, Entrywise | OfVector) else value


class JudgedClaim:
    """A claim of a file's source, in the third reading."""

    def __init__(self, source: str, name: str) -> None:
        space = vocabulary()
        exec(compile(without_symconv(source), "<judged>", "exec", dont_inherit=True), space)
        self.source, self.name, self.function = source, name, space[name]
        self.space = space
        self.kinds: dict[str, Kind] = {k: v for k, v in self.function.__annotations__.items() if isinstance(v, Kind)}
        tree = ast.parse(source)
        self.has_slopes = any(isinstance(node, ast.Name) and node.id in SLOPES for node in ast.walk(tree))

    @property
    def sizes(self) -> list[str]:
        names = [n for n, kind in self.kinds.items() if kind.word == "Size"]
        for kind in self.kinds.values():
            for text in kind.dimensions:
                names += [node.id for node in ast.walk(ast.parse(str(text))) if isinstance(node, ast.Name)]
        return list(dict.fromkeys(names))

    def allows(self, sizes: Mapping[str, int]) -> bool:
        try:
            extents = [dimension(d, sizes) for kind in self.kinds.values() for d in kind.dimensions]
        except ZeroDivisionError:
            return False
        return all(n >= 1 for n in extents)

    def entries(self, sizes: Mapping[str, int]) -> int:
        tensors = [kind for kind in self.kinds.values() if kind.word == "Tensor"]
        return sum(math.prod(dimension(d, sizes) for d in kind.dimensions) for kind in tensors)

    def size_choices(self, source: random.Random) -> Iterator[dict[str, int]]:
        """Small sizes in order, some up to 7 among them, as long as the entries are few."""
        names = self.sizes
        small = sorted(itertools.product((1, 2, 3), repeat=len(names)), key=lambda row: (max(row, default=0), sum(row)))
        if len(small) > 30:
            small = small[:4] + source.sample(small, 26)
        one_large = [
            tuple(top if place == n else source.choice((1, 2)) for n in range(len(names)))
            for place in range(len(names))
            for top in (4, 5, 6, 7)
        ]
        for row in [*small, *source.sample(one_large, min(len(one_large), 16))]:
            sizes = dict(zip(names, row, strict=True))
            if self.allows(sizes) and self.entries(sizes) <= MOST_ENTRIES:
                yield sizes

    def draw(self, sizes: Mapping[str, int], source: random.Random) -> dict[str, Any]:
        """Values for all parameters: small integers with many ties, rationals, or one number everywhere."""
        style = source.choice(("small", "small", "rational", "equal"))
        return {name: self._value(name, kind, sizes, style, source) for name, kind in self.kinds.items()}

    def _value(self, name: str, kind: Kind, sizes: Mapping[str, int], style: str, source: random.Random) -> Any:
        match kind.word:
            case "Size":
                return Int(sizes[name])
            case "Index":
                return Int(source.randrange(dimension(kind.dimensions[0], sizes)))
            case "Tensor" | "Real" | "Positive" | "Nonnegative":
                entries = _entries("Real" if kind.word == "Tensor" else kind.word, style, source)
                if kind.word != "Tensor" and not kind.dimensions:
                    return Array.of(entries())
                return third_reading.fromfunction(entries, tuple(dimension(d, sizes) for d in kind.dimensions))
        return function(kind, sizes, source)

    def sides(self, values: Mapping[str, Any]) -> list[list[Array]]:
        returned = self.function(**values)
        return [equation.sides for equation in (returned if isinstance(returned, tuple | list) else [returned])]

    def contradiction(self, seed: int = 0, seconds: float = 2.0, points: int = 3) -> Contradiction | None:
        """The first point found at which the claim is false."""
        source = random.Random(f"judge/{seed}")
        Clock.allow(seconds)
        try:
            choices = list(self.size_choices(source))
            for _ in range(max(points, -(-40 // len(choices))) if choices else 0):
                for sizes in choices:
                    found = self.at(sizes, self.draw(sizes, source))
                    if found is not None:
                        return found
        except OutOfTime:
            return None
        finally:
            Clock.end = math.inf
        return None

    def at(self, sizes: Mapping[str, int], values: Mapping[str, Any]) -> Contradiction | None:
        """Why the claim is false at this point, if it is."""
        try:
            for sides in self.sides(values):
                for left, right in itertools.pairwise(sides):
                    reason = self.difference(left, right)
                    if reason:
                        return Contradiction(sizes, values, reason)
        except Undefined as problem:
            return Contradiction(sizes, values, f"undefined: {problem}")
        return None

    def difference(self, left: Array, right: Array) -> str:
        """How two sides differ; nothing where they do not."""
        if left.ndim and right.ndim and left.entries.shape != right.entries.shape:
            return f"shapes {left.entries.shape} and {right.entries.shape}"
        for place, (a, b) in _entry_pairs(left, right):
            if isinstance(a, Doubt) or isinstance(b, Doubt):
                continue
            for value in (a, b):
                if isinstance(value, Nothing) or third_reading.is_infinite(value):
                    return f"entry {place} is undefined: {value}"
            if self._differ(a, b):
                return f"entry {place}: {a} and {b}"
        return ""

    def _differ(self, a: Any, b: Any) -> bool:
        if isinstance(a, Fraction) and isinstance(b, Fraction) and not self.has_slopes:
            return a != b
        if self.has_slopes and (abs(a) > 1e6 or abs(b) > 1e6):
            return False  # what a step of 1e-15 leaves out, times such numbers, may be all that is seen here
        gap = abs(add(a, neg(b)))
        return bool(gap > (1e-8 if self.has_slopes else 1e-20) * (1 + abs(a)))

    def call(self, text: str, sizes: Mapping[str, int]) -> Contradiction | None:
        """Why the claim is false at a counterexample's call, as printed; sizes are those of its vectors' lengths."""
        return self.at(sizes, self.values(text, sizes))

    def values(self, text: str, sizes: Mapping[str, int]) -> dict[str, Any]:
        """The arguments of a call, as printed, in the third reading."""
        tree = ast.parse(text, mode="eval").body
        assert isinstance(tree, ast.Call)
        space = self.space | {"Fraction": Fraction}
        given = {k.arg: eval(compile(ast.Expression(k.value), "<call>", "eval"), space) for k in tree.keywords}
        return {str(name): self._given(self.kinds[str(name)], value, sizes) for name, value in given.items()}

    def _given(self, kind: Kind, value: Any, sizes: Mapping[str, int]) -> Any:
        if kind.word in ("Size", "Index"):
            return Int(value)
        if kind.word in ("Tensor", "Real", "Positive", "Nonnegative"):
            return Array.of(value)
        if kind.dimensions:
            return OfVector("given", dimension(kind.dimensions[0], sizes), value)
        return lambda x: value(Array.of(x))


def _entry_pairs(left: Array, right: Array) -> Iterator[tuple[Any, Any]]:
    shape = left.entries.shape or right.entries.shape
    for place in itertools.product(*map(range, shape)):
        yield place, tuple(side.entries[place if side.ndim else ()] for side in (left, right))


def _entries(word: str, style: str, source: random.Random) -> Callable[..., Any]:
    """A source of entries."""

    def one() -> Fraction:
        top, bottom = (2, 1) if style != "rational" else (12, source.choice((1, 2, 3, 4)))
        value = Fraction(source.randint(-top, top), bottom)
        return value if word == "Real" else abs(value) + (Fraction(1, 2) if word == "Positive" else 0)

    always = one()
    return (lambda *place: number(always)) if style == "equal" else (lambda *place: one())
