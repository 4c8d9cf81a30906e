"""p(x)/p(x) is taken for 1 everywhere."""

from fmproof import (
    Density,
    Derivation,
    Hypothesis,
    Integrable,
    Integral,
    Lebesgue,
    Scalar,
    Step,
    Vec,
)

x = Vec("x")
p, f = Density("p", x), Scalar("f", x)

derivation = Derivation(
    "ratio",
    hypotheses=[Hypothesis("H", Integrable(f(x), Lebesgue(x)))],
    start=Integral(f(x) * (p(x) / p(x)), x),
    steps=[Step("1", Integral(f(x), x), by="ring")],
)
