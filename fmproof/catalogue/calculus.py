"""Records of the rules about gradients and minimisers."""

from __future__ import annotations

from fmproof.catalogue.record import Condition, Rule

GRADIENT = Rule(
    code="G1",
    name="gradient",
    title="The gradient of a sum",
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
)

MINIMISERS = Rule(
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
            "others:shift_depends_on_parameter",
        ),
    ),
)

GRADIENTS = (GRADIENT, MINIMISERS)
