"""Derivations: a proved equation line by line, each line checked at the gate.

    left as written = left written simply = right written simply = right as written

The normal forms decide an equation in one step; a person wants to see where the deltas and the borders went. Every
line is proposed by `simplified` and shown only if the gate proves it equal to the line before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from symconv.errors import Undecided
from symconv.kernel.general import gate
from symconv.kernel.general.gate import Goal, Theorem
from symconv.kernel.terms import Lambda
from symconv.prover.simplified import Contraction, Simplifier
from symconv.prover.written import written_alike

_LEFT, _RIGHT = "definition of the left side", "definition of the right side"
_SAME = "the same products with the same coefficients"


@dataclass(frozen=True, eq=False)
class Line:
    """A tensor that equals the one of the line before, by ``theorem``; the first line has none.

    ``reason`` says why; ``contracted`` are bound indices of which a single value contributes to the line before.
    """

    tensor: Lambda
    reason: str = ""
    theorem: Theorem | None = None
    contracted: tuple[Contraction, ...] = ()


def derivation(theorem: Theorem) -> tuple[Line, ...]:
    """The lines from the left side of a theorem to its right side; these two where nothing lies between."""
    goal = theorem.goal
    last = Line(goal.right, _RIGHT)
    proposed: list[Line] = []
    for line in _between(theorem):
        if written_alike(line.tensor, goal.right):
            last = replace(line, tensor=goal.right)
            break
        if not written_alike((proposed[-1] if proposed else Line(goal.left)).tensor, line.tensor):
            proposed.append(line)
    lines = [Line(goal.left)]
    for line in (*proposed, last):
        lines += _following(theorem, lines[-1], line)
    if lines[-1].tensor is goal.right and len(lines) > 2:
        return tuple(lines)
    return lines[0], replace(last, reason=_reason(_SAME, theorem), theorem=theorem)


def _between(theorem: Theorem) -> Iterator[Line]:
    """The two sides written simply, as far as they can be."""
    try:
        simplifier = Simplifier(theorem.goal, theorem.method)
        left = simplifier.of(theorem.goal.left)
        yield Line(left.tensor, _LEFT, None, left.contracted)
        yield Line(simplifier.of(theorem.goal.right).tensor, _SAME)
    except Undecided:
        return


def _following(theorem: Theorem, before: Line, line: Line) -> list[Line]:
    """The line, if the gate proves it equal to the one before."""
    goal: Goal = replace(theorem.goal, left=before.tensor, right=line.tensor)
    try:
        shown = gate.check(goal, theorem.method)
    except Undecided:
        return []
    return [replace(line, reason=_reason(line.reason, shown), theorem=shown)]


def _reason(reason: str, shown: Theorem) -> str:
    """The laws that a line uses; without one, the two tensors are the same sum of products."""
    return "; ".join([*([reason] if reason != _SAME or not shown.rules else []), *shown.rules])
