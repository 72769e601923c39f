"""Proofs for every size as objects: what was checked at the gate, and the means to check it again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from symconv.kernel.general import gate
from symconv.kernel.general.gate import Theorem
from symconv.prover.derivation import Line, derivation


@dataclass(frozen=True)
class Proof:
    """The theorems, one for each ``=`` of a claim, that make it a proof for every size."""

    theorems: tuple[Theorem, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """The laws that were used, each once."""
        return tuple(dict.fromkeys(rule for theorem in self.theorems for rule in theorem.rules))

    @cached_property
    def derivations(self) -> tuple[tuple[Line, ...], ...]:
        """For each theorem the lines from its left side to its right side, each ``=`` checked at the gate."""
        return tuple(map(derivation, self.theorems))


def replay(proof: Any) -> Proof:
    """Check a proof again, step by step, through the same gate.

    Raises: Undecided when a step does not pass; TypeError for what is no proof (a bounded proof keeps none).

    >>> from symconv import Tensor, claim, equal, prove
    >>> @claim
    ... def adding_commutes(x: Tensor["n"], y: Tensor["n"]):
    ...     return equal(x + y, y + x)
    >>> len(replay(prove(adding_commutes).proof).theorems)
    1
    """
    if not isinstance(proof, Proof):
        raise TypeError(f"replay takes verdict.proof of a claim that is proved for every size, not {proof!r}")
    return Proof(tuple(map(gate.replay, proof.theorems)))
