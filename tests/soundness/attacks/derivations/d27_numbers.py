from fmproof import *

t = Real("t")
u = uniform(t)
f = Scalar("f", t)
a = Derivation("a", start=Expect(Ratio(1, t), u(t)), steps=[Step("1", Rational(7), by="ring")])
b = Derivation(
    "b",
    start=Expect(Rational(1), u(t)),
    steps=[Step("1", Expect(Ratio(1, t), u(t)) + Expect(1 - Ratio(1, t), u(t)), by="linearity")],
)
c = Derivation(
    "c", start=Expect(Ratio(1, t) * Ratio(1, t), u(t)), steps=[Step("1", Rational(0), by="ring")]
)
