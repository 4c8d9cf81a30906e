"""A lemma for a fixed x, used under an integral over x: its condition holds almost everywhere."""

from fmproof import (
    Almost,
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
    "lemma-under-a-binder",
    variables=[x],
    hypotheses=[
        Hypothesis("H1", VanishesWith(f(x), q(x)), "at the point x"),
        Hypothesis("H2", Almost(VanishesWith(f(x), q(x)), Lebesgue(x)), "at almost every point"),
        Hypothesis("H3", Integrable(f(x), Lebesgue(x))),
    ],
    parts=[
        Part("At x", start=q(x) * Ratio(f(x), q(x)), steps=[Step("1", f(x), by="cancel")]),
        Part(
            "Everywhere",
            start=Integral(q(x) * Ratio(f(x), q(x)), x),
            steps=[Step("2", Integral(f(x), x), by="lemma", using="At x")],
        ),
    ],
)
