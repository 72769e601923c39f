"""The normal form keeps values: random expressions are evaluated directly and through their normal form."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from fractions import Fraction

import pytest

from symconv.errors import Undecided, Undefined
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.bounded.polynomials import Polynomials
from symconv.kernel.bounded.ratios import ONE, Ratio

X = t.Variable("x", (ix.index(3),))
P = t.Variable("p", (ix.index(2),), "positive")
SIGMA = t.FunctionSymbol("sigma", nondecreasing=True)
FUNCTIONS: dict[str, Callable[[float], float]] = {
    "exp": math.exp,
    "log": math.log,
    "relu": lambda x: max(x, 0.0),
    "abs": abs,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "tanh": math.tanh,
    "softplus": lambda x: math.log1p(math.exp(x)),
    "erf": math.erf,
}


def sigma(x: float) -> float:
    return x**3 + (2.0 if x > 0.2 else 0.0)


class Values:
    """Floats for the entries, and the value of a normal form at them."""

    def __init__(self, algebra: Polynomials, source: random.Random) -> None:
        self.algebra = algebra
        self.entries = {(X, (i,)): source.uniform(-1.5, 1.5) for i in range(3)}
        self.entries |= {(P, (i,)): source.uniform(0.2, 2.0) for i in range(2)}

    def of(self, value: Ratio) -> float:
        bottom = math.prod(self.polynomial(self.algebra._factors[n]) for n in value.denominator)
        return self.polynomial(value.numerator) / bottom

    def polynomial(self, p: dict[tuple[int, ...], int | Fraction]) -> float:
        return sum(float(c) * math.prod(self.atom(n) for n in m) for m, c in p.items())

    def atom(self, number: int) -> float:
        atom = self.algebra._atoms[number]
        parts = [self.of(part) for part in atom.parts]
        match atom.kind:
            case "entry":
                return self.entries[atom.head]  # type: ignore[index]
            case "exp" | "log":
                return FUNCTIONS[atom.kind](parts[0])
            case "root":
                return max(parts[0], 0.0) ** (1 / int(atom.head))  # type: ignore[call-overload]
            case "max":
                return max(parts)
            case "sign" | "slope":
                return float(parts[0] > 0)
            case "constant":
                return math.pi
        function, _ = atom.head  # type: ignore[misc]
        if function is SIGMA:
            return sigma(parts[0])
        return parts[0] ** (1 / function.degree) if function.name == "root" else FUNCTIONS[function.name](parts[0])


def expression(
    source: random.Random, algebra: Polynomials, entries: dict[object, float], depth: int
) -> tuple[Ratio, float]:
    """A random expression as a normal form and as a float."""
    if depth == 0 or source.random() < 0.12:
        if source.random() < 0.25:
            number = Fraction(source.randint(-3, 3), source.choice((1, 1, 2, 3)))
            return algebra.number(number), float(number)
        key = source.choice(list(entries))
        return algebra.entry(*key), entries[key]  # type: ignore[misc]
    parts = [expression(source, algebra, entries, depth - 1) for _ in range(source.choice((2, 2, 3)))]
    forms, values = [f for f, _ in parts], [v for _, v in parts]
    kind = source.choice(
        ("add", "add", "multiply", "max", "min", "function", "sigma", "divide", "power", "root", "where")
    )
    match kind:
        case "add":
            return algebra.add(forms), sum(values)
        case "multiply":
            return algebra.multiply(forms), math.prod(values)
        case "max":
            return algebra.maximum(forms), max(values)
        case "min":
            return algebra.negate(algebra.maximum([algebra.negate(f) for f in forms])), min(values)
        case "sigma":
            return algebra.apply(SIGMA, forms[0], 0), sigma(values[0])
        case "divide":
            return algebra.multiply([forms[0], algebra.inverse(forms[1])]), values[0] / values[1]
        case "power":
            exponent = source.randint(0, 3)
            return algebra.power(forms[0], exponent), values[0] ** exponent
        case "root":
            degree = source.choice((2, 2, 3))
            square = algebra.multiply([forms[0], forms[0]])
            shifted = algebra.add([square, ONE]) if source.random() < 0.5 else square
            inside = values[0] ** 2 + (1 if shifted is not square else 0)
            return algebra.root(shifted, degree), inside ** (1 / degree)
        case "where":
            holds = algebra.compare(forms[0], forms[1], "gt", t.Kink.NONE)
            if holds is not None:
                return (forms[0] if holds else forms[-1]), (values[0] if values[0] > values[1] else values[-1])
            form = algebra.select(forms[0], forms[1], "gt", lambda: forms[0], lambda: forms[-1], t.Kink.NONE)
            return form, values[0] if values[0] > values[1] else values[-1]
    name = source.choice(list(FUNCTIONS))
    return algebra.apply(t.Builtin(name), forms[0], 0), FUNCTIONS[name](values[0])


def check(seed: int, expanded: bool) -> bool:
    """Whether a random expression could be compared; asserts that its normal form has its value."""
    source = random.Random(seed)
    algebra = Polynomials(expanded=expanded)
    values = Values(algebra, source)
    try:
        form, expected = expression(source, algebra, values.entries, 3)
        again = algebra.rebuilt(form, expanded=True)
    except (Undefined, Undecided, ValueError, ZeroDivisionError, OverflowError):
        return False
    if isinstance(expected, complex) or abs(expected) > 1e6:
        return False
    for which in (form, again):
        try:
            found = values.of(which)
        except (ValueError, ZeroDivisionError, OverflowError):
            return False
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-6), f"seed {seed}"
    return True


@pytest.mark.parametrize("block", range(10))
def test_normal_forms_keep_values(block: int) -> None:
    compared = sum(check(seed, expanded=seed % 2 == 0) for seed in range(block * 60, block * 60 + 60))
    assert compared > 20
