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

LINEAR_DERIVATIVE = Rule(
    code="T2",
    name="linear-derivative",
    title="Take sums and constants out of a derivative, and nothing else",
    stated="⊢ ∇(Σ cᵢ fᵢ) = Σ cᵢ ∇fᵢ, by the rule D1",
    statement_latex=r"\{f_i \text{ differentiable}\} \vdash \nabla \sum_i c_i f_i"
    r" = \sum_i c_i \nabla f_i",
    explanation=(
        "The rule `derivative` where a derivative is of a sum or a multiple. Products, densities "
        "and compositions stay as they are, so that ∇p can be spoken of before it is taken apart."
    ),
    unconditional="it adds none to those of `derivative`, which are asked.",
)

TACTICS = (AUTO, LINEAR_DERIVATIVE)
