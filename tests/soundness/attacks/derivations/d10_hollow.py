"""An integral that does not depend on the variables outside it needs no hypothesis: it may diverge."""

from fmproof import *

t = Real("t")
y = Vec("y")
x = Vec("x")
g = Scalar("g", y)
p = Density("p", x)
a = Derivation(
    "hollow",
    start=Expect(Integral(g(y), y) + 1, p(x)),
    steps=[Step("1", Expect(Integral(g(y), y), p(x)) + 1, by="linearity")],
)
b = Derivation(
    "hollow-closed",
    start=Expect(Integral(Rational(1), y), p(x)),
    steps=[Step("1", Rational(1, 2) * Expect(Integral(Rational(2), y), p(x)), by="linearity")],
)
c = Derivation(
    "hollow-1",
    start=Expect(Integral(Rational(1), y), p(x)),
    steps=[Step("1", Integral(Rational(1), y), by="drop")],
)
