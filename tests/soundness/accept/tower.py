"""The tower property under joint integrability, for a law with a dependence."""

from fmproof import Density, Derivation, Expect, Hypothesis, Integrable, Scalar, Step, Vec

x, y = Vec("x y")
q = Density("q", x)
r = Density("r", y, given=x)
f = Scalar("f", x, y)

derivation = Derivation(
    "tower",
    hypotheses=[Hypothesis("H", Integrable(f(x, y), q(x), r(y, x)))],
    start=Expect(Expect(f(x, y), r(y, x)), q(x)),
    steps=[
        Step("1", Expect(f(x, y), q(x), r(y, x)), by="tower"),
        Step("2", Expect(f(y, x), q(y), r(x, y)), by="ring", note="the same, with other names"),
    ],
)
