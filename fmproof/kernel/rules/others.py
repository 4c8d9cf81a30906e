"""Records of the rules of algebra, gradients and order, and of the tactics."""

from __future__ import annotations

from fmproof.kernel.rules.record import Condition, Rule

SQUARE = Rule(
    code="A1",
    name="square",
    title="Expand an inner product, or complete a square",
    statement_text=(
        "⊢ ⟨Σ aᵢ, Σ bⱼ⟩ = ΣΣ ⟨aᵢ, bⱼ⟩; for ⟨a − b, a − b⟩ this is ‖a‖² − 2⟨a, b⟩ + ‖b‖²"
    ),
    statement_latex=r"\vdash \|a - b\|^2 = \|a\|^2 - 2\langle a, b \rangle + \|b\|^2",
    explanation=(
        "The inner product is bilinear and symmetric (Rudin, Principles of Mathematical "
        "Analysis, chapter 1). Both lines of a step are expanded, so the rule completes squares "
        "as well as it expands them."
    ),
    unconditional="an inner product of vectors is a finite sum of products of real numbers.",
    kernel=("algebra:bilinearity",),
)

CANCEL = Rule(
    code="A2",
    name="cancel",
    title="Cancel a denominator",
    statement_text="{b = 0 ⇒ a = 0} ⊢ b·(a/b) = a, inside a product",
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
    kernel=("algebra:cancel",),
)

ALGEBRA = (SQUARE, CANCEL)

GRADIENT = Rule(
    code="G1",
    name="gradient",
    title="The gradient of a sum",
    statement_text=(
        "{each fᵢ differentiable} ⊢ ∇_θ (Σ cᵢ fᵢ + k) = Σ cᵢ ∇_θ fᵢ, for cᵢ and k free of θ"
    ),
    statement_latex=(
        r"\{f_i \text{ differentiable}\} \vdash"
        r" \nabla_\theta \Big(\sum_i c_i f_i + k\Big) = \sum_i c_i \nabla_\theta f_i"
    ),
    explanation=(
        "The derivative is linear, and that of a constant is 0 (Rudin, Principles of "
        "Mathematical Analysis, chapter 9). With one summand that depends on θ nothing is asked: "
        "c·f + k is differentiable exactly when f is, or c = 0. Gradient and integral are never "
        "exchanged by this rule."
    ),
    conditions=(
        Condition(
            "with more than one summand that depends on θ: each is differentiable",
            "kinks may cancel in the sum.",
            "f(θ) = |θ|, g(θ) = θ − |θ|: the gradient of f + g is 1 everywhere, and f and g have "
            "none at θ = 0, so the right side diverges there.",
            "others:summand_not_differentiable",
        ),
        Condition(
            "what is taken out of the gradient does not contain θ",
            "a factor that contains θ has a derivative of its own.",
            "f(θ) = g(θ) = θ: ∇(f g) = 2θ, so 2 at θ = 1, while f ∇g is 1.",
            "others:factor_depends_on_parameter",
        ),
    ),
    kernel=("gradient:gradient_of_sum",),
)

MINIMISERS = Rule(
    code="G2",
    name="minimisers",
    title="Minimisers do not see a constant",
    statement_text="⊢ argmin_θ (f + k) = argmin_θ f, for k free of θ",
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
            "others:shift_depends_on_parameter",
        ),
    ),
    kernel=("gradient:minimisers_of_shift",),
)

GRADIENTS = (GRADIENT, MINIMISERS)

NONNEGATIVE = Rule(
    code="O1",
    name="nonnegative",
    title="What is ≥ 0 by its form",
    statement_text=(
        "⊢ 0 ≤ a for squares, densities, weights, and their sums, products and integrals\n"
        "From ⊢ 0 ≤ d, where d = b − a by arithmetic: ⊢ a ≤ b"
    ),
    statement_latex=r"\vdash 0 \le \|a\|^2 \qquad \vdash a \le b \quad\text{if } b - a \ge 0",
    explanation=(
        "Sums, products, quotients and integrals of nonnegative numbers are nonnegative, and "
        "squares, densities and declared weights are. A step with relation='≤' or '≥' names "
        "this rule, and the difference of its two lines must have such a form."
    ),
    conditions=(
        Condition(
            "the form of the term shows its sign",
            "an inner product, or a function that is not declared ≥ 0, may be negative.",
            "a = 1, b = −1 and t~U[0, 1]: 0 ≤ E⟨a, b⟩ would say 0 ≤ −1.",
            "others:sign_not_clear",
        ),
    ),
    kernel=("order:nonnegativity", "order:from_difference"),
)

ORDER = (NONNEGATIVE,)

AUTO = Rule(
    code="T1",
    name="auto",
    title="Decide a step by normal forms",
    statement_text="⊢ a = b when both have the same normal form",
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

TACTICS = (AUTO,)
