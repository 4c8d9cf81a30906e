"""Records of the rules about order."""

from __future__ import annotations

from fmproof.catalogue.record import Condition, RuleRecord

NONNEGATIVE = RuleRecord(
    code="O1",
    name="nonnegative",
    title="What is ≥ 0 by its form",
    statement_latex=r"\vdash 0 \le \|a\|^2 \qquad \vdash a \le b \quad\text{if } b - a \ge 0",
    explanation=(
        "Sums, products, quotients and integrals of nonnegative numbers are nonnegative, and "
        "squares, densities and declared weights are. A step with relation='≤' or '≥' names "
        "this rule, and the difference of its two lines must have such a form; or it names auto, "
        "which looks for a mean square that makes up the difference."
    ),
    conditions=(
        Condition(
            "the form of the term shows its sign",
            "an inner product, or a function that is not declared ≥ 0, may be negative.",
            "a = 1, b = −1 and t~U[0, 1]: 0 ≤ E⟨a, b⟩ would say 0 ≤ −1.",
            "others:sign_not_clear",
        ),
    ),
)

POSITIVE = RuleRecord(
    code="O2",
    name="positive",
    title="What is > 0, part by part",
    statement_latex=(
        r"\{a, b > 0\} \vdash a b,\ \tfrac{a}{b},\ \sqrt{a} > 0"
        r"\qquad \{a > 0\} \vdash a + \|b\|^2 > 0 \qquad \vdash e^a > 0"
        r"\qquad \{a \ne 0\} \vdash |a| > 0"
        r"\qquad \{f \text{ integrable},\ f > 0 \text{ almost everywhere}\} \vdash \int f > 0"
    ),
    explanation=(
        "Positive numbers are closed under products, quotients and roots, and under adding what is "
        "≥ 0. The exponential and the Gaussian density are positive everywhere, also far out, "
        "where a computer would round them to 0. What is ≥ 0 by its form and not 0 is positive. "
        "So is the integral of a positive function: a marginal density, of Gaussian kernels say."
    ),
    conditions=(
        Condition(
            "each part of a product, ratio or root is > 0",
            "one negative factor turns the sign.",
            "a = −1, b = 1: a b = −1.",
            "others:factor_not_positive",
        ),
        Condition(
            "for |a| > 0, and for what is ≥ 0 by its form: it is not 0",
            "absolute values and squares may vanish.",
            "a = 0: |a| = 0.",
            "others:modulus_of_zero",
        ),
        Condition(
            "in a sum with one positive summand, the others are ≥ 0 by their form",
            "a negative summand may outweigh it.",
            "a = 1, b = −2: a > 0, and a + b = −1.",
            "others:other_summand_negative",
        ),
        Condition(
            "in an integral: the function is > 0 almost everywhere",
            "where it is negative it takes away.",
            "f = −1 on [0, 1]: ∫ f = −1.",
            "others:integrand_negative",
        ),
        Condition(
            "in an integral: the function is integrable",
            "an integral that diverges is 0 by convention.",
            "f(t) = 1/t on (0, 1]: ∫ f = ∞.",
            "others:positive_and_not_integrable",
        ),
        Condition(
            "for 0 ≤ a: a > 0, unless its form shows the sign",
            "nothing else bounds it from below.",
            "a = −1.",
            "others:below_zero",
        ),
        Condition(
            "for 0 ≤ a b and 0 ≤ a/b: both are ≥ 0",
            "one negative factor turns the sign.",
            "a = −1, b = 1: a b = −1.",
            "others:product_below_zero",
        ),
    ),
)

NONZERO = RuleRecord(
    code="O3",
    name="nonzero",
    title="Denominators that do not vanish",
    statement_latex=(
        r"\{b > 0\} \vdash b \ne 0 \qquad"
        r"\{b_1 = 0 \Rightarrow a = 0,\ b_2 = 0 \Rightarrow a = 0\} \vdash"
        r" b_1 b_2 = 0 \Rightarrow a = 0"
    ),
    explanation=(
        "A denominator is written with what stands above it: b = 0 ⇒ a = 0. That b ≠ 0 is the same "
        "with a = 1. A product, or a quotient under a/0 = 0, vanishes where one of its parts does, "
        "so each part is looked at by itself."
    ),
    conditions=(
        Condition(
            "the denominator is > 0",
            "it may be 0.",
            "a = 1, b = 0.",
            "others:denominator_is_zero",
        ),
        Condition(
            "for a product: the same is known of each factor",
            "one factor that vanishes is enough.",
            "a = 1, b = 0, c = 1: b c = 0, and a is not.",
            "others:factor_is_zero",
        ),
    ),
)

ORDER = (NONNEGATIVE, POSITIVE, NONZERO)
