"""Proofs for every size as objects: what was checked at the gate, and the means to check it again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from symconv.kernel.general import gate
from symconv.kernel.general.gate import Theorem
from symconv.prover.derivation import Line, derivation
from symconv.prover.telling import derivation_text


@dataclass(frozen=True)
class Proof:
    """The theorems, one for each ``=`` of a claim, that make it a proof for every size; `print` tells it line by line.

    >>> from symconv import Tensor, claim, equal, eye, matmul, prove
    >>> @claim
    ... def the_identity_changes_nothing(x: Tensor["n"]):
    ...     return equal(matmul(eye(x.shape[0]), x), x)
    >>> print(prove(the_identity_changes_nothing).proof)
    for 0 ≤ i < n:
      Σ_a=0..(n-1) δ[i, a]·x[a]
    = x[i]   (the same products with the same coefficients)
    """

    theorems: tuple[Theorem, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """The laws that were used, each once."""
        return tuple(dict.fromkeys(rule for theorem in self.theorems for rule in theorem.rules))

    @cached_property
    def derivations(self) -> tuple[tuple[Line, ...], ...]:
        """For each theorem the lines from its left side to its right side, each ``=`` checked at the gate."""
        return tuple(map(derivation, self.theorems))

    def __str__(self) -> str:
        told = list(map(derivation_text, self.theorems, self.derivations))
        return told[0] if len(told) == 1 else "\n\n".join(f"step {n}\n{text}" for n, text in enumerate(told, 1))


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
