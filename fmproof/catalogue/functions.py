"""Records of the rules about exp, log, √ and |·|."""

from __future__ import annotations

from fmproof.catalogue.record import Condition, RuleRecord

LOGARITHM = RuleRecord(
    code="F1",
    name="log",
    also=("logarithm",),
    title="The logarithm of a product or ratio",
    statement_latex=(
        r"\{a, b, c > 0\} \vdash \log \frac{a b}{c} = \log a + \log b - \log c"
        r"\qquad \vdash \log e^a = a \qquad \vdash \log 1 = 0"
    ),
    explanation=(
        "Rudin, Principles of Mathematical Analysis, section 8.6. log a = 0 for a ≤ 0 by "
        "convention, so that every term has a value; the rule asks for the sign."
    ),
    conditions=(
        Condition(
            "each factor is > 0",
            "two negative factors have a positive product.",
            "a = −1, b = −e: log(a b) = 1, while log a and log b are 0 by convention.",
            "functions:logarithm_of_negative_factors",
        ),
    ),
)

EXPONENTIAL = RuleRecord(
    code="F2",
    name="exp",
    also=("exponential",),
    title="The exponential of a sum or logarithm",
    statement_latex=(
        r"\vdash e^{a + b} = e^a\, e^b \qquad \vdash e^0 = 1 \qquad \{a > 0\} \vdash e^{\log a} = a"
    ),
    explanation="Rudin, Principles of Mathematical Analysis, theorem 8.6.",
    conditions=(
        Condition(
            "for exp log a: a > 0",
            "an exponential is never negative, nor 0.",
            "a = −1: log a is 0 by convention, and exp 0 = 1 is not −1.",
            "functions:exponential_of_logarithm_of_negative",
        ),
    ),
)

ROOT = RuleRecord(
    code="F3",
    name="root",
    title="Square roots",
    statement_latex=(
        r"\{a \ge 0\} \vdash \sqrt{a}\, \sqrt{a} = a"
        r"\qquad \{a, b \ge 0\} \vdash \sqrt{a b} = \sqrt{a}\, \sqrt{b}"
    ),
    explanation=(
        "Rudin, Principles of Mathematical Analysis, theorem 1.21. √a = 0 for a < 0 by convention. "
        "The norm is ‖a‖ = √⟨a, a⟩."
    ),
    conditions=(
        Condition(
            "for √a √a = a: a ≥ 0",
            "no real number has a negative square.",
            "a = −1: √a √a is 0, and a is −1.",
            "functions:square_of_root_of_negative",
        ),
        Condition(
            "for a product: each factor is ≥ 0",
            "two negative factors have a positive product.",
            "a = b = −1: √(a b) = 1, while √a and √b are 0 by convention.",
            "functions:root_of_negative_factors",
        ),
    ),
)

ABSOLUTE = RuleRecord(
    code="F4",
    name="absolute value",
    title="Absolute values",
    statement_latex=r"\vdash \sqrt{a^2} = |a| \qquad \{a \ge 0\} \vdash |a| = a",
    explanation="Rudin, Principles of Mathematical Analysis, definition 1.13 and theorem 1.21.",
    conditions=(
        Condition(
            "for |a| = a: a ≥ 0",
            "an absolute value turns a negative sign.",
            "a = −1: |a| = 1, and a is −1.",
            "functions:modulus_of_negative",
        ),
    ),
)

FUNCTION_RULES = (LOGARITHM, EXPONENTIAL, ROOT, ABSOLUTE)
