"""E[f g] = E[f] E[g] for independent draws only; here both are of the same x."""

from fmproof import Density, Derivation, Expect, Hypothesis, Integrable, Scalar, Step, Vec

x = Vec("x")
q = Density("q", x)
f, g = Scalar("f", x), Scalar("g", x)

derivation = Derivation(
    "product-of-means",
    hypotheses=[
        Hypothesis("H1", Integrable(f(x) * g(x), q(x))),
        Hypothesis("H2", Integrable(f(x), q(x))),
        Hypothesis("H3", Integrable(g(x), q(x))),
    ],
    start=Expect(f(x) * g(x), q(x)),
    steps=[Step("1", Expect(f(x), q(x)) * Expect(g(x), q(x)), by="auto")],
)
