"""The second witness: SymPy builds both sides at the smaller sizes and simplifies their difference.

`expand` and `cancel` must give 0 for each entry. What SymPy says decides nothing; where it contradicts the normal
form, one of the two is wrong, and that is reported as a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import sympy
from sympy.core.function import Application

from symconv.errors import SymconvError, TimeLimit
from symconv.kernel.evaluate import Evaluator
from symconv.kernel.index import IndexVar
from symconv.prover.reading import Pair, Reading, compared_shape, entry, positions, shape_of
from symconv.tensors.expressions import SymPyExpressions
from symconv.verdict import Simplified

_ENTRIES = 120
_KEPT = 6
_LONGEST = 4000
_READABLE = 200
_COST_OF_FUNCTIONS = 10
"""How much longer maxima, exponentials and the like take than polynomials do."""


@dataclass
class Testimony:
    """How many entries SymPy brought to 0, how many it left open, in how many operations, and where it contradicts."""

    confirmed: int = 0
    open: int = 0
    operations: int = 0
    contradictions: list[str] = field(default_factory=list)
    simplified: list[Simplified] = field(default_factory=list)

    @property
    def worth(self) -> int:
        """How much the simplified results show: their operations, an entry counting as one."""
        return sum(1 + int(each.expression.count_ops()) for each in self.simplified)

    def add(self, other: Testimony) -> None:
        """What was seen at other sizes; the simplified results that show more are kept."""
        self.confirmed += other.confirmed
        self.open += other.open
        self.operations += other.operations
        self.contradictions += other.contradictions
        if other.worth > self.worth:
            self.simplified = other.simplified


def examine(reading: Reading, tick: Callable[[], None], operations: int) -> Testimony:
    """Let SymPy simplify the differences at one combination of sizes, at least one, up to so many operations."""
    testimony = Testimony()
    for pair, difference, left, position in _differences(reading, tick):
        testimony.operations += _cost(left) + _cost(difference)
        verdict = _is_zero(difference)
        if verdict is None:
            testimony.open += 1
        elif verdict:
            testimony.confirmed += 1
        else:
            sizes = ", ".join(f"{k}={v}" for k, v in reading.sizes.items())
            testimony.contradictions.append(
                f"SymPy finds the difference {sympy.expand(difference)} at step {pair.number}, entry {position}, "
                f"{sizes}, where the normal forms agree"
            )
        if len(testimony.simplified) < _KEPT:
            testimony.simplified.append(Simplified(reading.sizes, position, _expanded(left), pair.number))
        if testimony.confirmed + testimony.open >= _ENTRIES or testimony.operations >= operations:
            break
    return testimony


def _cost(expression: sympy.Expr) -> int:
    """About how much there is to do for SymPy, in operations of polynomials."""
    return (2 + int(expression.count_ops())) * (_COST_OF_FUNCTIONS if expression.has(Application) else 1)


def difference_text(pair: Pair, values: dict[IndexVar, int], position: tuple[int, ...]) -> str | None:
    """What SymPy leaves of the difference of one entry, where that is short enough to be read."""
    evaluator = Evaluator(SymPyExpressions(), dict(values))
    try:
        left, right = evaluator.value(entry(pair.left, position)), evaluator.value(entry(pair.right, position))
    except SymconvError:
        return None
    text = str(_expanded(left - right)) if (left - right).count_ops() < _READABLE else ""
    return text if 0 < len(text) <= _READABLE else None


def _differences(
    reading: Reading, tick: Callable[[], None]
) -> Iterator[tuple[Pair, sympy.Expr, sympy.Expr, tuple[int, ...]]]:
    for pair in reading.pairs:
        for values in reading.index_values():
            evaluator = Evaluator(SymPyExpressions(), dict(values), tick)
            try:
                shape = compared_shape(shape_of(pair.left, evaluator), shape_of(pair.right, evaluator))
                for position in positions(shape):
                    tick()
                    left, right = (
                        evaluator.value(entry(pair.left, position)),
                        evaluator.value(entry(pair.right, position)),
                    )
                    yield pair, left - right, left, position
            except TimeLimit:
                raise
            except SymconvError:
                continue


def _has_values_at_numbers(expression: sympy.Expr) -> bool:
    """Whether it holds a maximum with g(0), which SymPy takes for a number, and refuses to compare when it expands."""
    maxima = expression.atoms(sympy.Max, sympy.Min)
    return any(part.is_number and not part.is_comparable for extreme in maxima for part in extreme.args)


def _expanded(expression: sympy.Expr) -> sympy.Expr:
    return expression if _has_values_at_numbers(expression) else sympy.expand(expression)


def _is_zero(difference: sympy.Expr) -> bool | None:
    """0 by expand or cancel; not 0 if a polynomial in the entries remains; otherwise open."""
    if difference == 0:
        return True
    if difference.has(sympy.Piecewise) or difference.count_ops() > _LONGEST or _has_values_at_numbers(difference):
        return None
    expanded = sympy.expand(difference)
    if expanded == 0:
        return True
    if expanded.xreplace({e: sympy.Dummy() for e in expanded.atoms(sympy.Indexed)}).is_polynomial():
        return False
    rewritten = sympy.expand(expanded.rewrite(sympy.tanh, sympy.exp), power_exp=True, log=True)
    try:
        return True if sympy.cancel(sympy.together(rewritten)) == 0 else None
    except (sympy.PolynomialError, NotImplementedError):
        return None
