"""Records of the rules about derivatives and minimisers."""

from __future__ import annotations

from fmproof.catalogue.record import Condition, RuleRecord

DERIVATIVE = RuleRecord(
    code="D1",
    name="derivative",
    title="Differentiate a sum, product, ratio or composition",
    statement_latex=(
        r"\{f, g \text{ differentiable}\} \vdash \nabla (c f + g) = c\, \nabla f + \nabla g"
        r"\qquad \nabla (f g) = g\, \nabla f + f\, \nabla g"
        r"\qquad \operatorname{div} (f v) = \langle \nabla f, v \rangle + f \operatorname{div} v"
        r"\qquad \partial_t \log f = \tfrac{1}{f}\, \partial_t f"
    ),
    explanation=(
        "The rules of calculus, for ∇ in a vector or a parameter, ∂ in a real variable and the "
        "divergence: linearity, the product and quotient rules, the chain rule, and the "
        "derivatives of exp, log, √, |·| and the Gaussian density (Rudin, Principles of "
        "Mathematical Analysis, chapters 5 and 9). Each step takes the outermost operation apart. "
        "A constant multiple of one function plus a constant needs nothing: it is differentiable "
        "where the function is. Derivative and integral are never exchanged by this rule; "
        "`exchange` does that."
    ),
    conditions=(
        Condition(
            "with more than one summand that depends on the variable: each is differentiable",
            "kinks may cancel in the sum.",
            "f(θ) = |θ|, g(θ) = θ − |θ|: the gradient of f + g is 1 everywhere, and f and g have "
            "none at θ = 0, so the right side diverges there.",
            "calculus:summand_not_differentiable",
        ),
        Condition(
            "what is taken out of the derivative does not contain its variable",
            "a factor that contains θ has a derivative of its own.",
            "f(θ) = g(θ) = θ: ∇(f g) = 2θ, so 2 at θ = 1, while f ∇g is 1.",
            "calculus:factor_depends_on_parameter",
        ),
        Condition(
            "each factor of a product is differentiable",
            "roots may multiply to something smooth.",
            "f(t) = √|t|, g(t) = t/√|t|: f g is t and has the derivative 1 at t = 0, where f and g "
            "have none, so the right side diverges.",
            "calculus:factor_not_differentiable",
        ),
        Condition(
            "the denominator of a ratio is not 0",
            "a/0 = 0 may close a gap that the formula does not see.",
            "f(t) = t², g(t) = t: f/g is t, with the derivative 1 at t = 0, where all terms of the "
            "quotient rule are 0.",
            "calculus:quotient_at_zero",
        ),
        Condition(
            "what stands under a logarithm or a root is > 0",
            "log a = 0 for a ≤ 0 by convention, so its derivative there is not 1/a.",
            "f(t) = t at t = −1: log f is 0 around it and has the derivative 0, while f'/f is −1.",
            "calculus:logarithm_of_negative",
        ),
        Condition(
            "the variance of a Gaussian density is > 0",
            "N(x; m, v) for v ≤ 0 is N(x; m, I) by convention, and the formula divides by v.",
            "v = 0, x = 1: the gradient in x is −exp(−1/2)/√(2π), the formula gives 0.",
            "calculus:variance_not_positive",
        ),
        Condition(
            "a function of several arguments that move is differentiable in all of them jointly",
            "partial derivatives say nothing of the directions between the axes.",
            "f(s, t) = s² t/(s² + t²), and 0 at the origin: f(t, t) = t/2 has the derivative 1/2, "
            "both partial derivatives at the origin are 0.",
            "calculus:not_jointly_differentiable",
        ),
    ),
)

DIFFERENTIABLE = RuleRecord(
    code="D2",
    name="derivatives",
    also=("differentiable",),
    title="Where a derivative exists",
    statement_latex=(
        r"\{f, g \text{ differentiable at } s\} \vdash c f + g,\ f g,\ f \circ g,\ e^f"
        r" \text{ differentiable at } s"
        r"\qquad \{\ldots,\ f(s) > 0\} \vdash \log f,\ \sqrt{f},\ \tfrac{1}{f}"
        r" \text{ differentiable at } s"
    ),
    explanation=(
        "Differentiability is said of a function at a place, and means Fréchet's derivative; "
        "everywhere is 'for every x'. Sums, products, quotients and compositions have a derivative "
        "where their parts have (Rudin, Principles of Mathematical Analysis, chapters 5 and 9). "
        "Nothing is asked of the derivative: x² sin(1/x), with 0 at 0, is differentiable "
        "everywhere though its derivative jumps about near 0. An integral is differentiable where "
        "the derivative of its body is dominated (see `exchange`)."
    ),
    conditions=(
        Condition(
            "each part is differentiable",
            "a kink stays.",
            "f(θ) = θ, g(θ) = |θ|: f + g has no derivative at 0.",
            "calculus:one_summand_not_differentiable",
        ),
        Condition(
            "a function of several arguments that move is differentiable in all of them jointly",
            "partial derivatives do not even make it continuous along the diagonal.",
            "f(s, t) = s t/(s² + t²) + |s|, and 0 at the origin: f(t, t) = 1/2 + |t| for t ≠ 0, "
            "and f(0, 0) = 0.",
            "calculus:continuous_in_each_variable_only",
        ),
        Condition(
            "a denominator is not 0 there",
            "a ratio runs away where its denominator vanishes.",
            "g(t) = t: 1/g has no derivative at 0.",
            "calculus:reciprocal_at_zero",
        ),
        Condition(
            "what stands under a logarithm is > 0 there",
            "the logarithm runs away at 0.",
            "f(t) = t: log f falls to −∞ as t falls to 0.",
            "calculus:logarithm_at_zero",
        ),
        Condition(
            "what stands under a root is > 0 there",
            "the root is vertical at 0.",
            "f(t) = t: √f has no derivative at 0.",
            "calculus:root_at_zero",
        ),
        Condition(
            "for an absolute value: what it is of is not 0 there",
            "it has a kink.",
            "f(t) = t: |f| has no derivative at 0.",
            "calculus:modulus_at_zero",
        ),
        Condition(
            "the variance of a Gaussian density is > 0 there",
            "the density collapses as its variance falls to 0.",
            "f(t) = t, x = 1: N(x; 0, t) tends to 0 as t falls to 0, where by convention it is the "
            "density of N(0, I), about 0.24.",
            "calculus:variance_reaches_zero",
        ),
        Condition(
            "for an integral: the derivative of its body is dominated",
            "each slice may be smooth, and the mass between the slices move.",
            "f(s, t) = t/|s| e^(−t/|s|), and 0 for s = 0: for every t > 0 the derivative in s at "
            "0 is 0, and ∫₀¹ f dt, nearly |s|, has none.",
            "calculus:integral_of_escaping_mass",
        ),
    ),
)

EXCHANGE = RuleRecord(
    code="D3",
    name="exchange",
    also=("domination", "bounded gradients"),
    title="Differentiate under an integral or expectation",
    statement_latex=(
        r"\{|\nabla f| \le g \text{ near } s,\ \textstyle\int g < \infty\} \vdash"
        r" \nabla \int f = \int \nabla f \quad\text{at } s"
    ),
    explanation=(
        "Dominated convergence for difference quotients (Folland, Real Analysis, theorem 2.27): "
        "the body is integrable at the place, and in a ball around it one integrable function "
        "bounds the derivative for almost every value of the integrated variables. Then the "
        "derivative is there for almost every value, and integrable. For a Gaussian kernel the "
        "bound need not be declared: its gradient is bounded in x and in m, so k·N(x; m, v) is "
        "dominated when k is integrable, and this is asked with v > 0. (For v ≤ 0 the convention "
        "makes it N(x; m, I), where the same holds.)"
    ),
    conditions=(
        Condition(
            "the derivative of the body is dominated near the place",
            "mass may escape to where no single slice sees it.",
            "f(s, t) = t/s e^(−t/|s|), and 0 for s = 0: ∫₀¹ f dt is nearly s and has the "
            "derivative 1 at s = 0, where ∂f/∂s is 0 for every t > 0.",
            "calculus:mass_escapes",
        ),
        Condition(
            "the measure does not depend on the variable",
            "a law that moves has a derivative of its own.",
            "t drawn from the density 1 + s (2t − 1) on [0, 1], f(t) = t: E[f] = 1/2 + s/6 has the "
            "derivative 1/6 in s, and E[∂f/∂s] is 0.",
            "calculus:law_depends_on_variable",
        ),
        Condition(
            "for the derivative to be integrable: it is dominated near the place",
            "a body that is integrable may have a derivative that is not.",
            "f(s, t) = s/t on (0, 1] at s = 0: f is 0, and ∂f/∂s = 1/t has no finite integral.",
            "calculus:derivative_not_integrable",
        ),
        Condition(
            "for a Gaussian kernel: its weight is integrable",
            "a bounded kernel does not mend a weight that is too large.",
            "k(t) = 1/t on (0, 1]: the gradient of k(t) N(x; 0, 1) in x at x = 1 is −k(t) N(1; 0, "
            "1).",
            "calculus:weight_of_gaussian_not_integrable",
        ),
        Condition(
            "for a Gaussian kernel: its weight does not contain the variable",
            "the weight has a derivative of its own.",
            "k(x, t) = x/t on (0, 1] at x = 0: k is 0 there, its derivative is 1/t.",
            "calculus:weight_of_gaussian_moves",
        ),
        Condition(
            "for a Gaussian kernel: its variance does not contain what is integrated",
            "narrower kernels are steeper, without bound.",
            "N(x; 0, t) on 0 < t ≤ 1 at x = 0: the steepest slope near 0 is of the order of 1/t.",
            "calculus:variance_integrated_to_zero",
        ),
    ),
)

DIVERGENCE = RuleRecord(
    code="D4",
    name="parts",
    also=("divergence theorem",),
    title="A divergence integrates to zero over the whole space",
    statement_latex=(
        r"\{F \text{ differentiable everywhere},\ F, \operatorname{div} F \text{ integrable}\}"
        r" \vdash \int \operatorname{div} F \, dx = 0"
    ),
    explanation=(
        "The divergence theorem on boxes that grow (Mathlib, "
        "integral_divergence_of_hasFDerivAt). No decay is assumed and no continuous derivative: "
        "since F is integrable, the flux through the sides of a box is integrable in its size, so "
        "for some large boxes it is small. With F = f v this is integration by parts, with F = p s "
        "the step from explicit to implicit score matching, with F = p u the conservation of mass."
    ),
    conditions=(
        Condition(
            "the field is differentiable at every point",
            "a jump is a source that the divergence does not see; densities with compact support "
            "often have one.",
            "F(x) = 2x on (0, 1), else 0: its divergence is 2 on (0, 1), with the integral 2, not "
            "0. The jump at x = 1 would take it back.",
            "calculus:field_jumps",
        ),
        Condition(
            "the field is integrable",
            "something may flow out at infinity.",
            "F(x) = x/√(1 + x²) flows out on both sides: ∫ div F = 2, not 0.",
            "calculus:field_not_integrable",
        ),
        Condition(
            "its divergence is integrable",
            "the integral would not exist, and its value 0 would be a convention and no theorem.",
            "F(x) = sin(x²)/(1 + x²): |div F| is of the order of 1/x, so ∫ div F diverges and is "
            "no 0 that anything cancelled to.",
            "calculus:divergence_not_integrable",
        ),
    ),
)

STATIONARY = RuleRecord(
    code="D5",
    name="minimum",
    title="What is ≥ 0 has no slope where it is 0",
    statement_latex=r"\vdash f(s) = 0 \Rightarrow \nabla f(s) = 0 \quad\text{for } f \ge 0",
    explanation=(
        "A zero of a nonnegative function is a minimum (Rudin, Principles of Mathematical "
        "Analysis, theorem 5.8). So ∇p may be divided by p although a density may vanish. That f "
        "is differentiable is not asked: where it is not, ∇f is 0 by convention."
    ),
    conditions=(
        Condition(
            "the function is ≥ 0 by its form",
            "a function that changes sign runs through 0.",
            "f(t) = t at t = 0: f is 0 and its derivative is 1.",
            "calculus:changes_sign_at_zero",
        ),
    ),
)

LOG_DERIVATIVE = RuleRecord(
    code="D6",
    name="log-derivative",
    also=("logarithms",),
    title="The derivative of a logarithm, with its weight",
    statement_latex=(
        r"\{f \text{ differentiable}\} \vdash \nabla f = f\, \nabla \log f"
        r" \quad\text{for } f \ge 0"
    ),
    explanation=(
        "Where f > 0 it is the chain rule, and where f = 0 both sides are 0 (see `minimum`). "
        "With a density for f this is ∇p = p s, the line between the score and the gradient of the "
        "density; p > 0 is not needed."
    ),
    conditions=(
        Condition(
            "the function is ≥ 0 by its form",
            "log f is 0 by convention where f < 0, and so is its derivative.",
            "f(t) = t at t = −1: the derivative of f is 1, while f times that of log f is 0.",
            "calculus:weight_is_negative",
        ),
        Condition(
            "the function is differentiable there",
            "both sides would be 0 by convention, which says nothing of f.",
            "f(t) = 1 + |t| at t = 0: the derivative of f diverges from the left to the right, and "
            "so does that of log f.",
            "calculus:kink_of_positive",
        ),
    ),
)

FUNDAMENTAL = RuleRecord(
    code="D7",
    name="fundamental",
    also=("fundamental theorem",),
    title="The fundamental theorem of calculus",
    statement_latex=(
        r"\{F \text{ differentiable everywhere},\ \partial_t F \text{ integrable}\}"
        r" \vdash \int_a^b \partial_t F \, dt = F(b) - F(a)"
    ),
    explanation=(
        "A function that has a derivative everywhere, and an integrable one, is the integral of "
        "it (Rudin, Real and Complex Analysis, theorem 7.21); the derivative need not be "
        "continuous. The ends are numbers. An integral from s to t is written as one over [0, 1], "
        "and the method `fundamental` finds from this rule that it is a difference of two "
        "integrals from 0, whose derivatives are the integrand at their ends."
    ),
    conditions=(
        Condition(
            "the function is differentiable at every point",
            "a jump has no part in the derivative.",
            "F(t) = 1 for t > 0, else 0: ∂F is 0 but at the jump, so its integral over [−1, 1] is "
            "0, and F(1) − F(−1) is 1.",
            "calculus:function_jumps",
        ),
        Condition(
            "its derivative is integrable",
            "a derivative may swing too much for an absolutely convergent integral.",
            "F(t) = t² sin(1/t²), and 0 for t = 0: ∂F is of the order of 1/t near 0, so its "
            "integral diverges, and F(1) − F(0) is sin(1).",
            "calculus:slope_not_integrable",
        ),
    ),
)

CONTINUOUS = RuleRecord(
    code="D8",
    name="continuity",
    title="What has a derivative everywhere is integrable over an interval",
    statement_latex=(r"\{f \text{ differentiable everywhere}\} \vdash \int_a^b |f| \, dt < \infty"),
    explanation=(
        "It is continuous, so bounded on [a, b] (Rudin, Principles of Mathematical Analysis, "
        "theorems 5.2, 6.8 and 6.13). Its derivative need not be bounded."
    ),
    conditions=(
        Condition(
            "the function is differentiable at every point",
            "it may run away at one.",
            "f(t) = 1/t, and 0 for t = 0.",
            "calculus:pole_in_interval",
        ),
    ),
)

MINIMISERS = RuleRecord(
    code="G2",
    name="minimisers",
    title="Minimisers do not see a constant",
    statement_latex=(
        r"\vdash \operatorname{argmin}_\theta\, (f + k) = \operatorname{argmin}_\theta\, f"
    ),
    explanation=(
        "f(θ) ≤ f(θ') exactly when f(θ) + k ≤ f(θ') + k. The set may be empty: nothing says "
        "that a minimum exists."
    ),
    conditions=(
        Condition(
            "what is dropped does not contain θ",
            "it takes part in the minimisation.",
            "f(θ) = θ², g(θ) = (θ − 2)²: f + g is least at θ = 1, f at θ = 0.",
            "calculus:shift_depends_on_parameter",
        ),
    ),
)

TRACE = RuleRecord(
    code="D9",
    name="trace",
    title="The trace of a Jacobian by a random probe",
    statement_latex=(
        r"\{\mathbb{E}[\langle a, e \rangle \langle b, e \rangle] = \langle a, b \rangle"
        r" \text{ for all } a, b,\ f \text{ differentiable}\} \vdash"
        r" \mathbb{E}\, \langle e, \nabla \langle e, f \rangle \rangle = \operatorname{div} f"
    ),
    explanation=(
        "E[eᵀ J e] = Σ J_ij E[e_i e_j] is the trace of J where E[e eᵀ] is the identity, for any "
        "matrix J (Hutchinson, A stochastic estimator of the trace of the influence matrix, "
        "Communications in Statistics 18, 1989). The language has no matrices: J is the Jacobian "
        "of f at a place, and its trace the divergence. A matrix A is that of x ↦ A x at 0."
    ),
    conditions=(
        Condition(
            "the probe has the second moments of N(0, I)",
            "its variance is a factor.",
            "e ~ N(0, 2), f(x) = x, d = 1: E[e · ∇(e · f)] = E‖e‖² is 2, and div f is 1.",
            "calculus:probe_of_another_variance",
        ),
        Condition(
            "f is differentiable there",
            "both sides would be 0 by convention, which says nothing of f.",
            "f(x) = |x| at x = 0, d = 1: neither e f nor f has a derivative there.",
            "calculus:probe_of_a_kink",
        ),
        Condition(
            "f does not depend on what is drawn",
            "then the matrix is random, and not independent of the probe.",
            "f(x) = ‖e‖² x under e ~ N(0, 1), d = 1: the average is E‖e‖⁴ = 3, and div f at e = 1 "
            "is 1.",
            "calculus:probe_in_the_field",
        ),
    ),
)

DERIVATIVE_RULES = (
    DERIVATIVE,
    DIFFERENTIABLE,
    EXCHANGE,
    DIVERGENCE,
    STATIONARY,
    LOG_DERIVATIVE,
    FUNDAMENTAL,
    CONTINUOUS,
    TRACE,
)
MINIMISING = (MINIMISERS,)
