"""SymPy would cancel s·t/(s·t) to 1 without a word; here the quotient stays one."""

from fmproof import Derivation, Rational, Real, Step

s, t = Real("s t")

quotient = Derivation(
    "quotient",
    variables=[s, t],
    start=(s * t) / (s * t),
    steps=[Step("1", Rational(1), by="ring")],
)
