"""Records of what a step may name that is no rule."""

from __future__ import annotations

from fmproof.catalogue.record import Rule

AUTO = Rule(
    code="T1",
    name="auto",
    title="Decide a step by normal forms",
    stated="⊢ a = b when both have the same normal form",
    statement_latex=r"\vdash a = b \quad\text{when } \operatorname{nf}(a) = \operatorname{nf}(b)",
    explanation=(
        "Losses and names are unfolded, squares expanded, every expectation taken under the "
        "joint law and split into monomials, unused draws dropped, and a conditional field "
        "replaced by its conditional expectation wherever the rest of the monomial does not "
        "depend on the conditioning variable; where that does not settle it and the lines have "
        "integrals, everything is written as integrals. Each move is one of the kernel's rules, "
        "so what comes out is a theorem with their conditions. When the forms differ, their "
        "difference is shown as what is left over."
    ),
    unconditional=(
        "it adds none of its own: the conditions of the rules that it used are asked as if the "
        "step had named them."
    ),
)

TACTICS = (AUTO,)
