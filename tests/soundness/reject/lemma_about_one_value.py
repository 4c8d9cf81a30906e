"""A condition on one x does not hold for almost every x under an integral."""

from fmproof import (
    Density,
    Derivation,
    Hypothesis,
    Integrable,
    Integral,
    Lebesgue,
    Part,
    Ratio,
    Scalar,
    Step,
    VanishesWith,
    Vec,
)

x = Vec("x")
q = Density("q", x)
f = Scalar("f", x)

derivation = Derivation(
    "lemma-about-one-value",
    variables=[x],
    hypotheses=[
        Hypothesis("H1", VanishesWith(f(x), q(x))),
        Hypothesis("H2", Integrable(f(x), Lebesgue(x))),
    ],
    parts=[
        Part(
            "At x",
            start=q(x) * Ratio(f(x), q(x)),
            steps=[Step("1", f(x), by="cancel")],
        ),
        Part(
            "Everywhere",
            start=Integral(q(x) * Ratio(f(x), q(x)), x),
            steps=[Step("2", Integral(f(x), x), by="lemma", using="At x")],
        ),
    ],
)
