"""A joint expectation is iterated although nothing is known of the integrand."""

from fmproof import Density, Derivation, Expect, Hypothesis, Integrable, Scalar, Step, Vec

x, z = Vec("x z")
q, p, f = Density("q", z), Density("p", x, given=z), Scalar("f", x, z)
inner = Expect(f(x, z), p(x, z))

derivation = Derivation(
    "tower",
    hypotheses=[Hypothesis("H", Integrable(inner, q(z)))],
    start=Expect(inner, q(z)),
    steps=[Step("1", Expect(f(x, z), q(z), p(x, z)), by="tower")],
)
