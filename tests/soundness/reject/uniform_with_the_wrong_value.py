"""The uniform law on [0, 2] has density 1/2, not 1."""

from fmproof import (
    Derivation,
    Expect,
    Hypothesis,
    Integrable,
    Integral,
    Real,
    Scalar,
    Step,
    uniform,
)

t = Real("t")
f = Scalar("f", t)
law = uniform(t, 0, 2)

derivation = Derivation(
    "uniform-with-the-wrong-value",
    hypotheses=[Hypothesis("H", Integrable(f(t), law(t)))],
    start=Expect(f(t), law(t)),
    steps=[Step("1", Integral(f(t), (t, 0, 2)), by=("expectation", "density"))],
)
