"""r(x)·(q(x)/r(x)) = q(x) needs r to vanish nowhere that q does not."""

from fmproof import (
    Density,
    Derivation,
    Hypothesis,
    Integrable,
    Integral,
    Ratio,
    Step,
    Vec,
    norm2,
)

x = Vec("x")
q, r = Density("q", x), Density("r", x)

derivation = Derivation(
    "cancel-without-continuity",
    hypotheses=[Hypothesis("H", Integrable(norm2(x), q(x)))],
    start=Integral(r(x) * Ratio(q(x), r(x)) * norm2(x), x),
    steps=[Step("1", Integral(q(x) * norm2(x), x), by="cancel")],
)
