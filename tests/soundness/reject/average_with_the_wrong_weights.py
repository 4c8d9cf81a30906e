"""A field that averages without p_data is not the conditional expectation."""

from fmproof import (
    Derivation,
    Expect,
    Field,
    Hypothesis,
    Inner,
    Integrable,
    Integral,
    Ratio,
    Step,
    norm2,
)
from fmproof.derivations.fm_cfm import H1, H2, joint, marginal, u_z, v
from fmproof.derivations.symbols import p_cond, p_marg, t, x, z

wrong = Field("m", x, sub=t, definition=Integral(u_z * Ratio(p_cond(t, x, z), p_marg(t, x)), z))

derivation = Derivation(
    "average-with-the-wrong-weights",
    hypotheses=[H1, H2, Hypothesis("H3", Integrable(norm2(wrong(t, x)), *marginal))],
    start=Expect(Inner(v, u_z), *joint),
    steps=[Step("1", Expect(Inner(v, wrong(t, x)), *marginal), by="auto")],
)
