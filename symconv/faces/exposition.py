"""What there is to show of a claim to a reader: statement, proof and counterexample as formulas and plain text.

Plain strings in frozen dataclasses, so that an exposition crosses from the process that proved the claim to the one
that shows it. Everything comes from the claim and its verdict; nothing is worked out a second time for show.
"""

from __future__ import annotations

from dataclasses import dataclass

from symconv.printing.plain import beside

NO_FORMULA = "the claim as its code says it; no formula of it for all sizes at once is known."
"""What stands in the place of an equation that is shown by an example."""


@dataclass(frozen=True)
class Formula:
    """A formula twice: as LaTeX for math mode (no dollar signs; amsmath and amssymb), and as Unicode text.

    ``text`` may have several lines (a matrix, cases); they line up in a fixed-width font.
    """

    latex: str
    text: str


@dataclass(frozen=True)
class Line:
    """One line of a chain of equalities: this equals the line before, for this reason (plain text, maybe empty).

    ``derived`` where symconv itself inserted the line, rather than the author of the claim.
    """

    formula: Formula
    reason: str = ""
    derived: bool = False


@dataclass(frozen=True)
class Chain:
    """A chain of equalities; the first line has no reason. ``ranges`` says for which indices it holds (or is None).

    ``sizes`` are those at which alone it is written: an example of the equation, where none is known for all sizes.
    ``number`` counts the equations of the claim from 1. ``entries`` tells whether the lines are entries at free
    indices rather than whole tensors.
    """

    number: int
    lines: tuple[Line, ...]
    ranges: Formula | None = None
    entries: bool = True
    sizes: Formula | None = None


@dataclass(frozen=True)
class Named:
    """A name and what it stands for, as in X = (a matrix). ``label`` is the name as plain text."""

    label: str
    name: Formula
    value: Formula

    @property
    def equation(self) -> Formula:
        """``name = value`` as one formula."""
        return Formula(f"{self.name.latex} = {self.value.latex}", beside(self.name.text, " = ", self.value.text))


@dataclass(frozen=True)
class Example:
    """One equation at small sizes: both sides with their entries written out, which are equal."""

    number: int
    sizes: Formula
    left: Formula
    right: Formula


@dataclass(frozen=True)
class Refutation:
    """A counterexample: the inputs with their values, both sides, and the first entry at which they differ.

    ``sizes`` is None where the claim has no sizes and no free index. ``left`` and ``right`` are values, or say that
    there is none. ``where`` is a sentence of plain text, empty where both sides are one number and say all there is;
    ``call`` can be pasted into Python. ``place`` says in words which of several = fails, and the reason given for it.
    """

    sizes: Formula | None
    inputs: tuple[Named, ...]
    left: Formula
    right: Formula
    where: str
    call: str
    place: str = ""


@dataclass(frozen=True)
class Exposition:
    """A claim and what became of it.

    ``hypothesis`` reads on from "For all"; ``hypotheses`` are its parts. ``statement`` holds the equations as they are
    written with operations (empty lines where that cannot be had), ``entries`` the same at free
    indices. ``definitions`` are the names that the statement uses. ``results`` are the common value of
    both sides, simplified, with border cases. ``proof`` has one chain for each equation. ``paragraphs`` are the
    docstring without its first line, which is ``title``. ``problem`` is a sentence where formulas cannot be shown.
    """

    name: str
    kind: str
    status: str
    as_claimed: bool
    file: str
    line: int
    title: str
    paragraphs: tuple[str, ...] = ()
    hypothesis: Formula = Formula("", "")
    hypotheses: tuple[Formula, ...] = ()
    statement: tuple[Chain, ...] = ()
    entries: tuple[Chain, ...] = ()
    definitions: tuple[Named, ...] = ()
    results: tuple[Formula, ...] = ()
    proof: tuple[Chain, ...] = ()
    scope: str = ""
    evidence: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    reason: str = ""
    examples: tuple[Example, ...] = ()
    refutation: Refutation | None = None
    index_origin: int = 1
    problem: str = ""
