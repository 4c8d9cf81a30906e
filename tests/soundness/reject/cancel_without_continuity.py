"""p(x) is cancelled although it may vanish where q(x) does not."""

from fmproof import Density, Derivation, Expect, Hypothesis, Integrable, Scalar, Step, Vec

x = Vec("x")
p, q, f = Density("p", x), Density("q", x), Scalar("f", x)

derivation = Derivation(
    "importance",
    hypotheses=[Hypothesis("H", Integrable(f(x), q(x)))],
    start=Expect(f(x), q(x)),
    steps=[Step("1", Expect(f(x) * (q(x) / p(x)), p(x)), by=("expectation", "cancel"))],
)
