"""∫₀¹ in place of ∫₀²."""

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
    "uniform-over-the-wrong-range",
    hypotheses=[Hypothesis("H", Integrable(f(t), law(t)))],
    start=Expect(f(t), law(t)),
    steps=[Step("1", Integral(Rational(1, 2) * f(t), (t, 0, 1)), by=("expectation", "density"))],
)
