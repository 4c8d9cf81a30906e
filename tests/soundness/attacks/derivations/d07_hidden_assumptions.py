"""nonneg=True, being a density and the range of a density are assumptions; the report has none."""

from fmproof import *

t = Real("t")
x = Vec("x")
f = Scalar("f", t, nonneg=True)
a = Derivation(
    "positive",
    hypotheses=[Hypothesis("H", Integrable(f(t), Lebesgue(t, 0, 1)))],
    start=Integral(f(t), (t, 0, 1)),
    steps=[Step("1", Rational(0), by="nonnegative", relation=">=")],
)
p = Density("p", x)
b = Derivation(
    "mass", start=Integral(p(x), x), steps=[Step("1", Rational(1), by=["expectation", "drop"])]
)
e = Derivation(
    "mass2",
    start=Rational(1),
    steps=[
        Step("1", Expect(Rational(1), p(x)), by="drop"),
        Step("2", Integral(p(x), x), by="expectation"),
    ],
)
r = Density("r", (t, 0, 1))
h = Scalar("h", t)
g = Derivation(
    "range",
    hypotheses=[Hypothesis("H", Integrable(h(t), r(t)))],
    start=Expect(h(t), r(t)),
    steps=[Step("1", Integral(h(t) * r(t), (t, 0, 1)), by="expectation")],
)
