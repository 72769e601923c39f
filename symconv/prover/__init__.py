"""Who decides what is tried: the bounded proof, the refutation, the spot check."""

from symconv.prover.decide import prove
from symconv.prover.proof import Proof, replay

__all__ = ["Proof", "prove", "replay"]
