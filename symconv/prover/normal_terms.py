"""Normal forms of the bounded engine as terms again, for people to read. Nothing here is trusted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from symconv.kernel import calculus
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.bounded.algebra import RatioAlgebra
from symconv.kernel.bounded.ratios import Atom, Monomial, Polynomial, Ratio
from symconv.kernel.index import IndexVar
from symconv.kernel.terms import Lambda, Term


class NormalTerms:
    """The normal forms of one algebra as terms."""

    def __init__(self, algebra: RatioAlgebra) -> None:
        self._algebra = algebra
        self._known: dict[int, Term] = {}

    def ratio(self, value: Ratio) -> Term:
        """A numerator over its factors."""
        below = [t.power(self.polynomial(self._algebra._factors[number]), -1) for number in value.denominator]
        return t.multiply(self.polynomial(value.numerator), *below)

    def polynomial(self, p: Polynomial) -> Term:
        """The sum of its monomials."""
        return t.add(*(t.multiply(t.number(p[m]), *self._powers(m)) for m in self.ordered(p)))

    def ordered(self, p: Polynomial) -> list[Monomial]:
        """Its monomials, those of high degree first."""
        return sorted(p, key=lambda m: (-len(m), [(abs(n), n) for n in m]))

    def _powers(self, monomial: Sequence[int]) -> list[Term]:
        return [t.power(self.atom(number), count) for number, count in Counter(monomial).items()]

    def atom(self, number: int) -> Term:
        """What the number of an atom stands for."""
        if number not in self._known:
            self._known[number] = self._written(self._algebra._atoms[number])
        return self._known[number]

    def _written(self, atom: Atom) -> Term:
        parts = [self.ratio(part) for part in atom.parts]
        match atom.kind:
            case "entry":
                variable, position = atom.head
                return t.Entry(variable, tuple(map(ix.index, position)))
            case "constant":
                return t.Constant(atom.head)
            case "apply":
                function, order = atom.head
                return t.Apply(function, parts[0], order)
            case "network":
                return _network(atom, parts)
            case "max":
                return t.maximum(*parts)
            case "exp":
                return t.Apply(calculus.EXP, parts[0])
            case "log":
                return t.Apply(calculus.LOG, parts[0])
            case "root":
                return calculus.root(parts[0], int(atom.head))
        return t.where(t.Compare(parts[0], t.ZERO, "gt"), t.ONE, t.ZERO)  # "sign" and "slope"


def _network(atom: Atom, parts: Sequence[Term]) -> Term:
    """A function of vectors at the vector of these entries."""
    function, output, derivatives = atom.head
    place = IndexVar("r")
    body: Term = t.ZERO
    for number, part in reversed(list(enumerate(parts))):
        body = part if number == len(parts) - 1 else t.where(t.equals(ix.index(place), number), part, body)
    argument = Lambda((place,), (ix.index(len(parts)),), body)
    shown = None if output is None else ix.index(output)
    return t.Network(function, shown, argument, tuple(map(ix.index, derivatives)))
