"""Importance weighting, with absolute continuity declared."""

from fmproof import (
    Almost,
    Density,
    Derivation,
    Expect,
    Hypothesis,
    Integrable,
    Lebesgue,
    Scalar,
    Step,
    VanishesWith,
    Vec,
)

x = Vec("x")
p, q, f = Density("p", x), Density("q", x), Scalar("f", x)

derivation = Derivation(
    "importance",
    hypotheses=[
        Hypothesis("H", Integrable(f(x), q(x))),
        Hypothesis("A", Almost(VanishesWith(q(x), p(x)), Lebesgue(x))),
    ],
    start=Expect(f(x), q(x)),
    steps=[Step("1", Expect(f(x) * (q(x) / p(x)), p(x)), by=("expectation", "cancel"))],
)
