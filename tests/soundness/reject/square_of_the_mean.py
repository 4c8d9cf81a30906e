"""E‖f‖² is more than ‖E f‖²."""

from fmproof import Density, Derivation, Expect, Field, Hypothesis, Integrable, Step, Vec, norm2

x = Vec("x")
q = Density("q", x)
f = Field("f", x)

derivation = Derivation(
    "square-of-the-mean",
    hypotheses=[Hypothesis("H", Integrable(norm2(f(x)), q(x)))],
    start=Expect(norm2(f(x)), q(x)),
    steps=[Step("1", norm2(Expect(f(x), q(x))), by=("linearity", "square"))],
)
