"""The rules that treat hypotheses."""

from __future__ import annotations

from fmproof.kernel.rule import rule
from fmproof.kernel.theorem import Sequent, Theorem, infer
from fmproof.lang.props import Prop
from fmproof.lang.scope import canon

SEQUENTS = "the sequent calculus, e.g. Troelstra & Schwichtenberg, Basic Proof Theory, section 1.3"


@rule("E8", SEQUENTS)
def assume(prop: Prop) -> Sequent:
    """P ⊢ P."""
    return infer(prop, prop)


@rule("E8", SEQUENTS)
def discharge(theorem: Theorem, condition: Theorem) -> Sequent:
    """From A, P ⊢ Q and B ⊢ P: A, B ⊢ Q. Does nothing if P is not among the hypotheses."""
    key = canon(condition.conclusion)
    remaining = tuple(prop for prop in theorem.hypotheses if canon(prop) != key)
    if len(remaining) == len(theorem.hypotheses):
        return infer(theorem.conclusion, after=(theorem,))
    return infer(theorem.conclusion, *condition.hypotheses, *remaining)
