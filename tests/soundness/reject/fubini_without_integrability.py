"""Integrals are swapped although nothing is known of the integrand."""

from fmproof import Derivation, Hypothesis, Integrable, Integral, Lebesgue, Real, Scalar, Step

s, t = Real("s t")
f = Scalar("f", s, t)
unit_s, unit_t = (s, 0, 1), (t, 0, 1)

derivation = Derivation(
    "swap",
    hypotheses=[
        Hypothesis("inner", Integrable(Integral(f(s, t), unit_s), Lebesgue(*unit_t))),
        Hypothesis("outer", Integrable(Integral(f(s, t), unit_t), Lebesgue(*unit_s))),
    ],
    start=Integral(f(s, t), unit_s, unit_t),
    steps=[Step("1", Integral(f(s, t), unit_t, unit_s), by="fubini")],
)
