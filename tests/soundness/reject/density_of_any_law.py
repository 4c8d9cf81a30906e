"""Only a uniform law has a constant density."""

from fmproof import (
    Density,
    Derivation,
    Expect,
    Hypothesis,
    Integrable,
    Integral,
    Real,
    Scalar,
    Step,
)

t = Real("t")
f = Scalar("f", t)
rho = Density("rho", (t, 0, 1))

derivation = Derivation(
    "density-of-any-law",
    hypotheses=[Hypothesis("H", Integrable(f(t), rho(t)))],
    start=Expect(f(t), rho(t)),
    steps=[Step("1", Integral(f(t), (t, 0, 1)), by=("expectation", "density"))],
)
