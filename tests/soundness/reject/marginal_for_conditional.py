"""The marginal field in the conditional loss: ‖u‖² and ‖u(·|z)‖² have different means."""

from fmproof import Derivation, Expect, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, joint, u, u_z, v

derivation = Derivation(
    "marginal-for-conditional",
    hypotheses=[H1, H2],
    start=Expect(norm2(v - u_z), *joint),
    steps=[Step("1", Expect(norm2(v - u), *joint), by="auto")],
)
