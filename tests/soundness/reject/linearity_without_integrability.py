"""E[f + g] is finite, but E[f] and E[g] need not be."""

from fmproof import Density, Derivation, Expect, Hypothesis, Integrable, Scalar, Step, Vec

x = Vec("x")
q = Density("q", x)
f, g = Scalar("f", x), Scalar("g", x)

derivation = Derivation(
    "linearity-without-integrability",
    hypotheses=[Hypothesis("H", Integrable(f(x) + g(x), q(x)))],
    start=Expect(f(x) + g(x), q(x)),
    steps=[Step("1", Expect(f(x), q(x)) + Expect(g(x), q(x)), by="linearity")],
)
