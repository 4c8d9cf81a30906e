"""E[E[f given x]] is finite, but f need not be integrable under the joint law."""

from fmproof import Density, Derivation, Expect, Hypothesis, Integrable, Scalar, Step, Vec

x, y = Vec("x y")
q = Density("q", x)
r = Density("r", y, given=x)
f = Scalar("f", x, y)
inner = Expect(f(x, y), r(y, x))

derivation = Derivation(
    "tower-without-integrability",
    hypotheses=[Hypothesis("H", Integrable(inner, q(x)))],
    start=Expect(inner, q(x)),
    steps=[Step("1", Expect(f(x, y), q(x), r(y, x)), by="tower")],
)
