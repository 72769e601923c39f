"""Entries at given numbers as text: exact where they are rational, else to twelve digits and marked as approximate.

An interval never tells that `log(exp(2))` is 2 or that a sum of exponentials is 0; the normal form of the bounded
engine may. Both have to agree: the number of the normal form has to lie in the interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from symconv.errors import TimeLimit, Undecided, Undefined
from symconv.kernel import terms as t
from symconv.kernel.bounded.polynomials import Polynomials
from symconv.kernel.bounded.ratios import Ratio
from symconv.kernel.evaluate import Evaluator
from symconv.kernel.index import IndexVar
from symconv.prover import exact
from symconv.prover.exact import Exact, ExactNumbers
from symconv.prover.limits import interrupted_after
from symconv.prover.reading import Position

Numbers = Mapping[tuple[t.Variable, Position], Fraction]
_SECONDS = 0.5
"""What the normal form of one entry may take; without it, its number is approximate."""


class _AtNumbers(Polynomials):
    """Normal forms at given numbers, so that only constants are left."""

    def __init__(self, numbers: Numbers) -> None:
        super().__init__()
        self._given = numbers

    def entry(self, variable: t.Variable, position: Position) -> Ratio:
        return self.number(self._given[variable, position])


class Shown:
    """The entries of tensors at given numbers, and at integers for the free indices."""

    def __init__(self, numbers: Numbers, indices: Mapping[IndexVar, int]) -> None:
        self.evaluator = Evaluator(ExactNumbers(numbers), dict(indices))
        self._algebra = _AtNumbers(numbers)
        self._normal = Evaluator(self._algebra, dict(indices))

    def text(self, term: t.Term) -> str:
        """A term's value; raises `Undefined` or `Unclear` where it has none."""
        value = self.evaluator.value(term)
        return exact.show(value if isinstance(value, Fraction) else self._rational(term, value))

    def _rational(self, term: t.Term, value: Exact) -> Exact:
        """The rational that a term's normal form is, where it is one; else the interval."""
        try:
            with interrupted_after(_SECONDS):
                normal = self._normal.value(term)
                found = normal.constant
                if found is None and not exact.differ(value, Fraction(0)) and self._algebra.is_zero(normal):
                    found = 0
        except (Undefined, Undecided, TimeLimit):
            return value
        return value if found is None or exact.differ(value, Fraction(found)) else Fraction(found)
