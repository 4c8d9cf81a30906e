"""Signs and inequalities."""

from __future__ import annotations

from typing import Any

from sympy import Expr, S

from fmproof.errors import RuleError
from fmproof.kernel.ring import polynomial
from fmproof.kernel.rule import require, rule
from fmproof.kernel.theorem import Sequent, Theorem, infer
from fmproof.lang.arithmetic import add, mul
from fmproof.lang.node import is_nonnegative, shown
from fmproof.lang.props import AtMost

ORDER = "Rudin, Principles of Mathematical Analysis, proposition 1.18 and theorem 11.23"


@rule("O1", ORDER)
def nonnegativity(term: Expr) -> Sequent:
    """⊢ 0 ≤ a for squares, densities, weights, and their sums, products and integrals."""
    if not is_nonnegative(term):
        raise RuleError(f"nonnegative: it is not clear from its form that {shown(term)} ≥ 0")
    return infer(AtMost(S.Zero, term))


@rule("O1", ORDER)
def from_difference(theorem: Theorem, lower: Expr, upper: Expr) -> Sequent:
    """From ⊢ 0 ≤ d, where d = b − a by arithmetic: ⊢ a ≤ b."""
    prop: Any = theorem.conclusion
    require(type(prop) is AtMost and prop.lhs == 0, "nonnegative", "0 ≤ d", prop)
    if polynomial(add(upper, mul(S.NegativeOne, lower))) != polynomial(prop.rhs):
        raise RuleError(
            f"nonnegative: {shown(upper)} − {shown(lower)} is not {shown(prop.rhs)} by arithmetic"
        )
    return infer(AtMost(lower, upper), after=(theorem,))
