"""An equation under one more hypothesis, which the kernel has no rule of its own for."""

from __future__ import annotations

from sympy import S

from fmproof.kernel.equality import transitivity
from fmproof.kernel.hypotheses import assume
from fmproof.kernel.ring import linear_combination
from fmproof.kernel.theorem import Theorem
from fmproof.lang.props import Equals


def weakened(theorem: Theorem, equation: Equals) -> Theorem:
    """From A ⊢ a = b: A, c = d ⊢ a = b, since b − b = 0·(c − d)."""
    nothing = linear_combination(assume(equation), S.Zero, theorem.rhs, theorem.rhs)
    return transitivity(theorem, nothing)
