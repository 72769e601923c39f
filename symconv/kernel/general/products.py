"""Products of sizes and indices, and floors by sizes: what integer sets, which are linear, cannot say of them.

A condition sees such a monomial as one number of which nothing is known. Everything shown so is true; to show more,
`facts` multiplies what is known by what is known to be at least 0 (the first level of the reformulation-linearisation
technique: Sherali and Adams, SIAM J. Discrete Math. 3, 1990), as far as that says something of monomials that occur.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from symconv.kernel import index as ix
from symconv.kernel.index import Atom, Floor, IndexTerm, IndexVar, Monomial


@dataclass(frozen=True, slots=True)
class Constraint:
    """``term >= 0``, or ``term == 0`` for an ``equality``."""

    term: IndexTerm
    equality: bool = False


def is_opaque(atoms: Sequence[Atom]) -> bool:
    """Whether a monomial is a product, or a floor by what is no positive number."""
    return len(atoms) > 1 or any(isinstance(a, Floor) and (a.denominator.constant or 0) <= 0 for a in atoms)


def opaque(term: IndexTerm) -> tuple[Monomial, ...]:
    """The monomials that a condition sees as one number each, also within floors by numbers."""
    return () if term.linear is not None else _opaque(term)


@functools.lru_cache(maxsize=20_000)
def _opaque(term: IndexTerm) -> tuple[Monomial, ...]:
    found: list[Monomial] = []
    for atoms, _ in term.terms:
        if is_opaque(atoms):
            found.append(atoms)
        else:
            found += [m for a in atoms if isinstance(a, Floor) for m in opaque(a.numerator)]
    return tuple(found)


def parted(monomial: Monomial, whole: Collection[Monomial]) -> list[Monomial]:
    """A monomial as a product of those that are to be kept whole, where it holds them, and of single atoms."""
    found, left = [], Counter(monomial)
    for part in whole if len(monomial) > 1 else ():
        while Counter(part) <= left:
            found.append(part)
            left -= Counter(part)
    return [*found, *((atom,) for atom in left.elements())]


def hidden(terms: Iterable[IndexTerm], bound: Collection[IndexVar]) -> list[IndexVar]:
    """The bound indices within products, of which a condition knows too little for them to be bound."""
    if not bound:
        return []
    seen = (v for term in terms for m in opaque(term) for v in IndexTerm({m: 1}).variables())
    return list(dict.fromkeys(v for v in seen if v in bound))


def floors_in(term: IndexTerm) -> list[IndexTerm]:
    """The floors in a term, each by itself, as a weight multiplies them."""
    return [IndexTerm({(a,): 1}) for monomial, _ in term.terms for a in monomial if isinstance(a, Floor)]


def facts(constraints: Collection[Constraint], mentioned: Iterable[IndexTerm] = ()) -> list[Constraint]:
    """What constraints say of the products and floors by sizes that occur in them, and in terms mentioned beside."""
    known = {monomial for term in (*(c.term for c in constraints), *mentioned) for monomial in opaque(term)}
    if not known:
        return []
    found = [fact for floor in _floors(known) for fact in _of_a_floor(floor)]
    known |= {monomial for c in found for monomial in opaque(c.term)}
    variables = {v for monomial in known for v in IndexTerm({monomial: 1}).variables() if v.least is not None}
    rests = {v: ix.index(v) - (v.least or 0) for v in sorted(variables, key=lambda v: v.number)}
    first = [*constraints, *found, *map(Constraint, rests.values())]
    for factor, term in _factors(known, rests):
        # What becomes a monomial that occurs when it is multiplied: other products would say nothing of these.
        liftable = {(), *(without(m, factor) for m in known if not Counter(factor) - Counter(m))}
        for constraint in first:
            if all(monomial in liftable for monomial, _ in constraint.term.terms):
                found.append(Constraint(constraint.term * term, constraint.equality))
    return found


def _factors(
    monomials: Collection[Monomial], rests: Mapping[IndexVar, IndexTerm]
) -> Iterator[tuple[Monomial, IndexTerm]]:
    """What is at least 0 and may turn a constraint on a variable into one on the products of that variable."""
    others = {m[:n] + m[n + 1 :] for m in monomials if len(m) > 1 for n in range(len(m))}
    for variable, rest in rests.items():
        if (variable,) in others:
            yield (variable,), rest
    for monomial in sorted(others, key=repr):
        if len(monomial) > 1 and all(
            isinstance(a, IndexVar) and a.least is not None and a.least >= 0 for a in monomial
        ):
            yield monomial, IndexTerm({monomial: 1})


def without(monomial: Monomial, factor: Monomial) -> Monomial:
    left = list(monomial)
    for atom in factor:
        left.remove(atom)
    return tuple(left)


def _floors(monomials: Iterable[Monomial]) -> Iterator[Floor]:
    return iter(dict.fromkeys(a for monomial in monomials for a in monomial if isinstance(a, Floor) and is_whole(a)))


def is_whole(atom: Atom) -> bool:
    """Whether an atom is a floor by a term that is at least 1 and no number."""
    return (
        isinstance(atom, Floor) and atom.denominator.constant is None and bool(ix.is_nonnegative(atom.denominator - 1))
    )


def _of_a_floor(floor: Floor) -> Iterator[Constraint]:
    """d * floor(n / d) <= n < d * floor(n / d) + d, for d >= 1."""
    top, bottom = floor.numerator, floor.denominator
    rest = top - bottom * IndexTerm({(floor,): 1})
    yield Constraint(rest)
    yield Constraint(bottom - 1 - rest)
    if ix.is_nonnegative(top):
        yield Constraint(IndexTerm({(floor,): 1}))
