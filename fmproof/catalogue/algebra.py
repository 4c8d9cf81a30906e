"""Records of the rules of algebra."""

from __future__ import annotations

from fmproof.catalogue.record import Condition, RuleRecord

SQUARE = RuleRecord(
    code="A1",
    name="square",
    also=("bilinearity",),
    title="Expand an inner product, or complete a square",
    statement_latex=r"\vdash \|a - b\|^2 = \|a\|^2 - 2\langle a, b \rangle + \|b\|^2",
    explanation=(
        "The inner product is bilinear and symmetric (Rudin, Principles of Mathematical "
        "Analysis, chapter 1). Both lines of a step are expanded, so the rule completes squares "
        "as well as it expands them."
    ),
    unconditional="an inner product of vectors is a finite sum of products of real numbers.",
)

CANCEL = RuleRecord(
    code="A2",
    name="cancel",
    title="Cancel a denominator",
    statement_latex=r"\{b = 0 \Rightarrow a = 0\} \vdash b \cdot \frac{a}{b} = a",
    explanation=(
        "Where b ≠ 0 this is arithmetic. Where b = 0 the convention a/0 = 0 makes the left side "
        "0, so a has to be 0 there. Under an integral 'there' means almost everywhere, and for a "
        "marginal density and the joint density it comes from, the condition is automatic (see "
        "`absolute continuity`)."
    ),
    conditions=(
        Condition(
            "the numerator vanishes (almost everywhere) where the denominator does",
            "dividing by b and multiplying by it again removes what lies where b = 0.",
            "p = 1 on (0, 1), else 0, and g(x) = e^(−|x|)/2: ∫ p·(g/p) is the mass of g in "
            "(0, 1), that is (1 − 1/e)/2, while ∫ g = 1.",
            "others:denominator_vanishes",
        ),
    ),
)

ALGEBRA = (SQUARE, CANCEL)
