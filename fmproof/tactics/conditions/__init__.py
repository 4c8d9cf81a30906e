"""Side conditions, derived from the declared hypotheses by search over the kernel's rules."""

from fmproof.tactics.conditions.proof import Proof
from fmproof.tactics.conditions.prover import Prover

__all__ = ["Proof", "Prover"]
