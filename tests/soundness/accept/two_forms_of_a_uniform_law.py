"""A uniform law on [0, 2] and its density 1/2."""

from fmproof import (
    Derivation,
    Expect,
    Hypothesis,
    Integrable,
    Integral,
    Rational,
    Real,
    Scalar,
    Step,
    uniform,
)

t = Real("t")
f = Scalar("f", t)
law = uniform(t, 0, 2)

derivation = Derivation(
    "two-forms-of-a-uniform-law",
    hypotheses=[Hypothesis("H", Integrable(f(t), law(t)))],
    start=Expect(f(t), law(t)),
    steps=[
        Step("1", Integral(Rational(1, 2) * f(t), (t, 0, 2)), by=("expectation", "density")),
        Step("2", Integral(f(t), (t, 0, 2)) / 2, by="linearity"),
    ],
)
