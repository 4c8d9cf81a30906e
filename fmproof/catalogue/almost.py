"""Records of the rules about what holds almost everywhere, or along an equation.

Like those of ``integrability``, they derive side conditions and no step names them.
"""

from __future__ import annotations

from fmproof.catalogue.record import Condition, RuleRecord

SECTIONS = RuleRecord(
    code="C10",
    name="Fubini",
    title="Almost every section; statements that hold almost everywhere",
    statement_latex=(
        r"\int\!\!\int |f|\, dy\, dx < \infty \;\vdash\;"
        r" \int |f|\, dy < \infty \text{ for almost every } x"
    ),
    explanation=(
        "The part of Fubini's theorem that speaks of sections (Folland, Real Analysis, theorem "
        "2.37): a function with a finite integral is finite almost everywhere. A set is null in "
        "the product exactly when almost all its sections are null, so nested 'almost every' is "
        "one statement and may be reordered; and what is null for Lebesgue measure is null for a "
        "law with a density."
    ),
    conditions=(
        Condition(
            "the function is integrable over all the variables",
            "without a bound on the whole no section needs to be finite.",
            "f(s, t) = 1/t: ∫₀¹ f dt = ∞ for every s.",
            "conditions:no_section_integrable",
        ),
        Condition(
            "the conclusion is for almost every value, not for every one",
            "a null set of sections does not show in the whole integral.",
            "f(s, t) = 1/t for s = 1/2, else 0, has integral 0 over the square, and its section "
            "at s = 1/2 has none.",
            "conditions:section_at_one_point",
        ),
    ),
)

ABSOLUTE_CONTINUITY = RuleRecord(
    code="C11",
    name="absolute continuity",
    title="The joint density vanishes where its marginal does",
    statement_latex=(
        r"\vdash m(x) = 0 \Rightarrow j(x, z) = 0 \text{ for almost every } x, z"
        r" \quad\text{where } m(x) := \int j(x, z)\, dz"
    ),
    explanation=(
        "A nonnegative function with integral zero is zero almost everywhere (Folland, Real "
        "Analysis, proposition 2.16). This is why p_t(x) may be cancelled from the marginal "
        "field although it may vanish: pointwise positivity is not assumed. That j ≥ 0 needs no "
        "condition here: a density is defined by a product of densities or not at all."
    ),
    conditions=(
        Condition(
            "the denominator is the marginal of the numerator, by definition",
            "two unrelated densities may live in different places.",
            "p = 1 on (0, 1), else 0, and g(x) = e^(−|x|)/2: p(x) = 0 and g(x) > 0 for x > 1.",
            "conditions:unrelated_density",
        ),
    ),
)

SUPPORT = RuleRecord(
    code="C12",
    name="support of the law",
    title="A density does not vanish on its own draws",
    statement_latex=r"\vdash p(x) \ne 0 \text{ for almost every } x \sim p",
    explanation="The probability of {p = 0} under p is ∫ p over that set, which is 0.",
    conditions=(
        Condition(
            "the variable is drawn from this density",
            "another law may draw where this density vanishes.",
            "p = 1 on (0, 1), else 0, and x from the Laplace law: p(x) = 0 for x > 1, which has "
            "positive probability.",
            "conditions:off_the_support",
        ),
    ),
)

EQUAL_FUNCTIONS = RuleRecord(
    code="C13",
    name="equality",
    title="A side condition along an equation",
    statement_latex=r"\frac{\vdash a = b}{P(b) \vdash P(a)}",
    explanation=(
        "Equals are replaced in a sign or a denominator condition, equal functions have equal "
        "derivatives, and functions that are equal almost everywhere equal integrals. The "
        "equation is a definition, or an earlier part or lemma, such as L_FM = L_CFM + C."
    ),
    conditions=(
        Condition(
            "the condition holds of the other side",
            "an equation says nothing of a sign.",
            "a = b = −1: a = b is true, a > 0 is not.",
            "others:equal_to_something_negative",
        ),
        Condition(
            "the other function is differentiable",
            "two equal functions may have the same kink.",
            "f(θ) = g(θ) = |θ| at θ = 0.",
            "conditions:equal_to_something_rough",
        ),
        Condition(
            "for differentiability: the equation holds for every θ",
            "functions that agree at one point may differ around it.",
            "f(θ) = |θ| and g(θ) = θ² agree at θ = 0, where g has a derivative and f has none.",
            "conditions:equal_at_one_parameter",
        ),
    ),
)

ALMOST = (SECTIONS, ABSOLUTE_CONTINUITY, SUPPORT, EQUAL_FUNCTIONS)
