"""Two integrals change places, and nobody knows whether the integrand is integrable."""

from fmproof import Derivation, Hypothesis, Integrable, Integral, Lebesgue, Scalar, Step, Vec

x, y = Vec("x y")
f = Scalar("f", x, y)

derivation = Derivation(
    "fubini-without-integrability",
    hypotheses=[Hypothesis("H", Integrable(Integral(f(x, y), y), Lebesgue(x)))],
    start=Integral(f(x, y), y, x),
    steps=[Step("1", Integral(f(x, y), x, y), by="fubini")],
)
