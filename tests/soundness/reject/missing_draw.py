"""A law that draws x given z without drawing z."""

from fmproof import Derivation, Expect, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, marginal, v
from fmproof.derivations.symbols import p_cond, t, time, x, z

derivation = Derivation(
    "missing-draw",
    hypotheses=[H1, H2],
    start=Expect(norm2(v), *marginal),
    steps=[Step("1", Expect(norm2(v), time(t), p_cond(t, x, z)), by="marginalisation")],
)
