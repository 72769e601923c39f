"""Index terms and conditions in isl's syntax.

A variable is written by its number, so that one variable has one name in every set and isl aligns them by itself.
isl knows affine terms, with floors by constants. A product, or a floor by a size, is written as one parameter: it is
known by how it is written, and no more. What holds for all values of the parameter holds for the value it has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TypeAlias

from symconv.kernel.general.products import Constraint, floors_in, is_opaque, opaque, parted
from symconv.kernel.index import Atom, Floor, IndexTerm, IndexVar, Monomial, index

Naming: TypeAlias = Callable[[IndexVar], str]

PARAMETER = r"v\d+|w[0-9a-f]+"
"""What the name of a variable or product looks like."""

COORDINATES = [IndexVar(f"t{n}", least=None) for n in range(64)]
"""The places of a tuple; they stand for any integers."""

_COORDINATE_NAMES = {variable: variable.name for variable in COORDINATES}


def name(variable: IndexVar) -> str:
    return _COORDINATE_NAMES.get(variable) or f"v{variable.number}"


def number(variable: IndexVar) -> str:
    """The name of a variable where places of a tuple are parameters as others are."""
    return f"v{variable.number}"


def conditions(constraints: Iterable[Constraint]) -> str:
    """The values of the parameters that meet constraints, as a set."""
    kept = list(constraints)
    body = " and ".join(map(constraint, kept)) or "true"
    return f"{parameters(c.term for c in kept)} -> {{ [] : {body} }}"


def constraint(it: Constraint, named: Naming = name) -> str:
    return f"{affine(it.term, named)} {'=' if it.equality else '>='} 0"


def affine(term: IndexTerm, named: Naming = name) -> str:
    """A term in which products are parameters."""
    return _sum("*".join([str(n), *_factors(atoms, named)]) for atoms, n in term.terms)


def polynomial(term: IndexTerm, whole: Collection[Monomial], named: Naming = name) -> str:
    """A term that keeps its products, but for those that conditions beside it know as one parameter."""
    parts = ((n, parted(atoms, whole)) for atoms, n in term.terms)
    return _sum("*".join([str(n), *(f for part in each for f in _factors(part, named))]) for n, each in parts)


def _sum(summands: Iterable[str]) -> str:
    """In the order of the texts, which does not depend on the numbers of variables that are named anew."""
    return " + ".join(sorted(summands)) or "0"


def _factors(atoms: Sequence[Atom], named: Naming) -> Iterator[str]:
    if is_opaque(atoms):
        yield _product(atoms, named)
        return
    for atom in atoms:
        if isinstance(atom, Floor):
            yield f"floor(({affine(atom.numerator, named)})/{atom.denominator.constant})"
        else:
            yield named(atom)


def _product(atoms: Sequence[Atom], named: Naming) -> str:
    """A name that says the product and is a word to isl."""
    return "w" + "*".join(_plain(atom, named) for atom in atoms).encode().hex()


def vocabulary(terms: Iterable[IndexTerm]) -> dict[str, IndexTerm]:
    """What the names of the variables and products in terms stand for, and of the floors that products are made of."""
    kept = [each for term in terms for each in (term, *floors_in(term))]
    found = {name(v): index(v) for term in kept for v in term.variables()}
    return found | {_product(atoms, name): IndexTerm({atoms: 1}) for term in kept for atoms in opaque(term)}


def _plain(atom: Atom, named: Naming) -> str:
    if isinstance(atom, IndexVar):
        return named(atom)
    top, bottom = (
        _sum("*".join([str(n), *(_plain(a, named) for a in atoms)]) for atoms, n in term.terms)
        for term in (atom.numerator, atom.denominator)
    )
    return f"(({top})//({bottom}))"


def parameters(terms: Iterable[IndexTerm], named: Naming = name, exclude: Collection[str] = ()) -> str:
    """The declaration of what occurs in affine terms."""
    found = {word for term in terms for word in _words(term, named)}
    return f"[{', '.join(sorted(found.difference(exclude)))}]"


def _words(term: IndexTerm, named: Naming) -> Iterator[str]:
    for atoms, _ in term.terms:
        if is_opaque(atoms):
            yield _product(atoms, named)
        else:
            for atom in atoms:
                if isinstance(atom, Floor):
                    yield from _words(atom.numerator, named)
                else:
                    yield named(atom)


def canonical(text: str) -> tuple[str, dict[str, str]]:
    """The text with its variables named in the order in which they occur, so that alike questions are one question;
    and what each was called.
    """
    names: dict[str, str] = {}
    renamed = re.sub(PARAMETER, lambda match: names.setdefault(match[0], f"p{len(names)}"), text)
    return renamed, {new: old for old, new in names.items()}
