"""'for almost every t' does not say where."""

from fmproof import *

t = Real("t")
f, g = Scalar("f", t)(t), Scalar("g", t)(t)
a = Derivation(
    "cancelled",
    hypotheses=[
        Hypothesis("H1", Almost(VanishesWith(f, g), Lebesgue(t, 0, 1))),
        Hypothesis("H2", Almost(VanishesWith(f, g), Lebesgue(t, 0, 2))),
        Hypothesis("H3", Integrable(f, Lebesgue(t, 0, 2))),
    ],
    start=Integral(g * Ratio(f, g), (t, 0, 2)),
    steps=[Step("1", Integral(f, (t, 0, 2)), by="cancel")],
)
