"""The draw of z is dropped, though the integrand contains z."""

from fmproof import Density, Derivation, Expect, Hypothesis, Integrable, Scalar, Step, Vec

x, z = Vec("x z")
q, r = Density("q", z), Density("r", x)
f, g = Scalar("f", x, z), Scalar("g", x)

derivation = Derivation(
    "dropped-draw-in-the-body",
    variables=[z],
    hypotheses=[
        Hypothesis("H1", Integrable(f(x, z), q(z), r(x))),
        Hypothesis("H2", Integrable(f(x, z), r(x))),
    ],
    start=Expect(f(x, z), q(z), r(x)),
    steps=[Step("1", Expect(f(x, z), r(x)), by="drop")],
)
