"""Products as they are written by hand: the sign and the number first, sums last, divisors under a bar."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from symconv.printing import notation as n
from symconv.printing.notation import Level, Notation


@dataclass
class Factors:
    """What a product consists of."""

    above: list[Notation] = field(default_factory=list)
    below: list[Notation] = field(default_factory=list)
    number: Fraction = Fraction(1)

    @property
    def negative(self) -> bool:
        return self.number < 0

    def sign(self, negative: bool, factor: Notation) -> None:
        """One more factor with its sign. A fraction is taken apart."""
        if negative:
            self.number = -self.number
        if (
            isinstance(factor, n.Fraction)
            and isinstance(factor.top, n.Integer)
            and isinstance(factor.bottom, n.Integer)
        ):
            self.number *= Fraction(factor.top.value, factor.bottom.value)
        elif isinstance(factor, n.Integer):
            self.number *= factor.value
        else:
            self.multiply(factor)

    def multiply(self, *factors: Notation) -> None:
        for factor in factors:
            self.above += factor.factors if isinstance(factor, n.Times) and not factor.sign else [factor]

    def divide(self, factor: Notation) -> None:
        if isinstance(factor, n.Integer) and factor.value:
            self.number /= factor.value
        else:
            self.below += factor.factors if isinstance(factor, n.Times) and not factor.sign else [factor]


def assembled(factors: Factors) -> Notation:
    """The product without its sign."""
    number = abs(factors.number)
    if not number and not factors.above and all(map(_is_plain, factors.below)):
        return n.Integer(0)
    above = _ordered(factors.above)
    if not factors.below:
        if number.denominator == 1:
            return _times(([n.Integer(number.numerator)] if number != 1 or not above else []) + above)
        return _times([n.Fraction(n.Integer(number.numerator), n.Integer(number.denominator)), *above])
    below = ([n.Integer(number.denominator)] if number.denominator != 1 else []) + _ordered(factors.below)
    bottom = _times(below)
    top: list[Notation] = [n.Integer(number.numerator)] if number.numerator != 1 else []
    if _is_plain(bottom) and (len(above) > 1 or any(map(_is_long, above))):
        return _times([n.Fraction(_times(top), bottom), *above])
    return n.Fraction(_times(top + above), bottom)


def _times(factors: list[Notation]) -> Notation:
    if not factors:
        return n.Integer(1)
    kept: list[Notation] = []
    for factor, count in _counted(factors):
        kept.append(factor if count == 1 else n.Powered(factor, n.Integer(count)))
    return kept[0] if len(kept) == 1 else n.Times(tuple(kept))


def _counted(factors: list[Notation]) -> list[tuple[Notation, int]]:
    """Each factor with how often it occurs; only symbols and entries are gathered."""
    counts: dict[Notation, int] = {}
    shown: list[tuple[Notation, int]] = []
    for factor in factors:
        if isinstance(factor, n.Symbol | n.Subscripted):
            counts[factor] = counts.get(factor, 0) + 1
    for factor in factors:
        count = counts.pop(factor, 0) if isinstance(factor, n.Symbol | n.Subscripted) else 1
        if count:
            shown.append((factor, count))
    return shown


def _ordered(factors: list[Notation]) -> list[Notation]:
    """Numbers, then plain symbols and deltas, then the others as they come; last what is open to the right."""
    return sorted(factors, key=_rank)


def _rank(factor: Notation) -> int:
    if isinstance(factor, n.Integer):
        return 0
    if n.level(factor) == Level.OPEN:
        return 4
    if n.level(factor) <= Level.SUM:
        return 3
    head = factor.base if isinstance(factor, n.Powered) else factor
    return 1 if isinstance(head, n.Symbol | n.Fraction | n.Delta | n.Bracket) else 2


def _is_plain(item: Notation) -> bool:
    """Whether a divisor consists of numbers and single symbols."""
    match item:
        case n.Integer() | n.Symbol():
            return True
        case n.Powered():
            return _is_plain(item.base) and _is_plain(item.exponent)
        case n.Times():
            return all(map(_is_plain, item.factors))
        case n.Root():
            return _is_plain(item.radicand)
        case _:
            return False


def _is_long(item: Notation) -> bool:
    return n.level(item) in (Level.OPEN, Level.SUM, Level.CASES) or n.is_tall(item)
