"""Separating terms that are known to be integrable, in both directions."""

from fmproof import Density, Derivation, Expect, Hypothesis, Integrable, Scalar, Step, Vec

x = Vec("x")
q = Density("q", x)
f, g = Scalar("f", x), Scalar("g", x)

derivation = Derivation(
    "linearity",
    hypotheses=[
        Hypothesis("H1", Integrable(f(x), q(x))),
        Hypothesis("H2", Integrable(g(x), q(x))),
    ],
    start=Expect(f(x) + 3 * g(x) + 2, q(x)),
    steps=[
        Step("1", Expect(f(x), q(x)) + 3 * Expect(g(x), q(x)) + 2, by="linearity"),
        Step("2", Expect(f(x) + 2 * g(x), q(x)) + Expect(g(x), q(x)) + 2, by="linearity"),
    ],
)
