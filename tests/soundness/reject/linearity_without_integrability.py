"""The expectation of a sum is split although only the sum is integrable."""

from fmproof import Density, Derivation, Expect, Hypothesis, Integrable, Scalar, Step, Vec

x = Vec("x")
p, f, g = Density("p", x), Scalar("f", x), Scalar("g", x)

derivation = Derivation(
    "split",
    hypotheses=[Hypothesis("H", Integrable(f(x) + g(x), p(x)))],
    start=Expect(f(x) + g(x), p(x)),
    steps=[Step("1", Expect(f(x), p(x)) + Expect(g(x), p(x)), by="linearity")],
)
