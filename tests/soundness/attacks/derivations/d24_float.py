from fmproof import *

t = Real("t")
f = Scalar("f", t)
u = uniform(t, 0, 0.9)
d = Derivation(
    "float",
    hypotheses=[Hypothesis("H", Integrable(f(t), u(t)))],
    start=Expect(2 * f(t), u(t)),
    steps=[Step("1", 2 * Expect(f(t), u(t)), by="linearity")],
)
x = Vec("x")
a, b = Scalar("a", x), Scalar("b", x)
e = Derivation(
    "cancels",
    hypotheses=[Hypothesis("H", Integrable(a(x), Lebesgue(x)))],
    start=Integral((a(x) + b(x)) * a(x) / (a(x) + b(x)), x),
    steps=[Step("1", Integral(a(x), x), by="ring")],
)
