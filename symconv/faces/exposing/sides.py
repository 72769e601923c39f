"""The sides of a claim's equations at free indices, and the chains that they make."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any

from symconv.claims import Claim
from symconv.errors import OpenOrder, SymconvError
from symconv.faces.exposing.examples import interest
from symconv.faces.exposing.formulas import formula, joined, scope_of, size_values
from symconv.faces.exposition import Chain, Formula, Line
from symconv.kernel import index as ix
from symconv.kernel.general import sets
from symconv.kernel.general.products import Constraint
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.terms import Lambda
from symconv.printing import notation as n
from symconv.printing.indices import Indices
from symconv.printing.operations import Names
from symconv.printing.writing import TooLong, Writer
from symconv.prover.general import GeneralReading
from symconv.prover.reading import Pair
from symconv.tensors.elementwise import pi
from symconv.tensors.indexing import ZeroExtended
from symconv.tensors.tensor import IndexScalar, SymbolicTensor
from symconv.verdict import Verdict

Ranges = Sequence[tuple[IndexVar, IndexTerm]]

_MOST_ORDERS = 6
"""Orders of extents that are assumed before a claim is written with numbers for its sizes."""


@dataclass(frozen=True)
class Written:
    """A claim read with as many sizes as symbols as it can be: its equations, and the sizes that are numbers.

    What is asked of its tensors later is asked under the same ``assumptions`` about its sizes. Those in ``only`` are no
    hypotheses of the claim: terms of its sizes that are at least 0 where it is written like this.
    """

    equations: list[list[Pair]]
    ranges: Ranges
    fixed: Mapping[str, int]
    names: Names
    assumptions: Sequence[Constraint]
    only: Sequence[IndexTerm] = ()

    @property
    def is_example(self) -> bool:
        """Whether it is written for some sizes alone."""
        return bool(self.fixed or self.only)


def written(claim: Claim, verdict: Verdict) -> Written | None:
    """The claim with symbolic sizes; where its body asks which is larger, for those that have the usual order.

    Where it asks for numbers, those are the sizes of its verdict.
    """
    for fixed in _fixed_sizes(claim, verdict):
        try:
            return _written_at(claim, fixed)
        except SymconvError:
            continue
    return None


def _written_at(claim: Claim, fixed: Mapping[str, int]) -> Written:
    """The claim with these sizes as numbers. Raises as the body of the claim does."""
    only: list[IndexTerm] = []
    while True:
        reading = GeneralReading(claim, fixed)
        named = [_renamed(term, reading) for term in only]
        assumptions = [*reading.assumptions, *map(Constraint, named)]
        try:
            with sets.assuming(assumptions):
                equations, names = watched(claim, reading.equations)
                for pair in (pair for equation in equations for pair in equation):
                    _ = pair.left.definition, pair.right.definition
            return Written(equations, reading.indices, fixed, names, assumptions, named)
        except OpenOrder as problem:
            term = problem.difference
            known = set(reading.sizes.values())
            if len(only) == _MOST_ORDERS or not known.issuperset(term.variables()):
                raise
            only = [*named, term]
            if sets.is_impossible(map(Constraint, only), reading.assumptions):
                raise


def _renamed(term: IndexTerm, reading: GeneralReading) -> IndexTerm:
    """A term of the sizes of another reading in those of this one."""
    return term.substitute({v: reading.terms[v.name] for v in term.variables()})


def _fixed_sizes(claim: Claim, verdict: Verdict) -> Iterable[Mapping[str, int]]:
    yield {}
    known = [verdict.counterexample.sizes] if verdict.counterexample is not None else []
    known += sorted(verdict.sizes, key=interest)[:1]
    for sizes in known:
        yield from ({name: value} for name, value in sizes.items())
        yield dict(sizes)


def watched(claim: Claim, read: Callable[[], list[list[Pair]]]) -> tuple[list[list[Pair]], Names]:
    """What is read, and the names of the tensors and literals that the claim's function has in its variables."""
    code = claim.function.__code__
    found: dict[str, Any] = {}

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "return" and frame.f_code is code:
            found.update(frame.f_locals)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        equations = read()
    finally:
        sys.setprofile(before)
    outside = getattr(claim.function, "__globals__", {})
    mentioned = {name: outside[name] for name in code.co_names if name in outside}
    parameters = {parameter.name for parameter in claim.parameters}
    kept = {name: value for name, value in (mentioned | found).items() if name not in parameters and _is_tensor(value)}
    return equations, {id(value): (name, value) for name, value in kept.items()}


def _is_tensor(value: object) -> bool:
    if isinstance(value, IndexScalar) or value is pi:
        return False  # these have a sign of their own
    return isinstance(value, SymbolicTensor | ZeroExtended | list)


class Sides:
    """Writes the tensors of one chain at its free indices."""

    def __init__(self, claim: Claim, origin: int, ranges: Ranges, tensors: Iterable[Lambda]) -> None:
        self.scope = scope_of(claim, origin)
        for variable, extent in ranges:
            self.scope.declare(variable, extent, named=True)
        self.shape = next((tensor.shape for tensor in tensors if tensor.shape), ())
        long = tuple(extent for extent in self.shape if extent.constant != 1)
        axes = iter(self.scope.axes(long))
        self.axes = tuple(None if extent.constant == 1 else next(axes) for extent in self.shape)
        """The free index along each axis; an axis of length 1 has its one place."""
        self.index = tuple(ix.ZERO if axis is None else ix.index(axis) for axis in self.axes)

    def entry(self, tensor: Lambda) -> Formula | None:
        """The entry at the free indices; ``None`` for one that is too long to be read."""
        try:
            return formula(Writer(self.scope).entry(tensor, self.index if tensor.variables else ()))
        except TooLong:
            return None

    def ranges(self) -> Formula | None:
        """Where the free indices run, those of one extent together."""
        groups: dict[IndexTerm, list[IndexVar]] = {}
        for axis, extent in zip(self.axes, self.shape, strict=True):
            if axis is not None:
                groups.setdefault(extent, []).append(axis)
        parts = [self._range(axes, extent) for extent, axes in groups.items()]
        return joined(parts) if parts else None

    def sizes(self, reading: Written) -> Formula | None:
        """The sizes for which alone it is written, where there are such: then it is an example."""
        orders = map(formula, Indices(self.scope).bounds(list(reading.only)))
        parts = [*([size_values(self.scope, reading.fixed)] if reading.fixed else []), *orders]
        return joined(parts) if parts else None

    def _range(self, axes: list[IndexVar], extent: IndexTerm) -> Formula:
        names = joined((formula(n.Symbol(self.scope.symbol(axis))) for axis in axes), ", ")
        low, high = formula(n.Integer(self.scope.origin)), formula(Indices(self.scope).value(extent))
        latex, text = (r"\le", "≤") if self.scope.origin else ("<", "<")
        return Formula(
            rf"{low.latex} \le {names.latex} {latex} {high.latex}", f"{low.text} ≤ {names.text} {text} {high.text}"
        )


_LONGEST = 520
"""Letters of LaTeX from which on a derived line hides more than it shows."""
_FILLERS = frozenset({"by definition", "simplified", "the same sum of products"})
"""Reasons that say little beside others."""


def chain(number: int, lines: Iterable[Line], ranges: Formula | None, sizes: Formula | None = None) -> Chain:
    """A chain without detours.

    A line that looks like the one before gives it its reason; derived lines that lead back to an earlier one are left
    out; so is a derived line that nobody would read, or that is longer than its neighbours: it leaves its reason to the
    next.
    """
    kept: list[Line] = []
    for line in lines:
        known = next((place for place, each in enumerate(kept) if each.formula == line.formula), None)
        if known is not None and all(each.derived for each in kept[known + 1 :]):
            reasons = kept[known].reason, line.reason if known == len(kept) - 1 else ""
            kept = [*kept[:known], replace(kept[known], reason=_together(*reasons) if known else "")]
        else:
            kept.append(line)
    return Chain(number, tuple(_readable(_brief(kept))), ranges, sizes=sizes)


def _brief(lines: Sequence[Line]) -> list[Line]:
    """The lines without derived ones that nobody would read; the last line stays."""
    kept: list[Line] = []
    reason = ""
    for place, line in enumerate(lines):
        told = replace(line, reason=_together(reason, line.reason)) if reason else line
        if line.derived and _length(line) > _LONGEST and place < len(lines) - 1:
            reason = told.reason
        else:
            kept.append(told)
            reason = ""
    return kept


def _readable(kept: list[Line]) -> list[Line]:
    """The lines without derived ones that are longer than both of their neighbours; the first two stay."""
    place = 2
    while place < len(kept) - 1:
        before, line, after = kept[place - 1 : place + 2]
        if line.derived and _length(line) > 1.2 * max(_length(before), _length(after)):
            kept[place : place + 2] = [replace(after, reason=_together(line.reason, after.reason))]
        else:
            place += 1
    return kept


def _length(line: Line) -> int:
    return len(line.formula.latex)


def _together(*reasons: str) -> str:
    words = dict.fromkeys(word for reason in reasons if reason for word in reason.split("; "))
    telling = [word for word in words if word not in _FILLERS]
    return "; ".join(telling or list(words)[:1])
