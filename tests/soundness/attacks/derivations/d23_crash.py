"""A density at a point that is no variable, under a law."""

from fmproof import *

x, z = Vec("x z")
F = Field("F", x)
p = Density("p", x)
r = Density("r", x)
f = Scalar("f", x)
d = Derivation(
    "crash",
    hypotheses=[
        Hypothesis("H", Integrable(r(F(x)), p(x))),
        Hypothesis("H2", Integrable(f(x), p(x))),
    ],
    start=Expect(r(F(x)) + f(x), p(x)),
    steps=[Step("1", Expect(r(F(x)), p(x)) + Expect(f(x), p(x)), by="linearity")],
)
