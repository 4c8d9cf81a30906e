"""The variance of a random vector."""

from fmproof import Density, Derivation, Expect, Field, Hypothesis, Integrable, Step, Vec, norm2

x = Vec("x")
p, f = Density("p", x), Field("f", x)(x)
mean = Expect(f, p(x))

derivation = Derivation(
    "variance",
    hypotheses=[Hypothesis("H", Integrable(norm2(f), p(x)))],
    start=Expect(norm2(f - mean), p(x)),
    steps=[Step("1", Expect(norm2(f), p(x)) - norm2(mean), by=("square", "linearity"))],
)
