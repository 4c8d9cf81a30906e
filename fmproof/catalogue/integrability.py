"""Records of the rules that derive integrability from the declared hypotheses.

A step does not name these. Their names are the words that a report prints beside a condition
that it discharged.
"""

from __future__ import annotations

from fmproof.catalogue.record import Condition, RuleRecord

TONELLI = RuleRecord(
    code="C1",
    name="Tonelli",
    title="The same absolute integral, written otherwise",
    statement_latex=(
        r"\int\!\!\int |f|\, d\mu\, d\nu < \infty \;\vdash\;"
        r" \int \Big| \int f\, d\nu \Big|\, d\mu < \infty"
    ),
    explanation=(
        "Tonelli's theorem: an integral of a nonnegative function may be taken in any order, "
        "with or without the variables that integrate to one, whether or not it is finite "
        "(Folland, Real Analysis, theorem 2.37). So |f| has the same integral under a marginal "
        "and under the joint law; and |∫ f dy| ≤ ∫ |f| dy."
    ),
    conditions=(
        Condition(
            "both laws have the same joint density, once marginals are written out",
            "a function may be integrable under one law and not under another.",
            "‖x‖² has a finite mean under N(0, 1) and none under the Cauchy law.",
            "conditions:another_law",
        ),
        Condition(
            "for an inner integral: f is integrable over all the variables jointly",
            "finite inner integrals may add up to infinity.",
            "f(s, t) = 1/s is integrable in t for every s > 0, and ∫₀¹ (∫₀¹ f dt) ds = ∞.",
            "conditions:inner_integral_too_large",
        ),
    ),
)

CAUCHY_SCHWARZ = RuleRecord(
    code="C2",
    name="Cauchy–Schwarz",
    title="Inner products of square integrable fields",
    statement_latex=(
        r"\mathbb{E}\|a\|^2 < \infty,\ \mathbb{E}\|b\|^2 < \infty \;\vdash\;"
        r" \mathbb{E}|\langle a, b \rangle| < \infty"
    ),
    explanation=(
        "The Cauchy–Schwarz inequality with 2αβ ≤ α² + β² (Folland, Real Analysis, sections 5.5 "
        "and 6.1). It is what makes the cross term of a squared distance harmless."
    ),
    conditions=(
        Condition(
            "the square of the first is integrable",
            "the product may be as large as the larger of the two.",
            "a(t) = 1/t, b = 1 on (0, 1]: ∫ ⟨a, b⟩ = ∫ 1/t = ∞.",
            "conditions:first_square",
        ),
        Condition(
            "the square of the second is integrable",
            "the same from the other side.",
            "a = 1, b(t) = 1/t on (0, 1]: ∫ ⟨a, b⟩ = ∫ 1/t = ∞.",
            "conditions:second_square",
        ),
    ),
)

JENSEN = RuleRecord(
    code="C3",
    name="Jensen",
    title="A conditional expectation is square integrable when what it averages is",
    statement_latex=(
        r"\int\!\!\int \|f\|^2 j\, dz\, dx < \infty \;\vdash\; \int \|u\|^2 m\, dx < \infty"
        r" \quad\text{for } u := \int f\, \frac{j}{m}\, dz,\ m := \int j\, dz"
    ),
    explanation=(
        "Where m(x) > 0, j/m is a probability density in z and u(x) is the mean of f under it, "
        "so ‖u‖² ≤ ∫ ‖f‖² (j/m) dz by Jensen's inequality; where m(x) = 0 nothing is added "
        "(Durrett, section 4.1, conditional Jensen). This makes a marginal field square "
        "integrable when the conditional field is."
    ),
    conditions=(
        Condition(
            "what is averaged is square integrable under the joint law",
            "an average is not smaller than what it averages when that is constant in z.",
            "x and z uniform on (0, 1), u(x|z) = 1/√|x|: the average is 1/√|x| as well, and "
            "E‖u(x)‖² = ∫ 1/x = ∞.",
            "conditions:values_not_square_integrable",
        ),
        Condition(
            "the denominator is the marginal of the numerator, by definition",
            "j/m need not be a probability density, and u may be much larger than f.",
            "u(x|z) = 1, x from the Cauchy law p, but divided by m(x) = 2/(π(1 + x²)²): "
            "u = p/m = (1 + x²)/2, and ∫ u² m = ∞ although E‖u(x|z)‖² = 1.",
            "conditions:weight_not_the_marginal",
        ),
        Condition(
            "the joint weight is ≥ 0 by its form",
            "a weight that changes sign averages to values outside the range of f.",
            "f(s) = cos πs, j(s, t) = cos πs + t on the unit square: m(t) = t, u(t) = 1/(2t), "
            "and ∫ m u² = ∫ 1/(4t) = ∞ although f and j are bounded.",
            "conditions:weight_changes_sign",
        ),
    ),
)

PARALLELOGRAM = RuleRecord(
    code="C4",
    name="parallelogram",
    title="Sums of square integrable fields",
    statement_latex=(
        r"\mathbb{E}\|a_i\|^2 < \infty \;\vdash\; \mathbb{E}\Big\|\sum_i a_i\Big\|^2 < \infty"
    ),
    explanation=(
        "‖a + b‖² + ‖a − b‖² = 2‖a‖² + 2‖b‖², the parallelogram law, so ‖a + b‖² ≤ 2‖a‖² + 2‖b‖² "
        "(Folland, Real Analysis, section 5.5)."
    ),
    conditions=(
        Condition(
            "the square of each summand is integrable",
            "one summand can be too large by itself.",
            "a = 1, b(t) = 1/√t on (0, 1]: ∫ ‖a + b‖² ≥ ∫ 1/t = ∞ although ∫ ‖a‖² = 1.",
            "conditions:square_of_one_summand",
        ),
    ),
)

SECOND_MOMENTS = RuleRecord(
    code="C5",
    name="second moments",
    title="Square integrable fields are integrable under a finite measure",
    statement_latex=(
        r"\int \|f\|^2\, w < \infty,\ \int w < \infty \;\vdash\; \int \|f\|\, w < \infty"
    ),
    explanation=(
        "The inclusion of L² in L¹ for finite measures (Folland, Real Analysis, section 6.1, "
        "proposition 6.12)."
    ),
    conditions=(
        Condition(
            "the square is integrable",
            "nothing else bounds f.",
            "f(t) = 1/t on (0, 1]: ∫ f = ∞.",
            "conditions:second_moment_infinite",
        ),
        Condition(
            "the weight is integrable",
            "on an infinite measure a function may be small and still have too much mass.",
            "f(x) = 1/(1 + |x|) on the line, w = 1: ∫ f² = 2, but ∫ f = ∞.",
            "conditions:weight_not_integrable",
        ),
    ),
)

SUMS = RuleRecord(
    code="C6",
    name="sums",
    title="Sums of integrable functions",
    statement_latex=r"f_i \text{ integrable} \;\vdash\; \sum_i f_i \text{ integrable}",
    explanation=(
        "|f + g| ≤ |f| + |g| (Folland, Real Analysis, section 2.3). Products are multiplied out "
        "first."
    ),
    conditions=(
        Condition(
            "each summand is integrable",
            "one can be too large by itself.",
            "f = 1, g(t) = 1/t on (0, 1]: ∫ (f + g) = ∞.",
            "conditions:one_summand_not_integrable",
        ),
    ),
)

CONSTANT_FACTORS = RuleRecord(
    code="C7",
    name="constant factors",
    title="Multiples of integrable functions",
    statement_latex=r"f \text{ integrable} \;\vdash\; c f \text{ integrable}",
    explanation="∫ |c f| = |c| ∫ |f| (Folland, Real Analysis, section 2.2).",
    conditions=(
        Condition(
            "the function itself is integrable",
            "a multiple is no smaller.",
            "f(t) = 1/t on (0, 1]: ∫ 2 f = ∞.",
            "conditions:multiple_of_not_integrable",
        ),
        Condition(
            "the factor does not contain the integrated variables",
            "the product of two integrable functions need not be integrable.",
            "f(t) = g(t) = 1/√t on (0, 1]: both are integrable, and ∫ f g = ∫ 1/t = ∞.",
            "conditions:factor_not_constant",
        ),
    ),
)

CANCELLING = RuleRecord(
    code="C8",
    name="cancelling",
    title="A ratio times its denominator",
    statement_latex=r"a f \text{ integrable} \;\vdash\; b\, \frac{a}{b}\, f \text{ integrable}",
    explanation=(
        "b·(a/b) is a where b ≠ 0 and 0 elsewhere, so it is no larger than a. Unlike `cancel`, "
        "which claims equality, this needs nothing about where b vanishes."
    ),
    conditions=(
        Condition(
            "the numerator is integrable",
            "where b ≠ 0 the product is the numerator.",
            "f(t) = 1/t, g = 1 on (0, 1]: ∫ g·(f/g) = ∫ 1/t = ∞.",
            "conditions:numerator_not_integrable",
        ),
        Condition(
            "the factor is the denominator",
            "another denominator may be small where the factor is not.",
            "f = g = 1, h(t) = t on (0, 1]: ∫ g·(f/h) = ∫ 1/t = ∞.",
            "conditions:another_denominator",
        ),
    ),
)

FINITE_MEASURE = RuleRecord(
    code="C9",
    name="finite measure",
    title="Constants",
    statement_latex=r"\vdash \mathbb{E}|c| < \infty \qquad \vdash \int_a^b |c|\, dt < \infty",
    explanation="A law has mass one, and an interval has finite length.",
    conditions=(
        Condition(
            "the measure is finite: made of laws and bounded intervals",
            "a nonzero constant has an infinite integral over the whole space.",
            "∫ 1 dx over the line is infinite.",
            "conditions:infinite_measure",
        ),
    ),
)

INTEGRABILITY = (
    TONELLI,
    CAUCHY_SCHWARZ,
    JENSEN,
    PARALLELOGRAM,
    SECOND_MOMENTS,
    SUMS,
    CONSTANT_FACTORS,
    CANCELLING,
    FINITE_MEASURE,
)
