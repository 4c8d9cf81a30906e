"""Fubini, with integrability declared."""

from fmproof import Derivation, Hypothesis, Integrable, Integral, Lebesgue, Real, Scalar, Step

s, t = Real("s t")
f = Scalar("f", s, t)
unit_s, unit_t = (s, 0, 1), (t, 0, 1)

derivation = Derivation(
    "swap",
    hypotheses=[Hypothesis("H", Integrable(f(s, t), Lebesgue(*unit_s), Lebesgue(*unit_t)))],
    start=Integral(f(s, t), unit_s, unit_t),
    steps=[Step("1", Integral(f(s, t), unit_t, unit_s), by="fubini")],
)
