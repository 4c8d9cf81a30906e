"""A factor that depends on x leaves the integral over x: the x outside is another one."""

from fmproof import Density, Derivation, Expect, Hypothesis, Integrable, Scalar, Step, Vec

x, y = Vec("x y")
p, f = Density("p", x), Scalar("f", x)

derivation = Derivation(
    "capture",
    hypotheses=[
        Hypothesis("H", Integrable(f(x) ** 2, p(x))),
        Hypothesis("K", Integrable(f(x), p(x))),
    ],
    start=Expect(f(x) * f(x), p(x)),
    steps=[Step("1", Expect(f(x) * Expect(f(x), p(x)), p(x)), by="linearity")],
)
