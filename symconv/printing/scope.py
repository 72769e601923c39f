"""Which symbol stands for which variable: names that do not clash, and indices counted from an origin.

A variable of the kernel runs from 0. What is printed for it runs from the origin, so ``i`` in print is the variable
plus its shift. The letters that a claim's author gave to bound indices are kept where they are single and free.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from symconv.kernel.index import IndexTerm, IndexVar
from symconv.printing.names import Name, name_of, verbatim

_FREE = "ijklmnpqrst"
_AXES = {"N": "n", "C": "c", "D": "d", "O": "o", "B": "b", "T": "t", "L": "l", "k": "a"}
"""Letters for axes whose length says what they count: channels, outputs, ..., places in a window of side k."""
_SPOKEN_FOR = (r"\pi", r"\delta")
"""Letters with a meaning of their own: the number pi, and Kronecker's delta."""
_BOUND = "abcdefghpqrstuvwxyz"


@dataclass(frozen=True)
class Letter:
    """How a variable is printed: its symbol, what is added to its value, and below which extent it stays."""

    name: Name
    shift: int
    extent: IndexTerm | None = None


class Scope:
    """The letters in use."""

    def __init__(self, origin: int = 1, reserved: Iterable[str] = ()) -> None:
        self.origin = origin
        self._letters: dict[IndexVar, Letter] = {}
        self._fixed: dict[object, Name] = {}
        self._taken: set[str] = set(_SPOKEN_FOR)
        for identifier in reserved:
            self.named(identifier)

    @property
    def identifiers(self) -> frozenset[object]:
        """The identifiers that have a name of their own."""
        return frozenset(self._fixed)

    def named(self, identifier: str) -> Name:
        """The name of a parameter or size; two identifiers never look alike."""
        if identifier not in self._fixed:
            name = name_of(identifier)
            if name.latex in self._taken:
                name = verbatim(identifier)
            self._fixed[identifier] = name
            self._taken.add(name.latex)
        return self._fixed[identifier]

    def letter(self, variable: IndexVar) -> Letter | None:
        """How an index is printed; ``None`` for a size."""
        return self._letters.get(variable)

    def symbol(self, variable: IndexVar) -> Name:
        """What is printed for an index or a size."""
        letter = self._letters.get(variable)
        return self.named(variable.name) if letter is None else letter.name

    def declare(self, variable: IndexVar, extent: IndexTerm | None = None, *, named: bool = False) -> IndexVar:
        """Introduce a free index for good: by its own name where ``named``, else by a letter that is free."""
        name = self.named(variable.name) if named else self._fresh(variable.name, _FREE)
        self._taken.add(name.latex)
        self._letters[variable] = Letter(name, self.origin, extent)
        return variable

    def axes(self, shape: tuple[IndexTerm, ...]) -> tuple[IndexVar, ...]:
        """Free indices for a tensor: ``c`` along an axis of length ``C``, else i, j, k, ..."""
        return tuple(self.declare(IndexVar(_axis_name(extent)), extent) for extent in shape)

    @contextmanager
    def bound(self, wanted: str, extent: IndexTerm | None, *, counted: bool) -> Iterator[IndexVar]:
        """A bound index while its scope lasts. One that is not used as an index is counted from 0 where ``counted``."""
        variable = IndexVar(wanted)
        name = self._fresh(wanted, _BOUND)
        self._letters[variable] = Letter(name, 0 if counted else self.origin, extent)
        self._taken.add(name.latex)
        try:
            yield variable
        finally:
            self._taken.discard(name.latex)

    @contextmanager
    def binding(self, variable: IndexVar, extent: IndexTerm, shift: int) -> Iterator[Name]:
        """A letter for a bound index that the author has introduced; ``shift`` is added to its value in print."""
        name = self._fresh(variable.name, _BOUND)
        self._letters[variable] = Letter(name, shift, extent)
        self._taken.add(name.latex)
        try:
            yield name
        finally:
            self._taken.discard(name.latex)

    @contextmanager
    def lent(self, wanted: str) -> Iterator[Name]:
        """A name for as long as it is needed."""
        name = self.symbol_like(wanted)
        try:
            yield name
        finally:
            self._taken.discard(name.latex)

    def shift(self, variable: IndexVar) -> int:
        """What is added to the value of an index in print."""
        letter = self._letters.get(variable)
        return 0 if letter is None else letter.shift

    def fork(self) -> Scope:
        """A scope with the same names and named indices, in which no other letters are in use."""
        other = Scope(self.origin)
        other._fixed = dict(self._fixed)
        other._taken |= {name.latex for name in self._fixed.values()}
        other._letters = {v: each for v, each in self._letters.items() if each.name.latex in other._taken}
        return other

    def symbol_like(self, wanted: str) -> Name:
        """A name for a tensor that has none of its own."""
        for identifier in itertools.chain([wanted], (f"{wanted}_{number}" for number in itertools.count(1))):
            name = name_of(identifier)
            if name.latex not in self._taken:
                self._taken.add(name.latex)
                return name
        raise AssertionError("names do not end")

    def _fresh(self, wanted: str, pool: str) -> Name:
        single = [wanted] if not name_of(wanted).word else [wanted[:1].lower()] if wanted[:1].isascii() else []
        own = [each for each in single if name_of(each).latex.strip() and not name_of(each).word]
        if own and own[0] in _BOUND[:8]:
            pool = _BOUND  # the letters that follow: c and d for channels, a and b for places in a window
        place = pool.find(own[0]) + 1 if own and own[0] in pool else 0
        pool = pool[place:] + pool[:place]
        numbered = (f"{letter}_{number}" for number in itertools.count(1) for letter in pool)
        for identifier in itertools.chain(own, pool, numbered):
            name = name_of(identifier)
            if name.latex not in self._taken:
                return name
        raise AssertionError("names do not end")


def _axis_name(extent: IndexTerm) -> str:
    """The letter for an axis, by its length where that says what is counted."""
    if len(extent.terms) == 1 and extent.terms[0][1] == 1 and len(extent.terms[0][0]) == 1:
        atom = extent.terms[0][0][0]
        if isinstance(atom, IndexVar) and atom.name in _AXES:
            return _AXES[atom.name]
    return "i"
