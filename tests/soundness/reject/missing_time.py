"""The draw of t is lost: t is a fixed number in the claim."""

from fmproof import Derivation, Expect, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, marginal, v
from fmproof.derivations.symbols import p_cond, p_data, t, x, z

derivation = Derivation(
    "missing-time",
    variables=[t],
    hypotheses=[H1, H2],
    start=Expect(norm2(v), *marginal),
    steps=[Step("1", Expect(norm2(v), p_data(z), p_cond(t, x, z)), by="marginalisation")],
)
