"""Side conditions, derived from the declared hypotheses by search over the kernel's rules."""

from fmproof.tactics.conditions.proof import ConditionProof
from fmproof.tactics.conditions.prover import Prover

__all__ = ["ConditionProof", "Prover"]
