"""Records of the rules about Gaussian densities."""

from __future__ import annotations

from fmproof.catalogue.record import Condition, RuleRecord

DENSITY = RuleRecord(
    code="N1",
    name="gaussian",
    also=("Gaussian density", "Gaussian"),
    title="The formula of the Gaussian density",
    statement_latex=(
        r"\{v > 0\} \vdash \mathcal{N}(x; m, v)"
        r" = \exp\Big( -\frac{\|x - m\|^2}{2 v} - \frac{d}{2} \log(2 \pi v) \Big)"
    ),
    explanation=(
        "The density of N(m, v I) in d dimensions; v is the variance of each coordinate "
        "(Kallenberg, Foundations of Modern Probability, chapter 14). Its logarithm is a "
        "polynomial in x, so its score is (m − x)/v."
    ),
    conditions=(
        Condition(
            "the variance is > 0",
            "for v ≤ 0 the symbol stands for N(x; m, I), so that it always is a density.",
            "v = 0, d = 1 and x = m = 0: the left side is 1/√(2π), the right side is exp 0 = 1.",
            "gaussian:formula_without_variance",
        ),
    ),
)

REPARAMETRISE = RuleRecord(
    code="N2",
    name="reparametrisation",
    also=("Gaussian noise",),
    title="Draw a Gaussian from standard noise",
    statement_latex=(
        r"\{s \ne 0\} \vdash \mathbb{E}_{x \sim \mathcal{N}(m, s^2)}[f(x)]"
        r" = \mathbb{E}_{\varepsilon \sim \mathcal{N}(0, 1),\, x := m + s \varepsilon}[f(x)]"
    ),
    explanation=(
        "If ε is standard normal, m + sε has the law N(m, s² I) (Kallenberg, Foundations of Modern "
        "Probability, chapter 14). f is any term, integrable or not. Backwards it turns noise "
        "into a density: x₀ ~ N(0, I), x := t x₁ + (1 − t) x₀ becomes x ~ N(t x₁, (1 − t)²)."
    ),
    conditions=(
        Condition(
            "the scale is not 0",
            "a kernel of zero width is a point mass, which has no density.",
            "s = 0: x := m + s ε is m, so E‖x − m‖² is 0, while N(m, 0) stands for N(m, I), where "
            "it is 1 for d = 1.",
            "gaussian:scale_is_zero",
        ),
        Condition(
            "the variance is the square of the scale, by arithmetic",
            "another scale is another law.",
            "N(0, 4) has E‖x‖² = 4. With x := 4 ε it is 16.",
            "gaussian:scale_is_the_variance",
        ),
    ),
)

MOMENTS = RuleRecord(
    code="N3",
    name="moments",
    title="Mean, variance and covariance",
    statement_latex=(
        r"\vdash \mathbb{E}_{x \sim \mathcal{N}(m, v)}[x] = m"
        r"\qquad \{v > 0\} \vdash \mathbb{E}_{x \sim \mathcal{N}(m, v)}\|x - m\|^2 = v\, d"
        r"\qquad \{v > 0\} \vdash \mathbb{E}_{x \sim \mathcal{N}(m, v)}"
        r" \langle a, x - m \rangle \langle b, x - m \rangle = v\, \langle a, b \rangle"
    ),
    explanation=(
        "The first two moments of N(m, v I) in d dimensions; d is a term of the language, `dim` "
        "(Kallenberg, Foundations of Modern Probability, chapter 14)."
    ),
    conditions=(
        Condition(
            "for the second moment: the variance is > 0",
            "for v ≤ 0 the symbol stands for N(m, I).",
            "v = 0, m = 0, d = 1: E‖x‖² is 1, and v d = 0.",
            "gaussian:second_moment_without_variance",
        ),
        Condition(
            "for the second moment in two directions: the variance is > 0",
            "for v ≤ 0 the symbol stands for N(m, I).",
            "v = 0, m = 0, d = 1, a = b = 1: E[(a x)(b x)] is 1, and v a b = 0.",
            "gaussian:covariance_without_variance",
        ),
        Condition(
            "for the second moment in two directions: they do not depend on x",
            "they would be drawn with it.",
            "a = b = x under N(0, 1), d = 1: E‖x‖⁴ is 3, and ‖x‖² at x = 1 is 1.",
            "gaussian:direction_is_drawn",
        ),
    ),
)

INTEGRABLE = RuleRecord(
    code="N4",
    name="Gaussian moments",
    also=("bounded",),
    title="Moments are finite, and the density is bounded",
    statement_latex=(
        r"\vdash \mathbb{E}_{x \sim \mathcal{N}(m, v)} |f(x)| < \infty"
        r" \quad\text{for a polynomial } f"
        r"\qquad \{k \text{ integrable}\} \vdash k\, \mathcal{N}(x; m, v) \text{ integrable}"
    ),
    explanation=(
        "All moments of a Gaussian are finite (Kallenberg, Foundations of Modern Probability, "
        "chapter 14). The mean and the variance are held fixed here; when they are drawn, too, the "
        "moments of their laws count. The density itself is bounded in x and m, by (2πv)^(−d/2), "
        "so it makes nothing less integrable."
    ),
    conditions=(
        Condition(
            "the integrand is a polynomial in x, by its form",
            "a pole stays, and exp(‖x‖²) outgrows the tail of the density.",
            "1/‖x‖² under N(0, 1) with d = 1: the density at 0 is not 0, and ∫ 1/x² near 0 is "
            "infinite.",
            "gaussian:not_a_polynomial",
        ),
        Condition(
            "for a density as a factor: the other factors are integrable",
            "a bounded factor does not mend them.",
            "k(t) = 1/t on (0, 1]: k(t) N(x; 0, 1) is a multiple of 1/t for every x.",
            "gaussian:weight_not_integrable",
        ),
        Condition(
            "for a density as a factor: its variance does not contain what is integrated",
            "narrower kernels are higher, without bound.",
            "N(x; 0, t²) on 0 < t ≤ 1 at x = 0, for d = 1, is a multiple of 1/t.",
            "gaussian:variance_falls_to_zero",
        ),
    ),
)

PRODUCT = RuleRecord(
    code="N5",
    name="gaussian-product",
    title="Prior times likelihood is marginal times posterior",
    statement_latex=(
        r"\{v, w > 0\} \vdash \mathcal{N}(x; a y + b, v)\, \mathcal{N}(y; m, w)"
        r" = \mathcal{N}(x; a m + b, s)\,"
        r" \mathcal{N}\Big(y; \frac{v m + a w (x - b)}{s}, \frac{v w}{s}\Big)"
        r"\quad\text{where } s = a^2 w + v"
    ),
    explanation=(
        "Completing the square in y (Bishop, Pattern Recognition and Machine Learning, equations "
        "2.115 to 2.117). The marginals and the posterior of a diffusion chain come from it."
    ),
    conditions=(
        Condition(
            "the variance of the likelihood is > 0",
            "for v ≤ 0 the symbol stands for N(x; a y + b, I), which the formula does not know.",
            "v = 0, w = 1, x = 0, y = 1, a = 1, b = m = 0: the left side is exp(−1)/(2π), the "
            "right side exp(−1/2)/(2π).",
            "gaussian:likelihood_without_variance",
        ),
        Condition(
            "the variance of the prior is > 0",
            "for w ≤ 0 the symbol stands for N(y; m, I), which the formula does not know.",
            "v = 1, w = 0, x = y = 1, a = 1, b = m = 0: the left side is exp(−1/2)/(2π), the right "
            "side exp(−1)/(2π).",
            "gaussian:prior_without_variance",
        ),
    ),
)

GAUSSIANS = (DENSITY, REPARAMETRISE, MOMENTS, INTEGRABLE, PRODUCT)
