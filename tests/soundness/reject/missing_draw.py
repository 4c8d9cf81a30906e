"""The law of the conditional loss has no draw of z."""

from fmproof import Derivation, Expect, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, L_CFM, t, u_z, v, x, z
from fmproof.derivations.symbols import p_cond, theta, time

derivation = Derivation(
    "missing-draw",
    hypotheses=[H1, H2],
    start=L_CFM(theta),
    steps=[Step("1", Expect(norm2(v - u_z), time(t), p_cond(t, x, z)), by="definition")],
)
