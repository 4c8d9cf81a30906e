"""Records of the rules about integrals and expectations."""

from __future__ import annotations

from fmproof.catalogue.record import Condition, RuleRecord

LINEARITY = RuleRecord(
    code="I1",
    name="linearity",
    title="Linearity of integrals and expectations",
    statement_latex=(
        r"\{f_i \text{ integrable}\} \vdash \int \sum_i c_i f_i = \sum_i c_i \int f_i"
        r"\qquad \{k f \text{ integrable}\} \vdash k \Big\langle a, \int f \Big\rangle"
        r" = \int k \langle a, f \rangle"
    ),
    explanation=(
        "The Lebesgue integral is linear on integrable functions (Folland, Real Analysis, "
        "section 2.3). The second form is linearity in each component of a vector. The "
        "expectation of a constant is the constant, since a density integrates to one. A single "
        "summand needs no condition: c·f is integrable exactly when f is, or c = 0. Used in both "
        "directions, under E and ∫ alike; products of sums are multiplied out first."
    ),
    conditions=(
        Condition(
            "each summand is integrable",
            "the sum may be integrable because two infinite parts cancel.",
            "t~U[0, 1], f(t) = 1/t, g(t) = 1 − 1/t: E[f + g] = 1, but neither E[f] nor E[g] is "
            "finite, so the right side diverges.",
            "integrals:summand_not_integrable",
        ),
        Condition(
            "for ⟨a, ∫ f⟩: the vector f is integrable, not only ⟨a, f⟩",
            "⟨a, f⟩ may leave out a component of f whose integral is infinite.",
            "d = 2, a = (1, 0), f(t) = (1, 1/t): ∫₀¹ ⟨a, f⟩ = 1, while ∫₀¹ f diverges in its "
            "second component.",
            "integrals:component_not_integrable",
        ),
        Condition(
            "what leaves the integral does not contain its variables",
            "outside, the variable means something else, or nothing.",
            "t~U[0, 1], f(t) = t: E[t f(t)] = 1/3, while t E[f(t)] is 1/2 for t = 1.",
            "integrals:factor_with_bound_variable",
        ),
    ),
)

EXPECTATION = RuleRecord(
    code="I2",
    name="expectation",
    title="An expectation is an integral against densities",
    statement_latex=(
        r"\{f \text{ integrable}\} \vdash \mathbb{E}_{x \sim p,\, y \sim q(\cdot|x)}[f(x, y)]"
        r" = \int \!\! \int p(x)\, q(y|x)\, f(x, y)\, dy\, dx"
    ),
    explanation=(
        "An expectation is the integral under the joint law; the joint law has the product of "
        "the densities as its density (change of variables), and Fubini's theorem turns the "
        "integral into one integral after another (Durrett, Probability: Theory and Examples, "
        "sections 1.6 and 1.7)."
    ),
    conditions=(
        Condition(
            "the body is integrable under the joint law",
            "one integral after the other may exist where the joint integral does not.",
            "f(s, t) = (s² − t²)/(s² + t²)² under two uniform laws: E[f] diverges, while the "
            "integrals one after the other give π/4.",
            "integrals:expectation_not_integrable",
        ),
    ),
)

DENSITY = RuleRecord(
    code="I3",
    name="density",
    title="A density that is constant by definition",
    stated="⊢ p(t) = 1/(b − a) for the uniform density on [a, b]",
    statement_latex=r"\vdash p(t) = \tfrac{1}{b - a} \quad\text{for } p = \mathcal{U}[a, b]",
    explanation=(
        "The uniform density carries its value as its definition, and this rule unfolds it. In "
        "particular p(t) = 1 for t~U[0, 1]. On other densities it does nothing."
    ),
    conditions=(
        Condition(
            "the density is a constant by definition",
            "the value of another density is not known.",
            "p(t) = 2t is a density on [0, 1], too. With f(t) = t, ∫ p f = 2/3 and ∫ f = 1/2.",
            "integrals:density_not_constant",
        ),
    ),
)

FUBINI = RuleRecord(
    code="I4",
    name="fubini",
    title="Swap integrals",
    statement_latex=(
        r"\{f \text{ integrable over } (x, y)\} \vdash"
        r" \int \!\! \int f\, dy\, dx = \int \!\! \int f\, dx\, dy"
    ),
    explanation=(
        "Fubini's theorem (Folland, Real Analysis, theorem 2.37; Durrett, section 1.7). The "
        "measures are σ-finite: Lebesgue measure, and the reference measure of a latent "
        "variable's space by convention."
    ),
    conditions=(
        Condition(
            "the integrand is integrable over both variables jointly",
            "the two orders may give different finite values.",
            "f(s, t) = (s² − t²)/(s² + t²)² on the unit square: π/4 with dt inside, −π/4 with "
            "ds inside.",
            "integrals:order_of_integration",
        ),
    ),
)

MARGINALISATION = RuleRecord(
    code="I5",
    name="marginalisation",
    title="A draw from a marginal is a draw from the joint law",
    statement_latex=(
        r"\vdash \mathbb{E}_{x \sim p}[f(x)] = \mathbb{E}_{z \sim q,\, x \sim p(\cdot|z)}[f(x)]"
        r"\quad\text{where } p(x) := \int p(x|z)\, q(z)\, dz"
    ),
    explanation=(
        "Forgetting z leaves x with its marginal law, and f does not look at z. By Tonelli's "
        "theorem |f| has the same integral under both laws, so f is integrable under the one "
        "exactly when it is under the other, and then the integrals agree (Durrett, section 1.7). "
        "That is why integrability is not asked."
    ),
    conditions=(
        Condition(
            "the marginal density is defined as the integral of that product of densities",
            "nothing connects the two laws.",
            "x~N(0, 1) on the left; z~N(0, 1) and x~N(z, 1) on the right, whose marginal is "
            "N(0, 2): E‖x‖² is 1 and 2.",
            "integrals:law_not_the_marginal",
        ),
    ),
)

DROP = RuleRecord(
    code="I6",
    name="drop",
    title="Remove a draw that nothing uses",
    statement_latex=(
        r"\vdash \mathbb{E}_{x \sim p,\, y \sim q}[f(x)] = \mathbb{E}_{x \sim p}[f(x)]"
        r"\qquad \vdash \int k\,p(x)\,\mathrm{d}x = k"
    ),
    explanation=(
        "A density integrates to one, so integrating over y multiplies by one. Integrability is "
        "not asked: with or without y, |f| has the same integral (Tonelli). Likewise ∫ k·p(x) dx = "
        "k for a k that is free of x."
    ),
    conditions=(
        Condition(
            "neither the body nor a later draw depends on what is dropped",
            "it would be left without a meaning, or with another one.",
            "z~N(0, 1), x~N(z, 1): E‖x‖² = 2. Without the draw of z it is 1 + z², so 1 for z = 0.",
            "integrals:draw_still_used",
        ),
        Condition(
            "an integral is over all that the density draws",
            "the mass of a part would be called one.",
            "p(t) = 1 on [0, 1]: ∫ p(t) dt over [0, 1/2] is 1/2.",
            "integrals:mass_of_a_part",
        ),
    ),
)

REORDER = RuleRecord(
    code="I7",
    name="reorder",
    title="Reorder the draws of a law",
    statement_latex=(
        r"\vdash \mathbb{E}_{x \sim p,\, y \sim q}[f(x, y)]"
        r" = \mathbb{E}_{y \sim q,\, x \sim p}[f(x, y)]"
    ),
    explanation=(
        "The joint density is the same product, and an expectation is one integral under the "
        "joint law, not one integral after another. Integrability is therefore not asked."
    ),
    conditions=(
        Condition(
            "each draw comes after the draws that it depends on",
            "drawn first, it depends on some other value of that name.",
            "z~N(0, 1), x~N(z, 1): E‖x − z‖² = 1. With x~N(w, 1) drawn first, for w = 0, it is 2.",
            "integrals:dependent_draws_swapped",
        ),
    ),
)

TOWER = RuleRecord(
    code="I8",
    name="tower",
    title="Nested expectations",
    statement_latex=(
        r"\{f \text{ integrable}\} \vdash \mathbb{E}_{x \sim p,\, y \sim q(\cdot|x)}[f]"
        r" = \mathbb{E}_{x \sim p}\big[\mathbb{E}_{y \sim q(\cdot|x)}[f]\big]"
    ),
    explanation=(
        "Fubini's theorem for a law and a conditional law, known as the tower property or the "
        "law of total expectation (Durrett, section 4.1)."
    ),
    conditions=(
        Condition(
            "the body is integrable under the joint law",
            "the inner expectations may hide infinite parts that cancel.",
            "f(s, t) = (s² − t²)/(s² + t²)² under two uniform laws: merged, swapped and split "
            "again, π/4 would equal −π/4.",
            "integrals:iterated_not_integrable",
        ),
    ),
)

SUBSTITUTION = RuleRecord(
    code="I9",
    name="substitution",
    title="Substitute a deterministic draw",
    statement_latex=(
        r"\vdash \mathbb{E}_{z \sim q,\, x := a(z)}[f(x, z)] = \mathbb{E}_{z \sim q}[f(a(z), z)]"
    ),
    explanation=(
        "A deterministic draw x := a has all its mass at one point, so averaging over it is "
        "evaluating there. This is how x_t = (1 − t) x₀ + t x₁ is drawn: the path given both ends "
        "has no density, and needs none."
    ),
    unconditional=(
        "a function is integrable against a point mass, whatever its value; with x or with a in "
        "its place, |f| has the same integral."
    ),
)

INTEGRAL_RULES = (
    LINEARITY,
    EXPECTATION,
    DENSITY,
    FUBINI,
    MARGINALISATION,
    DROP,
    REORDER,
    TOWER,
    SUBSTITUTION,
)
