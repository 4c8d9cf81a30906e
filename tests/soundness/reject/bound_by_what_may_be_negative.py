"""A weight that is not declared ≥ 0."""

from fmproof import Density, Derivation, Expect, Hypothesis, Integrable, Scalar, Step, Vec, norm2

x = Vec("x")
q = Density("q", x)
w = Scalar("w", x)

derivation = Derivation(
    "bound-by-what-may-be-negative",
    hypotheses=[Hypothesis("H", Integrable(w(x) * norm2(x), q(x)))],
    start=0,
    steps=[Step("1", Expect(w(x) * norm2(x), q(x)), by="nonnegative", relation="≤")],
)
