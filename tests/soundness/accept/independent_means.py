"""The mean of a product of functions of independent draws."""

from fmproof import Density, Derivation, Expect, Hypothesis, Integrable, Scalar, Step, Vec

x, y = Vec("x y")
q, r = Density("q", x), Density("r", y)
f, g = Scalar("f", x), Scalar("g", y)

derivation = Derivation(
    "independent-means",
    hypotheses=[
        Hypothesis("H1", Integrable(f(x) * g(y), q(x), r(y))),
        Hypothesis("H2", Integrable(f(x), q(x))),
        Hypothesis("H3", Integrable(g(y), r(y))),
    ],
    start=Expect(f(x) * g(y), q(x), r(y)),
    steps=[
        Step("1", Expect(Expect(f(x) * g(y), r(y)), q(x)), by="tower"),
        Step("2", Expect(f(x) * Expect(g(y), r(y)), q(x)), by="linearity"),
        Step("3", Expect(f(x), q(x)) * Expect(g(y), r(y)), by="linearity"),
    ],
)
