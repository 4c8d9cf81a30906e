from sympy import Mul

from fmproof import *

t = Real("t")
f, g = Scalar("f", t)(t), Scalar("g", t)(t)
u = uniform(t)
unit = Lebesgue(t, 0, 1)
d = Derivation(
    "splits",
    hypotheses=[
        Hypothesis("H1", Integrable(Mul(0, f, evaluate=False), unit)),
        Hypothesis("H2", Integrable(Mul(0, g, evaluate=False), unit)),
    ],
    start=Expect(f + g, u(t)),
    steps=[Step("1", Expect(f, u(t)) + Expect(g, u(t)), by="linearity")],
)
e = Derivation(
    "concrete",
    hypotheses=[Hypothesis("H1", Integrable(Mul(0, Ratio(1, t), evaluate=False), unit))],
    start=Expect(Ratio(1, t) + (1 - Ratio(1, t)), u(t)),
    steps=[Step("1", Expect(Ratio(1, t), u(t)) + Expect(1 - Ratio(1, t), u(t)), by="linearity")],
)
