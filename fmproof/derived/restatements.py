"""What is the same under other bound names: a = a, and a theorem written otherwise."""

from __future__ import annotations

from sympy import Expr

from fmproof.derived.rule import derived
from fmproof.errors import RuleError
from fmproof.kernel.equality import congruence
from fmproof.kernel.hypotheses import assume, discharge
from fmproof.kernel.theorem import Theorem
from fmproof.lang.props import Prop
from fmproof.lang.scope import alpha_equal


@derived("E7", "equational logic, e.g. Baader & Nipkow, Term Rewriting and All That, section 3.1")
def reflexivity(term: Expr) -> Theorem:
    """⊢ a = a."""
    return congruence(term, {})


@derived("E8", "the sequent calculus, e.g. Troelstra & Schwichtenberg, Basic Proof Theory")
def restate(theorem: Theorem, prop: Prop) -> Theorem:
    """The same theorem with its conclusion under other bound names."""
    assumed = assume(prop)
    if type(theorem) is Theorem and theorem.conclusion == assumed.conclusion:
        return theorem
    if not alpha_equal(theorem.conclusion, assumed.conclusion):
        raise RuleError("restate: %s is not %s", prop, theorem.conclusion)
    return discharge(assumed, theorem)
