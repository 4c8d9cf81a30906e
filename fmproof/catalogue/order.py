"""Records of the rules about order."""

from __future__ import annotations

from fmproof.catalogue.record import Condition, Rule

NONNEGATIVE = Rule(
    code="O1",
    name="nonnegative",
    title="What is ≥ 0 by its form",
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
)

ORDER = (NONNEGATIVE,)
