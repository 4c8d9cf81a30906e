"""`law=` is free text and no part of what a density is."""

from fmproof import *

x = Vec("x")
p = Density("p", x)
q = Density("q", x, law=("p", "p"))  # prints as p where it is drawn from
f = Scalar("f", x)
d = Derivation(
    "change-of-law",
    hypotheses=[Hypothesis("H", Integrable(f(x), q(x))), Hypothesis("H2", Integrable(f(x), p(x)))],
    start=Expect(f(x), q(x)),
    steps=[Step("1", Integral(q(x) * f(x), x), by="expectation")],
)
e = Derivation(
    "same-name",
    hypotheses=[Hypothesis("H", Integrable(f(x), p(x)))],
    start=Expect(2 * f(x), p(x)),
    steps=[Step("1", 2 * Expect(f(x), Density("p", x, law=("q", "q"))(x)), by="linearity")],
)
