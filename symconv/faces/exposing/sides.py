"""The sides of a claim's equations at free indices, and the chains that they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from symconv.claims import Claim
from symconv.errors import SymconvError
from symconv.faces.exposing.formulas import formula, joined, scope_of, size_values
from symconv.faces.exposition import Chain, Formula, Line
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.terms import Lambda
from symconv.printing import notation as n
from symconv.printing.indices import Indices
from symconv.printing.writing import TooLong, Writer
from symconv.prover.general import GeneralReading
from symconv.prover.reading import Pair
from symconv.verdict import Verdict

Ranges = Sequence[tuple[IndexVar, IndexTerm]]


@dataclass(frozen=True)
class Written:
    """A claim read with as many sizes as symbols as it can be: its equations, and the sizes that are numbers."""

    equations: list[list[Pair]]
    ranges: Ranges
    fixed: Mapping[str, int]


def written(claim: Claim, verdict: Verdict) -> Written | None:
    """The claim with symbolic sizes; where its body asks for numbers, with those of its verdict."""
    for fixed in _fixed_sizes(claim, verdict):
        try:
            reading = GeneralReading(claim, fixed)
            equations = reading.equations()
            for pair in (pair for equation in equations for pair in equation):
                _ = pair.left.definition, pair.right.definition
        except SymconvError:
            continue
        return Written(equations, reading.indices, fixed)
    return None


def _fixed_sizes(claim: Claim, verdict: Verdict) -> Iterable[Mapping[str, int]]:
    yield {}
    known = [verdict.counterexample.sizes] if verdict.counterexample is not None else []
    known += [sizes for sizes in verdict.sizes if max(sizes.values(), default=0) > 1][:1] or list(verdict.sizes[:1])
    for sizes in known:
        yield from ({name: value} for name, value in sizes.items())
        yield dict(sizes)


class Sides:
    """Writes the tensors of one chain at its free indices."""

    def __init__(self, claim: Claim, origin: int, ranges: Ranges, tensors: Iterable[Lambda]) -> None:
        self.scope = scope_of(claim, origin)
        for variable, extent in ranges:
            self.scope.declare(variable, extent, named=True)
        self.shape = next((tensor.shape for tensor in tensors if tensor.shape), ())
        self.axes = self.scope.axes(self.shape)

    def entry(self, tensor: Lambda) -> Formula | None:
        """The entry at the free indices; ``None`` for one that is too long to be read."""
        try:
            return formula(Writer(self.scope).entry(tensor, self.axes if tensor.variables else ()))
        except TooLong:
            return None

    def ranges(self, fixed: Mapping[str, int]) -> Formula | None:
        """Where the free indices run, those of one extent together; and the sizes that are numbers here."""
        groups: dict[IndexTerm, list[IndexVar]] = {}
        for axis, extent in zip(self.axes, self.shape, strict=True):
            groups.setdefault(extent, []).append(axis)
        parts = [self._range(axes, extent) for extent, axes in groups.items()]
        parts += [size_values(self.scope, fixed)] if fixed else []
        return joined(parts) if parts else None

    def _range(self, axes: list[IndexVar], extent: IndexTerm) -> Formula:
        names = joined((formula(n.Symbol(self.scope.symbol(axis))) for axis in axes), ", ")
        low, high = formula(n.Integer(self.scope.origin)), formula(Indices(self.scope).value(extent))
        latex, text = (r"\le", "≤") if self.scope.origin else ("<", "<")
        return Formula(
            rf"{low.latex} \le {names.latex} {latex} {high.latex}", f"{low.text} ≤ {names.text} {text} {high.text}"
        )


def chain(number: int, lines: Iterable[Line], ranges: Formula | None) -> Chain:
    """A chain in which a line that looks like the one before gives it its reason too."""
    kept: list[Line] = []
    for line in lines:
        if kept and kept[-1].formula == line.formula:
            reasons = [reason for reason in (kept[-1].reason, line.reason) if reason]
            if len(kept) > 1:
                kept[-1] = replace(kept[-1], reason="; ".join(dict.fromkeys(reasons)))
            continue
        kept.append(line)
    return Chain(number, tuple(kept), ranges)
