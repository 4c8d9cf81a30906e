"""A draw that the body depends on is dropped."""

from fmproof import Density, Derivation, Expect, Hypothesis, Integrable, Scalar, Step, Vec

x, y = Vec("x y")
p, f = Density("p", x), Scalar("f", x)

derivation = Derivation(
    "drop",
    hypotheses=[Hypothesis("H", Integrable(f(x), p(x)))],
    start=Expect(f(x) * Expect(f(y), p(y)), p(x)),
    steps=[Step("1", Expect(f(x), p(x)), by=("linearity", "drop"))],
)
