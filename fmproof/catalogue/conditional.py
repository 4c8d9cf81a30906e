"""Records of the rules about conditional expectations."""

from __future__ import annotations

from fmproof.catalogue.record import Condition, RuleRecord

PULL_OUT = RuleRecord(
    code="K1",
    name="pull-out",
    title="Average by a conditional expectation first",
    statement_latex=(
        r"\{f,\ k f \text{ integrable}\} \vdash \mathbb{E}[k(X)\, f]"
        r" = \mathbb{E}\big[k(X)\, \mathbb{E}[f|X]\big]"
        r"\qquad \mathbb{E}\langle a(X), f \rangle"
        r" = \mathbb{E}\big\langle a(X), \mathbb{E}[f|X] \big\rangle"
    ),
    explanation=(
        "What E[f|X] is, by definition: it averages like f against every function of X "
        "(Kallenberg, Foundations of Modern Probability, theorem 8.1). With k = 1 it is the tower "
        "property. All of flow matching is this line with f = u(x|z), or x₁ − x₀, and a the "
        "model. Draws that are held fixed outside, such as the time, may occur in k and a, too."
    ),
    conditions=(
        Condition(
            "what is averaged is integrable",
            "E[f|X] does not exist otherwise, and is 0 by convention.",
            "s~U[0, 1], X = s, f = 1/s, k = s: E[k f] = 1, but E[f|X] is not there, so the right "
            "side diverges.",
            "conditional:averaged_not_integrable",
        ),
        Condition(
            "the product is integrable",
            "averaging first may cancel what is infinite.",
            "f = s ± 1, with a fair sign, and k = 1/s for s~U[0, 1]: E[f|X = s] = s, so the right "
            "side is 1, while E[k f] diverges.",
            "conditional:product_not_integrable",
        ),
        Condition(
            "the other factor is a function of what is given",
            "it varies together with f, and averaging f by itself forgets that.",
            "X constant, f(t) = g(t) = t for t~U[0, 1]: E[f g] = 1/3, and E[f E[g|X]] = E[f] E[g] "
            "= 1/4.",
            "conditional:factor_not_a_function_of_the_given",
        ),
    ),
)

CONTRACTION = RuleRecord(
    code="K2",
    name="contraction",
    also=("conditional expectation",),
    title="A conditional expectation is integrable where what it averages is",
    statement_latex=(
        r"\{k f \text{ integrable}\} \vdash k\, \mathbb{E}[f|X] \text{ integrable}"
        r"\qquad \{k \|f\|^2 \text{ integrable}\} \vdash k\, \|\mathbb{E}[f|X]\|^2"
        r" \text{ integrable}"
    ),
    explanation=(
        "Conditional expectation is a contraction: |E[f|X]| ≤ E[|f| | X] and, by Jensen's "
        "inequality, ‖E[f|X]‖² ≤ E[‖f‖² | X] (Kallenberg, Foundations of Modern Probability, "
        "theorem 8.1). So E‖x₁ − x₀‖² < ∞ is all that the marginal velocity needs. That f is "
        "integrable is not asked: where it is not, E[f|X] is 0 by convention."
    ),
    conditions=(
        Condition(
            "the same is integrable with f itself",
            "an average need not be smaller.",
            "k(s) = 1/s, f(t) = t for s, t~U[0, 1]: E[f|X = s] = 1/2, and 1/(2s) has no finite "
            "integral.",
            "conditional:average_of_not_integrable",
        ),
        Condition(
            "the other factor is a function of what is given",
            "f may be small where the factor is large, and its average is not.",
            "f(t) = 1/t, g(t) = t for t~U[0, 1] and X = s independent: f g = 1, while "
            "f E[g|X] = 1/(2t) has no finite integral.",
            "conditional:weight_not_a_function_of_the_given",
        ),
    ),
)

TAKE_OUT = RuleRecord(
    code="K3",
    name="take-out",
    title="Take out what is known",
    statement_latex=(
        r"\{f,\ k f \text{ integrable}\} \vdash \mathbb{E}[k(X)\, f | X] = k(X)\, \mathbb{E}[f|X]"
        r"\quad \text{almost surely} \qquad \mathbb{E}[k(X)|X] = k(X)"
    ),
    explanation=(
        "Given X, a function of X is a constant (Kallenberg, Foundations of Modern Probability, "
        "theorem 8.1). It turns E[(x − z)/σ² | x] into (x − E[z|x])/σ², which is Tweedie's "
        "formula. Conditional expectations are defined up to null sets, so this holds almost "
        "surely."
    ),
    conditions=(
        Condition(
            "what stays inside is integrable",
            "E[f|X] does not exist otherwise, and is 0 by convention.",
            "s~U[0, 1], X = s, f = 1/s, k = s: E[k f|X] = 1, and k E[f|X] is 0.",
            "conditional:taken_out_of_not_integrable",
        ),
        Condition(
            "the product is integrable",
            "E[k f|X] does not exist otherwise, and is 0 by convention.",
            "f = s ± 1, with a fair sign, and k = 1/s for s~U[0, 1]: k E[f|X] is 1, and k f has no "
            "finite integral.",
            "conditional:product_given_not_integrable",
        ),
        Condition(
            "what is taken out is a function of what is given",
            "what is not known varies.",
            "f(t) = g(t) = t for t~U[0, 1] and X = s independent: E[f g|X] is 1/3, and f E[g|X] is "
            "t/2.",
            "conditional:taken_out_though_hidden",
        ),
    ),
)

LINEAR = RuleRecord(
    code="K4",
    name="conditional-linearity",
    title="Linearity of conditional expectations",
    statement_latex=(
        r"\{f_i \text{ integrable}\} \vdash \mathbb{E}\Big[\sum_i c_i f_i \Big| X\Big]"
        r" = \sum_i c_i\, \mathbb{E}[f_i|X] \quad\text{almost surely}"
    ),
    explanation=(
        "Both sides average alike against every function of X (Kallenberg, Foundations of Modern "
        "Probability, theorem 8.1)."
    ),
    conditions=(
        Condition(
            "each summand is integrable",
            "two infinite parts may cancel in the sum.",
            "s~U[0, 1], X = s, f = 1/s, g = 1 − 1/s: E[f + g|X] is 1, and E[f|X] and E[g|X] are 0 "
            "by convention.",
            "conditional:summand_given_not_integrable",
        ),
    ),
)

BAYES = RuleRecord(
    code="K5",
    name="bayes",
    title="A conditional expectation by densities",
    statement_latex=(
        r"\frac{\vdash m(x) = \mathbb{E}_{z \sim q}[k(x|z)]}"
        r"{\{f \text{ integrable}\} \vdash \mathbb{E}[f|X = x]"
        r" = \mathbb{E}_{z \sim q}\Big[ f\, \frac{k(x|z)}{m(x)} \Big]"
        r" \text{ for almost every } x}"
    ),
    explanation=(
        "Bayes' theorem: the law of z given x has the density k(x|z)/m(x) with respect to the law "
        "of z (Kallenberg, Foundations of Modern Probability, theorem 8.5). The law of z may be "
        "any, with or without a density. This is where u_t(x) = ∫ u_t(x|z) p_t(x|z) q(z)/p_t(x) dz "
        "comes from."
    ),
    conditions=(
        Condition(
            "what is averaged is integrable",
            "the right side may be finite for every x, and nothing finite over all of them.",
            "x = t~U[0, 1] whatever s is, f(t) = 1/t: the right side is 1/t, and E[f|X = t] is 0 "
            "by convention, since E|f| = ∞.",
            "conditional:posterior_mean_not_integrable",
        ),
        Condition(
            "the denominator is the marginal density, by a theorem",
            "another density does not make the weights integrate to one.",
            "z~N(0, 1), x~N(z, 1), whose marginal is N(0, 2). With the density of N(0, 1) below, "
            "E[z|X = x] = x/2 would be off by the ratio of the two.",
            "conditional:divided_by_another_density",
        ),
    ),
)

TRANSFER = RuleRecord(
    code="K7",
    name="transfer",
    also=("almost surely",),
    title="What holds under a law holds under an equal one",
    statement_latex=(
        r"\frac{\vdash \mathbb{E}[h(X)] = \mathbb{E}[h(Y)] \text{ for every } h}"
        r"{\{F(Y) \text{ integrable}\} \vdash F(X) \text{ integrable}}"
        r"\qquad \frac{\ldots}"
        r"{\{P(Y) \text{ almost surely}\} \vdash P(X) \text{ almost surely}}"
    ),
    explanation=(
        "Integrability and 'almost surely' speak of a law, not of how it is drawn (Kallenberg, "
        "Foundations of Modern Probability, lemma 1.22, change of variables)."
    ),
    conditions=(
        Condition(
            "it holds under the other law",
            "an equal law is no better.",
            "t~U[0, 1], s := t, F(s) = 1/s: neither F(s) nor F(t) is integrable.",
            "conditional:not_integrable_at_the_other",
        ),
        Condition(
            "it is about nothing but what the equation is about",
            "of the other draws the equation says nothing.",
            "s, t~U[0, 1]: E[h(t)] is the same with and without s. F(s) = 1/s is integrable in t "
            "alone for s = 1/2, and not under the law of both.",
            "conditional:about_more_than_the_law",
        ),
    ),
)

DRAW = RuleRecord(
    code="K8",
    name="draw",
    also=("point mass",),
    title="A deterministic draw is what it says",
    statement_latex=r"\vdash x = a \text{ almost surely, under } x := a",
    explanation=(
        "Under a law with the deterministic draw x := a the set where x ≠ a has probability 0. "
        "With it, x₁ − x₀ can be written (x₁ − x)/(1 − t) when x := (1 − t) x₀ + t x₁."
    ),
    unconditional="a point mass at a gives a all its mass.",
)

CONDITIONAL = (
    PULL_OUT,
    CONTRACTION,
    TAKE_OUT,
    LINEAR,
    BAYES,
    TRANSFER,
    DRAW,
)
