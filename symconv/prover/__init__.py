"""Who decides what is tried: the bounded proof, the refutation, the spot check."""

from symconv.prover.decide import prove

__all__ = ["prove"]
