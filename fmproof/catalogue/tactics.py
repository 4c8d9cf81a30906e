"""Records of what a step may name that is no rule."""

from __future__ import annotations

from fmproof.catalogue.record import RuleRecord

AUTO = RuleRecord(
    code="T1",
    name="auto",
    title="Decide a step by normal forms",
    stated="⊢ a = b when both have the same normal form",
    statement_latex=r"\vdash a = b \quad\text{when } \operatorname{nf}(a) = \operatorname{nf}(b)",
    explanation=(
        "The lines are brought to one form after another, until they agree and what that needs "
        "follows from the hypotheses: fractions; plain integrals; expectations under the joint "
        "law, one monomial in each, unused draws dropped, and an average replaced by what it "
        "averages wherever the rest of the monomial is a function of what is given; the same with "
        "definitions unfolded, scores of mixtures, derivatives and conditional expectations worked "
        "out, or a sum that a hypothesis is about kept together; gradients of functions that "
        "differ by a constant; what a few methods one after another give; everything written as "
        "integrals. First with the lemmas that the step names, then with all that is proved or "
        "assumed above. Each move is one of the kernel's rules, so what comes out is a theorem "
        "with their conditions. It gives up after five seconds of computation, and what is left "
        "over in the last form is shown."
    ),
    unconditional=(
        "it adds none of its own: the conditions of the rules that it used are asked as if the "
        "step had named them."
    ),
)

LINEAR_DERIVATIVE = RuleRecord(
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
