"""Two integrals change places under joint integrability."""

from fmproof import Derivation, Hypothesis, Integrable, Integral, Lebesgue, Scalar, Step, Vec

x, y = Vec("x y")
f = Scalar("f", x, y)

derivation = Derivation(
    "fubini",
    hypotheses=[Hypothesis("H", Integrable(f(x, y), Lebesgue(x), Lebesgue(y)))],
    start=Integral(f(x, y), y, x),
    steps=[
        Step("1", Integral(f(x, y), x, y), by="fubini"),
        Step("2", Integral(f(y, x), y, x), by="ring", note="the same, with other names"),
    ],
)
