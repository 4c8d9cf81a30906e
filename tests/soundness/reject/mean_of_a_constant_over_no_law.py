"""∫ c dx is not c: Lebesgue measure is no probability."""

from fmproof import Derivation, Hypothesis, Integrable, Integral, Lebesgue, Real, Step, Vec

c = Real("c")
x = Vec("x")

derivation = Derivation(
    "mean-of-a-constant-over-no-law",
    variables=[c],
    hypotheses=[Hypothesis("H", Integrable(c, Lebesgue(x)))],
    start=Integral(c, x),
    steps=[Step("1", c, by="linearity")],
)
