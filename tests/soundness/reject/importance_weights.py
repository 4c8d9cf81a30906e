"""E_q[f] = E_r[f·q/r] without absolute continuity of q."""

from fmproof import (
    Density,
    Derivation,
    Expect,
    Hypothesis,
    Integrable,
    Integral,
    Ratio,
    Scalar,
    Step,
    Vec,
)

x = Vec("x")
q, r = Density("q", x), Density("r", x)
f = Scalar("f", x)

derivation = Derivation(
    "importance-weights",
    hypotheses=[Hypothesis("H", Integrable(f(x), q(x)))],
    start=Expect(f(x) * Ratio(q(x), r(x)), r(x)),
    steps=[
        Step("1", Integral(r(x) * f(x) * Ratio(q(x), r(x)), x), by="expectation"),
        Step("2", Integral(f(x) * q(x), x), by="cancel"),
        Step("3", Expect(f(x), q(x)), by="expectation"),
    ],
)
