"""Any time law, replaced by the uniform one."""

from fmproof import Density, Derivation, Expect, Hypothesis, Integrable, Step, norm2
from fmproof.derivations.symbols import p_data, t, time, x

rho = Density("rho", (t, 0, 1))

derivation = Derivation(
    "another-time-law",
    hypotheses=[
        Hypothesis("H1", Integrable(t * norm2(x), rho(t), p_data(x))),
        Hypothesis("H2", Integrable(t * norm2(x), time(t), p_data(x))),
    ],
    start=Expect(t * norm2(x), rho(t), p_data(x)),
    steps=[Step("1", Expect(t * norm2(x), time(t), p_data(x)), by="reorder")],
)
